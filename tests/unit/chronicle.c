/* A chronicle of a golden case, derived by hand; and where a stretch begins and ends. */
#include "../test.h"

#include "../golden_case.h"
#include "../loaded_trace.h"
#include "../trace_tools.h"

static struct ledger *replay_on(const char *path, const char *machine_path,
                                const struct replay_options *options)
{
    struct cb_error error;
    struct machine machine;
    struct trace_reader *trace = trace_open(path, &error);
    assert_non_null(trace);
    if (!machine_load(&machine, machine_path, "model/machines", NULL, 0, &error))
        fail_msg("%s", error.sentence);
    struct ledger *ledger = replay(trace, &machine, options, &error);
    if (ledger == NULL)
        fail_msg("%s", error.sentence);
    machine_free(&machine);
    trace_close(trace);
    return ledger;
}

/* ---- a call to another address space, and its reply ---- */

/* Cold, the application takes 1 + 15 for its instruction, 15 for its load and 20 for the
 * trap; the kernel 1 + 15, 1, 2, and behind the flush 10 + 10 for the way out; the server
 * 16, 15 and 20; the kernel, whose page is still there, 1, 1, 2 and 10 + 10; the
 * application at last 1 + 10 and 10 for the pages that the first load of CR3 flushed. */
static const struct chronicle_span spans[] = {
    {0, 1, ENTRY_BEGIN, 0, 51000, 2, 2, 0, 0, 0, 0},
    {1, 0, ENTRY_IPC_CALL, 51000, 90000, 2, 1, 1, 0, 1, 0},
    {0, 2, ENTRY_RETURN, 90000, 141000, 2, 2, 0, 0, 0, 0},
    {2, 0, ENTRY_IPC_REPLY, 141000, 165000, 1, 0, 1, 0, 1, 0},
    {0, 1, ENTRY_RETURN, 165000, 186000, 2, 0, 2, 0, 0, 0},
};
#define SPANS (sizeof spans / sizeof spans[0])

/* Before some of its 29 records: the time, and who has how much of the TLB and of the
 * cache: the application, the server, the path. */
static const struct {
    size_t record;
    int64_t mcycles;
    uint32_t tlb[3], cache[3];
} moments[] = {
    {0, 0, {0, 0, 0}, {0, 0, 0}},
    {2, 16000, {1, 0, 0}, {1, 0, 0}},
    {5, 51000, {2, 0, 0}, {2, 0, 0}},
    {6, 67000, {2, 0, 1}, {2, 0, 1}},
    {10, 70000, {2, 0, 1}, {2, 0, 1}},
    {11, 70000, {0, 0, 0}, {2, 0, 1}}, /* CR3 is loaded */
    {12, 80000, {0, 0, 1}, {2, 0, 1}},
    {16, 121000, {0, 2, 1}, {2, 2, 1}},
    {24, 145000, {0, 0, 0}, {2, 2, 1}}, /* and again */
    {28, 176000, {1, 0, 1}, {2, 2, 1}},
};

static void check_moment(const struct occupancy *occupancy, size_t m)
{
    size_t i = moments[m].record;
    const uint32_t *held = occupancy->held + i * 2 * OCCUPANCY_HOLDERS;
    assert_int_equal(occupancy->samples[i].record, moments[m].record);
    assert_int_equal(occupancy->samples[i].mcycles, moments[m].mcycles);
    for (size_t part = 0; part < 2; part++, held += OCCUPANCY_HOLDERS) {
        const uint32_t *want = part == 0 ? moments[m].tlb : moments[m].cache;
        assert_int_equal(held[0], 0); /* the kernel does no work */
        assert_int_equal(held[1], want[0]);
        assert_int_equal(held[2], want[1]);
        assert_int_equal(held[OCCUPANCY_PATH], want[2]);
        assert_int_equal(held[OCCUPANCY_OTHERS], 0);
    }
}

static void check_bucket(const struct recovery *recovery, enum trace_how how, int bucket,
                         int64_t accesses, int64_t isolation)
{
    const struct recovery_bucket *got =
        &recovery->bucket[TRACE_PHASE_MEASURED][how][bucket];
    assert_int_equal(got->accesses, accesses);
    assert_int_equal(got->isolation_mcycles, isolation);
    assert_int_equal(got->credit_mcycles, 0);
}

static void test_call_and_reply(void **state)
{
    (void)state;
    struct replay_options options = {.chronicle = true, .threads = 1};
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("golden.xbt"));
    golden_write_trace("tests/golden/ipc_refill/trace.txt", path);
    struct ledger *ledger =
        replay_on(path, "tests/golden/ipc_refill/machine.json", &options);
    const struct chronicle *chronicle = ledger->chronicle;

    assert_int_equal(chronicle->stretch.span_count, SPANS);
    for (size_t i = 0; i < SPANS; i++)
        assert_memory_equal(&chronicle->stretch.spans[i], &spans[i], sizeof spans[i]);
    assert_int_equal(chronicle->stretch.end_record, 29);
    assert_false(chronicle->stretch.cut);

    assert_int_equal(chronicle->whole.count, 29);
    for (size_t m = 0; m < sizeof moments / sizeof moments[0]; m++)
        check_moment(&chronicle->whole, m);

    /* The application's three accesses before anything is switched; then the server's
     * three, which cost nothing more than in a world without boundaries, and the
     * application's two, which walk again. */
    const struct recovery *recovery = &chronicle->recovery;
    assert_int_equal(recovery->entries[TRACE_PHASE_MEASURED][TRACE_HOW_NONE], 1);
    assert_int_equal(recovery->entries[TRACE_PHASE_MEASURED][TRACE_HOW_CR3], 2);
    check_bucket(recovery, TRACE_HOW_NONE, 0, 1, 0);
    check_bucket(recovery, TRACE_HOW_NONE, 1, 2, 0);
    check_bucket(recovery, TRACE_HOW_CR3, 0, 2, 10000);
    check_bucket(recovery, TRACE_HOW_CR3, 1, 3, 10000);
    check_bucket(recovery, TRACE_HOW_SEGMENT, 0, 0, 0);
    ledger_free(ledger);
}

