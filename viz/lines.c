/* lines.c - curves and points over an axis: cost against size, miss-ratio curves.
 *
 * Every series is named beside its end. On a narrow page, or where the names would not
 * fit one below the other, a key above the plot names them instead.
 */
#include "viz/frame.h"

#include <math.h>

#define LEAST_PLOT 140.0
#define MEETINGS   4 /* more of one pair are not marked */

struct plan {
    const struct viz_lines *lines;
    struct stroke strokes[VIZ_MAX_SERIES];
    struct scale x, y;
    struct ticks x_ticks, y_ticks;
    struct references references;
    struct key key; /* empty: names at the ends */
    double key_height;
    struct ends ends;
    struct box plot;
};

/* ---- the plan ---- */

static void plan_strokes(struct plan *plan)
{
    size_t own = 0;
    for (size_t i = 0; i < plan->lines->series_count; i++) {
        size_t like = plan->lines->series[i].like;
        plan->strokes[i] = like > 0 ? plan->strokes[like - 1] : stroke_of_series(own++);
    }
}

static void take_in(struct scale *scale, double value)
{
    if (isnan(value))
        return;
    scale->lo = fmin(scale->lo, value);
    scale->hi = fmax(scale->hi, value);
}

/* A limit a little outside the data is worth the room: it explains the last knee. */
static void take_in_if_near(struct scale *scale, double value)
{
    double lo = scale->lo, hi = scale->hi, slack = (hi - lo) * 0.15;
    bool near = scale->kind == VIZ_LINEAR ? value >= lo - slack && value <= hi + slack
                                          : value >= lo / 2 && value <= hi * 2;
    if (near)
        take_in(scale, value);
}

static void plan_ranges(struct plan *plan)
{
    const struct viz_lines *lines = plan->lines;
    plan->x = (struct scale){.kind = lines->x.scale, .lo = INFINITY, .hi = -INFINITY};
    plan->y = (struct scale){.kind = lines->y.scale, .lo = INFINITY, .hi = -INFINITY};
    plan->x.binary = lines->x.numbers == VIZ_BYTES;
    plan->y.binary = lines->y.numbers == VIZ_BYTES;
    for (size_t i = 0; i < lines->series_count; i++) {
        const struct viz_series *series = &lines->series[i];
        for (size_t n = 0; n < series->count; n++) {
            take_in(&plan->x, series->x[n]);
            take_in(&plan->y, series->y[n]);
            if (series->low) {
                take_in(&plan->y, series->low[n]);
                take_in(&plan->y, series->high[n]);
            }
        }
    }
    if (plan->y.lo > plan->y.hi) /* nothing but gaps */
        plan->y.lo = plan->y.hi = 1;
    for (size_t i = 0; i < lines->reference_count; i++)
        if (lines->references[i].horizontal)
            take_in(&plan->y, lines->references[i].at);
        else
            take_in_if_near(&plan->x, lines->references[i].at);
    if (lines->y.scale == VIZ_LINEAR && lines->y_from_zero)
        take_in(&plan->y, 0);
    scale_widen(&plan->x);
}

static void swatch_draw(struct canvas *canvas, const void *context, size_t which,
                        struct box box)
{
    const struct plan *plan = context;
    stroke_sample(canvas, &plan->strokes[which], plan->lines->series[which].look, box);
}

static void plan_key(struct canvas *canvas, struct plan *plan, double width)
{
    plan->key = (struct key){.swatch = swatch_draw, .context = plan};
    for (size_t i = 0; i < plan->lines->series_count; i++)
        key_add(&plan->key, plan->lines->series[i].name, i, false);
    plan->key_height = key_height(canvas, &plan->key, width);
}

static void plan_ends(struct canvas *canvas, struct plan *plan, double width)
{
    plan->ends = (struct ends){
        .count = plan->lines->series_count, .swatch = swatch_draw, .context = plan};
    for (size_t i = 0; i < plan->ends.count; i++)
        plan->ends.names[i] = plan->lines->series[i].name;
    ends_measure(canvas, &plan->ends, width);
}

