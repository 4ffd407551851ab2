/* heatmap.c - two knobs, or structure against machine: a grid of coloured cells.
 *
 * Values stand in the cells when all of them fit. Column names are broken into lines when
 * they do not fit side by side, turn upwards when that does not help, and of very many
 * only every second, third ... is written.
 */
#include "viz/frame.h"

#include <math.h>

#define NAME_GAP     6.0
#define KEY_GAP      10.0
#define KEY_WIDTH    250.0 /* the least that is worth a key beside the colours */
#define BAR_WIDTH    140.0
#define BAR_HEIGHT   12.0
#define WIDEST_CELL  160.0
#define LONGEST_NAME 130.0 /* of a column, turned upwards */
#define LOWEST_CELL  14.0
#define NAME_LINES   3
#define PADDING      3.0

struct plan {
    const struct viz_heatmap *heatmap;
    double lo, hi; /* of the values that there are */
    bool has_gaps;
    double names_width;
    double cell_w, cell_h;
    bool turned;         /* column names read upwards */
    struct ink name_ink; /* of columns */
    double columns_height;
    struct key key;
    double title_height; /* of the value's title */
    double key_x, key_y; /* beside the bar of colours, or below it */
    double top;          /* of the grid, below its keys and title */
    struct box grid;
    bool values_fit;
};

static double value_at(const struct plan *plan, size_t row, size_t column)
{
    return plan->heatmap->values[row * plan->heatmap->column_count + column];
}

/* ---- the plan ---- */

static void plan_range(struct plan *plan)
{
    const struct viz_heatmap *heatmap = plan->heatmap;
    plan->lo = INFINITY;
    plan->hi = -INFINITY;
    for (size_t i = 0; i < heatmap->row_count * heatmap->column_count; i++) {
        double value = heatmap->values[i];
        plan->has_gaps |= isnan(value);
        plan->lo = fmin(plan->lo, value); /* fmin and fmax pass over NaN */
        plan->hi = fmax(plan->hi, value);
    }
}

static double widest_name(struct canvas *canvas, const char *const *names, size_t count)
{
    double widest = 0;
    for (size_t i = 0; i < count; i++)
        widest = fmax(widest, text_width(canvas, FONT_SMALL, names[i]));
    return widest;
}

static double widest_word(struct canvas *canvas, const char *const *names, size_t count)
{
    double widest = 0;
    for (size_t i = 0; i < count; i++) {
        char **words = g_strsplit(names[i], " ", -1);
        widest = fmax(widest, widest_name(canvas, (const char *const *)words,
                                          g_strv_length(words)));
        g_strfreev(words);
    }
    return widest;
}

static struct box largest_name(struct canvas *canvas, const struct ink *ink,
                               const char *const *names, size_t count)
{
    struct box largest = {0};
    for (size_t i = 0; i < count; i++) {
        struct box size = text_size(canvas, ink, names[i]);
        largest.w = fmax(largest.w, size.w);
        largest.h = fmax(largest.h, size.h);
    }
    return largest;
}

/* In the width of a cell, with no word broken and none left out; else upwards, in two
 * lines where there is room for them. */
static void plan_columns(struct canvas *canvas, struct plan *plan)
{
    const char *const *names = plan->heatmap->columns;
    size_t count = plan->heatmap->column_count;
    double line = line_height(canvas, FONT_SMALL), room = plan->cell_w - 4;
    bool flat = widest_name(canvas, names, count) <= room;
    struct ink ink = {.font = FONT_SMALL, .colour = COLOUR_INK, .across = CENTRE};
    if (!flat) {
        ink.max_width = fmax(room, 1);
        ink.lines = NAME_LINES + 1;
    }
    struct box largest = largest_name(canvas, &ink, names, count);
    plan->turned = !flat && (widest_word(canvas, names, count) > room ||
                             largest.h > (NAME_LINES + 0.5) * line);
    if (plan->turned) {
        ink.max_width = LONGEST_NAME;
        ink.lines = plan->cell_w > 2.3 * line ? 2 : 0;
        largest = largest_name(canvas, &ink, names, count);
        ink.max_width = largest.w + 1;
    }
    plan->columns_height = plan->turned ? largest.w + 1 : fmax(largest.h, line);
    plan->name_ink = ink;
}

static double share_of(const struct plan *plan, double value)
{
    if (!(plan->hi > plan->lo))
        return 0;
    if (plan->heatmap->value.scale == VIZ_LINEAR)
        return (value - plan->lo) / (plan->hi - plan->lo);
    return log(value / plan->lo) / log(plan->hi / plan->lo);
}

enum swatch { SWATCH_BEST, SWATCH_GAP };

static const struct fill gap_fill = {{0.94, 0.94, 0.94}, HATCH_DOTS};

