/* Bars and lines: what descriptors are refused, where marks lie, what tables say. */
#include "../test.h"

#include <math.h>

#include "viz_good_charts.h"

static bool keep(void *context, const void *bytes, size_t count)
{
    (void)bytes;
    *(size_t *)context += count;
    return true;
}

static void assert_refused(const struct viz_chart *chart, const char *sentence)
{
    char why[200] = "";
    size_t written = 0;
    assert_false(viz_render(chart, VIZ_SVG, (struct viz_size){0}, keep, &written, why,
                            sizeof why));
    assert_string_equal(why, sentence);
    assert_int_equal(written, 0);
}

static void bad_bars_are_refused(void **state)
{
    (void)state;
    struct viz_chart chart = good_bars();
    chart.title = "";
    assert_refused(&chart, "the chart has no title");
    chart = good_bars();
    chart.bars.bar_count = 0;
    assert_refused(&chart, "expected 1 to 64 bars, found 0");
    chart = good_bars();
    chart.bars.value.scale = VIZ_LOG2;
    assert_refused(&chart, "the value axis must be linear");
    chart = good_bars();
    const double endless[] = {1, INFINITY};
    const struct viz_bar bad = {"call", NULL, endless};
    chart.bars.bars = &bad;
    chart.bars.bar_count = 1;
    assert_refused(&chart, "call is not finite at place 2");
    const struct viz_bar hostile = {"\x1b[2J", NULL, endless};
    chart.bars.bars = &hostile;
    assert_refused(&chart, "\ufffd[2J is not finite at place 2");
}

static void bad_lines_are_refused(void **state)
{
    (void)state;
    struct viz_chart chart = good_lines();
    chart.lines.x.label = NULL;
    assert_refused(&chart, "the x axis has no label");

    struct viz_series series = good_series[0];
    chart = good_lines();
    chart.lines.series = &series;
    const double back[] = {1, 4, 2};
    series.x = back;
    assert_refused(&chart, "the x values of one do not rise at place 3");
    const double zero[] = {0, 1, 2};
    series.x = zero;
    assert_refused(&chart, "one is 0 at place 1, and a logarithmic axis has no place for "
                           "that");
    series = good_series[0];
    series.like = 1;
    assert_refused(&chart, "one is to look like series 1, which does not come before it");
    series = good_series[0];
    series.low = ones;
    assert_refused(&chart, "the spread of one has only one side");

    chart = good_lines();
    chart.lines.crossovers = (const struct viz_crossover[]){{.first = 0, .second = 1}};
    chart.lines.crossover_count = 1;
    assert_refused(&chart, "crossover 1 is of a series that is not there");
}

static void bad_sizes_are_refused(void **state)
{
    (void)state;
    struct viz_chart chart = good_bars();
    char why[200];
    assert_null(viz_values(&chart, (struct viz_size){.width = 100}, why, sizeof why));
    assert_string_equal(why, "the width must be between 320 and 4000");
    assert_null(viz_values(&chart, (struct viz_size){.width = NAN}, why, sizeof why));
    assert_null(viz_values(&chart, (struct viz_size){.height = 1e9}, why, sizeof why));
    assert_string_equal(why, "the height must be between 240 and 4000, or 0");
    /* Sixty-four bars of at least 18 each cannot stand in 400. */
    struct viz_bar many[64];
    for (size_t i = 0; i < 64; i++)
        many[i] = rows[0];
    chart.bars.bars = many;
    chart.bars.bar_count = 64;
    assert_null(viz_values(&chart, (struct viz_size){.height = 400}, why, sizeof why));
    assert_non_null(strstr(why, "a height of 400 is too little: this chart needs at "));
    /* A sentence is never needed, and never overruns. */
    assert_null(viz_values(&chart, (struct viz_size){.height = 400}, NULL, 0));
    char little[8];
    assert_null(viz_values(&chart, (struct viz_size){.height = 400}, little, 8));
    assert_string_equal(little, "a heigh");
}

/* ---- values ---- */

static const struct viz_mark *mark_named(const struct viz_values *values,
                                         const char *label)
{
    for (size_t i = 0; i < values->mark_count; i++)
        if (strcmp(values->marks[i].label, label) == 0)
            return &values->marks[i];
    fail_msg("no mark is labelled \"%s\"", label);
    return NULL;
}

