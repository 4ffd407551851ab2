#include "model/source.h"

#include <string.h>

void source_init(struct source *source, const struct trace_reader *trace,
                 struct preparer *preparer)
{
    *source = (struct source){.trace = trace, .preparer = preparer};
    trace_block_init(&source->block);
}

void source_free(struct source *source)
{
    trace_block_free(&source->block);
}

static bool next_block(struct source *source, struct cb_error *error)
{
    if (!trace_read_block(source->trace, source->next_block, &source->block, error))
        return false;
    source->next_block++;
    source->taken = 0;
    return true;
}

bool source_records(struct source *source, const struct trace_record **records, size_t *n,
                    struct cb_error *error)
{
    while (source->taken == source->block.count &&
           source->next_block < trace_blocks(source->trace))
        if (!next_block(source, error))
            return false;
    *n = source->block.count - source->taken;
    *records = *n == 0 ? NULL : source->block.records + source->taken;
    return true;
}

void source_take(struct source *source, size_t n)
{
    source->taken += n;
}

bool source_next(struct source *source, struct batch *batch, struct cb_error *error)
{
    batch->count = 0;
    batch->event_count = 0;
    if (batch->repeated != NULL)
        memset(batch->repeated, 0,
               (BATCH_REFS + BATCH_SLACK + 1) * sizeof *batch->repeated);
    while (batch->count < BATCH_REFS) {
        const struct trace_record *records;
        size_t n;
        if (!source_records(source, &records, &n, error))
            return false;
        if (n == 0)
            return true;
        size_t done =
            prepare(source->preparer, records, n, source_done(source), batch, error);
        if (done == SIZE_MAX)
            return false;
        source_take(source, done);
    }
    return true;
}

uint64_t source_done(const struct source *source)
{
    return source->block.first + source->taken;
}
