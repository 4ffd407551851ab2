/* bars.c - horizontal bars: stacked, or side by side.
 *
 * Rows are named on the left; each ends with its total. A segment carries its name the
 * first time that both name and value fit into it; where some never fit, a key above the
 * bars names them all, in the order of the stack.
 */
#include "viz/bars.h"

#include <math.h>

#define FEW_ROWS 4 /* so few rows get bars high enough for names inside */

/* ---- heights ---- */

static double natural_pitch(const struct viz_bars *bars)
{
    if (bars->layout == VIZ_SIDE_BY_SIDE)
        return (double)bars->segment_count * 17 + 12;
    return bars->bar_count <= FEW_ROWS ? 42 : bars->bar_count <= 12 ? 30 : 24;
}

static double least_pitch(const struct viz_bars *bars)
{
    return bars->layout == VIZ_SIDE_BY_SIDE ? (double)bars->segment_count * 13.5 + 12
                                            : 18;
}

static double bar_height(const struct viz_bars *bars, double pitch)
{
    if (bars->layout == VIZ_SIDE_BY_SIDE)
        return pitch - fmin(pitch * 0.2, 12);
    return fmin(pitch * 0.76, 44);
}

struct heights bars_heights(struct canvas *canvas, const struct viz_bars *bars,
                            double width)
{
    struct bars_plan plan;
    bars_plan_make(canvas, &plan, bars, 0, width);
    double rows = (double)bars->bar_count, pitch = natural_pitch(bars);
    double around = plan.headings + references_height(canvas, &plan.references) +
                    x_axis_height(canvas) + 4;
    bool key = !bars_all_named(&plan, bar_height(bars, pitch));
    double natural = around + (key ? plan.key_height : 0) + rows * pitch;
    double least = around + plan.key_height + rows * least_pitch(bars);
    /* Without a key, bars of the natural height may need less than low ones with it. */
    return (struct heights){natural, fmin(natural, least)};
}

/* ---- drawing ---- */

/* Text on a segment, on a patch of its plain colour where there is hatch. */
static void text_on(struct canvas *canvas, const struct fill *fill, enum font font,
                    double x, double y, const char *text)
{
    struct ink ink = {.font = font, .colour = colour_on(fill->colour), .across = CENTRE};
    struct box size = text_size(canvas, &ink, text);
    if (fill->hatch != HATCH_NONE)
        box_fill(canvas,
                 (struct box){x - size.w / 2 - 2, y - size.h / 2, size.w + 4, size.h},
                 (struct fill){fill->colour, HATCH_NONE});
    text_middle(canvas, &ink, x, y, text);
}

static void segment_text(struct canvas *canvas, const struct bars_plan *plan, size_t row,
                         size_t segment, struct box box)
{
    const struct viz_bars *bars = plan->bars;
    const struct fill *fill = &plan->fills[segment];
    double line = line_height(canvas, FONT_SMALL), middle = box.y + box.h / 2;
    char text[NUMBER_SIZE];
    number_short(bars->bars[row].values[segment], bars->value.numbers, text);
    if (text_width(canvas, FONT_SMALL, text) > box.w - 2 * BARS_PADDING ||
        box.h < line + 1)
        return;
    if (plan->named_in[segment] != row || box.h < BARS_TWO_LINES) {
        text_on(canvas, fill, FONT_SMALL, box.x + box.w / 2, middle, text);
        return;
    }
    text_on(canvas, fill, FONT_SMALL, box.x + box.w / 2, middle - line / 2 - 0.2,
            bars->segments[segment].name);
    text_on(canvas, fill, FONT_SMALL, box.x + box.w / 2, middle + line / 2 + 0.2, text);
}

static void segment_mark(struct canvas *canvas, const struct bars_plan *plan, size_t row,
                         size_t segment, struct box box)
{
    const struct viz_bar *bar = &plan->bars->bars[row];
    double value = bar->values[segment];
    char *name = bar->heading ? g_strdup_printf("%s, %s", bar->heading, bar->name)
                              : g_strdup(bar->name);
    mark_add(canvas, box, value,
             g_strdup_printf("%s: %s", name, plan->bars->segments[segment].name),
             number_with_unit(value, &plan->bars->value));
    g_free(name);
}

