/* Random charts, always the same: whatever results come, no text lies on another or
 * leaves the page, and every mark is a finite box on the page. */
#include "../test.h"

#include <math.h>

#include "viz/viz.h"

#define CHARTS 250

static uint32_t state;

static double unit(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state / 4294967296.0;
}

static size_t below(size_t n)
{
    return (size_t)(unit() * (double)n);
}

static bool one_in(size_t n)
{
    return below(n) == 0;
}

/* From tiny to huge, mostly ordinary. */
static double magnitude(void)
{
    return pow(10, one_in(4) ? 24 * unit() - 9 : 1 + 3 * unit()) * (0.1 + unit());
}

static const char *name(void)
{
    static const char *const names[] = {
        "kernel path",
        "l3-small",
        "x",
        "",
        "refill after flush",
        "application",
        "a very long name that nobody would give to anything but that a trace may hold",
        "\xff\xc0",
        "日本語のドメイン",
        "עברית",
        "<b>&lt;</b>",
        "tab\there",
        "128",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"};
    return names[below(sizeof names / sizeof *names)];
}

static struct viz_axis axis(enum viz_scale scale)
{
    static const char *const labels[] = {
        "cost", "size of the domain",
        "a label that is much too long for a page as narrow as some are, and goes on"};
    return (struct viz_axis){.label = labels[below(3)],
                             .unit = one_in(2) ? "cycles" : NULL,
                             .scale = scale,
                             .numbers = one_in(3) ? (enum viz_numbers)below(3) : 0};
}

static enum viz_scale any_scale(void)
{
    return (enum viz_scale)below(3);
}

/* ---- storage for one chart, used again for the next ---- */

static double numbers[20000];
static size_t used;

static double *rising(size_t count, bool positive)
{
    double *all = &numbers[used], at = positive ? magnitude() : magnitude() - 100;
    used += count;
    for (size_t i = 0; i < count; i++) {
        all[i] = at;
        at += fabs(at) * unit() + 1e-3 * magnitude() + 1;
    }
    return all;
}

static double *amounts(size_t count, bool may_be_negative, size_t nan_one_in)
{
    double *all = &numbers[used], size = magnitude();
    used += count;
    for (size_t i = 0; i < count; i++) {
        all[i] = size * unit() * (one_in(5) ? 0.01 : 1);
        if (may_be_negative && one_in(5))
            all[i] = one_in(2) ? 0 : -all[i];
        if (nan_one_in > 0 && one_in(nan_one_in))
            all[i] = NAN;
    }
    return all;
}

static struct viz_reference references[VIZ_MAX_REFERENCES];

static size_t some_references(double lo, double hi, bool also_horizontal)
{
    size_t count = one_in(2) ? 0 : below(VIZ_MAX_REFERENCES);
    for (size_t i = 0; i < count; i++)
        references[i] =
            (struct viz_reference){.at = lo + (hi - lo) * unit(),
                                   .label = name(),
                                   .horizontal = also_horizontal && one_in(6)};
    return count;
}

/* ---- a chart of each kind ---- */

static struct viz_chart random_bars(void)
{
    static struct viz_segment segments[VIZ_MAX_SEGMENTS];
    static struct viz_bar bars[VIZ_MAX_BARS];
    struct viz_bars all = {.value = axis(VIZ_LINEAR), .segments = segments, .bars = bars};
    all.layout = one_in(3) ? VIZ_SIDE_BY_SIDE : VIZ_STACKED;
    all.segment_count = 1 + below(one_in(4) ? VIZ_MAX_SEGMENTS : 6);
    all.bar_count = 1 + below(one_in(4) ? VIZ_MAX_BARS : 6);
    all.without_groups = one_in(2);
    for (size_t i = 0; i < all.segment_count; i++)
        segments[i] = (struct viz_segment){name(), (enum viz_group)below(VIZ_GROUPS)};
    const char *heading = name();
    for (size_t i = 0; i < all.bar_count; i++) {
        heading = one_in(3) ? name() : heading;
        bars[i] = (struct viz_bar){name(), one_in(3) ? NULL : heading,
                                   amounts(all.segment_count, true, one_in(9) ? 9 : 0)};
    }
    all.references = references;
    all.reference_count = some_references(-100, magnitude(), false);
    return (struct viz_chart){.kind = VIZ_BARS, .bars = all};
}

static struct viz_chart random_lines(void)
{
    static struct viz_series series[VIZ_MAX_SERIES];
    static struct viz_crossover crossovers[VIZ_MAX_SERIES];
    struct viz_lines all = {.x = axis(any_scale()),
                            .y = axis(any_scale()),
                            .series = series,
                            .crossovers = crossovers};
    bool linear_y = all.y.scale == VIZ_LINEAR;
    all.y_from_zero = one_in(2);
    all.series_count = 1 + below(VIZ_MAX_SERIES);
    for (size_t i = 0; i < all.series_count; i++) {
        size_t count = 1 + below(30);
        series[i] = (struct viz_series){.name = name(),
                                        .x = rising(count, all.x.scale != VIZ_LINEAR),
                                        .y = amounts(count, linear_y, 12),
                                        .count = count,
                                        .look = (enum viz_look)below(4),
                                        .like = one_in(3) ? below(i + 1) : 0};
        if (one_in(5)) {
            series[i].low = amounts(count, linear_y, 9);
            series[i].high = amounts(count, linear_y, 9);
        }
    }
    all.crossover_count = below(4);
    for (size_t i = 0; i < all.crossover_count; i++)
        crossovers[i] = (struct viz_crossover){
            below(all.series_count), below(all.series_count), one_in(2) ? name() : NULL};
    all.references = references;
    const struct viz_series *first = &series[0];
    all.reference_count =
        some_references(first->x[0], first->x[first->count - 1] + 1, linear_y);
    return (struct viz_chart){.kind = VIZ_LINES, .lines = all};
}

static struct viz_chart random_heatmap(void)
{
    static const char *names[2][VIZ_MAX_CELLS_ACROSS];
    enum viz_scale scale = any_scale();
    struct viz_heatmap all = {.x_label = name(), .y_label = name(), .value = axis(scale)};
    all.columns = names[0];
    all.rows = names[1];
    all.column_count = 1 + below(one_in(3) ? VIZ_MAX_CELLS_ACROSS : 8);
    all.row_count = 1 + below(one_in(3) ? VIZ_MAX_CELLS_ACROSS : 8);
    for (size_t i = 0; i < VIZ_MAX_CELLS_ACROSS; i++) {
        names[0][i] = name();
        names[1][i] = name();
    }
    all.values = amounts(all.column_count * all.row_count, scale == VIZ_LINEAR,
                         one_in(3) ? 1 + below(5) : 0);
    all.best = (enum viz_best)below(4);
    return (struct viz_chart){.kind = VIZ_HEATMAP, .heatmap = all};
}

static struct viz_chart random_area(void)
{
    static struct viz_layer layers[VIZ_MAX_SERIES];
    struct viz_area all = {.x = axis(any_scale()), .y = axis(VIZ_LINEAR)};
    all.layers = layers;
    all.point_count = 2 + below(one_in(3) ? 900 : 20);
    all.at = rising(all.point_count, all.x.scale != VIZ_LINEAR);
    /* A long rise by factors would leave the numbers; by steps it does not. */
    for (size_t i = 0; i < all.point_count; i++)
        numbers[used - all.point_count + i] = (double)(i + 1) * 3;
    all.layer_count = 1 + below(VIZ_MAX_SERIES);
    for (size_t i = 0; i < all.layer_count; i++)
        layers[i] =
            (struct viz_layer){name(), amounts(all.point_count, false, 0), one_in(5)};
    all.capacity = one_in(2) ? magnitude() : 0;
    return (struct viz_chart){.kind = VIZ_AREA, .area = all};
}

static struct viz_chart random_timeline(void)
{
    static struct viz_lane lanes[VIZ_MAX_LANES];
    static struct viz_span spans[200];
    static struct viz_edge edges[200];
    static struct viz_burst bursts[200];
    struct viz_timeline all = {.time = axis(VIZ_LINEAR),
                               .lanes = lanes,
                               .spans = spans,
                               .edges = edges,
                               .bursts = bursts,
                               .burst_label = one_in(4) ? NULL : name()};
    all.lane_count = 1 + below(one_in(4) ? VIZ_MAX_LANES : 5);
    for (size_t i = 0; i < all.lane_count; i++)
        lanes[i] = (struct viz_lane){name(), one_in(4)};
    all.span_count = below(one_in(2) ? 200 : 8);
    all.edge_count = 1 + below(one_in(2) ? 199 : 8);
    all.burst_count = below(one_in(2) ? 200 : 8);
    double at = 0;
    for (size_t i = 0; i < 200; i++) {
        double length = 1000 * unit();
        size_t lane = below(all.lane_count), other = below(all.lane_count);
        spans[i] = (struct viz_span){lane, at, at + length * unit()};
        edges[i] = (struct viz_edge){at, lane, other, one_in(3) ? NULL : name()};
        bursts[i] = (struct viz_burst){lane, at, one_in(9) ? 0 : magnitude()};
        at += one_in(6) ? 0 : length;
    }
    return (struct viz_chart){.kind = VIZ_TIMELINE, .timeline = all};
}

static struct viz_chart random_distribution(void)
{
    static struct viz_sample samples[VIZ_MAX_SERIES];
    enum viz_scale scale = any_scale();
    struct viz_distribution all = {.x = axis(scale), .samples = samples};
    all.look = one_in(2) ? VIZ_ECDF : VIZ_HISTOGRAM;
    all.sample_count = 1 + below(one_in(3) ? VIZ_MAX_SERIES : 3);
    for (size_t i = 0; i < all.sample_count; i++) {
        size_t count = 1 + below(one_in(2) ? 900 : 4);
        samples[i] = (struct viz_sample){.name = name(), .count = count};
        samples[i].values = amounts(count, scale == VIZ_LINEAR, 0);
        if (one_in(3))
            samples[i].counts = rising(1 + 0 * count, true);
        if (samples[i].counts)
            samples[i].count = 1;
    }
    return (struct viz_chart){.kind = VIZ_DISTRIBUTION, .distribution = all};
}

static struct viz_chart random_chart(void)
{
    struct viz_chart chart = {.kind = VIZ_BARS};
    used = 0;
    switch ((enum viz_kind)below(6)) {
    case VIZ_BARS:
        chart = random_bars();
        break;
    case VIZ_LINES:
        chart = random_lines();
        break;
    case VIZ_HEATMAP:
        chart = random_heatmap();
        break;
    case VIZ_AREA:
        chart = random_area();
        break;
    case VIZ_TIMELINE:
        chart = random_timeline();
        break;
    case VIZ_DISTRIBUTION:
        chart = random_distribution();
        break;
    }
    chart.title = "A chart";
    chart.subtitle = one_in(2) ? name() : NULL;
    chart.caption = one_in(2) ? name() : NULL;
    return chart;
}

/* ---- what must hold ---- */

static bool on_page(const struct viz_values *values, double x, double y, double w,
                    double h)
{
    return isfinite(x + y + w + h) && w >= 0 && h >= 0 && x >= -0.1 && y >= -0.1 &&
           x + w <= values->width + 0.1 && y + h <= values->height + 0.1;
}

static void check_values(const struct viz_values *values, enum viz_kind kind,
                         size_t which)
{
    for (size_t i = 0; i < values->text_count; i++) {
        const struct viz_text_box *a = &values->texts[i];
        if (!on_page(values, a->x, a->y, a->w, a->h))
            fail_msg("chart %zu of kind %d, %g wide: \"%s\" leaves the page", which,
                     (int)kind, values->width, a->text);
        for (size_t j = 0; j < i; j++) {
            const struct viz_text_box *b = &values->texts[j];
            if (a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h &&
                b->y < a->y + a->h)
                fail_msg("chart %zu of kind %d, %g x %g: \"%s\" lies on \"%s\"", which,
                         (int)kind, values->width, values->height, a->text, b->text);
        }
    }
    for (size_t i = 0; i < values->mark_count; i++) {
        const struct viz_mark *mark = &values->marks[i];
        if (!on_page(values, mark->x, mark->y, mark->w, mark->h))
            fail_msg("chart %zu of kind %d, %g wide: mark \"%s\" at %g %g %g %g", which,
                     (int)kind, values->width, mark->label, mark->x, mark->y, mark->w,
                     mark->h);
    }
}

static void random_charts_are_legible(void **unused)
{
    (void)unused;
    state = 20240917;
    for (size_t which = 0; which < CHARTS; which++) {
        struct viz_chart chart = random_chart();
        struct viz_size size = {.width = 320 + (double)below(900)};
        char why[200];
        struct viz_values *values = viz_values(&chart, size, why, sizeof why);
        if (!values)
            fail_msg("chart %zu of kind %d: %s", which, (int)chart.kind, why);
        check_values(values, chart.kind, which);
        double natural = values->height;
        viz_values_free(values);
        /* Any height is either refused with a sentence or drawn just as well. */
        size.height = fmin(fmax(natural * (0.3 + unit()), 240), 4000);
        why[0] = '\0';
        values = viz_values(&chart, size, why, sizeof why);
        if (values)
            check_values(values, chart.kind, which);
        else
            assert_non_null(strstr(why, "is too little"));
        viz_values_free(values);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_charts_are_legible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
