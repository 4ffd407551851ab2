/* chart_misses.c - miss curves: along one axis of a sweep, how often a request asks a
 * part of the memory system, and on whose account. Shown are the part that the axis
 * changes most and the recording that asks it most. */
#include "chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The recording (sweep) of the family with the most events. */
#define BUSIEST_QUERY                                                                    \
    "SELECT s.sweep, l.structure, l.pages, l.varied, l.scenario, l.variant"              \
    " FROM sweeps f JOIN sweeps s ON (s.machine, s.axes) = (f.machine, f.axes)"          \
    " JOIN sweep_list l ON l.sweep = s.sweep JOIN sweep_events e ON e.sweep = s.sweep"   \
    " WHERE f.sweep = ? AND l.requests > 0 AND"                                          \
    " (SELECT count(*) FROM sweep_axes a WHERE a.sweep = s.sweep) = 1"                   \
    " GROUP BY s.sweep ORDER BY sum(abs(e.events)) DESC, s.sweep LIMIT 1"
enum { SWEEP, STRUCTURE, PAGES, VARIED, SCENARIO, VARIANT };

#define COMPONENT_QUERY                                                                  \
    "SELECT component FROM (SELECT p.point, c.component, coalesce(sum(e.events), 0) AS " \
    "n"                                                                                  \
    "  FROM sweep_points p JOIN components c LEFT JOIN sweep_events e"                   \
    "   ON (e.sweep, e.point, e.component) = (p.sweep, p.point, c.component)"            \
    "  WHERE p.sweep = ? AND p.refused IS NULL GROUP BY p.point, c.component)"           \
    " GROUP BY component HAVING max(n) > min(n)"                                         \
    " ORDER BY max(n) - min(n) DESC, component LIMIT 1"

/* Columns: group, value, events per request; every point of every group that has any. */
#define CURVE_QUERY                                                                      \
    "SELECT g.account_group, v.value, coalesce(sum(e.events), 0) * 1.0 / s.requests"     \
    " FROM sweep_points p JOIN sweeps s ON s.sweep = p.sweep"                            \
    " JOIN sweep_values v ON (v.sweep, v.axis, v.position) = (p.sweep, 0, p.point)"      \
    " JOIN account_groups g ON g.account_group IN (SELECT account_group"                 \
    "  FROM sweep_events WHERE (sweep, component) = (?1, ?2))"                           \
    " LEFT JOIN sweep_events e ON (e.sweep, e.point, e.account_group, e.component) ="    \
    "  (p.sweep, p.point, g.account_group, ?2)"                                          \
    " WHERE p.sweep = ?1 AND p.refused IS NULL"                                          \
    " GROUP BY g.account_group, p.point ORDER BY g.position, p.point"

static const char *component_title(const char *component)
{
    static const struct {
        enum component component;
        const char *title;
    } titles[] = {
        {COMPONENT_ITLB, "I-TLB misses"},
        {COMPONENT_DTLB, "D-TLB misses"},
        {COMPONENT_STLB, "second-level TLB misses"},
        {COMPONENT_WALK, "page walks"},
        {COMPONENT_L1I, "L1I misses"},
        {COMPONENT_L1D, "L1D misses"},
        {COMPONENT_L2, "L2 misses"},
        {COMPONENT_L3, "L3 misses"},
        {COMPONENT_MEMORY, "accesses to memory"},
    };
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (strcmp(component_name(titles[i].component), component) == 0)
            return titles[i].title;
    return component;
}

static bool is_rising_axis(const struct grid *grid)
{
    for (size_t row = 0; row < grid->rows; row++) {
        char *end;
        const char *value = grid_text(grid, row, 1);
        double x = strtod(value, &end);
        bool later = row > 0 && grid_same(grid, row, row - 1, 0);
        if (end == value || *end != '\0' || !isfinite(x) ||
            (later && x <= strtod(grid_text(grid, row - 1, 1), NULL)))
            return false;
    }
    return grid->rows > 1;
}

static bool fill(const struct grid *grid, struct drawing *drawing)
{
    struct arena *arena = &drawing->arena;
    struct viz_lines *lines = &drawing->chart.lines;
    struct viz_series *list = arena_array(arena, GROUPS, struct viz_series);
    double *x = arena_array(arena, grid->rows, double);
    double *y = arena_array(arena, grid->rows, double);
    if (list == NULL || x == NULL || y == NULL)
        return false;
    for (size_t row = 0, end; row < grid->rows; row = end) {
        for (end = row; end < grid->rows && grid_same(grid, end, row, 0); end++) {
            x[end] = strtod(grid_text(grid, end, 1), NULL);
            y[end] = grid_number(grid, end, 2);
        }
        list[lines->series_count++] = (struct viz_series){.name = grid_text(grid, row, 0),
                                                          .x = x + row,
                                                          .y = y + row,
                                                          .count = end - row,
                                                          .look = VIZ_LINE_AND_POINTS};
    }
    lines->series = list;
    bool wide = x[0] > 0 && x[grid->rows - 1] >= 8 * x[0];
    lines->x.scale = wide ? VIZ_LOG2 : VIZ_LINEAR;
    return true;
}

bool chart_misses(const struct chart_subject *subject, struct drawing *drawing,
                  struct cb_error *error)
{
    struct arena *arena = &drawing->arena;
    struct grid busiest, component, grid;
    if (!grid_load(subject->report, arena, &busiest, error, BUSIEST_QUERY,
                   sql_integer(subject->sweep)))
        return false;
    if (busiest.rows == 0)
        return true;
    int64_t sweep = (int64_t)grid_number(&busiest, 0, SWEEP);
    if (!grid_load(subject->report, arena, &component, error, COMPONENT_QUERY,
                   sql_integer(sweep)))
        return false;
    if (component.rows == 0)
        return true;
    if (!grid_load(subject->report, arena, &grid, error, CURVE_QUERY, sql_integer(sweep),
                   sql_text(grid_text(&component, 0, 0))))
        return false;
    if (!is_rising_axis(&grid))
        return true;
    drawing->empty = false;
    const char *what = component_title(grid_text(&component, 0, 0));
    const char *pages =
        grid_cell(&busiest, 0, PAGES)->type == CELL_NULL
            ? ""
            : arena_print(arena, ", %s pages", grid_text(&busiest, 0, PAGES));
    drawing->chart = (struct viz_chart){
        .kind = VIZ_LINES,
        .title = arena_print(arena, "%s: %s, by account", grid_text(&busiest, 0, VARIED),
                             what),
        .subtitle = arena_print(arena, "Scenario %s, %s%s, on %s",
                                chart_scenario(arena, grid_text(&busiest, 0, SCENARIO),
                                               grid_text(&busiest, 0, VARIANT)),
                                grid_text(&busiest, 0, STRUCTURE), pages, subject->label),
        .lines = {.x = {.label = grid_text(&busiest, 0, VARIED)},
                  .y = {.label = arena_print(arena, "%s per request", what)},
                  .y_from_zero = true}};
    if (!fill(&grid, drawing))
        return cb_error_set(error, CB_IO, "out of memory");
    return chart_caption(subject, drawing, error);
}
