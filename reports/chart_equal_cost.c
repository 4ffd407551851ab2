/* chart_equal_cost.c - a crossing as instructions and misses, with lines of equal cost.
 *
 * Liedtke 1995, section 4.1.1, puts Mach's 900 cycles on the 486 thus: 107 are the
 * border, about 800 overhead, which would be about 500 instructions, or 270 cache misses,
 * or 90 TLB misses. L3 has 123 warm, 180 cold. Those are lines in a plane of instructions
 * and miss cycles; the crossings of this report are points in it. */
#include "chart.h"

#include <stdint.h>

/* The paper's, all for the 486 at 50 MHz. */
#define THE_486             "i486-50"
#define BORDER              107.0
#define MACH                900.0
#define MACH_OVERHEAD       800.0
#define MACH_AS_CODE        500.0 /* instructions */
#define MACH_AS_LINES       270.0 /* cache misses */
#define MACH_AS_PAGES       90.0  /* TLB misses */
#define L3_COLD             180.0
#define BORDER_INSTRUCTIONS 2.0 /* int and iret */

/* By structure, in the scenario that has most of them: calls, replies and sends. */
#define POINTS_QUERY                                                                     \
    "SELECT structure, sum(instructions * crossings) / sum(crossings),"                  \
    " sum(implicit_cycles * crossings) / sum(crossings), scenario FROM crossing_bill"    \
    " WHERE machine = ?1 AND phase = 'measured' AND kind NOT IN ('fault', 'interrupt')"  \
    " AND scenario = (SELECT scenario FROM crossing_bill WHERE machine = ?1"             \
    "  AND phase = 'measured' GROUP BY scenario"                                         \
    "  ORDER BY count(DISTINCT structure) DESC, scenario LIMIT 1)"                       \
    " GROUP BY structure ORDER BY 2"
enum { STRUCTURE, INSTRUCTIONS, MISSES, SCENARIO };

/* What a miss costs there: a line, and a page. */
#define COSTS_QUERY                                                                      \
    "SELECT sum(iif(component IN ('l1d', 'memory'), event_mcycles, 0)) / 1000.0,"        \
    " sum(iif(component = 'walk', event_mcycles, 0)) / 1000.0 FROM machine_components"   \
    " JOIN machine_labels USING (machine) WHERE label = ?1 AND side = 'data'"

static bool add(struct drawing *drawing, const char *name, enum viz_look look,
                size_t count, const double *x, const double *y)
{
    struct viz_lines *lines = &drawing->chart.lines;
    double *points = arena_array(&drawing->arena, 2 * count, double);
    if (points == NULL || lines->series_count == VIZ_MAX_SERIES)
        return points != NULL;
    for (size_t i = 0; i < count; i++) {
        points[i] = x[i];
        points[count + i] = y[i];
    }
    struct viz_series *list = (struct viz_series *)(uintptr_t)lines->series;
    list[lines->series_count++] = (struct viz_series){
        .name = name, .x = points, .y = points + count, .count = count, .look = look};
    return true;
}

/* From misses alone to instructions alone. */
static bool add_line(struct drawing *drawing, const char *name, double cycles)
{
    double each = MACH_OVERHEAD / MACH_AS_CODE;
    double x[] = {BORDER_INSTRUCTIONS, BORDER_INSTRUCTIONS + (cycles - BORDER) / each},
           y[] = {cycles - BORDER, 0};
    return add(drawing, name, VIZ_LINE, 2, x, y);
}

static bool add_all(const struct grid *points, const struct grid *costs,
                    struct drawing *drawing)
{
    struct arena *arena = &drawing->arena;
    struct viz_series *list = arena_array(arena, VIZ_MAX_SERIES, struct viz_series);
    drawing->chart.lines.series = list;
    if (list == NULL)
        return false;
    double nothing = BORDER_INSTRUCTIONS, code = nothing + MACH_AS_CODE, zero = 0,
           lines = MACH_AS_LINES * grid_number(costs, 0, 0),
           pages = MACH_AS_PAGES * grid_number(costs, 0, 1);
    bool ok = add_line(drawing, "180 cycles, L3 cold", L3_COLD) &&
              add_line(drawing, "900 cycles, Mach", MACH) &&
              add(drawing, "500 instructions", VIZ_POINTS, 1, &code, &zero);
    if (lines == pages)
        ok = ok &&
             add(drawing, "270 cache or 90 TLB misses", VIZ_POINTS, 1, &nothing, &lines);
    else
        ok = ok && add(drawing, "270 cache misses", VIZ_POINTS, 1, &nothing, &lines) &&
             add(drawing, "90 TLB misses", VIZ_POINTS, 1, &nothing, &pages);
    for (size_t row = 0; ok && row < points->rows; row++) {
        double x = grid_number(points, row, INSTRUCTIONS),
               y = grid_number(points, row, MISSES);
        ok = add(drawing, grid_text(points, row, STRUCTURE), VIZ_POINTS, 1, &x, &y);
    }
    return ok;
}

bool chart_equal_cost(const struct chart_subject *subject, struct drawing *drawing,
                      struct cb_error *error)
{
    struct grid points, costs;
    struct arena *arena = &drawing->arena;
    if (!grid_load(subject->report, arena, &points, error, POINTS_QUERY,
                   sql_text(THE_486)) ||
        !grid_load(subject->report, arena, &costs, error, COSTS_QUERY, sql_text(THE_486)))
        return false;
    drawing->empty = points.rows < 2;
    if (drawing->empty)
        return true;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_LINES,
        .title = "A crossing as instructions and misses",
        .subtitle =
            arena_print(arena,
                        "Mean of a crossing in scenario %s on %s. Lines: crossings of "
                        "equal cost, an instruction taken as 1.6 cycles (Liedtke 1995)",
                        grid_text(&points, 0, SCENARIO), THE_486),
        .lines = {.x = {.label = "instructions of the path"},
                  .y = {.label = "misses because of it", .unit = "cycles"},
                  .y_from_zero = true}};
    if (!add_all(&points, &costs, drawing))
        return cb_error_set(error, CB_IO, "out of memory");
    return chart_caption(subject, drawing, error);
}
