/* import_drmemtrace.c - the text that DynamoRIO's drmemtrace "view" tool prints:
 *
 *   RECORD INSTRUCTION: THREAD ifetch SIZE byte(s) @ 0xADDRESS ...
 *   RECORD INSTRUCTION: THREAD read   SIZE byte(s) @ 0xADDRESS by PC 0xADDRESS
 *   RECORD INSTRUCTION: THREAD write  SIZE byte(s) @ 0xADDRESS by PC 0xADDRESS
 *
 * THREAD is a number, with a T before it in some versions, and with W and a shard's
 * number before that. Lines without "byte(s) @" are markers, headings, totals and the
 * rest of long instructions. */
#include "importer.h"

static bool take_thread(const char **at, uint64_t *thread)
{
    const char *p = *at;
    if (*p == 'W') {
        p += 1 + strspn(p + 1, "0123456789");
        if (!take_char(&p, '.'))
            return false;
    }
    take_char(&p, 'T');
    if (!take_decimal(&p, thread) || *thread > UINT32_MAX)
        return false;
    *at = p;
    return true;
}

/* Each line has two numbers and a colon first; returns false where it has not. */
static bool take_position(const char **at)
{
    uint64_t number;
    skip_blanks(at);
    if (!take_decimal(at, &number))
        return false;
    skip_blanks(at);
    return take_decimal(at, &number) && take_char(at, ':');
}

static bool take_access(const char **at, uint64_t *size, uint64_t *address)
{
    static const char unit[] = "byte(s) @ ";
    skip_blanks(at);
    if (!take_decimal(at, size))
        return false;
    skip_blanks(at);
    if (strncmp(*at, unit, sizeof unit - 1) != 0)
        return false;
    *at += sizeof unit - 1;
    return take_hexadecimal(at, address);
}

static void go_to_thread(struct importer *importer, uint32_t thread)
{
    struct place place = {.user = importer->user,
                          .domain = importer->domain,
                          .space = importer->space,
                          .owner = importer->owner,
                          .thread = thread};
    if (thread != importer->thread && importer->options->domain_count == 0)
        importer_go(importer, &place);
}

static bool read_access(struct importer *importer, const char *at, const char *word,
                        uint64_t thread)
{
    uint64_t size, address;
    if (!take_access(&at, &size, &address))
        return importer_fail(importer, "SIZE byte(s) @ ADDRESS was expected after %s",
                             word);
    if (size == 0 || size > IMPORT_SIZE_MAX)
        return importer_fail(importer, "the size is not 1 to %d", IMPORT_SIZE_MAX);
    go_to_thread(importer, (uint32_t)thread);
    if (strcmp(word, "ifetch") == 0)
        importer_fetch(importer, address, size, false);
    else
        importer_data(importer, strcmp(word, "write") == 0 ? TRACE_STORE : TRACE_LOAD,
                      address, address, size, false);
    return true;
}

static bool read_line(struct importer *importer, const char *at)
{
    char word[16];
    uint64_t thread;
    if (!take_position(&at)) {
        importer->result->skipped++;
        return true;
    }
    skip_blanks(&at);
    if (!take_thread(&at, &thread))
        return importer_fail(importer, "a thread's number was expected after the colon");
    skip_blanks(&at);
    bool access = take_word(&at, word, sizeof word) &&
                  (strcmp(word, "ifetch") == 0 || strcmp(word, "read") == 0 ||
                   strcmp(word, "write") == 0);
    if (access)
        return read_access(importer, at, word, thread);
    importer->result->skipped++;
    return true;
}

bool import_drmemtrace(struct importer *importer)
{
    const char *line;
    enum input_status status;
    while ((status = importer_line(importer, &line)) == INPUT_READ)
        if (!read_line(importer, line))
            return false;
    return status == INPUT_END;
}
