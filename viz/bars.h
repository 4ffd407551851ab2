/* bars.h - the numbers of a bar chart, and its plan: what depends on the width alone. */
#ifndef CROSSBILL_VIZ_BARS_H
#define CROSSBILL_VIZ_BARS_H

#include "viz/frame.h"

#define BARS_TOTAL_GAP 6.0 /* between a bar and its total */
#define BARS_NAME_GAP  8.0 /* between a row's name and the plot */
#define BARS_PADDING   4.0 /* inside a segment, around its text */
#define BARS_HEADING   24.0
#define BARS_TWO_LINES 28.0 /* the least height of a bar with a name in it */
#define BARS_NO_VALUE  "no value"
#define BARS_NOWHERE   ((size_t)-1)

struct bars_plan {
    const struct viz_bars *bars;
    struct fill fills[VIZ_MAX_SEGMENTS];
    bool used[VIZ_MAX_SEGMENTS];       /* not zero in every row */
    size_t named_in[VIZ_MAX_SEGMENTS]; /* the row that carries the segment's name */
    double left, right;                /* the plot, relative to the body */
    double value_width;                /* the widest total or value */
    struct scale scale;
    struct ticks ticks;
    struct references references;
    struct key key; /* points to this plan, which must stay where it is */
    double key_height;
    double headings; /* the height that headings take */
};

void bars_plan_make(struct canvas *canvas, struct bars_plan *plan,
                    const struct viz_bars *bars, double body_left, double width);
double bars_place(const struct bars_plan *plan, double value);
/* Does every segment carry its name somewhere, so that no key is needed? */
bool bars_all_named(const struct bars_plan *plan, double bar_height);

/* Of one row: no value is NaN; the sum; how far it reaches to both sides of zero. */
bool bars_row_has_value(const struct viz_bars *bars, size_t row);
double bars_row_total(const struct viz_bars *bars, size_t row);
void bars_row_reach(const struct viz_bars *bars, size_t row, double *lo, double *hi);
bool bars_starts_heading(const struct viz_bars *bars, size_t row);
void bars_total_text(const struct viz_bars *bars, size_t row, char text[NUMBER_SIZE * 2]);

#endif
