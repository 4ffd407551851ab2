/* The file format as trace.h specifies it: a decoder written from that text alone, slow
 * and plain, must read from a file what the reader does. It shares with the reader only
 * zstd and the checksum. */
#include "../test.h"

#include "../trace_tools.h"
#include "traces/bytes.h"

#include <zstd.h>

#define CODES 512

struct location {
    uint64_t vaddr, paddr;
    unsigned length;
    /* learned in a block */
    bool seen;
    uint64_t next, load, store;
    unsigned size;
};

struct event {
    uint64_t a, b, code;
    unsigned detail, size;
};

struct plain {
    struct location locations[CODES + 1]; /* the last stands for "none yet" */
    uint32_t count;                       /* of locations */
    uint64_t translations[1024];
    struct event events[16];
    uint64_t last_access;
    uint32_t thread, code;
    unsigned domain, space, user;
    const uint8_t *at;
    struct trace_record *records;
    size_t used;
};

static uint64_t number(struct plain *plain, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)*plain->at++ << 8 * i;
    return value;
}

static uint64_t varint(struct plain *plain)
{
    uint64_t value = 0;
    for (int group = 0;; group++) {
        uint8_t byte = *plain->at++;
        assert_true(group < 10);
        value |= (uint64_t)(byte % 128) << 7 * group;
        if (byte < 128)
            return value;
    }
}

static uint64_t signed_of(uint64_t value)
{
    return value % 2 == 0 ? value / 2 : 0 - (value / 2) - 1;
}

static uint64_t difference(struct plain *plain)
{
    return signed_of(varint(plain));
}

/* ---- definitions ---- */

static void read_definitions(struct plain *plain, const uint8_t *end)
{
    uint64_t location_end = 0, distance = 0;
    while (plain->at < end) {
        unsigned kind = (unsigned)number(plain, 1);
        if (kind == 1) {
            struct location *location = &plain->locations[plain->count++];
            location->length = (unsigned)number(plain, 1);
            location->vaddr = location_end + difference(plain);
            distance += difference(plain);
            location->paddr = location->vaddr + distance;
            location_end = location->vaddr + location->length;
            plain->at += location->length;
        } else if (kind == 2) {
            plain->at += 2 + 1 + 8 + 8;
            plain->at += number(plain, 1);
        } else if (kind == 3) {
            plain->at += 1 + 2 + 8 + 8;
            plain->at += number(plain, 1);
        } else {
            assert_int_equal(kind, 4);
            plain->at += 6 * 8 + 2 * 2;
        }
    }
    assert_ptr_equal(plain->at, end);
}

/* ---- records ---- */

static struct trace_record *add(struct plain *plain, unsigned kind)
{
    struct trace_record *record = &plain->records[plain->used++];
    *record = (struct trace_record){.kind = (uint8_t)kind,
                                    .thread = plain->thread,
                                    .domain = (uint16_t)plain->domain,
                                    .space = (uint16_t)plain->space,
                                    .user = (uint8_t)plain->user};
    return record;
}

static struct location *location_of(struct plain *plain, uint32_t code)
{
    return &plain->locations[code == TRACE_NO_CODE ? CODES : code];
}

/* The location becomes current; its first guesses, if this is its first time. */
static struct location *enter(struct plain *plain, uint32_t code)
{
    struct location *location = location_of(plain, code);
    plain->code = code;
    if (location->seen)
        return location;
    location->seen = true;
    location->next = code == TRACE_NO_CODE ? 0 : code + 1;
    location->load = location->store = plain->last_access;
    location->size = location->length == 0 ? 4 : location->length;
    unsigned rest = 4096 - (unsigned)(location->vaddr % 4096);
    if (location->size > rest)
        location->size = rest;
    return location;
}

static void add_fetch(struct plain *plain)
{
    const struct location *location = location_of(plain, plain->code);
    struct trace_record *record = add(plain, TRACE_FETCH);
    record->vaddr = location->vaddr;
    record->paddr = location->paddr;
    record->size = (uint8_t)location->size;
    record->code = plain->code;
}

