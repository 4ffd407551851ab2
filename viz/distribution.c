/* distribution.c - what does a crossing cost, and how often?
 *
 * A histogram has a panel per sample, all with the same bins over the same x axis, so
 * that they can be compared; median, p90 and p99 are marked above each. An ECDF is drawn
 * as lines, the share at or below, with the three levels marked across.
 */
#include "viz/frame.h"

#include <math.h>

#define NAME_GAP      2.0
#define PANEL_GAP     12.0
#define NATURAL_PANEL 110.0 /* of bars alone */
#define LEAST_PANEL   48.0
#define MOST_BINS     96
#define MOST_STEPS    512 /* of an ECDF: finer than a pixel of any page */

static const struct {
    double share;
    const char *name;
} percentiles[] = {{0.5, "median"}, {0.9, "p90"}, {0.99, "p99"}};
#define PERCENTILES 3

struct panel {
    struct sorted_sample sorted;
    double shares[MOST_BINS];
    struct viz_reference marks[PERCENTILES];
    char *labels[PERCENTILES];
    struct references references;
    double head; /* above the bars: the name and the marks */
    struct scale y;
    struct ticks y_ticks;
};

struct plan {
    const struct viz_distribution *distribution;
    struct panel panels[VIZ_MAX_SERIES];
    double lo, width; /* of the first bin; width: a factor on a logarithmic axis */
    size_t bin_count;
    struct scale x;
    struct ticks x_ticks;
    struct box plot; /* x and w of every panel */
};

static const struct viz_axis share_axis = {.label = "share", .numbers = VIZ_PERCENT};

/* ---- the histogram's plan ---- */

static bool is_log(const struct plan *plan)
{
    return plan->distribution->x.scale != VIZ_LINEAR;
}

/* The lower edge of a bin. */
static double edge(const struct plan *plan, size_t bin)
{
    return is_log(plan) ? plan->lo * pow(plan->width, (double)bin)
                        : plan->lo + plan->width * (double)bin;
}

static bool all_whole(const struct plan *plan)
{
    for (size_t i = 0; i < plan->distribution->sample_count; i++) {
        const struct sorted_sample *sorted = &plan->panels[i].sorted;
        for (size_t n = 0; n < sorted->count; n++)
            if (sorted->values[n] != floor(sorted->values[n]))
                return false;
    }
    return true;
}

/* Linear bins are nice steps, about forty of them. On a logarithmic axis they are an
 * eighth, a quarter, a half or whole doublings. */
static void plan_bins(struct plan *plan)
{
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0; i < plan->distribution->sample_count; i++) {
        const struct sorted_sample *sorted = &plan->panels[i].sorted;
        lo = fmin(lo, sorted->values[0]);
        hi = fmax(hi, sorted->values[sorted->count - 1]);
    }
    if (is_log(plan)) {
        double part = 0.125;
        while (log2(hi / lo) / part > 60)
            part *= 2;
        double first = floor(log2(lo) / part + 1e-9);
        plan->lo = exp2(first * part);
        plan->width = exp2(part);
        plan->bin_count = (size_t)(floor(log2(hi) / part + 1e-9) - first) + 1;
    } else {
        double step = hi > lo ? nice_step((hi - lo) / 40) : fmax(fabs(lo) / 20, 1);
        /* Of whole numbers every bin must hold equally many, or it looks like a comb. */
        if (all_whole(plan) && step != floor(step))
            step = step < 1 ? 1 : 5;
        plan->lo = floor(lo / step + 1e-9) * step;
        plan->width = step;
        plan->bin_count = (size_t)floor((hi - plan->lo) / step + 1e-9) + 1;
    }
    plan->bin_count = plan->bin_count < MOST_BINS ? plan->bin_count : MOST_BINS;
}

static size_t bin_of(const struct plan *plan, double value)
{
    double bin = is_log(plan) ? log2(value / plan->lo) / log2(plan->width)
                              : (value - plan->lo) / plan->width;
    bin = fmin(fmax(floor(bin + 1e-9), 0), (double)plan->bin_count - 1);
    return (size_t)bin;
}

