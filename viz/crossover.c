/* crossover.c - where two series meet; see viz.h. */
#include "viz/viz.h"

#include <math.h>

/* On a logarithmic axis, straight as drawn means straight in the logarithms. */
static double to_axis(enum viz_scale scale, double value)
{
    switch (scale) {
    case VIZ_LINEAR:
        break;
    case VIZ_LOG2:
    case VIZ_LOG10:
        return log2(value);
    }
    return value;
}

static double from_axis(enum viz_scale scale, double at)
{
    switch (scale) {
    case VIZ_LINEAR:
        break;
    case VIZ_LOG2:
    case VIZ_LOG10:
        return exp2(at);
    }
    return at;
}

/* The series' height at x on the axes; NaN outside it and in its gaps. */
static double height_at(const struct viz_series *series, double x, enum viz_scale x_scale,
                        enum viz_scale y_scale)
{
    size_t i = 0;
    while (i < series->count && series->x[i] < x)
        i++;
    if (i == series->count)
        return NAN;
    if (series->x[i] == x)
        return to_axis(y_scale, series->y[i]);
    if (i == 0)
        return NAN;
    double x0 = to_axis(x_scale, series->x[i - 1]), x1 = to_axis(x_scale, series->x[i]);
    double y0 = to_axis(y_scale, series->y[i - 1]), y1 = to_axis(y_scale, series->y[i]);
    return y0 + (y1 - y0) * (to_axis(x_scale, x) - x0) / (x1 - x0);
}

/* The next x that either series has, passing over it in both; NaN at the end. */
static double next_x(const struct viz_series *one, size_t *i,
                     const struct viz_series *two, size_t *j)
{
    double a = *i < one->count ? one->x[*i] : INFINITY;
    double b = *j < two->count ? two->x[*j] : INFINITY;
    double x = fmin(a, b);
    if (x == INFINITY)
        return NAN;
    while (*i < one->count && one->x[*i] == x)
        (*i)++;
    while (*j < two->count && two->x[*j] == x)
        (*j)++;
    return x;
}

struct place {
    double x, difference; /* on the axes */
};

size_t viz_crossovers(const struct viz_series *first, const struct viz_series *second,
                      enum viz_scale x_scale, enum viz_scale y_scale,
                      struct viz_point *points, size_t max)
{
    size_t found = 0, i = 0, j = 0;
    double sign = 0; /* of the last difference that was not zero; 0: none since a gap */
    struct place last = {0, 0};
    for (;;) {
        double x = next_x(first, &i, second, &j);
        if (isnan(x))
            return found;
        double difference = height_at(second, x, x_scale, y_scale) -
                            height_at(first, x, x_scale, y_scale);
        struct place here = {to_axis(x_scale, x), difference};
        if (isnan(difference)) {
            sign = 0;
            continue;
        }
        if (sign != 0 && sign * difference < 0) {
            double share = last.difference / (last.difference - difference);
            double at = from_axis(x_scale, last.x + (here.x - last.x) * share);
            if (found < max) {
                points[found].x = at;
                points[found].y =
                    from_axis(y_scale, height_at(first, at, x_scale, y_scale));
            }
            found++;
        }
        if (difference != 0)
            sign = difference > 0 ? 1 : -1;
        last = here;
    }
}
