/* bars.c - horizontal bars: stacked, or side by side.
 *
 * Rows are named on the left; each ends with its total. A segment carries its name the
 * first time that both name and value fit into it; where some never fit, a key above the
 * bars names them all, in the order of the stack.
 */
#include "viz/frame.h"

#include <math.h>
#include <string.h>

#define NAME_GAP       8.0
#define TOTAL_GAP      6.0
#define PADDING        4.0 /* inside a segment, around its text */
#define HEADING_HEIGHT 24.0
#define FEW_ROWS       4 /* so few rows get bars high enough for names inside */
#define TWO_LINES      28.0
#define NOWHERE        ((size_t)-1)

struct plan {
    const struct viz_bars *bars;
    struct fill fills[VIZ_MAX_SEGMENTS];
    bool used[VIZ_MAX_SEGMENTS];       /* not zero in every row */
    size_t named_in[VIZ_MAX_SEGMENTS]; /* the row that carries the segment's name */
    double left, right;                /* the plot, relative to the body */
    double value_width;                /* the widest total or value */
    struct scale scale;
    struct ticks ticks;
    struct references references;
    struct key key;
    double key_height, above; /* above: key and reference labels */
    double headings;          /* the height that headings take */
};

/* ---- numbers ---- */

static bool has_value(const struct viz_bars *bars, size_t row)
{
    for (size_t i = 0; i < bars->segment_count; i++)
        if (isnan(bars->bars[row].values[i]))
            return false;
    return true;
}

static double row_total(const struct viz_bars *bars, size_t row)
{
    double total = 0;
    for (size_t i = 0; i < bars->segment_count; i++)
        total += bars->bars[row].values[i];
    return total;
}

/* How far the row reaches to the left and right of zero. */
static void row_reach(const struct viz_bars *bars, size_t row, double *lo, double *hi)
{
    *lo = *hi = 0;
    for (size_t i = 0; i < bars->segment_count; i++) {
        double value = bars->bars[row].values[i];
        bool alone = bars->layout == VIZ_SIDE_BY_SIDE;
        if (value < 0)
            *lo = alone ? fmin(*lo, value) : *lo + value;
        else
            *hi = alone ? fmax(*hi, value) : *hi + value;
    }
}

static bool starts_heading(const struct viz_bars *bars, size_t row)
{
    const char *mine = bars->bars[row].heading;
    if (!mine)
        return false;
    return row == 0 || !bars->bars[row - 1].heading ||
           strcmp(mine, bars->bars[row - 1].heading) != 0;
}

static void total_text(const struct viz_bars *bars, size_t row,
                       char text[NUMBER_SIZE * 2])
{
    char number[NUMBER_SIZE];
    double lo, hi;
    row_reach(bars, row, &lo, &hi);
    number_short(row_total(bars, row), bars->value.numbers, number);
    g_snprintf(text, NUMBER_SIZE * 2, lo < 0 && hi > 0 ? "net %s" : "%s", number);
}

/* ---- the plan: everything that depends on the width alone ---- */

static void plan_fills(struct plan *plan)
{
    size_t nth[VIZ_GROUPS] = {0};
    const struct viz_bars *bars = plan->bars;
    for (size_t i = 0; i < bars->segment_count; i++) {
        enum viz_group group = bars->segments[i].group;
        plan->fills[i] = fill_of_group(group, nth[group]++);
        for (size_t row = 0; row < bars->bar_count; row++)
            if (has_value(bars, row) && bars->bars[row].values[i] != 0)
                plan->used[i] = true;
    }
}

static double names_width(struct canvas *canvas, const struct viz_bars *bars,
                          double width)
{
    double widest = 0;
    for (size_t row = 0; row < bars->bar_count; row++)
        widest = fmax(widest, text_width(canvas, FONT_LABEL, bars->bars[row].name));
    return fmin(widest, 0.28 * width);
}