static void fill_bins(struct plan *plan, struct panel *panel)
{
    double before = 0;
    for (size_t i = 0; i < panel->sorted.count; i++) {
        size_t bin = bin_of(plan, panel->sorted.values[i]);
        panel->shares[bin] += (panel->sorted.up_to[i] - before) / panel->sorted.total;
        before = panel->sorted.up_to[i];
    }
    panel->y = (struct scale){.kind = VIZ_LINEAR};
    for (size_t bin = 0; bin < plan->bin_count; bin++)
        panel->y.hi = fmax(panel->y.hi, panel->shares[bin]);
    panel->y_ticks = scale_nice(&panel->y, 3);
}

static void plan_marks(struct canvas *canvas, struct plan *plan, struct panel *panel)
{
    for (int i = 0; i < PERCENTILES; i++) {
        char text[NUMBER_SIZE];
        double value = sample_percentile(&panel->sorted, percentiles[i].share);
        number_short(value, plan->distribution->x.numbers, text);
        panel->labels[i] = g_strdup_printf("%s %s", percentiles[i].name, text);
        panel->marks[i] = (struct viz_reference){.at = value, .label = panel->labels[i]};
    }
    panel->references = references_place(canvas, panel->marks, PERCENTILES, &plan->x,
                                         plan->plot.x, plan->plot.x + plan->plot.w);
    /* Also without marks the topmost tick label must stay clear of the name. */
    panel->head = line_height(canvas, FONT_STRONG) + NAME_GAP +
                  fmax(references_height(canvas, &panel->references),
                       line_height(canvas, FONT_SMALL) / 2);
}

static void plan_make(struct canvas *canvas, struct plan *plan,
                      const struct viz_distribution *distribution, double body_left,
                      double width)
{
    *plan = (struct plan){.distribution = distribution};
    for (size_t i = 0; i < distribution->sample_count; i++)
        plan->panels[i].sorted = sample_sort(&distribution->samples[i]);
    plan_bins(plan);
    double left = 0;
    for (size_t i = 0; i < distribution->sample_count; i++) {
        struct panel *panel = &plan->panels[i];
        fill_bins(plan, panel);
        left = fmax(left, y_axis_width(canvas, &share_axis, &panel->y_ticks, VIZ_LINEAR));
    }
    plan->plot.x = body_left + left;
    plan->plot.w = width - left - 10;
    plan->x = (struct scale){.kind = distribution->x.scale,
                             .lo = plan->lo,
                             .hi = edge(plan, plan->bin_count),
                             .from = plan->plot.x,
                             .to = plan->plot.x + plan->plot.w};
    plan->x_ticks = x_axis_ticks(canvas, &distribution->x, &plan->x, false, body_left,
                                 body_left + width);
    for (size_t i = 0; i < distribution->sample_count; i++)
        plan_marks(canvas, plan, &plan->panels[i]);
}

static void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->distribution->sample_count; i++) {
        sample_free(&plan->panels[i].sorted);
        for (int mark = 0; mark < PERCENTILES; mark++)
            g_free(plan->panels[i].labels[mark]);
    }
}

/* ---- the histogram ---- */

static struct box bin_box(const struct plan *plan, const struct panel *panel, size_t bin,
                          struct box plot)
{
    double left = scale_place(&plan->x, edge(plan, bin));
    double right = scale_place(&plan->x, edge(plan, bin + 1));
    double top = scale_place(&panel->y, panel->shares[bin]);
    return (struct box){left, top, right - left, plot.y + plot.h - top};
}

