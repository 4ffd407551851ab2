/* output.c - results on standard output or in a file that appears whole or not at all. */
#include "traces/output.h"
#include "cli.h"
#include "kernel-trace/recorder/recorder.h"
#include "traces/escape.h"
#include "traces/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

bool cli_make_directories(const char *path, struct cb_error *error)
{
    char part[4096];
    for (size_t i = 1; i <= strlen(path) && i < sizeof part; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) {
            cb_error_set(error, CB_IO, "cannot be made: %s", strerror(errno));
            return cb_error_in(error, part);
        }
    }
    return true;
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

void cli_put_json(FILE *out, const json_t *json, size_t flags)
{
    char *text = cli_must(json_dumps(json, flags | JSON_ENSURE_ASCII));
    for (const char *c = text; *c != '\0'; c++)
        if (*c == 0x7f)
            fputs("\\u007f", out);
        else
            fputc(*c, out);
    free(text);
}

void cli_print_json(const json_t *json)
{
    cli_put_json(stdout, json, JSON_INDENT(2));
    putchar('\n');
}
