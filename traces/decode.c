/* decode.c - tokens to records. Whatever the bytes are, nothing is read or written out of
 * bounds: every token is followed by a check, and the last by TOKEN_MAX zeros. */
#include "decoder.h"

/* First met in this block: nothing is known but the location itself. */
static void forget(const struct decoder *decoder, struct slot *slot, uint32_t number)
{
    *slot = (struct slot){.load = decoder->last_data,
                          .store = decoder->last_data,
                          .next = number,
                          .owner = TRACE_DOMAIN_CURRENT};
    slot->fetch.code = number - 1; /* TRACE_NO_CODE of slot 0 */
    slot->fetch.size = FETCH_SIZE_DEFAULT;
    slot->fetch.kind = TRACE_FETCH;
    if (number == 0)
        return;
    const struct trace_code *code = &decoder->codes[number - 1];
    slot->fetch.vaddr = code->vaddr;
    slot->fetch.paddr = code->paddr;
    slot->owner = code->domain;
    slot->length = code->length;
    slot->fetch.size =
        cut_at_page(code->vaddr, code->length == 0 ? FETCH_SIZE_DEFAULT : code->length);
}

/* Make the slot's fetch one of this moment. */
static void refresh(const struct decoder *decoder, struct slot *slot, uint32_t number)
{
    const struct state *state = &decoder->state;
    if (slot->moment < decoder->first_moment)
        forget(decoder, slot, number);
    slot->moment = decoder->moment;
    slot->fetch.thread = state->thread;
    slot->fetch.domain =
        slot->owner == TRACE_DOMAIN_CURRENT ? state->domain : slot->owner;
    slot->fetch.space = state->space;
    slot->fetch.user = state->user;
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
    *record = slot->fetch;
    record->vaddr = vaddr;
    record->paddr = vaddr + *distance;
    record->kind = (uint8_t)(TRACE_LOAD + store);
    record->size = size;
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
    uint8_t detail = event->detail;
    if (p == NULL || !event_is_sound(kind, detail, event->a, event->b))
        return NULL;
    if (kind == TRACE_PAGE_TABLE && detail != TRACE_MAPS_TABLE && !decoder->large_pages)
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
                                    .detail = detail};
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

static const char bad_access[] =
    "a load or store has a malformed number, size 0, or crosses a page";
static const char bad_event[] = "an event is malformed or out of range";
static const char bad_fetch[] = "a fetch names a code location that is not defined";
static const char bad_op[] = "a token has an unknown code";
static const char bad_size[] = "a fetch has a size that its code location cannot have";
static const char bad_run[] = "more fetches are claimed than the block has records";
static const char too_short[] = "the tokens end before the last record";

/* Where decoding is. The functions below are inlined into tokens_decode(), so that all of
 * it stays in registers. */
struct cursor {
    const uint8_t *p;
    struct slot *slot; /* of the last fetch */
    uint32_t n;        /* records so far */
};

static inline bool halt(struct decoder *decoder, const struct cursor *cursor,
                        const char *problem)
{
    decoder->done = cursor->n;
    decoder->problem = problem;
    return false;
}

static inline bool get_run(struct decoder *decoder, struct cursor *cursor, uint32_t *run)
{
    uint64_t more;
    if (__builtin_expect(*run == RUN_ESCAPE, 0)) {
        cursor->p = get_varint(cursor->p, &more);
        if (cursor->p == NULL || more > decoder->count)
            return halt(decoder, cursor, bad_run);
        *run += (uint32_t)more;
    }
    return *run <= decoder->count - cursor->n || halt(decoder, cursor, bad_run);
}

static inline void enter(struct decoder *decoder, struct cursor *cursor, uint32_t code)
{
    cursor->slot = &decoder->slots[code + 1];
    if (__builtin_expect(cursor->slot->moment != decoder->moment, 0))
        refresh(decoder, cursor->slot, code + 1);
}