static double values_width(struct canvas *canvas, const struct viz_bars *bars)
{
    double widest = 0;
    char text[NUMBER_SIZE * 2];
    for (size_t row = 0; row < bars->bar_count; row++) {
        if (!has_value(bars, row))
            continue;
        if (bars->layout == VIZ_STACKED) {
            total_text(bars, row, text);
            widest = fmax(widest, text_width(canvas, FONT_STRONG, text));
            continue;
        }
        for (size_t i = 0; i < bars->segment_count; i++) {
            number_short(bars->bars[row].values[i], bars->value.numbers, text);
            widest = fmax(widest, text_width(canvas, FONT_SMALL, text));
        }
    }
    return widest;
}

static void plan_scale(struct canvas *canvas, struct plan *plan, double body_left,
                       double width)
{
    const struct viz_bars *bars = plan->bars;
    struct scale *scale = &plan->scale;
    *scale = (struct scale){.kind = VIZ_LINEAR,
                            .from = body_left + plan->left,
                            .to = body_left + plan->right,
                            .binary = bars->value.numbers == VIZ_BYTES};
    for (size_t row = 0; row < bars->bar_count; row++) {
        double lo = 0, hi = 0;
        if (has_value(bars, row))
            row_reach(bars, row, &lo, &hi);
        scale->lo = fmin(scale->lo, lo);
        scale->hi = fmax(scale->hi, hi);
    }
    for (size_t i = 0; i < bars->reference_count; i++) {
        scale->lo = fmin(scale->lo, bars->references[i].at);
        scale->hi = fmax(scale->hi, bars->references[i].at);
    }
    scale_widen(scale);
    plan->ticks =
        x_axis_ticks(canvas, &bars->value, scale, false, body_left, body_left + width);
}

static double place(const struct plan *plan, double value)
{
    return scale_place(&plan->scale, value);
}

/* The first row in which the segment is wide enough for its name and value. */
static size_t row_for_name(struct canvas *canvas, const struct plan *plan, size_t segment)
{
    const struct viz_bars *bars = plan->bars;
    double needed = text_width(canvas, FONT_SMALL, bars->segments[segment].name);
    for (size_t row = 0; row < bars->bar_count; row++) {
        if (!has_value(bars, row))
            continue;
        double value = bars->bars[row].values[segment];
        char text[NUMBER_SIZE];
        number_short(value, bars->value.numbers, text);
        double room = fabs(place(plan, value) - place(plan, 0)) - 2 * PADDING;
        if (fmax(needed, text_width(canvas, FONT_SMALL, text)) <= room)
            return row;
    }
    return NOWHERE;
}

static const char *group_title(enum viz_group group)
{
    switch (group) {
    case VIZ_WORK:
        return "Work";
    case VIZ_COMPETITION:
        return "Competition";
    case VIZ_EXPLICIT:
        return "Explicit";
    case VIZ_IMPLICIT:
        return "Implicit";
    case VIZ_IDLE:
        return "Idle";
    }
    return "";
}

static void swatch_draw(struct canvas *canvas, const void *context, size_t which,
                        struct box box)
{
    const struct plan *plan = context;
    box_fill(canvas, box, plan->fills[which]);
}

/* A heading where a group begins, unless its only segment bears the same name. */
static bool heading_wanted(const struct plan *plan, size_t segment, size_t previous)
{
    const struct viz_segment *segments = plan->bars->segments;
    enum viz_group group = segments[segment].group;
    if (plan->bars->without_groups ||
        (previous != NOWHERE && segments[previous].group == group))
        return false;
    size_t members = 0;
    for (size_t i = 0; i < plan->bars->segment_count; i++)
        if (plan->used[i] && segments[i].group == group)
            members++;
    return members > 1 || group == VIZ_EXPLICIT || group == VIZ_IMPLICIT;
}

