/* encode.c - records to tokens. These functions run within the thread that produces the
 * records, so the common cases are few instructions. */
#include "writer.h"

static uint8_t *put_token(struct trace_writer *writer, unsigned op)
{
    uint8_t *to = writer->to;
    uint32_t run = writer->run;
    writer->run = 0;
    if (__builtin_expect(run < RUN_ESCAPE, 1)) {
        *to++ = (uint8_t)(op << 3 | run);
        return to;
    }
    *to++ = (uint8_t)(op << 3 | RUN_ESCAPE);
    return put_varint(to, run - RUN_ESCAPE);
}

static void count_record(struct trace_writer *writer)
{
    writer->after_loss = false;
    if (__builtin_expect(++writer->count == BLOCK_RECORDS_MAX, 0))
        writer_end_block(writer);
}

static void refuse(struct trace_writer *writer, const char *sentence)
{
    struct cb_error error;
    cb_error_set(&error, CB_TRACE, "%s", sentence);
    cb_error_at_record(&error, trace_written(writer));
    writer_fail(writer, &error);
}

static void put_unexpected_fetch(struct trace_writer *writer, uint32_t code, uint8_t size)
{
    struct writer_slot *slot = &writer->slots[code + 1];
    writer_refresh(writer, slot);
    unsigned op = slot->size == size ? OP_FETCH : OP_FETCH_SIZED;
    uint32_t expected = (uint32_t)(writer->slot - writer->slots);
    uint8_t *to = put_token(writer, op);
    to = put_varint(to, zigzag((uint64_t)code - expected));
    if (op == OP_FETCH_SIZED)
        *to++ = size;
    slot->size = size;
    writer->to = to;
    writer->slot->next = code;
    writer->slot = slot;
}

void trace_put_fetch(struct trace_writer *writer, uint32_t code, uint8_t size)
{
    if (__builtin_expect(code >= writer->codes, 0)) {
        refuse(writer, "a fetch names a code location that was never put");
        return;
    }
    struct writer_slot *slot = &writer->slots[code + 1];
    if (__builtin_expect(slot->length != 0, 1)) {
        size = slot->length;
    } else if (size == 0 || size > slot->room) {
        refuse(writer, "a fetch has size 0 or crosses a page");
        return;
    }
    if (writer->slot->next == code) {
        writer_refresh(writer, slot);
        if (__builtin_expect(slot->size == size, 1)) {
            writer->run++;
            writer->slot = slot;
            count_record(writer);
            return;
        }
    }
    put_unexpected_fetch(writer, code, size);
    count_record(writer);
}

static unsigned size_class(uint8_t size)
{
    switch (size) {
    case 1:
        return 0;
    case 2:
        return 1;
    case 4:
        return 2;
    case 8:
        return 3;
    case 16:
        return 4;
    }
    return SIZE_CLASS_OTHER;
}

/* The change is a whole number of pages, nearly always. */
static uint8_t *put_distance(uint8_t *to, uint64_t change)
{
    uint64_t pages = zigzag((uint64_t)((int64_t)change >> 12));
    uint64_t rest = change & 0xfff;
    to = put_varint(to, pages << 1 | (rest != 0));
    return rest == 0 ? to : put_varint(to, rest);
}

void trace_put_data(struct trace_writer *writer, enum trace_kind kind, uint64_t vaddr,
                    uint64_t paddr, uint8_t size)
{
    if (__builtin_expect(size == 0 || (vaddr & 0xfff) + size > 0x1000 ||
                             (kind != TRACE_LOAD && kind != TRACE_STORE),
                         0)) {
        refuse(writer, "an access is no load or store, has size 0 or crosses a page");
        return;
    }
    unsigned class = size_class(size);
    uint64_t *distance =
        &writer->translations[translation_slot(vaddr, writer->state.space)];
    uint64_t change = paddr - vaddr - *distance;
    bool store = kind == TRACE_STORE;
    uint64_t *last = store ? &writer->slot->store : &writer->slot->load;
    uint8_t *to = put_token(writer, OP_DATA + 12u * store + 2 * class + (change != 0));
    to = put_varint(to, zigzag(vaddr - *last));
    *last = vaddr;
    writer->last_data = vaddr;
    if (__builtin_expect(class == SIZE_CLASS_OTHER, 0))
        *to++ = size;
    if (__builtin_expect(change != 0, 0)) {
        to = put_distance(to, change);
        *distance += change;
    }
    writer->to = to;
    writer->kinds[kind]++;
    count_record(writer);
}

static uint8_t *put_event(uint8_t *to, const struct trace_record *event,
                          struct event_memory *last)
{
    unsigned flags = event->kind;
    if (event->detail != last->detail)
        flags |= EVENT_HAS_DETAIL;
    if (event->size != last->size)
        flags |= EVENT_HAS_SIZE;
    if (event->code != last->code)
        flags |= EVENT_HAS_CODE;
    *to++ = (uint8_t)flags;
    if (flags & EVENT_HAS_DETAIL)
        *to++ = event->detail;
    if (flags & EVENT_HAS_SIZE)
        *to++ = event->size;
    if (flags & EVENT_HAS_CODE)
        to = put_varint(to, event->code);
    to = put_varint(to, zigzag(event->a - last->a));
    to = put_varint(to, zigzag(event->b - last->b));
    *last = (struct event_memory){event->a, event->b, event->code, event->detail,
                                  event->size};
    return to;
}

void trace_put_event(struct trace_writer *writer, const struct trace_record *event)
{
    if (!event_is_sound(event->kind, event->detail, event->a, event->b)) {
        refuse(writer,
               "an event's kind, mode, thread, domain, space or page is out of range");
        return;
    }
    enum trace_kind kind = event->kind;
    state_event(&writer->state, kind, event->a, event->b);
    uint8_t *to = put_token(writer, OP_EVENT);
    writer->to = put_event(to, event, &writer->events[kind]);
    writer->kinds[kind]++;
    if (kind == TRACE_LOST)
        writer->lost += event->a;
    count_record(writer);
    writer->after_loss = kind == TRACE_LOST;
}
