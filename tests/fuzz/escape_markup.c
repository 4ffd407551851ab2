/* Text in HTML: no markup in it, and a reader gets back what was meant. */
#include "support/escape.h"

#include "reports/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *string = fuzz_string(data, size);
    GString *clean = fuzz_clean(string, "\n\t", "", 0);
    struct text text = {0};
    text_markup(&text, string);
    text_add(&text, "");
    MUST(!text.failed && strpbrk(text.data, "<>\"'") == NULL);
    fuzz_decode_entities(text.data);
    MUST(strcmp(text.data, clean->str) == 0);
    text_drop(&text);
    g_string_free(clean, TRUE);
    free(string);
    return 0;
}
