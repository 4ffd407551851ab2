/* Heatmaps, areas, timelines and distributions: where their marks lie, what their tables
 * say, and what they refuse. */
#include "../test.h"

#include <math.h>

#include "viz/viz.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-6 * fmax(1, fmax(fabs(a), fabs(b)));
}

static struct viz_values *values_of(const struct viz_chart *chart)
{
    char why[200];
    struct viz_values *values = viz_values(chart, (struct viz_size){0}, why, sizeof why);
    if (!values)
        fail_msg("%s", why);
    return values;
}

static const struct viz_mark *mark_named(const struct viz_values *values,
                                         const char *label)
{
    for (size_t i = 0; i < values->mark_count; i++)
        if (strcmp(values->marks[i].label, label) == 0)
            return &values->marks[i];
    fail_msg("no mark is labelled \"%s\"", label);
    return NULL;
}

static size_t marks_starting(const struct viz_values *values, const char *start)
{
    size_t count = 0;
    for (size_t i = 0; i < values->mark_count; i++)
        count += strncmp(values->marks[i].label, start, strlen(start)) == 0;
    return count;
}

static void assert_cells(const struct viz_values *values, const char *const *cells,
                         size_t count)
{
    assert_int_equal(values->column_count * values->row_count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(values->cells[i], cells[i]);
}

static void assert_refused(const struct viz_chart *chart, const char *sentence)
{
    char why[200] = "";
    assert_null(viz_values(chart, (struct viz_size){0}, why, sizeof why));
    assert_string_equal(why, sentence);
}

/* ---- heatmap ---- */

static const char *const columns[] = {"32", "64", "128"};
static const char *const rows[] = {"small", "large"};
static const double cells[] = {30, 20, 50, NAN, 40, 10};

static struct viz_chart heatmap(void)
{
    return (struct viz_chart){
        .kind = VIZ_HEATMAP,
        .title = "A heatmap",
        .heatmap = {.x_label = "entries",
                    .y_label = "domain",
                    .value = {.label = "cost", .unit = "cycles"},
                    .columns = columns,
                    .column_count = 3,
                    .rows = rows,
                    .row_count = 2,
                    .values = cells,
                    .best = VIZ_LEAST_IN_COLUMN},
    };
}

static void cells_form_a_grid(void **state)
{
    (void)state;
    struct viz_chart chart = heatmap();
    struct viz_values *values = values_of(&chart);
    assert_int_equal(values->mark_count, 5); /* the gap has none */
    const struct viz_mark *first = mark_named(values, "domain small, entries 32");
    const struct viz_mark *second = mark_named(values, "domain small, entries 64");
    const struct viz_mark *below = mark_named(values, "domain large, entries 64");
    assert_true(near(second->x, first->x + first->w) && near(second->y, first->y));
    assert_true(near(below->y, second->y + second->h) && near(below->x, second->x));
    static const char *const table[] = {"small", "30", "20", "50",
                                        "large", "",   "40", "10"};
    assert_cells(values, table, COUNT(table));
    viz_values_free(values);
}

static void the_least_is_marked(void **state)
{
    (void)state;
    struct viz_chart chart = heatmap();
    struct viz_values *values = values_of(&chart);
    assert_string_equal(mark_named(values, "domain small, entries 32")->text,
                        "30 cycles, the least in its column"); /* beside a gap */
    assert_string_equal(mark_named(values, "domain small, entries 64")->text,
                        "20 cycles, the least in its column");
    assert_string_equal(mark_named(values, "domain large, entries 64")->text,
                        "40 cycles");
    viz_values_free(values);
    chart.heatmap.best = VIZ_LEAST_OF_ALL;
    values = values_of(&chart);
    assert_string_equal(mark_named(values, "domain small, entries 64")->text,
                        "20 cycles");
    assert_string_equal(mark_named(values, "domain large, entries 128")->text,
                        "10 cycles, the least of all");
    viz_values_free(values);
    chart.heatmap.best = VIZ_LEAST_IN_ROW;
    values = values_of(&chart);
    assert_string_equal(mark_named(values, "domain small, entries 64")->text,
                        "20 cycles, the least in its row");
    viz_values_free(values);
}

static bool has_text(const struct viz_values *values, const char *text)
{
    for (size_t i = 0; i < values->text_count; i++)
        if (strcmp(values->texts[i].text, text) == 0)
            return true;
    return false;
}

static void cells_hold_values_when_all_fit(void **state)
{
    (void)state;
    struct viz_chart chart = heatmap();
    struct viz_values *values = values_of(&chart);
    assert_true(has_text(values, "40"));
    viz_values_free(values);
    /* Sixty-four columns of at most 12: a number of four figures cannot fit. */
    static const char *names[64];
    static double numbers[64];
    for (size_t i = 0; i < 64; i++) {
        names[i] = "a";
        numbers[i] = 1000 + (double)i;
    }
    chart.heatmap.columns = names;
    chart.heatmap.column_count = 64;
    chart.heatmap.row_count = 1;
    chart.heatmap.values = numbers;
    values = values_of(&chart);
    assert_false(has_text(values, "1001"));
    viz_values_free(values);
}

static void bad_heatmaps_are_refused(void **state)
{
    (void)state;
    struct viz_chart chart = heatmap();
    chart.heatmap.x_label = NULL;
    assert_refused(&chart, "rows and columns need a label");
    chart = heatmap();
    chart.heatmap.row_count = 65;
    assert_refused(&chart, "expected 1 to 64 rows, found 65");
    chart = heatmap();
    const double with_zero[] = {1, 2, 0, 1, 2, 3};
    chart.heatmap.values = with_zero;
    chart.heatmap.value.scale = VIZ_LOG10;
    assert_refused(&chart, "the heatmap is 0 at place 3, and a logarithmic axis has no "
                           "place for that");
}

/* ---- area ---- */

static const double at[] = {0, 10, 20};
static const double lower[] = {10, 20, 10}, upper[] = {30, 20, 0};
static const struct viz_layer layers[] = {{"kernel", lower, true},
                                          {"server", upper, false}};

static struct viz_chart area(void)
{
    return (struct viz_chart){
        .kind = VIZ_AREA,
        .title = "An area",
        .area = {.x = {.label = "time", .unit = "cycles"},
                 .y = {.label = "held", .unit = "entries"},
                 .at = at,
                 .point_count = 3,
                 .layers = layers,
                 .layer_count = 2,
                 .capacity = 64},
    };
}

static void layers_lie_on_one_another(void **state)
{
    (void)state;
    struct viz_chart chart = area();
    struct viz_values *values = values_of(&chart);
    const struct viz_mark *kernel = mark_named(values, "kernel at 0 cycles");
    const struct viz_mark *server = mark_named(values, "server at 0 cycles");
    assert_true(near(server->h, 3 * kernel->h));
    assert_true(near(server->y + server->h, kernel->y));
    assert_true(near(mark_named(values, "kernel at 10 cycles")->h, 2 * kernel->h));
    /* At the ends a mark has only half of the middle one's width. */
    assert_true(near(mark_named(values, "kernel at 10 cycles")->w, 2 * kernel->w));
    assert_true(has_text(values, "capacity: 64 entries"));
    static const char *const table[] = {"0",  "10", "30", "10", "20",
                                        "20", "20", "10", "0"};
    assert_cells(values, table, COUNT(table));
    viz_values_free(values);
}

static void bad_areas_are_refused(void **state)
{
    (void)state;
    struct viz_chart chart = area();
    chart.area.point_count = 1;
    assert_refused(&chart, "expected at least 2 points, found 1");
    chart = area();
    const double back[] = {0, 5, 5};
    chart.area.at = back;
    assert_refused(&chart, "the x values do not rise at place 3");
    chart = area();
    const double negative[] = {1, -1, 1};
    const struct viz_layer layer = {"server", negative, false};
    chart.area.layers = &layer;
    chart.area.layer_count = 1;
    assert_refused(&chart, "server is negative at place 2");
    chart = area();
    chart.area.capacity = NAN;
    assert_refused(&chart, "the capacity has no value at place 1");
}

/* ---- timeline ---- */

static const struct viz_lane lanes[] = {{"client", false}, {"kernel", true}};
static const struct viz_span spans[] = {{0, 0, 100}, {1, 100, 120}, {0, 120, 200}};
static const struct viz_edge edges[] = {{100, 0, 1, "call"}, {120, 1, 0, NULL}};
static const struct viz_burst bursts[] = {{1, 100, 3}, {0, 130, 12}};

static struct viz_chart timeline(void)
{
    return (struct viz_chart){
        .kind = VIZ_TIMELINE,
        .title = "A timeline",
        .timeline = {.time = {.label = "time", .unit = "cycles"},
                     .lanes = lanes,
                     .lane_count = 2,
                     .spans = spans,
                     .span_count = 3,
                     .edges = edges,
                     .edge_count = 2,
                     .bursts = bursts,
                     .burst_count = 2,
                     .burst_label = "refills"},
    };
}

static void time_runs_from_left_to_right(void **state)
{
    (void)state;
    struct viz_chart chart = timeline();
    struct viz_values *values = values_of(&chart);
    assert_int_equal(marks_starting(values, "client runs"), 2);
    const struct viz_mark *kernel = mark_named(values, "kernel runs");
    const struct viz_mark *first = mark_named(values, "client runs");
    const struct viz_mark *call = mark_named(values, "call, from client to kernel");
    assert_true(near(first->w, 5 * kernel->w)); /* 100 and 20 cycles */
    assert_true(near(kernel->x, first->x + first->w));
    assert_true(near(call->x + call->w / 2, kernel->x));
    const struct viz_mark *low = mark_named(values, "kernel: refills");
    const struct viz_mark *high = mark_named(values, "client: refills");
    assert_true(near(high->h, 4 * low->h)); /* 12 and 3 */
    assert_string_equal(high->text, "12");
    static const char *const table[] = {"100",     "call",   "client",  "kernel",
                                        "",        "100",    "refills", "",
                                        "kernel",  "3",      "120",     "border crossing",
                                        "kernel",  "client", "",        "130",
                                        "refills", "",       "client",  "12"};
    assert_cells(values, table, COUNT(table));
    viz_values_free(values);
}

/* Ten thousand turns of one cycle on some 660 lengths: spans of a lane are never half a
 * length apart, so each lane has but one bar, which says how long the lane ran. */
static void what_lies_on_one_place_is_drawn_once(void **state)
{
    (void)state;
    enum { TURNS = 10000 };
    struct viz_span *many = calloc(TURNS, sizeof *many);
    struct viz_edge *crossings = calloc(TURNS, sizeof *crossings);
    assert_non_null(many);
    assert_non_null(crossings);
    for (size_t i = 0; i < TURNS; i++) {
        many[i] = (struct viz_span){i % 2, (double)i, (double)i + 1};
        crossings[i] = (struct viz_edge){(double)i, 0, 1, NULL};
    }
    struct viz_chart chart = timeline();
    chart.timeline.spans = many;
    chart.timeline.span_count = TURNS;
    chart.timeline.edges = crossings;
    chart.timeline.edge_count = TURNS;
    chart.timeline.burst_count = 0;
    struct viz_values *values = values_of(&chart);
    assert_int_equal(marks_starting(values, "client runs"), 1);
    assert_int_equal(marks_starting(values, "kernel runs"), 1);
    assert_string_equal(mark_named(values, "client runs")->text, "5000 cycles");
    size_t drawn = marks_starting(values, "from client to kernel");
    assert_in_range(drawn, 500, 2 * 760);
    assert_int_equal(values->row_count, TURNS); /* the table has them all */
    viz_values_free(values);
    free(crossings);
    free(many);
}

static void bad_timelines_are_refused(void **state)
{
    (void)state;
    struct viz_chart chart = timeline();
    chart.timeline.span_count = 0;
    chart.timeline.edge_count = 0;
    chart.timeline.burst_count = 0;
    assert_refused(&chart, "nothing happens in the timeline");
    chart = timeline();
    chart.timeline.lane_count = 1;
    assert_refused(&chart, "span 2 is on a lane that is not there");
    chart = timeline();
    const struct viz_edge unordered[] = {{100, 0, 1, NULL}, {99, 1, 0, NULL}};
    chart.timeline.edges = unordered;
    assert_refused(&chart, "edge 2 comes before the one before it");
    chart = timeline();
    const struct viz_span backwards[] = {{0, 100, 0}};
    chart.timeline.spans = backwards;
    chart.timeline.span_count = 1;
    assert_refused(&chart, "span 1 ends before it begins");
    chart = timeline();
    chart.timeline.time.scale = VIZ_LOG2;
    assert_refused(&chart, "the time axis must be linear");
}

/* ---- distribution ---- */

static const double ten[] = {9, 1, 8, 2, 7, 3, 6, 4, 5, 10};
static const double costs[] = {432, 123, 180}, counts[] = {1, 90, 9};

static struct viz_chart distribution(enum viz_distribution_look look)
{
    static const struct viz_sample samples[] = {
        {.name = "ten", .values = ten, .count = 10},
        {.name = "calls", .values = costs, .counts = counts, .count = 3}};
    return (struct viz_chart){
        .kind = VIZ_DISTRIBUTION,
        .title = "A distribution",
        .distribution = {.x = {.label = "cost", .unit = "cycles"},
                         .look = look,
                         .samples = samples,
                         .sample_count = 2},
    };
}

static void percentiles_are_values_of_the_sample(void **state)
{
    (void)state;
    const struct viz_sample plain = {.values = ten, .count = 10};
    assert_true(viz_percentile(&plain, 0) == 1);
    assert_true(viz_percentile(&plain, 0.1) == 1);
    assert_true(viz_percentile(&plain, 0.11) == 2);
    assert_true(viz_percentile(&plain, 0.5) == 5);
    assert_true(viz_percentile(&plain, 0.9) == 9);
    assert_true(viz_percentile(&plain, 0.99) == 10);
    assert_true(viz_percentile(&plain, 1) == 10);
    const struct viz_sample counted = {.values = costs, .counts = counts, .count = 3};
    assert_true(viz_percentile(&counted, 0.9) == 123); /* 90 of 100 */
    assert_true(viz_percentile(&counted, 0.91) == 180);
    assert_true(viz_percentile(&counted, 0.99) == 180);
    assert_true(viz_percentile(&counted, 0.995) == 432);
}

static void tables_hold_order_statistics(void **state)
{
    (void)state;
    /* mean: (90 x 123 + 9 x 180 + 432) / 100 = 131.22 */
    static const char *const table[] = {"ten", "10",  "1",     "5",     "9",   "10",
                                        "10",  "5.5", "calls", "100",   "123", "123",
                                        "123", "180", "432",   "131.22"};
    struct viz_chart chart = distribution(VIZ_ECDF);
    struct viz_values *values = values_of(&chart);
    assert_cells(values, table, COUNT(table));
    viz_values_free(values);
}

static void bins_hold_every_value_once(void **state)
{
    (void)state;
    struct viz_chart chart = distribution(VIZ_HISTOGRAM);
    struct viz_values *values = values_of(&chart);
    double sums[2] = {0, 0};
    for (size_t i = 0; i < values->mark_count; i++)
        sums[strncmp(values->marks[i].label, "calls", 5) == 0] += values->marks[i].value;
    assert_true(near(sums[0], 1) && near(sums[1], 1));
    /* 431 / 40 = 10.8, so bins are 20 wide: 1 to 10 share the first, from 0. */
    assert_string_equal(mark_named(values, "ten: 0 to below 20")->text, "100\u202f%");
    assert_string_equal(mark_named(values, "calls: 120 to below 140")->text, "90\u202f%");
    assert_string_equal(mark_named(values, "calls: 420 to below 440")->text, "1\u202f%");
    assert_true(has_text(values, "p99 180"));
    viz_values_free(values);
}

static void ecdf_reaches_the_levels_at_the_percentiles(void **state)
{
    (void)state;
    struct viz_chart chart = distribution(VIZ_ECDF);
    struct viz_values *values = values_of(&chart);
    assert_string_equal(mark_named(values, "ten at 5 cycles")->text, "50\u202f%");
    assert_string_equal(mark_named(values, "calls at 180 cycles")->text, "99\u202f%");
    assert_string_equal(mark_named(values, "ten at 432 cycles")->text, "100\u202f%");
    viz_values_free(values);
}

static void bad_distributions_are_refused(void **state)
{
    (void)state;
    struct viz_chart chart = distribution(VIZ_HISTOGRAM);
    const double none[] = {1, 0, 1}, gap[] = {1, NAN, 2};
    struct viz_sample sample = {
        .name = "calls", .values = costs, .counts = none, .count = 3};
    chart.distribution.samples = &sample;
    chart.distribution.sample_count = 1;
    assert_refused(&chart, "the count of calls at place 2 is not a positive number");
    sample = (struct viz_sample){.name = "calls", .values = gap, .count = 3};
    assert_refused(&chart, "calls has no value at place 2");
    sample = (struct viz_sample){.name = "calls", .values = costs};
    assert_refused(&chart, "calls has no values");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_form_a_grid),
        cmocka_unit_test(the_least_is_marked),
        cmocka_unit_test(cells_hold_values_when_all_fit),
        cmocka_unit_test(bad_heatmaps_are_refused),
        cmocka_unit_test(layers_lie_on_one_another),
        cmocka_unit_test(bad_areas_are_refused),
        cmocka_unit_test(time_runs_from_left_to_right),
        cmocka_unit_test(what_lies_on_one_place_is_drawn_once),
        cmocka_unit_test(bad_timelines_are_refused),
        cmocka_unit_test(percentiles_are_values_of_the_sample),
        cmocka_unit_test(tables_hold_order_statistics),
        cmocka_unit_test(bins_hold_every_value_once),
        cmocka_unit_test(ecdf_reaches_the_levels_at_the_percentiles),
        cmocka_unit_test(bad_distributions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