static void bars_are_as_long_as_their_values(void **state)
{
    (void)state;
    struct viz_chart chart = good_bars();
    struct viz_values *values = viz_values(&chart, (struct viz_size){0}, NULL, 0);
    assert_non_null(values);
    const struct viz_mark *border = mark_named(values, "call: border");
    const struct viz_mark *refill = mark_named(values, "call: refill");
    const struct viz_mark *credit = mark_named(values, "reply: refill");
    const struct viz_mark *small = mark_named(values, "reply: border");
    assert_true(near(refill->w, 3 * border->w));
    assert_true(near(credit->w, 1.5 * border->w));
    assert_true(near(refill->x, border->x + border->w)); /* stacked */
    assert_true(near(small->x, border->x));              /* both start at zero */
    assert_true(near(credit->x + credit->w, border->x)); /* credits lie left of it */
    assert_string_equal(refill->text, "300 cycles");
    assert_string_equal(credit->text, "\u2212150 cycles");
    viz_values_free(values);
}

/* Is anything in the SVG filled with this colour? */
static bool fills_with(const struct viz_chart *chart, const char *colour)
{
    char *svg = svg_of(chart);
    bool found = strstr(svg, colour) != NULL;
    free(svg);
    return found;
}

static void a_shade_is_kept_whatever_else_is_shown(void **state)
{
    (void)state;
    static const double one[] = {300};
    static const struct viz_bar alone = {"call", NULL, one};
    /* The second explicit shade. */
    const char *second = "#56b4e9";
    struct viz_chart chart = good_bars();
    chart.bars.segments = &segments[0];
    chart.bars.segment_count = 1;
    chart.bars.bars = &alone;
    chart.bars.bar_count = 1;
    assert_false(fills_with(&chart, second));
    chart.bars.shades = (const size_t[]){1};
    assert_true(fills_with(&chart, second));
}

/* A page full of names in the caption is shown in full: nothing about loss is cut. */
static void the_caption_is_never_cut(void **state)
{
    (void)state;
    char caption[3000] = "";
    for (int i = 0; i < 100; i++)
        strcat(caption, "one more machine, ");
    strcat(caption, "7 records lost");
    struct viz_chart chart = good_bars();
    chart.caption = caption;
    struct viz_values *values =
        viz_values(&chart, (struct viz_size){.width = 320}, NULL, 0);
    assert_non_null(values);
    const struct viz_text_box *last = &values->texts[values->text_count - 1];
    assert_string_equal(last->text + strlen(last->text) - 14, "7 records lost");
    assert_true(last->h > 400); /* 1814 characters at some 45 a line of 13 */
    viz_values_free(values);
}

static void points_lie_at_equal_doublings(void **state)
{
    (void)state;
    struct viz_chart chart = good_lines();
    struct viz_values *values = viz_values(&chart, (struct viz_size){0}, NULL, 0);
    assert_non_null(values);
    const struct viz_mark *one = mark_named(values, "one at 1 pages");
    const struct viz_mark *two = mark_named(values, "one at 2 pages");
    const struct viz_mark *four = mark_named(values, "one at 4 pages");
    assert_true(near(two->x - one->x, four->x - two->x));
    assert_true(near((one->y - four->y) / (one->y - two->y), 5)); /* 15 to 3 */
    viz_values_free(values);
}

static void tables_hold_the_data(void **state)
{
    (void)state;
    static const char *const bars_cells[] = {"call",  "100", "300",       "400",
                                             "reply", "50",  "\u2212150", "\u2212100"};
    struct viz_chart chart = good_bars();
    struct viz_values *values = viz_values(&chart, (struct viz_size){0}, NULL, 0);
    assert_int_equal(values->column_count, 4);
    assert_int_equal(values->row_count, 2);
    assert_string_equal(values->headings[1], "border (cycles)");
    assert_false(values->is_number[0]);
    assert_true(values->is_number[3]);
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(values->cells[i], bars_cells[i]);
    viz_values_free(values);

    const double x[] = {2, 3}, y[] = {NAN, 7};
    const struct viz_series two[] = {good_series[0],
                                     {.name = "two", .x = x, .y = y, .count = 2}};
    static const char *const line_cells[] = {"1", "1", "",  "2", "4",  "",
                                             "3", "",  "7", "4", "16", ""};
    chart = good_lines();
    chart.lines.series = two;
    chart.lines.series_count = 2;
    values = viz_values(&chart, (struct viz_size){0}, NULL, 0);
    assert_int_equal(values->row_count, 4);
    for (size_t i = 0; i < 12; i++)
        assert_string_equal(values->cells[i], line_cells[i]);
    viz_values_free(values);
}

