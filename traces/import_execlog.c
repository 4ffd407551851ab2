/* import_execlog.c - what QEMU's execlog plugin prints, one instruction a line:
 *
 *   CPU, 0xADDRESS, 0xOPCODE, "TEXT"[, load, 0xADDRESS[, DEVICE]][, store, ...]...
 *
 * In system mode the data addresses are physical, in user mode virtual. Newer versions
 * end the line with registers ("reg -> value"), which are skipped. */
#include "importer.h"

#define ASSUMED 4

static bool take_comma(const char **at)
{
    skip_blanks(at);
    if (!take_char(at, ','))
        return false;
    skip_blanks(at);
    return true;
}

/* Up to the closing quotation mark: the text has none within. */
static bool skip_text(const char **at)
{
    if (!take_char(at, '"'))
        return false;
    const char *end = strchr(*at, '"');
    if (end == NULL)
        return false;
    *at = end + 1;
    return true;
}

/* The word up to the next comma. */
static size_t field_length(const char *at)
{
    size_t length = strcspn(at, ",");
    while (length > 0 && at[length - 1] == ' ')
        length--;
    return length;
}

static bool is_field(const char *at, const char *word)
{
    size_t length = field_length(at);
    return length == strlen(word) && strncmp(at, word, length) == 0;
}

static bool read_accesses(struct importer *importer, const char *at)
{
    while (take_comma(&at)) {
        bool load = is_field(at, "load"), store = is_field(at, "store");
        uint64_t address;
        at += strcspn(at, ",");
        if (!load && !store)
            continue;
        if (!take_comma(&at) || !take_hexadecimal(&at, &address))
            return importer_fail(importer, "an address was expected after load or store");
        importer_data(importer, store ? TRACE_STORE : TRACE_LOAD, address, address,
                      ASSUMED, true);
    }
    return *at == '\0' ||
           importer_fail(importer, "a comma was expected after the instruction");
}

static bool read_line(struct importer *importer, const char *at)
{
    uint64_t cpu, address, opcode;
    skip_blanks(&at);
    if (*at == '\0' || *at == '#')
        return true;
    if (!take_decimal(&at, &cpu) || !take_comma(&at) ||
        !take_hexadecimal(&at, &address) || !take_comma(&at) ||
        !take_hexadecimal(&at, &opcode) || !take_comma(&at) || !skip_text(&at))
        return importer_fail(importer,
                             "CPU, ADDRESS, OPCODE, \"TEXT\" were expected here");
    if (cpu != importer->options->cpu) {
        importer->result->skipped++;
        return true;
    }
    importer_fetch(importer, address, ASSUMED, true);
    return read_accesses(importer, at);
}

bool import_execlog(struct importer *importer)
{
    const char *line;
    enum input_status status;
    while ((status = importer_line(importer, &line)) == INPUT_READ)
        if (!read_line(importer, line))
            return false;
    return status == INPUT_END;
}
