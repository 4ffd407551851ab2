/* decode.c - blocks to records. Whatever the bytes are, nothing is read or written out of
 * bounds: every token is followed by a check, and the buffer by TOKEN_MAX zeros. */
#include "reader.h"

#include <stdlib.h>
#include <zstd.h>

/* What was learned at a code location, and what of it a record needs. Valid where epoch
 * is the decoder's. The slot of code c is c + 1; slot 0 is "no code yet". */
struct slot {
    uint64_t vaddr, paddr;
    uint64_t load, store;
    uint32_t next, epoch;
    uint16_t owner;
    uint8_t size;
    uint8_t length;
};

/* What a block's scratch points to. Kept from block to block. */
struct scratch {
    ZSTD_DCtx *decompressor;
    uint8_t *stored, *raw;
    size_t stored_size, raw_size;
    struct slot *slots;
    size_t slot_count;
    uint32_t epoch;
};

struct decoder {
    const struct trace_code *codes;
    struct slot *slots;
    uint32_t code_count;
    uint32_t epoch;
    uint64_t last_data;
    struct state state;
    uint32_t last_code;
    struct trace_record *records;
    uint32_t count;
    uint32_t kinds[TRACE_KINDS];
    uint64_t lost;
    struct event_memory events[TRACE_KINDS];
    uint64_t translations[TRANSLATIONS];
    const char *problem; /* when decoding failed */
    uint32_t done;       /* records before the problem */
};

static inline void refresh(const struct decoder *decoder, struct slot *slot,
                           uint32_t number)
{
    if (__builtin_expect(slot->epoch == decoder->epoch, 1))
        return;
    *slot = (struct slot){.load = decoder->last_data,
                          .store = decoder->last_data,
                          .next = number,
                          .epoch = decoder->epoch,
                          .owner = TRACE_DOMAIN_CURRENT,
                          .size = FETCH_SIZE_DEFAULT};
    if (number == 0)
        return;
    const struct trace_code *code = &decoder->codes[number - 1];
    slot->vaddr = code->vaddr;
    slot->paddr = code->paddr;
    slot->owner = code->domain;
    slot->length = code->length;
    slot->size =
        cut_at_page(code->vaddr, code->length == 0 ? FETCH_SIZE_DEFAULT : code->length);
}

static inline uint16_t owner_of(const struct slot *slot, uint16_t domain)
{
    return slot->owner == TRACE_DOMAIN_CURRENT ? domain : slot->owner;
}

static inline void put_fetch(struct decoder *decoder, struct trace_record *record,
                             const struct slot *slot, uint32_t code)
{
    *record = (struct trace_record){.vaddr = slot->vaddr,
                                    .paddr = slot->paddr,
                                    .code = code,
                                    .thread = decoder->state.thread,
                                    .domain = owner_of(slot, decoder->state.domain),
                                    .space = decoder->state.space,
                                    .kind = TRACE_FETCH,
                                    .size = slot->size,
                                    .user = decoder->state.user};
}

static inline const uint8_t *get_distance(const uint8_t *p, uint64_t *change)
{
    uint64_t value, rest;
    p = get_varint(p, &value);
    if (p == NULL)
        return NULL;
    *change = unzigzag(value >> 1) << 12;
    if ((value & 1) == 0)
        return p;
    p = get_varint(p, &rest);
    if (p == NULL || rest > 0xfff)
        return NULL;
    *change += rest;
    return p;
}

static inline const uint8_t *get_data(struct decoder *decoder, const uint8_t *p,
                                      unsigned op, struct slot *slot,
                                      struct trace_record *record)
{
    static const uint8_t sizes[] = {1, 2, 4, 8, 16, 0};
    unsigned what = op - OP_DATA;
    bool store = what >= 12;
    unsigned class = (what - 12u * store) >> 1;
    uint64_t value;
    p = get_varint(p, &value);
    if (p == NULL)
        return NULL;
    uint64_t *last = store ? &slot->store : &slot->load;
    uint64_t vaddr = *last + unzigzag(value);
    *last = vaddr;
    decoder->last_data = vaddr;
    uint8_t size = sizes[class];
    if (class == SIZE_CLASS_OTHER)
        size = *p++;
    uint64_t *distance =
        &decoder->translations[translation_slot(vaddr, decoder->state.space)];
    if (what & 1) {
        p = get_distance(p, &value);
        if (p == NULL)
            return NULL;
        *distance += value;
    }
    if (__builtin_expect(size == 0 || (vaddr & 0xfff) + size > 0x1000, 0))
        return NULL;
    *record = (struct trace_record){.vaddr = vaddr,
                                    .paddr = vaddr + *distance,
                                    .code = decoder->last_code,
                                    .thread = decoder->state.thread,
                                    .domain = owner_of(slot, decoder->state.domain),
                                    .space = decoder->state.space,
                                    .kind = (uint8_t)(TRACE_LOAD + store),
                                    .size = size,
                                    .user = decoder->state.user};
    decoder->kinds[TRACE_LOAD + store]++;
    return p;
}

