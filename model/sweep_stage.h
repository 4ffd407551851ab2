/* sweep_stage.h - the families of one pass, batch by batch: first those that see all
 * refs, then those that see the misses of a first level. Internal to model/. */
#ifndef CROSSBILL_SWEEP_STAGE_H
#define CROSSBILL_SWEEP_STAGE_H

#include "model/sweep_plan.h"
#include "model/walker.h"

/* A size of a first-level family whose misses go on to a second level. */
struct feeder {
    struct family *family;
    size_t column;
    uint32_t ways;
    size_t next; /* in its log, while a batch is simulated */
};

/* Families that see one stream of askings: all refs, or the misses of a first level. */
struct simulation {
    size_t before; /* index into plan.befores, or NOWHERE */
    struct family **families;
    size_t *needs; /* [count] which need each one is for */
    size_t count;

    struct layout layout; /* of the first level alone */
    struct feeder feeders[MACHINE_LEVELS * 2];
    size_t feeder_count;
    bool passes_all; /* some accesses meet no first level at all */
};

struct stages {
    struct simulation *simulations; /* the first levels', then those behind them */
    size_t first_count, count;
};

/* The families of this stream. Free the stages either way. */
bool stages_init(struct stages *stages, const struct plan *plan, size_t stream,
                 size_t domains, struct cb_error *error);
void stages_free(struct stages *stages);
/* One more family, which is finished; the stages' from now on, unless there is no memory.
 */
bool stages_put(struct stages *stages, size_t need, struct family *family);
bool stages_failed(const struct stages *stages); /* memory ran out */
void stages_finish(struct stages *stages);       /* after the last batch */

/* What a stage sees of a batch: its refs, and the walks before some of them. */
struct stage_input {
    const struct batch *batch;
    const struct walk_reads *walks;
    size_t walk_count;
};

/* One simulation of the first levels, or behind: these when all of the former are done.
 */
void simulate_first(struct simulation *simulation, const struct stage_input *input);
void simulate_behind(struct simulation *simulation, const struct stage_input *input);

#endif