/* ---- where the stretch is ---- */

static void event(struct trace_writer *writer, enum trace_kind kind, uint8_t detail)
{
    struct trace_record record = {.kind = (uint8_t)kind, .detail = detail};
    trace_put_event(writer, &record);
}

/* `requests` of `each` loads and two events, with a phase event before them. */
static void put_phase(struct trace_writer *writer, enum trace_phase phase, int requests,
                      int each)
{
    event(writer, TRACE_PHASE, (uint8_t)phase);
    for (int r = 0; r < requests; r++) {
        event(writer, TRACE_REQUEST_BEGIN, 0);
        for (int i = 0; i < each; i++)
            trace_put_data(writer, TRACE_LOAD, 0x1000u + 16u * (unsigned)i,
                           0x1000u + 16u * (unsigned)i, 4);
        event(writer, TRACE_REQUEST_END, 0);
    }
}

static struct ledger *replay_requests(int each, const struct replay_options *options)
{
    static const uint8_t nop[] = {0x90};
    struct cb_error error;
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("requests.xbt"));
    struct trace_writer *writer = trace_create(path, "{}", &error);
    assert_non_null(writer);
    trace_put_state(writer, 1, 0, 1, true);
    trace_put_fetch(writer, trace_put_code(writer, 0, 0, nop, 1), 0);
    put_phase(writer, TRACE_PHASE_WARM_UP, 1, each);
    put_phase(writer, TRACE_PHASE_MEASURED, 6, each);
    assert_true(trace_finish(writer, &error));
    return replay_on(path, "tiny", options);
}

/* Record 0 is the fetch, 1 and 14 say the phase; a request has 12. */
static void test_first_requests(void **state)
{
    (void)state;
    struct replay_options options = {.chronicle = true};
    struct ledger *ledger = replay_requests(10, &options);
    const struct chronicle *chronicle = ledger->chronicle;
    assert_int_equal(chronicle->stretch.first_record, 15);
    assert_int_equal(chronicle->stretch.end_record, 15 + 4 * 12);
    assert_int_equal(chronicle->part.count, 48);
    assert_int_equal(chronicle->part.samples[0].record, 15);
    assert_int_equal(chronicle->part.samples[47].record, 62);
    assert_int_equal(chronicle->whole.count, 1 + 1 + 12 + 1 + 6 * 12);
    for (size_t i = 0; i < chronicle->whole.count; i++)
        assert_int_equal(chronicle->whole.samples[i].warm_up, i > 1 && i < 15);
    ledger_free(ledger);
}

/* 6 times 50002 records; a mark every 32, of which one in 64 is taken in the end; all of
 * the stretch is seen, though not more than its 131072 records. */
static void test_long_requests(void **state)
{
    (void)state;
    struct replay_options options = {.chronicle = true};
    struct ledger *ledger = replay_requests(50000, &options);
    const struct chronicle *chronicle = ledger->chronicle;
    uint64_t first = 1 + 1 + 50002 + 1;
    assert_int_equal(chronicle->stretch.first_record, first);
    assert_int_equal(chronicle->stretch.end_record, first + STRETCH_RECORDS);
    assert_int_equal(chronicle->part.step, 64);
    assert_int_equal(chronicle->part.count, STRETCH_RECORDS / 32 / 64);
    for (size_t i = 0; i < chronicle->part.count; i++)
        assert_int_equal(chronicle->part.samples[i].record, first + 32 * 64 * i);
    uint64_t records = 3 + 7 * 50002;
    assert_int_equal(chronicle->whole.count, OCCUPANCY_SAMPLES);
    for (uint64_t i = 0; i < OCCUPANCY_SAMPLES; i++)
        assert_in_range(chronicle->whole.samples[i].record,
                        records * i / OCCUPANCY_SAMPLES,
                        records * (i + 1) / OCCUPANCY_SAMPLES - 1);
    ledger_free(ledger);
}

static void test_by_records(void **state)
{
    (void)state;
    struct replay_options options = {
        .chronicle = true, .stretch_first = 5, .stretch_records = 20};
    struct ledger *ledger = replay_requests(10, &options);
    assert_int_equal(ledger->chronicle->stretch.first_record, 5);
    assert_int_equal(ledger->chronicle->stretch.end_record, 25);
    assert_int_equal(ledger->chronicle->part.count, 20);
    ledger_free(ledger);

    options.stretch_first = 1000000; /* behind the end */
    ledger = replay_requests(10, &options);
    assert_int_equal(ledger->chronicle->part.count, 0);
    assert_int_equal(ledger->chronicle->stretch.span_count, 0);
    ledger_free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call_and_reply),
        cmocka_unit_test(test_first_requests),
        cmocka_unit_test(test_long_requests),
        cmocka_unit_test(test_by_records),
    };
    return cmocka_run_group_tests_name("chronicle", tests, NULL, NULL);
}
