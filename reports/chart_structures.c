/* chart_structures.c - the structures beside each other: what a request costs beyond
 * its work on one machine, and the matrix of structure and machine. */
#include "chart.h"

#include <math.h>
#include <string.h>

#define SIZES_SHOWN 3

/* The workload (scenario, variant) with the most structures, then the most sizes. */
static bool choose_workload(const struct chart_subject *subject, struct arena *arena,
                            struct grid *chosen, struct cb_error *error)
{
    return grid_load(subject->report, arena, chosen, error,
                     "SELECT scenario, variant FROM by_structure"
                     " WHERE ?1 = '' OR machine = ?1 GROUP BY scenario, variant"
                     " HAVING count(DISTINCT structure) > 1"
                     " ORDER BY count(DISTINCT structure) DESC, count(*) DESC, scenario,"
                     " variant LIMIT 1",
                     sql_text(subject->label));
}

/* Sizes to show: the least, the middle and the most. */
#define SHOWN_SIZES                                                                      \
    "(SELECT pages FROM (SELECT pages, row_number() OVER (ORDER BY pages) AS n,"         \
    "  count(*) OVER () AS all_sizes FROM (SELECT DISTINCT pages FROM by_structure"      \
    "  WHERE (scenario, variant) = (?2, ?3) AND (?1 = '' OR machine = ?1)))"             \
    " WHERE n IN (1, (all_sizes + 1) / 2, all_sizes))"

static const char *size_heading(struct arena *arena, const struct grid *grid, size_t row)
{
    if (grid_cell(grid, row, 0)->type == CELL_NULL)
        return NULL;
    double pages = grid_number(grid, row, 0);
    return arena_print(arena, "%s %s per visit", number_text(arena, pages, 0),
                       pages == 1 ? "page" : "pages");
}

static bool fill_structures(const struct grid *grid, struct drawing *drawing)
{
    static const struct viz_segment segments[] = {{"competition", VIZ_COMPETITION},
                                                  {"explicit", VIZ_EXPLICIT},
                                                  {"implicit", VIZ_IMPLICIT}};
    const size_t count = sizeof segments / sizeof segments[0];
    struct viz_bars *bars = &drawing->chart.bars;
    struct viz_bar *list = arena_array(&drawing->arena, grid->rows, struct viz_bar);
    double *values = arena_array(&drawing->arena, grid->rows * count, double);
    if (list == NULL || values == NULL)
        return false;
    for (size_t row = 0; row < grid->rows && row < VIZ_MAX_BARS; row++) {
        for (size_t s = 0; s < count; s++)
            values[row * count + s] = grid_number(grid, row, 2 + s);
        list[row] = (struct viz_bar){.name = grid_text(grid, row, 1),
                                     .heading = size_heading(&drawing->arena, grid, row),
                                     .values = values + row * count};
        bars->bar_count++;
    }
    bars->bars = list;
    bars->segments = segments;
    bars->segment_count = count;
    return true;
}

bool chart_structures(const struct chart_subject *subject, struct drawing *drawing,
                      struct cb_error *error)
{
    struct grid workload, grid;
    struct arena *arena = &drawing->arena;
    if (!choose_workload(subject, arena, &workload, error))
        return false;
    if (workload.rows == 0)
        return true;
    if (!grid_load(subject->report, arena, &grid, error,
                   "SELECT pages, structure, avg(competition_per_request),"
                   " avg(explicit_per_request), avg(implicit_per_request)"
                   " FROM by_structure"
                   " WHERE machine = ?1 AND (scenario, variant) = (?2, ?3)"
                   " AND (pages IS NULL OR pages IN " SHOWN_SIZES ")"
                   " GROUP BY pages, structure ORDER BY pages, structure",
                   sql_text(subject->label), sql_text(grid_text(&workload, 0, 0)),
                   sql_text(grid_text(&workload, 0, 1))))
        return false;
    drawing->empty = false;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_BARS,
        .title = arena_print(arena,
                             "What a request costs beyond its work, by structure, on %s",
                             subject->label),
        .subtitle = arena_print(arena,
                                "Scenario %s. The work of a request is the same in every "
                                "structure and left out",
                                chart_scenario(arena, grid_text(&workload, 0, 0),
                                               grid_text(&workload, 0, 1))),
        .bars = {.value = {.label = "per request", .unit = "cycles"}}};
    if (!fill_structures(&grid, drawing))
        return cb_error_set(error, CB_IO, "out of memory");
    return chart_caption(subject, drawing, error);
}

/* ---- matrix ---- */

