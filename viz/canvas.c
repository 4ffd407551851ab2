/* canvas.c - see canvas.h. */
#include "viz/canvas.h"

#include <math.h>
#include <string.h>

/* Longer texts are cut before layout, which takes time in proportion. Per line: a caption
 * of many lines is meant to be long. */
#define CHARACTERS_OF_LINE 600
#define CHARACTERS_OF_TEXT 20000

void canvas_begin(struct canvas *canvas, cairo_t *cairo, double width)
{
    static const struct {
        double pixels;
        PangoWeight weight;
    } font[FONTS] = {
        [FONT_TITLE] = {17, PANGO_WEIGHT_BOLD},
        [FONT_SUBTITLE] = {13, PANGO_WEIGHT_NORMAL},
        [FONT_LABEL] = {12, PANGO_WEIGHT_NORMAL},
        [FONT_STRONG] = {12, PANGO_WEIGHT_BOLD},
        [FONT_SMALL] = {11, PANGO_WEIGHT_NORMAL},
    };
    *canvas = (struct canvas){.cairo = cairo, .width = width};
    canvas->marks = g_array_new(FALSE, FALSE, sizeof(struct viz_mark));
    canvas->texts = g_array_new(FALSE, FALSE, sizeof(struct viz_text_box));
    canvas->pango = pango_cairo_create_context(cairo);
    /* Nothing is rounded or hinted, so that a text measures the same in every format and
     * at every scale. */
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(canvas->pango, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(canvas->pango, 96);
    pango_context_set_round_glyph_positions(canvas->pango, FALSE);
    pango_context_set_language(canvas->pango, pango_language_from_string("en"));
    for (int i = 0; i < FONTS; i++) {
        PangoFontDescription *one = pango_font_description_new();
        pango_font_description_set_family_static(one, "DejaVu Sans, sans-serif");
        pango_font_description_set_absolute_size(one, font[i].pixels * PANGO_SCALE);
        pango_font_description_set_weight(one, font[i].weight);
        canvas->fonts[i] = one;
    }
}

void canvas_end(struct canvas *canvas)
{
    for (int i = 0; i < FONTS; i++)
        pango_font_description_free(canvas->fonts[i]);
    g_object_unref(canvas->pango);
    for (guint i = 0; i < canvas->marks->len; i++) {
        g_free(g_array_index(canvas->marks, struct viz_mark, i).label);
        g_free(g_array_index(canvas->marks, struct viz_mark, i).text);
    }
    for (guint i = 0; i < canvas->texts->len; i++)
        g_free(g_array_index(canvas->texts, struct viz_text_box, i).text);
    g_array_unref(canvas->marks);
    g_array_unref(canvas->texts);
}

/* ---- text ---- */

static bool can_be_shown(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
        return false;
    default: /* an enum of another library, open to new values */
        break;
    }
    bool turns_direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    bool no_character = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
    return !turns_direction && !no_character;
}

char *clean_text(const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);
    GString *clean = g_string_new(NULL);
    for (char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        g_string_append_unichar(clean, can_be_shown(c) ? c : 0xFFFD);
    }
    g_free(valid);
    return g_string_free(clean, FALSE);
}

static PangoLayout *layout_of(struct canvas *canvas, const struct ink *ink,
                              const char *text)
{
    char *clean = clean_text(text);
    long lines = ink->lines > 0 ? ink->lines : 1;
    long most = MIN(lines * CHARACTERS_OF_LINE, CHARACTERS_OF_TEXT);
    if (g_utf8_strlen(clean, -1) > most) {
        char *cut = g_utf8_substring(clean, 0, most);
        g_free(clean);
        clean = g_strconcat(cut, "…", NULL);
        g_free(cut);
    }
    PangoLayout *layout = pango_layout_new(canvas->pango);
    pango_layout_set_font_description(layout, canvas->fonts[ink->font]);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_text(layout, clean, -1);
    g_free(clean);
    if (ink->max_width > 0) {
        pango_layout_set_width(layout, (int)floor(ink->max_width * PANGO_SCALE));
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        pango_layout_set_height(layout, ink->lines > 0 ? -ink->lines : -1);
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    }
    return layout;
}

