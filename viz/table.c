/* table.c - the data behind a chart as a table of text, to stand beside it. */
#include <math.h>
#include <stdlib.h>

#include "viz/frame.h"

static void table_size(struct viz_values *values, size_t columns, size_t rows)
{
    values->column_count = columns;
    values->row_count = rows;
    values->headings = g_new0(char *, columns);
    values->is_number = g_new0(bool, columns);
    values->cells = g_new0(char *, columns *rows);
    for (size_t i = 0; i < columns * rows; i++)
        values->cells[i] = g_strdup("");
}

static void heading(struct viz_values *values, size_t column, const char *text,
                    bool is_number)
{
    values->headings[column] = clean_text(text);
    values->is_number[column] = is_number;
}

static void put_text(struct viz_values *values, size_t row, size_t column,
                     const char *text)
{
    char **cell = &values->cells[row * values->column_count + column];
    g_free(*cell);
    *cell = clean_text(text);
}

static void put_number(struct viz_values *values, size_t row, size_t column,
                       double number, enum viz_numbers numbers)
{
    char text[NUMBER_SIZE];
    if (isnan(number))
        return;
    number_full(number, numbers, text);
    put_text(values, row, column, text);
}

/* "kernel path (cycles)" */
static void heading_of_value(struct viz_values *values, size_t column, const char *name,
                             const char *unit)
{
    char *text = unit ? g_strdup_printf("%s (%s)", name, unit) : g_strdup(name);
    heading(values, column, text, true);
    g_free(text);
}

/* ---- bars: a row each, a column per segment, and the total ---- */

static bool any_heading(const struct viz_bars *bars)
{
    for (size_t row = 0; row < bars->bar_count; row++)
        if (bars->bars[row].heading)
            return true;
    return false;
}

static void bars_table(const struct viz_bars *bars, struct viz_values *values)
{
    size_t first = any_heading(bars) ? 2 : 1;
    bool stacked = bars->layout == VIZ_STACKED;
    table_size(values, first + bars->segment_count + (stacked ? 1 : 0), bars->bar_count);
    for (size_t i = 0; i < first; i++)
        heading(values, i, "", false);
    for (size_t i = 0; i < bars->segment_count; i++)
        heading_of_value(values, first + i, bars->segments[i].name, bars->value.unit);
    if (stacked)
        heading_of_value(values, first + bars->segment_count, "total", bars->value.unit);
    for (size_t row = 0; row < bars->bar_count; row++) {
        const struct viz_bar *bar = &bars->bars[row];
        double total = 0;
        if (first == 2 && bar->heading)
            put_text(values, row, 0, bar->heading);
        put_text(values, row, first - 1, bar->name);
        for (size_t i = 0; i < bars->segment_count; i++) {
            put_number(values, row, first + i, bar->values[i], bars->value.numbers);
            total += bar->values[i];
        }
        if (stacked)
            put_number(values, row, first + bars->segment_count, total,
                       bars->value.numbers);
    }
}

/* ---- lines: a row per x, a column per series, and two for its spread ---- */

static int by_value(const void *a, const void *b)
{
    const double *one = a, *other = b;
    return (*one > *other) - (*one < *other);
}

/* Every x of any series, once each, rising. */
static GArray *all_x(const struct viz_lines *lines)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(double));
    for (size_t i = 0; i < lines->series_count; i++)
        g_array_append_vals(all, lines->series[i].x, (guint)lines->series[i].count);
    qsort(all->data, all->len, sizeof(double), by_value);
    guint kept = 0;
    for (guint n = 0; n < all->len; n++) {
        double x = g_array_index(all, double, n);
        if (kept == 0 || x != g_array_index(all, double, kept - 1))
            g_array_index(all, double, kept++) = x;
    }
    g_array_set_size(all, kept);
    return all;
}

/* One column: the values at the rows that this series has. */
static void column_of(struct viz_values *values, size_t column, const GArray *all,
                      const struct viz_series *series, const double *numbers,
                      const struct viz_axis *axis)
{
    size_t n = 0;
    for (size_t row = 0; row < all->len && n < series->count; row++)
        if (g_array_index(all, double, row) == series->x[n])
            put_number(values, row, column, numbers[n++], axis->numbers);
}

static void heading_of_end(struct viz_values *values, size_t column,
                           const struct viz_series *series, const char *end,
                           const char *unit)
{
    char *name = g_strdup_printf("%s, %s", series->name, end);
    heading_of_value(values, column, name, unit);
    g_free(name);
}

static void lines_table(const struct viz_lines *lines, struct viz_values *values)
{
    GArray *all = all_x(lines);
    const struct viz_axis *y = &lines->y;
    size_t columns = 1;
    for (size_t i = 0; i < lines->series_count; i++)
        columns += lines->series[i].low ? 3 : 1;
    table_size(values, columns, all->len);
    heading_of_value(values, 0, lines->x.label, lines->x.unit);
    for (size_t row = 0; row < all->len; row++)
        put_number(values, row, 0, g_array_index(all, double, row), lines->x.numbers);
    size_t column = 1;
    for (size_t i = 0; i < lines->series_count; i++) {
        const struct viz_series *series = &lines->series[i];
        heading_of_value(values, column, series->name, y->unit);
        column_of(values, column++, all, series, series->y, y);
        if (!series->low)
            continue;
        heading_of_end(values, column, series, "least", y->unit);
        column_of(values, column++, all, series, series->low, y);
        heading_of_end(values, column, series, "largest", y->unit);
        column_of(values, column++, all, series, series->high, y);
    }
    g_array_unref(all);
}

