#include "error.h"

#include "escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool cb_error_set(struct cb_error *error, enum cb_code code, const char *format, ...)
{
    if (error == NULL)
        return false;
    *error = (struct cb_error){.code = code,
                               .record = CB_NOWHERE,
                               .byte = CB_NOWHERE,
                               .line = CB_NOWHERE,
                               .column = CB_NOWHERE};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->sentence, sizeof error->sentence, format, arguments);
    va_end(arguments);
    return false;
}

static void copy_cut(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from);
}

bool cb_error_in(struct cb_error *error, const char *source)
{
    if (error != NULL)
        copy_cut(error->source, sizeof error->source, source);
    return false;
}

bool cb_error_at_byte(struct cb_error *error, uint64_t byte)
{
    if (error != NULL)
        error->byte = byte;
    return false;
}

bool cb_error_at_record(struct cb_error *error, uint64_t record)
{
    if (error != NULL)
        error->record = record;
    return false;
}

bool cb_error_at_line(struct cb_error *error, uint64_t line, uint64_t column)
{
    if (error != NULL) {
        error->line = line;
        error->column = column;
    }
    return false;
}

bool cb_error_at_path(struct cb_error *error, const char *json_path)
{
    if (error != NULL)
        copy_cut(error->path, sizeof error->path, json_path);
    return false;
}

/* A bounded text under construction; what does not fit is dropped. */
struct text {
    char *start;
    size_t size, used;
};

static void put_escaped(struct text *text, const char *from)
{
    text->used +=
        escape_terminal(text->start + text->used, text->size - text->used, from);
}

static void put_place(struct text *text, bool *first, const char *what, uint64_t number)
{
    if (number == CB_NOWHERE)
        return;
    char part[48];
    snprintf(part, sizeof part, "%s%s %llu", *first ? "" : ", ", what,
             (unsigned long long)number);
    put_escaped(text, part);
    *first = false;
}

void cb_error_format(const struct cb_error *error, char *buffer, size_t size)
{
    if (size == 0)
        return;
    struct text text = {.start = buffer, .size = size};
    if (error->source[0] != '\0') {
        put_escaped(&text, error->source);
        put_escaped(&text, ": ");
    }
    bool first = true;
    put_place(&text, &first, "record", error->record);
    put_place(&text, &first, "byte", error->byte);
    put_place(&text, &first, "line", error->line);
    put_place(&text, &first, "column", error->column);
    if (error->path[0] != '\0') {
        put_escaped(&text, first ? "at " : ", at ");
        put_escaped(&text, error->path);
        first = false;
    }
    if (!first)
        put_escaped(&text, ": ");
    put_escaped(&text, error->sentence);
}
