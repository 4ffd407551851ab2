/* A chart's words in its SVG: GLib's parser of markup reads them as they were meant. */
#include "support/escape.h"

#include "viz/canvas.h"
#include "viz/svg.h"

struct seen {
    char *label;
    GString *words;
    int elements;
};

static void on_start(GMarkupParseContext *context, const char *element,
                     const char **names, const char **values, gpointer data,
                     GError **error)
{
    (void)context;
    (void)error;
    struct seen *seen = data;
    seen->elements++;
    for (; *names != NULL; names++, values++)
        if (strcmp(element, "svg") == 0 && strcmp(*names, "aria-label") == 0)
            seen->label = g_strdup(*values);
}

static void on_text(GMarkupParseContext *context, const char *text, gsize size,
                    gpointer data, GError **error)
{
    (void)error;
    struct seen *seen = data;
    if (strcmp(g_markup_parse_context_get_element(context), "desc") == 0)
        g_string_append_len(seen->words, text, (gssize)size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char drawn[] =
        "<?xml version=\"1.0\"?>\n<svg width=\"9pt\"><g/></svg>\n";
    static const GMarkupParser parser = {.start_element = on_start, .text = on_text};
    char *string = fuzz_string(data, size), *clean = clean_text(string);
    struct seen seen = {.words = g_string_new(NULL)};
    GString *page = svg_for_page(drawn, clean, clean);
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, 0, &seen, NULL);
    MUST(page != NULL &&
         g_markup_parse_context_parse(context, page->str, (gssize)page->len, NULL) &&
         g_markup_parse_context_end_parse(context, NULL));
    MUST(seen.elements == 3 && seen.label != NULL && strcmp(seen.label, clean) == 0);
    MUST(strcmp(seen.words->str, clean) == 0);
    for (const char *c = clean; *c != '\0'; c += fuzz_length(c))
        MUST(!fuzz_is_control(g_utf8_get_char(c)));
    g_markup_parse_context_free(context);
    g_string_free(page, TRUE);
    g_string_free(seen.words, TRUE);
    g_free(seen.label);
    g_free(clean);
    free(string);
    return 0;
}
