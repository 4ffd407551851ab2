/* writer.h - the writer's state; private to traces/. */
#ifndef CROSSBILL_WRITER_H
#define CROSSBILL_WRITER_H

#include "spool.h"

/* What is expected after and at a code location, learned within a block: valid where
 * `epoch` is the block's. The slot of code c is c + 1; slot 0 is "no code yet". */
struct writer_slot {
    uint64_t load, store; /* the last addresses */
    uint32_t next;        /* code fetched last time after this one */
    uint32_t epoch;
    uint8_t size;   /* of the last fetch */
    uint8_t length; /* as fetched, cut at the page's end; 0: the size may change */
    uint8_t room;   /* up to the page's end, at most 255 */
};

struct code_key {
    uint64_t vaddr, paddr;
    uint8_t length;
    uint8_t bytes[15];
};

struct trace_writer {
    /* The hot path's own. */
    struct writer_slot *slot; /* of the last fetch */
    uint8_t *to;              /* where the next token goes */
    uint32_t run;             /* fetches that were expected, not yet written */
    uint32_t count;           /* records in this block */
    uint32_t epoch;
    uint32_t codes;
    uint64_t last_data;
    struct writer_slot *slots;
    struct state state;
    uint64_t translations[TRANSLATIONS]; /* paddr - vaddr */

    struct event_memory events[TRACE_KINDS];
    bool after_loss;             /* the last record was TRACE_LOST */
    uint32_t kinds[TRACE_KINDS]; /* of this block */
    uint64_t lost;               /* of this block */
    struct state block_state;    /* at its first record */
    uint32_t block_code;
    uint64_t records; /* before this block */
    uint64_t total_kinds[TRACE_KINDS], total_lost;

    struct spool *spool;
    struct spool_block *block;                    /* being filled with tokens */
    struct spool_block *definitions;              /* being filled, or NULL */
    uint32_t definitions_codes;                   /* codes defined before that block */
    uint64_t definition_end, definition_distance; /* of the last code in it */

    size_t code_room;
    struct code_key *keys;
    uint32_t *buckets; /* slot numbers; 0: empty */
    size_t bucket_count;

    char *path;
    bool failed;
    struct cb_error error; /* the first, when failed */
};

/* Keep the first error. */
void writer_fail(struct trace_writer *writer, const struct cb_error *error);
/* Hand the block of records over and begin the next. */
void writer_end_block(struct trace_writer *writer);
void writer_start_block(struct trace_writer *writer);
/* Hand over the definitions that wait, if any. */
void writer_end_definitions(struct trace_writer *writer);
bool codes_start(struct trace_writer *writer);

/* Make a slot ready for its first use in this block. */
static inline void writer_refresh(struct trace_writer *writer, struct writer_slot *slot)
{
    if (__builtin_expect(slot->epoch == writer->epoch, 1))
        return;
    slot->epoch = writer->epoch;
    slot->next = (uint32_t)(slot - writer->slots);
    slot->load = slot->store = writer->last_data;
    slot->size = slot->length;
    if (slot->length == 0)
        slot->size = slot->room < FETCH_SIZE_DEFAULT ? slot->room : FETCH_SIZE_DEFAULT;
}

static inline uint32_t writer_last_code(const struct trace_writer *writer)
{
    return (uint32_t)(writer->slot - writer->slots) - 1;
}

#endif
