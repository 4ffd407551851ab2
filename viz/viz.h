/* viz.h - charts, drawn with Cairo and Pango from plain results alone.
 *
 * A chart is described by a `struct viz_chart`: the words around the picture and, by
 * kind, the numbers in it. The descriptor is only read, and borrowed for the length of
 * the call; nothing in it is kept. Zero-initialised fields mean "the usual", so that
 * designated initialisers read well:
 *
 *     struct viz_chart chart = {
 *         .kind = VIZ_LINES, .title = "Cost against domain size", ...
 *         .lines = { .x = {.label = "pages per domain", .scale = VIZ_LOG2}, ... },
 *     };
 *     if (!viz_render_file(&chart, VIZ_SVG, (struct viz_size){0}, path, why, sizeof why))
 *
 * Text is UTF-8. Whatever a name holds is shown as text: broken UTF-8 and control
 * characters become U+FFFD, markup means nothing, and what is too long is cut with an
 * ellipsis (the full name stays in viz_values).
 *
 * Numbers are finite doubles. NaN means "no value" where the field says so; infinities
 * are refused. Lengths are CSS pixels (1/96 inch); y grows downwards. The background is
 * white, so that charts print; a page in dark colours frames them.
 *
 * Every function that can fail returns false (or NULL) and leaves a sentence in `why`
 * (which may be NULL with size 0), without a final full stop. Nothing is printed.
 * The same descriptor gives the same bytes on one machine (fonts differ between
 * machines). Different threads may draw at the same time.
 */
#ifndef CROSSBILL_VIZ_H
#define CROSSBILL_VIZ_H

#include <stdbool.h>
#include <stddef.h>

/* ---- words and axes that charts share ---- */

enum viz_scale {
    VIZ_LINEAR, /* ticks at 1, 2, 2.5 or 5 times a power of ten */
    VIZ_LOG2,   /* ticks at powers of two; values must be positive */
    VIZ_LOG10   /* ticks at powers of ten; values must be positive */
};

/* How numbers of an axis read: 12 345.6; 4 KiB; 0.25 as 25 %. */
enum viz_numbers { VIZ_PLAIN, VIZ_BYTES, VIZ_PERCENT };

struct viz_axis {
    const char *label; /* required: "pages per domain" */
    const char *unit;  /* "cycles"; shown after the label in brackets and after values;
                          NULL where the label or the numbers say it all */
    enum viz_scale scale;
    enum viz_numbers numbers;
};

/* What an account belongs to, in the order in which a bar stacks them: it decides hue
 * and hatch. Explicit is blue, implicit is orange to red, work green, competition
 * purple, idle grey. */
enum viz_group { VIZ_WORK, VIZ_COMPETITION, VIZ_EXPLICIT, VIZ_IMPLICIT, VIZ_IDLE };
#define VIZ_GROUPS 5

/* A line across the plot where a machine has its limits: "D-TLB reach", "L2". */
struct viz_reference {
    double at;
    const char *label;
    bool horizontal; /* at a y value instead of an x value */
};

/* ---- 1. bars: where do the cycles go? ---- */

enum viz_bar_layout {
    VIZ_STACKED,     /* one bar per row; negative values stack to the left of zero */
    VIZ_SIDE_BY_SIDE /* a thin bar per segment in each row */
};

struct viz_segment {
    const char *name; /* "kernel path" */
    enum viz_group group;
};

struct viz_bar {
    const char *name;     /* "ipc call", or the structure: "l3-small" */
    const char *heading;  /* rows in a run that have the same heading stand together
                             below it ("gcc" over "Ultrix" and "Mach"); NULL: none */
    const double *values; /* segment_count of them; any NaN: the row has "no value" */
};

struct viz_bars {
    struct viz_axis value; /* its scale must be linear: bars start at zero */
    enum viz_bar_layout layout;
    const struct viz_segment *segments; /* 1 to VIZ_MAX_SEGMENTS */
    size_t segment_count;
    const size_t *shades; /* which of its group's 8 shades each segment has, from 0, so
                             that an account looks the same in every chart; NULL: in a
                             group, the first has the first, and so on */
    bool without_groups;        /* groups only choose hues; the key does not name them */
    const struct viz_bar *bars; /* 1 to VIZ_MAX_BARS; rows from top to bottom */
    size_t bar_count;
    const struct viz_reference *references; /* at values; `horizontal` is ignored */
    size_t reference_count;
};
#define VIZ_MAX_SEGMENTS 32
#define VIZ_MAX_BARS     64

/* ---- 2. lines: how does it grow? ---- */

