#include "trace_tools.h"

#include <dirent.h>
#include <inttypes.h>
#include <unistd.h>

static char directory[64];

static void remove_directory(void)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;
    char path[512];
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    if (entries != NULL)
        closedir(entries);
    rmdir(directory);
}

const char *scratch_path(const char *name)
{
    static char path[128];
    if (directory[0] == '\0') {
        snprintf(directory, sizeof directory, "/tmp/crossbill-test-XXXXXX");
        assert_non_null(mkdtemp(directory));
        atexit(remove_directory);
    }
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

/* splitmix64 */
uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

static void expect(struct twin *twin, struct trace_record record)
{
    if (twin->count == twin->room) {
        twin->room = twin->room == 0 ? 256 : 2 * twin->room;
        twin->expected = realloc(twin->expected, twin->room * sizeof *twin->expected);
        assert_non_null(twin->expected);
    }
    record.thread = twin->thread;
    record.domain = twin->domain;
    record.space = twin->space;
    record.user = twin->user;
    twin->expected[twin->count++] = record;
}

void twin_open(struct twin *twin, const char *path)
{
    struct cb_error error;
    *twin = (struct twin){.code = TRACE_NO_CODE};
    twin->writer = trace_create(path, "{\"scenario\": \"twin\"}", &error);
    assert_non_null(twin->writer);
}

void twin_state(struct twin *twin, uint32_t thread, uint16_t domain, uint16_t space,
                bool user)
{
    twin->thread = thread;
    twin->domain = domain;
    twin->space = space;
    twin->user = user;
    trace_put_state(twin->writer, thread, domain, space, user);
}

uint32_t twin_code(struct twin *twin, uint64_t vaddr, uint64_t paddr, uint8_t length)
{
    uint8_t bytes[15];
    for (uint8_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(vaddr + i);
    uint32_t code = trace_put_code(twin->writer, vaddr, paddr, bytes, length);
    assert_true(code < 256);
    twin->lengths[code] = length;
    twin->vaddrs[code] = vaddr;
    twin->paddrs[code] = paddr;
    if (code >= twin->codes)
        twin->codes = code + 1;
    return code;
}

void twin_fetch(struct twin *twin, uint32_t code, uint8_t size)
{
    unsigned rest = 4096 - (unsigned)(twin->vaddrs[code] % 4096);
    if (twin->lengths[code] != 0)
        size = twin->lengths[code];
    if (size > rest)
        size = (uint8_t)rest;
    twin->code = code;
    expect(twin, (struct trace_record){.kind = TRACE_FETCH,
                                       .vaddr = twin->vaddrs[code],
                                       .paddr = twin->paddrs[code],
                                       .size = size,
                                       .code = code});
    trace_put_fetch(twin->writer, code, size);
}

void twin_data(struct twin *twin, enum trace_kind kind, uint64_t vaddr, uint64_t paddr,
               uint8_t size)
{
    expect(twin, (struct trace_record){.kind = (uint8_t)kind,
                                       .vaddr = vaddr,
                                       .paddr = paddr,
                                       .size = size,
                                       .code = twin->code});
    trace_put_data(twin->writer, kind, vaddr, paddr, size);
}

void twin_event(struct twin *twin, struct trace_record event)
{
    if (event.kind == TRACE_CROSSING_IN) {
        twin->user = 0;
    } else if (event.kind == TRACE_CROSSING_OUT) {
        twin->user = event.a == 1 ? 0 : 1;
    } else if (event.kind == TRACE_THREAD_SWITCH) {
        twin->thread = (uint32_t)event.a;
        twin->domain = (uint16_t)event.b;
    } else if (event.kind == TRACE_SPACE_SWITCH) {
        twin->space = (uint16_t)event.b;
    }
    expect(twin, event);
    trace_put_event(twin->writer, &event);
}

void assert_same_record(const struct trace_record *got, const struct trace_record *want,
                        size_t number)
{
    if (memcmp(got, want, sizeof *got) == 0)
        return;
    print_error("record %zu: kind %u/%u a %" PRIx64 "/%" PRIx64 " b %" PRIx64 "/%" PRIx64
                " code %u/%u thread %u/%u domain %u/%u space %u/%u size %u/%u user "
                "%u/%u detail %u/%u\n",
                number, got->kind, want->kind, got->a, want->a, got->b, want->b,
                got->code, want->code, got->thread, want->thread, got->domain,
                want->domain, got->space, want->space, got->size, want->size, got->user,
                want->user, got->detail, want->detail);
    fail_msg("record %zu (got/wanted)", number);
}

struct trace_record *read_all(const struct trace_reader *reader, size_t *count)
{
    struct trace_block block;
    struct cb_error error;
    size_t total = (size_t)trace_info(reader)->records;
    struct trace_record *records = malloc((total + 1) * sizeof *records);
    assert_non_null(records);
    *count = 0;
    trace_block_init(&block);
    for (size_t i = 0; i < trace_blocks(reader); i++) {
        assert_true(trace_read_block(reader, i, &block, &error));
        assert_int_equal(block.first, *count);
        memcpy(records + *count, block.records, block.count * sizeof *records);
        *count += block.count;
    }
    trace_block_free(&block);
    assert_int_equal(*count, total);
    return records;
}

void twin_close(struct twin *twin, const char *path)
{
    struct cb_error error;
    assert_int_equal(trace_written(twin->writer), twin->count);
    if (!trace_finish(twin->writer, &error))
        fail_msg("%s", error.sentence);
    struct trace_reader *reader = trace_open(path, &error);
    if (reader == NULL)
        fail_msg("%s", error.sentence);
    size_t count;
    struct trace_record *records = read_all(reader, &count);
    assert_int_equal(count, twin->count);
    for (size_t i = 0; i < count; i++)
        assert_same_record(&records[i], &twin->expected[i], i);
    free(records);
    trace_close(reader);
}

void twin_free(struct twin *twin)
{
    free(twin->expected);
}

static uint64_t random_number(uint64_t *random)
{
    uint64_t bits = random_next(random) % 65;
    uint64_t value = random_next(random);
    return bits == 0 ? 0 : value >> (64 - bits);
}

static void random_data(struct twin *twin, uint64_t *random)
{
    static const uint8_t sizes[] = {1, 2, 4, 8, 16, 3, 255, 10};
    uint64_t vaddr = random_number(random), paddr = vaddr;
    uint8_t size = sizes[random_next(random) % 8];
    if ((vaddr & 0xfff) + size > 0x1000)
        vaddr -= vaddr & 0xfff;
    if (random_next(random) % 2 == 0)
        paddr = (random_number(random) << 12) | (vaddr & 0xfff);
    if (random_next(random) % 16 == 0)
        paddr = random_number(random);
    enum trace_kind kind = random_next(random) % 2 == 0 ? TRACE_LOAD : TRACE_STORE;
    twin_data(twin, kind, vaddr, paddr, size);
}

static void random_event(struct twin *twin, uint64_t *random)
{
    int kinds = TRACE_KINDS - TRACE_CROSSING_IN;
    struct trace_record event = {
        .kind = (uint8_t)(TRACE_CROSSING_IN + random_next(random) % (unsigned)kinds),
        .a = random_number(random),
        .b = random_number(random),
        .code = (uint32_t)random_number(random),
        .size = (uint8_t)random_number(random),
        .detail = (uint8_t)random_number(random)};
    if (event.kind == TRACE_THREAD_SWITCH) {
        event.a = random_next(random) % 8 * 0x12345678u % UINT32_MAX;
        event.b &= 0xffff;
    } else if (event.kind == TRACE_SPACE_SWITCH) {
        event.b &= 0xffff;
    } else if (event.kind == TRACE_CROSSING_OUT) {
        event.a &= 1;
    } else if (event.kind == TRACE_PAGE_TABLE) {
        event.detail &= 1;
        if (event.detail == TRACE_MAPS_LARGE_PAGE)
            event.b = event.b % 1024 << 22;
    }
    twin_event(twin, event);
}

static void random_fetches(struct twin *twin, uint64_t *random, size_t most)
{
    uint32_t code = (uint32_t)(random_next(random) % twin->codes);
    size_t run = random_next(random) % 12;
    for (size_t i = 0; i < run && i < most; i++, code = (code + 1) % twin->codes)
        twin_fetch(twin, code, (uint8_t)(1 + random_next(random) % 2 * 254));
}

void twin_random(struct twin *twin, uint64_t seed, size_t count)
{
    uint64_t random = seed;
    twin_state(twin, (uint32_t)random_next(&random) % 8, (uint16_t)random_next(&random),
               (uint16_t)random_next(&random), random_next(&random) & 1);
    random_data(twin, &random);
    while (twin->count < count) {
        if (twin->codes < 200)
            twin_code(twin, random_number(&random), random_number(&random),
                      (uint8_t)(random_next(&random) % 16));
        uint64_t choice = random_next(&random) % 16;
        if (choice < 8)
            random_fetches(twin, &random, count - twin->count);
        else if (choice < 15)
            random_data(twin, &random);
        else
            random_event(twin, &random);
    }
}

uint8_t *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

void spill(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}
