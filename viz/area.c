/* area.c - layers on one another over time: who holds the cache, when? */
#include "viz/frame.h"

#include <math.h>

#define LEAST_PLOT 140.0
#define MOST_MARKS 200 /* per layer; of more points every nth can be hovered over */

struct plan {
    const struct viz_area *area;
    struct fill fills[VIZ_MAX_SERIES];
    struct scale x, y;
    struct ticks x_ticks, y_ticks;
    struct viz_reference capacity;
    struct key key; /* empty: names at the ends */
    double key_height;
    struct ends ends;
    struct box plot;
};

/* The height of the stack below and above a layer at a point. */
static double stacked(const struct viz_area *area, size_t layers, size_t point)
{
    double sum = 0;
    for (size_t i = 0; i < layers; i++)
        sum += area->layers[i].values[point];
    return sum;
}

static void swatch_draw(struct canvas *canvas, const void *context, size_t which,
                        struct box box)
{
    const struct plan *plan = context;
    box_fill(canvas, box, plan->fills[which]);
}

static void plan_start(struct canvas *canvas, struct plan *plan,
                       const struct viz_area *area, double width)
{
    *plan = (struct plan){.area = area};
    size_t own = 0;
    plan->ends = (struct ends){.swatch = swatch_draw, .context = plan};
    for (size_t i = 0; i < area->layer_count; i++) {
        bool kernel = area->layers[i].kernel;
        plan->fills[i] = fill_of_layer(kernel ? 0 : own++, kernel);
        plan->ends.names[plan->ends.count++] = area->layers[i].name;
    }
    ends_measure(canvas, &plan->ends, width);
    plan->x = (struct scale){.kind = area->x.scale,
                             .lo = area->at[0],
                             .hi = area->at[area->point_count - 1],
                             .binary = area->x.numbers == VIZ_BYTES};
    plan->y = (struct scale){
        .kind = VIZ_LINEAR, .hi = area->capacity, .binary = area->y.numbers == VIZ_BYTES};
    for (size_t n = 0; n < area->point_count; n++)
        plan->y.hi = fmax(plan->y.hi, stacked(area, area->layer_count, n));
}

static void plan_across(struct canvas *canvas, struct plan *plan, struct box body,
                        bool with_key)
{
    const struct viz_area *area = plan->area;
    plan->key = (struct key){.swatch = swatch_draw, .context = plan};
    for (size_t i = area->layer_count; with_key && i-- > 0;) /* as they are stacked */
        key_add(&plan->key, area->layers[i].name, i, false);
    plan->key_height = key_height(canvas, &plan->key, body.w);
    double left = y_axis_room(canvas, &area->y, &plan->y);
    double right = with_key ? 8 : ends_width(&plan->ends);
    plan->plot.x = body.x + left;
    plan->plot.w = body.w - left - right;
    plan->x.from = plan->plot.x;
    plan->x.to = plan->plot.x + plan->plot.w;
    plan->x_ticks = x_axis_ticks(canvas, &area->x, &plan->x, false, body.x,
                                 plan->x.to + (with_key ? 8 : END_OVERHANG));
}

static double above_plot(struct canvas *canvas, const struct plan *plan)
{
    return plan->key_height + y_axis_title_height(canvas);
}

static void plan_down(struct canvas *canvas, struct plan *plan, struct box body)
{
    double above = above_plot(canvas, plan);
    plan->plot.y = body.y + above;
    plan->plot.h = body.h - above - x_axis_height(canvas);
    plan->y.from = plan->plot.y + plan->plot.h;
    plan->y.to = plan->plot.y;
    /* Above the capacity there is room for its label, and no more. */
    size_t about = y_axis_about(plan->plot.h);
    double room = plan->plot.h - line_height(canvas, FONT_SMALL) - 4;
    if (plan->area->capacity == plan->y.hi && plan->y.hi > 0) {
        /* The ticks of the capacity itself: y_axis_room has measured those. */
        struct scale up_to = plan->y;
        plan->y_ticks = scale_nice(&up_to, about);
        plan->y.hi *= plan->plot.h / room;
        while (plan->y_ticks.at[plan->y_ticks.count - 1] > plan->y.hi)
            plan->y_ticks.count--;
    } else {
        plan->y_ticks = scale_nice(&plan->y, about);
    }
}

struct heights area_heights(struct canvas *canvas, const struct viz_area *area,
                            double width)
{
    struct plan plan;
    plan_start(canvas, &plan, area, width);
    plan_across(canvas, &plan, (struct box){0, 0, width, 0}, true);
    double least = above_plot(canvas, &plan) + LEAST_PLOT + x_axis_height(canvas);
    plan_across(canvas, &plan, (struct box){0, 0, width, 0}, width < NARROW_BODY);
    double plot = fmin(fmax(width * 0.42, 220), 440);
    double natural = above_plot(canvas, &plan) + plot + x_axis_height(canvas);
    return (struct heights){fmax(natural, least), least};
}

/* ---- drawing ---- */

static double at_x(const struct plan *plan, size_t point)
{
    return scale_place(&plan->x, plan->area->at[point]);
}

static double at_y(const struct plan *plan, double value)
{
    return scale_place(&plan->y, value);
}

