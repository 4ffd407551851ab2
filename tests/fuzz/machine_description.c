/* A machine file: read and checked; one that is accepted is written, and read back the
 * same. */
#include "support/fuzz.h"

#include "model/machine.h"

#include <stdlib.h>
#include <string.h>

static void write_and_read_back(const struct machine *machine)
{
    struct cb_error error;
    struct machine again;
    char *json = machine_to_json(machine);
    if (json == NULL || !machine_parse(&again, json, "again", NULL, 0, &error) ||
        !machine_equal(machine, &again))
        abort();
    machine_free(&again);
    free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_error error;
    struct machine machine;
    char *text = strndup((const char *)data, size);
    if (text != NULL && machine_parse(&machine, text, "machine", NULL, 0, &error)) {
        write_and_read_back(&machine);
        machine_free(&machine);
    }
    free(text);
    return 0;
}