static void a_spread_has_its_columns(void **state)
{
    (void)state;
    static const double low[] = {1, 3, 15}, high[] = {1, 5, 18};
    static const char *const cells[] = {"1", "1", "1", "1",  "2",  "4",
                                        "3", "5", "4", "16", "15", "18"};
    struct viz_series series = good_series[0];
    series.low = low;
    series.high = high;
    struct viz_chart chart = good_lines();
    chart.lines.series = &series;
    struct viz_values *values = viz_values(&chart, (struct viz_size){0}, NULL, 0);
    assert_int_equal(values->column_count, 4);
    assert_string_equal(values->headings[2], "one, least (cycles)");
    assert_string_equal(values->headings[3], "one, largest (cycles)");
    for (size_t i = 0; i < 12; i++)
        assert_string_equal(values->cells[i], cells[i]);
    viz_values_free(values);
}

static void assert_sane(const struct viz_chart *chart)
{
    char why[200];
    struct viz_values *values = viz_values(chart, (struct viz_size){0}, why, sizeof why);
    if (!values)
        fail_msg("%s", why);
    for (size_t i = 0; i < values->mark_count; i++) {
        const struct viz_mark *mark = &values->marks[i];
        assert_true(mark->x > -10 && mark->x + mark->w < values->width + 10);
        assert_true(mark->y > -10 && mark->y + mark->h < values->height + 10);
    }
    viz_values_free(values);
}

static void the_largest_and_smallest_numbers_are_drawn(void **state)
{
    (void)state;
    static const double huge[] = {4e299, 5e299}, tiny[] = {1e-300, 2e-300};
    static const double both[] = {-4e299, 4e299}, nothing[] = {0, 0};
    const double *const extremes[] = {huge, tiny, both, nothing};
    static const double two[] = {1, 2};
    for (size_t i = 0; i < COUNT(extremes); i++) {
        const struct viz_bar bar = {"call", NULL, extremes[i]};
        struct viz_chart chart = good_bars();
        chart.bars.bars = &bar;
        chart.bars.bar_count = 1;
        assert_sane(&chart);

        struct viz_series series = {
            .name = "one", .x = two, .y = extremes[i], .count = 2};
        chart = good_lines();
        chart.lines.series = &series;
        assert_sane(&chart);
        if (extremes[i][0] <= 0)
            continue;
        chart.lines.y.scale = VIZ_LOG10;
        assert_sane(&chart);
        chart.lines.y.scale = VIZ_LOG2;
        assert_sane(&chart);
    }
}

static void the_widest_and_narrowest_ranges_are_drawn(void **state)
{
    (void)state;
    static const double wide[] = {1e-300, 1e299}, fall[] = {1e299, 1e-300};
    struct viz_series series = {.name = "one", .x = wide, .y = fall, .count = 2};
    struct viz_chart chart = good_lines();
    chart.lines.series = &series;
    chart.lines.y.scale = VIZ_LOG10;
    assert_sane(&chart);
    /* Neighbouring doubles. */
    static const double close_by[] = {1, 1 + 2.3e-16};
    series = (struct viz_series){.name = "one", .x = ones, .y = close_by, .count = 2};
    chart.lines.y.scale = VIZ_LINEAR;
    assert_sane(&chart);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_bars_are_refused),
        cmocka_unit_test(bad_lines_are_refused),
        cmocka_unit_test(bad_sizes_are_refused),
        cmocka_unit_test(bars_are_as_long_as_their_values),
        cmocka_unit_test(a_shade_is_kept_whatever_else_is_shown),
        cmocka_unit_test(the_caption_is_never_cut),
        cmocka_unit_test(points_lie_at_equal_doublings),
        cmocka_unit_test(tables_hold_the_data),
        cmocka_unit_test(a_spread_has_its_columns),
        cmocka_unit_test(the_largest_and_smallest_numbers_are_drawn),
        cmocka_unit_test(the_widest_and_narrowest_ranges_are_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
