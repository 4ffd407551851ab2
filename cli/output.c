/* output.c - results on standard output or in a file that appears whole or not at all. */
#include "traces/output.h"
#include "cli.h"
#include "kernel-trace/recorder/recorder.h"
#include "traces/trace.h"

#include <stdlib.h>
#include <string.h>

bool cli_write(const char *path, const void *data, size_t size, struct cb_error *error)
{
    if (path == NULL) {
        fwrite(data, 1, size, stdout); /* a failure shows at exit: cli_guard_output() */
        return true;
    }
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    if (!output_write(&output, data, size, error)) {
        output_abandon(&output);
        return false;
    }
    return output_commit(&output, error);
}

bool cli_machines(char *directory, size_t size, struct cb_error *error)
{
    return recording_locate("machines", directory, size, error);
}

bool cli_cut(const char *path, const struct trace_info *info, struct cb_error *error)
{
    if (info->cut_at == CB_NOWHERE)
        return false;
    cb_error_set(error, CB_TRACE,
                 "the trace was cut; %llu records before this place are whole (replay "
                 "--partial takes them); expected more blocks or the index",
                 (unsigned long long)info->records);
    cb_error_in(error, path);
    cb_error_at_byte(error, info->cut_at);
    return true;
}

/* The length of the UTF-8 character at the start of the text; 0 if it is none. jansson
 * decides, so that it and this file never disagree. */
static size_t utf8_length(const char *text)
{
    for (size_t length = 1; length <= 4 && text[length - 1] != '\0'; length++) {
        json_t *string = json_stringn(text, length);
        if (string == NULL)
            continue;
        json_decref(string);
        return length;
    }
    return 0;
}

json_t *cli_json_text(const char *text)
{
    json_t *whole = json_string(text);
    char *clean = whole == NULL ? malloc(3 * strlen(text) + 1) : NULL;
    if (clean == NULL)
        return whole;
    char *to = clean;
    while (*text != '\0') {
        size_t length = utf8_length(text);
        memcpy(to, length > 0 ? text : "\xef\xbf\xbd", length > 0 ? length : 3);
        to += length > 0 ? length : 3;
        text += length > 0 ? length : 1;
    }
    *to = '\0';
    whole = json_string(clean);
    free(clean);
    return whole;
}

void cli_print_json(const json_t *json)
{
    json_dumpf(json, stdout, JSON_INDENT(2));
    putchar('\n');
}
