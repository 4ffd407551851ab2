/* Trace files: whole, cut, damaged, lying. */
#include "../test.h"

#include "../trace_tools.h"
#include "traces/format.h"

#include <unistd.h>

static const char json[] = "{\"scenario\": \"small\", \"tool\": \"test 1\"}";

/* Two domains, three regions, tables, six code locations, twelve records. */
static uint8_t *small_trace(size_t *size, struct trace_record **records)
{
    const char *path = scratch_path("small.xbt");
    struct cb_error error;
    struct trace_writer *w = trace_create(path, json, &error);
    assert_non_null(w);
    trace_put_domain(w, &(struct trace_domain){.id = 0, .name = "kernel"});
    trace_put_domain(
        w,
        &(struct trace_domain){
            .id = 3, .kind = TRACE_DOMAIN_SMALL, .base = 1, .limit = 9, .name = "app"});
    trace_put_tables(w, &(struct trace_tables){1, 2, 3, 4, 5, 6, 7, 8});
    const uint8_t bytes[4] = {0x0f, 0x22, 0xd8, 0x90};
    uint32_t codes[3];
    for (uint8_t i = 0; i < 3; i++)
        codes[i] = trace_put_code(w, 0xc0000000u + 4u * i, 0x100000u + 4u * i, bytes,
                                  (uint8_t)(i + 1));
    trace_put_region(w, &(struct trace_region){.base = 0x100000,
                                               .limit = 0x100008,
                                               .role = TRACE_BORDER,
                                               .name = "entry"});
    trace_put_state(w, 5, 3, 1, true);
    for (int i = 0; i < 3; i++) {
        trace_put_fetch(w, codes[i], 0);
        trace_put_data(w, TRACE_STORE, 0x8000u + 64u * (unsigned)i, 0x9000, 4);
    }
    trace_put_event(w, &(struct trace_record){.kind = TRACE_CROSSING_IN, .a = 48});
    trace_put_fetch(w, codes[0], 0);
    trace_put_event(w, &(struct trace_record){.kind = TRACE_LOST, .a = 17});
    trace_put_event(w, &(struct trace_record){.kind = TRACE_CROSSING_OUT});
    assert_true(trace_finish(w, &error));
    struct trace_reader *reader = trace_open(path, &error);
    size_t count;
    *records = read_all(reader, &count);
    assert_int_equal(count, 10);
    trace_close(reader);
    return slurp(path, size);
}

static void a_whole_file_tells_all(void **state)
{
    (void)state;
    size_t size;
    struct trace_record *records;
    struct cb_error error;
    free(small_trace(&size, &records));
    free(records);
    struct trace_reader *reader = trace_open(scratch_path("small.xbt"), &error);
    assert_non_null(reader);
    const struct trace_info *info = trace_info(reader);
    assert_int_equal(info->version, TRACE_VERSION);
    assert_string_equal(info->header, json);
    assert_string_equal(info->scenario, "small");
    assert_string_equal(info->structure, "");
    assert_string_equal(info->tool, "test 1");
    assert_int_equal(info->records, 10);
    assert_int_equal(info->kinds[TRACE_FETCH], 4);
    assert_int_equal(info->kinds[TRACE_STORE], 3);
    assert_int_equal(info->kinds[TRACE_CROSSING_IN], 1);
    assert_int_equal(info->kinds[TRACE_LOST], 1);
    assert_int_equal(info->lost, 17);
    assert_int_equal(info->file_bytes, size);
    assert_true(info->cut_at == CB_NOWHERE);
    assert_string_equal(info->sha256, "");
    assert_true(trace_hash(reader, &error));
    assert_int_equal(strlen(info->sha256), 64);
    size_t count;
    const struct trace_domain *domains = trace_domains(reader, &count);
    assert_int_equal(count, 2);
    assert_int_equal(domains[1].id, 3);
    assert_int_equal(domains[1].kind, TRACE_DOMAIN_SMALL);
    assert_int_equal(domains[1].base, 1);
    assert_int_equal(domains[1].limit, 9);
    assert_string_equal(trace_domain_name(reader, 3), "app");
    assert_string_equal(trace_domain_name(reader, 0), "kernel");
    assert_string_equal(trace_domain_name(reader, 4), "unknown");
    const struct trace_region *regions = trace_regions(reader, &count);
    assert_int_equal(count, 1);
    assert_string_equal(regions[0].name, "entry");
    assert_int_equal(regions[0].base, 0x100000);
    assert_int_equal(regions[0].limit, 0x100008);
    const struct trace_tables *t = trace_tables(reader);
    assert_true(t->idt == 1 && t->gdt == 2 && t->tss == 3 && t->idt_physical == 4 &&
                t->gdt_physical == 5 && t->tss_physical == 6 && t->kernel_cs == 7 &&
                t->kernel_ss == 8);
    uint32_t codes;
    const struct trace_code *code = trace_codes(reader, &codes);
    assert_int_equal(codes, 3);
    assert_int_equal(code[2].vaddr, 0xc0000008);
    assert_int_equal(code[2].paddr, 0x100008);
    assert_int_equal(code[2].length, 3);
    assert_memory_equal(code[2].bytes, "\x0f\x22\xd8", 3);
    /* The region holds the first two; the third belongs to whoever runs it. */
    assert_true(code[1].role == TRACE_BORDER && code[1].domain == 0);
    assert_true(code[2].role == TRACE_WORK && code[2].domain == TRACE_DOMAIN_CURRENT);
    trace_close(reader);
}

