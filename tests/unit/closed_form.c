/* The closed-form model: every expected number is derived by hand beside it. */
#include "../test.h"

#include "../trace_tools.h"
#include "model/closed_form.h"
#include "traces/synth.h"

#include <math.h>

static void near(double got, double expected)
{
    if (fabs(got - expected) > 1e-9)
        fail_msg("expected %.12g, got %.12g", expected, got);
}

#define ANY CLOSED_FORM_ANY_ORDER
#define CYC CLOSED_FORM_CYCLIC

static void test_refill(void **state)
{
    (void)state;
    /* Liedtke's Pentium: 32 + 64 entries of 9 cycles are 864 when both TLBs are full. */
    near(9 * (closed_form_refill(200, 32) + closed_form_refill(200, 64)), 864);
    near(closed_form_refill(10, 64), 10);
}

static void test_fully_associative(void **state)
{
    (void)state;
    /* 64 entries, 10 own: with 54 others all fit. */
    near(closed_form_survivors(10, 54, 1, 64, ANY), 10);
    near(closed_form_survivors(10, 54, 1, 64, CYC), 10);
    /* One more: one is lost; going through them in the same order, each pushes out the
     * next. */
    near(closed_form_survivors(10, 55, 1, 64, ANY), 9);
    near(closed_form_survivors(10, 55, 1, 64, CYC), 0);
    near(closed_form_survivors(10, 60, 1, 64, ANY), 4);
    near(closed_form_survivors(10, 99, 1, 64, ANY), 0);
    /* 100 of its own do not fit even alone. */
    near(closed_form_survivors(100, 0, 1, 64, ANY), 64);
    near(closed_form_survivors(100, 0, 1, 64, CYC), 0);
    near(closed_form_survivors(0, 5, 1, 64, ANY), 0);
}

static void test_sets(void **state)
{
    (void)state;
    /* Direct-mapped, 2 sets: one own, one other; they meet in one of two cases. */
    near(closed_form_survivors(1, 1, 2, 1, ANY), 0.5);
    near(closed_form_survivors(1, 1, 2, 1, CYC), 0.5);
    /* 2 sets of 2 ways, 2 own, 1 other. Any order, a set: P(a > 0) = 3/4 with
     * P(b < 2) = 1, P(a > 1) = 1/4 with P(b < 1) = 1/2: 7/8, of 2 sets. */
    near(closed_form_survivors(2, 1, 2, 2, ANY), 7.0 / 4);
    /* Cyclic: of 2 that come between, at most 1 in its set: 1 - 1/4, of 2 entries. */
    near(closed_form_survivors(2, 1, 2, 2, CYC), 3.0 / 2);
    /* 4 sets of 1 way, 1 own, 2 others: (3/4)^2 either way. */
    near(closed_form_survivors(1, 2, 4, 1, ANY), 9.0 / 16);
    near(closed_form_survivors(1, 2, 4, 1, CYC), 9.0 / 16);
    /* A mean of one and a half others lies between one and two of them. */
    near(closed_form_survivors(1, 1.5, 4, 1, CYC), (3.0 / 4 + 9.0 / 16) / 2);
}

/* Never more than are there, never more than fit, and fewer the more others come. */
static void test_bounds(void **state)
{
    (void)state;
    static const uint32_t ways[] = {1, 2, 4, 8};
    for (size_t w = 0; w < 4; w++)
        for (uint64_t sets = 1; sets <= 64; sets *= 4)
            for (double own = 1; own < 2000; own *= 3) {
                double before[2] = {own, own};
                for (double others = 0; others < 3000; others = 2 * others + 1)
                    for (unsigned order = 0; order < 2; order++) {
                        double left = closed_form_survivors(
                            own, others, sets, ways[w], (enum closed_form_order)order);
                        assert_true(left >= 0 && left <= before[order] + 1e-9);
                        assert_true(left <= (double)sets * ways[w] + 1e-9);
                        before[order] = left;
                    }
            }
}

/* ---- a machine ---- */

/* Two domains, one visit each per request, 1 page of code and 3 of data, 1 line of each;
 * 2 visits of the path, 2 pages. Each visit is flushed where a CR3 load flushes. */
