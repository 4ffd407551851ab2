/* A frame of a folded stack: one frame. */
#include "support/escape.h"

#include "reports/text.h"

#define CONTROLS                                                                         \
    "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35"   \
    "\36\37"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *string = fuzz_string(data, size);
    GString *clean = fuzz_clean(string, "", ";" CONTROLS, '_');
    struct text text = {0};
    text_folded(&text, string);
    text_add(&text, "");
    MUST(!text.failed && strcmp(text.data, clean->str) == 0);
    MUST(strpbrk(text.data, ";" CONTROLS "\177") == NULL);
    text_drop(&text);
    g_string_free(clean, TRUE);
    free(string);
    return 0;
}
