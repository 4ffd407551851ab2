/* import_din.c - Dinero's traditional format, and the extended one of Dinero IV.
 *
 * The traditional format has no sizes; Dinero takes the word at each address. So does
 * this: an access reaches to the end of its word, and never into a second line. */
#include "importer.h"

#define DIN_WORD 4

static bool read_din(struct importer *importer, const char *at)
{
    uint64_t label, address;
    skip_blanks(&at);
    if (!take_decimal(&at, &label) || label > 4)
        return importer_fail(importer, "a label 0 to 4 was expected first");
    skip_blanks(&at);
    if (!take_hexadecimal(&at, &address))
        return importer_fail(importer, "a hexadecimal address was expected second");
    uint64_t size = DIN_WORD - address % DIN_WORD;
    if (label == 2)
        importer_fetch(importer, address, size, true);
    else if (label < 2)
        importer_data(importer, label == 1 ? TRACE_STORE : TRACE_LOAD, address, address,
                      size, true);
    else
        importer->result->skipped++;
    return true;
}

static bool read_xdin(struct importer *importer, const char *at)
{
    uint64_t address, size;
    skip_blanks(&at);
    char label = *at;
    if (label == '\0' || strchr("rwimcv", label) == NULL)
        return importer_fail(importer, "a label r, w, i, m, c or v was expected first");
    at++;
    skip_blanks(&at);
    if (!take_hexadecimal(&at, &address))
        return importer_fail(importer, "a hexadecimal address was expected second");
    skip_blanks(&at);
    if (!take_hexadecimal(&at, &size))
        return importer_fail(importer, "a hexadecimal size was expected third");
    if (label == 'c' || label == 'v') {
        importer->result->skipped++;
        return true;
    }
    if (size == 0 || size > IMPORT_SIZE_MAX)
        return importer_fail(importer, "the size is not 1 to %d", IMPORT_SIZE_MAX);
    if (label == 'i')
        importer_fetch(importer, address, size, false);
    else
        importer_data(importer, label == 'w' ? TRACE_STORE : TRACE_LOAD, address, address,
                      size, false);
    return true;
}

static bool each_line(struct importer *importer,
                      bool (*read)(struct importer *importer, const char *at))
{
    const char *line;
    enum input_status status;
    while ((status = importer_line(importer, &line)) == INPUT_READ) {
        const char *at = line;
        skip_blanks(&at);
        if (*at == '\0' || *at == '#')
            continue;
        if (!read(importer, at))
            return false;
    }
    return status == INPUT_END;
}

bool import_din(struct importer *importer)
{
    return each_line(importer, read_din);
}

bool import_xdin(struct importer *importer)
{
    return each_line(importer, read_xdin);
}
