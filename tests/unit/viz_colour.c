/* Colours: told apart, read on, and printed in grey. */
#include "../test.h"

#include <math.h>

#include "viz/colour.h"

/* CIE L* from the luminance: CIE 15:2004. */
static double lightness(struct colour colour)
{
    double y = colour_luminance(colour);
    return y > 216.0 / 24389 ? 116 * cbrt(y) - 16 : y * 24389 / 27;
}

static void the_map_darkens_in_equal_steps(void **state)
{
    (void)state;
    /* From 96 to 24. A colour cut off at the limits of sRGB would miss its lightness. */
    for (int i = 0; i <= 100; i++) {
        double expected = 96 - 0.72 * i;
        assert_true(fabs(lightness(colour_of_share(i / 100.0)) - expected) < 0.2);
    }
}

static void the_map_stays_inside_its_ends(void **state)
{
    (void)state;
    struct colour low = colour_of_share(0), below = colour_of_share(-1);
    struct colour high = colour_of_share(1), above = colour_of_share(7);
    assert_memory_equal(&low, &below, sizeof low);
    assert_memory_equal(&high, &above, sizeof high);
}

static void contrast_is_that_of_wcag(void **state)
{
    (void)state;
    struct colour black = {0, 0, 0}, white = {1, 1, 1};
    assert_true(fabs(colour_contrast(black, white) - 21) < 1e-9);
    assert_true(fabs(colour_contrast(white, black) - 21) < 1e-9);
    assert_true(fabs(colour_contrast(white, white) - 1) < 1e-9);
}

/* WCAG 2.1, 1.4.3: text of ordinary size needs 4.5. */
static void values_can_be_read_on_every_fill(void **state)
{
    (void)state;
    for (enum viz_group group = VIZ_WORK; group <= VIZ_IDLE; group++)
        for (size_t i = 0; i < 8; i++) {
            struct colour ground = fill_of_group(group, i).colour;
            double contrast = colour_contrast(ground, colour_on(ground));
            if (contrast < 4.5)
                fail_msg("group %d, fill %zu has contrast %.2f", (int)group, i, contrast);
        }
    for (int i = 0; i <= 100; i++) {
        struct colour ground = colour_of_share(i / 100.0);
        if (colour_contrast(ground, colour_on(ground)) < 4.5)
            fail_msg("the map at %d %% has contrast %.2f", i,
                     colour_contrast(ground, colour_on(ground)));
    }
}

static bool same_colour(struct colour a, struct colour b)
{
    return a.r == b.r && a.g == b.g && a.b == b.b;
}

static void no_two_fills_of_a_group_are_alike(void **state)
{
    (void)state;
    for (enum viz_group group = VIZ_WORK; group <= VIZ_IDLE; group++)
        for (size_t i = 0; i < 8; i++)
            for (size_t j = 0; j < i; j++) {
                struct fill a = fill_of_group(group, i), b = fill_of_group(group, j);
                assert_false(a.hatch == b.hatch && same_colour(a.colour, b.colour));
            }
}

static void neighbours_in_a_group_differ_in_hatch(void **state)
{
    (void)state;
    for (enum viz_group group = VIZ_WORK; group <= VIZ_IDLE; group++)
        for (size_t i = 1; i < 8; i++)
            assert_int_not_equal(fill_of_group(group, i).hatch,
                                 fill_of_group(group, i - 1).hatch);
}

static void no_line_is_yellow_and_no_two_are_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < VIZ_MAX_SERIES; i++) {
        struct stroke a = stroke_of_series(i);
        assert_true(colour_contrast(a.colour, COLOUR_PAPER) > 2);
        for (size_t j = 0; j < i; j++) {
            struct stroke b = stroke_of_series(j);
            bool same_dash = a.dash_count == b.dash_count &&
                             memcmp(a.dash, b.dash, sizeof a.dash) == 0;
            assert_false(same_dash && same_colour(a.colour, b.colour));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_map_darkens_in_equal_steps),
        cmocka_unit_test(the_map_stays_inside_its_ends),
        cmocka_unit_test(contrast_is_that_of_wcag),
        cmocka_unit_test(values_can_be_read_on_every_fill),
        cmocka_unit_test(no_two_fills_of_a_group_are_alike),
        cmocka_unit_test(neighbours_in_a_group_differ_in_hatch),
        cmocka_unit_test(no_line_is_yellow_and_no_two_are_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
