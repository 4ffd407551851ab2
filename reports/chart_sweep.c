/* chart_sweep.c - what a figure of the machine brings: a line for each structure and size
 * along one axis, a heatmap over two. */
#include "chart.h"

#include <math.h>
#include <stdlib.h>

/* What the sweeps of a chart have in common. */
struct sweep_family {
    struct grid axes; /* path, length, stride */
    const char *scenario, *variant, *varied;
};

static bool load_family(const struct chart_subject *subject, struct arena *arena,
                        struct sweep_family *family, struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(subject->report, arena, &family->axes, error,
                   "SELECT path, length, stride FROM sweep_axes WHERE sweep = ?"
                   " ORDER BY axis",
                   sql_integer(subject->sweep)) ||
        !grid_load(subject->report, arena, &grid, error,
                   "SELECT scenario, variant, varied FROM sweep_list WHERE sweep = ?",
                   sql_integer(subject->sweep)))
        return false;
    if (grid.rows == 0)
        return true;
    family->scenario = grid_text(&grid, 0, 0);
    family->variant = grid_text(&grid, 0, 1);
    family->varied = grid_text(&grid, 0, 2);
    return true;
}

/* A value as a number, or NaN: "64", but neither "lru" nor "64K". */
static double as_number(const char *value)
{
    char *end;
    double number = strtod(value, &end);
    return end == value || *end != '\0' || !isfinite(number) ? NAN : number;
}

/* ---- one axis ---- */

/* Columns: structure, pages, value, explicit and implicit cycles; values in their order
 * on the axis. */
#define LINE_QUERY                                                                       \
    "SELECT r.structure, r.pages, v.value, r.explicit_cycles, r.implicit_cycles"         \
    " FROM sweep_results r JOIN sweep_list l USING (sweep)"                              \
    " JOIN sweep_values v ON (v.sweep, v.axis, v.position) = (r.sweep, 0, r.point)"      \
    " WHERE (l.machine, l.scenario, l.variant, l.varied) = (?, ?, ?, ?)"                 \
    " AND r.refused IS NULL"                                                             \
    " ORDER BY r.structure, r.pages, r.sweep, v.position"

static const char *line_name(struct arena *arena, const struct grid *grid, size_t row)
{
    if (grid_cell(grid, row, 1)->type == CELL_NULL)
        return grid_text(grid, row, 0);
    return arena_print(arena, "%s, %s %s", grid_text(grid, row, 0),
                       number_text(arena, grid_number(grid, row, 1), 0),
                       grid_number(grid, row, 1) == 1 ? "page" : "pages");
}

static bool same_line(const struct grid *grid, size_t row, size_t other)
{
    return grid_same(grid, row, other, 0) && grid_same(grid, row, other, 1);
}

/* Whether all values are numbers that rise along every line. */
static bool rises(const struct grid *grid)
{
    for (size_t row = 0; row < grid->rows; row++) {
        double x = as_number(grid_text(grid, row, 2));
        if (isnan(x) || (row > 0 && same_line(grid, row, row - 1) &&
                         x <= as_number(grid_text(grid, row - 1, 2))))
            return false;
    }
    return true;
}

static enum viz_scale scale_of(const struct grid *grid)
{
    double least = INFINITY, most = 0;
    for (size_t row = 0; row < grid->rows; row++) {
        least = fmin(least, as_number(grid_text(grid, row, 2)));
        most = fmax(most, as_number(grid_text(grid, row, 2)));
    }
    return least > 0 && most >= 8 * least ? VIZ_LOG2 : VIZ_LINEAR;
}

static bool fill_lines(const struct grid *grid, struct drawing *drawing)
{
    struct arena *arena = &drawing->arena;
    struct viz_lines *lines = &drawing->chart.lines;
    struct viz_series *list = arena_array(arena, grid->rows, struct viz_series);
    for (size_t row = 0, end; list != NULL && row < grid->rows; row = end) {
        for (end = row + 1; end < grid->rows && same_line(grid, end, row);)
            end++;
        double *x = arena_array(arena, end - row, double);
        double *y = arena_array(arena, end - row, double);
        if (x == NULL || y == NULL)
            return false;
        for (size_t i = row; i < end; i++) {
            x[i - row] = as_number(grid_text(grid, i, 2));
            y[i - row] = grid_number(grid, i, 3) + grid_number(grid, i, 4);
        }
        if (lines->series_count < VIZ_MAX_SERIES)
            list[lines->series_count++] =
                (struct viz_series){.name = line_name(arena, grid, row),
                                    .x = x,
                                    .y = y,
                                    .count = end - row,
                                    .look = VIZ_LINE_AND_POINTS};
    }
    lines->series = list;
    return list != NULL;
}

static bool fill_bars(const struct grid *grid, struct drawing *drawing)
{
    static const struct viz_segment segments[] = {{"explicit", VIZ_EXPLICIT},
                                                  {"implicit", VIZ_IMPLICIT}};
    struct arena *arena = &drawing->arena;
    struct viz_bars *bars = &drawing->chart.bars;
    struct viz_bar *list = arena_array(arena, grid->rows, struct viz_bar);
    double *values = arena_array(arena, 2 * grid->rows, double);
    if (list == NULL || values == NULL)
        return false;
    for (size_t row = 0; row < grid->rows && row < VIZ_MAX_BARS; row++) {
        values[2 * row] = grid_number(grid, row, 3);
        values[2 * row + 1] = grid_number(grid, row, 4);
        list[row] = (struct viz_bar){.name = grid_text(grid, row, 2),
                                     .heading = line_name(arena, grid, row),
                                     .values = &values[2 * row]};
        bars->bar_count++;
    }
    bars->bars = list;
    bars->segments = segments;
    bars->segment_count = 2;
    return true;
}

