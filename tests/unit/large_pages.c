/* A kernel that maps itself by pages of 4 MiB, recorded with and without: the same
 * instructions and accesses, fewer misses of its own, and what memory.large_pages=kernel
 * makes of the recording without is the recording with, to the last count. */
#include "../test.h"

#include "../loaded_trace.h"
#include "../trace_tools.h"
#include "kernel-trace/recorder/recorder.h"
#include "model/model.h"
#include "traces/check.h"
#include "traces/hash.h"

static struct recording_knob knobs[] = {
    {"pages", "12"}, {"requests", "40"}, {"warm_up", "4"}, {"largepages", "1"}};
#define PLAIN_KNOBS 3 /* without the last */

static void record_as(const char *path, const char *scenario, const char *structure,
                      bool large)
{
    struct cb_error error;
    struct recording_request request = {.output = path,
                                        .scenario = scenario,
                                        .structure = structure,
                                        .knobs = knobs,
                                        .knob_count = PLAIN_KNOBS + large,
                                        .kernel = "build/" RECORDING_KERNEL,
                                        .plugin = "build/" RECORDING_PLUGIN,
                                        .time_limit_seconds = 60};
    struct recording_result result;
    if (!record_run(&request, &result, &error))
        fail_msg("%s", error.sentence);
}

static void record(const char *path, bool large)
{
    record_as(path, "pingpong", "l3-large", large);
}

struct both {
    struct loaded_trace small, large;
};

static int record_both(void **state)
{
    struct both *both = calloc(1, sizeof *both);
    assert_non_null(both);
    const char *path = scratch_path("small.xbt");
    record(path, false);
    trace_load(&both->small, path);
    path = scratch_path("large.xbt");
    record(path, true);
    trace_load(&both->large, path);
    *state = both;
    return 0;
}

static int forget_both(void **state)
{
    struct both *both = *state;
    trace_unload(&both->small);
    trace_unload(&both->large);
    free(both);
    return 0;
}

static void the_same_but_for_the_pages(void **state)
{
    const struct both *both = *state;
    const struct reference_trace *small = &both->small.view, *large = &both->large.view;
    size_t pages = 0;
    assert_int_equal(small->record_count, large->record_count);
    for (size_t i = 0; i < small->record_count; i++) {
        const struct trace_record *a = &small->records[i], *b = &large->records[i];
        if (a->kind == TRACE_PAGE_TABLE && b->detail == TRACE_MAPS_LARGE_PAGE) {
            assert_int_equal(a->kind, b->kind);
            assert_int_equal(a->a, b->a);
            assert_int_equal(a->code, b->code);
            assert_true(a->code >= 768); /* the kernel's window */
            assert_int_equal(b->b, (uint64_t)(b->code - 768) << 22);
            pages++;
        } else {
            assert_same_record(b, a, i);
        }
    }
    assert_int_equal(pages, 2); /* one for each of the two directories */
}

static void checks_clean_and_is_the_same_again(void **state)
{
    const struct both *both = *state;
    struct check_result result;
    struct cb_error error;
    assert_true(trace_check(both->large.reader, NULL, NULL, &result, &error));
    for (int kind = 0; kind < CHECK_KINDS; kind++)
        assert_int_equal(result.found[kind], 0);
    char first[65], second[65];
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("large.xbt"));
    assert_true(hash_file(path, first, &error));
    snprintf(path, sizeof path, "%s", scratch_path("again.xbt"));
    record(path, true);
    assert_true(hash_file(path, second, &error));
    assert_string_equal(first, second);
}

static struct ledger *replay_with(const struct loaded_trace *trace, const char *name,
                                  size_t set_count, const char *const *sets)
{
    struct cb_error error;
    struct machine machine;
    if (!machine_load(&machine, name, "model/machines", sets, set_count, &error))
        fail_msg("%s: %s", name, error.sentence);
    struct ledger *ledger = replay(trace->reader, &machine, NULL, &error);
    if (ledger == NULL)
        fail_msg("%s: %s", name, error.sentence);
    machine_free(&machine);
    return ledger;
}

static struct ledger *replay_on(const struct loaded_trace *trace, const char *name,
                                const char *set)
{
    return replay_with(trace, name, set != NULL, &set);
}

/* Misses of code of the kernel's, in the shared world: all accounts but those of the
 * counterfactuals are its events. */
static int64_t kernel_misses(const struct ledger *ledger, enum side side,
                             enum component component)
{
    const struct ledger_domain *kernel = &ledger->phase[TRACE_PHASE_MEASURED].domains[0];
    int64_t misses = 0;
    assert_int_equal(kernel->id, 0);
    for (int account = 0; account < ACCOUNTS; account++)
        misses += kernel->line[account].counts.n[side][component];
    return misses;
}

/* What the kernel misses on a machine, with small pages and with large ones. */
struct misses {
    int64_t data[2], code[2];
};

static struct misses count_both(const struct both *both, const char *name,
                                const char *set)
{
    struct misses misses;
    for (int large = 0; large < 2; large++) {
        struct ledger *ledger = replay_on(large ? &both->large : &both->small, name, set);
        misses.data[large] = kernel_misses(ledger, SIDE_DATA, COMPONENT_DTLB);
        misses.code[large] = kernel_misses(ledger, SIDE_FETCH, COMPONENT_ITLB);
        ledger_free(ledger);
    }
    return misses;
}

/* 40 calls and replies load CR3 80 times. Each then reads three pages of the kernel's
 * data (the task state segment, and the control blocks of both threads), or one large
 * page; its code lies in one page. What more there is was cold, and is less than a
 * switch's. */
