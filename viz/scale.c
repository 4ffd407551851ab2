/* scale.c - ranges and ticks; see scale.h. */
#include "viz/scale.h"

#include <math.h>

double scale_place(const struct scale *scale, double value)
{
    double lo = scale->lo, hi = scale->hi, at = value;
    switch (scale->kind) {
    case VIZ_LINEAR:
        break;
    case VIZ_LOG2:
    case VIZ_LOG10:
        lo = log2(lo);
        hi = log2(hi);
        at = log2(at);
        break;
    }
    return scale->from + (at - lo) / (hi - lo) * (scale->to - scale->from);
}

double nice_step(double step)
{
    static const double nice[] = {1, 2, 2.5, 5, 10};
    double power = pow(10, floor(log10(step)));
    /* A hair of tolerance: 0.3 / 3 must come out as 0.1, not as 0.2. */
    for (int i = 0; i < 5; i++)
        if (nice[i] * power >= step * (1 - 1e-9))
            return nice[i] * power;
    return 10 * power;
}

static double linear_step(const struct scale *scale, size_t about)
{
    double step = (scale->hi - scale->lo) / (double)about;
    return scale->binary ? exp2(ceil(log2(step) - 1e-9)) : nice_step(step);
}

static struct ticks linear_ticks(const struct scale *scale, double step)
{
    struct ticks ticks = {.step = step};
    double first = ceil(scale->lo / step - 1e-6), last = floor(scale->hi / step + 1e-6);
    for (double n = first; n <= last && ticks.count < MAX_TICKS; n++)
        ticks.at[ticks.count++] = n * step;
    return ticks;
}

/* Powers of the base whose exponent is a multiple of `stride`. */
static struct ticks power_ticks(const struct scale *scale, double base, double stride)
{
    struct ticks ticks = {.step = pow(base, stride)};
    double lo = log(scale->lo) / log(base), hi = log(scale->hi) / log(base);
    double first = ceil(lo / stride - 1e-6), last = floor(hi / stride + 1e-6);
    for (double n = first; n <= last && ticks.count < MAX_TICKS; n++)
        ticks.at[ticks.count++] = pow(base, n * stride);
    return ticks;
}

/* A range of less than three decades also has ticks at 2 and 5 times the powers. */
static struct ticks decade_ticks(const struct scale *scale)
{
    struct ticks ticks = {.step = 10};
    double power = pow(10, floor(log10(scale->lo) + 1e-9));
    for (; power <= scale->hi * (1 + 1e-9); power *= 10)
        for (int i = 0; i < 3 && ticks.count < MAX_TICKS; i++) {
            double at = power * (double[]){1, 2, 5}[i];
            if (at >= scale->lo * (1 - 1e-9) && at <= scale->hi * (1 + 1e-9))
                ticks.at[ticks.count++] = at;
        }
    return ticks;
}

static struct ticks log_ticks(const struct scale *scale, double base, size_t about)
{
    /* Not of the quotient, which a range of many decades would make infinite. */
    double powers = (log(scale->hi) - log(scale->lo)) / log(base);
    if (base == 10 && powers < 2.5)
        return decade_ticks(scale);
    return power_ticks(scale, base, fmax(ceil(powers / (double)about), 1));
}

struct ticks scale_ticks(const struct scale *scale, size_t about)
{
    switch (scale->kind) {
    case VIZ_LINEAR:
        break;
    case VIZ_LOG2:
        return log_ticks(scale, 2, about);
    case VIZ_LOG10:
        return log_ticks(scale, 10, about);
    }
    return linear_ticks(scale, linear_step(scale, about));
}

void scale_widen(struct scale *scale)
{
    if (scale->hi > scale->lo)
        return;
    switch (scale->kind) {
    case VIZ_LINEAR:
        scale->hi = scale->lo == 0 ? 1 : scale->lo + fabs(scale->lo) / 2;
        scale->lo -= scale->lo == 0 ? 0 : fabs(scale->lo) / 2;
        return;
    case VIZ_LOG2:
    case VIZ_LOG10:
        scale->lo /= 2;
        scale->hi *= 2;
        return;
    }
}

/* Out to the next of 1, 2, 5 times a power of ten. */
static void round_to_decade_ticks(struct scale *scale)
{
    double power = pow(10, floor(log10(scale->lo) + 1e-9));
    double lo = scale->lo / power, hi;
    scale->lo = power * (lo >= 5 * (1 - 1e-9) ? 5 : lo >= 2 * (1 - 1e-9) ? 2 : 1);
    power = pow(10, floor(log10(scale->hi) + 1e-9));
    hi = scale->hi / power * (1 - 1e-9);
    scale->hi = power * (hi > 5 ? 10 : hi > 2 ? 5 : hi > 1 ? 2 : 1);
}

struct ticks scale_nice(struct scale *scale, size_t about)
{
    scale_widen(scale);
    double step = 0;
    switch (scale->kind) {
    case VIZ_LINEAR:
        step = linear_step(scale, about);
        scale->lo = floor(scale->lo / step + 1e-9) * step;
        scale->hi = ceil(scale->hi / step - 1e-9) * step;
        return linear_ticks(scale, step);
    case VIZ_LOG2:
        scale->lo = exp2(floor(log2(scale->lo) + 1e-9));
        scale->hi = exp2(ceil(log2(scale->hi) - 1e-9));
        break;
    case VIZ_LOG10:
        round_to_decade_ticks(scale);
        break;
    }
    return scale_ticks(scale, about);
}
