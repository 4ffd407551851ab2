/* A cell of CSV: one cell for whoever reads RFC 4180, and no formula. */
#include "support/escape.h"

#include "reports/text.h"

/* Takes the quotes off, in place. */
static void unquote(char *cell)
{
    if (*cell != '"') {
        MUST(strpbrk(cell, "\",\r\n\t") == NULL);
        return;
    }
    char *to = cell, *from = cell + 1;
    for (; from[0] != '"' || from[1] == '"'; from++) {
        MUST(*from != '\0');
        from += *from == '"';
        *to++ = *from;
    }
    MUST(from[1] == '\0');
    *to = '\0';
}

static gboolean is_number(const char *cell)
{
    char *end;
    g_ascii_strtod(cell, &end);
    return end != cell && *end == '\0' && strspn(cell, "+-.0123456789eE") == strlen(cell);
}

static gboolean is_formula(const char *cell)
{
    static const gunichar starts[] = {'=',  '+',    '-',    '@',    '\t',  '\r',
                                      '\n', 0xff1d, 0xff0b, 0xff0d, 0xff20};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (*cell != '\0' && g_utf8_get_char(cell) == starts[i])
            return !is_number(cell);
    return FALSE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *string = fuzz_string(data, size < 400 ? size : 400);
    GString *clean = fuzz_clean(string, "\n\r\t", "", 0);
    struct text text = {0};
    text_csv(&text, string);
    text_add(&text, "");
    MUST(!text.failed && g_utf8_validate(text.data, -1, NULL));
    unquote(text.data);
    MUST(!is_formula(text.data));
    MUST(strcmp(text.data, clean->str) == 0 ||
         (text.data[0] == '\'' && strcmp(text.data + 1, clean->str) == 0));
    text_drop(&text);
    g_string_free(clean, TRUE);
    free(string);
    return 0;
}