/* Everything but the plot's height, which `body` may leave open (h = 0). */
static void plan_across(struct canvas *canvas, struct plan *plan, struct box body,
                        bool with_key)
{
    const struct viz_lines *lines = plan->lines;
    plan->key.count = 0;
    plan->key_height = 0;
    double names = 0;
    if (with_key)
        plan_key(canvas, plan, body.w);
    else
        names = ends_width(&plan->ends);
    double left = y_axis_room(canvas, &lines->y, &plan->y);
    plan->plot.x = body.x + left;
    plan->plot.w = body.w - left - fmax(names, 8);
    plan->x.from = plan->plot.x;
    plan->x.to = plan->plot.x + plan->plot.w;
    plan->x_ticks = x_axis_ticks(canvas, &lines->x, &plan->x, false, body.x,
                                 names > 0 ? plan->plot.x + plan->plot.w + END_OVERHANG
                                           : body.x + body.w);
    plan->references =
        references_place(canvas, lines->references, lines->reference_count, &plan->x,
                         plan->plot.x, plan->plot.x + plan->plot.w);
}

static double above_plot(struct canvas *canvas, const struct plan *plan)
{
    return plan->key_height + y_axis_title_height(canvas) +
           references_height(canvas, &plan->references);
}

static void plan_down(struct canvas *canvas, struct plan *plan, struct box body)
{
    double above = above_plot(canvas, plan);
    plan->plot.y = body.y + above;
    plan->plot.h = body.h - above - x_axis_height(canvas);
    plan->y.from = plan->plot.y + plan->plot.h;
    plan->y.to = plan->plot.y;
    plan->y_ticks = scale_nice(&plan->y, y_axis_about(plan->plot.h));
}

static void plan_start(struct canvas *canvas, struct plan *plan,
                       const struct viz_lines *lines, double width)
{
    *plan = (struct plan){.lines = lines};
    plan_strokes(plan);
    plan_ranges(plan);
    plan_ends(canvas, plan, width);
}

struct heights lines_heights(struct canvas *canvas, const struct viz_lines *lines,
                             double width)
{
    struct plan plan;
    plan_start(canvas, &plan, lines, width);
    plan_across(canvas, &plan, (struct box){0, 0, width, 0}, true);
    double least = above_plot(canvas, &plan) + LEAST_PLOT + x_axis_height(canvas);
    plan_across(canvas, &plan, (struct box){0, 0, width, 0}, width < NARROW_BODY);
    double plot = fmin(fmax(width * 0.46, 220), 460);
    double natural = above_plot(canvas, &plan) + plot + x_axis_height(canvas);
    return (struct heights){fmax(natural, least), least};
}

/* ---- lines, bands and points ---- */

static double at_x(const struct plan *plan, double value)
{
    return scale_place(&plan->x, value);
}

static double at_y(const struct plan *plan, double value)
{
    return scale_place(&plan->y, value);
}

static void line_path(struct canvas *canvas, const struct plan *plan,
                      const struct viz_series *series)
{
    bool pen_down = false;
    for (size_t n = 0; n < series->count; n++) {
        if (isnan(series->y[n])) {
            pen_down = false;
            continue;
        }
        double x = at_x(plan, series->x[n]), y = at_y(plan, series->y[n]);
        if (!pen_down)
            cairo_move_to(canvas->cairo, x, y);
        else if (series->look == VIZ_STEPS)
            cairo_line_to(canvas->cairo, x, at_y(plan, series->y[n - 1]));
        cairo_line_to(canvas->cairo, x, y);
        pen_down = true;
    }
}

static void band_draw(struct canvas *canvas, const struct plan *plan, size_t which)
{
    const struct viz_series *series = &plan->lines->series[which];
    const struct colour *colour = &plan->strokes[which].colour;
    if (!series->low)
        return;
    size_t from = 0;
    while (from < series->count) {
        size_t to = from;
        while (to < series->count && !isnan(series->low[to]) && !isnan(series->high[to]))
            to++;
        cairo_new_path(canvas->cairo);
        for (size_t n = from; n < to; n++)
            cairo_line_to(canvas->cairo, at_x(plan, series->x[n]),
                          at_y(plan, series->high[n]));
        for (size_t n = to; n-- > from;)
            cairo_line_to(canvas->cairo, at_x(plan, series->x[n]),
                          at_y(plan, series->low[n]));
        cairo_close_path(canvas->cairo);
        cairo_set_source_rgba(canvas->cairo, colour->r, colour->g, colour->b, 0.18);
        cairo_fill(canvas->cairo);
        from = to + 1;
    }
}

