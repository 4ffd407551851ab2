/* The kernel, recorded: every trace can be replayed (its spaces and page tables are told
 * before they are used, its crossings balance, its addresses exist), and is the same
 * every time. */
#include "../test.h"
#include "../trace_tools.h"
#include "kernel-trace/recorder/recorder.h"
#include "traces/hash.h"

#define MEMORY      (64u << 20)
#define SPACES      64
#define THREADS     64
#define KERNEL_BASE 0xc0000000u

static struct recording_knob knobs[] = {{"pages", "3"},
                                        {"requests", "20"},
                                        {"warm_up", "2"},
                                        {"domain", "ping:small"},
                                        {"domain", "pong:large"}};
#define PLAIN_KNOBS 3 /* without the domains */

static void record(const char *structure, const char *path)
{
    struct cb_error error;
    struct recording_request request = {.output = path,
                                        .scenario = "pingpong",
                                        .structure = structure,
                                        .knobs = knobs,
                                        .knob_count = PLAIN_KNOBS,
                                        .kernel = "build/" RECORDING_KERNEL,
                                        .plugin = "build/" RECORDING_PLUGIN,
                                        .time_limit_seconds = 60};
    struct recording_result result;
    if (!record_run(&request, &result, &error))
        fail_msg("%s", error.sentence);
}

/* What has been told so far. */
struct known {
    struct {
        bool named;
        bool table[1024];
        uint32_t *page; /* physical page + 1 by virtual page */
    } space[SPACES];
    uint64_t cr3[SPACES];
    struct {
        uint32_t thread;
        int depth;
    } thread[THREADS];
    size_t threads;
};

static int *depth_of(struct known *known, uint32_t thread)
{
    for (size_t i = 0; i < known->threads; i++)
        if (known->thread[i].thread == thread)
            return &known->thread[i].depth;
    assert_true(known->threads < THREADS);
    known->thread[known->threads].thread = thread;
    return &known->thread[known->threads++].depth;
}

static void check_access(struct known *known, const struct trace_record *at)
{
    assert_true(at->paddr + at->size <= MEMORY);
    assert_true(known->space[at->space].named);
    assert_true(known->space[at->space].table[at->vaddr >> 22]);
    if (at->user)
        assert_true(at->vaddr < KERNEL_BASE);
    /* No page is moved in these scenarios. */
    uint32_t **pages = &known->space[at->space].page;
    if (*pages == NULL)
        *pages = calloc(1 << 20, sizeof **pages);
    uint32_t *page = &(*pages)[at->vaddr >> 12];
    if (*page == 0)
        *page = (uint32_t)(at->paddr >> 12) + 1;
    assert_int_equal(*page, (at->paddr >> 12) + 1);
    assert_int_equal(at->vaddr & 0xfff, at->paddr & 0xfff);
}

static void check_crossing(struct known *known, const struct trace_record *at)
{
    int *depth = depth_of(known, at->thread);
    if (at->kind == TRACE_CROSSING_OUT) {
        assert_int_equal(at->a, 0);
        assert_int_equal(at->user, 1);
        /* The recording starts within a call, and a thread may begin with its return. */
        *depth = 0;
        return;
    }
    assert_int_equal(at[-1].user, 1);
    assert_int_equal(*depth, 0);
    assert_int_equal(at->detail, TRACE_CAUSE_CALL);
    assert_int_equal(at->size, 20);
    assert_int_equal(at->b % 4096, 0); /* a kernel stack's top */
    assert_int_equal(at[1].kind, TRACE_FETCH);
    *depth = 1;
}

static void check(struct known *known, const struct trace_record *records, size_t count)
{
    assert_int_equal(records[0].kind, TRACE_SPACE_SWITCH);
    for (size_t i = 0; i < count; i++) {
        const struct trace_record *at = &records[i];
        switch ((enum trace_kind)at->kind) {
        case TRACE_FETCH:
        case TRACE_LOAD:
        case TRACE_STORE:
            check_access(known, at);
            break;
        case TRACE_CROSSING_IN:
        case TRACE_CROSSING_OUT:
            check_crossing(known, at);
            break;
        case TRACE_SPACE_SWITCH:
            assert_true(at->b < SPACES);
            if (known->space[at->b].named)
                assert_int_equal(known->cr3[at->b], at->a);
            known->space[at->b].named = true;
            known->cr3[at->b] = at->a;
            break;
        case TRACE_PAGE_TABLE:
            assert_int_equal(at->a, known->cr3[at->space]);
            assert_true(at->b < MEMORY && at->b % 4096 == 0);
            known->space[at->space].table[at->code] = true;
            break;
        case TRACE_LOST:
            fail_msg("record %zu: records were lost", i);
            break;
        default:
            break;
        }
    }
}

