/* colour.c - see colour.h. */
#include "viz/colour.h"

#include <math.h>

#define HEX(n)                                                                           \
    {                                                                                    \
        ((n) >> 16 & 255) / 255.0, ((n) >> 8 & 255) / 255.0, ((n)&255) / 255.0           \
    }

/* ---- groups: one hue family each ---- */

struct family {
    const struct colour *shades;
    size_t shade_count;
};

/* Neighbours in a stack differ in lightness as well as in hatch. The first of each is
 * Okabe and Ito's own. */
static const struct colour greens[] = {HEX(0x009E73), HEX(0x7CCFB7), HEX(0x00664A)};
static const struct colour purples[] = {HEX(0xCC79A7), HEX(0xEBC7DB), HEX(0x94507A)};
static const struct colour blues[] = {HEX(0x0072B2), HEX(0x56B4E9), HEX(0x004C78),
                                      HEX(0xA9DBF7), HEX(0x2C8FD0)};
static const struct colour reds[] = {HEX(0xD55E00), HEX(0xE69F00), HEX(0x963E00),
                                     HEX(0xF7CC7F), HEX(0xF08650), HEX(0xB98A1A),
                                     HEX(0xF0E442), HEX(0x6B2C00)};
static const struct colour greys[] = {HEX(0xB4B4B4), HEX(0xDADADA), HEX(0x8A8A8A)};

#define FAMILY(shades)                                                                   \
    {                                                                                    \
        (shades), sizeof(shades) / sizeof *(shades)                                      \
    }

static struct family family_of_group(enum viz_group group)
{
    switch (group) {
    case VIZ_WORK:
        return (struct family)FAMILY(greens);
    case VIZ_COMPETITION:
        return (struct family)FAMILY(purples);
    case VIZ_EXPLICIT:
        return (struct family)FAMILY(blues);
    case VIZ_IMPLICIT:
        return (struct family)FAMILY(reds);
    case VIZ_IDLE:
        return (struct family)FAMILY(greys);
    }
    return (struct family)FAMILY(greys);
}

/* Explicit leans one way and implicit the other, so that the two sides of a bill can be
 * told apart without any colour. */
static enum hatch hatch_of_group(enum viz_group group, size_t nth)
{
    static const enum hatch hatches[VIZ_GROUPS][8] = {
        [VIZ_WORK] = {HATCH_NONE, HATCH_DOTS, HATCH_LEVEL, HATCH_RISING, HATCH_UPRIGHT,
                      HATCH_FALLING, HATCH_CROSSED, HATCH_RISING},
        [VIZ_COMPETITION] = {HATCH_DOTS, HATCH_UPRIGHT, HATCH_CROSSED, HATCH_LEVEL,
                             HATCH_NONE, HATCH_RISING, HATCH_FALLING, HATCH_DOTS},
        [VIZ_EXPLICIT] = {HATCH_NONE, HATCH_RISING, HATCH_LEVEL, HATCH_DOTS,
                          HATCH_UPRIGHT, HATCH_CROSSED, HATCH_LEVEL, HATCH_DOTS},
        [VIZ_IMPLICIT] = {HATCH_FALLING, HATCH_DOTS, HATCH_CROSSED, HATCH_UPRIGHT,
                          HATCH_NONE, HATCH_LEVEL, HATCH_FALLING, HATCH_DOTS},
        [VIZ_IDLE] = {HATCH_LEVEL, HATCH_UPRIGHT, HATCH_DOTS, HATCH_NONE, HATCH_CROSSED,
                      HATCH_RISING, HATCH_FALLING, HATCH_LEVEL},
    };
    return hatches[group][nth % 8];
}

struct fill fill_of_group(enum viz_group group, size_t nth)
{
    struct family family = family_of_group(group);
    return (struct fill){family.shades[nth % family.shade_count],
                         hatch_of_group(group, nth)};
}

/* ---- layers and lines: one hue each ---- */

