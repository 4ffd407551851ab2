/* walker.h - the TLBs of a machine whose walker reads through the data caches, alone.
 *
 * What such a walker reads, the TLBs decide, whatever the caches; so all caches behind
 * one geometry of TLBs see one stream: the trace's accesses, and before each of them the
 * reads of its walk, in the worlds that walked. The TLBs are simulated as in a replay,
 * any policy and number of levels, and charged: their half of the ledger comes with it.
 */
#ifndef CROSSBILL_WALKER_H
#define CROSSBILL_WALKER_H

#include "model/family.h"
#include "model/prepare.h"

struct walker;

/* `layout` is that of the TLBs alone; their events go to `ledger`. NULL: no memory. */
struct walker *walker_create(const struct layout *layout, struct ledger *ledger);
void walker_free(struct walker *walker);
bool walker_failed(const struct walker *walker); /* memory ran out */

/* Simulate a batch; reads are those of its walks, in order, until the next batch. */
void walker_batch(struct walker *walker, const struct batch *batch);
const struct walk_reads *walker_reads(const struct walker *walker, size_t *count);

#endif
