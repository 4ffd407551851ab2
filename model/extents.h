/* extents.h - how much memory a crossing and a stay in an address space use: distinct
 * lines and pages, counted from a trace alone.
 *
 * A crossing lasts from a crossing in to the next crossing out to user mode. Of what
 * happens meanwhile its path counts: kernel mode, no work, and what the processor itself
 * reads and pushes at the trap. The user's stubs do not: this is the kernel's footprint.
 *
 * A stay lasts from one CR3 load to the next; everything in it counts. What a TLB that a
 * CR3 load flushes can have to fetch again during a stay is at most min(n, s): n pages of
 * the kinds that it holds, s entries (Liedtke 1995, section 4.1.2).
 *
 * For comparison, a procedure call: from the call instruction to the ret of a procedure
 * that calls none itself, in user mode.
 *
 * The measured phase alone is counted.
 */
#ifndef CROSSBILL_EXTENTS_H
#define CROSSBILL_EXTENTS_H

#include "model/model.h"

struct crossing_extent {
    int64_t count;                  /* crossings; the rest are sums over them */
    int64_t code_lines, data_lines; /* of the first-level caches */
    int64_t code_bytes, data_bytes; /* those lines times their size */
    int64_t pages;
};

struct extents {
    struct crossing_extent crossing[CROSSING_KINDS];
    int64_t stays;
    int64_t procedure_mcycles; /* the cheapest procedure call, when everything hits and
                                  nothing is paired; 0: there is none */
    int64_t refill_most;       /* sum over stays and first-level TLBs of min(n, s) */
};

/* Line sizes, TLBs and their entries are the machine's. False on a damaged trace or
 * without memory. */
bool extents_measure(const struct trace_reader *trace, const struct machine *machine,
                     struct extents *extents, struct cb_error *error);

#endif