/* Distinct values of a text column, in order of appearance. */
static size_t distinct(const struct grid *grid, size_t column, const char **list)
{
    size_t count = 0;
    for (size_t row = 0; row < grid->rows; row++) {
        size_t i = 0;
        while (i < count && strcmp(list[i], grid_text(grid, row, column)) != 0)
            i++;
        if (i == count)
            list[count++] = grid_text(grid, row, column);
    }
    return count;
}

static size_t place_of(const char *const *list, size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(list[i], name) != 0)
        i++;
    return i;
}

static bool fill_matrix(const struct grid *grid, struct drawing *drawing)
{
    struct arena *arena = &drawing->arena;
    struct viz_heatmap *map = &drawing->chart.heatmap;
    const char **rows = arena_array(arena, grid->rows, const char *);
    const char **columns = arena_array(arena, grid->rows, const char *);
    if (rows == NULL || columns == NULL)
        return false;
    size_t row_count = distinct(grid, 0, rows);
    size_t column_count = distinct(grid, 1, columns);
    double *values = arena_array(arena, row_count * column_count, double);
    if (values == NULL)
        return false;
    for (size_t i = 0; i < row_count * column_count; i++)
        values[i] = NAN;
    for (size_t i = 0; i < grid->rows; i++)
        values[place_of(rows, row_count, grid_text(grid, i, 0)) * column_count +
               place_of(columns, column_count, grid_text(grid, i, 1))] =
            grid_number(grid, i, 2);
    map->rows = rows;
    map->row_count = row_count;
    map->columns = columns;
    map->column_count = column_count;
    map->values = values;
    return row_count <= VIZ_MAX_CELLS_ACROSS && column_count <= VIZ_MAX_CELLS_ACROSS;
}

/* The size at which the machines disagree most about the best structure: that is what the
 * matrix is to show. Among equals the middle one. */
static bool choose_size(const struct chart_subject *subject, struct arena *arena,
                        const struct grid *workload, struct grid *size,
                        struct cb_error *error)
{
    return grid_load(
        subject->report, arena, size, error,
        "SELECT pages, winners FROM"
        " (SELECT pages, winners, row_number() OVER (PARTITION BY winners"
        "   ORDER BY pages) AS n, count(*) OVER (PARTITION BY winners) AS all_n"
        "  FROM (SELECT pages, count(DISTINCT structure) AS winners"
        "   FROM structure_matrix WHERE (scenario, variant, place) = (?, ?, 1)"
        "   GROUP BY pages))"
        " WHERE n = (all_n + 1) / 2 ORDER BY winners DESC LIMIT 1",
        sql_text(grid_text(workload, 0, 0)), sql_text(grid_text(workload, 0, 1)));
}

bool chart_matrix(const struct chart_subject *subject, struct drawing *drawing,
                  struct cb_error *error)
{
    struct grid workload, size, grid;
    struct arena *arena = &drawing->arena;
    if (!choose_workload(subject, arena, &workload, error))
        return false;
    if (workload.rows == 0)
        return true;
    if (!choose_size(subject, arena, &workload, &size, error))
        return false;
    bool sized = size.rows > 0 && grid_cell(&size, 0, 0)->type == CELL_NUMBER;
    double pages = sized ? grid_number(&size, 0, 0) : 0;
    if (!grid_load(subject->report, arena, &grid, error,
                   "SELECT structure, machine, avg(explicit_per_request +"
                   " implicit_per_request) FROM by_structure"
                   " WHERE (scenario, variant) = (?, ?) AND pages IS ?"
                   " GROUP BY structure, machine ORDER BY structure, machine",
                   sql_text(grid_text(&workload, 0, 0)),
                   sql_text(grid_text(&workload, 0, 1)),
                   sized ? sql_integer((int64_t)pages) : sql_null()))
        return false;
    drawing->empty = false;
    const char *scenario =
        chart_scenario(arena, grid_text(&workload, 0, 0), grid_text(&workload, 0, 1));
    drawing->chart = (struct viz_chart){
        .kind = VIZ_HEATMAP,
        .title = "Which construction wins on which machine",
        .subtitle =
            sized ? arena_print(arena,
                                "Explicit and implicit cycles of a request in %s at %s "
                                "pages per visit%s",
                                scenario, number_text(arena, pages, 0),
                                grid_number(&size, 0, 1) > 1
                                    ? ", where the machines differ most"
                                    : "; at any size one construction wins on all")
                  : arena_print(arena, "Explicit and implicit cycles of a request in %s",
                                scenario),
        .heatmap = {.x_label = "machine",
                    .y_label = "structure",
                    .value = {.label = "per request", .unit = "cycles"},
                    .best = VIZ_LEAST_IN_COLUMN}};
    if (!fill_matrix(&grid, drawing))
        return cb_error_set(error, CB_IO, "the matrix is too large");
    return chart_caption(subject, drawing, error);
}
