/* svg.c - see svg.h.
 *
 * It knows what Cairo 1.16 writes: attributes in double quotes, style="name:value;...",
 * ids as id="...", #... in xlink:href and url(#...).
 */
#include "viz/svg.h"

#include <stdbool.h>
#include <string.h>

/* Cairo writes it beside style=, and it holds anyway. */
#define IDLE_ATTRIBUTE " clip-rule=\"nonzero\""

/* "glyph0-12" -> "cb1f03-7", numbered as they are first seen. */
struct names {
    GHashTable *numbers;
    char prefix[16];
};

/* FNV-1a over what does not vary: the digits of Cairo's own ids are left out. */
static void names_init(struct names *names, const char *svg, const char *title)
{
    guint64 hash = 14695981039346656037u;
    const char *parts[] = {svg, title};
    for (int part = 0; part < 2; part++)
        for (const char *at = parts[part]; *at; at++) {
            hash = (hash ^ (unsigned char)*at) * 1099511628211u;
            if (g_str_has_prefix(at, "surface"))
                at += 6 + strspn(at + 7, "0123456789");
        }
    names->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_snprintf(names->prefix, sizeof names->prefix, "cb%08x",
               (unsigned)(hash ^ hash >> 32));
}

static void append_name(GString *out, struct names *names, const char *id, size_t length)
{
    char *name = g_strndup(id, length);
    gpointer number = g_hash_table_lookup(names->numbers, name);
    if (!number) {
        number = GUINT_TO_POINTER(g_hash_table_size(names->numbers) + 1);
        g_hash_table_insert(names->numbers, g_strdup(name), number);
    }
    g_free(name);
    g_string_append_printf(out, "%s-%u", names->prefix, GPOINTER_TO_UINT(number));
}

/* What holds anyway, and is not worth its bytes. Cairo repeats it on every element. */
static bool is_default(const char *declaration)
{
    static const char *const defaults[] = {
        "fill-opacity:1",       "stroke-opacity:1",      "fill-rule:nonzero",
        "stroke-linecap:butt",  "stroke-linejoin:miter", "stroke:none",
        "stroke-miterlimit:10", /* said once, of the whole */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(defaults); i++)
        if (strcmp(declaration, defaults[i]) == 0)
            return true;
    return false;
}

/* "rgb(49.607843%,0%,100%)" -> "#7e00ff" */
static void append_value(GString *out, const char *value)
{
    if (!g_str_has_prefix(value, "rgb(")) {
        g_string_append(out, value);
        return;
    }
    g_string_append_c(out, '#');
    const char *at = value + 4;
    for (int part = 0; part < 3; part++) {
        char *end;
        double percent = g_ascii_strtod(at, &end);
        g_string_append_printf(out, "%02x", (unsigned)(percent * 2.55 + 0.5));
        at = end + (*end == '%') + (end[*end == '%'] == ',');
    }
}

/* style=" fill:none;stroke:rgb(0%,0%,0%);" -> fill="none" stroke="rgb(0%,0%,0%)" */
static void append_style(GString *out, const char *style, size_t length)
{
    char *copy = g_strndup(style, length);
    char **declarations = g_strsplit(copy, ";", -1);
    const char *gap = "";
    for (char **one = declarations; *one; one++) {
        char *colon = strchr(g_strstrip(*one), ':');
        if (!colon || is_default(*one))
            continue;
        *colon = '\0';
        g_string_append_printf(out, "%s%s=\"", gap, *one);
        append_value(out, colon + 1);
        g_string_append_c(out, '"');
        gap = " ";
    }
    g_strfreev(declarations);
    g_free(copy);
}

static size_t until(const char *at, const char *stop)
{
    return strcspn(at, stop);
}

