/* svg.c - see svg.h.
 *
 * It knows what Cairo 1.16 writes: attributes in double quotes, style="name:value;...",
 * ids as id="...", #... in xlink:href and url(#...).
 */
#include "viz/svg.h"

#include <stdbool.h>
#include <string.h>

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
        "fill-opacity:1",      "stroke-opacity:1",      "fill-rule:nonzero",
        "stroke-linecap:butt", "stroke-linejoin:miter", "stroke:none",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(defaults); i++)
        if (strcmp(declaration, defaults[i]) == 0)
            return true;
    return false;
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
        g_string_append_printf(out, "%s%s=\"%s\"", gap, *one, colon + 1);
        gap = " ";
    }
    g_strfreev(declarations);
    g_free(copy);
}

static size_t until(const char *at, const char *stop)
{
    return strcspn(at, stop);
}

/* Copy up to the closing quote, with numbers cut to hundredths of a pixel: Cairo writes
 * six decimals, which makes a third of a chart. */
static const char *append_rounded(GString *out, const char *at)
{
    while (*at && *at != '"') {
        size_t digits = strspn(at, "0123456789");
        if (digits == 0) {
            g_string_append_c(out, *at++);
            continue;
        }
        bool has_fraction = at[digits] == '.';
        size_t decimals = has_fraction ? strspn(at + digits + 1, "0123456789") : 0;
        if (decimals <= 2) {
            g_string_append_len(out, at, (gssize)(digits + has_fraction + decimals));
        } else {
            char text[G_ASCII_DTOSTR_BUF_SIZE];
            g_ascii_formatd(text, sizeof text, "%.2f", g_ascii_strtod(at, NULL));
            g_string_append(out, text);
        }
        at += digits + has_fraction + decimals;
    }
    return at;
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
        } else if (begins_coordinates(at)) {
            size_t name = until(at, "\"") + 1;
            g_string_append_len(out, at, (gssize)name);
            at = append_rounded(out, at + name);
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
    char *head = g_strdup_printf(" role=\"img\" aria-label=\"%s\">\n<desc>%s</desc>",
                                 label, words);
    size_t end = until(out->str, ">");
    g_string_erase(out, (gssize)end, 1);
    g_string_insert(out, (gssize)end, head);
    g_free(label);
    g_free(words);
    g_free(head);
    return out;
}
