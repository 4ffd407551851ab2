/* import.c - what all foreign formats have in common: domains, markers, places. */
#include "importer.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>

#define MIXED          UINT64_MAX
#define PROGRESS_LINES 65536
#define FIRST_DOMAIN   1

struct format {
    const char *word;
    bool (*import)(struct importer *importer);
    const char *assumptions;
};

static const struct format formats[IMPORT_FORMATS] = {
    [IMPORT_DIN] = {"din", import_din, "accesses end with their words of 4"},
    [IMPORT_XDIN] = {"xdin", import_xdin, NULL},
    [IMPORT_LACKEY] = {"lackey", import_lackey, NULL},
    [IMPORT_CSV] = {"csv", import_csv, NULL},
    [IMPORT_CHAMPSIM] = {"champsim", import_champsim,
                         "fetches have size 4, loads and stores 8; loads come first"},
    [IMPORT_DRMEMTRACE] = {"drmemtrace", import_drmemtrace, NULL},
    [IMPORT_EXECLOG] = {"execlog", import_execlog,
                        "sizes are 4; data have the address that was logged, physical "
                        "or virtual, as both"},
    [IMPORT_TEXT] = {"text", import_text, NULL},
};

const char *import_format_word(unsigned format)
{
    return format < IMPORT_FORMATS ? formats[format].word : NULL;
}

