/* chart_bill.c - where the cycles of a crossing go: a stacked bar for each kind of
 * crossing in each structure, at the smallest domain size that was recorded. */
#include "chart.h"

#include <string.h>

/* A row per account of each bar, bars in order. */
#define BILL_QUERY                                                                       \
    "SELECT b.structure, b.scenario, b.variant, b.pages, b.kind, b.account, b.cycles"    \
    " FROM crossing_bill_lines b"                                                        \
    " JOIN accounts a ON a.account = b.account"                                          \
    " JOIN crossing_kinds k ON k.kind = b.kind"                                          \
    " WHERE b.machine = ?1 AND b.phase = 'measured' AND b.pages IS"                      \
    "     (SELECT min(l.pages) FROM replay_list l WHERE l.state = 'done' AND"            \
    "      (l.machine, l.scenario, l.variant, l.structure) ="                            \
    "      (b.machine, b.scenario, b.variant, b.structure))"                             \
    " ORDER BY b.scenario, b.variant, b.structure, k.position, b.replay, a.position"
enum { STRUCTURE, SCENARIO, VARIANT, PAGES, KIND, ACCOUNT, CYCLES };

static bool same_bar(const struct grid *grid, size_t row, size_t other)
{
    for (size_t c = STRUCTURE; c <= KIND; c++)
        if (!grid_same(grid, row, other, c))
            return false;
    return true;
}

static bool load_segments(const struct chart_subject *subject, struct drawing *drawing,
                          struct cb_error *error)
{
    struct viz_bars *bars = &drawing->chart.bars;
    struct grid grid;
    if (!grid_load(subject->report, &drawing->arena, &grid, error,
                   "SELECT a.title, a.account_group, a.account FROM accounts a WHERE"
                   " a.account IN (SELECT account FROM crossing_bill_lines"
                   "  WHERE machine = ? AND phase = 'measured') ORDER BY a.position",
                   sql_text(subject->label)))
        return false;
    struct viz_segment *segments =
        arena_array(&drawing->arena, grid.rows + 1, struct viz_segment);
    if (segments == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (size_t i = 0; i < grid.rows; i++)
        segments[i] = (struct viz_segment){.name = grid_text(&grid, i, 0),
                                           .group = chart_group(grid_text(&grid, i, 1))};
    bars->segments = segments;
    bars->segment_count = grid.rows;
    return true;
}

/* The place of an account among the segments: by its title. */
static size_t segment_of(const struct viz_bars *bars, const char *account)
{
    for (int a = 0; a < ACCOUNTS; a++)
        if (strcmp(account_name((enum account)a), account) == 0)
            for (size_t s = 0; s < bars->segment_count; s++)
                if (strcmp(bars->segments[s].name, account_title((enum account)a)) == 0)
                    return s;
    return bars->segment_count;
}

static const char *heading(struct arena *arena, const struct grid *grid, size_t row)
{
    const char *scenario = chart_scenario(arena, grid_text(grid, row, SCENARIO),
                                          grid_text(grid, row, VARIANT));
    if (grid_cell(grid, row, PAGES)->type == CELL_NULL ||
        strcmp(grid_text(grid, row, SCENARIO), "null") == 0)
        return scenario;
    double pages = grid_number(grid, row, PAGES);
    return arena_print(arena, "%s at %s %s per visit", scenario,
                       number_text(arena, pages, 0), pages == 1 ? "page" : "pages");
}

static const char *bar_name(struct arena *arena, const struct grid *grid, size_t row)
{
    return arena_print(
        arena, "%s, %s", grid_text(grid, row, STRUCTURE),
        kind_title(grid_text(grid, row, KIND), grid_text(grid, row, SCENARIO)));
}

static bool fill_bars(const struct grid *grid, struct drawing *drawing, bool *cut)
{
    struct viz_bars *bars = &drawing->chart.bars;
    struct arena *arena = &drawing->arena;
    struct viz_bar *list = arena_array(arena, grid->rows + 1, struct viz_bar);
    double *values = NULL;
    for (size_t row = 0; list != NULL && row < grid->rows; row++) {
        if (row == 0 || !same_bar(grid, row, row - 1)) {
            if (bars->bar_count == VIZ_MAX_BARS) {
                *cut = true;
                break;
            }
            values = arena_array(arena, bars->segment_count, double);
            if (values == NULL)
                return false;
            list[bars->bar_count++] =
                (struct viz_bar){.name = bar_name(arena, grid, row),
                                 .heading = heading(arena, grid, row),
                                 .values = values};
        }
        size_t segment = segment_of(bars, grid_text(grid, row, ACCOUNT));
        if (segment < bars->segment_count)
            values[segment] += grid_number(grid, row, CYCLES);
    }
    bars->bars = list;
    return list != NULL;
}

/* "Its largest item is kernel path, 43 % of all." */
static const char *finding(struct arena *arena, const struct viz_bars *bars)
{
    double most = 0, all = 0;
    size_t largest = 0;
    for (size_t s = 0; s < bars->segment_count; s++) {
        double sum = 0;
        for (size_t b = 0; b < bars->bar_count; b++)
            sum += bars->bars[b].values[s];
        all += sum;
        if (sum > most) {
            most = sum;
            largest = s;
        }
    }
    if (all <= 0)
        return NULL;
    return arena_print(arena,
                       "Over all of these crossings the largest item is: %s, %s %% "
                       "of the cycles",
                       bars->segments[largest].name,
                       number_text(arena, 100 * most / all, 0));
}

bool chart_crossing_bill(const struct chart_subject *subject, struct drawing *drawing,
                         struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(subject->report, &drawing->arena, &grid, error, BILL_QUERY,
                   sql_text(subject->label)))
        return false;
    if (grid.rows == 0)
        return true;
    drawing->empty = false;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_BARS,
        .title = arena_print(&drawing->arena, "The bill of a border crossing on %s",
                             subject->label),
        .bars = {.value = {.label = "mean cost of one crossing", .unit = "cycles"}}};
    if (!load_segments(subject, drawing, error) ||
        !chart_caption(subject, drawing, error))
        return false;
    bool cut = false;
    if (!fill_bars(&grid, drawing, &cut))
        return cb_error_set(error, CB_IO, "out of memory");
    drawing->chart.subtitle = finding(&drawing->arena, &drawing->chart.bars);
    if (cut)
        drawing->chart.subtitle = arena_print(
            &drawing->arena, "The first %d only; the table has all", VIZ_MAX_BARS);
    return true;
}
