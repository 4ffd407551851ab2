/* plain.h - one bare world straight from the records: a replay that keeps no ledger.
 *
 * Accesses go to the shared world as they come; nothing is written down between the
 * record and the caches. What is no access, and where large pages are known all there is,
 * takes the way of other replays: prepare() and world_shared_plain() of a batch.
 */
#ifndef CROSSBILL_PLAIN_H
#define CROSSBILL_PLAIN_H

#include "model/preparer.h"
#include "model/worlds.h"

struct plain {
    struct preparer *preparer; /* a plain one; the caller's, as the rest */
    struct worlds *worlds;
    struct batch *batch;
    int64_t mcycles; /* of all events; instructions are the preparer's */
};

/* Replay the first of records[0 .. n), as many as go at a stroke: at least one, if n > 0.
 * Returns how many, or SIZE_MAX on error. `first` is the number of records[0]. */
size_t plain_replay(struct plain *plain, const struct trace_record *records, size_t n,
                    uint64_t first, struct cb_error *error);

#endif
