/* scale.h - from values to places: ranges, ticks, and how numbers are written. */
#ifndef CROSSBILL_VIZ_SCALE_H
#define CROSSBILL_VIZ_SCALE_H

#include "viz/viz.h"

/* Values lo..hi lie at places from..to (to may be the smaller: y grows downwards). */
struct scale {
    enum viz_scale kind;
    double lo, hi;
    double from, to;
    bool binary; /* linear, but of bytes: steps are powers of two */
};

double scale_place(const struct scale *scale, double value);

#define MAX_TICKS 128

struct ticks {
    double at[MAX_TICKS];
    size_t count;
    double step; /* linear: between ticks. Logarithmic: the factor between them */
};

/* The smallest of 1, 2, 2.5, 5 times a power of ten that is at least `step`. */
double nice_step(double step);

/* Give an empty range some width. */
void scale_widen(struct scale *scale);
/* Round lo..hi outwards to where ticks lie, with about `about` of them, and list them.
 * Linear: multiples of a nice step. Log: powers of the base, every second, third ...
 * where there would be more than `about`; a range within one factor is left unrounded
 * and has ticks at its ends' powers. An empty range is widened. */
struct ticks scale_nice(struct scale *scale, size_t about);
/* The ticks inside lo..hi, which stays as it is. */
struct ticks scale_ticks(const struct scale *scale, size_t about);

/* ---- numbers ---- */

#define NUMBER_SIZE 64

/* For the picture: three significant figures, but whole numbers below a million in full,
 * with thousands set apart by a thin space from 10 000 on; beyond, M, G, T and P. */
void number_short(double value, enum viz_numbers numbers, char text[NUMBER_SIZE]);
/* For tables and hovering: whole numbers in full, others to three decimals or, when
 * below one, four significant figures. */
void number_full(double value, enum viz_numbers numbers, char text[NUMBER_SIZE]);
/* For an axis: as many decimals as the step needs, the same on every tick. */
void number_tick(double value, enum viz_numbers numbers, const struct ticks *ticks,
                 enum viz_scale kind, char text[NUMBER_SIZE]);
/* "12 345 cycles"; the caller frees it. */
char *number_with_unit(double value, const struct viz_axis *axis);

#endif
