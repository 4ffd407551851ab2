/* check.c - is the descriptor one that can be drawn? After this, drawing cannot fail.
 *
 * Each check leaves its sentence and returns false. Names in a sentence are cleaned, so
 * that it is safe on a terminal.
 */
#include "viz/frame.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>

struct answer {
    char *why;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static bool no(const struct answer *answer,
                                                     const char *format, ...)
{
    if (!answer->why || answer->size == 0)
        return false;
    va_list args;
    va_start(args, format);
    char *sentence = g_strdup_vprintf(format, args), *clean = clean_text(sentence);
    va_end(args);
    g_strlcpy(answer->why, clean, answer->size);
    g_free(sentence);
    g_free(clean);
    return false;
}

static bool count_between(const struct answer *answer, const char *what, size_t count,
                          size_t least, size_t most, const void *array)
{
    if (count < least && most == SIZE_MAX)
        return no(answer, "expected at least %zu %s, found %zu", least, what, count);
    if (count < least || count > most)
        return no(answer, "expected %zu to %zu %s, found %zu", least, most, what, count);
    if (count > 0 && !array)
        return no(answer, "the %s are missing", what);
    return true;
}

static bool named(const struct answer *answer, const char *what, size_t which,
                  const char *name)
{
    return name ? true : no(answer, "%s %zu has no name", what, which + 1);
}

static bool check_axis(const struct answer *answer, const struct viz_axis *axis,
                       const char *which, bool must_be_linear)
{
    if (!axis->label || !*axis->label)
        return no(answer, "the %s axis has no label", which);
    if ((unsigned)axis->scale > VIZ_LOG10 || (unsigned)axis->numbers > VIZ_PERCENT)
        return no(answer, "the %s axis has an unknown scale or kind of numbers", which);
    if (must_be_linear && axis->scale != VIZ_LINEAR)
        return no(answer, "the %s axis must be linear", which);
    return true;
}

/* Beyond this the arithmetic of scales would overflow. */
#define HUGE_VALUE 1e300

static bool check_number(const struct answer *answer, const char *what, size_t which,
                         double value, bool may_be_nan)
{
    if (isnan(value) && may_be_nan)
        return true;
    if (isnan(value))
        return no(answer, "%s has no value at place %zu", what, which + 1);
    if (fabs(value) > HUGE_VALUE)
        return no(answer, "%s is not finite at place %zu", what, which + 1);
    return true;
}

static bool check_on_axis(const struct answer *answer, const char *what, size_t which,
                          double value, const struct viz_axis *axis, bool may_be_nan)
{
    if (!check_number(answer, what, which, value, may_be_nan))
        return false;
    if (axis->scale != VIZ_LINEAR && value < 1e-300)
        return no(answer,
                  "%s is %g at place %zu, and a logarithmic axis has no place for "
                  "that",
                  what, value, which + 1);
    return true;
}

static bool check_references(const struct answer *answer,
                             const struct viz_reference *references, size_t count,
                             const struct viz_axis *x, const struct viz_axis *y)
{
    if (!count_between(answer, "reference lines", count, 0, VIZ_MAX_REFERENCES,
                       references))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct viz_axis *axis = references[i].horizontal ? y : x;
        if (!named(answer, "reference line", i, references[i].label) ||
            !check_on_axis(answer, "the reference line", i, references[i].at, axis,
                           false))
            return false;
    }
    return true;
}

/* ---- bars ---- */

static bool check_bar(const struct answer *answer, const struct viz_bars *bars,
                      size_t row)
{
    const struct viz_bar *bar = &bars->bars[row];
    if (!named(answer, "bar", row, bar->name))
        return false;
    if (!bar->values)
        return no(answer, "bar %zu has no values", row + 1);
    double sum = 0;
    for (size_t i = 0; i < bars->segment_count; i++) {
        if (!check_number(answer, bar->name, i, bar->values[i], true))
            return false;
        sum += fabs(bar->values[i]);
    }
    return check_number(answer, "the total of a bar", row, sum, true);
}

