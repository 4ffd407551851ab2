/* perfetto.h - a stretch of a trace as Chrome trace JSON, which Perfetto
 * (https://ui.perfetto.dev) and chrome://tracing show on a time line.
 *
 * One microsecond on that line is one instruction: a recording has no clock. Tracks:
 *   a track for each domain, with a slice for every run of its code;
 *   a track for each thread, with a slice from each crossing in to its crossing out,
 * which nest as the crossings do (while it waits in the kernel, the thread is still
 * inside); a track for the requests of the workload; switches and phases as instants; a
 * counter for each domain: distinct pages touched in each of its runs. A slice that the
 * stretch cuts begins or ends where the stretch does. With a replay also a counter for
 * each TLB and cache: the entries (lines) in it by who used them last, and those empty.
 */
#ifndef CROSSBILL_PERFETTO_H
#define CROSSBILL_PERFETTO_H

#include "report.h"

#define PERFETTO_RECORDS 200000 /* a stretch that viewers like */

/* A replay of the trace whose chronicle has the same stretch. */
struct perfetto_replay {
    const struct machine *machine;
    const struct ledger *ledger;
};

/* `count` records from number `first` on, as many as there are. CB_USAGE when there is no
 * record `first`, CB_TRACE for a damaged trace. `replay` is NULL for none. */
bool perfetto_export(const struct trace_reader *trace, uint64_t first, uint64_t count,
                     const struct perfetto_replay *replay, struct report_bytes *bytes,
                     struct cb_error *error);

#endif
