/* colour.h - Okabe and Ito's colours, and the second channel beside each of them.
 *
 * Okabe & Ito, "Color Universal Design" (2008): eight colours that people with any
 * common colour blindness can tell apart. Yellow is for surfaces only: as a line on
 * white it cannot be seen.
 */
#ifndef CROSSBILL_VIZ_COLOUR_H
#define CROSSBILL_VIZ_COLOUR_H

#include <stdbool.h>
#include <stddef.h>

#include "viz/viz.h"

struct colour {
    double r, g, b; /* sRGB, 0 to 1 */
};

#define COLOUR_INK   ((struct colour){0.13, 0.13, 0.13}) /* text */
#define COLOUR_SOFT  ((struct colour){0.36, 0.36, 0.36}) /* captions, axis titles */
#define COLOUR_RULE  ((struct colour){0.45, 0.45, 0.45}) /* axes, reference lines */
#define COLOUR_GRID  ((struct colour){0.88, 0.88, 0.88})
#define COLOUR_PAPER ((struct colour){1, 1, 1})

enum hatch {
    HATCH_NONE,
    HATCH_RISING,
    HATCH_FALLING,
    HATCH_DOTS,
    HATCH_CROSSED,
    HATCH_UPRIGHT,
    HATCH_LEVEL,
    HATCHES
};

struct fill {
    struct colour colour;
    enum hatch hatch;
};

enum marker {
    MARKER_DISC,
    MARKER_SQUARE,
    MARKER_TRIANGLE,
    MARKER_DIAMOND,
    MARKER_RING,
    MARKER_CROSS,
    MARKERS
};

/* How a line looks: no two of the first VIZ_MAX_SERIES are alike in both ways. */
struct stroke {
    struct colour colour;
    double dash[6];
    int dash_count; /* 0: solid */
    enum marker marker;
};

/* The nth segment of a group. */
struct fill fill_of_group(enum viz_group group, size_t nth);
/* The nth layer of an area; the kernel's is grey. */
struct fill fill_of_layer(size_t nth, bool kernel);
struct stroke stroke_of_series(size_t nth);

/* A perceptually uniform map from light (0) to dark (1): lightness falls in equal steps,
 * so that it reads the same in grey. */
struct colour colour_of_share(double share);

double colour_luminance(struct colour colour);                  /* WCAG, 0 to 1 */
double colour_contrast(struct colour one, struct colour other); /* WCAG, 1 to 21 */
struct colour colour_mix(struct colour one, struct colour other, double share);
/* Black or white, whichever can be read on this. */
struct colour colour_on(struct colour ground);

#endif
