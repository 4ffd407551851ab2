/* The fast replay agrees with the naive one, line by line, on random traces and machines
 * of every policy and geometry. SEED is the first trace's, 1 if it is not set. */
#include "../test.h"

#include "../compare_ledgers.h"
#include "../loaded_trace.h"
#include "../random_trace.h"
#include "../trace_tools.h"

#define TRACES             700
#define TRACES_LONG        20000 /* where CROSSBILL_LONG is set */
#define MACHINES_PER_TRACE 3

/* Whether the pair tries large pages in page tables that are isolated: the trace has
 * some, and a TLB holds them whole. */
static bool isolates_large_pages(const struct loaded_trace *trace,
                                 const struct machine *machine)
{
    bool held = false, used = false;
    for (size_t i = 0; i < machine->tlb_count; i++)
        for (size_t n = 0; n < machine->tlbs[i].page_size_count; n++)
            held |= machine->tlbs[i].page_sizes[n] == 4194304;
    for (size_t i = 0; i < trace->view.record_count; i++)
        used |= trace->records[i].kind == TRACE_PAGE_TABLE &&
                trace->records[i].detail == TRACE_MAPS_LARGE_PAGE;
    return machine->switching.kpti && held && used;
}

/* One trace on one machine; how many differences. `isolating` counts those pairs. */
static int judge(const struct loaded_trace *trace, uint64_t trace_seed,
                 uint64_t machine_seed, unsigned *isolating)
{
    struct cb_error error;
    char what[64];
    snprintf(what, sizeof what, "trace %llu on machine %llu",
             (unsigned long long)trace_seed, (unsigned long long)machine_seed);
    struct machine machine =
        machine_seed % 3 == 0 ? random_machine(machine_seed) : wild_machine(machine_seed);
    if (!machine_check(&machine, &error))
        fail_msg("%s: %s", what, error.sentence);
    *isolating += isolates_large_pages(trace, &machine);
    struct reference_ledger *naive = reference_replay(&trace->view, &machine);
    assert_non_null(naive);
    struct ledger *fast = replay(trace->reader, &machine, NULL, &error);
    if (fast == NULL)
        fail_msg("%s: record %llu: %s", what, (unsigned long long)error.record,
                 error.sentence);
    int differences = compare_with_reference(fast, naive, &machine, what);
    ledger_free(fast);
    reference_free(naive);
    return differences;
}

static uint64_t number_of(const char *variable, uint64_t fallback)
{
    const char *text = getenv(variable);
    return text != NULL ? strtoull(text, NULL, 10) : fallback;
}

static void agrees_with_the_naive_replay(void **state)
{
    (void)state;
    const char *path = scratch_path("random.xbt");
    uint64_t first = number_of("SEED", 1);
    uint64_t traces = getenv("CROSSBILL_LONG") != NULL ? TRACES_LONG : TRACES;
    unsigned isolating = 0;
    print_message("# traces %llu to %llu, on %d machines each\n",
                  (unsigned long long)first, (unsigned long long)(first + traces - 1),
                  MACHINES_PER_TRACE);
    for (uint64_t seed = first; seed < first + traces; seed++) {
        struct loaded_trace trace;
        struct random_shape shape = random_shape(seed);
        shape.records = 100 + shape.records / 3; /* many short ones */
        shape.tells_first_space = seed % 5 != 0;
        random_trace_write(path, seed, &shape);
        trace_load(&trace, path);
        for (uint64_t i = 0; i < MACHINES_PER_TRACE; i++)
            assert_int_equal(
                judge(&trace, seed, seed * MACHINES_PER_TRACE + i, &isolating), 0);
        trace_unload(&trace);
    }
    print_message("# %u pairs with large pages in isolated page tables\n", isolating);
    assert_true(isolating >= traces / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_naive_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
