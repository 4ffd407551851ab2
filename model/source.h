/* source.h - a trace as batches of refs: blocks decoded one after the other, the next one
 * by a thread of its own while this one is prepared. */
#ifndef CROSSBILL_SOURCE_H
#define CROSSBILL_SOURCE_H

#include "model/prepare.h"

#include <pthread.h>

struct source {
    const struct trace_reader *trace;
    struct preparer *preparer; /* the caller's */
    struct trace_block block;
    size_t next_block, taken;
    bool ahead; /* decode the next block meanwhile */
    bool decoding;
    bool decoded; /* what the thread came to */
    pthread_t decoder;
    struct trace_block following;
    struct cb_error error; /* the thread's */
};

/* The source must not move from here on. */
void source_init(struct source *source, const struct trace_reader *trace,
                 struct preparer *preparer, bool ahead);
void source_free(struct source *source);

/* Fill the batch. One that stays empty says that the trace has ended. */
bool source_next(struct source *source, struct batch *batch, struct cb_error *error);
/* Without batches: the records that come next, none when the trace has ended, and that so
 * many of them are done with. */
bool source_records(struct source *source, const struct trace_record **records, size_t *n,
                    struct cb_error *error);
void source_take(struct source *source, size_t n);
/* Records taken so far. */
uint64_t source_done(const struct source *source);

#endif