/* The parts of an event that differ from the last event of its kind. */
static const uint8_t *get_event_parts(const uint8_t *p, unsigned flags,
                                      struct event_memory *last)
{
    uint64_t code = last->code, a, b;
    if (flags & EVENT_HAS_DETAIL)
        last->detail = *p++;
    if (flags & EVENT_HAS_SIZE)
        last->size = *p++;
    if (flags & EVENT_HAS_CODE)
        p = get_varint(p, &code);
    if (p == NULL || code > UINT32_MAX)
        return NULL;
    last->code = (uint32_t)code;
    p = get_varint(p, &a);
    if (p == NULL)
        return NULL;
    p = get_varint(p, &b);
    if (p == NULL)
        return NULL;
    last->a += unzigzag(a);
    last->b += unzigzag(b);
    return p;
}

static const uint8_t *get_event(struct decoder *decoder, const uint8_t *p,
                                struct trace_record *record)
{
    unsigned flags = *p++;
    unsigned kind = flags & EVENT_KIND;
    if (flags & EVENT_UNUSED || kind >= TRACE_KINDS)
        return NULL;
    struct event_memory *event = &decoder->events[kind];
    p = get_event_parts(p, flags, event);
    if (p == NULL || !event_is_sound(kind, event->a, event->b))
        return NULL;
    struct state *state = &decoder->state;
    state_event(state, kind, event->a, event->b);
    *record = (struct trace_record){.a = event->a,
                                    .b = event->b,
                                    .code = event->code,
                                    .thread = state->thread,
                                    .domain = state->domain,
                                    .space = state->space,
                                    .kind = (uint8_t)kind,
                                    .size = event->size,
                                    .user = state->user,
                                    .detail = event->detail};
    decoder->kinds[kind]++;
    if (kind == TRACE_LOST)
        decoder->lost += event->a;
    return p;
}

/* The code that a fetch names when it is not the expected one. */
static const uint8_t *get_code(const struct decoder *decoder, const uint8_t *p,
                               uint32_t expected, uint32_t *code)
{
    uint64_t value;
    p = get_varint(p, &value);
    if (p == NULL)
        return NULL;
    value = unzigzag(value) + expected;
    if (value >= decoder->code_count)
        return NULL;
    *code = (uint32_t)value;
    return p;
}

static bool stop(struct decoder *decoder, uint32_t done, const char *problem)
{
    decoder->done = done;
    decoder->problem = problem;
    return false;
}

static const char bad_access[] =
    "a load or store has a malformed number, size 0, or crosses a page";
static const char bad_event[] = "an event is malformed or out of range";
static const char bad_fetch[] = "a fetch names a code location that is not defined";
static const char bad_op[] = "a token has an unknown code";
static const char bad_size[] = "a fetch has a size that its code location cannot have";
static const char bad_run[] = "more fetches are claimed than the block has records";
static const char too_short[] = "the tokens end before the last record";

