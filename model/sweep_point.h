/* sweep_point.h - a point's ledger, put together from the counts of passes and replays.
 * Internal to model/. */
#ifndef CROSSBILL_SWEEP_POINT_H
#define CROSSBILL_SWEEP_POINT_H

#include "model/sweep_pass.h"

/* What has been computed for a plan. */
struct sweep_results {
    const struct trace_reader *trace;
    const struct plan *plan;
    struct pass *passes;      /* [plan.stream_count] */
    struct ledger **replayed; /* [plan.replay_count] */
    size_t domains;
};

/* All that the route names is there. NULL without memory; free it. */
struct ledger *point_ledger(const struct sweep_results *results,
                            const struct layout *layout, const struct route *route);

#endif