static void the_kernel_misses_less(void **state)
{
    struct misses misses = count_both(*state, "pentium-100", NULL);
    assert_int_equal(misses.data[0] / 80, 3);
    assert_int_equal(misses.data[1] / 80, 1);
    assert_int_equal(misses.code[0] / 80, 1); /* the code TLB has no large pages: */
    assert_int_equal(misses.code[1], misses.code[0]);
    misses = count_both(*state, "pentium-pro", "switch.cr3_flushes=all");
    assert_int_equal(misses.data[0] / 80, 3);
    assert_int_equal(misses.data[1] / 80, 1);
    assert_true(misses.code[1] < misses.code[0]);
    misses = count_both(*state, "i486-50", NULL); /* it takes them apart */
    assert_int_equal(misses.data[1], misses.data[0]);
    assert_int_equal(misses.code[1], misses.code[0]);
}

/* Mach's path is longer than a page, so its code, too, takes fewer entries. */
static void mach_misses_less_code(void **state)
{
    (void)state;
    const char *path = scratch_path("mach.xbt");
    struct loaded_trace trace;
    record_as(path, "file", "mach", false);
    trace_load(&trace, path);
    struct ledger *ledger = replay_on(&trace, "pentium-pro", "switch.cr3_flushes=all");
    int64_t small = kernel_misses(ledger, SIDE_FETCH, COMPONENT_ITLB);
    ledger_free(ledger);
    ledger = replay_with(
        &trace, "pentium-pro", 2,
        (const char *const[]){"switch.cr3_flushes=all", "memory.large_pages=kernel"});
    int64_t large = kernel_misses(ledger, SIDE_FETCH, COMPONENT_ITLB);
    assert_true(large > 0);
    assert_true(3 * large < small);
    ledger_free(ledger);
    trace_unload(&trace);
}

/* A load from the kernel's window, in a trace whose kernel has this window. */
static void refuses(uint64_t base, uint64_t limit, uint64_t paddr, uint64_t record,
                    enum cb_code code, const char *sentence)
{
    struct cb_error error;
    struct machine machine;
    const char *set = "memory.large_pages=kernel";
    const char *path = scratch_path("refused.xbt");
    struct trace_writer *w = trace_create(path, "{}", &error);
    trace_put_domain(w, &(struct trace_domain){.base = base, .limit = limit});
    trace_put_fetch(w, trace_put_code(w, 0xc0000000, 0x400000, (uint8_t[]){0x90}, 1), 0);
    trace_put_data(w, TRACE_LOAD, 0xc03ff000, 0x7ff000, 4);
    trace_put_data(w, TRACE_LOAD, 0xc0401000, paddr, 4);
    assert_true(trace_finish(w, &error));
    struct trace_reader *reader = trace_open(path, &error);
    assert_non_null(reader);
    assert_true(machine_load(&machine, "tiny", "model/machines", &set, 1, &error));
    assert_null(replay(reader, &machine, NULL, &error));
    assert_string_equal(error.sentence, sentence);
    assert_int_equal(error.code, code);
    assert_int_equal(error.record, record);
    machine_free(&machine);
    trace_close(reader);
}

static void what_no_large_page_can_hold_is_refused(void **state)
{
    (void)state;
    refuses(0xc0000000, 0xc0800000, 0x802000, 2, CB_TRACE,
            "memory.large_pages=kernel: 0xc0401000 lies at 0x802000, where no page of 4 "
            "MiB can have it");
    refuses(0xc0100000, 0xc03ff000, 0x801000, CB_NOWHERE, CB_USAGE,
            "memory.large_pages=kernel: the window that the trace gives its kernel, "
            "0xc0100000 to 0xc03ff000, holds no page of 4 MiB");
}

static bool same_domain(const struct ledger_domain *a, const struct ledger_domain *b)
{
    return memcmp(a->line, b->line, sizeof a->line) == 0 &&
           memcmp(a->refilled_after_flush, b->refilled_after_flush,
                  sizeof a->refilled_after_flush) == 0 &&
           memcmp(a->warmth_resident, b->warmth_resident, sizeof a->warmth_resident) == 0;
}

static void the_what_if_is_what_is_recorded(void **state)
{
    static const char *const machines[] = {"i486-50", "pentium-100", "pentium-pro",
                                           "skylake", "zen4",        "cortex-a53"};
    const struct both *both = *state;
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        struct ledger *recorded = replay_on(&both->large, machines[i], NULL);
        struct ledger *what_if =
            replay_on(&both->small, machines[i], "memory.large_pages=kernel");
        assert_int_equal(what_if->total_mcycles, recorded->total_mcycles);
        assert_memory_equal(what_if->structures, recorded->structures,
                            recorded->structure_count * sizeof *recorded->structures);
        for (int phase = 0; phase < LEDGER_PHASES; phase++)
            for (size_t d = 0; d < recorded->domain_count; d++)
                assert_true(same_domain(&what_if->phase[phase].domains[d],
                                        &recorded->phase[phase].domains[d]));
        ledger_free(recorded);
        ledger_free(what_if);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_but_for_the_pages),
        cmocka_unit_test(checks_clean_and_is_the_same_again),
        cmocka_unit_test(the_kernel_misses_less),
        cmocka_unit_test(mach_misses_less_code),
        cmocka_unit_test(the_what_if_is_what_is_recorded),
        cmocka_unit_test(what_no_large_page_can_hold_is_refused),
    };
    return cmocka_run_group_tests(tests, record_both, forget_both);
}