static struct box segment_box(const struct bars_plan *plan, double from, double to,
                              double y, double h)
{
    double x0 = bars_place(plan, from), x1 = bars_place(plan, to);
    return (struct box){fmin(x0, x1), y, fabs(x1 - x0), h};
}

/* A hairline of paper between neighbours, so that they part in grey as well. */
static void segment_edge(struct canvas *canvas, struct box box, bool to_left)
{
    double x = to_left ? box.x : box.x + box.w;
    if (box.w > 3)
        line_draw(canvas, x, box.y, x, box.y + box.h, 1, COLOUR_PAPER);
}

/* White behind what stands over grid and reference lines. */
static void value_text(struct canvas *canvas, enum font font, double x, double y,
                       const char *text)
{
    struct ink ink = {.font = font, .colour = COLOUR_INK};
    struct box size = text_size(canvas, &ink, text);
    box_fill(canvas, (struct box){x - 2, y - size.h / 2, size.w + 4, size.h},
             (struct fill){COLOUR_PAPER, HATCH_NONE});
    text_middle(canvas, &ink, x, y, text);
}

/* A notch in the bar's upper and lower edge. */
static void net_draw(struct canvas *canvas, double x, double y, double h)
{
    for (int lower = 0; lower < 2; lower++) {
        double edge = lower ? y + h : y, inwards = lower ? -4 : 4;
        cairo_move_to(canvas->cairo, x, edge + inwards);
        cairo_line_to(canvas->cairo, x - 4.5, edge - inwards);
        cairo_line_to(canvas->cairo, x + 4.5, edge - inwards);
        cairo_close_path(canvas->cairo);
        use_colour(canvas, COLOUR_INK);
        cairo_fill_preserve(canvas->cairo);
        use_colour(canvas, COLOUR_PAPER);
        cairo_set_line_width(canvas->cairo, 1);
        cairo_stroke(canvas->cairo);
    }
}

static void total_draw(struct canvas *canvas, const struct bars_plan *plan, size_t row,
                       double y, double h)
{
    const struct viz_bars *bars = plan->bars;
    double lo, hi, total = bars_row_total(bars, row);
    char text[NUMBER_SIZE * 2];
    bars_row_reach(bars, row, &lo, &hi);
    bars_total_text(bars, row, text);
    value_text(canvas, FONT_STRONG, bars_place(plan, hi) + BARS_TOTAL_GAP, y + h / 2,
               text);
    if (lo < 0 && hi > 0) {
        /* Credits are given back: where the bill ends after them. */
        net_draw(canvas, bars_place(plan, total), y, h);
    }
    mark_add(canvas, segment_box(plan, 0, total, y, h), total,
             g_strdup_printf("%s: total", bars->bars[row].name),
             number_with_unit(total, &bars->value));
}

static void stack_draw(struct canvas *canvas, const struct bars_plan *plan, size_t row,
                       double y, double h)
{
    const struct viz_bars *bars = plan->bars;
    double left = 0, right = 0;
    for (size_t i = 0; i < bars->segment_count; i++) {
        double value = bars->bars[row].values[i], *end = value < 0 ? &left : &right;
        if (value == 0)
            continue;
        struct box box = segment_box(plan, *end, *end + value, y, h);
        *end += value;
        box_fill(canvas, box, plan->fills[i]);
        segment_edge(canvas, box, value < 0);
        segment_text(canvas, plan, row, i, box);
    }
    total_draw(canvas, plan, row, y, h);
    /* The segments come after the total, which lies under them: on hover the last wins.
     */
    left = right = 0;
    for (size_t i = 0; i < bars->segment_count; i++) {
        double value = bars->bars[row].values[i], *end = value < 0 ? &left : &right;
        if (value == 0)
            continue;
        segment_mark(canvas, plan, row, i, segment_box(plan, *end, *end + value, y, h));
        *end += value;
    }
}

