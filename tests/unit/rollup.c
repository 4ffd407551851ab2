/* Bills rolled up the call tree, with sums that can be done in the head. */
#include "../test.h"

#include "model/rollup.h"

#include <stdlib.h>

/* They come from the last to the first. */
struct seen {
    int64_t *mcycles; /* by number */
    uint32_t next;
    int64_t own;
};

static bool see(void *context, const struct rollup_visit *visit)
{
    struct seen *seen = context;
    assert_int_equal(visit->number, seen->next);
    assert_int_equal(visit->own, seen->own);
    seen->mcycles[seen->next--] = visit->item->mcycles;
    return true;
}

static void roll(const uint32_t *parents, uint32_t count, int64_t own, int64_t *mcycles)
{
    struct rollup rollup;
    struct seen seen = {mcycles, count, own};
    assert_true(rollup_init(&rollup));
    for (uint32_t i = 0; i < count; i++) {
        struct rollup_item item = {.mcycles = own, .parent = parents[i]};
        assert_true(rollup_add(&rollup, &item));
    }
    assert_true(rollup_each(&rollup, see, &seen));
    assert_int_equal(seen.next, 0);
    rollup_free(&rollup);
}

/*   1           5
 *   |- 2        |- 6     and 4 is of 1 too, though it comes after 3
 *   |  |- 3
 *   |- 4
 * of 10 each: 3, 4, 6: 10; 2: 20; 1: 10 + 20 + 10; 5: 20. */
static void a_small_forest(void **state)
{
    (void)state;
    const uint32_t parents[6] = {0, 1, 2, 1, 0, 5};
    int64_t got[7] = {0};
    const int64_t want[7] = {0, 40, 20, 10, 10, 20, 10};
    roll(parents, 6, 10, got);
    assert_memory_equal(got, want, sizeof want);
}

/* Longer than two blocks, and more parents than the map keeps. In a chain each has itself
 * and all after it. */
static void a_long_chain(void **state)
{
    (void)state;
    enum { COUNT = 2 * ROLLUP_BLOCK + 3 };
    uint32_t *parents = calloc(COUNT, sizeof *parents);
    int64_t *got = calloc(COUNT + 1, sizeof *got);
    assert_non_null(parents);
    assert_non_null(got);
    for (uint32_t i = 0; i < COUNT; i++)
        parents[i] = i;
    roll(parents, COUNT, 3, got);
    for (uint32_t number = 1; number <= COUNT; number++)
        assert_int_equal(got[number], 3 * (int64_t)(COUNT - number + 1));
    free(parents);
    free(got);
}

/* Exactly one block, exactly two, and none. */
static void whole_blocks(void **state)
{
    (void)state;
    uint32_t *parents = calloc(2 * ROLLUP_BLOCK, sizeof *parents);
    int64_t *got = calloc(2 * ROLLUP_BLOCK + 1, sizeof *got);
    assert_non_null(parents);
    assert_non_null(got);
    for (uint32_t i = 1; i < 2 * ROLLUP_BLOCK; i++)
        parents[i] = 1; /* all of the first */
    for (uint32_t blocks = 0; blocks <= 2; blocks++) {
        roll(parents, blocks * ROLLUP_BLOCK, -2, got);
        assert_int_equal(got[1], -2 * (int64_t)blocks * ROLLUP_BLOCK);
    }
    free(parents);
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_forest),
        cmocka_unit_test(a_long_chain),
        cmocka_unit_test(whole_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