static bool check_bars(const struct answer *answer, const struct viz_bars *bars)
{
    if (!check_axis(answer, &bars->value, "value", true) ||
        !count_between(answer, "segments", bars->segment_count, 1, VIZ_MAX_SEGMENTS,
                       bars->segments) ||
        !count_between(answer, "bars", bars->bar_count, 1, VIZ_MAX_BARS, bars->bars) ||
        !check_references(answer, bars->references, bars->reference_count, &bars->value,
                          &bars->value))
        return false;
    if ((unsigned)bars->layout > VIZ_SIDE_BY_SIDE)
        return no(answer, "the layout of the bars is unknown");
    for (size_t i = 0; i < bars->segment_count; i++) {
        if (!named(answer, "segment", i, bars->segments[i].name))
            return false;
        if ((unsigned)bars->segments[i].group >= VIZ_GROUPS)
            return no(answer, "segment %zu is of an unknown group", i + 1);
    }
    for (size_t row = 0; row < bars->bar_count; row++)
        if (!check_bar(answer, bars, row))
            return false;
    return true;
}

/* ---- lines ---- */

static bool check_spread(const struct answer *answer, const struct viz_lines *lines,
                         const struct viz_series *series)
{
    if (!series->low != !series->high)
        return no(answer, "the spread of %s has only one side", series->name);
    for (size_t n = 0; series->low && n < series->count; n++)
        if (!check_on_axis(answer, series->name, n, series->low[n], &lines->y, true) ||
            !check_on_axis(answer, series->name, n, series->high[n], &lines->y, true))
            return false;
    return true;
}

static bool check_series(const struct answer *answer, const struct viz_lines *lines,
                         size_t which)
{
    const struct viz_series *series = &lines->series[which];
    if (!named(answer, "series", which, series->name))
        return false;
    if ((unsigned)series->look > VIZ_STEPS)
        return no(answer, "the look of %s is unknown", series->name);
    if (series->like > which)
        return no(answer, "%s is to look like series %zu, which does not come before it",
                  series->name, series->like);
    if (series->count == 0 || !series->x || !series->y)
        return no(answer, "%s has no points", series->name);
    for (size_t n = 0; n < series->count; n++) {
        if (!check_on_axis(answer, series->name, n, series->x[n], &lines->x, false) ||
            !check_on_axis(answer, series->name, n, series->y[n], &lines->y, true))
            return false;
        if (n > 0 && series->x[n] <= series->x[n - 1])
            return no(answer, "the x values of %s do not rise at place %zu", series->name,
                      n + 1);
    }
    return check_spread(answer, lines, series);
}

static bool check_lines(const struct answer *answer, const struct viz_lines *lines)
{
    if (!check_axis(answer, &lines->x, "x", false) ||
        !check_axis(answer, &lines->y, "y", false) ||
        !count_between(answer, "series", lines->series_count, 1, VIZ_MAX_SERIES,
                       lines->series) ||
        !check_references(answer, lines->references, lines->reference_count, &lines->x,
                          &lines->y) ||
        !count_between(answer, "crossovers", lines->crossover_count, 0, VIZ_MAX_SERIES,
                       lines->crossovers))
        return false;
    for (size_t i = 0; i < lines->series_count; i++)
        if (!check_series(answer, lines, i))
            return false;
    for (size_t i = 0; i < lines->crossover_count; i++)
        if (lines->crossovers[i].first >= lines->series_count ||
            lines->crossovers[i].second >= lines->series_count)
            return no(answer, "crossover %zu is of a series that is not there", i + 1);
    return true;
}

/* ---- heatmap ---- */

static bool check_names(const struct answer *answer, const char *what,
                        const char *const *names, size_t count)
{
    if (!count_between(answer, what, count, 1, VIZ_MAX_CELLS_ACROSS, names))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!names[i])
            return no(answer, "one of the %s, number %zu, has no name", what, i + 1);
    return true;
}

