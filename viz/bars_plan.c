/* bars_plan.c - what of a bar chart depends on the width alone; see bars.h. */
#include "viz/bars.h"

#include <math.h>
#include <string.h>

/* ---- numbers ---- */

bool bars_row_has_value(const struct viz_bars *bars, size_t row)
{
    for (size_t i = 0; i < bars->segment_count; i++)
        if (isnan(bars->bars[row].values[i]))
            return false;
    return true;
}

double bars_row_total(const struct viz_bars *bars, size_t row)
{
    double total = 0;
    for (size_t i = 0; i < bars->segment_count; i++)
        total += bars->bars[row].values[i];
    return total;
}

/* How far the row reaches to the left and right of zero. */
void bars_row_reach(const struct viz_bars *bars, size_t row, double *lo, double *hi)
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

bool bars_starts_heading(const struct viz_bars *bars, size_t row)
{
    const char *mine = bars->bars[row].heading;
    if (!mine)
        return false;
    return row == 0 || !bars->bars[row - 1].heading ||
           strcmp(mine, bars->bars[row - 1].heading) != 0;
}

void bars_total_text(const struct viz_bars *bars, size_t row, char text[NUMBER_SIZE * 2])
{
    char number[NUMBER_SIZE];
    double lo, hi;
    bars_row_reach(bars, row, &lo, &hi);
    number_short(bars_row_total(bars, row), bars->value.numbers, number);
    g_snprintf(text, NUMBER_SIZE * 2, lo < 0 && hi > 0 ? "net %s" : "%s", number);
}

/* ---- the plan: everything that depends on the width alone ---- */

static void plan_fills(struct bars_plan *plan)
{
    size_t nth[VIZ_GROUPS] = {0};
    const struct viz_bars *bars = plan->bars;
    for (size_t i = 0; i < bars->segment_count; i++) {
        enum viz_group group = bars->segments[i].group;
        size_t by_order = nth[group]++;
        plan->fills[i] = fill_of_group(group, bars->shades ? bars->shades[i] : by_order);
        for (size_t row = 0; row < bars->bar_count; row++)
            if (bars_row_has_value(bars, row) && bars->bars[row].values[i] != 0)
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
        if (!bars_row_has_value(bars, row)) {
            widest = fmax(widest, text_width(canvas, FONT_SMALL, BARS_NO_VALUE));
            continue;
        }
        if (bars->layout == VIZ_STACKED) {
            bars_total_text(bars, row, text);
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

static void plan_scale(struct canvas *canvas, struct bars_plan *plan, double body_left,
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
        if (bars_row_has_value(bars, row))
            bars_row_reach(bars, row, &lo, &hi);
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

double bars_place(const struct bars_plan *plan, double value)
{
    return scale_place(&plan->scale, value);
}

/* The first row in which the segment is wide enough for its name and value. */
static size_t row_for_name(struct canvas *canvas, const struct bars_plan *plan,
                           size_t segment)
{
    const struct viz_bars *bars = plan->bars;
    double needed = text_width(canvas, FONT_SMALL, bars->segments[segment].name);
    for (size_t row = 0; row < bars->bar_count; row++) {
        if (!bars_row_has_value(bars, row))
            continue;
        double value = bars->bars[row].values[segment];
        char text[NUMBER_SIZE];
        number_short(value, bars->value.numbers, text);
        double room =
            fabs(bars_place(plan, value) - bars_place(plan, 0)) - 2 * BARS_PADDING;
        if (fmax(needed, text_width(canvas, FONT_SMALL, text)) <= room)
            return row;
    }
    return BARS_NOWHERE;
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
    const struct bars_plan *plan = context;
    box_fill(canvas, box, plan->fills[which]);
}

/* A heading where a group begins, unless the segment there bears the same name. */
static bool heading_wanted(const struct bars_plan *plan, size_t segment, size_t previous)
{
    const struct viz_segment *segments = plan->bars->segments;
    enum viz_group group = segments[segment].group;
    if (plan->bars->without_groups ||
        (previous != BARS_NOWHERE && segments[previous].group == group))
        return false;
    if (g_ascii_strcasecmp(segments[segment].name, group_title(group)) == 0)
        return false;
    size_t members = 0;
    for (size_t i = 0; i < plan->bars->segment_count; i++)
        if (plan->used[i] && segments[i].group == group)
            members++;
    return members > 1 || group == VIZ_EXPLICIT || group == VIZ_IMPLICIT;
}

static void plan_key(struct bars_plan *plan)
{
    plan->key = (struct key){.swatch = swatch_draw, .context = plan};
    size_t previous = BARS_NOWHERE;
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

bool bars_all_named(const struct bars_plan *plan, double bar_height)
{
    if (plan->bars->layout == VIZ_SIDE_BY_SIDE || bar_height < BARS_TWO_LINES)
        return false;
    for (size_t i = 0; i < plan->bars->segment_count; i++)
        if (plan->used[i] && plan->named_in[i] == BARS_NOWHERE)
            return false;
    return true;
}

void bars_plan_make(struct canvas *canvas, struct bars_plan *plan,
                    const struct viz_bars *bars, double body_left, double width)
{
    *plan = (struct bars_plan){.bars = bars};
    plan_fills(plan);
    plan->value_width = values_width(canvas, bars);
    plan->left = names_width(canvas, bars, width) + BARS_NAME_GAP;
    plan->right = width - plan->value_width - BARS_TOTAL_GAP - 2;
    plan_scale(canvas, plan, body_left, width);
    plan->references =
        references_place(canvas, bars->references, bars->reference_count, &plan->scale,
                         body_left + plan->left, body_left + width);
    for (size_t i = 0; i < bars->segment_count; i++)
        plan->named_in[i] = row_for_name(canvas, plan, i);
    plan_key(plan);
    plan->key_height = key_height(canvas, &plan->key, width);
    for (size_t row = 0; row < bars->bar_count; row++)
        plan->headings += bars_starts_heading(bars, row) ? BARS_HEADING : 0;
}
