/* check.c - is the descriptor one that can be drawn? After this, drawing cannot fail.
 *
 * Each check leaves its sentence and returns false. Names in a sentence are cleaned, so
 * that it is safe on a terminal.
 */
#include "viz/frame.h"

#include <math.h>
#include <stdarg.h>

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
        return no(answer, "the %s axis must be linear: it starts at zero", which);
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
    case VIZ_AREA:
    case VIZ_TIMELINE:
    case VIZ_DISTRIBUTION:
        break;
    }
    return no(&answer, "the chart is of an unknown kind");
}