/* Where each block ends, by walking over the headers. */
static size_t block_ends(const uint8_t *bytes, size_t size, size_t ends[8])
{
    size_t count = 0, at = FORMAT_FIXED_SIZE + strlen(json);
    ends[count++] = at;
    while (at + FOOTER_SIZE < size) {
        at += BLOCK_HEADER_SIZE + get_u64(bytes + at + 16);
        assert_true(count < 8);
        ends[count++] = at;
    }
    return count;
}

static void a_file_cut_anywhere_is_read_up_to_its_last_whole_block(void **state)
{
    (void)state;
    size_t size, ends[8];
    struct trace_record *records;
    uint8_t *bytes = small_trace(&size, &records);
    size_t count = block_ends(bytes, size, ends);
    assert_int_equal(count, 4); /* header; definitions, records, index */
    const char *path = scratch_path("cut.xbt");
    for (size_t length = 0; length < size; length++) {
        struct cb_error error;
        spill(path, bytes, length);
        struct trace_reader *reader = trace_open(path, &error);
        if (length < ends[0]) {
            assert_null(reader);
            assert_int_equal(error.code, CB_TRACE);
            assert_string_equal(error.source, path);
            continue;
        }
        assert_non_null(reader);
        size_t last = 0;
        while (last + 1 < count && ends[last + 1] <= length)
            last++;
        assert_int_equal(trace_info(reader)->cut_at, ends[last]);
        size_t got;
        struct trace_record *some = read_all(reader, &got);
        assert_int_equal(got, last >= 2 ? 10 : 0);
        assert_memory_equal(some, records, got * sizeof *some);
        assert_int_equal(trace_info(reader)->kinds[TRACE_FETCH], last >= 2 ? 4 : 0);
        assert_int_equal(trace_info(reader)->lost, last >= 2 ? 17 : 0);
        free(some);
        trace_close(reader);
    }
    free(bytes);
    free(records);
}

/* Opens and reads; true if an error was found. */
static bool finds_damage(const char *path, struct cb_error *error)
{
    struct trace_block block;
    struct trace_reader *reader = trace_open(path, error);
    if (reader == NULL)
        return true;
    bool damaged = false;
    trace_block_init(&block);
    for (size_t i = 0; i < trace_blocks(reader) && !damaged; i++)
        damaged = !trace_read_block(reader, i, &block, error);
    trace_block_free(&block);
    trace_close(reader);
    return damaged;
}

static bool reads_as(const char *path, const struct trace_record *records, size_t count)
{
    struct cb_error error;
    size_t got;
    struct trace_reader *reader = trace_open(path, &error);
    assert_non_null(reader);
    struct trace_record *read = read_all(reader, &got);
    bool same = got == count && memcmp(read, records, count * sizeof *read) == 0;
    free(read);
    trace_close(reader);
    return same;
}

/* Each byte with each bit turned, and two, and all; with CROSSBILL_LONG in the
 * environment, with each of the 255 values that it should not have. It is found, or
 * harmless: where nothing in a trace is newer than version 1, its version may be one or
 * the other. */