bool importer_fail(struct importer *importer, const char *format, ...)
{
    char sentence[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return input_fail(importer->input, importer->error, "%s", sentence);
}

/* ---- domains ---- */

const struct trace_domain *importer_domain(const struct importer *importer, uint16_t id)
{
    for (size_t i = 0; i < importer->domain_count; i++)
        if (importer->domains[i].id == id)
            return &importer->domains[i];
    return NULL;
}

bool importer_add_domain(struct importer *importer, const struct trace_domain *domain)
{
    if (importer->domain_count == IMPORT_DOMAINS_MAX)
        return importer_fail(importer, "more than %d domains", IMPORT_DOMAINS_MAX);
    if (importer->domain_count == importer->domain_room) {
        size_t room = importer->domain_room == 0 ? 16 : 2 * importer->domain_room;
        struct trace_domain *bigger =
            realloc(importer->domains, room * sizeof *importer->domains);
        if (bigger == NULL)
            return cb_error_set(importer->error, CB_IO, "out of memory");
        importer->domains = bigger;
        importer->domain_room = room;
    }
    importer->domains[importer->domain_count++] = *domain;
    /* A window says where a domain's code is, not what it may access. */
    struct trace_domain declared = *domain;
    declared.base = declared.limit = 0;
    trace_put_domain(importer->writer, &declared);
    return true;
}

bool importer_declare(struct importer *importer, uint16_t id, const char *name,
                      enum trace_domain_kind kind)
{
    struct trace_domain domain = {.id = id, .kind = (uint8_t)kind};
    snprintf(domain.name, sizeof domain.name, "%s", name);
    return importer_domain(importer, id) != NULL ||
           importer_add_domain(importer, &domain);
}

static bool in_kernel_mode(const struct trace_domain *domain)
{
    return domain->kind == TRACE_DOMAIN_KERNEL || domain->kind == TRACE_DOMAIN_EXTENSION;
}

static bool holds(const struct trace_domain *domain, uint64_t vaddr)
{
    return domain->base <= vaddr && vaddr < domain->limit;
}

/* The smallest window that holds the address, or NULL. */
static const struct trace_domain *find_window(const struct importer *importer,
                                              uint64_t vaddr)
{
    const struct trace_domain *best = NULL;
    for (size_t i = 0; i < importer->domain_count; i++) {
        const struct trace_domain *domain = &importer->domains[i];
        if (holds(domain, vaddr) &&
            (best == NULL || domain->limit - domain->base < best->limit - best->base))
            best = domain;
    }
    return best;
}

/* Each user domain has one thread, with the domain's number, and if it is large a space
 * of that number; code that runs in kernel mode does so in whichever thread is current.
 */
struct place importer_place(const struct importer *importer,
                            const struct trace_domain *domain)
{
    struct place place = {.user = !in_kernel_mode(domain),
                          .domain = importer->domain,
                          .space = importer->space,
                          .owner = domain->id,
                          .thread = importer->thread};
    if (!place.user)
        return place;
    place.domain = domain->id;
    place.thread = domain->id;
    place.space = domain->kind == TRACE_DOMAIN_LARGE ? domain->id : 0;
    return place;
}

static void follow_window(struct importer *importer, uint64_t vaddr)
{
    if (importer->options->domain_count == 0)
        return;
    const struct trace_domain *domain = find_window(importer, vaddr);
    if (domain == NULL || domain->id == importer->owner)
        return;
    struct place place = importer_place(importer, domain);
    importer_go(importer, &place);
}

/* ---- places ---- */

void importer_event(struct importer *importer, const struct trace_record *event)
{
    trace_put_event(importer->writer, event);
    if (event->kind == TRACE_CROSSING_IN) {
        importer->user = false;
        importer->owner = 0;
    } else if (event->kind == TRACE_CROSSING_OUT) {
        importer->user = event->a == 0;
        importer->owner = importer->user ? importer->domain : 0;
    } else if (event->kind == TRACE_THREAD_SWITCH) {
        importer->thread = (uint32_t)event->a;
        importer->domain = (uint16_t)event->b;
    } else if (event->kind == TRACE_SPACE_SWITCH) {
        importer->space = (uint16_t)event->b;
    }
}

static void put(struct importer *importer, enum trace_kind kind, unsigned detail,
                uint64_t a, uint64_t b)
{
    importer_event(importer,
                   &(struct trace_record){
                       .kind = (uint8_t)kind, .detail = (uint8_t)detail, .a = a, .b = b});
}

/* CR3 values are unknown: 0. */
static void change_space(struct importer *importer, const struct place *place)
{
    const struct trace_domain *domain = importer_domain(importer, place->domain);
    if (place->space != importer->space)
        put(importer, TRACE_SPACE_SWITCH, TRACE_HOW_CR3, 0, place->space);
    else if (domain != NULL && domain->kind == TRACE_DOMAIN_SMALL)
        put(importer, TRACE_SPACE_SWITCH, TRACE_HOW_SEGMENT, 0, place->space);
}

/* Before the first record nothing needs to happen in order to be somewhere. */
static bool start_there(struct importer *importer, const struct place *place)
{
    if (trace_written(importer->writer) > 0)
        return false;
    importer->user = place->user;
    importer->thread = place->thread;
    importer->domain = place->domain;
    importer->space = place->space;
    trace_put_state(importer->writer, place->thread, place->domain, place->space,
                    place->user);
    return true;
}

void importer_go(struct importer *importer, const struct place *place)
{
    bool other_thread =
        place->thread != importer->thread || place->domain != importer->domain;
    bool moves = other_thread || place->space != importer->space;
    if (!start_there(importer, place)) {
        if (importer->user && (moves || !place->user))
            put(importer, TRACE_CROSSING_IN, TRACE_CAUSE_CALL, 0, 0);
        if (other_thread)
            put(importer, TRACE_THREAD_SWITCH, 0, place->thread, place->domain);
        if (moves)
            change_space(importer, place);
        if (!importer->user && place->user)
            put(importer, TRACE_CROSSING_OUT, TRACE_EXIT_IRET, 0, 0);
    }
    importer->owner = place->owner;
}

/* ---- accesses ---- */

/* Code that runs in kernel mode outside every window gets its owner from where it ran; a
 * page where both or several did belongs to whoever runs it. */
static void note_kernel_page(struct importer *importer, uint64_t paddr)
{
    bool fresh;
    struct pair_map_entry *page = pair_map_find(&importer->kernel_pages, paddr >> 12, 0);
    if (importer->user && page == NULL)
        return;
    uint64_t owner = importer->user ? MIXED : importer->owner;
    if (page == NULL) {
        page = pair_map_make(&importer->kernel_pages, paddr >> 12, 0, &fresh);
        if (page != NULL)
            page->value = owner;
    } else if (page->value != owner) {
        page->value = MIXED;
    }
}

static size_t up_to_page_end(uint64_t vaddr, uint64_t size)
{
    uint64_t rest = 4096 - (vaddr & 4095);
    uint64_t most = rest < UINT8_MAX ? rest : UINT8_MAX;
    return (size_t)(size < most ? size : most);
}

void importer_fetch_at(struct importer *importer, uint64_t vaddr, uint64_t paddr,
                       uint64_t size, bool assumed)
{
    importer->any_fetch = true;
    follow_window(importer, vaddr);
    note_kernel_page(importer, paddr);
    do {
        size_t part = up_to_page_end(vaddr, size);
        uint32_t code = trace_put_code(importer->writer, vaddr, paddr, NULL, 0);
        trace_put_fetch(importer->writer, code, (uint8_t)part);
        vaddr += part;
        paddr += part;
        size -= part;
    } while (size > 0 && !assumed);
}

void importer_fetch(struct importer *importer, uint64_t vaddr, uint64_t size,
                    bool assumed)
{
    importer_fetch_at(importer, vaddr, vaddr, size, assumed);
}

void importer_data(struct importer *importer, enum trace_kind kind, uint64_t vaddr,
                   uint64_t paddr, uint64_t size, bool assumed)
{
    if (!importer->any_fetch)
        follow_window(importer, vaddr);
    do {
        size_t part = up_to_page_end(vaddr, size);
        trace_put_data(importer->writer, kind, vaddr, paddr, (uint8_t)part);
        vaddr += part;
        paddr += part;
        size -= part;
    } while (size > 0 && !assumed);
}

/* ---- the whole ---- */

enum input_status importer_line(struct importer *importer, const char **line)
{
    for (;;) {
        size_t length;
        enum input_status status =
            input_line(importer->input, line, &length, importer->error);
        if (status != INPUT_READ)
            return status;
        const struct import_options *options = importer->options;
        if (input_line_number(importer->input) % PROGRESS_LINES == 0 &&
            options->progress != NULL &&
            !options->progress(options->context, input_taken(importer->input),
                               input_size(importer->input))) {
            importer->result->stopped = true;
            return INPUT_END;
        }
        if (strlen(*line) != length) {
            importer_fail(importer, "the line has a NUL in it");
            return INPUT_FAILED;
        }
        if (trace_failed(importer->writer))
            return INPUT_END; /* trace_finish() says why */
        const char *marker = importer_marker(*line);
        if (marker == NULL)
            return INPUT_READ;
        if (!importer_obey(importer, marker))
            return INPUT_FAILED;
    }
}

static char *make_header(const struct importer *importer)
{
    const struct import_options *options = importer->options;
    const char *scenario = options->scenario;
    json_t *json = json_object();
    if (scenario == NULL)
        scenario = input_name(importer->input);
    /* A file's name need not be UTF-8. */
    if (json_object_set_new(json, "scenario", json_string(scenario)) < 0)
        json_object_set_new(json, "scenario", json_string("imported"));
    json_object_set_new(json, "structure", json_string(""));
    json_object_set_new(json, "tool", json_string("crossbill " CROSSBILL_VERSION));
    json_object_set_new(json, "imported_from",
                        json_string(formats[options->format].word));
    if (formats[options->format].assumptions != NULL)
        json_object_set_new(json, "assumptions",
                            json_string(formats[options->format].assumptions));
    char *text = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
    json_decref(json);
    return text;
}

static bool put_window(struct importer *importer, const struct trace_domain *domain)
{
    if (!importer_add_domain(importer, domain))
        return false;
    struct trace_region region = {
        .base = domain->base,
        .limit = domain->limit,
        .domain = domain->id,
        .role = domain->kind == TRACE_DOMAIN_KERNEL ? TRACE_KERNEL_PATH : TRACE_WORK};
    memcpy(region.name, domain->name, sizeof region.name);
    if (region.base < region.limit)
        trace_put_region(importer->writer, &region);
    return true;
}

bool importer_begin(struct importer *importer)
{
    const struct import_options *options = importer->options;
    char *header = make_header(importer);
    if (header == NULL)
        return cb_error_set(importer->error, CB_IO, "out of memory");
    importer->writer = trace_create(importer->to, header, importer->error);
    free(header);
    if (importer->writer == NULL)
        return false;
    for (size_t i = 0; i < options->domain_count; i++)
        if (!put_window(importer, &options->domains[i]))
            return false;
    importer->user = true;
    importer->owner = importer->domain = FIRST_DOMAIN;
    importer->thread = FIRST_DOMAIN;
    if (!importer_declare(importer, FIRST_DOMAIN, "program", TRACE_DOMAIN_LARGE))
        return false;
    struct place place =
        importer_place(importer, importer_domain(importer, FIRST_DOMAIN));
    importer_go(importer, &place);
    return true;
}

static int compare_pages(const void *a, const void *b)
{
    const struct pair_map_entry *x = *(const struct pair_map_entry *const *)a,
                                *y = *(const struct pair_map_entry *const *)b;
    return (x->key[0] > y->key[0]) - (x->key[0] < y->key[0]);
}

static bool page_counts(const struct importer *importer,
                        const struct pair_map_entry *page)
{
    return page->used && page->value != MIXED &&
           find_window(importer, page->key[0] << 12) == NULL &&
           page->key[0] != UINT64_MAX >> 12;
}

/* Pages in order, so that the file does not depend on the hash. */
static bool put_kernel_pages(struct importer *importer)
{
    const struct pair_map *map = &importer->kernel_pages;
    const struct pair_map_entry **pages = calloc(map->count + 1, sizeof *pages);
    if (pages == NULL)
        return cb_error_set(importer->error, CB_IO, "out of memory");
    size_t count = 0;
    for (size_t i = 0; i < map->room; i++)
        if (page_counts(importer, &map->entries[i]))
            pages[count++] = &map->entries[i];
    qsort(pages, count, sizeof *pages, compare_pages);
    for (size_t i = 0; i < count; i++) {
        uint64_t base = pages[i]->key[0] << 12;
        struct trace_region region = {.base = base,
                                      .limit = base + 4096,
                                      .domain = (uint16_t)pages[i]->value,
                                      .role = pages[i]->value == 0 ? TRACE_KERNEL_PATH
                                                                   : TRACE_WORK,
                                      .name = "kernel mode"};
        trace_put_region(importer->writer, &region);
    }
    free(pages);
    return true;
}

static bool finish(struct importer *importer)
{
    struct trace_writer *writer = importer->writer;
    bool put_all = put_kernel_pages(importer);
    importer->result->records = trace_written(writer);
    importer->writer = NULL;
    if (put_all)
        return trace_finish(writer, importer->error);
    trace_abandon(writer);
    return false;
}

bool trace_import_input(struct input *input, const char *to,
                        const struct import_options *options,
                        struct import_result *result, struct cb_error *error)
{
    struct importer importer = {
        .input = input, .to = to, .options = options, .result = result, .error = error};
    const struct format *format = &formats[options->format];
    *result = (struct import_result){.assumptions = format->assumptions};
    bool done = (options->format == IMPORT_TEXT || importer_begin(&importer)) &&
                format->import(&importer);
    if (done && !result->stopped)
        done = finish(&importer);
    if (importer.writer != NULL)
        trace_abandon(importer.writer);
    pair_map_free(&importer.kernel_pages);
    free(importer.domains);
    return done;
}

bool trace_import(const char *from, const char *to, const struct import_options *options,
                  struct import_result *result, struct cb_error *error)
{
    struct input *input = input_open(from, error);
    if (input == NULL)
        return false;
    bool done = trace_import_input(input, to, options, result, error);
    input_close(input);
    return done;
}