static void series_draw(struct canvas *canvas, const struct plan *plan, size_t which)
{
    const struct viz_series *series = &plan->lines->series[which];
    if (series->look == VIZ_POINTS)
        return;
    line_path(canvas, plan, series);
    stroke_use(canvas, &plan->strokes[which], 2);
    cairo_stroke(canvas->cairo);
    cairo_set_dash(canvas->cairo, NULL, 0, 0);
}

/* A value with no neighbours has no line, so it is shown as a point. */
static bool stands_alone(const struct viz_series *series, size_t n)
{
    return (n == 0 || isnan(series->y[n - 1])) &&
           (n + 1 == series->count || isnan(series->y[n + 1]));
}

static void points_draw(struct canvas *canvas, const struct plan *plan, size_t which)
{
    const struct viz_series *series = &plan->lines->series[which];
    bool all = series->look == VIZ_POINTS || series->look == VIZ_LINE_AND_POINTS;
    for (size_t n = 0; n < series->count; n++) {
        if (isnan(series->y[n]))
            continue;
        double x = at_x(plan, series->x[n]), y = at_y(plan, series->y[n]);
        if (all || stands_alone(series, n))
            marker_draw(canvas, &plan->strokes[which], x, y);
        char *at = number_with_unit(series->x[n], &plan->lines->x);
        mark_add(canvas, (struct box){x - 5, y - 5, 10, 10}, series->y[n],
                 g_strdup_printf("%s at %s", series->name, at),
                 number_with_unit(series->y[n], &plan->lines->y));
        g_free(at);
    }
}

/* ---- names at the ends ---- */

/* The last point that has a value; false when there is none. */
static bool series_end(const struct viz_series *series, struct viz_point *end)
{
    for (size_t n = series->count; n-- > 0;)
        if (!isnan(series->y[n])) {
            *end = (struct viz_point){series->x[n], series->y[n]};
            return true;
        }
    return false;
}

static void names_draw(struct canvas *canvas, struct plan *plan)
{
    for (size_t i = 0; i < plan->ends.count; i++) {
        struct viz_point end;
        bool has_end = series_end(&plan->lines->series[i], &end);
        plan->ends.y[i] = has_end ? at_y(plan, end.y) : plan->plot.y + plan->plot.h;
        plan->ends.apart[i] =
            !has_end || at_x(plan, end.x) < plan->plot.x + plan->plot.w - 4;
    }
    ends_draw(canvas, &plan->ends, plan->plot);
}

/* ---- labels inside the plot ---- */

/* How much of the lines a box would cover, counted in steps along them. */
static int covered_steps(const struct plan *plan, struct box box)
{
    int steps = 0;
    for (size_t i = 0; i < plan->lines->series_count; i++) {
        const struct viz_series *series = &plan->lines->series[i];
        for (size_t n = 0; n + 1 < series->count; n++) {
            if (isnan(series->y[n]) || isnan(series->y[n + 1]))
                continue;
            double x0 = at_x(plan, series->x[n]), x1 = at_x(plan, series->x[n + 1]);
            double y0 = at_y(plan, series->y[n]), y1 = at_y(plan, series->y[n + 1]);
            int parts = 1 + (int)(hypot(x1 - x0, y1 - y0) / 5);
            for (int part = 0; part <= parts; part++) {
                double t = (double)part / parts;
                struct box point = {x0 + (x1 - x0) * t, y0 + (y1 - y0) * t, 0.1, 0.1};
                steps += boxes_overlap(point, box);
            }
        }
    }
    for (size_t i = 0; i < plan->references.count; i++) {
        double x = plan->references.placed[i].x;
        steps += x > box.x && x < box.x + box.w ? 2 : 0;
    }
    return steps;
}

static int covered(const void *context, struct box box)
{
    return covered_steps(context, box);
}