static void panel_bars(struct canvas *canvas, const struct plan *plan, size_t which,
                       struct box plot)
{
    const struct panel *panel = &plan->panels[which];
    struct fill fill = {stroke_of_series(0).colour, HATCH_NONE};
    fill.colour = colour_mix(fill.colour, COLOUR_PAPER, 0.25);
    for (size_t bin = 0; bin < plan->bin_count; bin++) {
        if (panel->shares[bin] == 0)
            continue;
        struct box box = bin_box(plan, panel, bin, plot);
        struct box drawn = box;
        if (box.w > 3) {
            drawn.x += 0.5;
            drawn.w -= 1;
        }
        box_fill(canvas, drawn, fill);
        char from[NUMBER_SIZE], to[NUMBER_SIZE];
        number_short(edge(plan, bin), plan->distribution->x.numbers, from);
        number_short(edge(plan, bin + 1), plan->distribution->x.numbers, to);
        char *text = number_with_unit(panel->shares[bin], &share_axis);
        mark_add(canvas, box, panel->shares[bin],
                 g_strdup_printf("%s: %s to below %s",
                                 plan->distribution->samples[which].name, from, to),
                 text);
    }
}

static void panel_draw(struct canvas *canvas, struct plan *plan, size_t which,
                       struct box body, struct box plot, bool is_last)
{
    const struct viz_distribution *distribution = plan->distribution;
    struct panel *panel = &plan->panels[which];
    panel->y.from = plot.y + plot.h;
    panel->y.to = plot.y;
    char count[NUMBER_SIZE];
    number_full(panel->sorted.total, VIZ_PLAIN, count);
    char *name =
        g_strdup_printf("%s · share of %s", distribution->samples[which].name, count);
    struct ink ink = {.font = FONT_STRONG, .colour = COLOUR_INK, .max_width = body.w};
    text_top(canvas, &ink, body.x, plot.y - panel->head, name);
    g_free(name);

    ink = (struct ink){.font = FONT_SMALL, .colour = COLOUR_SOFT, .across = RIGHT};
    for (size_t i = 0; i < panel->y_ticks.count; i++) {
        char text[NUMBER_SIZE];
        double y = scale_place(&panel->y, panel->y_ticks.at[i]);
        number_tick(panel->y_ticks.at[i], VIZ_PERCENT, &panel->y_ticks, VIZ_LINEAR, text);
        line_draw(canvas, plot.x, y, plot.x + plot.w, y, 1, COLOUR_GRID);
        text_middle(canvas, &ink, plot.x - 5, y, text);
    }
    x_grid_draw(canvas, &plan->x, &plan->x_ticks, plot);
    if (is_last)
        x_axis_draw(canvas, &distribution->x, &plan->x, &plan->x_ticks, plot, body.x,
                    body.x + body.w);
    panel_bars(canvas, plan, which, plot);
    line_draw(canvas, plot.x, plot.y + plot.h, plot.x + plot.w, plot.y + plot.h, 1.25,
              COLOUR_INK);
    references_draw(canvas, &panel->references, plot);
}

static double panels_around(struct canvas *canvas, const struct plan *plan)
{
    size_t count = plan->distribution->sample_count;
    double around = x_axis_height(canvas) + (double)(count - 1) * PANEL_GAP;
    for (size_t i = 0; i < count; i++)
        around += plan->panels[i].head;
    return around;
}

static struct heights histogram_heights(struct canvas *canvas,
                                        const struct viz_distribution *distribution,
                                        double width)
{
    struct plan plan;
    plan_make(canvas, &plan, distribution, 0, width);
    double count = (double)distribution->sample_count;
    double around = panels_around(canvas, &plan);
    double natural = count == 1 ? 1.8 * NATURAL_PANEL : NATURAL_PANEL;
    plan_free(&plan);
    return (struct heights){around + count * natural, around + count * LEAST_PANEL};
}

static void histogram_draw(struct canvas *canvas,
                           const struct viz_distribution *distribution, struct box body)
{
    struct plan plan;
    plan_make(canvas, &plan, distribution, body.x, body.w);
    size_t count = distribution->sample_count;
    double height = (body.h - panels_around(canvas, &plan)) / (double)count, y = body.y;
    for (size_t i = 0; i < count; i++) {
        struct box plot = {plan.plot.x, y + plan.panels[i].head, plan.plot.w, height};
        panel_draw(canvas, &plan, i, body, plot, i + 1 == count);
        y = plot.y + height + PANEL_GAP;
    }
    plan_free(&plan);
}

/* ---- the ECDF: lines, drawn as such ---- */