static void plan_key(struct plan *plan)
{
    plan->key = (struct key){.swatch = swatch_draw, .context = plan};
    size_t previous = NOWHERE;
    bool under_heading = false;
    for (size_t i = 0; i < plan->bars->segment_count; i++) {
        if (!plan->used[i])
            continue;
        const struct viz_segment *segment = &plan->bars->segments[i];
        bool has_heading = heading_wanted(plan, i, previous);
        bool leaves = under_heading && !has_heading &&
                      plan->bars->segments[previous].group != segment->group;
        if (has_heading)
            key_add(&plan->key, group_title(segment->group), KEY_HEADING, true);
        key_add(&plan->key, segment->name, i, leaves);
        under_heading = has_heading || (under_heading && !leaves);
        previous = i;
    }
}

/* Is the key needed, with bars of this height? */
static bool all_named(const struct plan *plan, double bar_height)
{
    if (plan->bars->layout == VIZ_SIDE_BY_SIDE || bar_height < TWO_LINES)
        return false;
    for (size_t i = 0; i < plan->bars->segment_count; i++)
        if (plan->used[i] && plan->named_in[i] == NOWHERE)
            return false;
    return true;
}

static void plan_make(struct canvas *canvas, struct plan *plan,
                      const struct viz_bars *bars, double body_left, double width)
{
    *plan = (struct plan){.bars = bars};
    plan_fills(plan);
    plan->value_width = values_width(canvas, bars);
    plan->left = names_width(canvas, bars, width) + NAME_GAP;
    plan->right = width - plan->value_width - TOTAL_GAP - 2;
    plan_scale(canvas, plan, body_left, width);
    plan->references =
        references_place(canvas, bars->references, bars->reference_count, &plan->scale,
                         body_left + plan->left, body_left + width);
    for (size_t i = 0; i < bars->segment_count; i++)
        plan->named_in[i] = row_for_name(canvas, plan, i);
    plan_key(plan);
    plan->key_height = key_height(canvas, &plan->key, width);
    for (size_t row = 0; row < bars->bar_count; row++)
        plan->headings += starts_heading(bars, row) ? HEADING_HEIGHT : 0;
}

/* ---- heights ---- */

static double natural_pitch(const struct viz_bars *bars)
{
    if (bars->layout == VIZ_SIDE_BY_SIDE)
        return (double)bars->segment_count * 17 + 12;
    return bars->bar_count <= FEW_ROWS ? 42 : bars->bar_count <= 12 ? 30 : 24;
}

