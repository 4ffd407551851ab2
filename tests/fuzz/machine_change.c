/* What --set takes: changes of a machine, one a line. */
#include "support/fuzz.h"

#include "model/machine.h"

#include <stdlib.h>
#include <string.h>

enum { CHANGES = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cb_error error;
    struct machine machine;
    const char *sets[CHANGES];
    size_t count = 0;
    char *text = strndup((const char *)data, size), *rest = text, *line;
    while (text != NULL && count < CHANGES && (line = strsep(&rest, "\n")) != NULL)
        sets[count++] = line;
    if (machine_load(&machine, "model/machines/pentium-100.json", "", sets, count,
                     &error))
        machine_free(&machine);
    free(text);
    return 0;
}
