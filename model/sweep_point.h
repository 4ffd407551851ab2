/* sweep_point.h - a point's ledger, put together from the counts of passes and replays.
 * Internal to model/. */
#ifndef CROSSBILL_SWEEP_POINT_H
#define CROSSBILL_SWEEP_POINT_H

#include "model/sweep_pass.h"

/* What has been computed for a plan. */
struct sweep_results {
    const struct trace_reader *trace;
    struct pass *passes;      /* [plan.stream_count] */
    struct ledger **replayed; /* [plan_replays()] */
    size_t domains;
};

/* All that the route names has been computed. `whole` is the index of the replay that it
 * names, or NOWHERE. NULL without memory; free it. */
struct ledger *point_ledger(const struct sweep_results *results,
                            const struct layout *layout, const struct route *route,
                            size_t whole);

#endif