static void can_be_replayed(const char *structure, bool one_space)
{
    struct cb_error error;
    size_t count;
    const char *path = scratch_path("kernel.xbt");
    record(structure, path);
    struct trace_reader *reader = trace_open(path, &error);
    assert_non_null(reader);
    const struct trace_info *info = trace_info(reader);
    assert_string_equal(info->scenario, "pingpong");
    assert_string_equal(info->structure, structure);
    assert_string_equal(info->tool, "crossbill " CROSSBILL_VERSION);
    assert_int_equal(info->lost, 0);
    /* 2 + 20 requests, each a call and an answer. */
    assert_int_equal(info->kinds[TRACE_REQUEST_BEGIN], 22);
    assert_int_equal(info->kinds[TRACE_REQUEST_END], 22);
    assert_int_equal(info->kinds[TRACE_IPC_SEND], 44);
    assert_int_equal(info->kinds[TRACE_IPC_RECEIVE], 44);
    assert_int_equal(info->kinds[TRACE_CROSSING_IN], 44);
    struct known *known = calloc(1, sizeof *known);
    struct trace_record *records = read_all(reader, &count);
    check(known, records, count);
    assert_int_equal(known->space[1].named, !one_space);
    for (int i = 0; i < SPACES; i++)
        free(known->space[i].page);
    free(known);
    free(records);
    trace_close(reader);
}

static void small_spaces_can_be_replayed(void **state)
{
    (void)state;
    can_be_replayed("l3-small", true);
}

static void large_spaces_can_be_replayed(void **state)
{
    (void)state;
    can_be_replayed("l3-large", false);
}

static void is_the_same_every_time(void **state)
{
    (void)state;
    size_t size[2];
    uint8_t *bytes[2];
    for (int i = 0; i < 2; i++) {
        const char *path = scratch_path(i == 0 ? "first.xbt" : "second.xbt");
        record("l3-large", path);
        bytes[i] = slurp(path, &size[i]);
    }
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    free(bytes[0]);
    free(bytes[1]);
}

/* The header holds what was asked for and what it was asked of, and no time or place. */
static void the_header_tells_the_scenario(void **state)
{
    (void)state;
    struct cb_error error;
    char hash[HASH_TEXT_SIZE], expected[1024];
    const char *path = scratch_path("header.xbt"), *kernel = "build/" RECORDING_KERNEL;
    struct recording_request request = {.output = path,
                                        .scenario = "pingpong",
                                        .structure = "l3-large",
                                        .knobs = knobs,
                                        .knob_count = 5,
                                        .kernel = kernel,
                                        .plugin = "build/" RECORDING_PLUGIN};
    if (!record_run(&request, NULL, &error))
        fail_msg("%s", error.sentence);
    struct trace_reader *reader = trace_open(path, &error);
    assert_non_null(reader);
    const char *header = trace_info(reader)->header;
    assert_true(hash_file(kernel, hash, &error));
    const char *qemu = strstr(header, "\"qemu\":\"");
    assert_non_null(qemu);
    const char *end = strchr(qemu + 8, '"');
    snprintf(
        expected, sizeof expected,
        "{\"scenario\":\"pingpong\",\"structure\":\"l3-large\",\"tool\":\"crossbill %s\","
        "\"kernel_sha256\":\"%s\",%.*s\",\"cpu\":\"pentium\",\"memory_mib\":64,"
        "\"knobs\":{\"pages\":\"3\",\"requests\":\"20\",\"warm_up\":\"2\","
        "\"domain\":[\"ping:small\",\"pong:large\"]}}",
        CROSSBILL_VERSION, hash, (int)(end - qemu), qemu);
    assert_string_equal(header, expected);
    trace_close(reader);
}

static void a_bad_knob_is_the_guests_to_refuse(void **state)
{
    (void)state;
    struct cb_error error;
    struct recording_knob knob = {"pages", "0"};
    struct recording_request request = {.output = scratch_path("bad.xbt"),
                                        .scenario = "pingpong",
                                        .structure = "l3-small",
                                        .knobs = &knob,
                                        .knob_count = 1,
                                        .kernel = "build/" RECORDING_KERNEL,
                                        .plugin = "build/" RECORDING_PLUGIN};
    assert_false(record_run(&request, NULL, &error));
    assert_int_equal(error.code, CB_USAGE);
    const char *start =
        "the kernel refuses it: command line: pages must be a number from ";
    assert_memory_equal(error.sentence, start, strlen(start));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_spaces_can_be_replayed),
        cmocka_unit_test(large_spaces_can_be_replayed),
        cmocka_unit_test(is_the_same_every_time),
        cmocka_unit_test(the_header_tells_the_scenario),
        cmocka_unit_test(a_bad_knob_is_the_guests_to_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
