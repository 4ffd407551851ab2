/* timeline.c - a lane per domain: who runs, where borders are crossed, what is refilled.
 *
 * A lane has, from top to bottom: room for the ticks of refills, the bar of who runs,
 * and room for the names of the crossings that leave downwards. What falls on the same
 * half pixel is drawn once, so that a long stretch stays small.
 */
#include "viz/frame.h"

#include <math.h>

#define NAME_GAP     8.0
#define NATURAL_LANE 48.0
#define LEAST_LANE   34.0
#define SPAN_HEIGHT  9.0
#define BELOW_SPAN   15.0 /* for the names of crossings */
#define SAME_PLACE   0.5
#define ROOMY        8.0 /* the mean distance of edges that do not crowd */
#define TICK_WIDTH   2.0

struct plan {
    const struct viz_timeline *timeline;
    struct fill fills[VIZ_MAX_LANES];
    double largest_burst;
    struct scale x;
    struct ticks ticks;
    struct key key;
    double key_height;
    double names_width;
    double lane_height;
    struct box plot;
};

enum swatch { SWATCH_SPAN, SWATCH_EDGE, SWATCH_BURST };

static const struct colour burst_colour = {0.835, 0.369, 0}; /* implicit: #D55E00 */

static void swatch_draw(struct canvas *canvas, const void *context, size_t which,
                        struct box box)
{
    const struct plan *plan = context;
    double middle = box.x + box.w / 2;
    switch ((enum swatch)which) {
    case SWATCH_SPAN:
        box_fill(canvas, (struct box){box.x, box.y + 1, box.w, SPAN_HEIGHT},
                 plan->fills[0]);
        return;
    case SWATCH_EDGE:
        line_draw(canvas, middle, box.y - 1, middle, box.y + box.h + 1, 1.2, COLOUR_INK);
        return;
    case SWATCH_BURST:
        for (int i = 0; i < 3; i++)
            line_draw(canvas, middle + 4 * (i - 1), box.y + box.h, middle + 4 * (i - 1),
                      box.y + 2 + 3 * i, 2, burst_colour);
        return;
    }
}

/* ---- the plan ---- */

static void take_in(struct scale *scale, double value)
{
    scale->lo = fmin(scale->lo, value);
    scale->hi = fmax(scale->hi, value);
}

static void plan_range(struct plan *plan)
{
    const struct viz_timeline *timeline = plan->timeline;
    plan->x = (struct scale){.kind = VIZ_LINEAR, .lo = INFINITY, .hi = -INFINITY};
    for (size_t i = 0; i < timeline->span_count; i++) {
        take_in(&plan->x, timeline->spans[i].from);
        take_in(&plan->x, timeline->spans[i].to);
    }
    for (size_t i = 0; i < timeline->edge_count; i++)
        take_in(&plan->x, timeline->edges[i].at);
    for (size_t i = 0; i < timeline->burst_count; i++) {
        take_in(&plan->x, timeline->bursts[i].at);
        plan->largest_burst = fmax(plan->largest_burst, timeline->bursts[i].amount);
    }
    scale_widen(&plan->x);
}

static void plan_make(struct canvas *canvas, struct plan *plan,
                      const struct viz_timeline *timeline, double body_left, double width)
{
    *plan = (struct plan){.timeline = timeline};
    size_t own = 0;
    for (size_t i = 0; i < timeline->lane_count; i++) {
        bool kernel = timeline->lanes[i].kernel;
        plan->fills[i] = fill_of_layer(kernel ? 0 : own++, kernel);
        plan->names_width = fmax(plan->names_width,
                                 text_width(canvas, FONT_LABEL, timeline->lanes[i].name));
    }
    plan->names_width = fmin(plan->names_width, width * 0.25) + 1;
    plan_range(plan);
    plan->plot.x = body_left + plan->names_width + NAME_GAP;
    plan->plot.w = width - plan->names_width - NAME_GAP - 10;
    plan->x.from = plan->plot.x;
    plan->x.to = plan->plot.x + plan->plot.w;
    plan->ticks = x_axis_ticks(canvas, &timeline->time, &plan->x, false, body_left,
                               body_left + width);
}

