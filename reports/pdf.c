/* pdf.c - the report as a PDF of A4 pages. Tables too long for paper are named, with the
 * way to have them. */
#include "document.h"
#include "export.h"
#include "paper.h"

#include <math.h>
#include <string.h>

#define LONGEST_TABLE 48 /* rows; longer ones are for machines to read */
#define CELL_SIZE     6.6
#define CELL_GAP      7.0

static const struct paper_style title_style = {.size = 22, .bold = true};
static const struct paper_style chapter_style = {.size = 15, .bold = true};
static const struct paper_style section_style = {.size = 10.5, .bold = true};
static const struct paper_style body_style = {.size = 9.2};
static const struct paper_style item_style = {.size = 9.2, .indent = 12};
static const struct paper_style small_style = {.size = 7.8, .grey = 0.3};
static const struct paper_style charge_style = {
    .size = 10, .indent = 12, .bar = 3, .bar_red = 0.71, .bar_green = 0.29};
static const struct paper_style source_style = {
    .size = 7.8, .grey = 0.3, .indent = 12, .bar = 3, .bar_red = 0.71, .bar_green = 0.29};
static const struct paper_style verdict_style = {
    .size = 9.2, .indent = 12, .bar = 3, .bar_green = 0.44, .bar_blue = 0.31};

/* ---- tables ---- */

struct layout {
    const struct table *table;
    struct arena *arena;
    double width[32];
};

static const char *cell_text(const struct layout *layout, size_t row, size_t column)
{
    const struct table *table = layout->table;
    const struct cell *cell = grid_cell(&table->grid, row, column);
    int decimals = table->columns[column].decimals;
    if (decimals >= 0 && cell->type == CELL_NUMBER)
        return number_text(layout->arena, cell->number, decimals);
    return cell->text;
}

/* Every column as wide as its widest cell; when that is too much, the widest gives way
 * and its cells are broken into lines. */
static void fit_columns(struct paper *paper, struct layout *layout)
{
    const struct grid *grid = &layout->table->grid;
    double w, h, all = CELL_GAP * (double)(grid->columns - 1);
    for (size_t c = 0; c < grid->columns; c++) {
        paper_measure(paper, CELL_SIZE, true, layout->table->columns[c].heading, -1,
                      &layout->width[c], &h);
        for (size_t row = 0; row < grid->rows; row++) {
            paper_measure(paper, CELL_SIZE, false, cell_text(layout, row, c), -1, &w, &h);
            layout->width[c] = fmax(layout->width[c], w);
        }
        layout->width[c] += 0.5;
        all += layout->width[c];
    }
    while (all > PAPER_ACROSS) {
        size_t widest = 0;
        for (size_t c = 1; c < grid->columns; c++)
            if (layout->width[c] > layout->width[widest])
                widest = c;
        double less = fmin(layout->width[widest] * 0.1, all - PAPER_ACROSS);
        layout->width[widest] -= less;
        all -= less;
    }
}

static double row_height(struct paper *paper, const struct layout *layout, size_t row)
{
    double highest = 0, w, h;
    for (size_t c = 0; c < layout->table->grid.columns; c++) {
        paper_measure(paper, CELL_SIZE, false, cell_text(layout, row, c),
                      layout->width[c], &w, &h);
        highest = fmax(highest, h);
    }
    return highest + 3;
}

static void show_cell(struct paper *paper, const char *text, bool bold, bool right,
                      double x, double width)
{
    double w, h;
    paper_measure(paper, CELL_SIZE, bold, text, width, &w, &h);
    if (right)
        pango_layout_set_alignment(paper->layout, PANGO_ALIGN_RIGHT);
    cairo_set_source_rgb(paper->cairo, 0, 0, 0);
    cairo_move_to(paper->cairo, x, paper->y + 1.5);
    pango_cairo_show_layout(paper->cairo, paper->layout);
}

static void rule(struct paper *paper, double width, double grey)
{
    cairo_set_source_rgb(paper->cairo, grey, grey, grey);
    cairo_set_line_width(paper->cairo, width);
    cairo_move_to(paper->cairo, PAPER_MARGIN, paper->y);
    cairo_line_to(paper->cairo, PAPER_MARGIN + PAPER_ACROSS, paper->y);
    cairo_stroke(paper->cairo);
}

static double heading_height(struct paper *paper, const struct layout *layout)
{
    double highest = 0, w, h;
    for (size_t c = 0; c < layout->table->grid.columns; c++) {
        paper_measure(paper, CELL_SIZE, true, layout->table->columns[c].heading,
                      layout->width[c], &w, &h);
        highest = fmax(highest, h);
    }
    return highest + 3;
}

static void show_headings(struct paper *paper, const struct layout *layout)
{
    double x = PAPER_MARGIN;
    for (size_t c = 0; c < layout->table->grid.columns; c++) {
        const struct column *column = &layout->table->columns[c];
        show_cell(paper, column->heading, true, column->decimals >= 0, x,
                  layout->width[c]);
        x += layout->width[c] + CELL_GAP;
    }
    paper->y += heading_height(paper, layout);
    rule(paper, 0.8, 0);
}

static void show_row(struct paper *paper, const struct layout *layout, size_t row,
                     double height)
{
    double x = PAPER_MARGIN;
    for (size_t c = 0; c < layout->table->grid.columns; c++) {
        show_cell(paper, cell_text(layout, row, c), false,
                  layout->table->columns[c].decimals >= 0, x, layout->width[c]);
        x += layout->width[c] + CELL_GAP;
    }
    paper->y += height;
    rule(paper, 0.3, 0.75);
}

