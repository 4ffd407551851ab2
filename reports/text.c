#include "text.h"

#include "traces/escape.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static bool reserve(struct text *text, size_t more)
{
    if (text->failed)
        return false;
    if (text->capacity - text->size > more)
        return true;
    size_t capacity = text->capacity < 4096 ? 4096 : text->capacity;
    while (capacity - text->size <= more)
        capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void text_add_bytes(struct text *text, const char *bytes, size_t size)
{
    if (!reserve(text, size))
        return;
    memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void text_add(struct text *text, const char *literal)
{
    text_add_bytes(text, literal, strlen(literal));
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    if (size < 0)
        text->failed = true;
    else if (reserve(text, (size_t)size)) {
        vsnprintf(text->data + text->size, (size_t)size + 1, format, again);
        text->size += (size_t)size;
    }
    va_end(again);
    va_end(arguments);
}

bool text_finish(struct text *text, struct report_bytes *bytes, struct cb_error *error)
{
    text_add(text, ""); /* an empty text has memory as well */
    if (text->failed) {
        text_drop(text);
        return cb_error_set(error, CB_IO, "out of memory");
    }
    *bytes = (struct report_bytes){text->data, text->size};
    *text = (struct text){0};
    return true;
}

void text_drop(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

/* ---- characters ---- */

static bool is_control(const unsigned char *s)
{
    return s[0] < 0x20 || s[0] == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0);
}

/* Go over the characters of a string: `escape` writes those that it must and returns
 * true; the others are copied. Broken bytes are replaced. */
static void each_character(struct text *text, const char *string,
                           bool (*escape)(struct text *text, const unsigned char *s))
{
    const unsigned char *s = (const unsigned char *)string;
    while (*s != '\0') {
        size_t length = utf8_length((const char *)s);
        if (length == 0) {
            text_add(text, REPLACEMENT);
            s++;
            continue;
        }
        if (!escape(text, s)) {
            if (is_control(s))
                text_add(text, REPLACEMENT);
            else
                text_add_bytes(text, (const char *)s, length);
        }
        s += length;
    }
}

/* ---- markup ---- */

static bool escape_markup(struct text *text, const unsigned char *s)
{
    switch (*s) {
    case '&':
        text_add(text, "&amp;");
        return true;
    case '<':
        text_add(text, "&lt;");
        return true;
    case '>':
        text_add(text, "&gt;");
        return true;
    case '"':
        text_add(text, "&quot;");
        return true;
    case '\'':
        text_add(text, "&#39;");
        return true;
    case '\n':
    case '\t':
        text_add_bytes(text, (const char *)s, 1);
        return true;
    }
    return false;
}

void text_markup(struct text *text, const char *string)
{
    each_character(text, string, escape_markup);
}

/* ---- CSV ---- */

static bool escape_csv(struct text *text, const unsigned char *s)
{
    switch (*s) {
    case '"':
        text_add(text, "\"\"");
        return true;
    case '\n':
    case '\r':
    case '\t':
        text_add_bytes(text, (const char *)s, 1);
        return true;
    }
    return false;
}

static bool is_number(const char *string)
{
    if (strspn(string, "+-.0123456789eE") != strlen(string))
        return false;
    char *end;
    double number = strtod(string, &end);
    return *end == '\0' && end != string && isfinite(number);
}

/* Spreadsheets run what starts with one of these; some take the wide forms of East Asian
 * type for the same. */
static bool may_be_formula(const char *string)
{
    static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                       "\xef\xbc\xa0"}; /* = + - @ */
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (strncmp(string, wide[i], 3) == 0)
            return true;
    return string[0] != '\0' && strchr("=+-@\t\r\n|%", string[0]) != NULL;
}

void text_csv(struct text *text, const char *string)
{
    bool formula = may_be_formula(string) && !is_number(string);
    bool quoted =
        formula || strpbrk(string, ",\"\r\n\t") != NULL ||
        (string[0] != '\0' && (string[0] == ' ' || string[strlen(string) - 1] == ' '));
    if (quoted)
        text_add(text, "\"");
    if (formula)
        text_add(text, "'");
    each_character(text, string, escape_csv);
    if (quoted)
        text_add(text, "\"");
}

/* ---- JSON ---- */

static bool escape_json(struct text *text, const unsigned char *s)
{
    switch (*s) {
    case '"':
        text_add(text, "\\\"");
        return true;
    case '\\':
        text_add(text, "\\\\");
        return true;
    case '\n':
        text_add(text, "\\n");
        return true;
    case '\t':
        text_add(text, "\\t");
        return true;
    /* "</script>" and "<!--" would end or change a script element. */
    case '<':
    case '>':
    case '&':
        text_format(text, "\\u%04x", *s);
        return true;
    }
    if (s[0] < 0x20 || s[0] == 0x7f) {
        text_format(text, "\\u%04x", *s);
        return true;
    }
    /* U+2028 and U+2029 end a line in older JavaScript. */
    if (s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0xa8 || s[2] == 0xa9)) {
        text_format(text, "\\u20%02x", s[2] - 0x80);
        return true;
    }
    return false;
}