static void every_damaged_byte_is_found(void **state)
{
    (void)state;
    static const uint8_t bits[] = {1, 2, 3, 4, 8, 16, 32, 64, 128, 255};
    size_t harmless = 0;
    bool all = getenv("CROSSBILL_LONG") != NULL;
    size_t damage_count = all ? 255 : sizeof bits;
    size_t size;
    struct trace_record *records;
    uint8_t *bytes = small_trace(&size, &records);
    const char *path = scratch_path("damaged.xbt");
    for (size_t at = 0; at < size; at++)
        for (size_t i = 0; i < damage_count; i++) {
            struct cb_error error;
            uint8_t damage = all ? (uint8_t)(i + 1) : bits[i];
            bytes[at] ^= damage;
            spill(path, bytes, size);
            bytes[at] ^= damage;
            if (!finds_damage(path, &error)) {
                if (at != 8 || !reads_as(path, records, 10))
                    fail_msg("byte %zu changed by %u is not noticed", at, damage);
                harmless++;
                continue;
            }
            assert_int_equal(error.code, CB_TRACE);
            assert_string_equal(error.source, path);
        }
    assert_int_equal(harmless, 1);
    free(bytes);
    free(records);
}

/* Opening must fail, with this sentence and, unless CB_NOWHERE, at this byte. */
static void refuses(const uint8_t *bytes, size_t size, uint64_t byte,
                    const char *sentence)
{
    struct cb_error error;
    const char *path = scratch_path("refused.xbt");
    spill(path, bytes, size);
    assert_true(finds_damage(path, &error));
    assert_int_equal(error.code, CB_TRACE);
    assert_string_equal(error.sentence, sentence);
    assert_string_equal(error.source, path);
    if (byte != CB_NOWHERE)
        assert_int_equal(error.byte, byte);
}

/* The block at `at` with its checksums made right again. */
static void reseal(uint8_t *bytes, size_t at)
{
    uint8_t *header = bytes + at;
    uint64_t stored = get_u64(header + 16);
    if (stored < 4096)
        put_u64(header + 32, checksum(header + BLOCK_HEADER_SIZE, stored));
    put_u64(header + 40, checksum(header, 40));
}

/* A trace of one or two page-table events, the second a large page, as one of version 1.
 */
static struct trace_reader *as_version_1(bool large, struct cb_error *error)
{
    const char *path = scratch_path("version.xbt");
    struct trace_writer *w = trace_create(path, "{}", error);
    trace_put_event(w,
                    &(struct trace_record){
                        .kind = TRACE_PAGE_TABLE, .code = 1, .a = 0x8000, .b = 0x9000});
    if (large)
        trace_put_event(w, &(struct trace_record){.kind = TRACE_PAGE_TABLE,
                                                  .detail = TRACE_MAPS_LARGE_PAGE,
                                                  .code = 2,
                                                  .a = 0x8000,
                                                  .b = 0x400000});
    assert_true(trace_finish(w, error));
    size_t size;
    uint8_t *bytes = slurp(path, &size);
    assert_int_equal(bytes[8], 2);
    bytes[8] = 1;
    spill(path, bytes, size);
    free(bytes);
    struct trace_reader *reader = trace_open(path, error);
    assert_non_null(reader);
    assert_int_equal(trace_info(reader)->version, 1);
    return reader;
}

static void version_1_is_read(void **state)
{
    (void)state;
    struct cb_error error;
    size_t count;
    struct trace_reader *reader = as_version_1(false, &error);
    struct trace_record *records = read_all(reader, &count);
    assert_int_equal(count, 1);
    assert_int_equal(records[0].detail, TRACE_MAPS_TABLE);
    assert_int_equal(records[0].b, 0x9000);
    free(records);
    trace_close(reader);
}

/* It knew no such thing: the file's version is not its own. */
static void a_large_page_in_version_1_is_refused(void **state)
{
    (void)state;
    struct cb_error error;
    struct trace_block block;
    struct trace_reader *reader = as_version_1(true, &error);
    trace_block_init(&block);
    assert_false(trace_read_block(reader, 0, &block, &error));
    assert_int_equal(error.code, CB_TRACE);
    assert_string_equal(error.sentence, "an event is malformed or out of range");
    trace_block_free(&block);
    trace_close(reader);
}