enum viz_look {
    VIZ_LINE,            /* a curve (predicted, or one-pass) */
    VIZ_POINTS,          /* markers alone (replayed) */
    VIZ_LINE_AND_POINTS, /* both */
    VIZ_STEPS            /* constant up to the next x */
};

struct viz_series {
    const char *name; /* stands beside the line's end; required */
    const double *x;  /* `count` of them, rising, none NaN */
    const double *y;  /* NaN: a gap */
    size_t count;
    const double *low, *high; /* spread over seeds, drawn as a band; both or neither */
    enum viz_look look;
    const char *const *labels; /* beside each point, where there is room: `count` of them,
                                  each may be NULL; NULL: none */
    size_t like; /* 1 + index of an earlier series whose colour and dash this one shares
                    (points beside their curve); 0: its own */
};

/* Where the second series overtakes the first: viz computes x and y itself. Up to four
 * meetings are marked, and labelled where the plot has a free place. */
struct viz_crossover {
    size_t first, second; /* indices of series */
    const char *label;    /* "" or NULL: the names and both values are written */
};

struct viz_lines {
    struct viz_axis x, y;
    bool y_from_zero; /* for a linear y; bars always start at zero, lines may */
    const struct viz_series *series; /* 1 to VIZ_MAX_SERIES */
    size_t series_count;
    const struct viz_reference *references;
    size_t reference_count;
    const struct viz_crossover *crossovers;
    size_t crossover_count;
};
#define VIZ_MAX_SERIES     12
#define VIZ_MAX_REFERENCES 16

/* Where do two series cross? Between neighbouring x that either has, both are taken as
 * straight on the given scales, as they are drawn. Writes the first `max` meetings, by
 * x, and returns how many there are. Touching without crossing does not count; where
 * they coincide over a stretch and then part on the other side, its end counts. */
struct viz_point {
    double x, y;
};
size_t viz_crossovers(const struct viz_series *first, const struct viz_series *second,
                      enum viz_scale x, enum viz_scale y, struct viz_point *points,
                      size_t max);

/* ---- 3. heatmap: two knobs, or structure x machine ---- */

enum viz_best { VIZ_NO_BEST, VIZ_LEAST_IN_COLUMN, VIZ_LEAST_IN_ROW, VIZ_LEAST_OF_ALL };

struct viz_heatmap {
    const char *x_label, *y_label; /* "D-TLB entries"; required */
    struct viz_axis value;
    const char *const *columns;
    size_t column_count; /* 1 to VIZ_MAX_CELLS_ACROSS */
    const char *const *rows;
    size_t row_count;     /* 1 to VIZ_MAX_CELLS_ACROSS */
    const double *values; /* row after row; NaN: an empty, dotted cell */
    enum viz_best best;   /* these cells get a frame */
};
#define VIZ_MAX_CELLS_ACROSS 64

/* ---- 4. area: who holds the cache, when? ---- */

struct viz_layer {
    const char *name;
    const double *values; /* point_count of them, none negative */
    bool kernel;          /* drawn in grey, whatever its place */
};

struct viz_area {
    struct viz_axis x, y;           /* y is linear and starts at zero */
    const double *at;               /* point_count of them, rising */
    size_t point_count;             /* at least 2 */
    const struct viz_layer *layers; /* 1 to VIZ_MAX_SERIES, from the bottom up */
    size_t layer_count;
    double capacity; /* a line at what the cache holds; 0: none */
};

/* ---- 5. timeline: a lane per domain and the kernel ---- */

struct viz_lane {
    const char *name;
    bool kernel;
};

struct viz_span { /* the lane runs */
    size_t lane;
    double from, to;
};

struct viz_edge { /* a border crossing, from lane to lane */
    double at;
    size_t from, to;
    const char *label; /* "ipc call"; NULL: none. Shown where there is room */
};

struct viz_burst { /* entries fetched again */
    size_t lane;
    double at;
    double amount; /* its tick's height is in proportion to the largest */
};

/* Spans (by their beginning), edges and bursts each come in order of time. What lies on
 * the same half pixel is drawn once, so that a long stretch stays small. */
struct viz_timeline {
    struct viz_axis time; /* linear */
    const struct viz_lane *lanes; /* 1 to VIZ_MAX_LANES; from top to bottom */
    size_t lane_count;
    const struct viz_span *spans;
    size_t span_count;
    const struct viz_edge *edges;
    size_t edge_count;
    const struct viz_burst *bursts;
    size_t burst_count;
    const char *burst_label; /* what a tick's amount counts: "entries refilled" */
}; /* at least one span, edge or burst */
#define VIZ_MAX_LANES 24