static inline bool put_run(struct decoder *decoder, struct cursor *cursor, uint32_t run)
{
    for (uint32_t end = cursor->n + run; cursor->n < end; cursor->n++) {
        uint32_t code = cursor->slot->next;
        if (__builtin_expect(code >= decoder->code_count, 0))
            return halt(decoder, cursor, bad_fetch);
        enter(decoder, cursor, code);
        decoder->records[cursor->n] = cursor->slot->fetch;
    }
    return true;
}

static inline bool put_data(struct decoder *decoder, struct cursor *cursor, unsigned op)
{
    if (op >= OP_END)
        return halt(decoder, cursor, bad_op);
    cursor->p =
        get_data(decoder, cursor->p, op, cursor->slot, &decoder->records[cursor->n]);
    return cursor->p != NULL || halt(decoder, cursor, bad_access);
}

static inline bool put_event(struct decoder *decoder, struct cursor *cursor)
{
    cursor->p = get_event(decoder, cursor->p, &decoder->records[cursor->n]);
    if (cursor->p == NULL)
        return halt(decoder, cursor, bad_event);
    decoder->moment++;
    enter(decoder, cursor, cursor->slot->fetch.code); /* what comes may be its data */
    return true;
}

/* A fetch that was not the expected one. */
static inline bool put_jump(struct decoder *decoder, struct cursor *cursor, bool sized)
{
    uint32_t code, expected = (uint32_t)(cursor->slot - decoder->slots);
    cursor->p = get_code(decoder, cursor->p, expected, &code);
    if (cursor->p == NULL)
        return halt(decoder, cursor, bad_fetch);
    cursor->slot->next = code;
    enter(decoder, cursor, code);
    struct slot *slot = cursor->slot;
    if (sized) {
        slot->fetch.size = *cursor->p++;
        if (slot->length != 0 || slot->fetch.size == 0 ||
            slot->fetch.size != cut_at_page(slot->fetch.vaddr, slot->fetch.size))
            return halt(decoder, cursor, bad_size);
    }
    decoder->records[cursor->n] = slot->fetch;
    return true;
}

/* The record after a token's run. */
static inline bool put_last(struct decoder *decoder, struct cursor *cursor, unsigned op)
{
    bool done;
    if (cursor->n == decoder->count)
        return halt(decoder, cursor, "more tokens than records");
    if (op >= OP_DATA)
        done = put_data(decoder, cursor, op);
    else if (op == OP_EVENT)
        done = put_event(decoder, cursor);
    else
        done = put_jump(decoder, cursor, op == OP_FETCH_SIZED);
    cursor->n++;
    return done;
}

bool tokens_decode(struct decoder *decoder, const uint8_t *from, const uint8_t *end)
{
    struct cursor cursor = {.p = from};
    enter(decoder, &cursor, decoder->last_code);
    while (cursor.n < decoder->count) {
        if (cursor.p >= end)
            return halt(decoder, &cursor, too_short);
        uint32_t op = *cursor.p >> 3, run = *cursor.p & 7;
        cursor.p++;
        if (!get_run(decoder, &cursor, &run) || !put_run(decoder, &cursor, run))
            return false;
        if (op != OP_RUN && !put_last(decoder, &cursor, op))
            return false;
        if (op == OP_RUN && run == 0)
            return halt(decoder, &cursor, bad_op);
    }
    return cursor.p == end ||
           halt(decoder, &cursor, "the tokens do not end with the last record");
}

bool tokens_agree(struct decoder *decoder, const struct preamble *preamble)
{
    uint32_t others = 0;
    for (int kind = TRACE_FETCH + 1; kind < TRACE_KINDS; kind++)
        others += decoder->kinds[kind];
    decoder->kinds[TRACE_FETCH] = decoder->count - others;
    if (memcmp(decoder->kinds, preamble->kinds, sizeof decoder->kinds) == 0 &&
        decoder->lost == preamble->lost)
        return true;
    decoder->done = decoder->count;
    decoder->problem = "the records are not those that the block counts";
    return false;
}
