/* import_markers.c - lines among those of a foreign trace that mark domains and events.
 */
#include "importer.h"

#include "dump.h"

static const struct trace_domain *find_named(const struct importer *importer,
                                             const char *name)
{
    for (size_t i = 0; i < importer->domain_count; i++)
        if (strcmp(importer->domains[i].name, name) == 0)
            return &importer->domains[i];
    return NULL;
}

static bool mark_domain(struct importer *importer, const char *at)
{
    char name[TRACE_NAME_SIZE];
    if (!take_word(&at, name, sizeof name))
        return importer_fail(importer, "the marker names no domain");
    if (find_named(importer, name) == NULL) {
        bool kernel = strcmp(name, "kernel") == 0;
        struct trace_domain domain = {
            .id = (uint16_t)(IMPORT_MARKED_FIRST + importer->domain_count),
            .kind = TRACE_DOMAIN_LARGE};
        if (kernel && importer_domain(importer, 0) == NULL)
            domain = (struct trace_domain){.id = 0, .kind = TRACE_DOMAIN_KERNEL};
        snprintf(domain.name, sizeof domain.name, "%s", name);
        if (!importer_add_domain(importer, &domain))
            return false;
    }
    struct place place = importer_place(importer, find_named(importer, name));
    importer_go(importer, &place);
    return true;
}

static bool find_detail(enum trace_kind kind, const char *word, uint8_t *detail)
{
    for (unsigned i = 0; trace_detail_word(kind, i) != NULL; i++)
        if (strcmp(trace_detail_word(kind, i), word) == 0) {
            *detail = (uint8_t)i;
            return true;
        }
    return false;
}

static bool mark_event(struct importer *importer, enum trace_kind kind, const char *at)
{
    char word[32];
    struct trace_record event = {.kind = (uint8_t)kind};
    bool request = kind == TRACE_REQUEST_BEGIN || kind == TRACE_REQUEST_END;
    if (request && !take_number(&at, &event.a))
        return importer_fail(importer, "the marker has no number of a request");
    if (kind == TRACE_CROSSING_IN && importer_domain(importer, 0) == NULL &&
        !importer_declare(importer, 0, "kernel", TRACE_DOMAIN_KERNEL))
        return false;
    if (kind == TRACE_CROSSING_IN || kind == TRACE_PHASE)
        if (!take_word(&at, word, sizeof word) || !find_detail(kind, word, &event.detail))
            return importer_fail(importer, "the marker's cause or phase is unknown");
    importer_event(importer, &event);
    return true;
}

bool importer_obey(struct importer *importer, const char *at)
{
    static const enum trace_kind kinds[] = {TRACE_CROSSING_IN, TRACE_CROSSING_OUT,
                                            TRACE_REQUEST_BEGIN, TRACE_REQUEST_END,
                                            TRACE_PHASE};
    char word[32];
    skip_blanks(&at);
    if (!take_word(&at, word, sizeof word))
        return importer_fail(importer, "the marker says nothing");
    skip_blanks(&at);
    if (strcmp(word, "domain") == 0)
        return mark_domain(importer, at);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(word, trace_kind_word(kinds[i])) == 0)
            return mark_event(importer, kinds[i], at);
    return importer_fail(importer, "a marker is domain, crossing_in, crossing_out, "
                                   "request_begin, request_end or phase");
}

const char *importer_marker(const char *line)
{
    static const char sign[] = "crossbill:";
    const char *p = line;
    skip_blanks(&p);
    if (*p == '*' || *p == '=')
        p += strspn(p, "*=0123456789");
    else if (*p == '#')
        p++;
    else
        return NULL;
    skip_blanks(&p);
    return strncmp(p, sign, sizeof sign - 1) == 0 ? p + sizeof sign - 1 : NULL;
}
