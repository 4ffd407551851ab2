/* markdown.c - the report as Markdown (GitHub's flavour). Charts are named, and their
 * data stand there as tables. */
#include "document.h"
#include "export.h"
#include "text.h"

#include <string.h>

static void add_line(struct text *text, const char *before, const char *content)
{
    text_add(text, before);
    text_markdown(text, content);
    text_add(text, "\n\n");
}

static void add_rule(struct text *text, size_t columns, const struct column *specs,
                     const bool *is_number)
{
    for (size_t c = 0; c < columns; c++) {
        bool number =
            specs != NULL ? specs[c].decimals >= 0 : is_number != NULL && is_number[c];
        text_add(text, number ? "|--:" : "|---");
    }
    text_add(text, "|\n");
}

static void add_table(struct text *text, const struct block *block)
{
    const struct table *table = &block->table;
    add_line(text, "", block->text);
    for (size_t c = 0; c < table->grid.columns; c++) {
        text_add(text, "| ");
        text_markdown(text, table->columns[c].heading);
        text_add(text, " ");
    }
    text_add(text, "|\n");
    add_rule(text, table->grid.columns, table->columns, NULL);
    for (size_t row = 0; row < table->grid.rows; row++) {
        for (size_t c = 0; c < table->grid.columns; c++) {
            const struct cell *cell = grid_cell(&table->grid, row, c);
            text_add(text, "| ");
            if (cell->type == CELL_NUMBER && table->columns[c].decimals >= 0)
                text_number(text, cell->number, table->columns[c].decimals, "\u202f");
            else
                text_markdown(text, cell->text);
            text_add(text, " ");
        }
        text_add(text, "|\n");
    }
    text_add(text, "\n");
}

static bool add_chart(struct text *text, const struct block *block,
                      struct cb_error *error)
{
    char why[256];
    struct viz_values *values =
        viz_values(&block->chart, (struct viz_size){0}, why, sizeof why);
    if (values == NULL)
        return cb_error_set(error, CB_IO, "the chart %s cannot be drawn: %s",
                            block->chart_name, why);
    text_add(text, "**");
    text_markdown(text, block->chart.title);
    text_add(text, "**");
    /* It may hold names of a trace; a backtick would end it early. */
    if (strchr(block->chart_name, '`') == NULL) {
        text_add(text, " (chart `");
        text_terminal(text, block->chart_name);
        text_add(text, "`)");
    }
    text_add(text, "\n\n");
    if (block->chart.subtitle != NULL)
        add_line(text, "", block->chart.subtitle);
    for (size_t c = 0; c < values->column_count; c++) {
        text_add(text, "| ");
        text_markdown(text, values->headings[c]);
        text_add(text, " ");
    }
    text_add(text, "|\n");
    add_rule(text, values->column_count, NULL, values->is_number);
    for (size_t row = 0; row < values->row_count; row++) {
        for (size_t c = 0; c < values->column_count; c++) {
            text_add(text, "| ");
            text_markdown(text, values->cells[row * values->column_count + c]);
            text_add(text, " ");
        }
        text_add(text, "|\n");
    }
    text_add(text, "\n");
    if (block->chart.caption != NULL)
        add_line(text, "", block->chart.caption);
    viz_values_free(values);
    return true;
}

static bool add_block(struct text *text, const struct block *block,
                      struct cb_error *error)
{
    bool last_item = block->next == NULL || block->next->kind != BLOCK_ITEM;
    switch (block->kind) {
    case BLOCK_CHAPTER:
        add_line(text, "## ", block->text);
        return true;
    case BLOCK_SECTION:
        add_line(text, "### ", block->text);
        return true;
    case BLOCK_PARAGRAPH:
        add_line(text, "", block->text);
        return true;
    case BLOCK_ITEM:
        text_add(text, "* ");
        text_markdown(text, block->text);
        text_add(text, last_item ? "\n\n" : "\n");
        return true;
    case BLOCK_CHARGE:
        add_line(text, "> **The charge.** ", block->text);
        add_line(text, "> ", block->note);
        return true;
    case BLOCK_VERDICT:
        text_add(text, "**The verdict: it ");
        text_markdown(text, block->note);
        text_add(text, ".** ");
        text_markdown(text, block->text);
        text_add(text, "\n\n");
        return true;
    case BLOCK_WARNING:
        add_line(text, "> **Warning.** ", block->text);
        return true;
    case BLOCK_TABLE:
        add_table(text, block);
        return true;
    case BLOCK_CHART:
        return add_chart(text, block, error);
    case BLOCK_EXPLORER:
        return true; /* text does not move: the charts and the table have it all */
    }
    return true;
}

bool export_markdown(struct report *report, struct report_bytes *bytes,
                     struct cb_error *error)
{
    struct document document;
    struct text text = {0};
    if (!document_build(report, &document, error))
        return false;
    add_line(&text, "# ", document.title);
    bool ok = true;
    for (struct block *b = document.first; ok && b != NULL; b = b->next)
        ok = add_block(&text, b, error);
    if (document_end(&document, ok, error))
        return text_finish(&text, bytes, error);
    text_drop(&text);
    return false;
}
