/* ends.c - names beside the right ends of lines and layers. */
#include "viz/frame.h"

#include <math.h>
#include <stdlib.h>

#define NAME_SHARE 0.3 /* of the width, at most */

static int by_height(const void *a, const void *b)
{
    const double *const *one = a, *const *other = b;
    /* Equal heights keep their order in the caller's array. */
    if (**one == **other)
        return (*one > *other) - (*one < *other);
    return **one < **other ? -1 : 1;
}

void spread_labels(double *y, size_t count, double h, double top, double bottom)
{
    double *sorted[VIZ_MAX_SERIES];
    if (count > VIZ_MAX_SERIES)
        return;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &y[i];
    qsort(sorted, count, sizeof *sorted, by_height);
    double next = top + h / 2;
    for (size_t i = 0; i < count; i++) {
        *sorted[i] = fmax(*sorted[i], next);
        next = *sorted[i] + h;
    }
    double last = bottom - h / 2;
    for (size_t i = count; i-- > 0;) {
        *sorted[i] = fmin(*sorted[i], last);
        last = *sorted[i] - h;
    }
}

void ends_measure(struct canvas *canvas, struct ends *ends, double width)
{
    for (size_t i = 0; i < ends->count; i++)
        ends->name_width =
            fmax(ends->name_width, text_width(canvas, FONT_LABEL, ends->names[i]));
    ends->name_width = fmin(ends->name_width, width * NAME_SHARE) + 1;
}

double ends_width(const struct ends *ends)
{
    return END_GAP + END_SAMPLE + END_SAMPLE_GAP + ends->name_width;
}

bool ends_fit(struct canvas *canvas, const struct ends *ends, double height)
{
    return (double)ends->count * line_height(canvas, FONT_LABEL) <= height;
}

void ends_draw(struct canvas *canvas, const struct ends *ends, struct box plot)
{
    double places[VIZ_MAX_SERIES];
    double line = line_height(canvas, FONT_LABEL), right = plot.x + plot.w;
    for (size_t i = 0; i < ends->count; i++)
        places[i] = ends->y[i];
    spread_labels(places, ends->count, line, plot.y - line / 2,
                  plot.y + plot.h + line / 2);
    for (size_t i = 0; i < ends->count; i++) {
        double x = right + END_GAP, y = places[i];
        if (!ends->apart[i] && fabs(y - ends->y[i]) > 3)
            line_draw(canvas, right + 2, ends->y[i], x - 1, y, 0.75, COLOUR_RULE);
        ends->swatch(canvas, ends->context, i, (struct box){x, y - 5, END_SAMPLE, 10});
        struct ink ink = {
            .font = FONT_LABEL, .colour = COLOUR_INK, .max_width = ends->name_width};
        text_middle(canvas, &ink, x + END_SAMPLE + END_SAMPLE_GAP, y, ends->names[i]);
    }
}
