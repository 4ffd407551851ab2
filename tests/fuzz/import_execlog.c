#define FUZZ_FORMAT IMPORT_EXECLOG
#include "support/import.h"
