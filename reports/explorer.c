#include "explorer.h"

#include <string.h>

/* Sweeps that may be looked at together: one grid, several traces. */
#define SWEEPS_QUERY                                                                     \
    "SELECT l.machine, l.scenario, l.variant, s.axes, l.structure, l.pages, s.sweep"     \
    " FROM sweep_list l JOIN sweeps s USING (sweep) WHERE l.points_done > 0"             \
    " AND l.requests > 0"                                                                \
    " ORDER BY l.machine, l.scenario, l.variant, l.varied, s.axes, l.structure, l.pages"
enum { MACHINE, SCENARIO, VARIANT, AXES, STRUCTURE, PAGES, SWEEP };

static bool same_family(const struct grid *grid, size_t row, size_t other)
{
    for (size_t c = MACHINE; c <= AXES; c++)
        if (!grid_same(grid, row, other, c))
            return false;
    return true;
}

static void add_numbers(struct text *text, const struct grid *points, size_t row)
{
    text_add(text, "[");
    for (size_t c = 1; c < points->columns; c++) {
        text_add(text, c > 1 ? "," : "");
        text_real(text, grid_number(points, row, c));
    }
    text_add(text, "]");
}

/* [[work, competition, explicit, implicit], null, ...] in order of points. */
static bool add_points(struct text *text, struct document *document, int64_t sweep,
                       struct cb_error *error)
{
    struct grid points;
    if (!grid_load(document->report, &document->arena, &points, error,
                   "SELECT point, work_cycles, competition_cycles, explicit_cycles,"
                   " implicit_cycles FROM sweep_results WHERE sweep = ?"
                   " AND refused IS NULL ORDER BY point",
                   sql_integer(sweep)))
        return false;
    text_add(text, "[");
    size_t next = 0;
    for (size_t row = 0; row < points.rows; row++, next++) {
        size_t point = (size_t)grid_number(&points, row, 0);
        text_add(text, row > 0 ? "," : "");
        for (; next < point; next++)
            text_add(text, "null,");
        add_numbers(text, &points, row);
    }
    text_add(text, "]");
    return true;
}

static bool add_series(struct text *text, struct document *document,
                       const struct grid *sweeps, size_t row, struct cb_error *error)
{
    const char *name = grid_text(sweeps, row, STRUCTURE);
    if (grid_cell(sweeps, row, PAGES)->type == CELL_NUMBER)
        name = arena_print(&document->arena, "%s, %s %s", name,
                           grid_text(sweeps, row, PAGES),
                           grid_number(sweeps, row, PAGES) == 1 ? "page" : "pages");
    text_add(text, "{\"name\":");
    text_json(text, name);
    text_add(text, ",\"points\":");
    bool ok = add_points(text, document, (int64_t)grid_number(sweeps, row, SWEEP), error);
    text_add(text, "}");
    return ok;
}

/* The axes once more, from their table: what is shown is escaped here. */
static bool add_axes(struct text *text, struct document *document, int64_t sweep,
                     struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(document->report, &document->arena, &grid, error,
                   "SELECT a.axis, a.path, v.value FROM sweep_axes a JOIN sweep_values v"
                   " ON (v.sweep, v.axis) = (a.sweep, a.axis) WHERE a.sweep = ?"
                   " ORDER BY a.axis, v.position",
                   sql_integer(sweep)))
        return false;
    text_add(text, "[");
    for (size_t row = 0; row < grid.rows; row++) {
        bool first = row == 0 || !grid_same(&grid, row, row - 1, 0);
        if (first) {
            text_add(text, row > 0 ? "]},{\"path\":" : "{\"path\":");
            text_json(text, grid_text(&grid, row, 1));
            text_add(text, ",\"values\":[");
        }
        text_add(text, first ? "" : ",");
        text_json(text, grid_text(&grid, row, 2));
    }
    text_add(text, grid.rows > 0 ? "]}]" : "]");
    return true;
}

static bool add_family(struct text *text, struct document *document,
                       const struct grid *sweeps, size_t first, size_t end,
                       struct cb_error *error)
{
    const char *scenario =
        chart_scenario(&document->arena, grid_text(sweeps, first, SCENARIO),
                       grid_text(sweeps, first, VARIANT));
    text_add(text, "{\"machine\":");
    text_json(text, grid_text(sweeps, first, MACHINE));
    text_add(text, ",\"scenario\":");
    text_json(text, scenario);
    text_add(text, ",\"axes\":");
    bool ok = add_axes(text, document, (int64_t)grid_number(sweeps, first, SWEEP), error);
    text_add(text, ",\"series\":[");
    for (size_t row = first; ok && row < end; row++) {
        text_add(text, row > first ? ",\n" : "\n");
        ok = add_series(text, document, sweeps, row, error);
    }
    text_add(text, "]}");
    return ok;
}

bool html_explorer(struct text *text, struct document *document, const char *title,
                   struct cb_error *error)
{
    struct grid sweeps;
    if (!grid_load_with(document->report, &document->arena, &sweeps, SWEEPS_QUERY, NULL,
                        0, error))
        return false;
    text_add(text, "<section id=\"explorer\" class=\"explorer\" hidden aria-label=\"");
    text_markup(text, title);
    text_add(text, "\"><p class=\"caption\">");
    text_markup(text, title);
    text_add(text,
             "</p></section>\n<script type=\"application/json\" id=\"sweep-data\">[");
    bool ok = true;
    for (size_t row = 0, end; ok && row < sweeps.rows; row = end) {
        for (end = row + 1; end < sweeps.rows && same_family(&sweeps, end, row);)
            end++;
        text_add(text, row > 0 ? ",\n" : "\n");
        ok = add_family(text, document, &sweeps, row, end, error);
    }
    text_add(text, "\n]</script>\n");
    return ok;
}
