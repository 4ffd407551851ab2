#include "import_tools.h"

#include "traces/check.h"

static bool collect(void *context, const char *bytes, size_t size)
{
    struct text *text = context;
    if (text->used + size + 1 > text->room) {
        text->room = 2 * (text->used + size + 1);
        text->bytes = realloc(text->bytes, text->room);
        assert_non_null(text->bytes);
    }
    memcpy(text->bytes + text->used, bytes, size);
    text->used += size;
    text->bytes[text->used] = '\0';
    return true;
}

struct text export_file(const char *path, enum export_format format)
{
    struct cb_error error;
    struct text text = {.used = 0};
    collect(&text, "", 0);
    struct trace_reader *reader = trace_open(path, &error);
    if (reader == NULL)
        fail_msg("%s", error.sentence);
    assert_true(trace_export(reader, format, collect, &text, &error));
    trace_close(reader);
    return text;
}

bool import_bytes(const void *bytes, size_t size, const struct import_options *options,
                  struct import_result *result, struct cb_error *error)
{
    struct input *input = input_memory(bytes, size, "input", error);
    if (input == NULL)
        return false;
    bool done =
        trace_import_input(input, scratch_path("imported.xbt"), options, result, error);
    input_close(input);
    return done;
}

void gives_with(const struct import_options *options, const char *from,
                const char *records)
{
    struct cb_error error;
    struct import_result result;
    struct check_result found;
    if (!import_bytes(from, strlen(from), options, &result, &error))
        fail_msg("line %d: %s", (int)error.line, error.sentence);
    struct text text = export_file(scratch_path("imported.xbt"), EXPORT_TEXT);
    const char *state = strstr(text.bytes, "\nstate ");
    assert_non_null(state);
    assert_string_equal(state + 1, records);
    free(text.bytes);
    struct trace_reader *reader = trace_open(scratch_path("imported.xbt"), &error);
    assert_int_equal(trace_info(reader)->records, result.records);
    assert_true(trace_check(reader, NULL, NULL, &found, &error));
    for (int kind = 0; kind < CHECK_KINDS; kind++)
        assert_int_equal(found.found[kind], 0);
    trace_close(reader);
}

void gives(enum import_format format, const char *from, const char *records)
{
    gives_with(&(struct import_options){.format = format}, from, records);
}

void refuses(enum import_format format, const char *from, uint64_t line,
             const char *sentence)
{
    struct cb_error error;
    struct import_result result;
    const char *path = scratch_path("imported.xbt");
    remove(path);
    assert_false(import_bytes(
        from, strlen(from), &(struct import_options){.format = format}, &result, &error));
    assert_string_equal(error.sentence, sentence);
    assert_int_equal(error.code, CB_TRACE);
    assert_int_equal(error.line, line);
    assert_string_equal(error.source, "input");
    FILE *file = fopen(path, "rb");
    assert_null(file);
}
