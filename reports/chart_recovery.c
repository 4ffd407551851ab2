/* chart_recovery.c - what accesses cost beyond a world without boundaries, the longer a
 * domain has run again; and how the cost of crossings is distributed. */
#include "chart.h"

#include <math.h>
#include <string.h>

/* In the scenario that most replays of the machine are of, at the size (knob pages) at
 * which entering a domain costs most: of each structure a replay. */
#define CHOSEN                                                                           \
    "WITH followed AS (SELECT * FROM replay_list l JOIN (SELECT replay,"                 \
    "  1.0 * sum(isolation_mcycles) / sum(iif(bucket = 0, accesses, 0)) AS loss FROM "   \
    "recovery"                                                                           \
    "  WHERE phase = 'measured' GROUP BY replay) USING (replay)"                         \
    "  WHERE l.machine_id = ?1 AND l.state = 'done'),"                                   \
    " scenarios AS (SELECT scenario, variant FROM followed GROUP BY scenario, variant"   \
    "  ORDER BY count(*) DESC, scenario, variant LIMIT 1),"                              \
    " sizes AS (SELECT scenario, variant, pages FROM followed JOIN scenarios"            \
    "  USING (scenario, variant) ORDER BY loss DESC, pages LIMIT 1),"                    \
    " chosen AS (SELECT min(f.replay) AS replay, f.structure FROM followed f JOIN sizes" \
    "  s ON (f.scenario, f.variant) = (s.scenario, s.variant) AND f.pages IS s.pages"    \
    "  GROUP BY f.structure)"

/* Columns: structure, how, first access of a bucket, extra cycles, name. A way of
 * switching that hardly ever occurs has no line. */
#define RECOVERY_QUERY                                                                   \
    CHOSEN                                                                               \
    "SELECT c.structure, r.how, 1 << r.bucket, r.isolation_mcycles / 1000.0 / "          \
    "r.accesses,"                                                                        \
    " c.structure || iif(r.how = 'none', ', no switch', ', ' || r.how)"                  \
    " FROM recovery r JOIN chosen c USING (replay) JOIN (SELECT replay, how, accesses"   \
    "  FROM recovery WHERE phase = 'measured' AND bucket = 0) e"                         \
    "  USING (replay, how) WHERE r.phase = 'measured' AND 50 * e.accesses >="            \
    "  (SELECT max(accesses) FROM recovery m WHERE (m.replay, m.phase, m.bucket) ="      \
    "   (r.replay, 'measured', 0)) ORDER BY c.structure, r.how, r.bucket"

/* "pingpong, 16 pages" */
static const char *chosen_words(const struct chart_subject *subject,
                                struct drawing *drawing, struct cb_error *error)
{
    struct arena *arena = &drawing->arena;
    struct grid grid;
    if (!grid_load(subject->report, arena, &grid, error,
                   CHOSEN "SELECT scenario, variant, pages FROM sizes",
                   sql_integer(subject->machine)))
        return NULL;
    if (grid.rows == 0)
        return "";
    const char *scenario =
        chart_scenario(arena, grid_text(&grid, 0, 0), grid_text(&grid, 0, 1));
    double pages = grid_number(&grid, 0, 2);
    if (isnan(pages))
        return scenario;
    return arena_print(arena, "%s, %s %s", scenario, number_text(arena, pages, 0),
                       pages == 1 ? "page" : "pages");
}

/* A bucket reaches up to the next; the last has an end of its own. */
static bool fill_recovery(const struct grid *grid, struct drawing *drawing)
{
    struct arena *arena = &drawing->arena;
    struct viz_lines *lines = &drawing->chart.lines;
    struct viz_series *list = arena_array(arena, VIZ_MAX_SERIES, struct viz_series);
    if (list == NULL)
        return false;
    for (size_t row = 0, end; row < grid->rows; row = end) {
        for (end = row; end < grid->rows && grid_same(grid, end, row, 4);)
            end++;
        if (lines->series_count == VIZ_MAX_SERIES)
            break;
        size_t count = end - row + 1;
        double *x = arena_array(arena, count, double),
               *y = arena_array(arena, count, double);
        if (x == NULL || y == NULL)
            return false;
        for (size_t i = row; i < end; i++) {
            x[i - row] = grid_number(grid, i, 2);
            y[i - row] = grid_number(grid, i, 3);
        }
        x[count - 1] = 2 * x[count - 2];
        y[count - 1] = y[count - 2];
        list[lines->series_count++] = (struct viz_series){.name = grid_text(grid, row, 4),
                                                          .x = x,
                                                          .y = y,
                                                          .count = count,
                                                          .look = VIZ_STEPS};
    }
    lines->series = list;
    return true;
}

/* The dearest stretch of any line. */
static const char *finding(struct arena *arena, const struct viz_lines *lines)
{
    const struct viz_series *most = NULL;
    size_t at = 0;
    for (size_t s = 0; s < lines->series_count; s++)
        for (size_t i = 0; i + 1 < lines->series[s].count; i++)
            if (most == NULL || lines->series[s].y[i] > most->y[at]) {
                most = &lines->series[s];
                at = i;
            }
    if (most == NULL || most->y[at] <= 0)
        return "No access costs more than it would without the boundary";
    const char *which = at == 0 ? "the first access"
                                : arena_print(arena, "accesses %s to %s",
                                              number_text(arena, most->x[at], 0),
                                              number_text(arena, most->x[at + 1] - 1, 0));
    return arena_print(arena, "Dearest: %s in %s, with %s cycles each", which, most->name,
                       number_text(arena, most->y[at], 3));
}

