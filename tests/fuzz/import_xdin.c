#define FUZZ_FORMAT IMPORT_XDIN
#include "support/import.h"
