/* Where two lines cross. */
#include "../test.h"

#include <math.h>

#include "viz_good_charts.h"

static size_t cross(const double *x, const double *first, const double *second,
                    size_t count, enum viz_scale scale, struct viz_point *points)
{
    struct viz_series a = {.name = "a", .x = x, .y = first, .count = count};
    struct viz_series b = {.name = "b", .x = x, .y = second, .count = count};
    return viz_crossovers(&a, &b, scale, VIZ_LINEAR, points, 4);
}

static void straight_lines_cross_once(void **state)
{
    (void)state;
    struct viz_point points[4];
    /* y = x and y = 6 - x / 2 meet where 1.5 x = 6 */
    const double x[] = {0, 8}, first[] = {0, 8}, second[] = {6, 2};
    assert_int_equal(cross(x, first, second, 2, VIZ_LINEAR, points), 1);
    assert_true(near(points[0].x, 4) && near(points[0].y, 4));
}

static void log_axes_are_straight_as_drawn(void **state)
{
    (void)state;
    struct viz_point points[4];
    /* From 16 to 64 the difference goes from -100 to 100: half way on the axis, at 32. */
    const double x[] = {16, 64}, first[] = {300, 300}, second[] = {200, 400};
    assert_int_equal(cross(x, first, second, 2, VIZ_LOG2, points), 1);
    assert_true(near(points[0].x, 32) && near(points[0].y, 300));
}

static void series_need_not_share_their_x(void **state)
{
    (void)state;
    struct viz_point points[4];
    const double x1[] = {0, 10}, y1[] = {0, 10}, x2[] = {2, 3, 7}, y2[] = {5, 5, 5};
    struct viz_series a = {.x = x1, .y = y1, .count = 2},
                      b = {.x = x2, .y = y2, .count = 3};
    assert_int_equal(viz_crossovers(&a, &b, VIZ_LINEAR, VIZ_LINEAR, points, 4), 1);
    assert_true(near(points[0].x, 5) && near(points[0].y, 5));
}

static void touching_is_not_crossing(void **state)
{
    (void)state;
    struct viz_point points[4];
    const double x[] = {0, 1, 2, 3}, flat[] = {5, 5, 5, 5};
    const double touches[] = {3, 5, 4, 5}, passes[] = {3, 5, 5, 7};
    assert_int_equal(cross(x, flat, touches, 4, VIZ_LINEAR, points), 0);
    assert_int_equal(cross(x, flat, passes, 4, VIZ_LINEAR, points), 1);
    assert_true(near(points[0].x, 2)); /* the end of the stretch */
}

static void nothing_crosses_in_a_gap(void **state)
{
    (void)state;
    struct viz_point points[4];
    const double x[] = {0, 1, 2, 3}, flat[] = {5, 5, 5, 5}, gap[] = {3, NAN, 7, 4};
    assert_int_equal(cross(x, flat, gap, 4, VIZ_LINEAR, points), 1);
    assert_true(near(points[0].x, 2 + 2.0 / 3)); /* 7 -> 4 passes 5 after two thirds */
}

static void more_crossings_are_counted_than_kept(void **state)
{
    (void)state;
    struct viz_point points[1];
    const double x[] = {0, 1, 2, 3}, y1[] = {0, 0, 0, 0}, y2[] = {-1, 1, -1, 1};
    struct viz_series a = {.x = x, .y = y1, .count = 4},
                      b = {.x = x, .y = y2, .count = 4};
    assert_int_equal(viz_crossovers(&a, &b, VIZ_LINEAR, VIZ_LINEAR, points, 1), 3);
    assert_true(near(points[0].x, 0.5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(straight_lines_cross_once),
        cmocka_unit_test(log_axes_are_straight_as_drawn),
        cmocka_unit_test(series_need_not_share_their_x),
        cmocka_unit_test(touching_is_not_crossing),
        cmocka_unit_test(nothing_crosses_in_a_gap),
        cmocka_unit_test(more_crossings_are_counted_than_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
