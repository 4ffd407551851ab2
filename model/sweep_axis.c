#include "model/sweep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one value after the other ---- */

static bool too_many(struct cb_error *error)
{
    return cb_error_set(error, CB_USAGE,
                        "more than %d values; expected a shorter list or a "
                        "larger step",
                        SWEEP_VALUES);
}

static bool add_value(struct sweep_axis *axis, const char *text, size_t length,
                      struct cb_error *error)
{
    if (axis->count == SWEEP_VALUES)
        return too_many(error);
    if ((axis->count & (axis->count - 1)) == 0) { /* grow at every power of two */
        size_t capacity = axis->count != 0 ? 2 * axis->count : 1;
        char **values = realloc(axis->values, capacity * sizeof *values);
        if (values == NULL)
            return cb_error_set(error, CB_IO, "out of memory");
        axis->values = values;
    }
    axis->values[axis->count] = strndup(text, length);
    if (axis->values[axis->count] == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    axis->count++;
    return true;
}

static bool add_number(struct sweep_axis *axis, int64_t number, struct cb_error *error)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", (long long)number);
    return add_value(axis, text, (size_t)length, error);
}

/* ---- ranges: FROM..TO, FROM..TO:+STEP, FROM..TO:*FACTOR ---- */

struct range {
    int64_t from, to, step;
    bool multiplies;
};

/* An integer at *text, which is moved past it; K and M are for sizes. */
static bool take_integer(const char **text, int64_t *number)
{
    char *end;
    errno = 0;
    long long value = strtoll(*text, &end, 10);
    if (end == *text || errno != 0 || **text == ' ' || **text == '+')
        return false;
    int64_t unit = *end == 'K' ? 1024 : *end == 'M' ? 1024 * 1024 : 1;
    if (__builtin_mul_overflow(value, unit, number))
        return false;
    *text = end + (unit > 1);
    return true;
}

static bool parse_range(const char *text, const char *end, struct range *range,
                        struct cb_error *error)
{
    *range = (struct range){.step = 1};
    const char *at = text;
    bool good = take_integer(&at, &range->from) && strncmp(at, "..", 2) == 0;
    at += good ? 2 : 0;
    good = good && take_integer(&at, &range->to);
    if (good && at < end && *at == ':') {
        range->multiplies = at[1] == '*';
        good = at[1] == '*' || at[1] == '+';
        at += 2;
        good = good && take_integer(&at, &range->step);
    }
    if (!good || at != end)
        return cb_error_set(error, CB_USAGE,
                            "\"%.*s\" is no range; expected FROM..TO, FROM..TO:+STEP or "
                            "FROM..TO:*FACTOR in integers",
                            (int)(end - text), text);
    if (range->from > range->to)
        return cb_error_set(error, CB_USAGE,
                            "the range \"%.*s\" is empty; expected FROM to be at most TO",
                            (int)(end - text), text);
    if (range->step < (range->multiplies ? 2 : 1) ||
        (range->multiplies && range->from < 1))
        return cb_error_set(
            error, CB_USAGE,
            "the range \"%.*s\" does not end; expected a step of at least "
            "1, or a factor of at least 2 and a start of at least 1",
            (int)(end - text), text);
    return true;
}

static bool add_range(struct sweep_axis *axis, const struct range *range,
                      struct cb_error *error)
{
    for (int64_t number = range->from;;) {
        if (!add_number(axis, number, error))
            return false;
        bool over = range->multiplies
                        ? __builtin_mul_overflow(number, range->step, &number)
                        : __builtin_add_overflow(number, range->step, &number);
        if (over || number > range->to)
            return true;
    }
}

static bool add_item(struct sweep_axis *axis, const char *text, const char *end,
                     struct cb_error *error)
{
    if (text == end)
        return cb_error_set(error, CB_USAGE,
                            "an empty value; expected VALUE,VALUE or a range");
    const char *dots = strstr(text, "..");
    if (dots == NULL || dots >= end)
        return add_value(axis, text, (size_t)(end - text), error);
    struct range range;
    return parse_range(text, end, &range, error) && add_range(axis, &range, error);
}

static bool parse(struct sweep_axis *axis, const char *expression, struct cb_error *error)
{
    const char *equals = strchr(expression, '=');
    if (equals == NULL || equals == expression)
        return cb_error_set(error, CB_USAGE, "expected PATH=VALUES");
    size_t length = (size_t)(equals - expression);
    if (length >= sizeof axis->path)
        return cb_error_set(error, CB_USAGE,
                            "the path is longer than any path of a machine");
    memcpy(axis->path, expression, length);
    for (const char *text = equals + 1;;) {
        const char *end = strchrnul(text, ',');
        if (!add_item(axis, text, end, error))
            return false;
        if (*end == '\0')
            return true;
        text = end + 1;
    }
}

bool sweep_axis_parse(struct sweep_axis *axis, const char *expression,
                      struct cb_error *error)
{
    *axis = (struct sweep_axis){0};
    if (parse(axis, expression, error))
        return true;
    cb_error_in(error, expression);
    sweep_axis_free(axis);
    return false;
}

void sweep_axis_free(struct sweep_axis *axis)
{
    for (size_t i = 0; i < axis->count; i++)
        free(axis->values[i]);
    free(axis->values);
    *axis = (struct sweep_axis){0};
}

/* ---- the grid ---- */

uint64_t sweep_points(const struct sweep_request *request)
{
    uint64_t points = 1;
    for (size_t i = 0; i < request->axis_count; i++)
        if (__builtin_mul_overflow(points, request->axes[i].count, &points))
            return UINT64_MAX;
    return points;
}

void sweep_point_values(const struct sweep_request *request, uint64_t point,
                        size_t *indices)
{
    for (size_t i = request->axis_count; i-- > 0;) {
        indices[i] = (size_t)(point % request->axes[i].count);
        point /= request->axes[i].count;
    }
}
