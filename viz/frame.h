/* frame.h - what stands around the marks: words, axes, reference lines, keys.
 *
 * A chart kind says how high its body would like to be and draws it into a box; the page
 * puts title and subtitle above and the caption below.
 */
#ifndef CROSSBILL_VIZ_FRAME_H
#define CROSSBILL_VIZ_FRAME_H

#include "viz/canvas.h"
#include "viz/scale.h"

struct heights {
    double natural; /* when the caller leaves the height open */
    double least;   /* below it the chart is refused */
};

/* ---- page.c ---- */

struct heights page_heights(struct canvas *canvas, const struct viz_chart *chart);
void page_draw(struct canvas *canvas, const struct viz_chart *chart, double height);

/* ---- axis.c ---- */

/* "pages per domain (pages)"; the caller frees it. */
char *axis_title(const struct viz_axis *axis);

/* An x axis below a plot, or a y axis to the left of it. */
double x_axis_height(struct canvas *canvas);
double y_axis_title_height(struct canvas *canvas);
double y_axis_width(struct canvas *canvas, const struct viz_axis *axis,
                    const struct ticks *ticks, enum viz_scale kind);

/* How many ticks a y axis of this height should have, about; and the width that tick
 * labels need whatever the height will be. */
size_t y_axis_about(double height);
double y_axis_room(struct canvas *canvas, const struct viz_axis *axis,
                   const struct scale *scale);

/* The most ticks whose measured labels leave a gap between them. `rounded` widens the
 * range to where ticks lie. Labels are kept inside left..right. */
struct ticks x_axis_ticks(struct canvas *canvas, const struct viz_axis *axis,
                          struct scale *scale, bool rounded, double left, double right);
void x_grid_draw(struct canvas *canvas, const struct scale *scale,
                 const struct ticks *ticks, struct box plot);
/* Grid lines over the plot, tick labels and title below it. */
void x_axis_draw(struct canvas *canvas, const struct viz_axis *axis,
                 const struct scale *scale, const struct ticks *ticks, struct box plot,
                 double left, double right);
/* Grid lines over the plot, tick labels left of it, the title above it at `left`. */
void y_axis_draw(struct canvas *canvas, const struct viz_axis *axis,
                 const struct scale *scale, const struct ticks *ticks, struct box plot,
                 double left, double title_top);

/* ---- reference.c ---- */

/* Labels of vertical reference lines stand in rows above the plot, so that none lies on
 * another and no line runs through one. */
struct placed_reference {
    const struct viz_reference *reference;
    double x;       /* of the line */
    struct box box; /* of the label; its y is not used */
    int row;        /* of the label, counted upwards from the plot */
};

struct references {
    struct placed_reference placed[VIZ_MAX_REFERENCES];
    size_t count;
    int rows;
};

/* Those that are vertical and inside the scale's range. */
struct references references_place(struct canvas *canvas, const struct viz_reference *all,
                                   size_t count, const struct scale *scale, double left,
                                   double right);
double references_height(struct canvas *canvas, const struct references *references);
void references_draw(struct canvas *canvas, const struct references *references,
                     struct box plot);

/* ---- key.c ---- */

#define KEY_HEADING ((size_t)-1)
#define MAX_KEY     (VIZ_MAX_SEGMENTS + VIZ_GROUPS) /* no chart has more to name */

/* Entries flow over as many lines as they need; a heading is bold and without a swatch.
 */
struct key {
    struct {
        const char *name;
        size_t swatch; /* what `swatch` is asked to draw; KEY_HEADING: nothing */
        bool new_line; /* starts a line, if it is not the first */
    } entries[MAX_KEY];
    size_t count;
    void (*swatch)(struct canvas *canvas, const void *context, size_t which,
                   struct box box);
    const void *context;
};

void key_add(struct key *key, const char *name, size_t swatch, bool new_line);
double key_height(struct canvas *canvas, const struct key *key, double width);
void key_draw(struct canvas *canvas, const struct key *key, double x, double y,
              double width);

