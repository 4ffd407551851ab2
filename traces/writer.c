#include "writer.h"

#include <jansson.h>
#include <stdlib.h>

void writer_fail(struct trace_writer *writer, const struct cb_error *error)
{
    if (writer->failed)
        return;
    writer->failed = true;
    writer->error = *error;
    cb_error_in(&writer->error, writer->path);
}

static bool header_is_sound(const char *header, struct cb_error *error)
{
    static const char *const texts[] = {"scenario", "structure", "tool"};
    json_error_t problem;
    json_t *json = json_loads(header, JSON_REJECT_DUPLICATES, &problem);
    bool sound = json_is_object(json) && strlen(header) <= FORMAT_JSON_MAX;
    for (int i = 0; sound && i < 3; i++) {
        const json_t *text = json_object_get(json, texts[i]);
        sound = text == NULL || json_is_string(text);
    }
    json_decref(json);
    if (sound)
        return true;
    return cb_error_set(error, CB_TRACE,
                        "a trace's header must be a JSON object of at most 1 MiB whose "
                        "scenario, structure and tool are strings");
}

static void forget_events(struct trace_writer *writer)
{
    memset(writer->events, 0, sizeof writer->events);
    memset(writer->kinds, 0, sizeof writer->kinds);
    memset(writer->translations, 0, sizeof writer->translations);
    writer->lost = 0;
    writer->last_data = 0;
}

/* A block decodes by itself: nothing that was learned before it is used in it. */
void writer_start_block(struct trace_writer *writer)
{
    forget_events(writer);
    writer->block_state = writer->state;
    writer->block_code = writer_last_code(writer);
    writer->count = 0;
    writer->run = 0;
    writer->to = writer->block->raw;
    writer->epoch++;
    writer_refresh(writer, writer->slot);
}

static void add_totals(struct trace_writer *writer)
{
    uint32_t others = 0;
    for (int kind = TRACE_FETCH + 1; kind < TRACE_KINDS; kind++)
        others += writer->kinds[kind];
    writer->kinds[TRACE_FETCH] = writer->count - others;
    for (int kind = 0; kind < TRACE_KINDS; kind++)
        writer->total_kinds[kind] += writer->kinds[kind];
    writer->total_lost += writer->lost;
}

static void hand_over(struct trace_writer *writer)
{
    struct spool_block *block = writer->block;
    if (writer->run > 0) {
        uint32_t run = writer->run;
        *writer->to++ = (uint8_t)(OP_RUN << 3 | (run < RUN_ESCAPE ? run : RUN_ESCAPE));
        if (run >= RUN_ESCAPE)
            writer->to = put_varint(writer->to, run - RUN_ESCAPE);
    }
    add_totals(writer);
    block->type = BLOCK_RECORDS;
    block->count = writer->count;
    block->first = writer->records;
    block->raw_size = (size_t)(writer->to - block->raw);
    preamble_put(block->preamble, &writer->block_state, writer->block_code, writer->kinds,
                 writer->lost);
    writer->records += writer->count;
    writer_end_definitions(writer);
    spool_put(writer->spool, block);
}

void writer_end_block(struct trace_writer *writer)
{
    hand_over(writer);
    writer->block = spool_take(writer->spool);
    writer_start_block(writer);
}

static void release(struct trace_writer *writer)
{
    free(writer->path);
    free(writer->keys);
    free(writer->slots);
    free(writer->buckets);
    free(writer);
}

struct trace_writer *trace_create(const char *path, const char *header,
                                  struct cb_error *error)
{
    if (!header_is_sound(header, error))
        return NULL;
    struct trace_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL || (writer->path = strdup(path)) == NULL || !codes_start(writer)) {
        cb_error_set(error, CB_IO, "out of memory while writing a trace");
        goto out;
    }
    writer->spool = spool_open(path, header, error);
    if (writer->spool == NULL)
        goto out;
    writer->block = spool_take(writer->spool);
    writer_start_block(writer);
    return writer;
out:
    if (writer != NULL)
        release(writer);
    return NULL;
}

bool trace_failed(const struct trace_writer *writer)
{
    return writer->failed || spool_failed(writer->spool);
}

void trace_put_state(struct trace_writer *writer, uint32_t thread, uint16_t domain,
                     uint16_t space, bool user)
{
    struct cb_error error;
    if (trace_written(writer) > 0 && !writer->after_loss) {
        cb_error_set(&error, CB_TRACE, "a state was given after a record");
        writer_fail(writer, &error);
        return;
    }
    if (writer->count > 0)
        writer_end_block(writer);
    writer->state = (struct state){thread, domain, space, user};
    writer->block_state = writer->state;
}

uint64_t trace_written(const struct trace_writer *writer)
{
    return writer->records + writer->count;
}

bool trace_finish(struct trace_writer *writer, struct cb_error *error)
{
    bool done = !writer->failed;
    if (!done && error != NULL)
        *error = writer->error;
    if (!done) {
        trace_abandon(writer);
        return false;
    }
    if (writer->count > 0)
        hand_over(writer);
    writer_end_definitions(writer);
    done = spool_finish(writer->spool, writer->records, writer->total_kinds,
                        writer->total_lost, error);
    release(writer);
    return done;
}

void trace_abandon(struct trace_writer *writer)
{
    spool_abandon(writer->spool);
    release(writer);
}