void text_json(struct text *text, const char *string)
{
    text_add(text, "\"");
    each_character(text, string, escape_json);
    text_add(text, "\"");
}

/* ---- Markdown ---- */

static bool escape_markdown(struct text *text, const unsigned char *s)
{
    if (*s == '<' || *s == '>' || *s == '&')
        return escape_markup(text, s);
    if (*s != '\0' && strchr("\\`*_[]#|~", *s) != NULL) {
        text_format(text, "\\%c", *s);
        return true;
    }
    if (*s == '\n' || *s == '\t' || *s == '\r') {
        text_add(text, " ");
        return true;
    }
    return false;
}

void text_markdown(struct text *text, const char *string)
{
    /* A block marker at the beginning of a line is text as well. */
    size_t digits = strspn(string, "0123456789");
    if (string[0] == '-' || string[0] == '+' || string[0] == '=')
        text_add(text, "\\");
    else if (digits > 0 && (string[digits] == '.' || string[digits] == ')') &&
             strchr(" \t\r\n", string[digits + 1]) != NULL) {
        text_add_bytes(text, string, digits);
        text_add(text, "\\");
        string += digits;
    }
    each_character(text, string, escape_markdown);
}

/* ---- folded stacks ---- */

static bool escape_folded(struct text *text, const unsigned char *s)
{
    if (*s != ';' && *s >= 0x20)
        return false;
    text_add(text, "_");
    return true;
}

void text_folded(struct text *text, const char *string)
{
    each_character(text, string, escape_folded);
}

/* ---- terminals ---- */

void text_terminal(struct text *text, const char *string)
{
    size_t size = ESCAPE_GROWTH * strlen(string) + 1;
    if (reserve(text, size))
        text->size += escape_terminal(text->data + text->size, size, string);
}

/* ---- numbers ---- */

void text_number(struct text *text, double number, int decimals, const char *group)
{
    if (isnan(number)) {
        text_add(text, "\xe2\x80\x93");
        return;
    }
    char digits[400];
    snprintf(digits, sizeof digits, "%.*f", decimals, fabs(number));
    bool zero = strspn(digits, "0.") == strlen(digits);
    if (number < 0 && !zero)
        text_add(text, "\xe2\x88\x92"); /* U+2212, the minus sign */
    size_t whole = strcspn(digits, ".");
    for (size_t i = 0; i < whole; i++) {
        if (whole >= 5 && i > 0 && (whole - i) % 3 == 0)
            text_add(text, group);
        text_add_bytes(text, &digits[i], 1);
    }
    text_add(text, digits + whole);
}

void text_real(struct text *text, double number)
{
    if (!isfinite(number)) {
        text_add(text, "null");
        return;
    }
    char digits[40];
    if (number == floor(number) && fabs(number) < 1e15) {
        text_format(text, "%.0f", number);
        return;
    }
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            break;
    }
    text_add(text, digits);
}
