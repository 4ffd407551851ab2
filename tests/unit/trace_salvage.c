/* What is left of damaged traces. */
#include "../test.h"

#include "../trace_tools.h"
#include "traces/check.h"
#include "traces/format.h"
#include "traces/salvage.h"

enum { RECORDS = 200000 }; /* three whole blocks and 3,392 records */

struct damaged {
    struct trace_record *records;
    size_t count;
    uint8_t *bytes;
    size_t size;
    size_t blocks[32]; /* offsets of all blocks */
    uint32_t types[32];
    size_t block_count;
};

static void make(struct damaged *damaged)
{
    struct twin twin;
    const char *path = scratch_path("whole.xbt");
    twin_open(&twin, path);
    twin_random(&twin, 12, RECORDS);
    twin_close(&twin, path);
    *damaged = (struct damaged){.records = twin.expected, .count = twin.count};
    damaged->bytes = slurp(path, &damaged->size);
    size_t at = FORMAT_FIXED_SIZE + get_u32(damaged->bytes + 12);
    while (at + FOOTER_SIZE < damaged->size) {
        assert_true(damaged->block_count < 32);
        damaged->types[damaged->block_count] = get_u32(damaged->bytes + at + 4);
        damaged->blocks[damaged->block_count++] = at;
        at += BLOCK_HEADER_SIZE + get_u64(damaged->bytes + at + 16);
    }
}

static void unmake(struct damaged *damaged)
{
    free(damaged->records);
    free(damaged->bytes);
}

/* The offset of the nth block of a type. */
static size_t block_of(const struct damaged *damaged, uint32_t type, int n)
{
    for (size_t i = 0; i < damaged->block_count; i++)
        if (damaged->types[i] == type && n-- == 0)
            return damaged->blocks[i];
    fail();
    return 0;
}

static struct salvage_result salvage(const uint8_t *bytes, size_t size)
{
    struct cb_error error;
    struct salvage_result result;
    const char *from = scratch_path("damaged.xbt");
    char to[128];
    spill(from, bytes, size);
    snprintf(to, sizeof to, "%s.saved", from);
    if (!trace_salvage(from, to, &result, &error))
        fail_msg("%s", error.sentence);
    return result;
}

static struct trace_record *saved(size_t *count, struct trace_info *info)
{
    struct cb_error error;
    struct trace_reader *reader = trace_open(scratch_path("damaged.xbt.saved"), &error);
    assert_non_null(reader);
    struct trace_record *records = read_all(reader, count);
    *info = *trace_info(reader);
    trace_close(reader);
    return records;
}

static void a_whole_trace_comes_out_as_it_was(void **state)
{
    (void)state;
    struct damaged damaged;
    make(&damaged);
    struct salvage_result result = salvage(damaged.bytes, damaged.size);
    assert_int_equal(result.records, RECORDS);
    assert_int_equal(result.lost, 0);
    assert_int_equal(result.damaged_bytes, 0);
    assert_false(result.end_missing);
    size_t size;
    uint8_t *bytes = slurp(scratch_path("damaged.xbt.saved"), &size);
    assert_int_equal(size, damaged.size);
    assert_memory_equal(bytes, damaged.bytes, size);
    free(bytes);
    unmake(&damaged);
}

/* The second block is damaged: 65,536 records, and the loads and stores that begin the
 * third without their fetch, are one TRACE_LOST. */
static void a_damaged_block_is_left_out(void **state)
{
    (void)state;
    struct damaged damaged;
    make(&damaged);
    size_t at = block_of(&damaged, BLOCK_RECORDS, 1);
    damaged.bytes[at + 1000] ^= 1;
    struct salvage_result result = salvage(damaged.bytes, damaged.size);
    size_t count, orphans = 0, third = 2 * 65536;
    for (size_t i = third; damaged.records[i].kind != TRACE_FETCH; i++)
        if (damaged.records[i].kind <= TRACE_STORE)
            orphans = i + 1 - third;
    assert_int_equal(result.lost, 65536 + orphans);
    assert_int_equal(result.records, RECORDS - result.lost);
    assert_int_equal(result.damaged_bytes,
                     BLOCK_HEADER_SIZE + get_u64(damaged.bytes + at + 16));
    struct trace_info info;
    struct trace_record *records = saved(&count, &info);
    assert_int_equal(count, result.records + 1);
    assert_memory_equal(records, damaged.records, 65536 * sizeof *records);
    assert_int_equal(records[65536].kind, TRACE_LOST);
    assert_int_equal(records[65536].a, result.lost);
    assert_memory_equal(records + 65537, damaged.records + third + orphans,
                        (RECORDS - third - orphans) * sizeof *records);
    free(records);
    unmake(&damaged);
}

static void a_cut_trace_is_ended(void **state)
{
    (void)state;
    struct damaged damaged;
    make(&damaged);
    struct salvage_result result =
        salvage(damaged.bytes, block_of(&damaged, BLOCK_RECORDS, 2) + 100);
    assert_int_equal(result.records, 2 * 65536);
    assert_true(result.end_missing);
    assert_int_equal(result.damaged_bytes, 100);
    size_t count;
    struct trace_info info;
    struct trace_record *records = saved(&count, &info);
    assert_int_equal(count, 2 * 65536);
    assert_memory_equal(records, damaged.records, count * sizeof *records);
    assert_true(info.cut_at == CB_NOWHERE);
    free(records);
    unmake(&damaged);
}

static void lost_definitions_lose_what_needs_them(void **state)
{
    (void)state;
    struct damaged damaged;
    make(&damaged);
    damaged.bytes[block_of(&damaged, BLOCK_DEFINITIONS, 0) + 60] ^= 1;
    struct salvage_result result = salvage(damaged.bytes, damaged.size);
    /* All 200 code locations are defined before the first block, and used in each. */
    assert_int_equal(result.records, 0);
    assert_int_equal(result.lost, RECORDS);
    unmake(&damaged);
}

static void a_damaged_header_is_replaced(void **state)
{
    (void)state;
    struct damaged damaged;
    make(&damaged);
    damaged.bytes[30] ^= 1;
    struct salvage_result result = salvage(damaged.bytes, damaged.size);
    assert_int_equal(result.records, RECORDS);
    struct cb_error error;
    struct trace_reader *reader = trace_open(scratch_path("damaged.xbt.saved"), &error);
    assert_non_null(reader);
    assert_string_equal(trace_info(reader)->header, "{\"salvaged\":true}");
    trace_close(reader);
    damaged.bytes[8] = 9;
    spill(scratch_path("other.xbt"), damaged.bytes, damaged.size);
    assert_false(trace_salvage(scratch_path("other.xbt"), "/dev/null", &result, &error));
    assert_string_equal(error.sentence,
                        "the trace has version 9; this program reads versions 1 to 2");
    unmake(&damaged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_trace_comes_out_as_it_was),
        cmocka_unit_test(a_damaged_block_is_left_out),
        cmocka_unit_test(a_cut_trace_is_ended),
        cmocka_unit_test(lost_definitions_lose_what_needs_them),
        cmocka_unit_test(a_damaged_header_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
