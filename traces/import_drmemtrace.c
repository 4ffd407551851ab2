/* import_drmemtrace.c - the text that DynamoRIO's drmemtrace "view" tool prints:
 *
 *   RECORD INSTRUCTION: THREAD ifetch SIZE byte(s) @ 0xADDRESS ...
 *   RECORD INSTRUCTION: THREAD read   SIZE byte(s) @ 0xADDRESS by PC 0xADDRESS
 *   RECORD INSTRUCTION: THREAD write  SIZE byte(s) @ 0xADDRESS by PC 0xADDRESS
 *
 * THREAD is a number, with a T before it in some versions, and with W and a workload's
 * number before that; both are -1, printed as W-1.T281474976710655, where a processor is
 * idle. A record called non-fetched, and in older versions an ifetch that says
 * "non-fetched instruction", is a repetition of one that was fetched already. Of the
 * markers, which stand between < and >, these count:
 *
 *   marker: trace start for system call number N    the kernel's instructions follow:
 *   marker: trace start for context switch type N   a crossing in
 *   marker: trace end for ...                       and out
 *   marker: physical address for following virtual: 0xADDRESS
 *   marker: virtual address for prior physical: 0xADDRESS
 *                                                   where a page is, from here on
 *
 * All other markers, headings, rulers, totals, flushes, prefetches and the rest of long
 * instructions are skipped. */
#include "importer.h"

struct view {
    struct importer *importer;
    struct pair_map frames; /* page number: frame number */
    uint64_t physical;      /* that a marker told, of the virtual address to follow */
};

/* -1 in 48 bits. What is marked with it is nobody's, and no access. */
#define NO_THREAD ((UINT64_C(1) << 48) - 1)

static bool take_thread(const char **at, uint64_t *thread)
{
    const char *p = *at;
    if (*p == 'W') {
        p += 1 + strspn(p + 1, "-0123456789");
        if (!take_char(&p, '.'))
            return false;
    }
    take_char(&p, 'T');
    if (!take_decimal(&p, thread))
        return false;
    if (*thread == NO_THREAD)
        *thread = 0;
    if (*thread > UINT32_MAX)
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

static uint64_t physical_of(const struct view *view, uint64_t address)
{
    const struct pair_map_entry *page = pair_map_find(&view->frames, address >> 12, 0);
    return page == NULL ? address : page->value << 12 | (address & 4095);
}

/* Each page has a frame of its own. */
static void put_access(const struct view *view, const char *word, uint64_t address,
                       uint64_t size)
{
    while (size > 0) {
        uint64_t rest = 4096 - (address & 4095), part = size < rest ? size : rest;
        uint64_t physical = physical_of(view, address);
        if (strcmp(word, "ifetch") == 0)
            importer_fetch_at(view->importer, address, physical, part, false);
        else
            importer_data(view->importer,
                          strcmp(word, "write") == 0 ? TRACE_STORE : TRACE_LOAD, address,
                          physical, part, false);
        address += part;
        size -= part;
    }
}

static bool read_access(struct view *view, const char *at, const char *word,
                        uint64_t thread)
{
    struct importer *importer = view->importer;
    uint64_t size, address;
    if (!take_access(&at, &size, &address))
        return importer_fail(importer, "SIZE byte(s) @ ADDRESS was expected after %s",
                             word);
    if (size == 0 || size > IMPORT_SIZE_MAX)
        return importer_fail(importer, "the size is not 1 to %d", IMPORT_SIZE_MAX);
    go_to_thread(importer, (uint32_t)thread);
    if (strcmp(word, "ifetch") == 0 && strcmp(at, " non-fetched instruction") == 0)
        importer->result->skipped++;
    else
        put_access(view, word, address, size);
    return true;
}

static bool take_text(const char **at, const char *text)
{
    if (strncmp(*at, text, strlen(text)) != 0)
        return false;
    *at += strlen(text);
    return true;
}

static bool keep_frame(struct view *view, uint64_t virtual)
{
    bool fresh;
    struct pair_map_entry *page = pair_map_make(&view->frames, virtual >> 12, 0, &fresh);
    if (page == NULL)
        return cb_error_set(view->importer->error, CB_IO, "out of memory");
    page->value = view->physical >> 12;
    return true;
}

/* What stands after "<marker: ". */
static bool read_marker(struct view *view, const char *at, uint64_t thread)
{
    struct importer *importer = view->importer;
    uint64_t address;
    bool call = take_text(&at, "trace start for system call number ");
    if (call || take_text(&at, "trace start for context switch type ")) {
        go_to_thread(importer, (uint32_t)thread);
        return !importer->user || importer_obey(importer, call ? "crossing_in call"
                                                               : "crossing_in interrupt");
    }
    if (take_text(&at, "trace end for ")) {
        go_to_thread(importer, (uint32_t)thread);
        return importer->user || importer_obey(importer, "crossing_out");
    }
    if (take_text(&at, "physical address for following virtual: ") &&
        take_hexadecimal(&at, &address))
        view->physical = address;
    else if (take_text(&at, "virtual address for prior physical: ") &&
             take_hexadecimal(&at, &address))
        return keep_frame(view, address);
    else
        importer->result->skipped++;
    return true;
}

static bool read_line(struct view *view, const char *at)
{
    char word[16];
    uint64_t thread;
    struct importer *importer = view->importer;
    if (!take_position(&at)) {
        importer->result->skipped++;
        return true;
    }
    skip_blanks(&at);
    if (!take_thread(&at, &thread))
        return importer_fail(importer, "a thread's number was expected after the colon");
    skip_blanks(&at);
    if (take_text(&at, "<marker: "))
        return read_marker(view, at, thread);
    bool access = take_word(&at, word, sizeof word) &&
                  (strcmp(word, "ifetch") == 0 || strcmp(word, "read") == 0 ||
                   strcmp(word, "write") == 0);
    if (access)
        return read_access(view, at, word, thread);
    importer->result->skipped++;
    return true;
}

bool import_drmemtrace(struct importer *importer)
{
    const char *line;
    enum input_status status;
    struct view view = {.importer = importer};
    while ((status = importer_line(importer, &line)) == INPUT_READ)
        if (!read_line(&view, line)) {
            status = INPUT_FAILED;
            break;
        }
    pair_map_free(&view.frames);
    return status == INPUT_END;
}
