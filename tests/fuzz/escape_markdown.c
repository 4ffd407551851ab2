/* Text in Markdown: one line, nothing in it means anything, and what was meant is shown.
 */
#include "support/escape.h"

#include "reports/text.h"

/* Undoes backslashes, in place; what means something must have one. */
static void decode(char *text)
{
    char *to = text;
    for (char *at = text; *at != '\0'; at++) {
        MUST(strchr("`*_[]#|~<>\n\r\t", *at) == NULL);
        if (*at == '\\') {
            at++;
            MUST(g_ascii_ispunct(*at));
        }
        *to++ = *at;
    }
    *to = '\0';
    fuzz_decode_entities(text);
}

static gboolean begins_block(const char *line)
{
    size_t digits = strspn(line, "0123456789");
    return (*line != '\0' && strchr("-+=", *line) != NULL) ||
           (digits > 0 && (line[digits] == '.' || line[digits] == ')') &&
            (line[digits + 1] == ' ' || line[digits + 1] == '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *string = fuzz_string(data, size);
    GString *clean = fuzz_clean(string, "", "\n\t\r", ' ');
    struct text text = {0};
    text_markdown(&text, string);
    text_add(&text, "");
    MUST(!text.failed && !begins_block(text.data));
    decode(text.data);
    MUST(strcmp(text.data, clean->str) == 0);
    text_drop(&text);
    g_string_free(clean, TRUE);
    free(string);
    return 0;
}