static bool check_heatmap(const struct answer *answer, const struct viz_heatmap *heatmap)
{
    if (!heatmap->x_label || !heatmap->y_label)
        return no(answer, "rows and columns need a label");
    if (!check_axis(answer, &heatmap->value, "value", false) ||
        !check_names(answer, "columns", heatmap->columns, heatmap->column_count) ||
        !check_names(answer, "rows", heatmap->rows, heatmap->row_count))
        return false;
    if (!heatmap->values)
        return no(answer, "the values are missing");
    if ((unsigned)heatmap->best > VIZ_LEAST_OF_ALL)
        return no(answer, "which cells are the best is unknown");
    for (size_t i = 0; i < heatmap->row_count * heatmap->column_count; i++)
        if (!check_on_axis(answer, "the heatmap", i, heatmap->values[i], &heatmap->value,
                           true))
            return false;
    return true;
}

/* ---- area ---- */

static bool check_layer(const struct answer *answer, const struct viz_area *area,
                        size_t which)
{
    const struct viz_layer *layer = &area->layers[which];
    if (!named(answer, "layer", which, layer->name))
        return false;
    if (!layer->values)
        return no(answer, "%s has no values", layer->name);
    for (size_t n = 0; n < area->point_count; n++) {
        if (!check_number(answer, layer->name, n, layer->values[n], false))
            return false;
        if (layer->values[n] < 0)
            return no(answer, "%s is negative at place %zu", layer->name, n + 1);
    }
    return true;
}

static bool check_area(const struct answer *answer, const struct viz_area *area)
{
    if (!check_axis(answer, &area->x, "x", false) ||
        !check_axis(answer, &area->y, "y", true) ||
        !count_between(answer, "points", area->point_count, 2, SIZE_MAX, area->at) ||
        !count_between(answer, "layers", area->layer_count, 1, VIZ_MAX_SERIES,
                       area->layers) ||
        !check_number(answer, "the capacity", 0, area->capacity, false))
        return false;
    if (area->capacity < 0)
        return no(answer, "the capacity is negative");
    for (size_t n = 0; n < area->point_count; n++) {
        if (!check_on_axis(answer, "the x axis", n, area->at[n], &area->x, false))
            return false;
        if (n > 0 && area->at[n] <= area->at[n - 1])
            return no(answer, "the x values do not rise at place %zu", n + 1);
    }
    for (size_t i = 0; i < area->layer_count; i++)
        if (!check_layer(answer, area, i))
            return false;
    return true;
}

/* ---- timeline ---- */

static bool check_time(const struct answer *answer, const char *what, size_t which,
                       double at, double before)
{
    if (!check_number(answer, what, which, at, false))
        return false;
    return at >= before
               ? true
               : no(answer, "%s %zu comes before the one before it", what, which + 1);
}

static bool check_lane(const struct answer *answer, const struct viz_timeline *timeline,
                       const char *what, size_t which, size_t lane)
{
    return lane < timeline->lane_count
               ? true
               : no(answer, "%s %zu is on a lane that is not there", what, which + 1);
}

static bool check_spans(const struct answer *answer, const struct viz_timeline *timeline)
{
    double before = -INFINITY;
    for (size_t i = 0; i < timeline->span_count; i++) {
        const struct viz_span *span = &timeline->spans[i];
        if (!check_lane(answer, timeline, "span", i, span->lane) ||
            !check_time(answer, "span", i, span->from, before) ||
            !check_number(answer, "span", i, span->to, false))
            return false;
        if (span->to < span->from)
            return no(answer, "span %zu ends before it begins", i + 1);
        before = span->from;
    }
    return true;
}

static bool check_edges(const struct answer *answer, const struct viz_timeline *timeline)
{
    double before = -INFINITY;
    for (size_t i = 0; i < timeline->edge_count; i++) {
        const struct viz_edge *edge = &timeline->edges[i];
        if (!check_lane(answer, timeline, "edge", i, edge->from) ||
            !check_lane(answer, timeline, "edge", i, edge->to) ||
            !check_time(answer, "edge", i, edge->at, before))
            return false;
        before = edge->at;
    }
    return true;
}