static bool decode(struct decoder *decoder, const uint8_t *p, const uint8_t *end)
{
    struct trace_record *records = decoder->records;
    uint32_t count = decoder->count, n = 0, code = decoder->last_code;
    struct slot *slots = decoder->slots, *slot = &slots[code + 1];
    refresh(decoder, slot, code + 1);
    while (n < count) {
        if (p >= end)
            return stop(decoder, n, too_short);
        unsigned op = *p >> 3, run = *p & 7;
        p++;
        if (run == RUN_ESCAPE) {
            uint64_t more;
            p = get_varint(p, &more);
            if (p == NULL || more > count)
                return stop(decoder, n, bad_run);
            run += (unsigned)more;
        }
        if (run > count - n)
            return stop(decoder, n, bad_run);
        for (uint32_t stop_at = n + run; n < stop_at; n++) {
            code = slot->next;
            if (__builtin_expect(code >= decoder->code_count, 0))
                return stop(decoder, n, bad_fetch);
            slot = &slots[code + 1];
            refresh(decoder, slot, code + 1);
            put_fetch(decoder, &records[n], slot, code);
        }
        if (op == OP_RUN) {
            if (run == 0)
                return stop(decoder, n, bad_op);
            continue;
        }
        if (n == count)
            return stop(decoder, n, "more tokens than records");
        if (op >= OP_DATA) {
            decoder->last_code = code;
            p = op < OP_END ? get_data(decoder, p, op, slot, &records[n]) : NULL;
            if (p == NULL)
                return stop(decoder, n, op < OP_END ? bad_access : bad_op);
        } else if (op == OP_EVENT) {
            p = get_event(decoder, p, &records[n]);
            if (p == NULL)
                return stop(decoder, n, bad_event);
        } else {
            uint32_t expected = (uint32_t)(slot - slots);
            p = get_code(decoder, p, expected, &code);
            if (p == NULL)
                return stop(decoder, n, bad_fetch);
            slot->next = code;
            slot = &slots[code + 1];
            refresh(decoder, slot, code + 1);
            if (op == OP_FETCH_SIZED) {
                slot->size = *p++;
                if (slot->length != 0 || slot->size == 0 ||
                    slot->size != cut_at_page(slot->vaddr, slot->size))
                    return stop(decoder, n, bad_size);
            }
            put_fetch(decoder, &records[n], slot, code);
        }
        n++;
    }
    if (p != end)
        return stop(decoder, n, "the tokens do not end with the last record");
    return true;
}

static bool totals_agree(struct decoder *decoder, const struct preamble *preamble)
{
    uint32_t others = 0;
    for (int kind = TRACE_FETCH + 1; kind < TRACE_KINDS; kind++)
        others += decoder->kinds[kind];
    decoder->kinds[TRACE_FETCH] = decoder->count - others;
    if (memcmp(decoder->kinds, preamble->kinds, sizeof decoder->kinds) == 0 &&
        decoder->lost == preamble->lost)
        return true;
    return stop(decoder, decoder->count,
                "the records are not those that the block counts");
}

bool preamble_get(const uint8_t *from, uint32_t codes, struct preamble *preamble)
{
    preamble->state = (struct state){.thread = get_u32(from),
                                     .domain = get_u16(from + 4),
                                     .space = get_u16(from + 6),
                                     .user = from[8]};
    preamble->last_code = get_u32(from + 12);
    for (int kind = 0; kind < TRACE_KINDS; kind++)
        preamble->kinds[kind] = get_u32(from + 16 + 4 * kind);
    preamble->lost = get_u64(from + 16 + 4 * TRACE_KINDS);
    return get_u32(from + 8) <= 1 &&
           (preamble->last_code == TRACE_NO_CODE || preamble->last_code < codes);
}

bool reader_block_state(const struct trace_reader *reader, size_t number,
                        struct state *state, struct cb_error *error)
{
    uint8_t bytes[PREAMBLE_SIZE];
    struct preamble preamble;
    const struct block_place *place = &reader->blocks[number];
    uint64_t at = place->offset + BLOCK_HEADER_SIZE;
    if (!reader_get(reader, bytes, sizeof bytes, at, error))
        return false;
    if (!preamble_get(bytes, place->codes, &preamble))
        return reader_fail(reader, place->offset, error,
                           "the block starts in a state that cannot be");
    *state = preamble.state;
    return true;
}

/* ---- blocks ---- */

static bool make_room(uint8_t **buffer, size_t *have, size_t want)
{
    if (want <= *have)
        return true;
    free(*buffer);
    *buffer = malloc(want);
    *have = *buffer == NULL ? 0 : want;
    return *buffer != NULL;
}

static struct scratch *get_scratch(const struct trace_reader *reader,
                                   struct trace_block *block)
{
    struct scratch *scratch = block->scratch;
    if (scratch == NULL) {
        scratch = block->scratch = calloc(1, sizeof *scratch);
        if (scratch == NULL)
            return NULL;
    }
    if (scratch->decompressor == NULL)
        scratch->decompressor = ZSTD_createDCtx();
    size_t slots = (size_t)reader->code_count + 1;
    if (scratch->slot_count < slots) {
        free(scratch->slots);
        scratch->slots = calloc(slots, sizeof *scratch->slots);
        scratch->slot_count = scratch->slots == NULL ? 0 : slots;
        scratch->epoch = 0;
    }
    bool whole = scratch->decompressor != NULL && scratch->slots != NULL;
    return whole ? scratch : NULL;
}