/* `burst_text` holds the key's text for as long as the key lives. */
static void plan_key(struct canvas *canvas, struct plan *plan, double width,
                     char **burst_text)
{
    const struct viz_timeline *timeline = plan->timeline;
    char amount[NUMBER_SIZE];
    plan->key = (struct key){.swatch = swatch_draw, .context = plan};
    number_short(plan->largest_burst, VIZ_PLAIN, amount);
    *burst_text = g_strdup_printf(
        "%s (tallest: %s)", timeline->burst_label ? timeline->burst_label : "", amount);
    if (timeline->span_count > 0)
        key_add(&plan->key, "runs", SWATCH_SPAN, false);
    if (timeline->edge_count > 0)
        key_add(&plan->key, "border crossing", SWATCH_EDGE, false);
    if (timeline->burst_count > 0)
        key_add(&plan->key, *burst_text, SWATCH_BURST, false);
    plan->key_height = key_height(canvas, &plan->key, width);
}

struct heights timeline_heights(struct canvas *canvas,
                                const struct viz_timeline *timeline, double width)
{
    struct plan plan;
    char *burst_text;
    plan_make(canvas, &plan, timeline, 0, width);
    plan_key(canvas, &plan, width, &burst_text);
    g_free(burst_text);
    double lanes = (double)timeline->lane_count;
    double around = plan.key_height + x_axis_height(canvas);
    return (struct heights){around + lanes * NATURAL_LANE, around + lanes * LEAST_LANE};
}

/* ---- drawing ---- */

static double at_x(const struct plan *plan, double time)
{
    return scale_place(&plan->x, time);
}

static double lane_top(const struct plan *plan, size_t lane)
{
    return plan->plot.y + plan->lane_height * (double)lane;
}

static double span_top(const struct plan *plan, size_t lane)
{
    return lane_top(plan, lane) + plan->lane_height - BELOW_SPAN - SPAN_HEIGHT;
}

static void lanes_draw(struct canvas *canvas, const struct plan *plan, double left)
{
    const struct viz_timeline *timeline = plan->timeline;
    static const struct fill band = {{0.955, 0.955, 0.955}, HATCH_NONE};
    for (size_t i = 0; i < timeline->lane_count; i++)
        if (timeline->lanes[i].kernel)
            box_fill(canvas,
                     (struct box){left, lane_top(plan, i),
                                  plan->plot.x + plan->plot.w - left, plan->lane_height},
                     band);
    struct ink ink = {.font = FONT_LABEL,
                      .colour = COLOUR_INK,
                      .across = RIGHT,
                      .max_width = plan->names_width};
    for (size_t i = 0; i < timeline->lane_count; i++) {
        double y = span_top(plan, i) + SPAN_HEIGHT / 2;
        line_draw(canvas, plan->plot.x, y, plan->plot.x + plan->plot.w, y, 1,
                  COLOUR_GRID);
        text_middle(canvas, &ink, plan->plot.x - NAME_GAP, y, timeline->lanes[i].name);
    }
}

static void span_draw(struct canvas *canvas, const struct plan *plan, size_t lane,
                      double left, double right, double time)
{
    struct box box = {left, span_top(plan, lane), fmax(right - left, SAME_PLACE),
                      SPAN_HEIGHT};
    box_fill(canvas, box, plan->fills[lane]);
    mark_add(canvas, box, time,
             g_strdup_printf("%s runs", plan->timeline->lanes[lane].name),
             number_with_unit(time, &plan->timeline->time));
}

