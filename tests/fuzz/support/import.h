/* import.h - the fuzz target of one importer: FUZZ_FORMAT is its format. */
#include "fuzz.h"

#include "traces/import.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct trace_domain domains[] = {
        {.id = 0, .base = 0x8000, .limit = 0x9000, .name = "kernel"},
        {.id = 2, .kind = TRACE_DOMAIN_SMALL, .base = 0x1000, .limit = 0x2000},
    };
    /* With domains by window, or without. */
    struct import_options options = {
        .format = FUZZ_FORMAT, .domains = domains, .domain_count = size % 2 == 0 ? 2 : 0};
    struct cb_error error;
    struct import_result result;
    struct input *input = input_memory(data, size, "input", &error);
    if (input == NULL)
        return 0;
    trace_import_input(input, "/dev/null", &options, &result, &error);
    input_close(input);
    return 0;
}
