/* stroke.c - lines and their markers. */
#include "viz/frame.h"

#include <math.h>

void stroke_use(struct canvas *canvas, const struct stroke *stroke, double width)
{
    use_colour(canvas, stroke->colour);
    cairo_set_line_width(canvas->cairo, width);
    cairo_set_line_join(canvas->cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(canvas->cairo, stroke->dash, stroke->dash_count, 0);
}

static void polygon(cairo_t *cairo, double x, double y, double radius, int corners,
                    double turn)
{
    for (int i = 0; i < corners; i++) {
        double angle = turn + 2 * M_PI * i / corners;
        cairo_line_to(cairo, x + radius * cos(angle), y + radius * sin(angle));
    }
    cairo_close_path(cairo);
}

void marker_draw(struct canvas *canvas, const struct stroke *stroke, double x, double y)
{
    cairo_t *cairo = canvas->cairo;
    bool open = false;
    cairo_set_dash(cairo, NULL, 0, 0);
    cairo_new_path(cairo);
    switch (stroke->marker) {
    case MARKER_DISC:
        cairo_arc(cairo, x, y, 3.6, 0, 2 * M_PI);
        break;
    case MARKER_SQUARE:
        polygon(cairo, x, y, 4.6, 4, M_PI / 4);
        break;
    case MARKER_TRIANGLE:
        polygon(cairo, x, y + 0.8, 4.9, 3, -M_PI / 2);
        break;
    case MARKER_DIAMOND:
        polygon(cairo, x, y, 4.8, 4, 0);
        break;
    case MARKER_RING:
    case MARKERS:
        cairo_arc(cairo, x, y, 3.4, 0, 2 * M_PI);
        open = true;
        break;
    case MARKER_CROSS:
        cairo_move_to(cairo, x - 3.4, y - 3.4);
        cairo_line_to(cairo, x + 3.4, y + 3.4);
        cairo_move_to(cairo, x + 3.4, y - 3.4);
        cairo_line_to(cairo, x - 3.4, y + 3.4);
        use_colour(canvas, stroke->colour);
        cairo_set_line_width(cairo, 2);
        cairo_stroke(cairo);
        return;
    }
    /* An edge of paper lifts the marker off the lines that it lies on. */
    use_colour(canvas, open ? COLOUR_PAPER : stroke->colour);
    cairo_fill_preserve(cairo);
    use_colour(canvas, open ? stroke->colour : COLOUR_PAPER);
    cairo_set_line_width(cairo, open ? 1.8 : 1);
    cairo_stroke(cairo);
}

void stroke_sample(struct canvas *canvas, const struct stroke *stroke, enum viz_look look,
                   struct box box)
{
    double y = box.y + box.h / 2;
    if (look != VIZ_POINTS) {
        stroke_use(canvas, stroke, 2);
        cairo_move_to(canvas->cairo, box.x, y);
        cairo_line_to(canvas->cairo, box.x + box.w, y);
        cairo_stroke(canvas->cairo);
    }
    if (look == VIZ_POINTS || look == VIZ_LINE_AND_POINTS)
        marker_draw(canvas, stroke, box.x + box.w / 2, y);
    cairo_set_dash(canvas->cairo, NULL, 0, 0);
}