/* With at most two decimals, none of them idle. */
static void append_number(GString *out, const char *at, size_t length)
{
    char *text = g_strndup(at, length), rounded[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(rounded, sizeof rounded, "%.2f", g_ascii_strtod(text, NULL));
    g_free(text);
    size_t end = strlen(rounded);
    while (rounded[end - 1] == '0')
        end--;
    end -= rounded[end - 1] == '.';
    g_string_append_len(out, rounded, (gssize)end);
}

/* A blank in a path is needed between two numbers alone, and not before a minus. */
static bool blank_is_idle(const GString *out, const char *next)
{
    bool behind_letter = out->len > 0 && g_ascii_isalpha(out->str[out->len - 1]);
    return behind_letter || g_ascii_isalpha(*next) || *next == '-' || *next == '"';
}

/* Copy up to the closing quote, with numbers cut to hundredths of a pixel and without
 * idle blanks: Cairo writes six decimals, which makes a third of a chart. */
static const char *append_rounded(GString *out, const char *at)
{
    while (*at && *at != '"') {
        size_t digits = strspn(at, "0123456789");
        if (digits == 0) {
            if (*at != ' ' || !blank_is_idle(out, at + 1))
                g_string_append_c(out, *at);
            at++;
            continue;
        }
        size_t length = digits;
        if (at[digits] == '.')
            length += 1 + strspn(at + digits + 1, "0123456789");
        append_number(out, at, length);
        at += length;
    }
    return at;
}

/* Cairo ends what it closes by going back to the beginning: "...ZM1 2", which draws
 * nothing. `from` is where the path begins. */
static void cut_last_move(GString *out, gsize from)
{
    const char *last = g_strrstr(out->str + from, "ZM");
    if (last && strspn(last + 2, "0123456789.- ") == strlen(last + 2))
        g_string_truncate(out, (gsize)(last + 1 - out->str));
}

static bool begins_coordinates(const char *at)
{
    static const char *const names[] = {" d=\"", " x=\"", " y=\"", " width=\"",
                                        " height=\""};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_has_prefix(at, names[i]))
            return true;
    return false;
}

static GString *rewrite(const char *svg, struct names *names)
{
    GString *out = g_string_sized_new(strlen(svg));
    for (const char *at = svg; *at;) {
        if (g_str_has_prefix(at, " id=\"")) {
            g_string_append(out, " id=\"");
            at += 5;
            append_name(out, names, at, until(at, "\""));
            at += until(at, "\"");
        } else if (g_str_has_prefix(at, "\"#") || g_str_has_prefix(at, "(#")) {
            g_string_append_len(out, at, 2);
            at += 2;
            append_name(out, names, at, until(at, "\")"));
            at += until(at, "\")");
        } else if (g_str_has_prefix(at, " style=\"")) {
            at += 8;
            g_string_append_c(out, ' ');
            append_style(out, at, until(at, "\""));
            at += until(at, "\"");
            at += *at == '"' ? 1 : 0;
        } else if (g_str_has_prefix(at, IDLE_ATTRIBUTE)) {
            at += strlen(IDLE_ATTRIBUTE);
        } else if (begins_coordinates(at)) {
            size_t name = until(at, "\"") + 1;
            bool is_path = g_str_has_prefix(at, " d=");
            g_string_append_len(out, at, (gssize)name);
            gsize from = out->len;
            at = append_rounded(out, at + name);
            if (is_path)
                cut_last_move(out, from);
        } else {
            g_string_append_c(out, *at++);
        }
    }
    return out;
}

GString *svg_for_page(const char *cairo_svg, const char *title, const char *description)
{
    const char *start = strstr(cairo_svg, "<svg ");
    if (!start)
        return NULL;
    struct names names;
    names_init(&names, start, title);
    GString *out = rewrite(start, &names);
    g_hash_table_destroy(names.numbers);

    char *label = g_markup_escape_text(title, -1);
    char *words = g_markup_escape_text(description, -1);
    char *head = g_strdup_printf(
        " stroke-miterlimit=\"10\" role=\"img\" aria-label=\"%s\">\n<desc>%s</desc>",
        label, words);
    size_t end = until(out->str, ">");
    g_string_erase(out, (gssize)end, 1);
    g_string_insert(out, (gssize)end, head);
    g_free(label);
    g_free(words);
    g_free(head);
    return out;
}