static struct box layout_size(PangoLayout *layout)
{
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    return (struct box){(double)logical.x / PANGO_SCALE, (double)logical.y / PANGO_SCALE,
                        (double)logical.width / PANGO_SCALE,
                        (double)logical.height / PANGO_SCALE};
}

struct box text_size(struct canvas *canvas, const struct ink *ink, const char *text)
{
    PangoLayout *layout = layout_of(canvas, ink, text);
    struct box size = layout_size(layout);
    g_object_unref(layout);
    return (struct box){0, 0, size.w, size.h};
}

double text_width(struct canvas *canvas, enum font font, const char *text)
{
    return text_size(canvas, &(struct ink){.font = font}, text).w;
}

double line_height(struct canvas *canvas, enum font font)
{
    return text_size(canvas, &(struct ink){.font = font}, "Hg").h;
}

static void text_show(struct canvas *canvas, PangoLayout *layout, struct colour colour,
                      struct box box)
{
    use_colour(canvas, colour);
    pango_cairo_update_context(canvas->cairo, canvas->pango);
    pango_layout_context_changed(layout);
    pango_cairo_show_layout(canvas->cairo, layout);
    cairo_new_path(canvas->cairo);
    struct viz_text_box entry = {box.x, box.y, box.w, box.h,
                                 g_strdup(pango_layout_get_text(layout))};
    g_array_append_val(canvas->texts, entry);
}

struct box text_top(struct canvas *canvas, const struct ink *ink, double x, double y,
                    const char *text)
{
    if (text[0] == '\0')
        return (struct box){x, y, 0, 0};
    PangoLayout *layout = layout_of(canvas, ink, text);
    struct box size = layout_size(layout), box = {x, y, size.w, size.h};
    switch (ink->across) {
    case LEFT:
        break;
    case CENTRE:
        box.x = x - size.w / 2;
        break;
    case RIGHT:
        box.x = x - size.w;
        break;
    }
    cairo_move_to(canvas->cairo, box.x - size.x, box.y - size.y);
    text_show(canvas, layout, ink->colour, box);
    g_object_unref(layout);
    return box;
}

struct box text_upwards(struct canvas *canvas, const struct ink *ink, double x, double y,
                        const char *text)
{
    if (text[0] == '\0')
        return (struct box){x, y, 0, 0};
    PangoLayout *layout = layout_of(canvas, ink, text);
    struct box size = layout_size(layout);
    struct box box = {x - size.h / 2, y, size.h, size.w};
    cairo_save(canvas->cairo);
    cairo_translate(canvas->cairo, box.x, box.y + box.h);
    cairo_rotate(canvas->cairo, -M_PI / 2);
    cairo_move_to(canvas->cairo, -size.x, -size.y);
    text_show(canvas, layout, ink->colour, box);
    cairo_restore(canvas->cairo);
    g_object_unref(layout);
    return box;
}

struct box text_middle(struct canvas *canvas, const struct ink *ink, double x, double y,
                       const char *text)
{
    return text_top(canvas, ink, x, y - text_size(canvas, ink, text).h / 2, text);
}