static void ping_pong(struct footprints *footprints, struct working_set domains[2])
{
    *footprints = (struct footprints){
        .requests = 10,
        .pages = 3,
        .domains = domains,
        .domain_count = 2,
        .path = {
            .visits = 20,
            .flushed = 20,
            .pages = {
                [MACHINE_BOTH] = 40, [MACHINE_INSTRUCTIONS] = 20, [MACHINE_DATA] = 20}}};
    footprints->path_instructions[INSTRUCTION_INT] = 20;
    footprints->path_instructions[INSTRUCTION_IRET] = 20;
    for (size_t i = 0; i < 2; i++) {
        domains[i] = (struct working_set){
            .visits = 10,
            .flushed = 10,
            .resizable = true,
            .pages = {
                [MACHINE_BOTH] = 40, [MACHINE_INSTRUCTIONS] = 10, [MACHINE_DATA] = 30}};
        domains[i].lines[0][MACHINE_DATA] = 10;
        domains[i].lines[0][MACHINE_BOTH] = 10;
    }
}

/* One TLB of 8 entries for all, 10 cycles a walk. */
static struct machine small_machine(void)
{
    struct machine machine = {.clock_khz = 1,
                              .walk = MACHINE_WALK_FIXED,
                              .walk_time = 10 * MACHINE_CYCLE,
                              .memory_latency = 5 * MACHINE_CYCLE,
                              .tlb_count = 1};
    machine.tlbs[0] = (struct machine_tlb){.name = "tlb",
                                           .level = 1,
                                           .entries = 8,
                                           .ways = 8,
                                           .page_sizes = {4096},
                                           .page_size_count = 1};
    machine.switching.process_context_ids = true;
    machine.instructions[INSTRUCTION_INT] = 71 * MACHINE_CYCLE;
    machine.instructions[INSTRUCTION_IRET] = 36 * MACHINE_CYCLE;
    return machine;
}

static struct prediction predict(const struct machine *machine, double extra,
                                 enum closed_form_order order)
{
    struct footprints footprints;
    struct working_set domains[2];
    struct prediction prediction;
    struct cb_error error;
    ping_pong(&footprints, domains);
    if (!closed_form_predict(&footprints, machine, extra, order, &prediction, &error))
        fail_msg("%s", error.sentence);
    return prediction;
}

static void test_flushed(void **state)
{
    (void)state;
    struct machine machine = small_machine();
    struct prediction p = predict(&machine, 0, CYC);
    near(p.explicit_cost, 2 * (71 + 36));
    /* Without a boundary 3 + 4 others come between two uses: all fit into 8. With it each
     * visit fetches its 4 pages again, the path its 2, twice. */
    near(p.isolation[0], 2 * 4 * 10);
    near(p.path[0], 2 * 2 * 10);
    near(p.competition[0], 0);
    near(p.refill, 2 * 4 + 2 * 2);
    near(prediction_implicit(&p), 120);
    near(p.isolation[1] + p.path[1], 0);
    /* 10 pages each in 8 entries: all is fetched again anyway, so nothing of it is
     * implicit; the refill is the TLB's size. */
    p = predict(&machine, 6, CYC);
    near(p.isolation[0], 0);
    near(p.competition[0], 0);
    near(p.refill, 2 * 8 + 2 * 2);
    /* Pages of the kernel that stay: the path's 1 + 4 others come between. */
    machine.switching.cr3_flushes = MACHINE_FLUSH_NON_GLOBAL;
    machine.tlbs[0].global_pages = true;
    p = predict(&machine, 0, CYC);
    near(p.isolation[0], 2 * 4 * 10);
    near(p.path[0], 0);
}

static void test_tagged(void **state)
{
    (void)state;
    struct machine machine = small_machine();
    machine.tlbs[0].asid_bits = 6;
    /* 3 + 4 + 2 come between two uses of a page: too many for 8, and in the same order
     * all is lost; in any order 6 ways are taken, and 2 of 4 stay. */
    struct prediction p = predict(&machine, 0, CYC);
    near(p.isolation[0], 2 * 4 * 10);
    near(p.path[0], 0);
    near(p.refill, 0);
    near(predict(&machine, 0, ANY).isolation[0], 2 * 2 * 10);
    /* One page less each: 2 + 3 + 2 fit. */
    near(predict(&machine, -1, CYC).isolation[0], 0);
    /* One more: 4 + 5 do not fit even without the path: competition. */
    p = predict(&machine, 1, CYC);
    near(p.isolation[0], 0);
    near(p.competition[0], 2 * 5 * 10);
}