static bool check_bursts(const struct answer *answer, const struct viz_timeline *timeline)
{
    double before = -INFINITY;
    for (size_t i = 0; i < timeline->burst_count; i++) {
        const struct viz_burst *burst = &timeline->bursts[i];
        if (!check_lane(answer, timeline, "burst", i, burst->lane) ||
            !check_time(answer, "burst", i, burst->at, before) ||
            !check_number(answer, "burst", i, burst->amount, false))
            return false;
        if (burst->amount < 0)
            return no(answer, "burst %zu is negative", i + 1);
        before = burst->at;
    }
    return true;
}

static bool check_timeline(const struct answer *answer,
                           const struct viz_timeline *timeline)
{
    if (!check_axis(answer, &timeline->time, "time", true) ||
        !count_between(answer, "lanes", timeline->lane_count, 1, VIZ_MAX_LANES,
                       timeline->lanes) ||
        !count_between(answer, "spans", timeline->span_count, 0, SIZE_MAX,
                       timeline->spans) ||
        !count_between(answer, "edges", timeline->edge_count, 0, SIZE_MAX,
                       timeline->edges) ||
        !count_between(answer, "bursts", timeline->burst_count, 0, SIZE_MAX,
                       timeline->bursts))
        return false;
    if (timeline->span_count + timeline->edge_count + timeline->burst_count == 0)
        return no(answer, "nothing happens in the timeline");
    for (size_t i = 0; i < timeline->lane_count; i++)
        if (!named(answer, "lane", i, timeline->lanes[i].name))
            return false;
    return check_spans(answer, timeline) && check_edges(answer, timeline) &&
           check_bursts(answer, timeline);
}

/* ---- distribution ---- */

static bool check_sample(const struct answer *answer, const struct viz_axis *axis,
                         const struct viz_sample *sample, size_t which)
{
    if (!named(answer, "sample", which, sample->name))
        return false;
    if (sample->count == 0 || !sample->values)
        return no(answer, "%s has no values", sample->name);
    for (size_t n = 0; n < sample->count; n++) {
        if (!check_on_axis(answer, sample->name, n, sample->values[n], axis, false))
            return false;
        if (sample->counts && !(sample->counts[n] > 0 && sample->counts[n] <= HUGE_VALUE))
            return no(answer, "the count of %s at place %zu is not a positive number",
                      sample->name, n + 1);
    }
    return true;
}

static bool check_distribution(const struct answer *answer,
                               const struct viz_distribution *distribution)
{
    if (!check_axis(answer, &distribution->x, "x", false) ||
        !count_between(answer, "samples", distribution->sample_count, 1, VIZ_MAX_SERIES,
                       distribution->samples))
        return false;
    if ((unsigned)distribution->look > VIZ_ECDF)
        return no(answer, "the look of the distribution is unknown");
    for (size_t i = 0; i < distribution->sample_count; i++)
        if (!check_sample(answer, &distribution->x, &distribution->samples[i], i))
            return false;
    return true;
}

bool chart_check(const struct viz_chart *chart, char *why, size_t why_size)
{
    const struct answer answer = {why, why_size};
    if (!chart->title || !*chart->title)
        return no(&answer, "the chart has no title");
    switch (chart->kind) {
    case VIZ_BARS:
        return check_bars(&answer, &chart->bars);
    case VIZ_LINES:
        return check_lines(&answer, &chart->lines);
    case VIZ_HEATMAP:
        return check_heatmap(&answer, &chart->heatmap);
    case VIZ_AREA:
        return check_area(&answer, &chart->area);
    case VIZ_TIMELINE:
        return check_timeline(&answer, &chart->timeline);
    case VIZ_DISTRIBUTION:
        return check_distribution(&answer, &chart->distribution);
    }
    return no(&answer, "the chart is of an unknown kind");
}
