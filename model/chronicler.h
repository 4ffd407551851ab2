/* chronicler.h - writes a chronicle (chronicle.h) from what a replay prepares and
 * simulates. It looks at batches that have been replayed in the shared and the merged
 * world; only samples of who holds what must be taken in between, at their marks. */
#ifndef CROSSBILL_CHRONICLER_H
#define CROSSBILL_CHRONICLER_H

#include "model/settle.h"

struct chronicler {
    struct chronicle *chronicle;
    const struct layout *layout;
    size_t domain_count;
    uint64_t places; /* refs of all batches so far */
    int64_t memory;  /* millicycles of the shared world's events so far */
    enum trace_phase phase;

    /* recovery */
    bool entered;                   /* a lane, since the last access of work */
    uint64_t accesses;              /* of work since the domain was entered */
    enum trace_how how;             /* that it was entered */
    struct recovery_bucket *bucket; /* of the current access */
    uint64_t bucket_end;            /* the number of the first of the next one */
    uint64_t switches, last[3];     /* of spaces; the number of the last of each how */
    uint64_t *left;                 /* by domain: `switches` at its last access of work */

    /* the stretch */
    bool inside;
    uint16_t lane; /* the current one, or NO_LANE */
};

void chronicle_free(struct chronicle *chronicle); /* NULL is fine */

bool chronicler_init(struct chronicler *chronicler, const struct layout *layout,
                     size_t domain_count);
/* The chronicle too, unless it was taken. */
void chronicler_free(struct chronicler *chronicler);

/* At the i-th ref of a batch, a mark: take the sample that it may ask for. */
void chronicler_sample(struct chronicler *chronicler, const struct hierarchy *shared,
                       const struct ref *ref, size_t i);
/* A batch that has been replayed. */
void chronicler_see(struct chronicler *chronicler, const struct batch *batch,
                    const struct events *events);
/* After the last: the trace had so many records, and took so long. Hands the chronicle
 * over. */
struct chronicle *chronicler_finish(struct chronicler *chronicler, uint64_t records,
                                    int64_t total);

#endif