static void layer_draw(struct canvas *canvas, const struct plan *plan, size_t layer)
{
    const struct viz_area *area = plan->area;
    cairo_new_path(canvas->cairo);
    for (size_t n = 0; n < area->point_count; n++)
        cairo_line_to(canvas->cairo, at_x(plan, n),
                      at_y(plan, stacked(area, layer + 1, n)));
    for (size_t n = area->point_count; n-- > 0;)
        cairo_line_to(canvas->cairo, at_x(plan, n), at_y(plan, stacked(area, layer, n)));
    cairo_close_path(canvas->cairo);
    path_fill(canvas, plan->fills[layer]);
}

static void layer_edge(struct canvas *canvas, const struct plan *plan, size_t layer)
{
    for (size_t n = 0; n < plan->area->point_count; n++)
        cairo_line_to(canvas->cairo, at_x(plan, n),
                      at_y(plan, stacked(plan->area, layer + 1, n)));
    use_colour(canvas, COLOUR_PAPER);
    cairo_set_line_width(canvas->cairo, 1);
    cairo_stroke(canvas->cairo);
}

/* A mark reaches half way to its neighbours. */
static void layer_marks(struct canvas *canvas, const struct plan *plan, size_t layer)
{
    const struct viz_area *area = plan->area;
    size_t stride = (area->point_count + MOST_MARKS - 1) / MOST_MARKS;
    for (size_t n = 0; n < area->point_count; n += stride) {
        size_t before = n >= stride ? n - stride : n;
        size_t after = n + stride < area->point_count ? n + stride : n;
        double left = (at_x(plan, before) + at_x(plan, n)) / 2;
        double right = (at_x(plan, after) + at_x(plan, n)) / 2;
        double top = at_y(plan, stacked(area, layer + 1, n));
        double bottom = at_y(plan, stacked(area, layer, n));
        double value = area->layers[layer].values[n];
        char *at = number_with_unit(area->at[n], &area->x);
        mark_add(canvas, (struct box){left, top, right - left, bottom - top}, value,
                 g_strdup_printf("%s at %s", area->layers[layer].name, at),
                 number_with_unit(value, &area->y));
        g_free(at);
    }
}

static void capacity_draw(struct canvas *canvas, const struct plan *plan)
{
    static const double dash[] = {4, 3};
    if (plan->area->capacity == 0)
        return;
    double y = at_y(plan, plan->area->capacity), line = line_height(canvas, FONT_SMALL);
    struct box plot = plan->plot;
    cairo_set_dash(canvas->cairo, dash, 2, 0);
    line_draw(canvas, plot.x, y, plot.x + plot.w, y, 1.5, COLOUR_INK);
    cairo_set_dash(canvas->cairo, NULL, 0, 0);
    char *value = number_with_unit(plan->area->capacity, &plan->area->y);
    char *text = g_strdup_printf("capacity: %s", value);
    struct ink ink = {.font = FONT_SMALL, .colour = COLOUR_INK, .max_width = plot.w - 12};
    double top = y - line - 2 >= plot.y ? y - line - 2 : y + 2;
    struct box size = text_size(canvas, &ink, text);
    box_fill(canvas, (struct box){plot.x + 4, top, size.w + 4, size.h},
             (struct fill){COLOUR_PAPER, HATCH_NONE});
    text_top(canvas, &ink, plot.x + 6, top, text);
    g_free(value);
    g_free(text);
}

static void names_draw(struct canvas *canvas, struct plan *plan)
{
    const struct viz_area *area = plan->area;
    size_t last = area->point_count - 1;
    for (size_t i = 0; i < area->layer_count; i++) {
        double below = stacked(area, i, last), above = stacked(area, i + 1, last);
        plan->ends.y[i] = at_y(plan, (below + above) / 2);
        plan->ends.apart[i] = below == above;
    }
    ends_draw(canvas, &plan->ends, plan->plot);
}

void area_draw(struct canvas *canvas, const struct viz_area *area, struct box body)
{
    struct plan plan;
    plan_start(canvas, &plan, area, body.w);
    plan_across(canvas, &plan, body, body.w < NARROW_BODY);
    plan_down(canvas, &plan, body);
    if (plan.key.count == 0 && !ends_fit(canvas, &plan.ends, plan.plot.h)) {
        plan_across(canvas, &plan, body, true);
        plan_down(canvas, &plan, body);
    }
    bool with_key = plan.key.count > 0;
    struct box plot = plan.plot;
    if (with_key)
        key_draw(canvas, &plan.key, body.x, body.y, body.w);
    y_axis_draw(canvas, &area->y, &plan.y, &plan.y_ticks, plot, body.x,
                body.y + plan.key_height);
    x_axis_draw(canvas, &area->x, &plan.x, &plan.x_ticks, plot, body.x,
                plot.x + plot.w + (with_key ? 8 : END_OVERHANG));
    for (size_t i = 0; i < area->layer_count; i++)
        layer_draw(canvas, &plan, i);
    for (size_t i = 0; i < area->layer_count; i++) {
        layer_edge(canvas, &plan, i);
        layer_marks(canvas, &plan, i);
    }
    line_draw(canvas, plot.x, plot.y + plot.h, plot.x + plot.w, plot.y + plot.h, 1.25,
              COLOUR_INK);
    capacity_draw(canvas, &plan);
    if (!with_key)
        names_draw(canvas, &plan);
}
