/* prepare.h - from trace records to refs: the half of a replay that knows no caches.
 *
 * It cuts accesses to lines, synthesises what the processor does unseen at a trap,
 * charges instructions, and follows crossings: on whose behalf does this code run?
 *
 * Crossings are numbered from 1 in trace order. In kernel mode the crossing is the one
 * that came in. In user mode a thread that serves a call runs on behalf of the crossing
 * that carried the call; stubs that run after a return and before any work belong to the
 * crossing that returned, later ones to the crossing that comes next.
 */
#ifndef CROSSBILL_PREPARE_H
#define CROSSBILL_PREPARE_H

#include "model/bills.h"
#include "model/hierarchy.h"

#define BATCH_REFS  8192
#define BATCH_SLACK 256 /* the most refs that one record can become */

struct batch {
    struct ref refs[BATCH_REFS + BATCH_SLACK];
    size_t count;
    uint32_t events[BATCH_REFS + BATCH_SLACK]; /* those that are no accesses */
    size_t event_count;
    /* Fetches of work before each ref, and after the last, that were not put since they
     * change nothing: [BATCH_REFS + BATCH_SLACK + 1]. NULL unless a chronicle is kept. */
    uint32_t *repeated;
};

struct preparer;

/* `plain`: nothing of the ledger is wanted but counters and the total; bills is NULL.
 * The trace's tables and domains are read; ledger->phase[].domains are charged. Returns
 * NULL without memory, or for a domain declared twice. */
struct preparer *preparer_create(const struct trace_reader *trace,
                                 const struct layout *layout, struct ledger *ledger,
                                 struct bills *bills, bool plain, struct cb_error *error);
void preparer_free(struct preparer *preparer);

/* Visits, and what they touch, are not counted from here on. */
void prepare_without_visits(struct preparer *preparer);

/* Events out of balance are put right and counted in ledger->repairs from here on. */
void prepare_leniently(struct preparer *preparer);

/* Put marks (marks.h) into the batches from here on. */
void prepare_marks(struct preparer *preparer, const struct replay_options *options);

/* Append the refs of records[0 .. n) to the batch until it is full. Returns how many
 * records were taken, or SIZE_MAX on error. `first` is the number of records[0]. */
size_t prepare(struct preparer *preparer, const struct trace_record *records, size_t n,
               uint64_t first, struct batch *batch, struct cb_error *error);

/* After the last record: charge what was waiting for a successor. False if memory ran
 * out on the way. */
bool prepare_end(struct preparer *preparer);

/* All instructions' cycles, summed apart from the accounts. */
int64_t prepare_total(const struct preparer *preparer);

#endif