static void add_table(struct paper *paper, struct document *document,
                      const struct block *block)
{
    const struct grid *grid = &block->table.grid;
    struct layout layout = {.table = &block->table, .arena = &document->arena};
    paper_gap(paper, 8);
    if (grid->rows > LONGEST_TABLE ||
        grid->columns > sizeof layout.width / sizeof layout.width[0]) {
        paper_text(
            paper, &small_style,
            arena_print(&document->arena,
                        "%s: a table of %zu rows, in the HTML report and, as CSV, in "
                        "the report file.",
                        block->text, grid->rows));
        return;
    }
    fit_columns(paper, &layout);
    paper_need(paper, 60);
    paper_text(paper, &small_style, block->text);
    paper_gap(paper, 2);
    show_headings(paper, &layout);
    for (size_t row = 0; row < grid->rows; row++) {
        double height = row_height(paper, &layout, row);
        int page = paper->page;
        paper_need(paper, height);
        if (paper->page != page)
            show_headings(paper, &layout);
        show_row(paper, &layout, row, height);
    }
}

/* ---- charts ---- */

#define CHART_WIDTH 760 /* CSS pixels, as on screens */

static bool add_chart(struct paper *paper, const struct block *block,
                      struct cb_error *error)
{
    struct viz_size size = {.width = CHART_WIDTH};
    char why[256];
    double scale = PAPER_ACROSS / CHART_WIDTH, height = 0;
    struct viz_values *values = viz_values(&block->chart, size, why, sizeof why);
    if (values == NULL)
        return cb_error_set(error, CB_IO, "the chart %s cannot be drawn: %s",
                            block->chart_name, why);
    height = values->height * scale;
    viz_values_free(values);
    paper_gap(paper, 8);
    paper_need(paper, height);
    cairo_save(paper->cairo);
    cairo_translate(paper->cairo, PAPER_MARGIN, paper->y);
    cairo_scale(paper->cairo, scale, scale);
    bool ok = viz_draw(&block->chart, size, paper->cairo, NULL, why, sizeof why);
    cairo_restore(paper->cairo);
    if (!ok)
        return cb_error_set(error, CB_IO, "the chart %s cannot be drawn: %s",
                            block->chart_name, why);
    paper->y += height;
    return true;
}

/* ---- blocks ---- */

static void add_chapter(struct paper *paper, const struct block *block)
{
    paper_gap(paper, 22);
    paper_need(paper, 90);
    rule(paper, 1.2, 0);
    paper->y += 6;
    paper_outline(paper, block->text);
    paper_text(paper, &chapter_style, block->text);
    paper->y += 4;
}

static void add_item(struct paper *paper, const struct block *block)
{
    paper_gap(paper, 2);
    paper_need(paper, 14);
    cairo_set_source_rgb(paper->cairo, 0, 0, 0);
    cairo_arc(paper->cairo, PAPER_MARGIN + 4, paper->y + 6.5, 1.4, 0, 2 * M_PI);
    cairo_fill(paper->cairo);
    paper_text(paper, &item_style, block->text);
}

static bool add_block(struct paper *paper, struct document *document,
                      const struct block *block, struct cb_error *error)
{
    switch (block->kind) {
    case BLOCK_CHAPTER:
        add_chapter(paper, block);
        return true;
    case BLOCK_SECTION:
        paper_gap(paper, 8);
        paper_need(paper, 40);
        paper_text(paper, &section_style, block->text);
        return true;
    case BLOCK_PARAGRAPH:
        paper_gap(paper, 4);
        paper_text(paper, &body_style, block->text);
        return true;
    case BLOCK_ITEM:
        add_item(paper, block);
        return true;
    case BLOCK_CHARGE:
        paper_gap(paper, 6);
        paper_need(paper, 40);
        paper_text(paper, &charge_style, block->text);
        paper_text(paper, &source_style, block->note);
        return true;
    case BLOCK_VERDICT:
        paper_gap(paper, 8);
        paper_need(paper, 30);
        paper_text(
            paper, &verdict_style,
            arena_print(&document->arena, "The charge %s. %s", block->note, block->text));
        return true;
    case BLOCK_WARNING:
        paper_gap(paper, 6);
        paper_text(paper, &section_style, block->text);
        return true;
    case BLOCK_TABLE:
        add_table(paper, document, block);
        return true;
    case BLOCK_CHART:
        return add_chart(paper, block, error);
    case BLOCK_EXPLORER:
        return true; /* paper does not move: the charts and the table have it all */
    }
    return true;
}

bool export_pdf(struct report *report, struct report_bytes *bytes, struct cb_error *error)
{
    struct document document;
    struct paper paper;
    if (!document_build(report, &document, error))
        return false;
    bool ok = paper_open(&paper, document.title);
    if (!ok)
        cb_error_set(error, CB_IO, "out of memory");
    if (ok)
        paper_text(&paper, &title_style, document.title);
    for (struct block *b = document.first; ok && b != NULL; b = b->next)
        ok = add_block(&paper, &document, b, error);
    if (document_end(&document, ok, error))
        return paper_close(&paper, bytes, error);
    paper_close(&paper, NULL, NULL);
    return false;
}
