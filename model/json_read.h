/* json_read.h - read JSON objects whose keys are all known, figures with their sources.
 *
 * A figure is a number, or {"value": number, "source": "...", "flag": "S"}. Any object
 * may have "source" and "flag"; they cover every figure in it that has none of its own.
 * Every error is CB_USAGE and names the JSON path ("tlb.dtlb.entries"). Internal to
 * model/.
 */
#ifndef CROSSBILL_JSON_READ_H
#define CROSSBILL_JSON_READ_H

#include <jansson.h>

#include "traces/error.h"

#define JSON_PATH_SIZE 128

/* An object being read, inside `outer` (NULL for the whole text). */
struct json_scope {
    const struct json_scope *outer;
    json_t *object; /* borrowed */
    char path[JSON_PATH_SIZE];
};

/* A member, taken out of {"value": ...} where it stands in one. Everything borrowed. */
struct json_figure {
    json_t *value;      /* NULL: the object has no such member */
    const char *source; /* its own, or that of the nearest object around it; or NULL */
    char flag;          /* likewise; or 0 */
    char path[JSON_PATH_SIZE];
};

/* Parse a whole text; duplicate keys are refused. The caller owns the result. */
json_t *json_read_text(const char *text, const char *source, struct cb_error *error);

bool json_scope_top(struct json_scope *scope, json_t *object, struct cb_error *error);
/* The member `key`, which must be an object. */
bool json_scope_enter(struct json_scope *scope, const struct json_scope *outer,
                      const char *key, struct cb_error *error);
/* Refuse members other than `keys`, "source" and "flag". */
bool json_known_keys(const struct json_scope *scope, const char *const *keys,
                     size_t count, struct cb_error *error);

bool json_member(struct json_figure *figure, const struct json_scope *scope,
                 const char *key, struct cb_error *error);
bool json_missing(const struct json_figure *figure, struct cb_error *error);

bool json_whole(const struct json_figure *figure, int64_t low, int64_t high,
                int64_t *value, struct cb_error *error);
/* Cycles with at most three decimals, as millicycles. */
bool json_cycles(const struct json_figure *figure, int64_t high, int64_t *millicycles,
                 struct cb_error *error);
bool json_truth(const struct json_figure *figure, bool *value, struct cb_error *error);
/* The index of the string among `names`, which ends with NULL. */
bool json_choice(const struct json_figure *figure, const char *const *names,
                 int64_t *value, struct cb_error *error);
/* A string of 1 to size - 1 bytes without control characters. */
bool json_words(const struct json_figure *figure, char *text, size_t size,
                struct cb_error *error);

/* Whether the text holds control characters, which have no place on a terminal. */
bool json_has_control(const char *text);

/* Millicycles as a JSON number in cycles. */
json_t *json_from_cycles(int64_t millicycles);

/* The candidate that is most like `word`, NULL if none is near enough to suggest. */
const char *json_closest(const char *word, const char *const *candidates, size_t count);
/* "; did you mean "x"?" or "". Returns `text`. */
const char *json_did_you_mean(char *text, size_t size, const char *word,
                              const char *const *candidates, size_t count);

#endif