static void read_fetch(struct plain *plain, bool sized)
{
    struct location *before = location_of(plain, plain->code);
    uint64_t expected = plain->code == TRACE_NO_CODE ? 0 : plain->code + 1ull;
    before->next = expected + difference(plain);
    struct location *location = enter(plain, (uint32_t)before->next);
    if (sized)
        location->size = (unsigned)number(plain, 1);
    add_fetch(plain);
}

static void read_data(struct plain *plain, unsigned op)
{
    static const unsigned sizes[] = {1, 2, 4, 8, 16};
    struct location *location = location_of(plain, plain->code);
    unsigned store = (op - 4) / 12, class = (op - 4) % 12 / 2, change = op % 2;
    uint64_t *last = store ? &location->store : &location->load;
    *last += difference(plain);
    plain->last_access = *last;
    unsigned size = class < 5 ? sizes[class] : (unsigned)number(plain, 1);
    uint64_t *translation =
        &plain->translations[(*last / 4096 + plain->space * 0x9e37ull) % 1024];
    if (change) {
        uint64_t value = varint(plain);
        *translation += signed_of(value / 2) * 4096;
        if (value % 2 == 1)
            *translation += varint(plain);
    }
    struct trace_record *record = add(plain, store ? TRACE_STORE : TRACE_LOAD);
    record->vaddr = *last;
    record->paddr = *last + *translation;
    record->size = (uint8_t)size;
    record->code = plain->code;
}

static void read_event(struct plain *plain)
{
    unsigned flags = (unsigned)number(plain, 1), kind = flags % 16;
    struct event *event = &plain->events[kind];
    if (flags & 0x10)
        event->detail = (unsigned)number(plain, 1);
    if (flags & 0x20)
        event->size = (unsigned)number(plain, 1);
    if (flags & 0x40)
        event->code = varint(plain);
    event->a += difference(plain);
    event->b += difference(plain);
    if (kind == TRACE_CROSSING_IN)
        plain->user = 0;
    if (kind == TRACE_CROSSING_OUT)
        plain->user = event->a == 0 ? 1 : 0;
    if (kind == TRACE_THREAD_SWITCH) {
        plain->thread = (uint32_t)event->a;
        plain->domain = (unsigned)event->b;
    }
    if (kind == TRACE_SPACE_SWITCH)
        plain->space = (unsigned)event->b;
    struct trace_record *record = add(plain, kind);
    record->a = event->a;
    record->b = event->b;
    record->code = (uint32_t)event->code;
    record->detail = (uint8_t)event->detail;
    record->size = (uint8_t)event->size;
}

static void read_token(struct plain *plain)
{
    unsigned first = (unsigned)number(plain, 1), op = first / 8;
    uint64_t run = first % 8;
    if (run == 7)
        run += varint(plain);
    for (; run > 0; run--) {
        enter(plain, (uint32_t)location_of(plain, plain->code)->next);
        add_fetch(plain);
    }
    if (op == 1 || op == 2)
        read_fetch(plain, op == 2);
    if (op == 3)
        read_event(plain);
    if (op >= 4)
        read_data(plain, op);
}

static void read_records(struct plain *plain, size_t stored, size_t raw, size_t count)
{
    const uint8_t *start = plain->at;
    for (size_t i = 0; i <= CODES; i++)
        plain->locations[i].seen = false;
    memset(plain->translations, 0, sizeof plain->translations);
    memset(plain->events, 0, sizeof plain->events);
    plain->last_access = 0;
    plain->thread = (uint32_t)number(plain, 4);
    plain->domain = (unsigned)number(plain, 2);
    plain->space = (unsigned)number(plain, 2);
    plain->user = (unsigned)number(plain, 4);
    enter(plain, (uint32_t)number(plain, 4));
    uint64_t kinds[14], lost, sum = 0;
    for (int i = 0; i < 14; i++)
        sum += kinds[i] = number(plain, 4);
    lost = number(plain, 8);
    assert_int_equal(sum, count);
    assert_int_equal(plain->at - start, 80);
    uint8_t *tokens = malloc(raw);
    assert_non_null(tokens);
    assert_int_equal(ZSTD_decompress(tokens, raw, start + 80, stored - 80), raw);
    size_t before = plain->used;
    for (plain->at = tokens; plain->at < tokens + raw;)
        read_token(plain);
    assert_ptr_equal(plain->at, tokens + raw);
    assert_int_equal(plain->used - before, count);
    for (size_t i = before; i < plain->used; i++) {
        kinds[plain->records[i].kind]--;
        if (plain->records[i].kind == TRACE_LOST)
            lost -= plain->records[i].a;
    }
    for (int i = 0; i < 14; i++)
        assert_int_equal(kinds[i], 0);
    assert_int_equal(lost, 0);
    free(tokens);
    plain->at = start + stored;
}