/* ---- 6. distribution: what does a crossing cost? ---- */

enum viz_distribution_look {
    VIZ_HISTOGRAM, /* a panel per sample, one below the other */
    VIZ_ECDF       /* share at or below, a line per sample */
};

struct viz_sample {
    const char *name;
    const double *values; /* in any order, none NaN */
    const double *counts; /* how often each occurred, positive; NULL: once each */
    size_t count;         /* at least 1 */
};

struct viz_distribution {
    struct viz_axis x;
    enum viz_distribution_look look;
    const struct viz_sample *samples; /* 1 to VIZ_MAX_SERIES */
    size_t sample_count;
};

/* The smallest value with at least that share (0 to 1) of the sample at or below it:
 * the marks at median, p90 and p99. */
double viz_percentile(const struct viz_sample *sample, double share);

/* ---- a chart ---- */

enum viz_kind {
    VIZ_BARS,
    VIZ_LINES,
    VIZ_HEATMAP,
    VIZ_AREA,
    VIZ_TIMELINE,
    VIZ_DISTRIBUTION
};

struct viz_chart {
    enum viz_kind kind;
    const char *title;    /* required */
    const char *subtitle; /* the finding, in one sentence; NULL: none */
    const char *caption;  /* machine, trace, records, lost records, version: shown in
                             full; NULL: none */
    const char *alt;      /* what somebody who cannot see it should know; goes into the
                             SVG and the PDF; NULL: title and subtitle */
    union {
        struct viz_bars bars;
        struct viz_lines lines;
        struct viz_heatmap heatmap;
        struct viz_area area;
        struct viz_timeline timeline;
        struct viz_distribution distribution;
    };
};

/* ---- drawing ---- */

enum viz_format { VIZ_SVG, VIZ_PNG, VIZ_PDF };

struct viz_size {
    double width;  /* 0: 760; at least 320, at most 4000 */
    double height; /* 0: as high as the chart needs; else at least 240 */
    double scale;  /* PNG pixels per length; 0: 2. SVG and PDF ignore it */
};

/* SVG: no XML declaration, ids that are unique to the chart, `role="img"` and the
 * alternative text, no style attribute: it can stand in an HTML page as it is, several to
 * a page, under a strict content security policy. PDF: one page of the chart's size,
 * without dates. */
bool viz_render(const struct viz_chart *chart, enum viz_format format,
                struct viz_size size,
                bool (*write)(void *context, const void *bytes, size_t count),
                void *context, char *why, size_t why_size);

/* Into memory; *bytes is the caller's to free(). One more byte than *count is there, a
 * zero, so that an SVG is a string. */
bool viz_render_memory(const struct viz_chart *chart, enum viz_format format,
                       struct viz_size size, char **bytes, size_t *count, char *why,
                       size_t why_size);

/* Into a file, which is replaced only when all of it is written. A link is followed; a
 * pipe or a device is written to. */
bool viz_render_file(const struct viz_chart *chart, enum viz_format format,
                     struct viz_size size, const char *path, char *why, size_t why_size);

/* Onto a page of the caller's own (a report of several pages), at its current origin.
 * *height, if not NULL, is set to what was used. */
struct _cairo;
bool viz_draw(const struct viz_chart *chart, struct viz_size size, struct _cairo *cairo,
              double *height, char *why, size_t why_size);

/* ---- the numbers in the picture ---- */

/* A mark and where it lies, to show its value on hover: all in the coordinates of the
 * picture of the same size. */
struct viz_mark {
    double x, y, w, h;
    char *label; /* "ipc call, kernel path", or "merged at 64 pages" */
    char *text;  /* "212 cycles" */
    double value;
};

/* A text that was drawn and its measured box. None lies on another. */
struct viz_text_box {
    double x, y, w, h;
    char *text;
};

struct viz_values {
    double width, height;
    struct viz_mark *marks;
    size_t mark_count;
    struct viz_text_box *texts;
    size_t text_count;
    /* The data behind the chart, as a table to stand beside it: a row per bar, per x, per
     * row of cells, per point in time, per edge and burst, per sample. */
    char **headings; /* column_count */
    bool *is_number; /* column_count: align right */
    char **cells;    /* row after row; "" where there is no value */
    size_t column_count, row_count;
};

/* NULL when the chart cannot be drawn. Text in it is clean UTF-8, not escaped for HTML.
 * A chart drawn small or crowded may have marks of less than a pixel. */
struct viz_values *viz_values(const struct viz_chart *chart, struct viz_size size,
                              char *why, size_t why_size);
void viz_values_free(struct viz_values *values);

#endif
