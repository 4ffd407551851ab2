/* Text for a terminal: nothing in it but characters that are shown. */
#include "support/escape.h"

#include "traces/escape.h"

static gboolean is_direction(gunichar c)
{
    return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static void look_at(const char *shown)
{
    MUST(g_utf8_validate(shown, -1, NULL));
    for (; *shown != '\0'; shown += fuzz_length(shown)) {
        gunichar c = g_utf8_get_char(shown);
        MUST(!fuzz_is_control(c) && !is_direction(c));
    }
}

/* What is harmless stays as it is; the rest comes out as bytes in hexadecimal. */
static void compare(const char *string, const char *shown)
{
    while (*string != '\0') {
        gunichar c = g_utf8_get_char_validated(string, -1);
        size_t size = c >= (gunichar)-2 ? 1 : fuzz_length(string);
        if (c >= (gunichar)-2 || fuzz_is_control(c) || is_direction(c)) {
            char hex[5];
            for (; size > 0; size--, shown += 4) {
                g_snprintf(hex, sizeof hex, "\\x%02x", (unsigned char)*string++);
                MUST(strncmp(shown, hex, 4) == 0);
            }
        } else {
            MUST(strncmp(shown, string, size) == 0);
            string += size;
            shown += size;
        }
    }
    MUST(*shown == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *string = fuzz_string(data, size);
    size_t room = ESCAPE_GROWTH * strlen(string) + 1;
    char *shown = malloc(room), *cut = malloc(room);
    MUST(shown != NULL && cut != NULL);
    MUST(escape_terminal(shown, room, string) == strlen(shown));
    look_at(shown);
    compare(string, shown);
    /* With less room: whole characters of the same. */
    room = 1 + size % room;
    size_t used = escape_terminal(cut, room, string);
    MUST(used < room && strlen(cut) == used && strncmp(shown, cut, used) == 0);
    look_at(cut);
    free(shown);
    free(cut);
    free(string);
    return 0;
}
