#define FUZZ_FORMAT IMPORT_CHAMPSIM
#include "support/import.h"