static void frame_draw(struct canvas *canvas, struct box box)
{
    /* Paper inside ink, so that the frame is seen on light and dark cells alike. */
    cairo_rectangle(canvas->cairo, box.x + 2.5, box.y + 2.5, box.w - 5, box.h - 5);
    use_colour(canvas, COLOUR_PAPER);
    cairo_set_line_width(canvas->cairo, 1.5);
    cairo_stroke(canvas->cairo);
    cairo_rectangle(canvas->cairo, box.x + 1, box.y + 1, box.w - 2, box.h - 2);
    use_colour(canvas, COLOUR_INK);
    cairo_set_line_width(canvas->cairo, 2);
    cairo_stroke(canvas->cairo);
}

static void swatch_draw(struct canvas *canvas, const void *context, size_t which,
                        struct box box)
{
    (void)context;
    switch ((enum swatch)which) {
    case SWATCH_BEST:
        box_fill(canvas, box, (struct fill){colour_of_share(0.12), HATCH_NONE});
        frame_draw(canvas, box);
        return;
    case SWATCH_GAP:
        box_fill(canvas, box, gap_fill);
        return;
    }
}

static const char *best_text(enum viz_best best)
{
    switch (best) {
    case VIZ_NO_BEST:
        return NULL;
    case VIZ_LEAST_IN_COLUMN:
        return "the least in its column";
    case VIZ_LEAST_IN_ROW:
        return "the least in its row";
    case VIZ_LEAST_OF_ALL:
        return "the least of all";
    }
    return NULL;
}

static void plan_key(struct plan *plan)
{
    plan->key = (struct key){.swatch = swatch_draw};
    const char *best = best_text(plan->heatmap->best);
    if (best)
        key_add(&plan->key, best, SWATCH_BEST, false);
    if (plan->has_gaps)
        key_add(&plan->key, "no value", SWATCH_GAP, false);
}

static double scale_width(struct canvas *canvas, const struct plan *plan)
{
    char lo[NUMBER_SIZE], hi[NUMBER_SIZE];
    if (plan->lo > plan->hi)
        return 0;
    number_short(plan->lo, plan->heatmap->value.numbers, lo);
    number_short(plan->hi, plan->heatmap->value.numbers, hi);
    return text_width(canvas, FONT_SMALL, lo) + text_width(canvas, FONT_SMALL, hi) +
           BAR_WIDTH + 10;
}

static void plan_top(struct canvas *canvas, struct plan *plan, double width)
{
    double line = line_height(canvas, FONT_LABEL);
    char *title = axis_title(&plan->heatmap->value);
    struct ink ink = {.font = FONT_STRONG, .max_width = width, .lines = 3};
    plan->title_height = text_size(canvas, &ink, title).h + 4;
    g_free(title);
    plan->key_x = scale_width(canvas, plan) + 24;
    if (width - plan->key_x < KEY_WIDTH) {
        plan->key_x = 0;
        plan->key_y = line + 4;
    }
    double keys = plan->key_y + key_height(canvas, &plan->key, width - plan->key_x);
    plan->top = plan->title_height + fmax(keys, line + KEY_GAP) + line + 4;
}

static void plan_make(struct canvas *canvas, struct plan *plan,
                      const struct viz_heatmap *heatmap, double width)
{
    *plan = (struct plan){.heatmap = heatmap};
    plan_range(plan);
    plan_key(plan);
    plan->names_width =
        fmin(widest_name(canvas, heatmap->rows, heatmap->row_count), width * 0.28) + 1;
    double room = width - plan->names_width - NAME_GAP;
    plan->cell_w = fmin(room / (double)heatmap->column_count, WIDEST_CELL);
    plan_columns(canvas, plan);
    plan_top(canvas, plan, width);
}

static double around_grid(struct canvas *canvas, const struct plan *plan)
{
    return plan->top + NAME_GAP + plan->columns_height + 3 +
           line_height(canvas, FONT_LABEL);
}

struct heights heatmap_heights(struct canvas *canvas, const struct viz_heatmap *heatmap,
                               double width)
{
    struct plan plan;
    plan_make(canvas, &plan, heatmap, width);
    /* Few rows are high enough for their values, many make a picture. */
    double cell =
        fmin(fmax(plan.cell_w * 0.55, heatmap->row_count > 20 ? LOWEST_CELL : 22), 40);
    double rows = (double)heatmap->row_count, around = around_grid(canvas, &plan);
    return (struct heights){around + rows * cell, around + rows * LOWEST_CELL};
}

/* ---- cells ---- */

static bool least_in_column(const struct plan *plan, size_t column, double value)
{
    for (size_t row = 0; row < plan->heatmap->row_count; row++)
        if (value_at(plan, row, column) < value)
            return false;
    return true;
}

