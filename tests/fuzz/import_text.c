#define FUZZ_FORMAT IMPORT_TEXT
#include "support/import.h"