/* ---- heatmap: as it is drawn ---- */

static void heatmap_table(const struct viz_heatmap *heatmap, struct viz_values *values)
{
    size_t columns = heatmap->column_count;
    table_size(values, 1 + columns, heatmap->row_count);
    heading(values, 0, heatmap->y_label, false);
    for (size_t i = 0; i < columns; i++)
        heading_of_value(values, 1 + i, heatmap->columns[i], heatmap->value.unit);
    for (size_t row = 0; row < heatmap->row_count; row++) {
        put_text(values, row, 0, heatmap->rows[row]);
        for (size_t i = 0; i < columns; i++)
            put_number(values, row, 1 + i, heatmap->values[row * columns + i],
                       heatmap->value.numbers);
    }
}

/* ---- area: a row per point, a column per layer ---- */

static void area_table(const struct viz_area *area, struct viz_values *values)
{
    table_size(values, 1 + area->layer_count, area->point_count);
    heading_of_value(values, 0, area->x.label, area->x.unit);
    for (size_t row = 0; row < area->point_count; row++)
        put_number(values, row, 0, area->at[row], area->x.numbers);
    for (size_t i = 0; i < area->layer_count; i++) {
        heading_of_value(values, 1 + i, area->layers[i].name, area->y.unit);
        for (size_t row = 0; row < area->point_count; row++)
            put_number(values, row, 1 + i, area->layers[i].values[row], area->y.numbers);
    }
}

/* ---- timeline: what happened, in order ---- */

static void edge_row(const struct viz_timeline *timeline, const struct viz_edge *edge,
                     struct viz_values *values, size_t row)
{
    put_number(values, row, 0, edge->at, timeline->time.numbers);
    put_text(values, row, 1, edge->label ? edge->label : "border crossing");
    put_text(values, row, 2, timeline->lanes[edge->from].name);
    put_text(values, row, 3, timeline->lanes[edge->to].name);
}

static void burst_row(const struct viz_timeline *timeline, const struct viz_burst *burst,
                      struct viz_values *values, size_t row)
{
    put_number(values, row, 0, burst->at, timeline->time.numbers);
    put_text(values, row, 1, timeline->burst_label ? timeline->burst_label : "burst");
    put_text(values, row, 3, timeline->lanes[burst->lane].name);
    put_number(values, row, 4, burst->amount, VIZ_PLAIN);
}

static void timeline_table(const struct viz_timeline *timeline, struct viz_values *values)
{
    static const char *const titles[] = {"what", "from", "to", "amount"};
    size_t edge = 0, burst = 0, rows = timeline->edge_count + timeline->burst_count;
    table_size(values, 5, rows);
    heading_of_value(values, 0, timeline->time.label, timeline->time.unit);
    for (size_t i = 0; i < 4; i++)
        heading(values, 1 + i, titles[i], i == 3);
    for (size_t row = 0; row < rows; row++) {
        bool edge_is_next = burst == timeline->burst_count ||
                            (edge < timeline->edge_count &&
                             timeline->edges[edge].at <= timeline->bursts[burst].at);
        if (edge_is_next)
            edge_row(timeline, &timeline->edges[edge++], values, row);
        else
            burst_row(timeline, &timeline->bursts[burst++], values, row);
    }
}

/* ---- distribution: a row of order statistics per sample ---- */

static void distribution_table(const struct viz_distribution *distribution,
                               struct viz_values *values)
{
    static const char *const titles[] = {"least", "median",  "p90",
                                         "p99",   "largest", "mean"};
    static const double shares[] = {0, 0.5, 0.9, 0.99, 1};
    enum viz_numbers numbers = distribution->x.numbers;
    table_size(values, 8, distribution->sample_count);
    heading(values, 0, "", false);
    heading(values, 1, "count", true);
    for (size_t i = 0; i < 6; i++)
        heading_of_value(values, 2 + i, titles[i], distribution->x.unit);
    for (size_t row = 0; row < distribution->sample_count; row++) {
        struct sorted_sample sorted = sample_sort(&distribution->samples[row]);
        put_text(values, row, 0, distribution->samples[row].name);
        put_number(values, row, 1, sorted.total, VIZ_PLAIN);
        for (size_t i = 0; i < 5; i++)
            put_number(values, row, 2 + i, sample_percentile(&sorted, shares[i]),
                       numbers);
        put_number(values, row, 7, sorted.mean, numbers);
        sample_free(&sorted);
    }
}

void table_fill(const struct viz_chart *chart, struct viz_values *values)
{
    switch (chart->kind) {
    case VIZ_BARS:
        bars_table(&chart->bars, values);
        return;
    case VIZ_LINES:
        lines_table(&chart->lines, values);
        return;
    case VIZ_HEATMAP:
        heatmap_table(&chart->heatmap, values);
        return;
    case VIZ_AREA:
        area_table(&chart->area, values);
        return;
    case VIZ_TIMELINE:
        timeline_table(&chart->timeline, values);
        return;
    case VIZ_DISTRIBUTION:
        distribution_table(&chart->distribution, values);
        return;
    }
}