static bool least_in_row(const struct plan *plan, size_t row, double value)
{
    for (size_t column = 0; column < plan->heatmap->column_count; column++)
        if (value_at(plan, row, column) < value)
            return false;
    return true;
}

/* Comparisons with NaN are false, so gaps are neither less nor the least. */
static bool is_best(const struct plan *plan, size_t row, size_t column)
{
    double value = value_at(plan, row, column);
    switch (plan->heatmap->best) {
    case VIZ_NO_BEST:
        return false;
    case VIZ_LEAST_IN_COLUMN:
        return !isnan(value) && least_in_column(plan, column, value);
    case VIZ_LEAST_IN_ROW:
        return !isnan(value) && least_in_row(plan, row, value);
    case VIZ_LEAST_OF_ALL:
        return value == plan->lo;
    }
    return false;
}

static struct box cell_box(const struct plan *plan, size_t row, size_t column)
{
    return (struct box){plan->grid.x + plan->cell_w * (double)column,
                        plan->grid.y + plan->cell_h * (double)row, plan->cell_w,
                        plan->cell_h};
}

static bool values_fit(struct canvas *canvas, const struct plan *plan)
{
    const struct viz_heatmap *heatmap = plan->heatmap;
    if (plan->cell_h < line_height(canvas, FONT_SMALL) + 2 * PADDING)
        return false;
    for (size_t i = 0; i < heatmap->row_count * heatmap->column_count; i++) {
        char text[NUMBER_SIZE];
        if (isnan(heatmap->values[i]))
            continue;
        number_short(heatmap->values[i], heatmap->value.numbers, text);
        if (text_width(canvas, FONT_STRONG, text) > plan->cell_w - 2 * PADDING)
            return false;
    }
    return true;
}

static struct fill cell_fill(const struct plan *plan, double value)
{
    if (isnan(value))
        return gap_fill;
    return (struct fill){colour_of_share(share_of(plan, value)), HATCH_NONE};
}

/* What lies on a cell's colour: the frame of the best, and the value. */
static void cell_finish(struct canvas *canvas, const struct plan *plan, size_t row,
                        size_t column)
{
    const struct viz_heatmap *heatmap = plan->heatmap;
    struct box box = cell_box(plan, row, column);
    double value = value_at(plan, row, column);
    if (isnan(value))
        return;
    bool best = is_best(plan, row, column);
    if (best)
        frame_draw(canvas, box);
    if (plan->values_fit) {
        char text[NUMBER_SIZE];
        struct ink ink = {.font = best ? FONT_STRONG : FONT_SMALL,
                          .colour = colour_on(cell_fill(plan, value).colour),
                          .across = CENTRE};
        number_short(value, heatmap->value.numbers, text);
        text_middle(canvas, &ink, box.x + box.w / 2, box.y + box.h / 2, text);
    }
    char *text = number_with_unit(value, &heatmap->value);
    mark_add(canvas, box, value,
             g_strdup_printf("%s %s, %s %s", heatmap->y_label, heatmap->rows[row],
                             heatmap->x_label, heatmap->columns[column]),
             best ? g_strdup_printf("%s, %s", text, best_text(heatmap->best))
                  : g_strdup(text));
    g_free(text);
}

/* Hairlines of paper between cells that are large enough for them. */
static void lattice_draw(struct canvas *canvas, const struct plan *plan)
{
    const struct box *grid = &plan->grid;
    if (plan->cell_w < 16 || plan->cell_h < 16)
        return;
    for (size_t row = 1; row < plan->heatmap->row_count; row++) {
        double y = grid->y + plan->cell_h * (double)row;
        line_draw(canvas, grid->x, y, grid->x + grid->w, y, 1, COLOUR_PAPER);
    }
    for (size_t column = 1; column < plan->heatmap->column_count; column++) {
        double x = grid->x + plan->cell_w * (double)column;
        line_draw(canvas, x, grid->y, x, grid->y + grid->h, 1, COLOUR_PAPER);
    }
}

static void cells_draw(struct canvas *canvas, const struct plan *plan)
{
    const struct viz_heatmap *heatmap = plan->heatmap;
    for (size_t row = 0; row < heatmap->row_count; row++)
        for (size_t column = 0; column < heatmap->column_count; column++)
            box_fill(canvas, cell_box(plan, row, column),
                     cell_fill(plan, value_at(plan, row, column)));
    lattice_draw(canvas, plan);
    for (size_t row = 0; row < heatmap->row_count; row++)
        for (size_t column = 0; column < heatmap->column_count; column++)
            cell_finish(canvas, plan, row, column);
}

/* ---- names and keys ---- */

