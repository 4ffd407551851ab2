/* What a sweep has to do: how many passes and replays, and why; what is handed over when
 * it is stopped; and that the rest needs no more than the rest. */
#include "sweep_fixture.h"

static void plans_walks(struct fixture *fixture, uint64_t points, uint64_t families,
                        uint64_t passes, uint64_t walking, uint64_t replays,
                        const char *why)
{
    struct sweep_plan plan = explain(fixture);
    assert_int_equal(plan.points, points);
    assert_int_equal(plan.families, families);
    assert_int_equal(plan.passes, passes);
    assert_int_equal(plan.walking, walking);
    assert_int_equal(plan.replays, replays);
    assert_string_equal(plan.why_replays, why);
}

static void plans(struct fixture *fixture, uint64_t points, uint64_t refused,
                  uint64_t families, uint64_t passes, uint64_t replays, const char *why)
{
    struct sweep_plan plan = explain(fixture);
    assert_int_equal(plan.points, points);
    assert_int_equal(plan.refused, refused);
    assert_int_equal(plan.families, families);
    assert_int_equal(plan.passes, passes);
    assert_int_equal(plan.replays, replays);
    assert_string_equal(plan.why_replays, why);
}

/* Latencies and costs need nothing of their own: two TLBs and two caches, one pass. */
static void test_costs(void **state)
{
    struct fixture *f = *state;
    VARY(f, "memory.latency=1..50", "walk.cycles=1..20", "cache.l2.latency=1,2",
         "instructions.int=40,71");
    plans(f, 4000, 0, 4, 1, 0, "");
}

/* All sizes and ways of a first level come from one pass; 3 entries are no pairs. */
static void test_sizes(void **state)
{
    struct fixture *f = *state;
    VARY(f, "tlb.d.entries=8..1024:*2", "tlb.d.ways=1,2,4", "tlb.i.entries=3,4,32");
    plans(f, 72, 24, 4, 1, 0, "");
}

/* The second level sees what each first level misses: one family for each of three. */
static void test_behind(void **state)
{
    struct fixture *f = *state;
    VARY(f, "cache.l1.size=1K,2K,4K", "cache.l2.size=8K,16K,32K", "cache.l2.ways=1,2,4");
    plans(f, 27, 0, 2 + 1 + 3, 1, 0, "");
}

/* Two line sizes of L1: a family each, and a second level behind each of them. */
static void test_lines(void **state)
{
    struct fixture *f = *state;
    VARY(f, "cache.l1.line=8,16", "cache.l1.ways=1,2");
    plans(f, 4, 0, 2 + 2 + 4, 1, 0, "");
}

/* Flush policies are families of the D-TLB in one pass: untagged; tagged with 1 and with
 * 6 bits, each with and without global pages. Untagged, where a CR3 load flushes all,
 * global pages make no difference. */
static void test_flush_policies(void **state)
{
    struct fixture *f = *state;
    VARY(f, "tlb.d.asid_bits=0,1,6", "tlb.d.global_pages=true,false");
    plans(f, 6, 0, 3 + (1 + 2 + 2), 1, 0, "");
}

/* Kernel page-table isolation switches spaces elsewhere in the trace, and pairing charges
 * other instructions: another pass for each combination. */
static void test_streams(void **state)
{
    struct fixture *f = *state;
    VARY(f, "switch.kpti=true,false", "memory.latency=1,2,3");
    plans(f, 6, 0, 8, 2, 0, "");
    VARY(f, "switch.kpti=true,false", "pairing=none,p5");
    plans(f, 4, 0, 16, 4, 0, "");
}

/* A FIFO TLB is replayed, once for each geometry and not for each latency; the caches and
 * the other TLB's counts come with neither: I-TLB by replay too, caches swept. */
static void test_no_stack_algorithm(void **state)
{
    struct fixture *f = *state;
    VARY(f, "tlb.d.replacement=lru,fifo", "tlb.d.entries=8,16,32", "walk.cycles=5,6");
    plans(f, 12, 0, 4, 1, 3, "a TLB that does not replace the least recently used entry");
    VARY(f, "cache.l1.replacement=tree-plru", "cache.l1.size=1K,2K",
         "tlb.d.entries=8,16");
    plans(f, 4, 0, 2, 1, 2, "a cache that does not replace the least recently used line");
}

/* A TLB's replay and a cache's are one where both are needed. */
static void test_replays_share(void **state)
{
    struct fixture *f = *state;
    VARY(f, "cache.l1.replacement=fifo", "tlb.d.replacement=fifo",
         "cache.l1.size=1K,2K,4K", "tlb.d.entries=8,16");
    plans(f, 6, 0, 0, 1, 3, "a TLB that does not replace the least recently used entry");
}

/* A walker that reads through the data caches: one pass for each geometry of TLBs, which
 * gives all sizes of L1, and of L2 behind each of these. What makes no difference to when
 * TLBs miss makes no pass. */