static bool draw_axis(const struct chart_subject *subject, struct drawing *drawing,
                      const struct sweep_family *family, struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(subject->report, &drawing->arena, &grid, error, LINE_QUERY,
                   sql_text(subject->label), sql_text(family->scenario),
                   sql_text(family->variant), sql_text(family->varied)))
        return false;
    if (grid.rows == 0)
        return true;
    drawing->empty = false;
    bool numbers = rises(&grid);
    drawing->chart.kind = numbers ? VIZ_LINES : VIZ_BARS;
    if (numbers)
        drawing->chart.lines = (struct viz_lines){
            .x = {.label = family->varied, .scale = scale_of(&grid)},
            .y = {.label = "explicit and implicit cost of a request", .unit = "cycles"},
            .y_from_zero = true};
    else
        drawing->chart.bars =
            (struct viz_bars){.value = {.label = "per request", .unit = "cycles"}};
    if (!(numbers ? fill_lines(&grid, drawing) : fill_bars(&grid, drawing)))
        return cb_error_set(error, CB_IO, "out of memory");
    return true;
}

/* ---- two axes ---- */

/* Row after row: the first axis goes down, the second across. */
static const char **axis_values(const struct chart_subject *subject, struct arena *arena,
                                size_t axis, size_t *count, struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(subject->report, arena, &grid, error,
                   "SELECT value FROM sweep_values WHERE (sweep, axis) = (?, ?)"
                   " ORDER BY position",
                   sql_integer(subject->sweep), sql_integer((int64_t)axis)))
        return NULL;
    const char **values = arena_array(arena, grid.rows + 1, const char *);
    for (size_t i = 0; values != NULL && i < grid.rows; i++)
        values[i] = grid_text(&grid, i, 0);
    *count = grid.rows;
    if (values == NULL)
        cb_error_set(error, CB_IO, "out of memory");
    return values;
}

static bool fill_map(const struct chart_subject *subject, struct drawing *drawing,
                     struct cb_error *error)
{
    struct arena *arena = &drawing->arena;
    struct viz_heatmap *map = &drawing->chart.heatmap;
    struct grid grid;
    map->rows = axis_values(subject, arena, 0, &map->row_count, error);
    map->columns = axis_values(subject, arena, 1, &map->column_count, error);
    if (map->rows == NULL || map->columns == NULL ||
        !grid_load(subject->report, arena, &grid, error,
                   "SELECT point, explicit_cycles + implicit_cycles FROM sweep_results"
                   " WHERE sweep = ? AND refused IS NULL ORDER BY point",
                   sql_integer(subject->sweep)))
        return false;
    size_t cells = map->row_count * map->column_count;
    double *values = arena_array(arena, cells, double);
    if (values == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (size_t i = 0; i < cells; i++)
        values[i] = NAN;
    for (size_t i = 0; i < grid.rows; i++) {
        size_t point = (size_t)grid_number(&grid, i, 0);
        if (point < cells)
            values[point] = grid_number(&grid, i, 1);
    }
    map->values = values;
    return true;
}

static bool draw_map(const struct chart_subject *subject, struct drawing *drawing,
                     const struct sweep_family *family, struct cb_error *error)
{
    if (grid_number(&family->axes, 0, 1) > VIZ_MAX_CELLS_ACROSS ||
        grid_number(&family->axes, 1, 1) > VIZ_MAX_CELLS_ACROSS)
        return true;
    drawing->empty = false;
    drawing->chart.kind = VIZ_HEATMAP;
    drawing->chart.heatmap = (struct viz_heatmap){
        .x_label = grid_text(&family->axes, 1, 0),
        .y_label = grid_text(&family->axes, 0, 0),
        .value = {.label = "explicit and implicit, per request", .unit = "cycles"},
        .best = VIZ_LEAST_OF_ALL};
    return fill_map(subject, drawing, error);
}

/* "l3-large, 16 pages" of a sweep that has a chart of its own; "" else. */
static bool sweep_trace(const struct chart_subject *subject, struct arena *arena,
                        const struct sweep_family *family, const char **name,
                        struct cb_error *error)
{
    struct grid grid;
    *name = "";
    if (family->axes.rows < 2)
        return true;
    if (!grid_load(subject->report, arena, &grid, error,
                   "SELECT structure, pages FROM sweep_list WHERE sweep = ?",
                   sql_integer(subject->sweep)))
        return false;
    *name = arena_print(arena, ", %s", line_name(arena, &grid, 0));
    return true;
}

bool chart_sweep(const struct chart_subject *subject, struct drawing *drawing,
                 struct cb_error *error)
{
    struct sweep_family family = {0};
    struct arena *arena = &drawing->arena;
    const char *trace;
    if (subject->sweep == 0)
        return true;
    if (!load_family(subject, arena, &family, error) ||
        !sweep_trace(subject, arena, &family, &trace, error))
        return false;
    size_t axes = family.axes.rows;
    drawing->chart = (struct viz_chart){
        .title =
            arena_print(arena, "What %s changes on %s", family.varied, subject->label),
        .subtitle =
            arena_print(arena, "Scenario %s%s",
                        chart_scenario(arena, family.scenario, family.variant), trace)};
    bool ok = true;
    if (axes == 1)
        ok = draw_axis(subject, drawing, &family, error);
    else if (axes == 2)
        ok = draw_map(subject, drawing, &family, error);
    return ok && (drawing->empty || chart_caption(subject, drawing, error));
}
