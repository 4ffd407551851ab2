/* Bills by the kinds of crossing and parent, with sums that can be done in the head. */
#include "../test.h"

#include "model/parents.h"

#include <stdlib.h>

/*   1 ipc_call         6 call, of none, in the warm-up
 *   |- 2 ipc_call
 *   |  |- 3 fault      costs -5
 *   |  |- 4 fault      costs 7
 *   |- 5 call          costs 11
 * of 100 each but these. */
static void a_small_forest(void **state)
{
    (void)state;
    const struct parents_bill bills[] = {
        {1, 0, TRACE_PHASE_MEASURED, CROSSING_IPC_CALL, 100},
        {2, 1, TRACE_PHASE_MEASURED, CROSSING_IPC_CALL, 100},
        {3, 2, TRACE_PHASE_MEASURED, CROSSING_FAULT, -5},
        {4, 2, TRACE_PHASE_MEASURED, CROSSING_FAULT, 7},
        {5, 1, TRACE_PHASE_MEASURED, CROSSING_CALL, 11},
        {6, 0, TRACE_PHASE_WARM_UP, CROSSING_CALL, 100}};
    struct ledger *ledger = calloc(1, sizeof *ledger);
    struct parents parents = {0};
    assert_non_null(ledger);
    for (size_t i = sizeof bills / sizeof bills[0]; i-- > 0;)
        assert_true(parents_add(&parents, &bills[i], ledger));
    struct ledger_phase want[LEDGER_PHASES] = {0};
    want[TRACE_PHASE_MEASURED].children[CROSSING_KINDS][CROSSING_IPC_CALL] =
        (struct crossing_children){1, 100};
    want[TRACE_PHASE_MEASURED].children[CROSSING_IPC_CALL][CROSSING_IPC_CALL] =
        (struct crossing_children){1, 100};
    want[TRACE_PHASE_MEASURED].children[CROSSING_IPC_CALL][CROSSING_FAULT] =
        (struct crossing_children){2, 2};
    want[TRACE_PHASE_MEASURED].children[CROSSING_IPC_CALL][CROSSING_CALL] =
        (struct crossing_children){1, 11};
    want[TRACE_PHASE_WARM_UP].children[CROSSING_KINDS][CROSSING_CALL] =
        (struct crossing_children){1, 100};
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        assert_memory_equal(ledger->phase[phase].children, want[phase].children,
                            sizeof want[phase].children);
    parents_free(&parents);
    free(ledger);
}

/* More parents than the maps keep: each is of the one before, calls and faults by turns.
 */
static void a_long_chain(void **state)
{
    (void)state;
    enum { COUNT = 100001 };
    struct ledger *ledger = calloc(1, sizeof *ledger);
    struct parents parents = {0};
    assert_non_null(ledger);
    for (uint32_t number = COUNT; number > 0; number--) {
        struct parents_bill bill = {number, number - 1, TRACE_PHASE_MEASURED,
                                    number % 2 == 0 ? CROSSING_FAULT : CROSSING_CALL, 3};
        assert_true(parents_add(&parents, &bill, ledger));
        assert_true(parents.counts.count < 10000);
    }
    struct crossing_children(*got)[CROSSING_KINDS] =
        ledger->phase[TRACE_PHASE_MEASURED].children;
    assert_int_equal(got[CROSSING_KINDS][CROSSING_CALL].count, 1);
    assert_int_equal(got[CROSSING_CALL][CROSSING_FAULT].count, 50000);
    assert_int_equal(got[CROSSING_FAULT][CROSSING_CALL].count, 50000);
    assert_int_equal(got[CROSSING_FAULT][CROSSING_CALL].mcycles, 150000);
    parents_free(&parents);
    free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_forest),
        cmocka_unit_test(a_long_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
