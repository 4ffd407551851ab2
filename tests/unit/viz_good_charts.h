/* Two charts that are as they should be, to be spoiled one field at a time. */
#ifndef CROSSBILL_VIZ_GOOD_CHARTS_H
#define CROSSBILL_VIZ_GOOD_CHARTS_H

#include <math.h>

#include "viz/viz.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static inline bool near(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

static const struct viz_segment segments[] = {{"border", VIZ_EXPLICIT},
                                              {"refill", VIZ_IMPLICIT}};
static const double call[] = {100, 300}, reply[] = {50, -150};
static const struct viz_bar rows[] = {{"call", NULL, call}, {"reply", NULL, reply}};

static inline struct viz_chart good_bars(void)
{
    return (struct viz_chart){
        .kind = VIZ_BARS,
        .title = "Bars & more",
        .alt = "Two <bars>",
        .bars = {.value = {.label = "cost", .unit = "cycles"},
                 .segments = segments,
                 .segment_count = 2,
                 .bars = rows,
                 .bar_count = 2},
    };
}

static const double ones[] = {1, 2, 4}, squares[] = {1, 4, 16};
static const struct viz_series good_series[] = {
    {.name = "one", .x = ones, .y = squares, .count = 3}};

static inline struct viz_chart good_lines(void)
{
    return (struct viz_chart){
        .kind = VIZ_LINES,
        .title = "Lines",
        .lines = {.x = {.label = "size", .unit = "pages", .scale = VIZ_LOG2},
                  .y = {.label = "cost", .unit = "cycles"},
                  .series = good_series,
                  .series_count = 1},
    };
}

/* The caller frees it. Not inline: gcc 12 would take the result for a dangling pointer.
 */
__attribute__((noinline, unused)) static char *svg_of(const struct viz_chart *chart)
{
    char *bytes, why[200];
    size_t count;
    if (!viz_render_memory(chart, VIZ_SVG, (struct viz_size){0}, &bytes, &count, why,
                           sizeof why))
        fail_msg("%s", why);
    assert_int_equal(strlen(bytes), count);
    return bytes;
}

#endif
