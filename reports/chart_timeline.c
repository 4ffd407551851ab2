/* chart_timeline.c - where the processor was during the first requests: a lane for the
 * kernel and for each domain, crossings from lane to lane, and what was fetched again. */
#include "chart.h"

#include <string.h>

enum { DOMAIN, ENTERED_BY, FROM, TO, FLUSHED, EVICTED, CR3 };

#define SPANS_QUERY                                                                      \
    "SELECT domain, entered_by, (from_mcycles - first_value(from_mcycles) OVER w)"       \
    " / 1000.0, (to_mcycles - first_value(from_mcycles) OVER w) / 1000.0,"               \
    " refilled_after_flush, refilled_after_eviction, switches_cr3"                       \
    " FROM stretch_spans WHERE replay = ? WINDOW w AS (ORDER BY span) ORDER BY span"

/* The kernel first, then as the domains were declared. */
#define LANES_QUERY                                                                      \
    "SELECT DISTINCT d.domain, d.name, d.number = 0 FROM stretch_spans s JOIN domains d" \
    " USING (domain) WHERE s.replay = ? ORDER BY d.number LIMIT 24"

static size_t lane_of(const struct grid *lanes, const struct grid *spans, size_t row)
{
    size_t lane = 0;
    while (lane < lanes->rows &&
           grid_number(lanes, lane, 0) != grid_number(spans, row, DOMAIN))
        lane++;
    return lane;
}

static bool load_lanes(const struct grid *grid, struct drawing *drawing)
{
    struct viz_timeline *timeline = &drawing->chart.timeline;
    struct viz_lane *lanes =
        arena_array(&drawing->arena, grid->rows + 1, struct viz_lane);
    for (size_t i = 0; lanes != NULL && i < grid->rows; i++)
        lanes[i] = (struct viz_lane){.name = grid_text(grid, i, 1),
                                     .kernel = grid_number(grid, i, 2) == 1};
    timeline->lanes = lanes;
    timeline->lane_count = grid->rows;
    return lanes != NULL;
}

/* Named are the crossings in, and of those out the ones that loaded CR3 on their way. */
static const char *edge_label(const struct grid *spans, size_t row)
{
    const char *entered_by = grid_text(spans, row, ENTERED_BY);
    if (strcmp(entered_by, "procedure") == 0)
        return NULL;
    if (strcmp(entered_by, "return") != 0)
        return kind_title(entered_by, "");
    return grid_number(spans, row - 1, CR3) > 0 ? "CR3" : NULL;
}

static bool fill(const struct grid *grid, const struct grid *lane_grid,
                 struct drawing *drawing)
{
    struct arena *arena = &drawing->arena;
    struct viz_timeline *timeline = &drawing->chart.timeline;
    struct viz_span *spans = arena_array(arena, grid->rows + 1, struct viz_span);
    struct viz_edge *edges = arena_array(arena, grid->rows + 1, struct viz_edge);
    struct viz_burst *bursts = arena_array(arena, grid->rows + 1, struct viz_burst);
    if (spans == NULL || edges == NULL || bursts == NULL)
        return false;
    for (size_t row = 0; row < grid->rows; row++) {
        size_t lane = lane_of(lane_grid, grid, row);
        double from = grid_number(grid, row, FROM);
        double amount = grid_number(grid, row, FLUSHED) + grid_number(grid, row, EVICTED);
        if (lane == lane_grid->rows)
            continue;
        size_t count = timeline->span_count;
        if (count > 0)
            edges[timeline->edge_count++] =
                (struct viz_edge){.at = from,
                                  .from = spans[count - 1].lane,
                                  .to = lane,
                                  .label = edge_label(grid, row)};
        spans[timeline->span_count++] = (struct viz_span){
            .lane = lane, .from = from, .to = grid_number(grid, row, TO)};
        if (amount > 0)
            bursts[timeline->burst_count++] =
                (struct viz_burst){.lane = lane, .at = from, .amount = amount};
    }
    timeline->spans = spans;
    timeline->edges = edges;
    timeline->bursts = bursts;
    return true;
}

/* How much was fetched again, and how much of it in the kernel's lane. */
static const char *finding(struct arena *arena, const struct grid *grid)
{
    double flushed = 0, evicted = 0, crossings = 0;
    for (size_t row = 0; row < grid->rows; row++) {
        const char *entered_by = grid_text(grid, row, ENTERED_BY);
        flushed += grid_number(grid, row, FLUSHED);
        evicted += grid_number(grid, row, EVICTED);
        crossings += strcmp(entered_by, "return") != 0 &&
                     strcmp(entered_by, "procedure") != 0 &&
                     strcmp(entered_by, "begin") != 0;
    }
    return arena_print(
        arena,
        "%s border %s. TLB entries and lines that a stay fetches again: %s after "
        "a flush, %s after an eviction",
        number_text(arena, crossings, 0), crossings == 1 ? "crossing" : "crossings",
        number_text(arena, flushed, 0), number_text(arena, evicted, 0));
}

bool chart_timeline(const struct chart_subject *subject, struct drawing *drawing,
                    struct cb_error *error)
{
    struct grid spans, lanes;
    struct arena *arena = &drawing->arena;
    if (!grid_load(subject->report, arena, &spans, error, SPANS_QUERY,
                   sql_integer(subject->replay)) ||
        !grid_load(subject->report, arena, &lanes, error, LANES_QUERY,
                   sql_integer(subject->replay)))
        return false;
    if (spans.rows == 0)
        return true;
    const char *words = chart_replay_words(subject, drawing, error);
    if (words == NULL)
        return false;
    drawing->empty = false;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_TIMELINE,
        .title = arena_print(arena, "Where the processor is: %s, on %s", words,
                             subject->label),
        .subtitle = finding(arena, &spans),
        .timeline = {.time = {.label = "time since the stretch began", .unit = "cycles"},
                     .burst_label = "fetched again"}};
    if (!load_lanes(&lanes, drawing) || !fill(&spans, &lanes, drawing))
        return cb_error_set(error, CB_IO, "out of memory");
    return chart_replay_caption(subject, drawing, error);
}
