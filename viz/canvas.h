/* canvas.h - where a chart is drawn: measured text, boxes, and the record of both.
 *
 * Every text and every mark of a chart goes through here, so that viz_values can say
 * where they lie and the tests can show that no text lies on another.
 */
#ifndef CROSSBILL_VIZ_CANVAS_H
#define CROSSBILL_VIZ_CANVAS_H

#include <cairo.h>
#include <pango/pangocairo.h>

#include "viz/colour.h"
#include "viz/viz.h"

struct box {
    double x, y, w, h;
};

enum font { FONT_TITLE, FONT_SUBTITLE, FONT_LABEL, FONT_STRONG, FONT_SMALL, FONTS };
enum across { LEFT, CENTRE, RIGHT };

struct ink {
    enum font font;
    struct colour colour;
    enum across across; /* which part of the text is at the given x */
    double max_width;   /* beyond it the text is cut with an ellipsis; 0: no limit */
    int lines;          /* break into up to so many lines first; 0: do not */
};

struct canvas {
    cairo_t *cairo;
    PangoContext *pango;
    PangoFontDescription *fonts[FONTS];
    double width;
    GArray *marks; /* struct viz_mark */
    GArray *texts; /* struct viz_text_box */
};

void canvas_begin(struct canvas *canvas, cairo_t *cairo, double width);
void canvas_end(struct canvas *canvas);

/* The words as they may be drawn: valid UTF-8, no control, no direction override and no
 * character that XML forbids; each of those becomes U+FFFD. The caller frees it. */
char *clean_text(const char *text);

/* Width and height of a text as it would be drawn (x and y are zero). */
struct box text_size(struct canvas *canvas, const struct ink *ink, const char *text);
double text_width(struct canvas *canvas, enum font font, const char *text);
double line_height(struct canvas *canvas, enum font font);

/* Draw with the top, or the middle, at y. Returns the box. */
struct box text_top(struct canvas *canvas, const struct ink *ink, double x, double y,
                    const char *text);
struct box text_middle(struct canvas *canvas, const struct ink *ink, double x, double y,
                       const char *text);
/* Turned to read upwards, centred on x, with its end (the upper edge) at y. */
struct box text_upwards(struct canvas *canvas, const struct ink *ink, double x, double y,
                        const char *text);

bool boxes_overlap(struct box a, struct box b);
/* Would this box lie on a text that has been drawn, grown by `margin`? */
bool text_in_the_way(const struct canvas *canvas, struct box box, double margin);

/* Note a mark for viz_values. Takes over `label` and `text` (from g_strdup_printf). */
void mark_add(struct canvas *canvas, struct box box, double value, char *label,
              char *text);

void use_colour(struct canvas *canvas, struct colour colour);
void line_draw(struct canvas *canvas, double x0, double y0, double x1, double y1,
               double width, struct colour colour);
/* Fill the path (which is gone afterwards) or a box, then its hatch, clipped to it. */
void path_fill(struct canvas *canvas, struct fill fill);
void box_fill(struct canvas *canvas, struct box box, struct fill fill);

#endif