static void crooked_large_pages_are_refused(void **state)
{
    (void)state;
    static const struct trace_record bad[] = {
        {.kind = TRACE_PAGE_TABLE, .detail = 2},
        {.kind = TRACE_PAGE_TABLE, .detail = 1, .b = 0x401000},
        {.kind = TRACE_PAGE_TABLE, .detail = 1, .b = UINT64_C(1) << 32},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct cb_error error;
        struct trace_writer *w = trace_create(scratch_path("crooked.xbt"), "{}", &error);
        trace_put_event(w, &bad[i]);
        assert_false(trace_finish(w, &error));
        assert_string_equal(error.sentence,
                            "an event's kind, mode, thread, domain, space "
                            "or page is out of range");
    }
}

static void other_files_are_refused(void **state)
{
    (void)state;
    struct cb_error error;
    size_t size;
    struct trace_record *records;
    uint8_t *bytes = small_trace(&size, &records);
    refuses(bytes, 0, 0, "this is not a crossbill trace");
    refuses(bytes, 5, 0, "this is not a crossbill trace");
    refuses(bytes, 23, 23, "the file was cut within its header");
    refuses(bytes, 30, 30, "the file was cut within its header");
    refuses((const uint8_t *)"SQLite format 3", 16, 0, "this is not a crossbill trace");
    bytes[8] = 9;
    refuses(bytes, size, 8,
            "the trace has version 9; this program reads versions 1 to 2");
    bytes[8] = 1;
    put_u32(bytes + 12, 0xffffffff);
    refuses(bytes, size, 12,
            "the header claims 4294967295 bytes; at most 1048576 are allowed");
    free(bytes);
    free(records);
    assert_null(trace_open(scratch_path("missing.xbt"), &error));
    assert_int_equal(error.code, CB_IO);
    assert_string_equal(error.sentence, "cannot open: No such file or directory");
    assert_null(trace_open("/tmp", &error));
    assert_int_equal(error.code, CB_IO);
    assert_string_equal(error.sentence, "cannot open: Is a directory");
    assert_null(trace_open("/dev/null", &error));
    assert_int_equal(error.code, CB_TRACE);
    assert_string_equal(error.sentence,
                        "a trace must be a regular file, not a pipe or a device");
}

/* A header whose JSON is nested 10,000 deep, with the right checksum. */
static void deep_headers_are_refused(void **state)
{
    (void)state;
    enum { DEPTH = 10000 };
    static uint8_t bytes[FORMAT_FIXED_SIZE + 6 + 2 * DEPTH] = FORMAT_MAGIC;
    uint8_t *text = bytes + FORMAT_FIXED_SIZE;
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', DEPTH);
    memset(text + 5 + DEPTH, ']', DEPTH);
    text[5 + 2 * DEPTH] = '}';
    put_u32(bytes + 8, TRACE_VERSION);
    put_u32(bytes + 12, 6 + 2 * DEPTH);
    put_u64(bytes + 16, checksum(text, 6 + 2 * DEPTH));
    refuses(bytes, sizeof bytes, FORMAT_FIXED_SIZE, "the header is not a JSON object");
}

