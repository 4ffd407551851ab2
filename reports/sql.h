/* sql.h - SQLite with bound values and located errors. Private to this folder.
 *
 * No statement is ever put together from data: values are bound, table names come from
 * the schema. */
#ifndef CROSSBILL_SQL_H
#define CROSSBILL_SQL_H

#include "report.h"

#include <sqlite3.h>

struct report {
    sqlite3 *db;
    char *path;
    enum report_mode mode;
    char **
        tables; /* names of the tables and views, in the order of the schema; NULL last */
    size_t table_count;
    unsigned pending; /* changes of a sweep in a transaction that is still open */
};

/* A value to bind. Texts and blobs are borrowed until the statement has run. */
struct sql_value {
    enum { SQL_NULL, SQL_INTEGER, SQL_TEXT, SQL_BLOB } type;
    int64_t integer;
    const void *bytes;
    size_t size;
};

static inline struct sql_value sql_integer(int64_t integer)
{
    return (struct sql_value){.type = SQL_INTEGER, .integer = integer};
}
struct sql_value sql_text(const char *text); /* NULL: null */
struct sql_value sql_blob(const void *bytes, size_t size);
static inline struct sql_value sql_null(void)
{
    return (struct sql_value){.type = SQL_NULL};
}

/* Turn what SQLite last complained about into a sentence. Returns false. */
bool sql_failed(const struct report *report, struct cb_error *error);

/* Several statements that yield nothing. */
bool sql_script(struct report *report, const char *text, struct cb_error *error);

/* A statement with the first parameters bound; NULL on failure. */
sqlite3_stmt *sql_prepare_with(struct report *report, const char *text,
                               const struct sql_value *values, size_t count,
                               struct cb_error *error);
#define SQL_VALUES(...)                                                                  \
    (const struct sql_value[])                                                           \
    {                                                                                    \
        __VA_ARGS__                                                                      \
    }
#define SQL_COUNT(...) (sizeof(SQL_VALUES(__VA_ARGS__)) / sizeof(struct sql_value))
#define sql_prepare(report, error, text, ...)                                            \
    sql_prepare_with(report, text, SQL_VALUES(__VA_ARGS__), SQL_COUNT(__VA_ARGS__), error)

/* One statement, run to its end. */
bool sql_run_with(struct report *report, const char *text, const struct sql_value *values,
                  size_t count, struct cb_error *error);
#define sql_run(report, error, text, ...)                                                \
    sql_run_with(report, text, SQL_VALUES(__VA_ARGS__), SQL_COUNT(__VA_ARGS__), error)

/* A statement that yields nothing once more, with other values from the parameter `first`
 * on: what is put in many times is prepared once. */
bool sql_again_with(struct report *report, sqlite3_stmt *statement, int first,
                    const struct sql_value *values, size_t count, struct cb_error *error);
#define sql_again(report, error, statement, first, ...)                                  \
    sql_again_with(report, statement, first, SQL_VALUES(__VA_ARGS__),                    \
                   SQL_COUNT(__VA_ARGS__), error)

/* The first column of the first row as an integer; `otherwise` when there is no row or it
 * is null. */
bool sql_number_with(struct report *report, int64_t *number, int64_t otherwise,
                     const char *text, const struct sql_value *values, size_t count,
                     struct cb_error *error);
#define sql_number(report, error, number, otherwise, text, ...)                          \
    sql_number_with(report, number, otherwise, text, SQL_VALUES(__VA_ARGS__),            \
                    SQL_COUNT(__VA_ARGS__), error)

/* The next row: 1 there is one, 0 there is none, -1 failure. */
int sql_step(struct report *report, sqlite3_stmt *statement, struct cb_error *error);

/* The only readers of texts, blobs and names: text of a column ("" for null), its bytes,
 * and what it is called. They live until the next step. NULL on failure, that is without
 * memory; never for null. */
const char *sql_column(struct report *report, sqlite3_stmt *statement, int column,
                       struct cb_error *error);
const void *sql_column_blob(struct report *report, sqlite3_stmt *statement, int column,
                            size_t *size, struct cb_error *error);
const char *sql_column_name(const struct report *report, sqlite3_stmt *statement,
                            int column, struct cb_error *error);

/* The name of a domain's kind in the file; NULL when there is no such kind. */
const char *sql_domain_kind(enum trace_domain_kind kind);

/* Transactions. sql_begin first writes what is pending; sql_end commits when `ok`, else
 * rolls back; it returns whether all of it is in the file. */
bool sql_begin(struct report *report, struct cb_error *error);
bool sql_end(struct report *report, bool ok, struct cb_error *error);

/* Write the points that are pending. */
bool sql_flush(struct report *report, struct cb_error *error);

/* Around one change of a sweep, a point or what goes with it: many make a transaction. */
bool sql_add_begin(struct report *report, struct cb_error *error);
bool sql_add_end(struct report *report, bool ok, struct cb_error *error);

/* In a transaction: what sweeps that are done have counted goes, and with the last the
 * table (sweep_kept.c). */
bool sql_tidy_kept(struct report *report, struct cb_error *error);
/* While a shard is merged: what its sweeps have counted. */
bool sql_merge_kept(struct report *report, struct cb_error *error);

/* The hash that a machine is known by, and its JSON, to be freed; NULL without memory. */
char *sql_machine(const struct machine *machine, char sha256[65], struct cb_error *error);

/* Charts drawn from the results go before the results change. */
bool sql_forget_charts(struct report *report, struct cb_error *error);

/* median(x) and percentile(x, share): the smallest x with at least that share (0 to 1) of
 * the values at or below it; null when there are none. Nulls do not count. */
bool sql_register_functions(struct report *report, struct cb_error *error);

#endif
