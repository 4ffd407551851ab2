/* sweep_pass.h - one pass over a trace for all families of one stream. Internal to
 * model/. */
#ifndef CROSSBILL_SWEEP_PASS_H
#define CROSSBILL_SWEEP_PASS_H

#include "model/sweep_stage.h"

struct pass {
    struct ledger *ledger; /* instructions, switches; of events, those of the TLBs
                            * where the stream has a walker */
    struct stages stages;
    /* Accesses that go to memory where a machine has no cache for their side: fetches,
     * loads and a walk's reads, by [phase][domain][account][side]. NULL, if each machine
     * has one. */
    int64_t (*uncached)[ACCOUNTS][SIDES];
    enum trace_phase phase; /* while counting them */
};

/* Run the plan's families of this stream. Of the options, threads, progress and
 * should_stop count. Free the pass either way. */
bool pass_run(struct pass *pass, const struct trace_reader *trace,
              const struct plan *plan, size_t stream,
              const struct replay_options *options, struct cb_error *error);
void pass_free(struct pass *pass);

int64_t pass_uncached(const struct pass *pass, enum trace_phase phase, size_t domain,
                      enum account account, enum side side);

/* The family of a need of this stream. */
const struct family *pass_family(const struct pass *pass, size_t need);

#endif