/* Names need `needed` of room each; there is `cell` for each: write every nth. */
static size_t every(double needed, double cell)
{
    return needed <= cell ? 1 : (size_t)ceil(needed / cell);
}

static void row_names_draw(struct canvas *canvas, const struct plan *plan)
{
    struct ink ink = {.font = FONT_SMALL,
                      .colour = COLOUR_INK,
                      .across = RIGHT,
                      .max_width = plan->names_width};
    size_t stride = every(1.15 * line_height(canvas, FONT_SMALL), plan->cell_h);
    for (size_t row = 0; row < plan->heatmap->row_count; row += stride)
        text_middle(canvas, &ink, plan->grid.x - NAME_GAP,
                    cell_box(plan, row, 0).y + plan->cell_h / 2,
                    plan->heatmap->rows[row]);
}

static void column_names_draw(struct canvas *canvas, const struct plan *plan)
{
    const struct ink *ink = &plan->name_ink;
    double y = plan->grid.y + plan->grid.h + NAME_GAP;
    double needed = plan->turned ? 1.15 * line_height(canvas, FONT_SMALL) : 0;
    size_t stride = every(needed, plan->cell_w);
    for (size_t column = 0; column < plan->heatmap->column_count; column += stride) {
        double x = cell_box(plan, 0, column).x + plan->cell_w / 2;
        if (plan->turned)
            text_upwards(canvas, ink, x, y, plan->heatmap->columns[column]);
        else
            text_top(canvas, ink, x, y, plan->heatmap->columns[column]);
    }
}

/* "331 [light ... dark] 4410" */
static void scale_draw(struct canvas *canvas, const struct plan *plan, double x, double y)
{
    char text[NUMBER_SIZE];
    struct ink ink = {.font = FONT_SMALL, .colour = COLOUR_INK};
    if (plan->lo > plan->hi)
        return;
    double middle = y + line_height(canvas, FONT_LABEL) / 2;
    number_short(plan->lo, plan->heatmap->value.numbers, text);
    struct box box = text_middle(canvas, &ink, x, middle, text);
    x = box.x + box.w + 5;
    for (int step = 0; step < (int)BAR_WIDTH; step++)
        /* One more than a step wide, so that no seam shows between them. */
        box_fill(canvas,
                 (struct box){x + step, middle - BAR_HEIGHT / 2,
                              step + 1 < BAR_WIDTH ? 2 : 1, BAR_HEIGHT},
                 (struct fill){colour_of_share(step / (BAR_WIDTH - 1)), HATCH_NONE});
    number_short(plan->hi, plan->heatmap->value.numbers, text);
    text_middle(canvas, &ink, x + BAR_WIDTH + 5, middle, text);
}

static void titles_draw(struct canvas *canvas, const struct plan *plan, struct box body)
{
    double line = line_height(canvas, FONT_LABEL);
    struct ink ink = {
        .font = FONT_STRONG, .colour = COLOUR_INK, .max_width = body.w, .lines = 3};
    char *title = axis_title(&plan->heatmap->value);
    text_top(canvas, &ink, body.x, body.y, title);
    g_free(title);
    ink = (struct ink){.font = FONT_LABEL, .colour = COLOUR_INK, .max_width = body.w};
    text_top(canvas, &ink, body.x, plan->grid.y - line - 4, plan->heatmap->y_label);
    double width = text_size(canvas, &ink, plan->heatmap->x_label).w;
    double x = fmax(plan->grid.x + plan->grid.w / 2 - width / 2, body.x);
    text_top(canvas, &ink, fmin(x, body.x + body.w - width),
             plan->grid.y + plan->grid.h + NAME_GAP + plan->columns_height + 3,
             plan->heatmap->x_label);
}

void heatmap_draw(struct canvas *canvas, const struct viz_heatmap *heatmap,
                  struct box body)
{
    struct plan plan;
    plan_make(canvas, &plan, heatmap, body.w);
    double rows = (double)heatmap->row_count;
    plan.cell_h = fmin((body.h - around_grid(canvas, &plan)) / rows, 60);
    plan.grid =
        (struct box){body.x + plan.names_width + NAME_GAP, body.y + plan.top,
                     plan.cell_w * (double)heatmap->column_count, plan.cell_h * rows};
    plan.values_fit = values_fit(canvas, &plan);
    scale_draw(canvas, &plan, body.x, body.y + plan.title_height);
    key_draw(canvas, &plan.key, body.x + plan.key_x,
             body.y + plan.title_height + plan.key_y, body.w - plan.key_x);
    cells_draw(canvas, &plan);
    row_names_draw(canvas, &plan);
    column_names_draw(canvas, &plan);
    titles_draw(canvas, &plan, body);
}
