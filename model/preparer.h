/* preparer.h - what prepare.c (accesses) and crossings.c (events) share; private to them.
 */
#ifndef CROSSBILL_PREPARER_H
#define CROSSBILL_PREPARER_H

#include "model/charging.h"
#include "model/footprint.h"
#include "model/large.h"
#include "model/marks.h"
#include "model/prepare.h"

#define NESTED_MOST 16 /* faults within faults: more is no kernel but a broken trace */

/* The line that was fetched from last, and on whose behalf. */
struct window {
    uint64_t vaddr, paddr; /* where it begins, as in the records */
    uint32_t size;         /* bytes; 0: not known */
    uint32_t excursion;
    uint16_t domain;
    uint8_t flags; /* enum ref_flag */
};

struct preparer {
    const struct trace_reader *trace;
    const struct layout *layout;
    struct ledger *ledger;
    struct bills *bills;
    struct charger charger;   /* also knows the code locations and the phase */
    uint16_t index_of[65536]; /* domain id to index + 1; 0: not declared */
    struct trace_tables tables;
    uint64_t kernel_base, kernel_size; /* pages here are the same in every space */

    bool lenient;
    bool counts_visits;
    bool begun;
    bool user;                    /* whether the last access was made in user mode */
    uint32_t crossings;           /* the number of the last one */
    uint32_t inside[NESTED_MOST]; /* crossings that have come in and not gone out */
    unsigned depth;
    bool worked;        /* since the last crossing out */
    struct map serving; /* thread to the crossing on whose behalf it runs */
    uint32_t thread;
    uint32_t behalf; /* of the current thread */

    struct footprint footprint;
    struct window window;
    int64_t repeated_fetches[2][2]; /* not put, by page (1 is large) and mode (kernel) */
    int64_t *repeats; /* of them, those by the page of the last fetch that was put */
    uint64_t cr3;     /* of the last space switch */
    uint32_t space;   /* the current one, as numbered here: */
    uint32_t space_count;
    uint32_t space_number[65536]; /* in the order met, + 1; 0: not yet */
    struct marks marks;
    struct large_pages large;
    uint64_t event; /* number of the record that is no access, while it is looked at */
};

/* Where a mark goes that is about to be put. */
static inline struct mark_place preparer_place(struct preparer *preparer,
                                               struct batch *batch, uint64_t record)
{
    preparer->window.size = 0; /* moments lie between accesses */
    return (struct mark_place){
        .batch = batch, .clock = preparer->charger.total, .record = record};
}

/* The crossing that came in last and has not gone out; 0: none. */
static inline uint32_t preparer_innermost(const struct preparer *preparer)
{
    return preparer->depth > 0 ? preparer->inside[preparer->depth - 1] : 0;
}

/* Whether what is wrong with a record may be put right and counted; otherwise it is an
 * error. */
bool preparer_repair(struct preparer *preparer, enum repair kind, uint64_t number,
                     const char *sentence, struct cb_error *error);

/* Put an access, cut to the lines of the first level. */
void preparer_put_lines(struct preparer *preparer, struct batch *batch, struct ref *ref,
                        unsigned size);

/* So many records belong to the phase that is on. */
void preparer_count_records(struct preparer *preparer, size_t records);

/* ---- crossings.c ---- */

/* A record that is no access. */
bool preparer_event(struct preparer *preparer, const struct trace_record *record,
                    uint64_t number, struct batch *batch, struct cb_error *error);
/* The space in force before the first record. */
bool preparer_begin(struct preparer *preparer, const struct trace_record *first,
                    struct batch *batch, struct cb_error *error);
/* Another thread runs from here on. */
void preparer_change_thread(struct preparer *preparer, uint32_t thread);

#endif