bool boxes_overlap(struct box a, struct box b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

bool text_in_the_way(const struct canvas *canvas, struct box box, double margin)
{
    for (guint i = 0; i < canvas->texts->len; i++) {
        const struct viz_text_box *text =
            &g_array_index(canvas->texts, struct viz_text_box, i);
        struct box grown = {text->x - margin, text->y - margin, text->w + 2 * margin,
                            text->h + 2 * margin};
        if (boxes_overlap(box, grown))
            return true;
    }
    return false;
}

/* ---- marks ---- */

void mark_add(struct canvas *canvas, struct box box, double value, char *label,
              char *text)
{
    struct viz_mark mark = {.x = box.x, .y = box.y, .w = box.w, .h = box.h};
    mark.value = value;
    mark.label = clean_text(label);
    mark.text = text;
    g_free(label);
    g_array_append_val(canvas->marks, mark);
}

/* ---- shapes ---- */

void use_colour(struct canvas *canvas, struct colour colour)
{
    cairo_set_source_rgb(canvas->cairo, colour.r, colour.g, colour.b);
}

void line_draw(struct canvas *canvas, double x0, double y0, double x1, double y1,
               double width, struct colour colour)
{
    use_colour(canvas, colour);
    cairo_set_line_width(canvas->cairo, width);
    cairo_move_to(canvas->cairo, x0, y0);
    cairo_line_to(canvas->cairo, x1, y1);
    cairo_stroke(canvas->cairo);
}

/* Parallel lines from the whole page's grid, so that neighbours with the same hatch join
 * up: x = slope y + n step. They are the dashes of one broad line across them, which is
 * a tenth of the bytes that a line each would take in an SVG. */
static void hatch_lines(cairo_t *cairo, struct box box, double slope, double step)
{
    double norm = hypot(1, slope), apart = step / norm;
    double x = box.x + box.w / 2, y = box.y + box.h / 2;
    double middle = (x - slope * y) / norm;
    double reach = (box.w + fabs(slope) * box.h) / norm / 2;
    double from = floor((middle - reach) / apart) * apart - 0.5 - middle;
    double dashes[] = {1, apart - 1};
    cairo_set_dash(cairo, dashes, 2, 0);
    cairo_set_line_width(cairo, ceil(box.w + box.h));
    cairo_move_to(cairo, x + from / norm, y - slope * from / norm);
    cairo_line_to(cairo, x + (reach + 1) / norm, y - slope * (reach + 1) / norm);
    cairo_stroke(cairo);
}

/* Dashes without length and with round ends: as small as a dot can be in an SVG. */
static void hatch_dots(cairo_t *cairo, struct box box, double step)
{
    const double dashes[] = {0, step};
    double left = floor(box.x / step) * step;
    bool odd = false;
    for (double y = floor(box.y / step) * step; y < box.y + box.h + 1; y += step / 2) {
        cairo_move_to(cairo, left + (odd ? step / 2 : 0), y);
        cairo_line_to(cairo, box.x + box.w + 1, y);
        odd = !odd;
    }
    cairo_set_dash(cairo, dashes, 2, 0);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(cairo, 1.8);
    cairo_stroke(cairo);
}

static void hatch_level(cairo_t *cairo, struct box box, double step)
{
    for (double y = ceil(box.y / step) * step; y < box.y + box.h; y += step) {
        cairo_move_to(cairo, box.x, y);
        cairo_line_to(cairo, box.x + box.w, y);
    }
    cairo_stroke(cairo);
}

static void hatch_draw(cairo_t *cairo, struct box box, enum hatch hatch)
{
    switch (hatch) {
    case HATCH_NONE:
    case HATCHES:
        return;
    case HATCH_RISING:
        hatch_lines(cairo, box, -1, 6);
        return;
    case HATCH_FALLING:
        hatch_lines(cairo, box, 1, 6);
        return;
    case HATCH_DOTS:
        hatch_dots(cairo, box, 6);
        return;
    case HATCH_CROSSED:
        hatch_lines(cairo, box, 1, 8);
        hatch_lines(cairo, box, -1, 8);
        return;
    case HATCH_UPRIGHT:
        hatch_lines(cairo, box, 0, 5);
        return;
    case HATCH_LEVEL:
        hatch_level(cairo, box, 5);
        return;
    }
}

void path_fill(struct canvas *canvas, struct fill fill)
{
    cairo_t *cairo = canvas->cairo;
    double left, top, right, bottom;
    use_colour(canvas, fill.colour);
    cairo_fill_preserve(cairo);
    cairo_path_extents(cairo, &left, &top, &right, &bottom);
    if (fill.hatch == HATCH_NONE || right - left < 1.5) {
        cairo_new_path(cairo);
        return;
    }
    cairo_save(cairo);
    cairo_clip(cairo);
    cairo_set_line_width(cairo, 1);
    use_colour(canvas, colour_mix(fill.colour, colour_on(fill.colour), 0.45));
    hatch_draw(cairo, (struct box){left, top, right - left, bottom - top}, fill.hatch);
    cairo_restore(cairo);
}

void box_fill(struct canvas *canvas, struct box box, struct fill fill)
{
    cairo_new_path(canvas->cairo);
    cairo_rectangle(canvas->cairo, box.x, box.y, box.w, box.h);
    path_fill(canvas, fill);
}