static void test_walker(void **state)
{
    struct fixture *f = *state;
    VARY(f, "walk.kind=hardware", "tlb.d.entries=8,16", "cache.l1.size=1K,2K",
         "memory.latency=3,4");
    plans_walks(f, 8, 2 * (1 + 2), 2, 2, 0, "");
    VARY(f, "walk.kind=hardware", "walk.cycles=1..9", "cache.l1.size=1K..64K:*2",
         "cache.l1.ways=1,2,4,8", "cache.l2.size=128K,256K");
    plans_walks(f, 9 * 7 * 4 * 2, 1 + 7 * 4, 1, 1, 0, "");
    VARY(f, "walk.kind=hardware,fixed", "tlb.d.asid_bits=0,4,6",
         "tlb.d.global_pages=true,false");
    plans_walks(f, 12, 5 * 2 + 2 + 1 + 5, 6, 5, 0, "");
}

/* TLBs behind which walks are read may be of any kind; the caches may not, and are then
 * replayed with each geometry of the TLBs. */
static void test_walker_any_policy(void **state)
{
    struct fixture *f = *state;
    VARY(f, "walk.kind=hardware", "tlb.d.replacement=fifo,lru,tree-plru",
         "cache.l2.size=8K,16K");
    plans_walks(f, 6, 3 * 2, 3, 3, 0, "");
    VARY(f, "walk.kind=hardware", "tlb.d.entries=8,16", "cache.l2.replacement=fifo",
         "cache.l2.size=8K,16K", "memory.latency=3,4");
    plans_walks(f, 8, 0, 0, 0, 4,
                "a walker that reads through the data caches, with a cache that does not "
                "replace the least recently used line");
}

/* ---- stopped, and gone on with ---- */

struct run {
    uint64_t points, first, last;
    uint64_t stop_after; /* points */
    uint64_t from;       /* wanted */
    int64_t totals[16];
};

static bool wants(void *context, uint64_t point)
{
    return point >= ((const struct run *)context)->from;
}

static bool on_point(void *context, uint64_t point, const struct ledger *ledger,
                     const struct cb_error *refused)
{
    struct run *run = context;
    (void)refused;
    if (run->points++ == 0)
        run->first = point;
    run->last = point;
    run->totals[point] = ledger->total_mcycles;
    return run->points < run->stop_after;
}

static bool run_it(const struct fixture *fixture, struct run *run, struct cb_error *error)
{
    struct sweep_options options = {.wants = wants, .on_point = on_point, .context = run};
    return sweep_run(&fixture->request, fixture->trace, &options, error);
}

static void test_goes_on(void **state)
{
    struct fixture *f = *state;
    struct cb_error error;
    struct sweep_plan plan;
    VARY(f, "tlb.d.replacement=fifo", "tlb.d.entries=2..16:*2", "memory.latency=1,2");
    struct run whole = {.stop_after = 100}, begun = {.stop_after = 3}, rest;
    assert_true(run_it(f, &whole, &error));
    assert_int_equal(whole.points, 8);

    /* Stopped in the second of four geometries: points 0 to 2 are there. */
    assert_false(run_it(f, &begun, &error));
    assert_string_equal(error.sentence, "interrupted");
    assert_int_equal(begun.points, 3);
    assert_int_equal(begun.last, 2);

    /* What is left is five points and three geometries. */
    rest = (struct run){.stop_after = 100, .from = 3};
    struct sweep_options options = {.wants = wants, .context = &rest};
    assert_true(sweep_explain(&f->request, f->trace, &options, &plan, &error));
    assert_int_equal(plan.points, 5);
    assert_int_equal(plan.replays, 3);
    assert_true(run_it(f, &rest, &error));
    assert_int_equal(rest.first, 3);
    assert_int_equal(rest.points, 5);
    for (size_t point = 0; point < 8; point++)
        assert_int_equal(point < 3 ? begun.totals[point] : rest.totals[point],
                         whole.totals[point]);
}

/* Caches that a switch of spaces flushes are replayed with the switches of their own
 * machine, whose TLBs ever share the replay. */
static void test_flushed_caches(void **state)
{
    struct fixture *f = *state;
    static const char *const kpti[] = {"switch.kpti=false", "switch.kpti=true"};
    static const char *const entries[] = {"tlb.d.entries=4", "tlb.d.entries=8",
                                          "tlb.d.entries=16"};
    struct run whole = {.stop_after = 100};
    struct cb_error error;
    VARY(f, "switch.kpti=false,true", "tlb.d.entries=4,8,16", "cache.l1.tag=virtual",
         "tlb.d.replacement=fifo");
    assert_int_equal(explain(f).replays, 6);
    assert_true(run_it(f, &whole, &error));
    for (size_t point = 0; point < 6; point++) {
        const char *sets[] = {kpti[point / 3], entries[point % 3], "cache.l1.tag=virtual",
                              "tlb.d.replacement=fifo"};
        struct machine machine;
        assert_true(machine_load(&machine, f->machine, NULL, sets, 4, &error));
        struct ledger *ledger = replay(f->trace, &machine, NULL, &error);
        assert_non_null(ledger);
        assert_int_equal(whole.totals[point], ledger->total_mcycles);
        ledger_free(ledger);
        machine_free(&machine);
    }
}

