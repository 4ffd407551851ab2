/* What --vary takes. Each value that comes of it is a text of its own. */
#include "support/fuzz.h"

#include "model/sweep.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_error error;
    struct sweep_axis axis;
    char *text = strndup((const char *)data, size);
    if (text != NULL && sweep_axis_parse(&axis, text, &error)) {
        if (axis.count == 0 || axis.count > SWEEP_VALUES ||
            strlen(axis.path) >= sizeof axis.path)
            abort();
        for (size_t i = 0; i < axis.count; i++)
            if (axis.values[i] == NULL)
                abort();
        sweep_axis_free(&axis);
    }
    free(text);
    return 0;
}
