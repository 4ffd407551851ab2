/* chart_closed.c - the closed form as a curve over domain sizes, the replays that judge
 * it as points, and at each point how far off it is. */
#include "chart.h"

#include <math.h>
#include <string.h>

#define GOOD 10.0 /* per cent: an error up to this is called small */

#define CLOSED_QUERY                                                                     \
    "SELECT prediction, structure, from_pages, visit_order, pages, total_cycles,"        \
    " replayed_total_cycles, error_percent FROM closed_form WHERE machine = ?"           \
    " AND structure <> '' AND prediction IN (SELECT prediction FROM closed_form"         \
    "  WHERE error_percent IS NOT NULL GROUP BY prediction)"
enum { PREDICTION, STRUCTURE, FROM, ORDER, PAGES, TOTAL, REPLAYED, ERROR };

static size_t end_of(const struct grid *grid, size_t row)
{
    size_t end = row + 1;
    while (end < grid->rows && grid_same(grid, end, row, PREDICTION))
        end++;
    return end;
}

/* ---- in words ---- */

/* What tells this prediction from others of the same structure. */
static const char *name_of(struct arena *arena, const struct grid *grid, size_t row)
{
    bool same_from = true, same_order = true;
    for (size_t i = 0; i < grid->rows; i++) {
        same_from = same_from && grid_same(grid, i, row, FROM);
        same_order = same_order && grid_same(grid, i, row, ORDER);
    }
    return arena_print(
        arena, "%s%s%s", grid_text(grid, row, STRUCTURE),
        same_from ? "" : arena_print(arena, " from %s", grid_text(grid, row, FROM)),
        same_order ? "" : arena_print(arena, ", %s", grid_text(grid, row, ORDER)));
}

/* "1 to 32 pages", "8 pages", "1 to 4 and 16 pages": the sizes at which the error is
 * small, neighbours joined. "" for none. */
static const char *good_sizes(struct arena *arena, const struct grid *grid, size_t row,
                              size_t end)
{
    const char *list = "", *last = "";
    for (size_t i = row; i < end;) {
        size_t from = i, to = i;
        bool any = false;
        for (; i < end; i++) {
            double error = grid_number(grid, i, ERROR);
            if (isnan(error))
                continue; /* not recorded: says nothing */
            if (fabs(error) > GOOD)
                break;
            if (!any)
                from = i;
            any = true;
            to = i;
        }
        i += i < end;
        if (!any)
            continue;
        const char *first = grid_text(grid, from, PAGES);
        list = last[0] == '\0' ? ""
                               : arena_print(arena, "%s%s%s", list,
                                             list[0] == '\0' ? "" : ", ", last);
        last = from == to
                   ? first
                   : arena_print(arena, "%s to %s", first, grid_text(grid, to, PAGES));
    }
    if (list[0] != '\0')
        last = arena_print(arena, "%s and %s", list, last);
    if (last[0] == '\0')
        return "";
    return arena_print(arena, "%s %s", last, strcmp(last, "1") == 0 ? "page" : "pages");
}

/* The row where it is off most. */
static size_t worst_row(const struct grid *grid, size_t row, size_t end)
{
    size_t worst = end;
    for (size_t i = row; i < end; i++)
        if (!isnan(grid_number(grid, i, ERROR)) &&
            (worst == end ||
             fabs(grid_number(grid, i, ERROR)) > fabs(grid_number(grid, worst, ERROR))))
            worst = i;
    return worst;
}

static const char *percent_text(struct arena *arena, double percent)
{
    double whole = round(percent);
    return arena_print(arena, "%s%s\u00a0%%", whole > 0 ? "+" : "",
                       number_text(arena, whole, 0));
}

/* "l3-large is within 10 % of its replays at 1 to 32 pages, and off most at 64 pages
 * (+157 %)" */