/* Slots of an earlier turn of the counter must not look fresh. */
static uint32_t next_epoch(struct scratch *scratch)
{
    if (scratch->epoch == UINT32_MAX) {
        memset(scratch->slots, 0, scratch->slot_count * sizeof *scratch->slots);
        scratch->epoch = 0;
    }
    return ++scratch->epoch;
}

static bool unpack(const struct trace_reader *reader, const struct block_place *place,
                   const struct block_header *header, struct scratch *scratch,
                   struct cb_error *error)
{
    size_t packed = (size_t)header->stored - PREAMBLE_SIZE;
    size_t size = ZSTD_decompressDCtx(scratch->decompressor, scratch->raw, header->raw,
                                      scratch->stored + PREAMBLE_SIZE, packed);
    if (ZSTD_isError(size))
        return reader_fail(reader, place->offset, error,
                           "the block does not decompress: %s", ZSTD_getErrorName(size));
    if (size != header->raw)
        return reader_fail(reader, place->offset, error,
                           "the block decompresses to %zu bytes, its header says %u",
                           size, header->raw);
    memset(scratch->raw + size, 0, TOKEN_MAX);
    return true;
}

static bool read_stored(const struct trace_reader *reader,
                        const struct block_place *place, struct block_header *header,
                        struct scratch *scratch, struct cb_error *error)
{
    if (!reader_get_header(reader, place->offset, place->end, header, error))
        return false;
    if (header->type != BLOCK_RECORDS || header->count != place->count ||
        header->first != place->first ||
        place->offset + BLOCK_HEADER_SIZE + header->stored != place->end)
        return reader_fail(reader, place->offset, error,
                           "the block is not the one that the index names");
    if (!make_room(&scratch->stored, &scratch->stored_size, header->stored) ||
        !make_room(&scratch->raw, &scratch->raw_size, header->raw + TOKEN_MAX))
        return reader_out_of_memory(reader, error);
    if (!reader_get(reader, scratch->stored, header->stored,
                    place->offset + BLOCK_HEADER_SIZE, error))
        return false;
    if (checksum(scratch->stored, header->stored) != header->stored_checksum)
        return reader_fail(reader, place->offset, error,
                           "the block is damaged: its checksum is wrong");
    return unpack(reader, place, header, scratch, error);
}

static bool make_room_for_records(struct trace_block *block, size_t count)
{
    if (block->capacity >= count)
        return true;
    free(block->records);
    block->records = malloc(count * sizeof *block->records);
    block->capacity = block->records == NULL ? 0 : count;
    return block->records != NULL;
}

bool trace_read_block(const struct trace_reader *reader, size_t number,
                      struct trace_block *block, struct cb_error *error)
{
    block->count = 0;
    if (number >= reader->block_count)
        return reader_fail(reader, CB_NOWHERE, error,
                           "block %zu was asked for, the trace has %zu", number,
                           reader->block_count);
    const struct block_place *place = &reader->blocks[number];
    struct scratch *scratch = get_scratch(reader, block);
    if (scratch == NULL || !make_room_for_records(block, place->count))
        return reader_out_of_memory(reader, error);
    struct block_header header;
    struct preamble preamble;
    if (!read_stored(reader, place, &header, scratch, error))
        return false;
    if (!preamble_get(scratch->stored, place->codes, &preamble))
        return reader_fail(reader, place->offset, error,
                           "the block starts in a state that cannot be");
    struct decoder decoder = {.codes = reader->codes,
                              .slots = scratch->slots,
                              .code_count = place->codes,
                              .epoch = next_epoch(scratch),
                              .state = preamble.state,
                              .last_code = preamble.last_code,
                              .records = block->records,
                              .count = place->count};
    if (!decode(&decoder, scratch->raw, scratch->raw + header.raw) ||
        !totals_agree(&decoder, &preamble)) {
        reader_fail(reader, place->offset, error, "%s", decoder.problem);
        return cb_error_at_record(error, place->first + decoder.done);
    }
    block->first = place->first;
    block->count = place->count;
    return true;
}

void trace_block_init(struct trace_block *block)
{
    *block = (struct trace_block){.count = 0};
}

void trace_block_free(struct trace_block *block)
{
    struct scratch *scratch = block->scratch;
    if (scratch != NULL) {
        ZSTD_freeDCtx(scratch->decompressor);
        free(scratch->stored);
        free(scratch->raw);
        free(scratch->slots);
        free(scratch);
    }
    free(block->records);
    trace_block_init(block);
}
