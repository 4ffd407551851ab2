/* Ranges, ticks, and how numbers are written. */
#include "../test.h"

#include <math.h>

#include "viz/scale.h"

#define THIN "\u202f"

static void assert_ticks(const struct ticks *ticks, const double *expected, size_t count)
{
    assert_int_equal(ticks->count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(fabs(ticks->at[i] - expected[i]) <= 1e-9 * fabs(expected[i]));
}
#define ASSERT_TICKS(ticks, ...)                                                         \
    assert_ticks(&(ticks), (const double[]){__VA_ARGS__},                                \
                 sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void nice_steps_are_1_2_2_5_and_5(void **state)
{
    (void)state;
    assert_true(nice_step(1) == 1);
    assert_true(nice_step(1.1) == 2);
    assert_true(nice_step(2.1) == 2.5);
    assert_true(nice_step(2.6) == 5);
    assert_true(nice_step(5.1) == 10);
    assert_true(fabs(nice_step(0.3 / 3) - 0.1) < 1e-12); /* not 0.2 for a rounding */
    assert_true(fabs(nice_step(0.0021) - 0.0025) < 1e-12);
}

static void linear_range_is_rounded_outwards(void **state)
{
    (void)state;
    /* 858 / 5 = 171.6 -> steps of 200 */
    struct scale scale = {.kind = VIZ_LINEAR, .lo = 0, .hi = 858};
    struct ticks ticks = scale_nice(&scale, 5);
    assert_true(scale.lo == 0 && scale.hi == 1000);
    ASSERT_TICKS(ticks, 0, 200, 400, 600, 800, 1000);
    /* 90 / 5 = 18 -> 20; zero itself is a tick */
    scale = (struct scale){.kind = VIZ_LINEAR, .lo = -35, .hi = 55};
    ticks = scale_nice(&scale, 5);
    assert_true(scale.lo == -40 && scale.hi == 60);
    ASSERT_TICKS(ticks, -40, -20, 0, 20, 40, 60);
    assert_true(ticks.at[2] == 0);
}

static void ticks_of_a_range_lie_inside_it(void **state)
{
    (void)state;
    struct scale scale = {.kind = VIZ_LINEAR, .lo = -37, .hi = 858};
    struct ticks ticks = scale_ticks(&scale, 5);
    assert_true(scale.lo == -37 && scale.hi == 858);
    ASSERT_TICKS(ticks, 0, 200, 400, 600, 800);
}

static void bytes_step_by_powers_of_two(void **state)
{
    (void)state;
    /* 5000 / 5 = 1000 -> 1024 */
    struct scale scale = {.kind = VIZ_LINEAR, .lo = 0, .hi = 5000, .binary = true};
    struct ticks ticks = scale_nice(&scale, 5);
    ASSERT_TICKS(ticks, 0, 1024, 2048, 3072, 4096, 5120);
}

static void log2_ticks_are_powers_of_two(void **state)
{
    (void)state;
    struct scale scale = {.kind = VIZ_LOG2, .lo = 2, .hi = 64};
    struct ticks ticks = scale_ticks(&scale, 24);
    ASSERT_TICKS(ticks, 2, 4, 8, 16, 32, 64);
    scale = (struct scale){.kind = VIZ_LOG2, .lo = 3, .hi = 50};
    ticks = scale_ticks(&scale, 24);
    ASSERT_TICKS(ticks, 4, 8, 16, 32);
    ticks = scale_nice(&scale, 24);
    assert_true(scale.lo == 2 && scale.hi == 64);
    /* Ten powers, at most five wanted: every second, and those of even exponents. */
    scale = (struct scale){.kind = VIZ_LOG2, .lo = 1, .hi = 1024};
    ticks = scale_ticks(&scale, 5);
    ASSERT_TICKS(ticks, 1, 4, 16, 64, 256, 1024);
}

static void log10_ticks_are_decades_or_1_2_5(void **state)
{
    (void)state;
    struct scale scale = {.kind = VIZ_LOG10, .lo = 0.0003, .hi = 0.4};
    struct ticks ticks = scale_nice(&scale, 6);
    assert_true(fabs(scale.lo - 0.0002) < 1e-12 && fabs(scale.hi - 0.5) < 1e-12);
    ASSERT_TICKS(ticks, 0.001, 0.01, 0.1);
    scale = (struct scale){.kind = VIZ_LOG10, .lo = 30, .hi = 700};
    ticks = scale_nice(&scale, 6);
    ASSERT_TICKS(ticks, 20, 50, 100, 200, 500, 1000);
}

/* 10^300 / 10^-300 is no double: the range must not be divided. 600 decades in 4
 * steps. */
static void the_widest_range_has_ticks(void **state)
{
    (void)state;
    struct scale scale = {.kind = VIZ_LOG10, .lo = 1e-300, .hi = 1e300};
    struct ticks ticks = scale_ticks(&scale, 4);
    assert_int_equal(ticks.count, 5);
    for (int i = 0; i < 5; i++)
        assert_true(fabs(log10(ticks.at[i]) - (-300 + 150 * i)) < 1e-9);
}

static void an_empty_range_is_widened(void **state)
{
    (void)state;
    struct scale scale = {.kind = VIZ_LINEAR, .lo = 0, .hi = 0};
    scale_widen(&scale);
    assert_true(scale.lo == 0 && scale.hi == 1);
    scale = (struct scale){.kind = VIZ_LINEAR, .lo = -12, .hi = -12};
    scale_widen(&scale);
    assert_true(scale.lo == -18 && scale.hi == -6);
    scale = (struct scale){.kind = VIZ_LOG2, .lo = 64, .hi = 64};
    scale_widen(&scale);
    assert_true(scale.lo == 32 && scale.hi == 128);
}

static void values_are_placed(void **state)
{
    (void)state;
    struct scale linear = {VIZ_LINEAR, 0, 200, 300, 100, false}; /* y grows downwards */
    assert_true(fabs(scale_place(&linear, 50) - 250) < 1e-9);
    struct scale log = {VIZ_LOG2, 2, 32, 100, 500, false};
    assert_true(fabs(scale_place(&log, 8) - 300) < 1e-9); /* half of four doublings */
}

static void assert_short(double value, enum viz_numbers numbers, const char *expected)
{
    char text[NUMBER_SIZE];
    number_short(value, numbers, text);
    assert_string_equal(text, expected);
}

static void numbers_read_well(void **state)
{
    (void)state;
    assert_short(0, VIZ_PLAIN, "0");
    assert_short(-0.0, VIZ_PLAIN, "0");
    assert_short(864, VIZ_PLAIN, "864");
    assert_short(9160, VIZ_PLAIN, "9160");
    assert_short(12100, VIZ_PLAIN, "12" THIN "100");
    assert_short(999999.7, VIZ_PLAIN, "1" THIN "M");
    assert_short(41210337, VIZ_PLAIN, "41.2" THIN "M");
    assert_short(-4.1e9, VIZ_PLAIN, "\u22124.1" THIN "G");
    assert_short(12.5, VIZ_PLAIN, "12.5");
    assert_short(287.6, VIZ_PLAIN, "288");
    assert_short(26.91, VIZ_PLAIN, "26.9");
    assert_short(99.97, VIZ_PLAIN, "100");
    assert_short(0.268, VIZ_PLAIN, "0.268");
    assert_short(0.0571234, VIZ_PLAIN, "0.0571");
    assert_short(0.000021, VIZ_PLAIN, "2.1×10⁻⁵");
    assert_short(1e300, VIZ_PLAIN, "10³⁰⁰");
    assert_short(8192, VIZ_BYTES, "8" THIN "KiB");
    assert_short(1536, VIZ_BYTES, "1.5" THIN "KiB");
    assert_short(0.5, VIZ_PERCENT, "50" THIN "%");
    char text[NUMBER_SIZE];
    number_full(41210337, VIZ_PLAIN, text);
    assert_string_equal(text, "41" THIN "210" THIN "337");
    number_full(1234.5678, VIZ_PLAIN, text);
    assert_string_equal(text, "1234.568");
}

static void assert_tick(double value, const struct ticks *ticks, enum viz_scale kind,
                        const char *expected)
{
    char text[NUMBER_SIZE];
    number_tick(value, VIZ_PLAIN, ticks, kind, text);
    assert_string_equal(text, expected);
}

static void ticks_have_the_decimals_of_their_step(void **state)
{
    (void)state;
    struct ticks quarters = {.at = {0, 0.25, 0.5}, .count = 3, .step = 0.25};
    assert_tick(0, &quarters, VIZ_LINEAR, "0");
    assert_tick(0.5, &quarters, VIZ_LINEAR, "0.50");
    struct ticks millions = {.at = {0, 2.5e6, 5e6}, .count = 3, .step = 2.5e6};
    assert_tick(5e6, &millions, VIZ_LINEAR, "5.0" THIN "M");
    struct ticks powers = {.at = {0.125, 65536, 1048576}, .count = 3, .step = 2};
    assert_tick(0.125, &powers, VIZ_LOG2, "0.125");
    assert_tick(65536, &powers, VIZ_LOG2, "65" THIN "536");
    assert_tick(1048576, &powers, VIZ_LOG2, "2²⁰");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nice_steps_are_1_2_2_5_and_5),
        cmocka_unit_test(linear_range_is_rounded_outwards),
        cmocka_unit_test(ticks_of_a_range_lie_inside_it),
        cmocka_unit_test(bytes_step_by_powers_of_two),
        cmocka_unit_test(log2_ticks_are_powers_of_two),
        cmocka_unit_test(log10_ticks_are_decades_or_1_2_5),
        cmocka_unit_test(the_widest_range_has_ticks),
        cmocka_unit_test(an_empty_range_is_widened),
        cmocka_unit_test(values_are_placed),
        cmocka_unit_test(numbers_read_well),
        cmocka_unit_test(ticks_have_the_decimals_of_their_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
