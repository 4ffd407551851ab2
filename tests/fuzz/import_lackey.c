#define FUZZ_FORMAT IMPORT_LACKEY
#include "support/import.h"