/* ---- beside.c ---- */

/* Write a word beside a point, where it lies on no other text and covers least, as
 * `covered` counts it; or nowhere, when each place is taken. */
struct beside {
    struct box plot; /* to stay in */
    int (*covered)(const void *context, struct box box);
    const void *context;
};
void beside_draw(struct canvas *canvas, const struct beside *beside, double x, double y,
                 const char *word);

/* ---- the kinds, a file each ---- */

struct heights bars_heights(struct canvas *canvas, const struct viz_bars *bars,
                            double width);
void bars_draw(struct canvas *canvas, const struct viz_bars *bars, struct box body);
struct heights lines_heights(struct canvas *canvas, const struct viz_lines *lines,
                             double width);
void lines_draw(struct canvas *canvas, const struct viz_lines *lines, struct box body);
struct heights heatmap_heights(struct canvas *canvas, const struct viz_heatmap *heatmap,
                               double width);
void heatmap_draw(struct canvas *canvas, const struct viz_heatmap *heatmap,
                  struct box body);
struct heights area_heights(struct canvas *canvas, const struct viz_area *area,
                            double width);
void area_draw(struct canvas *canvas, const struct viz_area *area, struct box body);
struct heights timeline_heights(struct canvas *canvas,
                                const struct viz_timeline *timeline, double width);
void timeline_draw(struct canvas *canvas, const struct viz_timeline *timeline,
                   struct box body);
struct heights distribution_heights(struct canvas *canvas,
                                    const struct viz_distribution *distribution,
                                    double width);
void distribution_draw(struct canvas *canvas, const struct viz_distribution *distribution,
                       struct box body);

/* ---- stroke.c ---- */

void stroke_use(struct canvas *canvas, const struct stroke *stroke, double width);
void marker_draw(struct canvas *canvas, const struct stroke *stroke, double x, double y);
/* A piece of the line, its marker on it, or both: what a label begins with. */
void stroke_sample(struct canvas *canvas, const struct stroke *stroke, enum viz_look look,
                   struct box box);

/* ---- ends.c ---- */

#define END_GAP        10.0 /* between the plot and the names */
#define END_SAMPLE     24.0 /* what stands before a name */
#define END_SAMPLE_GAP 5.0
/* How far the last tick label may reach past the plot, below the names' samples. */
#define END_OVERHANG (END_GAP + END_SAMPLE)
#define NARROW_BODY  440.0 /* too narrow for names beside the plot: use a key */

struct ends {
    const char *names[VIZ_MAX_SERIES];
    double y[VIZ_MAX_SERIES];   /* where each line or layer ends */
    bool apart[VIZ_MAX_SERIES]; /* it ends before the right edge: draw no line to it */
    size_t count;
    double name_width; /* set by ends_measure */
    void (*swatch)(struct canvas *canvas, const void *context, size_t which,
                   struct box box);
    const void *context;
};

void ends_measure(struct canvas *canvas, struct ends *ends, double width);
double ends_width(const struct ends *ends); /* of all that stands right of the plot */
bool ends_fit(struct canvas *canvas, const struct ends *ends, double height);
void ends_draw(struct canvas *canvas, const struct ends *ends, struct box plot);

/* Move labels of height `h` apart and into top..bottom. `y` are centres, in any order;
 * at most VIZ_MAX_SERIES. */
void spread_labels(double *y, size_t count, double h, double top, double bottom);

/* ---- sample.c ---- */

/* A sample in order, each value once. */
struct sorted_sample {
    double *values, *up_to; /* how many lie at or below each value */
    size_t count;
    double total, mean;
};

struct sorted_sample sample_sort(const struct viz_sample *sample);
void sample_free(struct sorted_sample *sorted);
double sample_percentile(const struct sorted_sample *sorted, double share);

/* ---- check.c and table.c ---- */

bool chart_check(const struct viz_chart *chart, char *why, size_t why_size);
void table_fill(const struct viz_chart *chart, struct viz_values *values);

#endif
