#include "model/source.h"

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

static bool next_records(struct source *source, bool *end, struct cb_error *error)
{
    *end = false;
    while (source->taken == source->block.count) {
        if (source->next_block == trace_blocks(source->trace)) {
            *end = true;
            return true;
        }
        if (!trace_read_block(source->trace, source->next_block++, &source->block, error))
            return false;
        source->taken = 0;
    }
    return true;
}

bool source_next(struct source *source, struct batch *batch, struct cb_error *error)
{
    batch->count = 0;
    batch->event_count = 0;
    bool end = false;
    while (batch->count < BATCH_REFS) {
        if (!next_records(source, &end, error))
            return false;
        if (end)
            return true;
        size_t done = prepare(source->preparer, source->block.records + source->taken,
                              source->block.count - source->taken, source_done(source),
                              batch, error);
        if (done == SIZE_MAX)
            return false;
        source->taken += done;
    }
    return true;
}

uint64_t source_done(const struct source *source)
{
    return source->block.first + source->taken;
}
