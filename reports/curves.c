/* curves.c - cost against domain size: the numbers, and where the curves meet. */
#include "chart.h"

#include <math.h>
#include <string.h>

static bool choose_scenario(const struct chart_subject *subject, struct arena *arena,
                            struct size_curves *curves, struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(
            subject->report, arena, &grid, error,
            "SELECT scenario, variant FROM domain_size WHERE machine = ?"
            " GROUP BY scenario, variant HAVING count(DISTINCT pages) > 1"
            " ORDER BY count(DISTINCT pages) DESC, count(*) DESC, scenario, variant"
            " LIMIT 1",
            sql_text(subject->label)))
        return false;
    if (grid.rows > 0) {
        curves->scenario = grid_text(&grid, 0, 0);
        curves->variant = grid_text(&grid, 0, 1);
    }
    return true;
}

static bool add_curve(struct arena *arena, const struct grid *grid, size_t first,
                      size_t count, struct size_curve *curve)
{
    *curve = (struct size_curve){.structure = grid_text(grid, first, 0), .count = count};
    double **columns[] = {&curve->pages, &curve->explicit_cycles, &curve->implicit_cycles,
                          &curve->total_cycles, &curve->credit_cycles};
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        *columns[c] = arena_array(arena, count, double);
        if (*columns[c] == NULL)
            return false;
        for (size_t i = 0; i < count; i++)
            (*columns[c])[i] = grid_number(grid, first + i, c + 1);
    }
    return true;
}

bool size_curves_load(const struct chart_subject *subject, struct arena *arena,
                      struct size_curves *curves, struct cb_error *error)
{
    *curves = (struct size_curves){0};
    struct grid grid;
    if (!choose_scenario(subject, arena, curves, error))
        return false;
    if (curves->scenario == NULL)
        return true;
    /* Two recordings of one size (of different lengths, say) count as their mean. */
    if (!grid_load(subject->report, arena, &grid, error,
                   "SELECT structure, pages, avg(explicit_cycles), avg(implicit_cycles),"
                   " avg(total_cycles), avg(credit_cycles) FROM domain_size"
                   " WHERE (machine, scenario, variant) = (?, ?, ?)"
                   " GROUP BY structure, pages ORDER BY structure, pages",
                   sql_text(subject->label), sql_text(curves->scenario),
                   sql_text(curves->variant)))
        return false;
    curves->curves = arena_array(arena, grid.rows + 1, struct size_curve);
    if (curves->curves == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (size_t row = 0; row < grid.rows;) {
        size_t end = row + 1;
        while (end < grid.rows && grid_same(&grid, end, row, 0))
            end++;
        if (!add_curve(arena, &grid, row, end - row, &curves->curves[curves->count++]))
            return cb_error_set(error, CB_IO, "out of memory");
        row = end;
    }
    return true;
}

const struct size_curve *size_curve(const struct size_curves *curves,
                                    const char *structure)
{
    for (size_t i = 0; i < curves->count; i++)
        if (strcmp(curves->curves[i].structure, structure) == 0)
            return &curves->curves[i];
    return NULL;
}

static struct viz_series total_series(const struct size_curve *curve)
{
    return (struct viz_series){.name = curve->structure,
                               .x = curve->pages,
                               .y = curve->total_cycles,
                               .count = curve->count};
}

/* At a size of the large domains that the small ones have too. */
static bool dearer_without_credits(const struct size_curve *small,
                                   const struct size_curve *large, size_t at)
{
    for (size_t i = 0; i < small->count; i++)
        if (small->pages[i] == large->pages[at])
            return large->total_cycles[at] - large->credit_cycles[at] >
                   small->total_cycles[i] - small->credit_cycles[i];
    return false;
}

bool size_crossover(const struct size_curves *curves, struct crossover *crossover)
{
    const struct size_curve *small = size_curve(curves, "l3-small");
    const struct size_curve *large = size_curve(curves, "l3-large");
    *crossover = (struct crossover){.small = small, .large = large};
    if (small == NULL || large == NULL)
        return false;
    struct viz_series a = total_series(small), b = total_series(large);
    struct viz_point at;
    crossover->meetings = viz_crossovers(&a, &b, VIZ_LOG2, VIZ_LINEAR, &at, 1);
    if (crossover->meetings == 0)
        return true;
    crossover->pages = at.x;
    crossover->cycles = at.y;
    crossover->to_dearer = large->total_cycles[0] < small->total_cycles[0];
    size_t after = 1;
    while (after + 1 < large->count && large->pages[after] < at.x)
        after++;
    crossover->before = large->pages[after - 1];
    crossover->after = large->pages[after];
    crossover->by_credit =
        !crossover->to_dearer && dearer_without_credits(small, large, after);
    return true;
}

static const char *apart(struct arena *arena, const struct size_curve *small, size_t s,
                         const struct size_curve *large, size_t l)
{
    double gap = large->total_cycles[l] - small->total_cycles[s];
    const char *pages = number_text(arena, small->pages[s], 0);
    const char *unit = small->pages[s] == 1 ? "page" : "pages";
    if (gap == 0)
        return arena_print(arena, "as much at %s %s", pages, unit);
    return arena_print(arena, "%s cycles %s at %s %s", number_text(arena, fabs(gap), 0),
                       gap > 0 ? "more" : "less", pages, unit);
}

const char *crossover_gap(struct arena *arena, const struct crossover *crossover)
{
    const struct size_curve *small = crossover->small, *large = crossover->large;
    return arena_print(arena, "%s and %s", apart(arena, small, 0, large, 0),
                       apart(arena, small, small->count - 1, large, large->count - 1));
}

const char *crossover_sentence(struct arena *arena, const struct size_curves *curves)
{
    struct crossover c;
    if (!size_crossover(curves, &c))
        return NULL;
    if (c.meetings == 0)
        return arena_print(arena,
                           "No crossover in this range: with large domains the boundary "
                           "costs a request %s than with small ones",
                           crossover_gap(arena, &c));
    return arena_print(
        arena, "Large domains become the %s construction%s between %s and %s pages%s",
        c.to_dearer ? "dearer" : "cheaper", c.meetings == 1 ? "" : " for the first time",
        number_text(arena, c.before, 0), number_text(arena, c.after, 0),
        c.by_credit ? ", but only by a credit: a flush spares them evictions that the "
                      "replacement would have made"
                    : "");
}
