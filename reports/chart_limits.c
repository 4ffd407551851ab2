/* chart_limits.c - the machine's limits on an axis of domain sizes: the size at which all
 * domains' pages together are as many as a TLB has entries, or their lines as a cache
 * has.
 *
 * How much a visit touches is what the replays have asked for at each re-entry, so code
 * and stack count, and of a page only the lines that are used. It grows in a straight
 * line with the size, and is taken as straight between two of them. */
#include "chart.h"

#include <math.h>
#include <string.h>

/* For each TLB and cache and each size: what all domains touch of it per visit, as the
 * mean over the replays of that size. A unified one serves fetches and data. */
#define TOUCHED_QUERY                                                                    \
    "SELECT s.name, s.what, s.entries, s.unit_bytes, t.pages, avg(t.touched),"           \
    " max(t.domains) FROM machine_structures s JOIN"                                     \
    " (SELECT m.position, l.pages, l.replay, sum(1.0 * e.asked / v.visits) AS touched,"  \
    "   count(DISTINCT e.domain) AS domains"                                             \
    "  FROM replay_list l JOIN reentries e ON e.replay = l.replay"                       \
    "   AND e.phase = 'measured'"                                                        \
    "  JOIN visits v ON (v.replay, v.phase, v.domain) = (e.replay, e.phase, e.domain)"   \
    "  JOIN machine_structures m ON m.machine = l.machine_id AND e.component IN"         \
    "   (CASE WHEN m.what = 'tlb' AND m.level > 1 THEN 'stlb'"                           \
    "         WHEN m.what = 'cache' AND m.level > 1 THEN 'l' || m.level"                 \
    "         WHEN m.holds = 'data' THEN NULL"                                           \
    "         WHEN m.what = 'tlb' THEN 'itlb' ELSE 'l1i' END,"                           \
    "    CASE WHEN m.level > 1 OR m.holds = 'instructions' THEN NULL"                    \
    "         WHEN m.what = 'tlb' THEN 'dtlb' ELSE 'l1d' END)"                           \
    "  WHERE l.state = 'done' AND (l.machine, l.scenario, l.variant) = (?2, ?3, ?4)"     \
    "  GROUP BY m.position, l.replay) t ON t.position = s.position"                      \
    " WHERE s.machine = ?1 AND (s.what = 'cache' OR s.unit_bytes = 4096)"                \
    " GROUP BY s.position, t.pages ORDER BY s.position, t.pages"
enum { NAME, WHAT, ENTRIES, UNIT, PAGES, TOUCHED, DOMAINS };

static const char *size_text(struct arena *arena, double bytes)
{
    if (bytes >= 1048576)
        return arena_print(arena, "%.4g MiB", bytes / 1048576);
    return arena_print(arena, "%.4g KiB", bytes / 1024);
}

static const char *limit_label(struct arena *arena, const struct grid *grid, size_t row)
{
    const char *whose =
        grid_number(grid, row, DOMAINS) == 2 ? "both sides'" : "all domains'";
    double entries = grid_number(grid, row, ENTRIES);
    if (strcmp(grid_text(grid, row, WHAT), "tlb") == 0)
        return arena_print(arena, "%s pages = %s entries of %s", whose,
                           number_text(arena, entries, 0), grid_text(grid, row, NAME));
    return arena_print(arena, "%s lines = %s of %s", whose,
                       size_text(arena, entries * grid_number(grid, row, UNIT)),
                       grid_text(grid, row, NAME));
}

/* The size between those of two rows at which as much is touched as there is; NaN when it
 * is not between them. */
static double limit_between(const struct grid *grid, size_t row)
{
    double entries = grid_number(grid, row, ENTRIES);
    double from = grid_number(grid, row, TOUCHED);
    double to = grid_number(grid, row + 1, TOUCHED);
    double pages = grid_number(grid, row, PAGES);
    if (!(from <= entries && entries < to))
        return NAN;
    return pages +
           (grid_number(grid, row + 1, PAGES) - pages) * (entries - from) / (to - from);
}

bool chart_limits(const struct chart_subject *subject, const struct size_curves *curves,
                  struct drawing *drawing, struct cb_error *error)
{
    struct grid grid;
    struct arena *arena = &drawing->arena;
    if (!grid_load(subject->report, arena, &grid, error, TOUCHED_QUERY,
                   sql_integer(subject->machine), sql_text(subject->label),
                   sql_text(curves->scenario), sql_text(curves->variant)))
        return false;
    struct viz_reference *list = arena_array(arena, grid.rows + 1, struct viz_reference);
    if (list == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    size_t count = 0;
    for (size_t row = 0; row + 1 < grid.rows && count < VIZ_MAX_REFERENCES; row++) {
        if (!grid_same(&grid, row, row + 1, NAME))
            continue;
        double at = limit_between(&grid, row);
        if (!isnan(at))
            list[count++] =
                (struct viz_reference){.at = at, .label = limit_label(arena, &grid, row)};
    }
    drawing->chart.lines.references = list;
    drawing->chart.lines.reference_count = count;
    return true;
}
