/* import_lackey.c - what Valgrind's lackey prints with --trace-mem=yes. */
#include "importer.h"

/* Everything that Valgrind says itself begins with the process's number in ** or ==. */
static bool is_talk(const char *line)
{
    return line[0] == '\0' || line[0] == '#' || strncmp(line, "==", 2) == 0 ||
           strncmp(line, "**", 2) == 0 || strncmp(line, "--", 2) == 0;
}

static bool read_line(struct importer *importer, const char *line)
{
    uint64_t address, size;
    const char *at = line;
    skip_blanks(&at);
    char kind = *at;
    if (kind == '\0' || strchr("ILSM", kind) == NULL)
        return importer_fail(importer, "I, L, S or M was expected first");
    at++;
    skip_blanks(&at);
    if (!take_hexadecimal(&at, &address) || !take_char(&at, ',') ||
        !take_decimal(&at, &size) || *at != '\0')
        return importer_fail(importer,
                             "ADDRESS,SIZE was expected after %c, in hexadecimal and "
                             "decimal",
                             kind);
    if (size == 0 || size > IMPORT_SIZE_MAX)
        return importer_fail(importer, "the size is not 1 to %d", IMPORT_SIZE_MAX);
    if (kind == 'I')
        importer_fetch(importer, address, size, false);
    if (kind == 'L' || kind == 'M')
        importer_data(importer, TRACE_LOAD, address, address, size, false);
    if (kind == 'S' || kind == 'M')
        importer_data(importer, TRACE_STORE, address, address, size, false);
    return true;
}

bool import_lackey(struct importer *importer)
{
    const char *line;
    enum input_status status;
    while ((status = importer_line(importer, &line)) == INPUT_READ) {
        if (is_talk(line))
            continue;
        if (!read_line(importer, line))
            return false;
    }
    return status == INPUT_END;
}
