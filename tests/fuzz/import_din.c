#define FUZZ_FORMAT IMPORT_DIN
#include "support/import.h"