static void huge_claims_are_refused(void **state)
{
    (void)state;
    size_t size, ends[8];
    struct trace_record *records;
    uint8_t *bytes = small_trace(&size, &records);
    assert_int_equal(block_ends(bytes, size, ends), 4);
    uint8_t *block = bytes + ends[1], *index = bytes + ends[2];
    size_t cut = size - 1; /* so that blocks are read one after another */

    uint8_t saved[BLOCK_HEADER_SIZE];
    memcpy(saved, block, sizeof saved);
    put_u32(block + 8, 0x80000000u);
    reseal(bytes, ends[1]);
    refuses(bytes, cut, ends[1], "a block claims no records, or more than 65536");
    memcpy(block, saved, sizeof saved);
    put_u32(block + 12, 2621441);
    reseal(bytes, ends[1]);
    refuses(bytes, cut, ends[1], "a block claims to expand beyond 2621440 bytes");
    memcpy(block, saved, sizeof saved);
    put_u32(block + 12, get_u32(block + 12) + 1);
    reseal(bytes, ends[1]);
    char sentence[128];
    snprintf(sentence, sizeof sentence,
             "the block decompresses to %u bytes, its header says %u",
             get_u32(block + 12) - 1, get_u32(block + 12));
    refuses(bytes, cut, ends[1], sentence);
    memcpy(block, saved, sizeof saved);
    put_u64(block + 16, 1ull << 63);
    put_u64(block + 40, checksum(block, 40));
    refuses(bytes, cut, ends[1], "a block's stored size is out of range");
    memcpy(block, saved, sizeof saved);
    put_u64(block + 24, 1ull << 63);
    reseal(bytes, ends[1]);
    refuses(bytes, cut, ends[1],
            "the block's first record is number 9223372036854775808, 0 was expected");
    memcpy(block, saved, sizeof saved);

    /* The index claims 2^63 records, then 2^63 fetches, then a long block. */
    memcpy(saved, index, sizeof saved);
    put_u64(index + 24, 1ull << 63);
    reseal(bytes, ends[2]);
    refuses(bytes, size, ends[2], "the index's totals are not those of its blocks");
    memcpy(index, saved, sizeof saved);
    uint8_t *totals = index + BLOCK_HEADER_SIZE;
    put_u64(totals, 1ull << 63);
    reseal(bytes, ends[2]);
    refuses(bytes, size, ends[2], "the index's totals are not those of its blocks");
    put_u64(totals, 4);
    uint8_t *entry = totals + INDEX_TOTALS_SIZE + INDEX_ENTRY_SIZE;
    put_u32(entry + 8, 0xffffffff);
    reseal(bytes, ends[2]);
    refuses(bytes, size, ends[1], "the index claims a block that cannot be");
    put_u32(entry + 8, 10);
    put_u64(entry, ends[1] - 1);
    reseal(bytes, ends[2]);
    refuses(bytes, size, CB_NOWHERE, "the block is not the one that the index names");
    put_u64(entry, ends[0] - 8);
    reseal(bytes, ends[2]);
    refuses(bytes, size, ends[2], "the index's offsets are out of order");
    put_u64(entry, ends[1]);
    put_u32(index + 8, 0x10000000);
    reseal(bytes, ends[2]);
    refuses(bytes, size, ends[2], "the index has not the size it claims");
    free(bytes);
    free(records);
}

/* Offsets of blocks that overlap, go back, are there twice or lie outside: nothing is
 * read twice, and nothing is left out. */
static void an_index_names_each_block_once(void **state)
{
    (void)state;
    size_t size, ends[8];
    struct trace_record *records;
    uint8_t *bytes = small_trace(&size, &records);
    assert_int_equal(block_ends(bytes, size, ends), 4);
    uint8_t *entries = bytes + ends[2] + BLOCK_HEADER_SIZE + INDEX_TOTALS_SIZE;
    const char order[] = "the index's offsets are out of order";
    const char other[] = "the block is not the one that the index names";
    const struct {
        size_t entry; /* 0: the definitions, 1: the records */
        uint64_t offset, at;
        const char *sentence;
    } cases[] = {{0, 0, ends[2], order},
                 {0, ends[0] - 1, ends[2], order},
                 {0, ends[0] + 1, ends[2], order},
                 {0, ends[1], ends[2], order},
                 {0, ends[2], ends[2], order},
                 {0, UINT64_MAX, ends[2], order},
                 {1, 0, ends[2], order},
                 {1, ends[0], ends[2], order},
                 {1, ends[0] + 1, ends[2], order},
                 {1, ends[1] - 1, CB_NOWHERE, other},
                 {1, ends[1] + 1, CB_NOWHERE, other},
                 {1, ends[2] - 1, CB_NOWHERE, other},
                 {1, ends[2], CB_NOWHERE, other},
                 {1, size, ends[2], order},
                 {1, 1ull << 63, ends[2], order},
                 {1, UINT64_MAX, ends[2], order}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t *entry = entries + cases[i].entry * INDEX_ENTRY_SIZE;
        uint64_t saved = get_u64(entry);
        put_u64(entry, cases[i].offset);
        reseal(bytes, ends[2]);
        refuses(bytes, size, cases[i].at, cases[i].sentence);
        put_u64(entry, saved);
    }
    free(bytes);
    free(records);
}

