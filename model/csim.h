/* csim.h - the cache of the well-known cache lab: one level, LRU, hits, misses and
 * evictions counted over a trace's data accesses.
 *
 * As the lab has it: instruction fetches are ignored; a load or a store asks the cache
 * once, at its first byte's virtual address, whatever its size; a modify is a load and a
 * store; a miss fills, whether load or store. An access that crosses a page stands in a
 * trace as two accesses and so asks twice; the lab has none.
 */
#ifndef CROSSBILL_CSIM_H
#define CROSSBILL_CSIM_H

#include "traces/trace.h"

#define CSIM_BITS_MOST  30       /* of a set's number, and of an offset in a block */
#define CSIM_LINES_MOST (1 << 24) /* of the whole cache */

struct csim_geometry {
    unsigned set_bits;   /* s: 2^s sets */
    unsigned lines;      /* E: of each set */
    unsigned block_bits; /* b: 2^b bytes */
};

struct csim_counts {
    uint64_t hits, misses, evictions;
};

/* Whether that cache can be simulated; CB_USAGE with a sentence if not. */
bool csim_check(const struct csim_geometry *geometry, struct cb_error *error);

/* Count over the whole trace. `should_stop` may be NULL; true: stop, with CB_IO. */
bool csim_run(const struct trace_reader *trace, const struct csim_geometry *geometry,
              bool (*should_stop)(void *context), void *context,
              struct csim_counts *counts, struct cb_error *error);

#endif
