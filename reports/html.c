/* html.c - the report as one HTML file that needs nothing else: charts inline, style and
 * script allowed by their hashes alone, every table there without the script. */
#include "document.h"
#include "embedded.h"
#include "explorer.h"
#include "export.h"
#include "letters.h"
#include "text.h"
#include "traces/hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDE   760 /* CSS pixels */
#define NARROW 380
#define LONG   24 /* letters from which on a cell may be broken into lines */

struct page {
    struct text text;
    struct document *document;
    struct cb_error *error;
    struct letters letters;   /* of all charts */
    bool in_list, in_verdict; /* an element is open that takes further blocks */
};

static void add_element(struct page *page, const char *before, const char *content,
                        const char *after)
{
    text_add(&page->text, before);
    text_markup(&page->text, content);
    text_add(&page->text, after);
}

/* ---- head ---- */

/* The hash of a style or script element, as a content security policy wants it. */
static void add_csp_hash(struct text *text, const char *content)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct hash hash;
    char hexadecimal[HASH_TEXT_SIZE];
    hash_start(&hash);
    hash_add(&hash, content, strlen(content));
    hash_finish(&hash, hexadecimal);
    /* 256 bits: 42 digits of 6 bits, one of 4 and two of padding. */
    uint32_t bits = 0;
    int have = 0;
    text_add(text, "'sha256-");
    for (const char *h = hexadecimal; *h != '\0'; h++) {
        bits = bits << 4 | (uint32_t)(*h <= '9' ? *h - '0' : *h - 'a' + 10);
        have += 4;
        if (have >= 6) {
            have -= 6;
            text_add_bytes(text, &digits[bits >> have & 63], 1);
        }
    }
    text_add_bytes(text, &digits[bits << (6 - have) & 63], 1);
    text_add(text, "='");
}

static void add_head(struct page *page)
{
    struct text *text = &page->text;
    text_add(text,
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\""
             "default-src 'none'; style-src ");
    add_csp_hash(text, embedded_style);
    text_add(text, "; script-src ");
    add_csp_hash(text, embedded_script);
    text_add(text, "; base-uri 'none'; form-action 'none'\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, "
                   "initial-scale=1\">\n<meta name=\"generator\" "
                   "content=\"crossbill " CROSSBILL_VERSION "\">\n<title>");
    text_markup(text, page->document->title);
    text_add(text, "</title>\n<style>");
    text_add(text, embedded_style);
    text_add(text, "</style>\n</head>\n<body>\n"
                   "<a class=\"skip\" href=\"#summary\">To the summary</a>\n");
}

static void add_contents(struct page *page)
{
    struct text *text = &page->text;
    text_add(text, "<nav aria-label=\"Contents\"><ol>\n");
    for (struct block *b = page->document->first; b != NULL; b = b->next) {
        if (b->kind != BLOCK_CHAPTER)
            continue;
        text_add(text, "<li><a href=\"#");
        text_markup(text, b->id);
        text_add(text, "\">");
        text_markup(text, b->text);
        text_add(text, "</a></li>\n");
    }
    text_add(text, "</ol></nav>\n");
}

/* Shown by the script alone, which is what gives it something to do. */
static void add_tools(struct page *page)
{
    struct text *text = &page->text;
    text_add(text, "<div class=\"tools\" id=\"tools\" hidden>\n");
    if (page->document->machine_count > 1) {
        text_add(text, "<label for=\"machine\">Show</label>\n<select id=\"machine\">\n"
                       "<option value=\"\">all machines</option>\n");
        for (size_t m = 0; m < page->document->machine_count; m++) {
            text_add(text, "<option>");
            text_markup(text, page->document->machines[m]);
            text_add(text, "</option>\n");
        }
        text_add(text, "</select>\n");
    } else {
        text_add(text, "<select id=\"machine\" hidden><option></option></select>\n");
    }
    text_add(text, "<button type=\"button\" id=\"unfold\">Unfold all tables</button>\n"
                   "</div>\n");
}

/* ---- tables ---- */

static bool is_hash(const char *string)
{
    return strlen(string) == 64 && strspn(string, "0123456789abcdef") == 64;
}

static void add_cell(struct text *text, const struct cell *cell,
                     const struct column *column)
{
    bool number = column->decimals >= 0;
    if (number)
        text_add(text, "<td class=\"n\">");
    else
        text_add(text, is_hash(cell->text)         ? "<td class=\"hash\">"
                       : strlen(cell->text) > LONG ? "<td class=\"long\">"
                                                   : "<td>");
    if (number && cell->type == CELL_NUMBER)
        text_number(text, cell->number, column->decimals, "\u202f");
    else if (cell->type == CELL_NULL)
        text_add(text, number ? "\u2013" : "");
    else
        text_markup(text, cell->text);
    text_add(text, "</td>");
}

static bool has_machines(const struct table *table)
{
    return strcmp(table->columns[0].heading, "machine") == 0;
}

