/* importer.h - what the readers of foreign formats share; private to traces/. */
#ifndef CROSSBILL_IMPORTER_H
#define CROSSBILL_IMPORTER_H

#include "import.h"
#include "pair_map.h"

#include <stdio.h>
#include <string.h>

#define IMPORT_MARKED_FIRST 1000 /* id of the first domain that a line makes known */
#define IMPORT_DOMAINS_MAX  4096
#define IMPORT_SIZE_MAX     4096 /* bytes of the largest access */

struct importer {
    struct input *input;
    const char *to;
    const struct import_options *options;
    struct import_result *result;
    struct cb_error *error;
    struct trace_writer *writer;

    struct trace_domain *domains; /* the options', then those that lines make known */
    size_t domain_count, domain_room;

    /* Where the trace is. */
    bool user;
    uint16_t domain, space; /* the thread's domain */
    uint32_t thread;
    uint16_t owner; /* whose code runs: the domain, or one that runs in kernel mode */
    bool any_fetch;

    struct pair_map kernel_pages; /* pages fetched in kernel mode: owner, or MIXED */
};

/* Where to go: see importer_go(). */
struct place {
    bool user;
    uint16_t domain, space, owner;
    uint32_t thread;
};

/* The place that one goes to in order to run in this domain. */
struct place importer_place(const struct importer *importer,
                            const struct trace_domain *domain);

/* What follows "crossbill:" in a marker line, else NULL; and to do what it says. */
const char *importer_marker(const char *line);
bool importer_obey(struct importer *importer, const char *marker);

/* Creates the trace; domains and the state are put as options say. */
bool importer_begin(struct importer *importer);
/* Crossings and switches from here to there. */
void importer_go(struct importer *importer, const struct place *place);

/* `assumed`: the size is, so that what lies beyond the page's end is cut off. */
void importer_fetch(struct importer *importer, uint64_t vaddr, uint64_t size,
                    bool assumed);
/* The same with a physical address of its own. */
void importer_fetch_at(struct importer *importer, uint64_t vaddr, uint64_t paddr,
                       uint64_t size, bool assumed);
void importer_data(struct importer *importer, enum trace_kind kind, uint64_t vaddr,
                   uint64_t paddr, uint64_t size, bool assumed);
void importer_event(struct importer *importer, const struct trace_record *event);

/* Line by line; stops at INPUT_END, at errors, and when progress says so. Marker lines
 * are dealt with and not handed out. */
enum input_status importer_line(struct importer *importer, const char **line);
/* "LINE: sentence"; returns false. */
bool importer_fail(struct importer *importer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The domain with this id, or NULL. */
const struct trace_domain *importer_domain(const struct importer *importer, uint16_t id);
/* Makes a domain known; returns false without memory, or if there are too many. The
 * second leaves one that is known as it is. */
bool importer_add_domain(struct importer *importer, const struct trace_domain *domain);
bool importer_declare(struct importer *importer, uint16_t id, const char *name,
                      enum trace_domain_kind kind);

/* ---- words in a line; each moves *at on, or leaves it where it is and returns false */
void skip_blanks(const char **at);
bool take_hexadecimal(const char **at, uint64_t *value); /* with or without 0x */
bool take_decimal(const char **at, uint64_t *value);
bool take_number(const char **at, uint64_t *value); /* decimal, or hexadecimal with 0x */
bool take_char(const char **at, char c);
/* The next word up to a blank or the end, cut to fit. */
bool take_word(const char **at, char *word, size_t size);

/* ---- formats ---- */
bool import_din(struct importer *importer);
bool import_xdin(struct importer *importer);
bool import_lackey(struct importer *importer);
bool import_csv(struct importer *importer);
bool import_champsim(struct importer *importer);
bool import_drmemtrace(struct importer *importer);
bool import_execlog(struct importer *importer);
bool import_text(struct importer *importer);

#endif