static void labels_draw(struct canvas *canvas, const struct plan *plan, size_t which)
{
    const struct viz_series *series = &plan->lines->series[which];
    struct beside beside = {.plot = plan->plot, .covered = covered, .context = plan};
    for (size_t n = 0; series->labels && n < series->count; n++)
        if (series->labels[n] && !isnan(series->y[n]))
            beside_draw(canvas, &beside, at_x(plan, series->x[n]),
                        at_y(plan, series->y[n]), series->labels[n]);
}

/* Above its line, or below it at the top of the plot, where it covers least. */
static void horizontal_label(struct canvas *canvas, const struct plan *plan, double y,
                             const char *label)
{
    struct ink ink = {
        .font = FONT_SMALL, .colour = COLOUR_INK, .max_width = plan->plot.w * 0.5};
    struct box box = text_size(canvas, &ink, label), best = box;
    double least = INFINITY, right = plan->plot.x + plan->plot.w;
    box.y = y - box.h - 1 < plan->plot.y ? y + 1 : y - box.h - 1;
    for (box.x = plan->plot.x + 4; box.x + box.w < right; box.x += 8) {
        double cost = 20 * covered_steps(plan, box) + (box.x - plan->plot.x) / 100;
        if (cost >= least || text_in_the_way(canvas, box, 2))
            continue;
        least = cost;
        best = box;
    }
    if (least < INFINITY)
        text_top(canvas, &ink, best.x, best.y, label);
}

static void horizontal_references_draw(struct canvas *canvas, const struct plan *plan)
{
    static const double dash[] = {4, 3};
    const struct viz_lines *lines = plan->lines;
    for (size_t i = 0; i < lines->reference_count; i++) {
        if (!lines->references[i].horizontal)
            continue;
        double y = at_y(plan, lines->references[i].at), x = plan->plot.x;
        cairo_set_dash(canvas->cairo, dash, 2, 0);
        line_draw(canvas, x, y, x + plan->plot.w, y, 1, COLOUR_RULE);
        cairo_set_dash(canvas->cairo, NULL, 0, 0);
        horizontal_label(canvas, plan, y, lines->references[i].label);
    }
}

/* The place in the plot that is nearest to the point and covers least; false when every
 * place lies on a text. */
static bool free_place(const struct canvas *canvas, const struct plan *plan, double x,
                       double y, struct box *box)
{
    double best = INFINITY;
    struct box at = *box;
    const struct box *plot = &plan->plot;
    for (at.y = plot->y + 2; at.y + at.h < plot->y + plot->h - 2; at.y += 6)
        for (at.x = plot->x + 4; at.x + at.w < plot->x + plot->w - 2; at.x += 8) {
            double dx = fmax(fmax(at.x - x, x - at.x - at.w), 0);
            double dy = fmax(fmax(at.y - y, y - at.y - at.h), 0);
            double far = hypot(dx, dy);
            if (far < 12 || far >= best || text_in_the_way(canvas, at, 2))
                continue;
            struct box grown = {at.x - 4, at.y - 3, at.w + 8, at.h + 6};
            double cost = far + 12 * covered_steps(plan, grown);
            if (cost < best) {
                best = cost;
                *box = at;
            }
        }
    return best < INFINITY;
}

/* It is interpolated, so more than three figures would promise too much. Number and unit
 * stay on one line. */
static char *rounded(double value, const struct viz_axis *axis)
{
    char text[NUMBER_SIZE];
    double power = value == 0 ? 1 : pow(10, floor(log10(fabs(value))) - 2);
    number_short(round(value / power) * power, axis->numbers, text);
    return axis->unit ? g_strdup_printf("%s\u00a0%s", text, axis->unit) : g_strdup(text);
}

static char *meeting_text(const struct plan *plan, const struct viz_crossover *crossover,
                          struct viz_point meeting)
{
    const struct viz_lines *lines = plan->lines;
    char *x = rounded(meeting.x, &lines->x), *y = rounded(meeting.y, &lines->y), *text;
    if (crossover->label && *crossover->label)
        text = g_strdup_printf("%s at %s (%s)", crossover->label, x, y);
    else
        text = g_strdup_printf("%s crosses %s at %s (%s)",
                               lines->series[crossover->second].name,
                               lines->series[crossover->first].name, x, y);
    g_free(x);
    g_free(y);
    return text;
}

