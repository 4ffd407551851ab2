/* Names in the text of a trace: printable ASCII, and the way back gives the same bytes.
 */
#include "support/escape.h"

#include "traces/escape.h"

static void there_and_back(const char *string)
{
    size_t size = strlen(string) + 1, room = ESCAPE_GROWTH * size;
    char *line = malloc(room), *back = malloc(size);
    MUST(line != NULL && back != NULL);
    MUST(escape_line(line, room, string) == strlen(line));
    for (const char *c = line; *c != '\0'; c++)
        MUST(*c >= 0x20 && *c < 0x7f);
    MUST(unescape_line(back, size, line) && strcmp(back, string) == 0);
    MUST(size == 1 || !unescape_line(back, size - 1, line));
    free(line);
    free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *string = fuzz_string(data, size), *plain = malloc(size + 1);
    MUST(plain != NULL);
    there_and_back(string);
    if (unescape_line(plain, size + 1, string))
        there_and_back(plain);
    free(plain);
    free(string);
    return 0;
}