static void add_row(struct text *text, const struct table *table, size_t row)
{
    text_add(text, "<tr");
    if (has_machines(table)) {
        text_add(text, " data-machine=\"");
        text_markup(text, grid_text(&table->grid, row, 0));
        text_add(text, "\"");
        if (row > 0 && !grid_same(&table->grid, row, row - 1, 0))
            text_add(text, " class=\"again\"");
    }
    text_add(text, ">");
    for (size_t c = 0; c < table->grid.columns; c++)
        add_cell(text, grid_cell(&table->grid, row, c), &table->columns[c]);
    text_add(text, "</tr>\n");
}

static void add_table(struct page *page, const struct block *block)
{
    struct text *text = &page->text;
    const struct table *table = &block->table;
    if (block->folded) {
        text_add(text, "<details><summary>Table: ");
        text_markup(text, block->text);
        text_format(text, " (%zu rows)</summary>\n", table->grid.rows);
    } else {
        add_element(page, "<p class=\"caption\">", block->text, "</p>\n");
    }
    text_add(text, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    text_markup(text, block->text);
    text_add(text, "\"><table>\n<thead><tr>");
    for (size_t c = 0; c < table->grid.columns; c++) {
        text_add(text, table->columns[c].decimals >= 0 ? "<th scope=\"col\" class=\"n\">"
                                                       : "<th scope=\"col\">");
        text_markup(text, table->columns[c].heading);
        text_add(text, "</th>");
    }
    text_add(text, "</tr></thead>\n<tbody>\n");
    for (size_t row = 0; row < table->grid.rows; row++)
        add_row(text, table, row);
    text_add(text, "</tbody>\n</table></div>\n");
    if (block->folded)
        text_add(text, "</details>\n");
}

/* ---- charts ---- */

static bool chart_error(const struct page *page, const struct block *block,
                        const char *why)
{
    return cb_error_set(page->error, CB_IO, "the chart %s cannot be drawn: %s",
                        block->chart_name, why);
}

/* A see-through shape over each mark, whose title browsers show on hover. */
static void add_marks(struct text *text, const struct viz_values *values)
{
    for (size_t i = 0; i < values->mark_count; i++) {
        const struct viz_mark *mark = &values->marks[i];
        text_format(text,
                    "<rect class=\"mark-area\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                    "height=\"%.1f\"><title>",
                    mark->x, mark->y, fmax(mark->w, 1), fmax(mark->h, 1));
        text_markup(text, mark->label);
        text_add(text, ": ");
        text_markup(text, mark->text);
        text_add(text, "</title></rect>\n");
    }
}

static void add_data(struct text *text, const struct viz_values *values)
{
    text_add(text, "<details><summary>Data of this chart</summary>\n"
                   "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
                   "aria-label=\"Data of this chart\"><table>\n<thead><tr>");
    for (size_t c = 0; c < values->column_count; c++) {
        text_add(text, values->is_number[c] ? "<th scope=\"col\" class=\"n\">"
                                            : "<th scope=\"col\">");
        text_markup(text, values->headings[c]);
        text_add(text, "</th>");
    }
    text_add(text, "</tr></thead>\n<tbody>\n");
    for (size_t row = 0; row < values->row_count; row++) {
        text_add(text, "<tr>");
        for (size_t c = 0; c < values->column_count; c++) {
            text_add(text, values->is_number[c] ? "<td class=\"n\">" : "<td>");
            text_markup(text, values->cells[row * values->column_count + c]);
            text_add(text, "</td>");
        }
        text_add(text, "</tr>\n");
    }
    text_add(text, "</tbody>\n</table></div></details>\n");
}

/* The chart drawn for one width; `last` with its data table. */
static bool add_picture(struct page *page, const struct block *block, double width,
                        const char *class, struct viz_values **values)
{
    struct text *text = &page->text;
    struct viz_size size = {.width = width};
    char why[256];
    char *svg = NULL;
    size_t count;
    *values = viz_values(&block->chart, size, why, sizeof why);
    if (*values == NULL ||
        !viz_render_memory(&block->chart, VIZ_SVG, size, &svg, &count, why, sizeof why))
        return chart_error(page, block, why);
    const char *end = svg + count;
    while (end > svg && strncmp(end, "</svg>", 6) != 0)
        end--;
    text_format(text, "<div class=\"%s\">\n", class);
    letters_add_chart(&page->letters, text, svg, (size_t)(end - svg));
    add_marks(text, *values);
    text_add(text, "</svg>\n</div>\n");
    free(svg);
    return true;
}

static bool add_chart(struct page *page, const struct block *block)
{
    struct text *text = &page->text;
    struct viz_values *wide = NULL, *narrow = NULL;
    text_add(text, "<figure id=\"chart-");
    text_markup(text, block->chart_name);
    text_add(text, "\"");
    for (size_t i = 0; i < page->document->instance_count; i++) {
        const struct chart_instance *instance = &page->document->instances[i];
        if (strcmp(instance->name, block->chart_name) == 0 &&
            instance->subject.machine != 0) {
            text_add(text, " data-machine=\"");
            text_markup(text, instance->subject.label);
            text_add(text, "\"");
        }
    }
    text_add(text, ">\n<div class=\"chart\">\n");
    bool ok = add_picture(page, block, WIDE, "wide", &wide) &&
              add_picture(page, block, NARROW, "narrow", &narrow);
    text_add(text, "</div>\n");
    if (ok) {
        text_add(text, "<figcaption>");
        if (block->text != NULL)
            text_markup(text, block->text);
        add_data(text, wide);
        text_add(text, "</figcaption>\n");
    }
    text_add(text, "</figure>\n");
    viz_values_free(wide);
    viz_values_free(narrow);
    return ok;
}

/* ---- blocks ---- */

static void add_charge(struct page *page, const struct block *block)
{
    text_add(&page->text,
             "<blockquote class=\"charge\"><p class=\"label\">The charge</p>");
    add_element(page, "<p>", block->text, "</p>");
    add_element(page, "<p class=\"source\">", block->note, "</p></blockquote>\n");
}

/* "On MACHINE ...": the machine that a text is about, or NULL. A label may go on where
 * another ends. */
static const char *machine_of(const struct page *page, const char *string)
{
    const char *longest = NULL;
    for (size_t m = 0; m < page->document->machine_count; m++) {
        const char *label = page->document->machines[m];
        size_t length = strlen(label);
        if (strncmp(string, "On ", 3) == 0 && strncmp(string + 3, label, length) == 0 &&
            (string[3 + length] == ' ' || string[3 + length] == ',') &&
            (longest == NULL || length > strlen(longest)))
            longest = label;
    }
    return longest;
}

static void close_runs(struct page *page)
{
    text_add(&page->text, page->in_list ? "</ul>\n" : "");
    text_add(&page->text, page->in_verdict ? "</div>\n" : "");
    page->in_list = page->in_verdict = false;
}

/* Verdicts in a run share one frame. */
static void add_verdict(struct page *page, const struct block *block)
{
    struct text *text = &page->text;
    const char *machine = machine_of(page, block->text);
    if (!page->in_verdict) {
        close_runs(page);
        text_add(text, "<div class=\"verdict\"><p class=\"label\">The verdict</p>\n");
    }
    page->in_verdict = true;
    text_add(text, strncmp(block->note, "holds", 5) == 0 ? "<p class=\"holds\"" : "<p");
    if (machine != NULL)
        add_element(page, " data-machine=\"", machine, "\"");
    add_element(page, "><strong>The charge ", block->note, ".</strong> ");
    add_element(page, "", block->text, "</p>\n");
}

static void add_list_item(struct page *page, const struct block *block)
{
    if (!page->in_list) {
        close_runs(page);
        text_add(&page->text, "<ul>\n");
    }
    page->in_list = true;
    add_element(page, "<li>", block->text, "</li>\n");
}

static bool add_block(struct page *page, const struct block *block)
{
    if (block->kind != BLOCK_ITEM && block->kind != BLOCK_VERDICT)
        close_runs(page);
    switch (block->kind) {
    case BLOCK_CHAPTER:
        add_element(page, "<h2 id=\"", block->id, "\">");
        add_element(page, "", block->text, "</h2>\n");
        return true;
    case BLOCK_SECTION:
        add_element(page, "<h3>", block->text, "</h3>\n");
        return true;
    case BLOCK_PARAGRAPH:
        add_element(page, "<p>", block->text, "</p>\n");
        return true;
    case BLOCK_ITEM:
        add_list_item(page, block);
        return true;
    case BLOCK_CHARGE:
        add_charge(page, block);
        return true;
    case BLOCK_VERDICT:
        add_verdict(page, block);
        return true;
    case BLOCK_WARNING:
        add_element(page, "<p class=\"warning\" role=\"note\">", block->text, "</p>\n");
        return true;
    case BLOCK_TABLE:
        add_table(page, block);
        return true;
    case BLOCK_CHART:
        return add_chart(page, block);
    case BLOCK_EXPLORER:
        return html_explorer(&page->text, page->document, block->text, page->error);
    }
    return true;
}

static bool add_page(struct page *page)
{
    struct text *text = &page->text;
    add_head(page);
    text_add(text, "<header>\n<p class=\"mark\">crossbill: an itemised bill for every "
                   "border crossing</p>\n");
    add_element(page, "<h1>", page->document->title, "</h1>\n");
    add_contents(page);
    add_tools(page);
    text_add(text, "</header>\n<main>\n");
    for (struct block *b = page->document->first; b != NULL; b = b->next)
        if (!add_block(page, b))
            return false;
    close_runs(page);
    if (!letters_add_all(&page->letters, text))
        return cb_error_set(page->error, CB_IO, "out of memory");
    text_add(text, "</main>\n<footer class=\"end\">crossbill " CROSSBILL_VERSION
                   "</footer>\n<script>");
    text_add(text, embedded_script);
    text_add(text, "</script>\n</body>\n</html>\n");
    return true;
}

bool export_html(struct report *report, struct report_bytes *bytes,
                 struct cb_error *error)
{
    struct document document;
    if (!document_build(report, &document, error))
        return false;
    struct page page = {.document = &document, .error = error};
    bool ok = add_page(&page);
    letters_free(&page.letters);
    if (document_end(&document, ok, error))
        return text_finish(&page.text, bytes, error);
    text_drop(&page.text);
    return false;
}
