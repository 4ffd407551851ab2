/* paper.h - pages of a PDF that fill from top to bottom. Private to this folder.
 *
 * Lengths are points (1/72 inch). Text is UTF-8 and means nothing but itself. */
#ifndef CROSSBILL_PAPER_H
#define CROSSBILL_PAPER_H

#include "text.h"

#include <cairo.h>
#include <pango/pangocairo.h>

#define PAPER_WIDTH  595.276 /* A4 */
#define PAPER_HEIGHT 841.89
#define PAPER_MARGIN 51.0
#define PAPER_ACROSS (PAPER_WIDTH - 2 * PAPER_MARGIN)

struct paper {
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout;
    struct text bytes; /* what has been written */
    double y;          /* where the next thing goes */
    int page;          /* from 1 */
};

struct paper_style {
    double size; /* of the letters */
    bool bold;
    double grey;   /* 0 black .. 1 white */
    double indent; /* from the left margin */
    double bar;    /* width of a line beside the text; 0: none */
    double bar_red, bar_green, bar_blue;
};

/* False when memory ran out. paper_close() hands over the PDF, or drops it (bytes NULL).
 */
bool paper_open(struct paper *paper, const char *title);
bool paper_close(struct paper *paper, struct report_bytes *bytes, struct cb_error *error);

/* Begin a new page unless `height` still fits on this one. */
void paper_need(struct paper *paper, double height);
void paper_gap(struct paper *paper, double height);

/* Running text, over as many pages as it takes. */
void paper_text(struct paper *paper, const struct paper_style *style, const char *text);

/* An entry of the table of contents that viewers show, for this page. */
void paper_outline(struct paper *paper, const char *title);

/* Set the layout's text and width (< 0: as wide as the text); returns its size. */
void paper_measure(struct paper *paper, double size, bool bold, const char *text,
                   double width, double *w, double *h);

#endif