static const char *sentence_of(struct arena *arena, const struct grid *grid, size_t row,
                               size_t end)
{
    size_t worst = worst_row(grid, row, end);
    const char *good = good_sizes(arena, grid, row, end);
    double off = grid_number(grid, worst, ERROR);
    const char *where = fabs(off) <= GOOD ? "at every size"
                        : good[0] == '\0' ? "at no size"
                                          : arena_print(arena, "at %s", good);
    return arena_print(arena,
                       "%s is within %.0f\u00a0%% of its replays %s, and off most at %s "
                       "%s (%s)",
                       name_of(arena, grid, row), GOOD, where,
                       grid_text(grid, worst, PAGES),
                       grid_number(grid, worst, PAGES) == 1 ? "page" : "pages",
                       percent_text(arena, off));
}

bool closed_form_words(const struct chart_subject *subject, struct arena *arena,
                       const char **words, struct cb_error *error)
{
    struct grid grid;
    *words = NULL;
    if (!grid_load(subject->report, arena, &grid, error, CLOSED_QUERY,
                   sql_text(subject->label)))
        return false;
    for (size_t row = 0, end; row < grid.rows; row = end) {
        end = end_of(&grid, row);
        *words =
            arena_print(arena, "%s%s%s", *words != NULL ? *words : "",
                        *words != NULL ? "; " : "", sentence_of(arena, &grid, row, end));
    }
    return true;
}

/* ---- as a picture ---- */

/* A curve of all sizes, and the points of those that are replayed. */
static bool add_prediction(struct drawing *drawing, struct viz_series *series,
                           const struct grid *grid, size_t row, size_t end)
{
    struct arena *arena = &drawing->arena;
    struct viz_lines *lines = &drawing->chart.lines;
    double *x = arena_array(arena, end - row, double);
    double *y = arena_array(arena, end - row, double);
    double *replayed = arena_array(arena, end - row, double);
    const char **labels = arena_array(arena, end - row, const char *);
    const char *name = name_of(arena, grid, row);
    if (x == NULL || y == NULL || replayed == NULL || labels == NULL)
        return false;
    for (size_t i = row; i < end; i++) {
        double error = grid_number(grid, i, ERROR);
        x[i - row] = grid_number(grid, i, PAGES);
        y[i - row] = grid_number(grid, i, TOTAL);
        replayed[i - row] = grid_number(grid, i, REPLAYED);
        labels[i - row] = isnan(error) ? NULL : percent_text(arena, error);
    }
    size_t first = lines->series_count;
    lines->series_count += 2;
    series[first] = (struct viz_series){.name = arena_print(arena, "%s, predicted", name),
                                        .x = x,
                                        .y = y,
                                        .count = end - row,
                                        .look = VIZ_LINE};
    series[first + 1] =
        (struct viz_series){.name = arena_print(arena, "%s, replayed", name),
                            .x = x,
                            .y = replayed,
                            .count = end - row,
                            .look = VIZ_POINTS,
                            .labels = labels,
                            .like = first + 1};
    return true;
}

bool chart_closed_form(const struct chart_subject *subject, struct drawing *drawing,
                       struct cb_error *error)
{
    struct arena *arena = &drawing->arena;
    struct grid grid;
    const char *words;
    if (!grid_load(subject->report, arena, &grid, error, CLOSED_QUERY,
                   sql_text(subject->label)) ||
        !closed_form_words(subject, arena, &words, error))
        return false;
    if (grid.rows == 0)
        return true;
    drawing->empty = false;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_LINES,
        .title =
            arena_print(arena, "The closed form and the replays, on %s", subject->label),
        .subtitle =
            arena_print(arena, "At each point, how far the prediction is off: %s", words),
        .lines = {
            .x = {.label = "pages that each side touches per visit", .scale = VIZ_LOG2},
            .y = {.label = "explicit and implicit cost of a request", .unit = "cycles"},
            .y_from_zero = true}};
    struct viz_series *series = arena_array(arena, VIZ_MAX_SERIES, struct viz_series);
    if (series == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    drawing->chart.lines.series = series;
    for (size_t row = 0, end; row < grid.rows; row = end) {
        end = end_of(&grid, row);
        if (drawing->chart.lines.series_count + 2 <= VIZ_MAX_SERIES &&
            !add_prediction(drawing, series, &grid, row, end))
            return cb_error_set(error, CB_IO, "out of memory");
    }
    return chart_caption(subject, drawing, error);
}
