#include "model/source.h"

#include <string.h>

void source_init(struct source *source, const struct trace_reader *trace,
                 struct preparer *preparer, bool ahead)
{
    *source = (struct source){.trace = trace, .preparer = preparer, .ahead = ahead};
    trace_block_init(&source->block);
    trace_block_init(&source->following);
}

void source_free(struct source *source)
{
    if (source->decoding)
        pthread_join(source->decoder, NULL);
    trace_block_free(&source->block);
    trace_block_free(&source->following);
}

static void *decode(void *argument)
{
    struct source *source = argument;
    source->decoded = trace_read_block(source->trace, source->next_block,
                                       &source->following, &source->error);
    return NULL;
}

/* Start on the next block, if there is one and a thread can be had. */
static void decode_ahead(struct source *source)
{
    if (source->ahead && source->next_block < trace_blocks(source->trace))
        source->decoding = pthread_create(&source->decoder, NULL, decode, source) == 0;
}

/* The block that a thread has been decoding. */
static bool take_following(struct source *source, struct cb_error *error)
{
    pthread_join(source->decoder, NULL);
    source->decoding = false;
    if (!source->decoded) {
        if (error != NULL)
            *error = source->error;
        return false;
    }
    struct trace_block done = source->block;
    source->block = source->following;
    source->following = done;
    return true;
}

static bool next_block(struct source *source, struct cb_error *error)
{
    bool good = source->decoding ? take_following(source, error)
                                 : trace_read_block(source->trace, source->next_block,
                                                    &source->block, error);
    if (!good)
        return false;
    source->next_block++;
    source->taken = 0;
    decode_ahead(source);
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