bool chart_recovery(const struct chart_subject *subject, struct drawing *drawing,
                    struct cb_error *error)
{
    struct arena *arena = &drawing->arena;
    struct grid grid;
    const char *words;
    if (!grid_load(subject->report, arena, &grid, error, RECOVERY_QUERY,
                   sql_integer(subject->machine)) ||
        (words = chosen_words(subject, drawing, error)) == NULL)
        return false;
    if (grid.rows == 0)
        return true;
    drawing->empty = false;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_LINES,
        .title = arena_print(arena, "How soon a domain is itself again: %s, on %s", words,
                             subject->label),
        .lines = {.x = {.label = "accesses of work since the domain was entered",
                        .scale = VIZ_LOG2},
                  .y = {.label = "isolation: extra cost of an access", .unit = "cycles"},
                  .y_from_zero = true}};
    if (!fill_recovery(&grid, drawing))
        return cb_error_set(error, CB_IO, "out of memory");
    drawing->chart.subtitle = finding(arena, &drawing->chart.lines);
    return chart_caption(subject, drawing, error);
}

/* ---- distribution ---- */

#define PANELS_MOST 4

/* Columns: name of the sample, mean cost of a bin, crossings in it. */
#define DISTRIBUTION_QUERY                                                               \
    CHOSEN                                                                               \
    "SELECT c.structure, h.kind, h.sum_mcycles / 1000.0 / h.crossings, h.crossings,"     \
    " c.structure || h.kind"                                                             \
    " FROM crossing_histograms h JOIN chosen c USING (replay) JOIN crossing_kinds k"     \
    " USING (kind) WHERE h.phase = 'measured' AND h.kind IN ('ipc_call', 'call') AND"    \
    " h.kind = (SELECT x.kind FROM crossings x WHERE (x.replay, x.phase) ="              \
    "  (h.replay, h.phase) AND x.kind IN ('ipc_call', 'call')"                           \
    "  ORDER BY x.kind DESC LIMIT 1)"                                                    \
    " ORDER BY c.structure <> 'l3-large', c.structure <> 'l3-small', c.structure,"       \
    " k.position, h.low_mcycles"

static bool fill_samples(const struct grid *grid, struct drawing *drawing, double *least,
                         double *most)
{
    struct arena *arena = &drawing->arena;
    struct viz_distribution *distribution = &drawing->chart.distribution;
    struct viz_sample *samples = arena_array(arena, PANELS_MOST, struct viz_sample);
    double *values = arena_array(arena, grid->rows, double);
    double *counts = arena_array(arena, grid->rows, double);
    if (samples == NULL || values == NULL || counts == NULL)
        return false;
    for (size_t row = 0, end; row < grid->rows; row = end) {
        for (end = row; end < grid->rows && grid_same(grid, end, row, 4); end++) {
            values[end] = grid_number(grid, end, 2);
            counts[end] = grid_number(grid, end, 3);
        }
        if (distribution->sample_count == PANELS_MOST)
            break;
        *least = fmin(*least, values[row]);
        *most = fmax(*most, values[end - 1]);
        samples[distribution->sample_count++] = (struct viz_sample){
            .name = arena_print(arena, "%s, %s", grid_text(grid, row, 0),
                                kind_title(grid_text(grid, row, 1), "")),
            .values = values + row,
            .counts = counts + row,
            .count = end - row};
    }
    distribution->samples = samples;
    return true;
}

static const char *spread(struct arena *arena, const struct viz_distribution *of)
{
    const struct viz_sample *sample = &of->samples[0];
    return arena_print(arena, "%s: half cost at most %s cycles, 99 in 100 at most %s",
                       sample->name, number_text(arena, viz_percentile(sample, 0.5), 0),
                       number_text(arena, viz_percentile(sample, 0.99), 0));
}

bool chart_distribution(const struct chart_subject *subject, struct drawing *drawing,
                        struct cb_error *error)
{
    struct arena *arena = &drawing->arena;
    struct grid grid;
    double least = INFINITY, most = -INFINITY;
    const char *words;
    if (!grid_load(subject->report, arena, &grid, error, DISTRIBUTION_QUERY,
                   sql_integer(subject->machine)) ||
        (words = chosen_words(subject, drawing, error)) == NULL)
        return false;
    if (grid.rows == 0)
        return true;
    drawing->empty = false;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_DISTRIBUTION,
        .title = arena_print(arena, "How much crossings differ in cost: %s, on %s", words,
                             subject->label),
        .distribution = {.x = {.label = "explicit and implicit cost of one crossing",
                               .unit = "cycles"}}};
    if (!fill_samples(&grid, drawing, &least, &most))
        return cb_error_set(error, CB_IO, "out of memory");
    if (least > 0 && most > 20 * least)
        drawing->chart.distribution.x.scale = VIZ_LOG10;
    drawing->chart.subtitle = spread(arena, &drawing->chart.distribution);
    return chart_caption(subject, drawing, error);
}