static void meeting_draw(struct canvas *canvas, const struct plan *plan,
                         const struct viz_crossover *crossover, struct viz_point meeting)
{
    double x = at_x(plan, meeting.x), y = at_y(plan, meeting.y);
    char *text = meeting_text(plan, crossover, meeting);
    struct ink ink = {.font = FONT_STRONG,
                      .colour = COLOUR_INK,
                      .max_width = fmin(210, plan->plot.w * 0.6),
                      .lines = 4};
    struct box box = text_size(canvas, &ink, text);
    if (free_place(canvas, plan, x, y, &box)) {
        double near_x = fmin(fmax(x, box.x), box.x + box.w);
        double near_y = fmin(fmax(y, box.y), box.y + box.h);
        line_draw(canvas, x, y, near_x, near_y, 1, COLOUR_INK);
        box_fill(canvas, (struct box){box.x - 2, box.y, box.w + 4, box.h},
                 (struct fill){COLOUR_PAPER, HATCH_NONE});
        text_top(canvas, &ink, box.x, box.y, text);
    }
    cairo_new_path(canvas->cairo);
    cairo_arc(canvas->cairo, x, y, 5, 0, 2 * M_PI);
    use_colour(canvas, COLOUR_PAPER);
    cairo_fill_preserve(canvas->cairo);
    use_colour(canvas, COLOUR_INK);
    cairo_set_line_width(canvas->cairo, 2);
    cairo_stroke(canvas->cairo);
    mark_add(canvas, (struct box){x - 6, y - 6, 12, 12}, meeting.y, text,
             number_with_unit(meeting.y, &plan->lines->y));
}

static void crossovers_draw(struct canvas *canvas, const struct plan *plan)
{
    const struct viz_lines *lines = plan->lines;
    for (size_t i = 0; i < lines->crossover_count; i++) {
        const struct viz_crossover *crossover = &lines->crossovers[i];
        struct viz_point meetings[MEETINGS];
        size_t count = viz_crossovers(&lines->series[crossover->first],
                                      &lines->series[crossover->second], lines->x.scale,
                                      lines->y.scale, meetings, MEETINGS);
        for (size_t n = 0; n < count && n < MEETINGS; n++)
            meeting_draw(canvas, plan, crossover, meetings[n]);
    }
}

void lines_draw(struct canvas *canvas, const struct viz_lines *lines, struct box body)
{
    struct plan plan;
    plan_start(canvas, &plan, lines, body.w);
    plan_across(canvas, &plan, body, body.w < NARROW_BODY);
    plan_down(canvas, &plan, body);
    if (plan.key.count == 0 && !ends_fit(canvas, &plan.ends, plan.plot.h)) {
        plan_across(canvas, &plan, body, true);
        plan_down(canvas, &plan, body);
    }
    if (plan.key.count > 0)
        key_draw(canvas, &plan.key, body.x, body.y, body.w);
    y_axis_draw(canvas, &lines->y, &plan.y, &plan.y_ticks, plan.plot, body.x,
                body.y + plan.key_height);
    x_axis_draw(canvas, &lines->x, &plan.x, &plan.x_ticks, plan.plot, body.x,
                plan.key.count == 0 ? plan.plot.x + plan.plot.w + END_OVERHANG
                                    : body.x + body.w);
    double floor_y = plan.y.lo < 0 && plan.y.hi > 0 && plan.y.kind == VIZ_LINEAR
                         ? at_y(&plan, 0)
                         : plan.plot.y + plan.plot.h;
    line_draw(canvas, plan.plot.x, floor_y, plan.plot.x + plan.plot.w, floor_y, 1.25,
              COLOUR_INK);
    references_draw(canvas, &plan.references, plan.plot);
    for (size_t i = 0; i < lines->series_count; i++)
        band_draw(canvas, &plan, i);
    for (size_t i = 0; i < lines->series_count; i++)
        series_draw(canvas, &plan, i);
    for (size_t i = 0; i < lines->series_count; i++)
        points_draw(canvas, &plan, i);
    if (plan.key.count == 0)
        names_draw(canvas, &plan);
    horizontal_references_draw(canvas, &plan);
    crossovers_draw(canvas, &plan);
    for (size_t i = 0; i < lines->series_count; i++)
        labels_draw(canvas, &plan, i);
}