/* Neighbouring spans of a lane that leave no gap on paper become one. */
static void lane_spans_draw(struct canvas *canvas, const struct plan *plan, size_t lane)
{
    const struct viz_timeline *timeline = plan->timeline;
    double left = 0, right = -INFINITY, time = 0;
    for (size_t i = 0; i < timeline->span_count; i++) {
        const struct viz_span *span = &timeline->spans[i];
        if (span->lane != lane)
            continue;
        double from = at_x(plan, span->from);
        if (from - right >= SAME_PLACE) {
            if (right > -INFINITY)
                span_draw(canvas, plan, lane, left, right, time);
            left = from;
            time = 0;
        }
        right = fmax(right, at_x(plan, span->to));
        time += span->to - span->from;
    }
    if (right > -INFINITY)
        span_draw(canvas, plan, lane, left, right, time);
}

static void burst_draw(struct canvas *canvas, const struct plan *plan, size_t lane,
                       double x, double amount)
{
    double room = plan->lane_height - BELOW_SPAN - SPAN_HEIGHT - 3;
    double height = plan->largest_burst > 0 ? room * amount / plan->largest_burst : 0;
    double bottom = span_top(plan, lane) - 1;
    const char *what = plan->timeline->burst_label ? plan->timeline->burst_label : "";
    char text[NUMBER_SIZE];
    number_full(amount, VIZ_PLAIN, text);
    /* Right of the place, beside the edge that often stands there. */
    line_draw(canvas, x + 1.6, bottom, x + 1.6, bottom - height, TICK_WIDTH,
              burst_colour);
    mark_add(canvas, (struct box){x, bottom - height, 4, height}, amount,
             g_strdup_printf("%s: %s", plan->timeline->lanes[lane].name, what),
             g_strdup(text));
}

/* Of the bursts at one place the largest is drawn. */
static void lane_bursts_draw(struct canvas *canvas, const struct plan *plan, size_t lane)
{
    const struct viz_timeline *timeline = plan->timeline;
    double x = -INFINITY, largest = 0;
    for (size_t i = 0; i < timeline->burst_count; i++) {
        const struct viz_burst *burst = &timeline->bursts[i];
        if (burst->lane != lane)
            continue;
        double here = at_x(plan, burst->at);
        if (here - x < TICK_WIDTH) {
            largest = fmax(largest, burst->amount);
            continue;
        }
        if (x > -INFINITY)
            burst_draw(canvas, plan, lane, x, largest);
        x = here;
        largest = burst->amount;
    }
    if (x > -INFINITY)
        burst_draw(canvas, plan, lane, x, largest);
}

/* An edge that is drawn, and how far its neighbours are: its name needs room. */
struct edge_place {
    const struct viz_edge *edge;
    double x, room_left, room_right;
};

static bool same_edge(const struct viz_edge *a, const struct viz_edge *b)
{
    return a->from == b->from && a->to == b->to;
}

static GArray *edges_place(const struct plan *plan)
{
    const struct viz_timeline *timeline = plan->timeline;
    GArray *places = g_array_new(FALSE, FALSE, sizeof(struct edge_place));
    for (size_t i = 0; i < timeline->edge_count; i++) {
        struct edge_place place = {.edge = &timeline->edges[i]};
        place.x = at_x(plan, place.edge->at);
        place.room_left = place.x - plan->plot.x;
        place.room_right = plan->plot.x + plan->plot.w - place.x;
        struct edge_place *last =
            places->len > 0 ? &g_array_index(places, struct edge_place, places->len - 1)
                            : NULL;
        if (last && place.x - last->x < SAME_PLACE && same_edge(last->edge, place.edge))
            continue;
        if (last)
            last->room_right = place.room_left = place.x - last->x;
        g_array_append_val(places, place);
    }
    return places;
}

static void edge_mark(struct canvas *canvas, const struct plan *plan,
                      const struct edge_place *place, double from, double to)
{
    const struct viz_edge *edge = place->edge;
    const struct viz_lane *lanes = plan->timeline->lanes;
    mark_add(canvas, (struct box){place->x - 2, fmin(from, to), 4, fabs(to - from)},
             edge->at,
             g_strdup_printf("%s%sfrom %s to %s", edge->label ? edge->label : "",
                             edge->label ? ", " : "", lanes[edge->from].name,
                             lanes[edge->to].name),
             number_with_unit(edge->at, &plan->timeline->time));
}

