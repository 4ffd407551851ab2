#define FUZZ_FORMAT IMPORT_DRMEMTRACE
#include "support/import.h"
