/* The JSON description of a synthetic trace: read and checked, not made. */
#include "support/fuzz.h"

#include "traces/synth_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_error error;
    synth_plan_free(synth_plan_parse((const char *)data, size, "description", &error));
    return 0;
}
