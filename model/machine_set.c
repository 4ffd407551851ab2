/* Overrides work on the JSON of a machine before it is read, so that whatever they say
 * passes the same checks as the file.
 *
 * PATH is made of the file's keys: tlb.itlb.entries, walk.cycles, instructions.int. A
 * star stands for all names at its place: tlb.*.asid_bits. VALUE is a JSON value; a whole
 * number may end in K, M or G (1024 and so on), and what is no JSON value is a string.
 * walk=KIND and walk=KIND:CYCLES are short for walk.kind and walk.cycles. A figure that
 * is set has the override for its source and flag A. The machine carries the list of what
 * was changed, so that it is told apart from the one it was made of wherever it is kept.
 */
#include "machine_set.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"

enum { PARTS = 4, LENGTH = 200 };

/* A path cut at its dots. */
struct parts {
    char text[LENGTH];
    char *list[PARTS];
    size_t count;
};

static bool cut(struct parts *parts, const char *path, size_t length)
{
    if (length == 0 || length >= sizeof parts->text)
        return false;
    memcpy(parts->text, path, length);
    parts->text[length] = '\0';
    parts->count = 0;
    char *rest = parts->text, *part;
    while ((part = strsep(&rest, ".")) != NULL) {
        if (part[0] == '\0' || parts->count == PARTS)
            return false;
        parts->list[parts->count++] = part;
    }
    return true;
}

/* "8K" and the like, or NULL. */
static json_t *number_with_suffix(const char *text)
{
    char *end;
    unsigned long long number = strtoull(text, &end, 10);
    const char *suffix = strchr("KMG", *end);
    if (text[0] < '0' || text[0] > '9' || *end == '\0' || suffix == NULL ||
        end[1] != '\0' || number > INT32_MAX)
        return NULL;
    int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : 30;
    return json_integer((json_int_t)(number << shift));
}

static json_t *value_of(const char *text)
{
    json_t *value = number_with_suffix(text);
    if (value == NULL)
        value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    return value != NULL ? value : json_string(text);
}

static bool fail(const char *set, struct cb_error *error, const char *sentence,
                 const char *word, json_t *object)
{
    const char *keys[128];
    size_t count = 0;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (count < sizeof keys / sizeof keys[0])
            keys[count++] = key;
    }
    char hint[80];
    cb_error_set(error, CB_USAGE, sentence, word,
                 json_did_you_mean(hint, sizeof hint, word, keys, count));
    return cb_error_in(error, set);
}

static bool put(json_t *object, const char *key, const char *set, const char *text)
{
    json_t *value = value_of(text);
    if (json_is_number(value) || json_is_array(value)) {
        char source[LENGTH + 80];
        snprintf(source, sizeof source, "set by %.*s", LENGTH, set);
        value =
            json_pack("{s:o, s:s, s:s}", "value", value, "source", source, "flag", "A");
    }
    return json_object_set_new(object, key, value) == 0;
}

static bool is_origin(const char *key)
{
    return strcmp(key, "source") == 0 || strcmp(key, "flag") == 0;
}

/* Set the path's parts from `depth` on. */
static bool put_at(json_t *object, const struct parts *parts, size_t depth,
                   const char *set, const char *text, struct cb_error *error)
{
    const char *part = parts->list[depth];
    if (depth + 1 == parts->count) {
        if (put(object, part, set, text))
            return true;
        return fail(set, error, "%s cannot be set%s", part, NULL);
    }
    if (strcmp(part, "*") != 0) {
        json_t *inner = json_object_get(object, part);
        if (json_object_get(inner, "value") != NULL)
            return fail(set, error, "\"%.60s\" is a figure: nothing stands below it%s",
                        part, NULL);
        if (json_is_object(inner))
            return put_at(inner, parts, depth + 1, set, text, error);
        return fail(set, error, "the machine has no \"%.60s\"%s", part, object);
    }
    const char *key;
    json_t *inner;
    size_t found = 0;
    json_object_foreach(object, key, inner)
    {
        if (is_origin(key) || !json_is_object(inner))
            continue;
        if (!put_at(inner, parts, depth + 1, set, text, error))
            return false;
        found++;
    }
    if (found > 0)
        return true;
    return fail(set, error, "\"%s\" matches nothing in this machine%s", part, NULL);
}