/* ---- handed over as they come ---- */

/* A sweep in any order, on one thread, that is told to stop once it has some points. */
struct portion {
    uint64_t order[32]; /* points as they came */
    size_t count, stop_after;
    uint64_t had; /* bits: points of an earlier portion */
};

static bool wants_others(void *context, uint64_t point)
{
    return (((const struct portion *)context)->had >> point & 1) == 0;
}

static bool take_point(void *context, uint64_t point, const struct ledger *ledger,
                       const struct cb_error *refused)
{
    struct portion *portion = context;
    (void)ledger;
    (void)refused;
    portion->order[portion->count++] = point;
    return true;
}

static bool has_enough(void *context)
{
    const struct portion *portion = context;
    return portion->count >= portion->stop_after;
}

static bool run_portion(const struct fixture *fixture, struct portion *portion,
                        struct sweep_plan *plan)
{
    struct cb_error error;
    struct sweep_options options = {.threads = 1,
                                    .any_order = true,
                                    .wants = wants_others,
                                    .on_point = take_point,
                                    .context = portion};
    assert_true(sweep_explain(&fixture->request, fixture->trace, &options, plan, &error));
    options.should_stop = has_enough;
    bool whole = sweep_run(&fixture->request, fixture->trace, &options, &error);
    if (!whole)
        assert_string_equal(error.sentence, "interrupted");
    return whole;
}

static void assert_order(const struct portion *portion, const uint64_t *points,
                         size_t count)
{
    assert_int_equal(portion->count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(portion->order[i], points[i]);
}

/* All that a pass yields is handed over when it is done, wherever it stands in the grid;
 * stopped after the first of two passes, a sweep needs the second alone. */
static void test_hands_over_passes(void **state)
{
    struct fixture *f = *state;
    struct sweep_plan plan;
    VARY(f, "memory.latency=1,2,3", "switch.kpti=true,false");
    struct portion first = {.stop_after = 1};
    assert_false(run_portion(f, &first, &plan));
    assert_int_equal(plan.passes, 2);
    assert_order(&first, (const uint64_t[]){0, 2, 4}, 3);
    struct portion rest = {.stop_after = 100, .had = 1 | 1 << 2 | 1 << 4};
    assert_true(run_portion(f, &rest, &plan));
    assert_int_equal(plan.passes, 1);
    assert_order(&rest, (const uint64_t[]){1, 3, 5}, 3);
}

/* The same of the geometries behind which walks are read, and of machines that cannot be:
 * these wait for nothing. */
static void test_hands_over_walks(void **state)
{
    struct fixture *f = *state;
    struct sweep_plan plan;
    VARY(f, "walk.kind=hardware", "cache.l1.size=1K,3000,2K", "tlb.d.entries=8,16");
    struct portion first = {.stop_after = 3};
    assert_false(run_portion(f, &first, &plan));
    assert_int_equal(plan.passes, 2);
    assert_order(&first, (const uint64_t[]){2, 3, 0, 4}, 4);
    struct portion rest = {.stop_after = 100, .had = 1 | 1 << 2 | 1 << 3 | 1 << 4};
    assert_true(run_portion(f, &rest, &plan));
    assert_int_equal(plan.passes, 1);
    assert_order(&rest, (const uint64_t[]){1, 5}, 2);
}

/* A signal between two points: what came before has been handed over. */
static bool stop_at_once(void *context)
{
    (void)context;
    return true;
}

static void test_stops(void **state)
{
    struct fixture *f = *state;
    struct cb_error error;
    struct run run = {.stop_after = 100};
    VARY(f, "memory.latency=1,2");
    struct sweep_options options = {
        .on_point = on_point, .should_stop = stop_at_once, .context = &run};
    assert_false(sweep_run(&f->request, f->trace, &options, &error));
    assert_int_equal(error.code, CB_IO);
    assert_int_equal(run.points, 0);
}

/* ---- mistakes ---- */

static void test_mistakes(void **state)
{
    struct fixture *f = *state;
    struct sweep_plan plan;
    struct cb_error error;
    VARY(f, "tlb.x.entries=8,16");
    assert_false(sweep_explain(&f->request, f->trace, NULL, &plan, &error));
    assert_int_equal(error.code, CB_USAGE);
    assert_string_equal(error.source, "tlb.x.entries=8");
    VARY(f, "memory.latency=1..10001", "walk.cycles=1..10000");
    assert_false(sweep_explain(&f->request, f->trace, NULL, &plan, &error));
    assert_string_equal(error.sentence,
                        "the grid has more than 100000000 points; expected fewer values");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_costs),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_behind),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_flush_policies),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_no_stack_algorithm),
        cmocka_unit_test(test_replays_share),
        cmocka_unit_test(test_walker),
        cmocka_unit_test(test_walker_any_policy),
        cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_flushed_caches),
        cmocka_unit_test(test_hands_over_passes),
        cmocka_unit_test(test_hands_over_walks),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
