/* axis.c - ticks that fit, grid lines and titles. */
#include "viz/frame.h"

#include <math.h>

#define TICK_GAP    5.0 /* between a plot and the tick labels left of it */
#define DROP        8.0 /* and those below it: clear of the lowest one on the left */
#define TITLE_GAP   3.0 /* between tick labels and the title */
#define LEAST_TICKS 3   /* of a y axis, about */
#define MOST_TICKS  10
#define LABEL_GAP   10.0 /* the least between neighbouring tick labels */

char *axis_title(const struct viz_axis *axis)
{
    return axis->unit ? g_strdup_printf("%s (%s)", axis->label, axis->unit)
                      : g_strdup(axis->label);
}

double x_axis_height(struct canvas *canvas)
{
    return DROP + line_height(canvas, FONT_SMALL) + TITLE_GAP +
           line_height(canvas, FONT_LABEL);
}

double y_axis_title_height(struct canvas *canvas)
{
    return line_height(canvas, FONT_LABEL) + 8;
}

double y_axis_width(struct canvas *canvas, const struct viz_axis *axis,
                    const struct ticks *ticks, enum viz_scale kind)
{
    double width = 0;
    for (size_t i = 0; i < ticks->count; i++) {
        char text[NUMBER_SIZE];
        number_tick(ticks->at[i], axis->numbers, ticks, kind, text);
        width = fmax(width, text_width(canvas, FONT_SMALL, text));
    }
    return width + TICK_GAP + 2;
}

size_t y_axis_about(double height)
{
    double about = floor(height / 44);
    return about < LEAST_TICKS  ? LEAST_TICKS
           : about > MOST_TICKS ? MOST_TICKS
                                : (size_t)about;
}

double y_axis_room(struct canvas *canvas, const struct viz_axis *axis,
                   const struct scale *scale)
{
    double width = 0;
    for (size_t about = LEAST_TICKS; about <= MOST_TICKS; about++) {
        struct scale rounded = *scale;
        struct ticks ticks = scale_nice(&rounded, about);
        width = fmax(width, y_axis_width(canvas, axis, &ticks, scale->kind));
    }
    return width;
}

/* Where the label of a tick begins: centred on it, but inside left..right. */
static double label_start(double centre, double width, double left, double right)
{
    return fmax(fmin(centre - width / 2, right - width), left);
}

static bool labels_fit(struct canvas *canvas, const struct viz_axis *axis,
                       const struct scale *scale, const struct ticks *ticks, double left,
                       double right)
{
    double end = -INFINITY;
    for (size_t i = 0; i < ticks->count; i++) {
        char text[NUMBER_SIZE];
        number_tick(ticks->at[i], axis->numbers, ticks, scale->kind, text);
        double width = text_width(canvas, FONT_SMALL, text);
        double start = label_start(scale_place(scale, ticks->at[i]), width, left, right);
        if (start < end + LABEL_GAP)
            return false;
        end = start + width;
    }
    return true;
}

struct ticks x_axis_ticks(struct canvas *canvas, const struct viz_axis *axis,
                          struct scale *scale, bool rounded, double left, double right)
{
    struct scale as_given = *scale;
    struct ticks ticks = {0};
    /* Powers of two are worth a label each; a linear axis reads best with few. */
    size_t about = scale->kind == VIZ_LINEAR ? 8 : 24;
    for (; about >= 1; about--) {
        *scale = as_given;
        ticks = rounded ? scale_nice(scale, about) : scale_ticks(scale, about);
        if (labels_fit(canvas, axis, scale, &ticks, left, right))
            return ticks;
    }
    ticks.count = ticks.count > 0 ? 1 : 0;
    return ticks;
}

void x_grid_draw(struct canvas *canvas, const struct scale *scale,
                 const struct ticks *ticks, struct box plot)
{
    for (size_t i = 0; i < ticks->count; i++) {
        double x = scale_place(scale, ticks->at[i]);
        line_draw(canvas, x, plot.y, x, plot.y + plot.h, 1, COLOUR_GRID);
    }
}

void x_axis_draw(struct canvas *canvas, const struct viz_axis *axis,
                 const struct scale *scale, const struct ticks *ticks, struct box plot,
                 double left, double right)
{
    struct ink ink = {.font = FONT_SMALL, .colour = COLOUR_SOFT};
    double bottom = plot.y + plot.h;
    x_grid_draw(canvas, scale, ticks, plot);
    for (size_t i = 0; i < ticks->count; i++) {
        char text[NUMBER_SIZE];
        number_tick(ticks->at[i], axis->numbers, ticks, scale->kind, text);
        double x = scale_place(scale, ticks->at[i]);
        double width = text_width(canvas, FONT_SMALL, text);
        line_draw(canvas, x, bottom, x, bottom + 4, 1, COLOUR_RULE);
        text_top(canvas, &ink, label_start(x, width, left, right), bottom + DROP, text);
    }
    char *title = axis_title(axis);
    struct ink strong = {
        .font = FONT_LABEL, .colour = COLOUR_INK, .max_width = right - left};
    double width = text_size(canvas, &strong, title).w;
    text_top(canvas, &strong, label_start(plot.x + plot.w / 2, width, left, right),
             bottom + DROP + line_height(canvas, FONT_SMALL) + TITLE_GAP, title);
    g_free(title);
}

void y_axis_draw(struct canvas *canvas, const struct viz_axis *axis,
                 const struct scale *scale, const struct ticks *ticks, struct box plot,
                 double left, double title_top)
{
    struct ink ink = {.font = FONT_SMALL, .colour = COLOUR_SOFT, .across = RIGHT};
    for (size_t i = 0; i < ticks->count; i++) {
        char text[NUMBER_SIZE];
        number_tick(ticks->at[i], axis->numbers, ticks, scale->kind, text);
        double y = scale_place(scale, ticks->at[i]);
        line_draw(canvas, plot.x, y, plot.x + plot.w, y, 1, COLOUR_GRID);
        text_middle(canvas, &ink, plot.x - TICK_GAP, y, text);
    }
    char *title = axis_title(axis);
    struct ink strong = {
        .font = FONT_LABEL, .colour = COLOUR_INK, .max_width = plot.x + plot.w - left};
    text_top(canvas, &strong, left, title_top, title);
    g_free(title);
}
