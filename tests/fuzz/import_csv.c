#define FUZZ_FORMAT IMPORT_CSV
#include "support/import.h"