/* ---- the file ---- */

static void read_block(struct plain *plain, const uint8_t *file)
{
    const uint8_t *block = plain->at;
    assert_memory_equal(block, "XBlk", 4);
    plain->at += 4;
    unsigned type = (unsigned)number(plain, 4);
    size_t count = number(plain, 4), raw = number(plain, 4), stored = number(plain, 8);
    uint64_t first = number(plain, 8);
    assert_true(number(plain, 8) == checksum(block + 48, stored));
    assert_true(number(plain, 8) == checksum(block, 40));
    assert_int_equal(first, type == 1 ? plain->count : plain->used);
    if (type == 1)
        read_definitions(plain, plain->at + stored);
    if (type == 2)
        read_records(plain, stored, raw, count);
    if (type != 3)
        return;
    /* The index: totals, then where each block is. */
    assert_int_equal(stored, 120 + 16 * count);
    uint64_t all = 0;
    for (int i = 0; i < 14; i++)
        all += number(plain, 8);
    assert_int_equal(all, plain->used);
    plain->at += 8;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *named = file + number(plain, 8);
        assert_memory_equal(named, "XBlk", 4);
        assert_memory_equal(named + 8, plain->at, 4);     /* count */
        assert_memory_equal(named + 4, plain->at + 4, 4); /* type */
        plain->at += 8;
    }
}

static void read_file(struct plain *plain, const uint8_t *file, size_t size)
{
    assert_memory_equal(file, "\x89XBT\r\n\x1a\n", 8);
    plain->at = file + 8;
    assert_int_equal(number(plain, 4), 2);
    size_t length = number(plain, 4);
    assert_true(number(plain, 8) == checksum(file + 24, length));
    plain->at = file + 24 + length;
    while (memcmp(plain->at, "XBT-end\n", 8) != 0)
        read_block(plain, file);
    const uint8_t *footer = plain->at;
    plain->at += 8;
    const uint8_t *index = file + number(plain, 8);
    assert_memory_equal(index + 4, "\3\0\0\0", 4);
    assert_int_equal(number(plain, 8), size);
    assert_true(number(plain, 8) == checksum(footer, 24));
    assert_ptr_equal(plain->at, file + size);
}

static void the_specification_reads_what_the_reader_reads(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 5, 1000, 65536, 150000};
    for (size_t i = 0; i < 5; i++) {
        struct twin twin;
        const char *path = scratch_path("specified.xbt");
        twin_open(&twin, path);
        trace_put_domain(twin.writer, &(struct trace_domain){.id = 7, .name = "seven"});
        trace_put_tables(twin.writer, &(struct trace_tables){.idt = 1});
        if (sizes[i] > 0)
            twin_random(&twin, 300 + i, sizes[i]);
        twin_close(&twin, path);
        size_t size;
        uint8_t *file = slurp(path, &size);
        struct plain *plain = calloc(1, sizeof *plain);
        assert_non_null(plain);
        plain->records = calloc(twin.count + 1, sizeof *plain->records);
        assert_non_null(plain->records);
        read_file(plain, file, size);
        assert_int_equal(plain->used, twin.count);
        for (size_t n = 0; n < twin.count; n++)
            assert_same_record(&plain->records[n], &twin.expected[n], n);
        free(plain->records);
        free(plain);
        free(file);
        twin_free(&twin);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_specification_reads_what_the_reader_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
