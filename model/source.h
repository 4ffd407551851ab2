/* source.h - a trace as batches of refs: blocks decoded one after the other, by the
 * thread that prepares them. One that decodes ahead gains nothing: records are three
 * times as large as the refs that come of them, and to fetch them from another
 * processor's cache takes about as long as to make them. */
#ifndef CROSSBILL_SOURCE_H
#define CROSSBILL_SOURCE_H

#include "model/prepare.h"

struct source {
    const struct trace_reader *trace;
    struct preparer *preparer; /* the caller's */
    struct trace_block block;
    size_t next_block, taken;
};

void source_init(struct source *source, const struct trace_reader *trace,
                 struct preparer *preparer);
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