/* `density` is 1 when edges stand well apart, and falls towards 0 as they crowd: then
 * they are thin and pale, so that the lanes can be seen through them. */
static void edge_draw(struct canvas *canvas, const struct plan *plan,
                      const struct edge_place *place, double density)
{
    const struct viz_edge *edge = place->edge;
    bool down = edge->to > edge->from;
    double from = span_top(plan, edge->from) + SPAN_HEIGHT / 2;
    double to = span_top(plan, edge->to) + (down ? -1 : SPAN_HEIGHT + 1);
    double x = place->x;
    line_draw(canvas, x, from, x, to, 0.4 + 0.8 * density,
              colour_mix(COLOUR_PAPER, COLOUR_INK, 0.15 + 0.85 * density));
    if (density == 1 && edge->from != edge->to) {
        /* Half an arrow, on the left: the tick of a refill stands on the right. */
        cairo_move_to(canvas->cairo, x + 0.6, to);
        cairo_line_to(canvas->cairo, x - 4, to + (down ? -7 : 7));
        cairo_line_to(canvas->cairo, x + 0.6, to + (down ? -7 : 7));
        cairo_close_path(canvas->cairo);
        cairo_fill(canvas->cairo);
    }
    edge_mark(canvas, plan, place, from, to);
}

/* Below the bar of the upper lane, to the right of the edge or to its left. */
static void edge_name_draw(struct canvas *canvas, const struct plan *plan,
                           const struct edge_place *place)
{
    const struct viz_edge *edge = place->edge;
    if (!edge->label || edge->from == edge->to)
        return;
    size_t upper = edge->from < edge->to ? edge->from : edge->to;
    struct ink ink = {.font = FONT_SMALL, .colour = COLOUR_INK};
    struct box box = text_size(canvas, &ink, edge->label);
    if (box.w + 8 <= place->room_right)
        box.x = place->x + 4;
    else if (box.w + 8 <= place->room_left)
        box.x = place->x - 4 - box.w;
    else
        return;
    box.y = span_top(plan, upper) + SPAN_HEIGHT + 1;
    if (!text_in_the_way(canvas, box, 2))
        text_top(canvas, &ink, box.x, box.y, edge->label);
}

static double density_of(const struct plan *plan, const GArray *places)
{
    double spacing = plan->plot.w / (double)(places->len + 1);
    return fmin(spacing / ROOMY, 1);
}

void timeline_draw(struct canvas *canvas, const struct viz_timeline *timeline,
                   struct box body)
{
    struct plan plan;
    char *burst_text;
    plan_make(canvas, &plan, timeline, body.x, body.w);
    plan_key(canvas, &plan, body.w, &burst_text);
    double lanes = (double)timeline->lane_count;
    double room = body.h - plan.key_height - x_axis_height(canvas);
    plan.lane_height = fmin(room / lanes, 90);
    plan.plot.y = body.y + plan.key_height;
    plan.plot.h = plan.lane_height * lanes;
    key_draw(canvas, &plan.key, body.x, body.y, body.w);
    lanes_draw(canvas, &plan, body.x);
    x_axis_draw(canvas, &timeline->time, &plan.x, &plan.ticks, plan.plot, body.x,
                body.x + body.w);

    GArray *edges = edges_place(&plan);
    double density = density_of(&plan, edges);
    for (guint i = 0; i < edges->len; i++)
        edge_draw(canvas, &plan, &g_array_index(edges, struct edge_place, i), density);
    for (size_t lane = 0; lane < timeline->lane_count; lane++) {
        lane_spans_draw(canvas, &plan, lane);
        lane_bursts_draw(canvas, &plan, lane);
    }
    for (guint i = 0; density == 1 && i < edges->len; i++)
        edge_name_draw(canvas, &plan, &g_array_index(edges, struct edge_place, i));
    g_array_unref(edges);
    g_free(burst_text);
}