static double least_pitch(const struct viz_bars *bars)
{
    return bars->layout == VIZ_SIDE_BY_SIDE ? (double)bars->segment_count * 14 + 5 : 18;
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
    struct plan plan;
    plan_make(canvas, &plan, bars, 0, width);
    double rows = (double)bars->bar_count, pitch = natural_pitch(bars);
    double around = plan.headings + references_height(canvas, &plan.references) +
                    x_axis_height(canvas) + 4;
    bool key = !all_named(&plan, bar_height(bars, pitch));
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

static void segment_text(struct canvas *canvas, const struct plan *plan, size_t row,
                         size_t segment, struct box box)
{
    const struct viz_bars *bars = plan->bars;
    const struct fill *fill = &plan->fills[segment];
    double line = line_height(canvas, FONT_SMALL), middle = box.y + box.h / 2;
    char text[NUMBER_SIZE];
    number_short(bars->bars[row].values[segment], bars->value.numbers, text);
    if (text_width(canvas, FONT_SMALL, text) > box.w - 2 * PADDING || box.h < line + 1)
        return;
    if (plan->named_in[segment] != row || box.h < TWO_LINES) {
        text_on(canvas, fill, FONT_SMALL, box.x + box.w / 2, middle, text);
        return;
    }
    text_on(canvas, fill, FONT_SMALL, box.x + box.w / 2, middle - line / 2,
            bars->segments[segment].name);
    text_on(canvas, fill, FONT_SMALL, box.x + box.w / 2, middle + line / 2, text);
}

static void segment_mark(struct canvas *canvas, const struct plan *plan, size_t row,
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

static struct box segment_box(const struct plan *plan, double from, double to, double y,
                              double h)
{
    double x0 = place(plan, from), x1 = place(plan, to);
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

static void total_draw(struct canvas *canvas, const struct plan *plan, size_t row,
                       double y, double h)
{
    const struct viz_bars *bars = plan->bars;
    double lo, hi, total = row_total(bars, row);
    char text[NUMBER_SIZE * 2];
    row_reach(bars, row, &lo, &hi);
    total_text(bars, row, text);
    value_text(canvas, FONT_STRONG, place(plan, hi) + TOTAL_GAP, y + h / 2, text);
    if (lo < 0 && hi > 0) {
        /* Credits are given back: where the bill ends after them. */
        net_draw(canvas, place(plan, total), y, h);
    }
    mark_add(canvas, segment_box(plan, 0, total, y, h), total,
             g_strdup_printf("%s: total", bars->bars[row].name),
             number_with_unit(total, &bars->value));
}

static void stack_draw(struct canvas *canvas, const struct plan *plan, size_t row,
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

static void side_by_side_draw(struct canvas *canvas, const struct plan *plan, size_t row,
                              double y, double h)
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
        value_text(canvas, FONT_SMALL, fmax(box.x + box.w, place(plan, 0)) + TOTAL_GAP,
                   box.y + box.h / 2, text);
        segment_mark(canvas, plan, row, i, box);
    }
}

static void row_draw(struct canvas *canvas, const struct plan *plan, size_t row,
                     struct box body, double y, double pitch)
{
    const struct viz_bars *bars = plan->bars;
    double h = bar_height(bars, pitch), top = y + (pitch - h) / 2;
    struct ink ink = {.font = FONT_LABEL,
                      .colour = COLOUR_INK,
                      .across = RIGHT,
                      .max_width = plan->left - NAME_GAP + 1};
    text_middle(canvas, &ink, body.x + plan->left - NAME_GAP, top + h / 2,
                bars->bars[row].name);
    if (!has_value(bars, row)) {
        ink = (struct ink){.font = FONT_SMALL, .colour = COLOUR_SOFT};
        text_middle(canvas, &ink, place(plan, 0) + TOTAL_GAP, top + h / 2, "no value");
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

static void rows_draw(struct canvas *canvas, const struct plan *plan, struct box body,
                      double y, double pitch)
{
    struct ink ink = {.font = FONT_STRONG, .colour = COLOUR_INK, .max_width = body.w};
    for (size_t row = 0; row < plan->bars->bar_count; row++) {
        if (starts_heading(plan->bars, row)) {
            struct box size = text_size(canvas, &ink, plan->bars->bars[row].heading);
            box_fill(canvas, (struct box){body.x, y + 7, size.w + 6, size.h},
                     (struct fill){COLOUR_PAPER, HATCH_NONE});
            text_top(canvas, &ink, body.x, y + 7, plan->bars->bars[row].heading);
            y += HEADING_HEIGHT;
        }
        row_draw(canvas, plan, row, body, y, pitch);
        y += pitch;
    }
}

void bars_draw(struct canvas *canvas, const struct viz_bars *bars, struct box body)
{
    struct plan plan;
    plan_make(canvas, &plan, bars, body.x, body.w);
    double labels = references_height(canvas, &plan.references);
    double room = body.h - labels - x_axis_height(canvas) - 4 - plan.headings;
    double count = (double)bars->bar_count;
    double most = fmax(natural_pitch(bars), 60);
    bool key = !all_named(&plan, bar_height(bars, fmin(room / count, most)));
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
    double zero = place(&plan, 0);
    line_draw(canvas, zero, plot.y, zero, plot.y + plot.h, 1.25, COLOUR_INK);
}
