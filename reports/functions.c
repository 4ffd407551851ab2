/* functions.c - median and percentile, which SQLite does not have. */
#include "sql.h"

#include <stdlib.h>

/* Integers are kept beside their rounded value, so that large ones stay exact. */
struct value {
    double real;
    int64_t integer;
};

/* SQLite gives each aggregation a zeroed one of these. */
struct sample {
    struct value *values;
    size_t count, capacity;
    double share;
    bool all_integers;
    bool failed;
};

static void add(struct sample *sample, sqlite3_value *value)
{
    if (sample->count == sample->capacity) {
        size_t capacity = sample->capacity == 0 ? 64 : sample->capacity * 2;
        struct value *values = realloc(sample->values, capacity * sizeof *values);
        if (values == NULL) {
            sample->failed = true;
            return;
        }
        sample->values = values;
        sample->capacity = capacity;
    }
    if (sample->count == 0)
        sample->all_integers = true;
    if (sqlite3_value_numeric_type(value) != SQLITE_INTEGER)
        sample->all_integers = false;
    sample->values[sample->count++] =
        (struct value){sqlite3_value_double(value), sqlite3_value_int64(value)};
}

static void percentile_step(sqlite3_context *context, int count,
                            sqlite3_value **arguments)
{
    struct sample *sample = sqlite3_aggregate_context(context, sizeof *sample);
    if (sample == NULL || sqlite3_value_type(arguments[0]) == SQLITE_NULL)
        return;
    sample->share = count == 2 ? sqlite3_value_double(arguments[1]) : 0.5;
    add(sample, arguments[0]);
}

static int compare(const void *a, const void *b)
{
    const struct value *x = a, *y = b;
    if (x->real != y->real)
        return x->real < y->real ? -1 : 1;
    return (x->integer > y->integer) - (x->integer < y->integer);
}

/* The smallest index whose share of the values, itself included, is large enough. */
static size_t index_at(const struct sample *sample)
{
    size_t index = 0;
    while (index + 1 < sample->count &&
           (double)(index + 1) < sample->share * (double)sample->count)
        index++;
    return index;
}

static void percentile_end(sqlite3_context *context)
{
    struct sample *sample = sqlite3_aggregate_context(context, 0);
    if (sample == NULL || sample->count == 0)
        return;
    if (sample->failed)
        sqlite3_result_error_nomem(context);
    else if (!(sample->share >= 0 && sample->share <= 1))
        sqlite3_result_error(context, "the share of percentile() is not in 0 to 1", -1);
    else {
        qsort(sample->values, sample->count, sizeof *sample->values, compare);
        struct value value = sample->values[index_at(sample)];
        if (sample->all_integers)
            sqlite3_result_int64(context, value.integer);
        else
            sqlite3_result_double(context, value.real);
    }
    free(sample->values);
}

bool sql_register_functions(struct report *report, struct cb_error *error)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    if (sqlite3_create_function_v2(report->db, "median", 1, flags, NULL, NULL,
                                   percentile_step, percentile_end, NULL) != SQLITE_OK ||
        sqlite3_create_function_v2(report->db, "percentile", 2, flags, NULL, NULL,
                                   percentile_step, percentile_end, NULL) != SQLITE_OK)
        return sql_failed(report, error);
    return true;
}