/* walk=KIND or walk=KIND:CYCLES */
static bool set_walk(json_t *object, const char *set, const char *text,
                     struct cb_error *error)
{
    json_t *walk = json_object_get(object, "walk");
    if (!json_is_object(walk))
        return fail(set, error, "the machine has no \"%s\"%s", "walk", object);
    char kind[LENGTH];
    const char *colon = strchrnul(text, ':');
    snprintf(kind, sizeof kind, "%.*s", (int)(colon - text), text);
    if (json_object_set_new(walk, "kind", json_string(kind)) != 0 ||
        (*colon == ':' && !put(walk, "cycles", set, colon + 1)))
        return fail(set, error, "%s cannot be set%s", "walk", NULL);
    return true;
}

static bool apply(json_t *object, const char *set, struct cb_error *error)
{
    struct parts parts;
    const char *equals = strchr(set, '=');
    if (equals == NULL || equals[1] == '\0' || json_has_control(set) ||
        !cut(&parts, set, (size_t)(equals - set))) {
        cb_error_set(error, CB_USAGE, "expected PATH=VALUE, as in tlb.*.entries=64");
        return cb_error_in(error, set);
    }
    if (strcmp(parts.list[0], MACHINE_CHANGES_KEY) == 0)
        return fail(set, error, "%s cannot be set%s", parts.list[0], NULL);
    if (parts.count == 1 && strcmp(parts.list[0], "walk") == 0)
        return set_walk(object, set, equals + 1, error);
    return put_at(object, &parts, 0, set, equals + 1, error);
}

/* ---- what was changed, as a list in the machine itself ---- */

/* Whether all that the earlier override set, the later one has set again. */
static bool covers(const char *later, const char *earlier)
{
    struct parts over, under;
    if (!cut(&over, later, strcspn(later, "=")) ||
        !cut(&under, earlier, strcspn(earlier, "=")) || over.count != under.count)
        return false;
    for (size_t i = 0; i < over.count; i++)
        if (strcmp(over.list[i], "*") != 0 && strcmp(over.list[i], under.list[i]) != 0)
            return false;
    return true;
}

static bool renames(const char *set)
{
    return strncmp(set, "name=", 5) == 0 || strncmp(set, "title=", 6) == 0;
}

/* Sorted, since the order of overrides that do not touch each other changes nothing. */
static bool remember(json_t *object, const char *set)
{
    json_t *changes = json_object_get(object, MACHINE_CHANGES_KEY);
    if (changes == NULL) {
        changes = json_array();
        if (json_object_set_new(object, MACHINE_CHANGES_KEY, changes) != 0)
            return false;
    }
    for (size_t i = json_array_size(changes); i > 0; i--) {
        const char *text = json_string_value(json_array_get(changes, i - 1));
        if (text != NULL && covers(set, text))
            json_array_remove(changes, i - 1);
    }
    size_t at = 0;
    const char *text;
    while ((text = json_string_value(json_array_get(changes, at))) != NULL &&
           strcmp(text, set) < 0)
        at++;
    return json_array_insert_new(changes, at, json_string(set)) == 0;
}

/* An override that leaves the machine as it was is no change. */
static bool set_one(json_t *object, const char *set, struct cb_error *error)
{
    json_t *before = json_deep_copy(object);
    if (before == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    bool done = apply(object, set, error);
    if (done && !renames(set) && !json_equal(before, object) && !remember(object, set))
        done = fail(set, error, "%s cannot be set%s", set, NULL);
    json_decref(before);
    return done;
}

bool machine_set_all(json_t *object, const char *const *sets, size_t set_count,
                     struct cb_error *error)
{
    for (size_t i = 0; i < set_count; i++)
        if (!set_one(object, sets[i], error))
            return false;
    return true;
}

/* ---- blame ---- */

/* Whether the override reached what stands at `at`, or something inside it. */
static bool reaches(const char *set, const char *at)
{
    struct parts set_parts, at_parts;
    if (!cut(&set_parts, set, strcspn(set, "=")) || !cut(&at_parts, at, strlen(at)))
        return false;
    for (size_t i = 0; i < set_parts.count && i < at_parts.count; i++)
        if (strcmp(set_parts.list[i], "*") != 0 &&
            strcmp(set_parts.list[i], at_parts.list[i]) != 0)
            return false;
    return true;
}

bool machine_set_blame(const char *const *sets, size_t set_count, struct cb_error *error)
{
    if (error == NULL || error->path[0] == '\0')
        return false;
    for (size_t i = set_count; i > 0; i--) {
        if (!reaches(sets[i - 1], error->path))
            continue;
        cb_error_in(error, sets[i - 1]);
        return true;
    }
    return false;
}