static void test_caches(void **state)
{
    (void)state;
    struct machine machine = small_machine();
    struct footprints footprints;
    struct working_set domains[2];
    struct prediction p;
    struct cb_error error;
    machine.tlb_count = 0;
    machine.cache_count = 1;
    machine.caches[0] = (struct machine_cache){
        .name = "l1", .level = 1, .size = 32, .ways = 1, .line = 16};
    /* 2 sets of 1 way, a line each: they meet in half of the cases, 5 cycles each. */
    p = predict(&machine, 0, ANY);
    near(p.competition[1], 2 * 0.5 * 5);
    near(p.isolation[1], 0);
    machine.caches[0].line = 8;
    ping_pong(&footprints, domains);
    assert_false(closed_form_predict(&footprints, &machine, 0, ANY, &p, &error));
    assert_string_equal(error.sentence,
                        "lines of 8 bytes (l1): footprints are measured in "
                        "lines of 16, 32, 64 and 128");
}

/* ---- footprints of a trace ---- */

/* Made up: a goes through 3 pages, 2 lines of each, b through 5, one line of each. */
static const char description[] =
    "{\"schema_version\": 1, \"scenario\": \"s\", \"requests\": 4, \"warm_up_requests\": "
    "2,"
    " \"domains\": ["
    "{\"name\": \"k\", \"kind\": \"kernel\", \"instructions\": 4, \"accesses\": 1,"
    " \"pages\": 1},"
    "{\"name\": \"a\", \"kind\": \"large\", \"instructions\": 12, \"accesses\": 6,"
    " \"pages\": 3, \"lines_per_page\": 2},"
    "{\"name\": \"b\", \"kind\": \"large\", \"instructions\": 10, \"accesses\": 5,"
    " \"pages\": 5}],"
    " \"pattern\": [\"a\", \"b\"]}";

static void test_measured(void **state)
{
    (void)state;
    struct synth_result result;
    struct cb_error error;
    struct footprints footprints;
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("s.xbt"));
    if (!trace_synthesise_text(description, strlen(description), "description", path,
                               NULL, NULL, &result, &error))
        fail_msg("%s", error.sentence);
    struct trace_reader *trace = trace_open(path, &error);
    assert_non_null(trace);
    assert_true(footprints_measure(trace, &footprints, &error));
    assert_int_equal(footprints.requests, 4);
    assert_int_equal(footprints.domain_count, 2);
    const struct working_set *a = &footprints.domains[0], *b = &footprints.domains[1];
    assert_string_equal(a->name, "a");
    assert_int_equal(a->visits, 4);
    assert_int_equal(b->visits, 4);
    assert_int_equal(a->flushed, 4);
    assert_true(a->resizable);
    assert_int_equal(a->pages[MACHINE_DATA], 4 * 3);
    assert_int_equal(b->pages[MACHINE_DATA], 4 * 5);
    assert_int_equal(a->pages[MACHINE_INSTRUCTIONS], 4 * 1);
    assert_int_equal(a->pages[MACHINE_BOTH], 4 * 4);
    /* Lines of 64 bytes: as described. */
    assert_int_equal(a->lines[2][MACHINE_DATA], 4 * 6);
    assert_int_equal(b->lines[2][MACHINE_DATA], 4 * 5);
    /* A crossing lies between two visits, and none after the last: 7 among 8 visits. */
    assert_int_equal(footprints.path.visits, 7);
    assert_int_equal(footprints.path.flushed, 7);
    assert_int_equal(footprints.path_instructions[INSTRUCTION_INT], 7);
    assert_int_equal(footprints.path_instructions[INSTRUCTION_IRET], 7);
    footprints_free(&footprints);
    trace_close(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refill),  cmocka_unit_test(test_fully_associative),
        cmocka_unit_test(test_sets),    cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_flushed), cmocka_unit_test(test_tagged),
        cmocka_unit_test(test_caches),  cmocka_unit_test(test_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
