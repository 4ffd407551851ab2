/* chart_memory.c - memory cycles per instruction, by what they were charged to. */
#include "chart.h"

/* One bar per structure of each scenario, at the least and the most pages. */
#define MEMORY_QUERY                                                                     \
    "SELECT l.scenario, l.variant, l.pages, l.structure, g.account_group,"               \
    " sum(x.memory_mcycles) / 1000.0 /"                                                  \
    " (SELECT nullif(sum(i.instructions), 0) FROM ledger i"                              \
    "  WHERE i.replay = l.replay AND i.phase = 'measured')"                              \
    " FROM replay_list l JOIN ledger x ON x.replay = l.replay AND x.phase = 'measured'"  \
    " JOIN accounts a ON a.account = x.account"                                          \
    " JOIN account_groups g ON g.account_group = a.account_group"                        \
    " JOIN (SELECT machine, scenario, variant, min(pages) AS least, max(pages) AS most"  \
    "  FROM replay_list WHERE state = 'done' GROUP BY machine, scenario, variant) r"     \
    "  ON (r.machine, r.scenario, r.variant) = (l.machine, l.scenario, l.variant)"       \
    " WHERE l.machine = ?1 AND l.state = 'done' AND l.scenario <> 'null'"                \
    "  AND (l.pages IS r.least OR l.pages IS r.most)"                                    \
    " GROUP BY l.replay, g.account_group"                                                \
    " ORDER BY l.scenario, l.variant, l.pages, l.structure, l.replay, g.position"
enum { SCENARIO, VARIANT, PAGES, STRUCTURE, GROUP, CYCLES };

static const struct viz_segment segments[] = {{"work", VIZ_WORK},
                                              {"competition", VIZ_COMPETITION},
                                              {"explicit", VIZ_EXPLICIT},
                                              {"implicit", VIZ_IMPLICIT},
                                              {"idle", VIZ_IDLE}};
#define SEGMENTS (sizeof segments / sizeof segments[0])

static const char *heading(struct arena *arena, const struct grid *grid, size_t row)
{
    const char *scenario = chart_scenario(arena, grid_text(grid, row, SCENARIO),
                                          grid_text(grid, row, VARIANT));
    if (grid_cell(grid, row, PAGES)->type == CELL_NULL)
        return scenario;
    return arena_print(arena, "%s, %s %s per visit", scenario,
                       number_text(arena, grid_number(grid, row, PAGES), 0),
                       grid_number(grid, row, PAGES) == 1 ? "page" : "pages");
}

static bool same_bar(const struct grid *grid, size_t row, size_t other)
{
    for (size_t c = SCENARIO; c <= STRUCTURE; c++)
        if (!grid_same(grid, row, other, c))
            return false;
    return true;
}

static bool fill(const struct grid *grid, struct drawing *drawing, bool *any)
{
    struct viz_bars *bars = &drawing->chart.bars;
    struct viz_bar *list = arena_array(&drawing->arena, grid->rows, struct viz_bar);
    double *values = NULL;
    for (size_t row = 0; list != NULL && row < grid->rows; row++) {
        if (row == 0 || !same_bar(grid, row, row - 1)) {
            if (bars->bar_count == VIZ_MAX_BARS)
                break;
            values = arena_array(&drawing->arena, SEGMENTS, double);
            if (values == NULL)
                return false;
            list[bars->bar_count++] =
                (struct viz_bar){.name = grid_text(grid, row, STRUCTURE),
                                 .heading = heading(&drawing->arena, grid, row),
                                 .values = values};
        }
        if (grid_cell(grid, row, CYCLES)->type == CELL_NULL)
            continue;
        values[chart_group(grid_text(grid, row, GROUP))] = grid_number(grid, row, CYCLES);
        *any = *any || grid_number(grid, row, CYCLES) != 0;
    }
    bars->bars = list;
    return list != NULL;
}

bool chart_memory(const struct chart_subject *subject, struct drawing *drawing,
                  struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(subject->report, &drawing->arena, &grid, error, MEMORY_QUERY,
                   sql_text(subject->label)))
        return false;
    if (grid.rows == 0)
        return true;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_BARS,
        .title = arena_print(&drawing->arena, "Memory cycles per instruction on %s",
                             subject->label),
        .subtitle = "Work and competition are there in any structure; the rest is the "
                    "boundary's",
        .bars = {.value = {.label = "memory cycles per instruction", .unit = "cycles"},
                 .segments = segments,
                 .segment_count = SEGMENTS}};
    bool any = false;
    if (!fill(&grid, drawing, &any))
        return cb_error_set(error, CB_IO, "out of memory");
    drawing->empty = !any;
    return chart_caption(subject, drawing, error);
}
