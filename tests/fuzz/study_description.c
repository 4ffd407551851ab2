/* A study file: read and turned into command lines, none of which is run. */
#include "support/fuzz.h"

#include "cli/study.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_error error;
    struct study study;
    struct study_places places = {.traces = "traces", .report = "report.db"};
    struct fuzz_file file = fuzz_file_make(data, size);
    if (study_load(&study, file.path, &places, &error))
        study_free(&study);
    fuzz_file_end(&file);
    return 0;
}