struct fill fill_of_layer(size_t nth, bool kernel)
{
    static const struct colour colours[] = {HEX(0x56B4E9), HEX(0xE69F00), HEX(0x009E73),
                                            HEX(0xCC79A7), HEX(0xF0E442), HEX(0x0072B2),
                                            HEX(0xD55E00)};
    static const enum hatch hatches[] = {HATCH_NONE,    HATCH_RISING, HATCH_DOTS,
                                         HATCH_FALLING, HATCH_LEVEL,  HATCH_UPRIGHT,
                                         HATCH_CROSSED};
    if (kernel)
        return (struct fill){greys[2], HATCH_NONE};
    /* Seven colours and, past them, the same with the hatches moved on by two. */
    size_t again = nth / 7;
    return (struct fill){colours[nth % 7], hatches[(nth + 2 * again) % 7]};
}

struct stroke stroke_of_series(size_t nth)
{
    static const struct colour colours[] = {HEX(0x0072B2), HEX(0xD55E00), HEX(0x009E73),
                                            HEX(0xCC79A7), HEX(0x000000), HEX(0x56B4E9),
                                            HEX(0xE69F00)};
    static const struct stroke dashes[] = {
        {.dash_count = 0},
        {.dash = {7, 3}, .dash_count = 2},
        {.dash = {2, 2.5}, .dash_count = 2},
        {.dash = {9, 3, 2, 3}, .dash_count = 4},
        {.dash = {13, 4}, .dash_count = 2},
    };
    struct stroke stroke = dashes[nth % 5];
    stroke.colour = colours[nth % 7];
    stroke.marker = (enum marker)(nth % MARKERS);
    return stroke;
}

/* ---- arithmetic on colours ---- */

static double linear_of_srgb(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double srgb_of_linear(double v)
{
    double s = v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
    return fmin(fmax(s, 0), 1);
}

double colour_luminance(struct colour colour)
{
    return 0.2126 * linear_of_srgb(colour.r) + 0.7152 * linear_of_srgb(colour.g) +
           0.0722 * linear_of_srgb(colour.b);
}

double colour_contrast(struct colour one, struct colour other)
{
    double a = colour_luminance(one) + 0.05, b = colour_luminance(other) + 0.05;
    return a > b ? a / b : b / a;
}

struct colour colour_mix(struct colour one, struct colour other, double share)
{
    return (struct colour){one.r + (other.r - one.r) * share,
                           one.g + (other.g - one.g) * share,
                           one.b + (other.b - one.b) * share};
}

struct colour colour_on(struct colour ground)
{
    static const struct colour black = HEX(0x000000);
    return colour_contrast(ground, COLOUR_PAPER) > colour_contrast(ground, black)
               ? COLOUR_PAPER
               : black;
}

/* ---- the map ---- */

/* From CIE L*a*b* (D65) to sRGB: CIE 15:2004, IEC 61966-2-1. */
static struct colour colour_of_lab(double lightness, double a, double b)
{
    double fy = (lightness + 16) / 116, f[3] = {fy + a / 500, fy, fy - b / 200};
    static const double white[3] = {0.95047, 1, 1.08883};
    double xyz[3];
    for (int i = 0; i < 3; i++) {
        double t = f[i];
        xyz[i] = white[i] * (t > 6.0 / 29 ? t * t * t : (t - 4.0 / 29) * 108 / 841);
    }
    return (struct colour){
        srgb_of_linear(3.2406 * xyz[0] - 1.5372 * xyz[1] - 0.4986 * xyz[2]),
        srgb_of_linear(-0.9689 * xyz[0] + 1.8758 * xyz[1] + 0.0415 * xyz[2]),
        srgb_of_linear(0.0557 * xyz[0] - 0.2040 * xyz[1] + 1.0570 * xyz[2])};
}

/* L* falls from 96 to 24 in equal steps, while the hue turns evenly from yellow through
 * green to blue. The chroma is as high as sRGB allows all along that way: beyond it,
 * colours would be cut off and the steps show as edges that the data do not have. */
struct colour colour_of_share(double share)
{
    double t = fmin(fmax(share, 0), 1), turn = (100 + 175 * t) * M_PI / 180;
    double chroma = 25.5 + 90 * t * pow(1 - t, 3);
    return colour_of_lab(96 - 72 * t, chroma * cos(turn), chroma * sin(turn));
}
