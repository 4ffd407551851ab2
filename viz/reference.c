/* reference.c - labelled vertical lines: TLB reach, cache sizes, known costs. */
#include "viz/frame.h"

#include <math.h>
#include <stdlib.h>

#define PADDING   4.0 /* between a line and its label */
#define NEIGHBOUR 8.0 /* between labels of a row */
#define BELOW     3.0 /* between the lowest row and the plot */

enum side { TO_RIGHT, TO_LEFT };

static int by_place(const void *a, const void *b)
{
    const struct placed_reference *one = a, *other = b;
    return (one->x > other->x) - (one->x < other->x);
}

/* Is this label crossed by that line on its way down from its own row? */
static bool is_crossed(const struct placed_reference *label, int row,
                       const struct placed_reference *line, int line_row)
{
    return line_row > row && label->box.x - 3 < line->x &&
           line->x < label->box.x + label->box.w + 3;
}

static bool row_is_free(const struct references *references,
                        const struct placed_reference *mine, int row)
{
    for (size_t i = 0; i < references->count; i++) {
        const struct placed_reference *other = &references->placed[i];
        if (other->row < 0)
            continue;
        if (other->row == row && mine->box.x < other->box.x + other->box.w + NEIGHBOUR &&
            other->box.x < mine->box.x + mine->box.w + NEIGHBOUR)
            return false;
        if (is_crossed(mine, row, other, other->row) ||
            is_crossed(other, other->row, mine, row))
            return false;
    }
    return true;
}

/* Put the label into the lowest row that is free; else into a new one on top, through
 * whose line it may cross others. Returns whether one was free. */
static bool settle_row(struct references *references, struct placed_reference *mine)
{
    int row = 0;
    while (row < references->rows && !row_is_free(references, mine, row))
        row++;
    bool is_free = row_is_free(references, mine, row);
    mine->row = row;
    if (row >= references->rows)
        references->rows = row + 1;
    return is_free;
}

static void set_side(struct placed_reference *one, enum side side)
{
    one->box.x = side == TO_RIGHT ? one->x + PADDING : one->x - PADDING - one->box.w;
}

/* Place all labels: the first `leftward` of them to the left of their lines, the others
 * to the right, where there is room. A label that reaches right is crossed only by lines
 * further right, so those come first, and the reverse. Returns how many are crossed. */
static int arrange(struct references *references, size_t leftward, double left,
                   double right)
{
    size_t count = references->count;
    bool reaches_right[VIZ_MAX_REFERENCES] = {false};
    int crossed = 0;
    references->rows = 0;
    for (size_t i = 0; i < count; i++) {
        struct placed_reference *one = &references->placed[i];
        bool fits_right = one->x + PADDING + one->box.w <= right;
        bool fits_left = one->x - PADDING - one->box.w >= left;
        reaches_right[i] = fits_right && (i >= leftward || !fits_left);
        set_side(one, reaches_right[i] ? TO_RIGHT : TO_LEFT);
        one->row = -1;
    }
    for (size_t i = 0; i < count; i++)
        if (!reaches_right[i])
            crossed += !settle_row(references, &references->placed[i]);
    for (size_t i = count; i-- > 0;)
        if (reaches_right[i])
            crossed += !settle_row(references, &references->placed[i]);
    return crossed;
}

static struct references best_arrangement(const struct references *unplaced, double left,
                                          double right)
{
    struct references best = *unplaced;
    int least_crossed = arrange(&best, 0, left, right);
    for (size_t leftward = 1; leftward <= unplaced->count; leftward++) {
        struct references other = *unplaced;
        int crossed = arrange(&other, leftward, left, right);
        if (crossed > least_crossed ||
            (crossed == least_crossed && other.rows >= best.rows))
            continue;
        best = other;
        least_crossed = crossed;
    }
    return best;
}

static struct ink label_ink(double left, double right)
{
    return (struct ink){
        .font = FONT_SMALL, .colour = COLOUR_INK, .max_width = (right - left) * 0.45};
}

/* With a hair of tolerance, since ends of ranges have been computed. */
static bool is_inside(const struct scale *scale, double at)
{
    double hair = 1e-9 * fmax(fabs(scale->lo), fabs(scale->hi));
    return at >= scale->lo - hair && at <= scale->hi + hair;
}

struct references references_place(struct canvas *canvas, const struct viz_reference *all,
                                   size_t count, const struct scale *scale, double left,
                                   double right)
{
    struct references references = {.count = 0};
    struct ink ink = label_ink(left, right);
    for (size_t i = 0; i < count; i++) {
        if (all[i].horizontal || !is_inside(scale, all[i].at))
            continue;
        struct placed_reference *one = &references.placed[references.count++];
        *one = (struct placed_reference){.reference = &all[i]};
        one->x = scale_place(scale, all[i].at);
        one->box = text_size(canvas, &ink, all[i].label);
    }
    qsort(references.placed, references.count, sizeof *references.placed, by_place);
    return best_arrangement(&references, left, right);
}

double references_height(struct canvas *canvas, const struct references *references)
{
    return references->rows == 0
               ? 0
               : references->rows * line_height(canvas, FONT_SMALL) + BELOW;
}

void references_draw(struct canvas *canvas, const struct references *references,
                     struct box plot)
{
    double line = line_height(canvas, FONT_SMALL);
    static const double dash[] = {4, 3};
    struct ink ink = label_ink(plot.x, plot.x + plot.w);
    for (size_t i = 0; i < references->count; i++) {
        const struct placed_reference *one = &references->placed[i];
        double top = plot.y - BELOW - (one->row + 1) * line;
        cairo_set_dash(canvas->cairo, dash, 2, 0);
        line_draw(canvas, one->x, top + 2, one->x, plot.y + plot.h, 1, COLOUR_RULE);
        cairo_set_dash(canvas->cairo, NULL, 0, 0);
    }
    for (size_t i = 0; i < references->count; i++) {
        const struct placed_reference *one = &references->placed[i];
        ink.max_width = one->box.w + 1;
        box_fill(canvas,
                 (struct box){one->box.x, plot.y - BELOW - (one->row + 1) * line,
                              one->box.w, line},
                 (struct fill){COLOUR_PAPER, HATCH_NONE});
        text_top(canvas, &ink, one->box.x, plot.y - BELOW - (one->row + 1) * line,
                 one->reference->label);
    }
}
