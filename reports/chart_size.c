/* chart_size.c - what grows with the size of the domains: the cost of a call, and the
 * entries that a TLB loses to a switch. The machine's limits stand as lines across. */
#include "chart.h"

#include <string.h>

static bool fill_series(const struct size_curves *curves, struct drawing *drawing)
{
    struct arena *arena = &drawing->arena;
    struct viz_lines *lines = &drawing->chart.lines;
    struct viz_series *list = arena_array(arena, 2 * curves->count, struct viz_series);
    if (list == NULL)
        return false;
    for (size_t i = 0; i < curves->count && 2 * i + 2 <= VIZ_MAX_SERIES; i++) {
        const struct size_curve *curve = &curves->curves[i];
        list[lines->series_count++] = (struct viz_series){.name = curve->structure,
                                                          .x = curve->pages,
                                                          .y = curve->total_cycles,
                                                          .count = curve->count,
                                                          .look = VIZ_LINE_AND_POINTS};
    }
    for (size_t i = 0; i < curves->count && 2 * i + 2 <= VIZ_MAX_SERIES; i++) {
        const struct size_curve *curve = &curves->curves[i];
        list[lines->series_count++] = (struct viz_series){
            .name = arena_print(arena, "%s, explicit part", curve->structure),
            .x = curve->pages,
            .y = curve->explicit_cycles,
            .count = curve->count,
            .look = VIZ_LINE};
    }
    lines->series = list;
    return true;
}

static void add_crossover(const struct size_curves *curves, struct drawing *drawing)
{
    const struct size_curve *small = size_curve(curves, "l3-small");
    const struct size_curve *large = size_curve(curves, "l3-large");
    struct viz_crossover *crossover =
        arena_array(&drawing->arena, 1, struct viz_crossover);
    if (small == NULL || large == NULL || crossover == NULL)
        return;
    *crossover = (struct viz_crossover){.first = (size_t)(small - curves->curves),
                                        .second = (size_t)(large - curves->curves)};
    drawing->chart.lines.crossovers = crossover;
    drawing->chart.lines.crossover_count = 1;
}

bool chart_domain_size(const struct chart_subject *subject, struct drawing *drawing,
                       struct cb_error *error)
{
    struct size_curves curves;
    struct arena *arena = &drawing->arena;
    if (!size_curves_load(subject, arena, &curves, error))
        return false;
    if (curves.count == 0)
        return true;
    drawing->empty = false;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_LINES,
        .title = arena_print(arena,
                             "What the boundary costs, by the size of the domains, on %s",
                             subject->label),
        .subtitle = crossover_sentence(arena, &curves),
        .lines = {
            .x = {.label = "pages that each side touches per visit", .scale = VIZ_LOG2},
            .y = {.label = "explicit and implicit cost of a request", .unit = "cycles"},
            .y_from_zero = true}};
    if (!fill_series(&curves, drawing))
        return cb_error_set(error, CB_IO, "out of memory");
    add_crossover(&curves, drawing);
    return chart_limits(subject, &curves, drawing, error) &&
           chart_caption(subject, drawing, error);
}

/* ---- refill ---- */

static bool fill_refill(const struct grid *grid, struct drawing *drawing)
{
    struct viz_lines *lines = &drawing->chart.lines;
    struct viz_series *list =
        arena_array(&drawing->arena, grid->rows + 1, struct viz_series);
    if (list == NULL)
        return false;
    for (size_t row = 0, end; row < grid->rows; row = end) {
        end = row + 1;
        while (end < grid->rows && grid_same(grid, end, row, 0))
            end++;
        double *x = arena_array(&drawing->arena, end - row, double);
        double *y = arena_array(&drawing->arena, end - row, double);
        if (x == NULL || y == NULL)
            return false;
        for (size_t i = row; i < end; i++) {
            x[i - row] = grid_number(grid, i, 1);
            y[i - row] = grid_number(grid, i, 2);
        }
        if (lines->series_count < VIZ_MAX_SERIES)
            list[lines->series_count++] =
                (struct viz_series){.name = grid_text(grid, row, 0),
                                    .x = x,
                                    .y = y,
                                    .count = end - row,
                                    .look = VIZ_LINE_AND_POINTS};
    }
    lines->series = list;
    return true;
}

bool chart_refill(const struct chart_subject *subject, struct drawing *drawing,
                  struct cb_error *error)
{
    struct size_curves curves;
    struct arena *arena = &drawing->arena;
    struct grid grid;
    if (!size_curves_load(subject, arena, &curves, error))
        return false;
    if (curves.count == 0)
        return true;
    if (!grid_load(
            subject->report, arena, &grid, error,
            "SELECT structure, pages, avg(itlb_entries + dtlb_entries)"
            " FROM refill_per_switch WHERE (machine, scenario, variant) = (?, ?, ?)"
            " AND pages IS NOT NULL GROUP BY structure, pages"
            " ORDER BY structure, pages",
            sql_text(subject->label), sql_text(curves.scenario),
            sql_text(curves.variant)))
        return false;
    if (grid.rows < 2)
        return true;
    drawing->empty = false;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_LINES,
        .title = arena_print(arena, "TLB entries fetched again after a CR3 load, on %s",
                             subject->label),
        .subtitle = "Observed: entries that were there before the flush. Not all of them "
                    "are the flush's fault: a TLB that is too small refills anyway",
        .lines = {
            .x = {.label = "pages that each side touches per visit", .scale = VIZ_LOG2},
            .y = {.label = "refilled per switch", .unit = "entries"},
            .y_from_zero = true}};
    if (!fill_refill(&grid, drawing))
        return cb_error_set(error, CB_IO, "out of memory");
    return chart_limits(subject, &curves, drawing, error) &&
           chart_caption(subject, drawing, error);
}