struct ecdf {
    struct viz_lines lines;
    struct viz_series series[VIZ_MAX_SERIES];
    double *numbers[VIZ_MAX_SERIES]; /* x, then y, of each series */
    struct viz_reference levels[PERCENTILES];
    char *labels[PERCENTILES];
};

/* Every line goes on, at all of the sample, to the largest value of any: `end`. */
static void ecdf_series(struct ecdf *ecdf, const struct viz_sample *sample, size_t which,
                        double end)
{
    struct sorted_sample sorted = sample_sort(sample);
    double *x = g_new(double, 2 * (MOST_STEPS + 4)), *y = x + MOST_STEPS + 4;
    size_t count = 0;
    double last = 0;
    x[count] = sorted.values[0]; /* from nothing up to the least */
    y[count++] = 0;
    for (size_t i = 0; i < sorted.count; i++) {
        double share = sorted.up_to[i] / sorted.total;
        bool is_end = i + 1 == sorted.count;
        if (!is_end && i > 0 && share - last < 1.0 / MOST_STEPS)
            continue;
        x[count] = sorted.values[i];
        y[count++] = share;
        last = share;
    }
    if (x[count - 1] < end) {
        x[count] = end;
        y[count++] = 1;
    }
    sample_free(&sorted);
    ecdf->numbers[which] = x;
    ecdf->series[which] = (struct viz_series){
        .name = sample->name, .x = x, .y = y, .count = count, .look = VIZ_STEPS};
}

/* With one sample there is room to say where it reaches the level. */
static char *level_label(const struct viz_distribution *distribution, int level)
{
    char text[NUMBER_SIZE];
    if (distribution->sample_count > 1)
        return g_strdup(percentiles[level].name);
    number_short(viz_percentile(&distribution->samples[0], percentiles[level].share),
                 distribution->x.numbers, text);
    return g_strdup_printf("%s %s", percentiles[level].name, text);
}

static void ecdf_make(struct ecdf *ecdf, const struct viz_distribution *distribution)
{
    *ecdf = (struct ecdf){.lines = {.x = distribution->x, .y = share_axis}};
    ecdf->lines.y.label = "share at or below";
    double end = -INFINITY;
    for (size_t i = 0; i < distribution->sample_count; i++)
        end = fmax(end, viz_percentile(&distribution->samples[i], 1));
    for (size_t i = 0; i < distribution->sample_count; i++)
        ecdf_series(ecdf, &distribution->samples[i], i, end);
    for (int i = 0; i < PERCENTILES; i++) {
        ecdf->labels[i] = level_label(distribution, i);
        ecdf->levels[i] = (struct viz_reference){
            .at = percentiles[i].share, .label = ecdf->labels[i], .horizontal = true};
    }
    ecdf->lines.y_from_zero = true;
    ecdf->lines.series = ecdf->series;
    ecdf->lines.series_count = distribution->sample_count;
    ecdf->lines.references = ecdf->levels;
    ecdf->lines.reference_count = PERCENTILES;
}

static void ecdf_free(struct ecdf *ecdf)
{
    for (size_t i = 0; i < ecdf->lines.series_count; i++)
        g_free(ecdf->numbers[i]);
    for (int i = 0; i < PERCENTILES; i++)
        g_free(ecdf->labels[i]);
}

/* ---- both ---- */

struct heights distribution_heights(struct canvas *canvas,
                                    const struct viz_distribution *distribution,
                                    double width)
{
    if (distribution->look == VIZ_HISTOGRAM)
        return histogram_heights(canvas, distribution, width);
    struct ecdf ecdf;
    ecdf_make(&ecdf, distribution);
    struct heights heights = lines_heights(canvas, &ecdf.lines, width);
    ecdf_free(&ecdf);
    return heights;
}

void distribution_draw(struct canvas *canvas, const struct viz_distribution *distribution,
                       struct box body)
{
    if (distribution->look == VIZ_HISTOGRAM) {
        histogram_draw(canvas, distribution, body);
        return;
    }
    struct ecdf ecdf;
    ecdf_make(&ecdf, distribution);
    lines_draw(canvas, &ecdf.lines, body);
    ecdf_free(&ecdf);
}
