/* beside.c - a word beside a point: above, below, or to a side of it. */
#include "viz/frame.h"

#include <math.h>

#define AWAY 8.0 /* from the point's middle to the word */

/* The corner of the box when the word stands in this direction from the point. */
static struct box place(struct box size, double x, double y, int right, int down)
{
    struct box box = size;
    box.x = x + (right > 0 ? AWAY : right < 0 ? -AWAY - size.w : -size.w / 2);
    box.y = y + (down > 0 ? AWAY : down < 0 ? -AWAY - size.h : -size.h / 2);
    return box;
}

static bool is_inside(struct box box, struct box plot)
{
    return box.x >= plot.x && box.x + box.w <= plot.x + plot.w && box.y >= plot.y &&
           box.y + box.h <= plot.y + plot.h;
}

void beside_draw(struct canvas *canvas, const struct beside *beside, double x, double y,
                 const char *word)
{
    /* Earlier is better, everything else equal. */
    static const int directions[][2] = {{0, -1}, {0, 1},  {1, -1}, {-1, -1},
                                        {1, 1},  {-1, 1}, {1, 0},  {-1, 0}};
    struct ink ink = {.font = FONT_SMALL, .colour = COLOUR_INK};
    struct box size = text_size(canvas, &ink, word), best = size;
    int least = -1;
    for (size_t i = 0; i < sizeof directions / sizeof *directions; i++) {
        struct box box = place(size, x, y, directions[i][0], directions[i][1]);
        int cost = 4 * beside->covered(beside->context, box) + (int)i;
        if ((least >= 0 && cost >= least) || !is_inside(box, beside->plot) ||
            text_in_the_way(canvas, box, 4))
            continue;
        least = cost;
        best = box;
    }
    if (least >= 0)
        text_top(canvas, &ink, best.x, best.y, word);
}