static void side_by_side_draw(struct canvas *canvas, const struct bars_plan *plan,
                              size_t row, double y, double h)
{
    const struct viz_bars *bars = plan->bars;
    double each = h / (double)bars->segment_count;
    for (size_t i = 0; i < bars->segment_count; i++) {
        double value = bars->bars[row].values[i];
        struct box box =
            segment_box(plan, 0, value, y + each * (double)i + 0.5, each - 1);
        char text[NUMBER_SIZE];
        number_short(value, bars->value.numbers, text);
        box_fill(canvas, box, plan->fills[i]);
        value_text(canvas, FONT_SMALL,
                   fmax(box.x + box.w, bars_place(plan, 0)) + BARS_TOTAL_GAP,
                   box.y + box.h / 2, text);
        segment_mark(canvas, plan, row, i, box);
    }
}

static void row_draw(struct canvas *canvas, const struct bars_plan *plan, size_t row,
                     struct box body, double y, double pitch)
{
    const struct viz_bars *bars = plan->bars;
    double h = bar_height(bars, pitch), top = y + (pitch - h) / 2;
    struct ink ink = {.font = FONT_LABEL,
                      .colour = COLOUR_INK,
                      .across = RIGHT,
                      .max_width = plan->left - BARS_NAME_GAP + 1};
    text_middle(canvas, &ink, body.x + plan->left - BARS_NAME_GAP, top + h / 2,
                bars->bars[row].name);
    if (!bars_row_has_value(bars, row)) {
        ink = (struct ink){.font = FONT_SMALL, .colour = COLOUR_SOFT};
        text_middle(canvas, &ink, bars_place(plan, 0) + BARS_TOTAL_GAP, top + h / 2,
                    BARS_NO_VALUE);
        return;
    }
    switch (bars->layout) {
    case VIZ_STACKED:
        stack_draw(canvas, plan, row, top, h);
        return;
    case VIZ_SIDE_BY_SIDE:
        side_by_side_draw(canvas, plan, row, top, h);
        return;
    }
}

static void rows_draw(struct canvas *canvas, const struct bars_plan *plan,
                      struct box body, double y, double pitch)
{
    struct ink ink = {.font = FONT_STRONG, .colour = COLOUR_INK, .max_width = body.w};
    for (size_t row = 0; row < plan->bars->bar_count; row++) {
        if (bars_starts_heading(plan->bars, row)) {
            struct box size = text_size(canvas, &ink, plan->bars->bars[row].heading);
            box_fill(canvas, (struct box){body.x, y + 7, size.w + 6, size.h},
                     (struct fill){COLOUR_PAPER, HATCH_NONE});
            text_top(canvas, &ink, body.x, y + 7, plan->bars->bars[row].heading);
            y += BARS_HEADING;
        }
        row_draw(canvas, plan, row, body, y, pitch);
        double zero = bars_place(plan, 0); /* not through the headings */
        line_draw(canvas, zero, y, zero, y + pitch, 1.25, COLOUR_INK);
        y += pitch;
    }
}

void bars_draw(struct canvas *canvas, const struct viz_bars *bars, struct box body)
{
    struct bars_plan plan;
    bars_plan_make(canvas, &plan, bars, body.x, body.w);
    double labels = references_height(canvas, &plan.references);
    double room = body.h - labels - x_axis_height(canvas) - 4 - plan.headings;
    double count = (double)bars->bar_count;
    double most = fmax(natural_pitch(bars), 60);
    bool key = !bars_all_named(&plan, bar_height(bars, fmin(room / count, most)));
    double above = labels + (key ? plan.key_height : 0);
    double pitch = fmin((room - (key ? plan.key_height : 0)) / count, most);

    struct box plot = {body.x + plan.left, body.y + above, plan.right - plan.left,
                       pitch * count + plan.headings + 4};
    if (key)
        key_draw(canvas, &plan.key, body.x, body.y, body.w);
    x_axis_draw(canvas, &bars->value, &plan.scale, &plan.ticks, plot, body.x,
                body.x + body.w);
    references_draw(canvas, &plan.references, plot);
    rows_draw(canvas, &plan, body, plot.y + 2, pitch);
}
