#include "paper.h"

#include <cairo-pdf.h>

#define FONT        "DejaVu Sans"
#define FOOTER_SIZE 7.5

/* Memory that ran out is kept in the text: told of it, Cairo would write through NULL
 * when it closes the file. */
static cairo_status_t append(void *closure, const unsigned char *data, unsigned size)
{
    text_add_bytes(closure, (const char *)data, size);
    return CAIRO_STATUS_SUCCESS;
}

bool paper_open(struct paper *paper, const char *title)
{
    *paper = (struct paper){.y = PAPER_MARGIN, .page = 1};
    paper->surface = cairo_pdf_surface_create_for_stream(append, &paper->bytes,
                                                         PAPER_WIDTH, PAPER_HEIGHT);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_CREATOR,
                                   "crossbill " CROSSBILL_VERSION);
    /* A fixed date, so that the same report gives the same bytes. */
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                   "1995-12-03T00:00:00Z");
    paper->cairo = cairo_create(paper->surface);
    paper->layout = pango_cairo_create_layout(paper->cairo);
    return cairo_status(paper->cairo) == CAIRO_STATUS_SUCCESS;
}

void paper_measure(struct paper *paper, double size, bool bold, const char *text,
                   double width, double *w, double *h)
{
    PangoFontDescription *font = pango_font_description_from_string(FONT);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(paper->layout, font);
    pango_font_description_free(font);
    pango_layout_set_wrap(paper->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(paper->layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    pango_layout_set_alignment(paper->layout, PANGO_ALIGN_LEFT);
    /* Pango wants whole UTF-8; a name may be anything. */
    char *clean = g_utf8_make_valid(text, -1);
    pango_layout_set_text(paper->layout, clean, -1);
    g_free(clean);
    int wide, high;
    pango_layout_get_size(paper->layout, &wide, &high);
    *w = (double)wide / PANGO_SCALE;
    *h = (double)high / PANGO_SCALE;
}

static void add_footer(struct paper *paper)
{
    char text[64];
    double w, h;
    snprintf(text, sizeof text, "crossbill %s \302\267 page %d", CROSSBILL_VERSION,
             paper->page);
    paper_measure(paper, FOOTER_SIZE, false, text, -1, &w, &h);
    cairo_set_source_rgb(paper->cairo, 0.35, 0.35, 0.35);
    cairo_move_to(paper->cairo, PAPER_WIDTH - PAPER_MARGIN - w,
                  PAPER_HEIGHT - PAPER_MARGIN / 2 - h);
    pango_cairo_show_layout(paper->cairo, paper->layout);
}

static void turn_page(struct paper *paper)
{
    add_footer(paper);
    cairo_show_page(paper->cairo);
    paper->page++;
    paper->y = PAPER_MARGIN;
}

void paper_need(struct paper *paper, double height)
{
    if (paper->y > PAPER_MARGIN && paper->y + height > PAPER_HEIGHT - PAPER_MARGIN)
        turn_page(paper);
}

void paper_gap(struct paper *paper, double height)
{
    if (paper->y > PAPER_MARGIN)
        paper->y += height;
}

static void add_bar(struct paper *paper, const struct paper_style *style, double height)
{
    if (style->bar <= 0)
        return;
    cairo_set_source_rgb(paper->cairo, style->bar_red, style->bar_green, style->bar_blue);
    cairo_rectangle(paper->cairo, PAPER_MARGIN, paper->y, style->bar, height);
    cairo_fill(paper->cairo);
}

void paper_text(struct paper *paper, const struct paper_style *style, const char *text)
{
    double w, h;
    paper_measure(paper, style->size, style->bold, text, PAPER_ACROSS - style->indent, &w,
                  &h);
    /* Lines are the layout's; the footer uses the layout too, so keep them. */
    PangoLayout *layout = pango_layout_copy(paper->layout);
    int lines = pango_layout_get_line_count(layout);
    for (int i = 0; i < lines; i++) {
        PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i);
        PangoRectangle box;
        pango_layout_line_get_extents(line, NULL, &box);
        double height = (double)box.height / PANGO_SCALE;
        paper_need(paper, height);
        add_bar(paper, style, height);
        cairo_set_source_rgb(paper->cairo, style->grey, style->grey, style->grey);
        cairo_move_to(paper->cairo, PAPER_MARGIN + style->indent,
                      paper->y - (double)box.y / PANGO_SCALE);
        pango_cairo_show_layout_line(paper->cairo, line);
        paper->y += height;
    }
    g_object_unref(layout);
}

void paper_outline(struct paper *paper, const char *title)
{
    char place[64];
    snprintf(place, sizeof place, "page=%d pos=[0 %.0f]", paper->page, paper->y);
    char *clean = g_utf8_make_valid(title, -1);
    cairo_pdf_surface_add_outline(paper->surface, CAIRO_PDF_OUTLINE_ROOT, clean, place,
                                  CAIRO_PDF_OUTLINE_FLAG_OPEN);
    g_free(clean);
}

bool paper_close(struct paper *paper, struct report_bytes *bytes, struct cb_error *error)
{
    add_footer(paper);
    g_object_unref(paper->layout);
    cairo_destroy(paper->cairo);
    cairo_surface_finish(paper->surface);
    bool ok = cairo_surface_status(paper->surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(paper->surface);
    if (bytes == NULL || !ok) {
        text_drop(&paper->bytes);
        return ok || cb_error_set(error, CB_IO, "the PDF cannot be written");
    }
    return text_finish(&paper->bytes, bytes, error);
}
