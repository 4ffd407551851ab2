/* The fast replay agrees with the naive one, line by line, on random traces and machines
 * of every policy and geometry. */
#include "../test.h"

#include "../compare_ledgers.h"
#include "../loaded_trace.h"
#include "../random_trace.h"
#include "../trace_tools.h"

#define TRACES             150
#define MACHINES_PER_TRACE 3

/* One trace on one machine; how many differences. */
static int judge(const struct loaded_trace *trace, uint64_t trace_seed,
                 uint64_t machine_seed)
{
    struct cb_error error;
    char what[64];
    snprintf(what, sizeof what, "trace %llu on machine %llu",
             (unsigned long long)trace_seed, (unsigned long long)machine_seed);
    struct machine machine = random_machine(machine_seed);
    assert_null(reference_covers(&machine));
    if (!machine_check(&machine, &error))
        fail_msg("%s: %s", what, error.sentence);
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

static void agrees_with_the_naive_replay(void **state)
{
    (void)state;
    const char *path = scratch_path("random.xbt");
    for (uint64_t seed = 1; seed <= TRACES; seed++) {
        struct loaded_trace trace;
        struct random_shape shape = random_shape(seed);
        random_trace_write(path, seed, &shape);
        trace_load(&trace, path);
        for (uint64_t i = 0; i < MACHINES_PER_TRACE; i++)
            assert_int_equal(judge(&trace, seed, seed * MACHINES_PER_TRACE + i), 0);
        trace_unload(&trace);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_naive_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
