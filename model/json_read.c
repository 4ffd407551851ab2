#include "json_read.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLAGS "ST2MDA"

__attribute__((format(printf, 3, 4))) static bool
fail_at(struct cb_error *error, const char *path, const char *format, ...)
{
    char sentence[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    cb_error_set(error, CB_USAGE, "%s", sentence);
    if (path[0] != '\0')
        cb_error_at_path(error, path);
    return false;
}

/* What does not fit is cut: paths are shown, never looked up by. */
static void join(char path[JSON_PATH_SIZE], const char *parent, const char *key)
{
    const char *dot = parent[0] != '\0' ? "." : "";
    if (snprintf(path, JSON_PATH_SIZE, "%s%s%s", parent, dot, key) >= JSON_PATH_SIZE)
        path[JSON_PATH_SIZE - 1] = '\0';
}

/* What was found where something else was expected, short enough for a sentence. */
static const char *shown(const json_t *value, char *text, size_t size)
{
    char *dump =
        json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    if (dump == NULL)
        snprintf(text, size, "something else");
    else if (strlen(dump) < size)
        snprintf(text, size, "%s", dump);
    else
        snprintf(text, size, "%.*s...", (int)size - 4, dump);
    free(dump);
    return text;
}

/* ---- suggestions ---- */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Edits (insert, delete, replace, swap two neighbours) from one word to the other. */
static size_t edits(const char *from, const char *to)
{
    enum { LONGEST = 40 };
    size_t table[LONGEST + 1][LONGEST + 1];
    size_t rows = strlen(from), columns = strlen(to);
    if (rows > LONGEST || columns > LONGEST)
        return SIZE_MAX;
    for (size_t i = 0; i <= rows; i++)
        for (size_t j = 0; j <= columns; j++) {
            if (i == 0 || j == 0) {
                table[i][j] = i + j;
                continue;
            }
            table[i][j] = least(table[i - 1][j] + 1, table[i][j - 1] + 1,
                                table[i - 1][j - 1] + (from[i - 1] != to[j - 1]));
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                table[i][j] = least(table[i][j], table[i][j], table[i - 2][j - 2] + 1);
        }
    return table[rows][columns];
}

const char *json_closest(const char *word, const char *const *candidates, size_t count)
{
    const char *best = NULL;
    size_t length = strlen(word);
    size_t best_edits = length / 3 + 2;
    for (size_t i = 0; i < count; i++) {
        size_t distance = edits(word, candidates[i]);
        if (length >= 3 && strstr(candidates[i], word) != NULL)
            distance = 0; /* "plru" is short for "tree-plru" */
        /* Nothing is left of a word of which every letter is replaced. */
        if (distance < best_edits && distance < strlen(candidates[i])) {
            best = candidates[i];
            best_edits = distance;
        }
    }
    return best;
}

const char *json_did_you_mean(char *text, size_t size, const char *word,
                              const char *const *candidates, size_t count)
{
    const char *closest = json_closest(word, candidates, count);
    text[0] = '\0';
    if (closest != NULL)
        snprintf(text, size, "; did you mean \"%s\"?", closest);
    return text;
}

/* ---- objects ---- */

json_t *json_read_text(const char *text, const char *source, struct cb_error *error)
{
    json_error_t at;
    json_t *value = json_loads(text, JSON_REJECT_DUPLICATES, &at);
    if (value == NULL) {
        cb_error_set(error, CB_USAGE, "not valid JSON: %s", at.text);
        if (at.line > 0 && at.column >= 0)
            cb_error_at_line(error, (uint64_t)at.line, (uint64_t)at.column);
        cb_error_in(error, source);
    }
    return value;
}

/* Texts end up on terminals. */
bool json_has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

/* "source" and "flag" of an object, where it has them. */
static bool check_origin(const json_t *object, const char *path, struct cb_error *error)
{
    char at[JSON_PATH_SIZE], found[60];
    const json_t *source = json_object_get(object, "source");
    if (source != NULL && (json_string_length(source) == 0 ||
                           json_has_control(json_string_value(source)))) {
        join(at, path, "source");
        return fail_at(error, at,
                       "expected a line that says where figures come from, "
                       "found %s",
                       shown(source, found, sizeof found));
    }
    const json_t *flag = json_object_get(object, "flag");
    if (flag == NULL)
        return true;
    const char *letter = json_string_value(flag);
    if (letter != NULL && strlen(letter) == 1 && strchr(FLAGS, letter[0]) != NULL)
        return true;
    join(at, path, "flag");
    return fail_at(error, at, "expected one of S, T, 2, M, D and A, found %s",
                   shown(flag, found, sizeof found));
}

static bool check_object(const json_t *value, const char *path, struct cb_error *error)
{
    char found[60];
    if (!json_is_object(value))
        return fail_at(error, path, "expected an object, found %s",
                       shown(value, found, sizeof found));
    return check_origin(value, path, error);
}

bool json_scope_top(struct json_scope *scope, json_t *object, struct cb_error *error)
{
    *scope = (struct json_scope){.object = object};
    return check_object(object, "", error);
}

bool json_scope_enter(struct json_scope *scope, const struct json_scope *outer,
                      const char *key, struct cb_error *error)
{
    *scope = (struct json_scope){.outer = outer,
                                 .object = json_object_get(outer->object, key)};
    join(scope->path, outer->path, key);
    if (scope->object == NULL)
        return fail_at(error, scope->path, "this object is missing");
    return check_object(scope->object, scope->path, error);
}

static bool is_among(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

bool json_known_keys(const struct json_scope *scope, const char *const *keys,
                     size_t count, struct cb_error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach(scope->object, key, value)
    {
        if (is_among(key, keys, count) || strcmp(key, "source") == 0 ||
            strcmp(key, "flag") == 0)
            continue;
        char path[JSON_PATH_SIZE], hint[80];
        join(path, scope->path, key);
        return fail_at(error, path, "unknown key \"%.40s\"%s", key,
                       json_did_you_mean(hint, sizeof hint, key, keys, count));
    }
    return true;
}

/* ---- figures ---- */

static const char *inherited_source(const struct json_scope *scope)
{
    for (; scope != NULL; scope = scope->outer) {
        const char *source = json_string_value(json_object_get(scope->object, "source"));
        if (source != NULL)
            return source;
    }
    return NULL;
}

static char inherited_flag(const struct json_scope *scope)
{
    for (; scope != NULL; scope = scope->outer) {
        const char *flag = json_string_value(json_object_get(scope->object, "flag"));
        if (flag != NULL)
            return flag[0];
    }
    return 0;
}

bool json_member(struct json_figure *figure, const struct json_scope *scope,
                 const char *key, struct cb_error *error)
{
    *figure = (struct json_figure){.value = json_object_get(scope->object, key)};
    join(figure->path, scope->path, key);
    if (!json_is_object(figure->value)) {
        figure->source = inherited_source(scope);
        figure->flag = inherited_flag(scope);
        return true;
    }
    static const char *const keys[] = {"value"};
    struct json_scope own;
    if (!json_scope_enter(&own, scope, key, error) ||
        !json_known_keys(&own, keys, 1, error))
        return false;
    figure->value = json_object_get(own.object, "value");
    figure->source = inherited_source(&own);
    figure->flag = inherited_flag(&own);
    if (figure->value == NULL)
        return fail_at(error, figure->path,
                       "an object that stands for a figure needs "
                       "a \"value\"");
    return true;
}

bool json_missing(const struct json_figure *figure, struct cb_error *error)
{
    return fail_at(error, figure->path, "this key is missing");
}

bool json_whole(const struct json_figure *figure, int64_t low, int64_t high,
                int64_t *value, struct cb_error *error)
{
    char found[60];
    *value = json_integer_value(figure->value);
    if (json_is_integer(figure->value) && *value >= low && *value <= high)
        return true;
    return fail_at(error, figure->path,
                   "expected a whole number from %" PRId64 " to %" PRId64 ", found %s",
                   low, high, shown(figure->value, found, sizeof found));
}

bool json_cycles(const struct json_figure *figure, int64_t high, int64_t *millicycles,
                 struct cb_error *error)
{
    char found[60], nearest[40];
    double cycles = json_number_value(figure->value);
    if (!json_is_number(figure->value) || !(cycles >= 0) || cycles > (double)high / 1000)
        return fail_at(error, figure->path,
                       "expected cycles from 0 to %" PRId64 ", found %s", high / 1000,
                       shown(figure->value, found, sizeof found));
    /* The double nearest to a number of thousandths is what such a number was read as. */
    *millicycles = llround(cycles * 1000);
    snprintf(nearest, sizeof nearest, "%" PRId64 ".%03" PRId64, *millicycles / 1000,
             *millicycles % 1000);
    if (strtod(nearest, NULL) == cycles)
        return true;
    return fail_at(error, figure->path,
                   "expected cycles with at most three decimals, found %s",
                   shown(figure->value, found, sizeof found));
}

json_t *json_from_cycles(int64_t millicycles)
{
    if (millicycles % 1000 == 0)
        return json_integer(millicycles / 1000);
    return json_real((double)millicycles / 1000);
}

bool json_truth(const struct json_figure *figure, bool *value, struct cb_error *error)
{
    char found[60];
    *value = json_is_true(figure->value);
    if (json_is_boolean(figure->value))
        return true;
    return fail_at(error, figure->path, "expected true or false, found %s",
                   shown(figure->value, found, sizeof found));
}

static void list_names(char *text, size_t size, const char *const *names, size_t count)
{
    text[0] = '\0';
    for (size_t i = 0, used = 0; i < count && used < size; i++) {
        const char *between = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        used += (size_t)snprintf(text + used, size - used, "%s%s", between, names[i]);
    }
}

bool json_choice(const struct json_figure *figure, const char *const *names,
                 int64_t *value, struct cb_error *error)
{
    size_t count = 0;
    const char *word = json_string_value(figure->value);
    for (; names[count] != NULL; count++) {
        if (word == NULL || strcmp(word, names[count]) != 0)
            continue;
        *value = (int64_t)count;
        return true;
    }
    char found[60], expected[120], hint[80] = "";
    list_names(expected, sizeof expected, names, count);
    if (word != NULL)
        json_did_you_mean(hint, sizeof hint, word, names, count);
    return fail_at(error, figure->path, "expected %s, found %s%s", expected,
                   shown(figure->value, found, sizeof found), hint);
}

bool json_words(const struct json_figure *figure, char *text, size_t size,
                struct cb_error *error)
{
    char found[60];
    size_t length = json_string_length(figure->value);
    if (length == 0 || length >= size ||
        json_has_control(json_string_value(figure->value)))
        return fail_at(error, figure->path, "expected a line of 1 to %zu bytes, found %s",
                       size - 1, shown(figure->value, found, sizeof found));
    memcpy(text, json_string_value(figure->value), length + 1);
    return true;
}