static void the_writer_refuses_what_cannot_be_read_back(void **state)
{
    (void)state;
    struct cb_error error;
    const char *path = scratch_path("never.xbt");
    assert_null(trace_create(path, "[]", &error));
    assert_int_equal(error.code, CB_TRACE);
    assert_null(trace_create(path, "{\"tool\": 1}", &error));
    assert_null(trace_create(path, "{\"a\": 1, \"a\": 2}", &error));
    assert_null(trace_create(scratch_path("no/such"), "{}", &error));
    assert_int_equal(error.code, CB_IO);
    path = scratch_path("never.xbt");
    for (int i = 0; i < 11; i++) {
        struct trace_writer *w = trace_create(path, "{}", &error);
        assert_non_null(w);
        uint32_t unknown = trace_put_code(w, 0xfff, 0xfff, NULL, 0);
        switch (i) {
        case 0:
            trace_put_data(w, TRACE_LOAD, 0xffd, 0, 4);
            break;
        case 1:
            trace_put_data(w, TRACE_LOAD, 0, 0, 0);
            break;
        case 2:
            trace_put_fetch(w, 7, 1);
            break;
        case 3:
            trace_put_fetch(w, unknown, 2);
            break;
        case 4:
            trace_put_event(w, &(struct trace_record){.kind = TRACE_KINDS});
            break;
        case 5:
            trace_put_event(
                w, &(struct trace_record){.kind = TRACE_THREAD_SWITCH, .a = 1ull << 32});
            break;
        case 6:
            trace_put_event(
                w, &(struct trace_record){.kind = TRACE_SPACE_SWITCH, .b = 1 << 16});
            break;
        case 7:
            trace_put_domain(w, &(struct trace_domain){.kind = TRACE_DOMAIN_KINDS});
            break;
        case 8:
            trace_put_region(w, &(struct trace_region){.base = 1, .limit = 1});
            break;
        case 10: /* the first state, after a record */
            trace_put_data(w, TRACE_LOAD, 0, 0, 1);
            trace_put_state(w, 0, 0, 0, true);
            break;
        case 9:
            trace_put_code(w, 0, 0, (const uint8_t[16]){0}, 16);
            break;
        }
        assert_true(trace_failed(w));
        error.code = CB_DONE;
        assert_false(trace_finish(w, &error));
        assert_int_equal(error.code, CB_TRACE);
        assert_string_equal(error.source, path);
        assert_int_equal(access(path, F_OK), -1);
    }
}

/* The table of code locations grows many times, and finds each again. */
static void many_code_locations_keep_their_numbers(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    struct cb_error error;
    const char *path = scratch_path("codes.xbt");
    struct trace_writer *w = trace_create(path, "{}", &error);
    for (int turn = 0; turn < 2; turn++)
        for (uint32_t i = 0; i < MANY; i++) {
            uint8_t bytes[2] = {(uint8_t)i, (uint8_t)(i >> 8)};
            uint32_t code = trace_put_code(w, i / 2, i / 4, bytes, 2);
            assert_int_equal(code, i);
            trace_put_fetch(w, code, 0);
        }
    assert_true(trace_finish(w, &error));
    struct trace_reader *reader = trace_open(path, &error);
    assert_non_null(reader);
    uint32_t count;
    const struct trace_code *codes = trace_codes(reader, &count);
    assert_int_equal(count, MANY);
    for (uint32_t i = 0; i < MANY; i++)
        assert_true(codes[i].vaddr == i / 2 && codes[i].paddr == i / 4 &&
                    codes[i].bytes[0] == (uint8_t)i);
    trace_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_tells_all),
        cmocka_unit_test(a_file_cut_anywhere_is_read_up_to_its_last_whole_block),
        cmocka_unit_test(every_damaged_byte_is_found),
        cmocka_unit_test(version_1_is_read),
        cmocka_unit_test(a_large_page_in_version_1_is_refused),
        cmocka_unit_test(crooked_large_pages_are_refused),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(deep_headers_are_refused),
        cmocka_unit_test(huge_claims_are_refused),
        cmocka_unit_test(an_index_names_each_block_once),
        cmocka_unit_test(the_writer_refuses_what_cannot_be_read_back),
        cmocka_unit_test(many_code_locations_keep_their_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
