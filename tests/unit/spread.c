/* Mean and spread of several draws, in integers. */
#include "../test.h"

#include "model/spread.h"

static struct draws draws_of(const int64_t *values, size_t count)
{
    struct draws draws = {0};
    for (size_t i = 0; i < count; i++)
        draws_add(&draws, values[i]);
    return draws;
}

static void by_hand(void **state)
{
    (void)state;
    /* Mean 40 / 8 = 5; squared differences 9 1 1 1 0 0 4 16 = 32; 32 / 7 = 4.57; its root
     * is 2.1. */
    const int64_t values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    struct draws draws = draws_of(values, 8);
    assert_int_equal(draws.count, 8);
    assert_int_equal(draws_mean(&draws), 5);
    assert_int_equal(draws_deviation(&draws), 2);
    assert_int_equal(draws.min, 2);
    assert_int_equal(draws.max, 9);
}

/* (1 + 2) / 2 and (-1 - 2) / 2 lie between; the nearest away from the first value. */
static void rounding(void **state)
{
    (void)state;
    struct draws up = draws_of((const int64_t[]){1, 2}, 2);
    struct draws down = draws_of((const int64_t[]){-1, -2}, 2);
    assert_int_equal(draws_mean(&up), 2);
    assert_int_equal(draws_mean(&down), -2);
}

/* Differences whose squares need more than 64 bits: around 2^60, 2^40 to either side. The
 * squared differences are 2^80 each, two of them over 2 - 1: the root of 2^81 is 2^40
 * times 1.41421356..., 1554944255987.7. */
static void large_values(void **state)
{
    (void)state;
    const int64_t middle = INT64_C(1) << 60, away = INT64_C(1) << 40;
    const int64_t values[] = {middle - away, middle + away};
    struct draws draws = draws_of(values, 2);
    assert_int_equal(draws_mean(&draws), middle);
    assert_int_equal(draws_deviation(&draws), INT64_C(1554944255987));
}

static void one_and_none(void **state)
{
    (void)state;
    struct draws one = draws_of((const int64_t[]){-7}, 1), none = {0};
    assert_int_equal(draws_mean(&one), -7);
    assert_int_equal(draws_deviation(&one), 0);
    assert_int_equal(draws_mean(&none), 0);
}

static void seeds_are_derived(void **state)
{
    (void)state;
    struct cb_error error;
    struct machine machine, same;
    assert_true(machine_load(&machine, "mips-r4000", "model/machines", NULL, 0, &error));
    assert_true(machine_draws(&machine));
    same = machine;
    machine_reseed(&same, 0);
    assert_true(machine_equal(&machine, &same));
    for (uint64_t draw = 1; draw < 20; draw++) {
        same = machine;
        machine_reseed(&same, draw);
        assert_false(machine_equal(&machine, &same));
        assert_true(machine_check(&same, &error));
    }
    machine_free(&machine);
}

/* A direct-mapped structure has no choice, so nothing is drawn. */
static void what_draws(void **state)
{
    (void)state;
    struct cb_error error;
    struct machine machine;
    assert_true(machine_load(&machine, "tiny", "model/machines", NULL, 0, &error));
    assert_false(machine_draws(&machine));
    machine.caches[0].replacement = MACHINE_RANDOM;
    machine.caches[0].ways = 1;
    assert_false(machine_draws(&machine));
    machine.caches[0].ways = 2;
    assert_true(machine_draws(&machine));
    machine_free(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),           cmocka_unit_test(rounding),
        cmocka_unit_test(large_values),      cmocka_unit_test(one_and_none),
        cmocka_unit_test(seeds_are_derived), cmocka_unit_test(what_draws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
