/* A JSON string: jansson reads what was meant, and a script element holds it. */
#include "support/escape.h"

#include "reports/text.h"

#include <jansson.h>

#define CONTROLS                                                                         \
    "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35"   \
    "\36\37\177"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *string = fuzz_string(data, size);
    GString *clean = fuzz_clean(string, CONTROLS, "", 0);
    struct text text = {0};
    text_json(&text, string);
    MUST(!text.failed && strpbrk(text.data, "<>&" CONTROLS) == NULL);
    MUST(strstr(text.data, "\xe2\x80\xa8") == NULL &&
         strstr(text.data, "\xe2\x80\xa9") == NULL);
    json_t *value = json_loads(text.data, JSON_DECODE_ANY, NULL);
    MUST(json_is_string(value) && strcmp(json_string_value(value), clean->str) == 0);
    json_decref(value);
    text_drop(&text);
    g_string_free(clean, TRUE);
    free(string);
    return 0;
}
