/* sweep_kept.c - what an unfinished sweep has counted and still needs.
 *
 * The table is not part of the schema: it comes with the first pass or replay that is
 * kept and goes with the last, so that a report in which all is done has no trace of it,
 * and no export knows it.
 *
 *   key, part   what they are the counts of: struct sweep_counts of model/sweep.h
 *   counts      the bytes; whoever takes them checks them
 */
#include "sql.h"

#include <stdlib.h>
#include <string.h>

#define TABLE                                                                            \
    "CREATE TABLE sweep_kept (\n"                                                        \
    "    sweep INTEGER NOT NULL REFERENCES sweeps ON DELETE CASCADE,\n"                  \
    "    key TEXT NOT NULL,\n"                                                           \
    "    part TEXT NOT NULL,\n"                                                          \
    "    counts BLOB NOT NULL,\n"                                                        \
    "    PRIMARY KEY (sweep, key, part)\n"                                               \
    ") STRICT, WITHOUT ROWID"

/* Whether there is anything kept. What somebody else calls so is nothing of ours. */
static bool is_there(struct report *report, const char *schema, bool *there,
                     struct cb_error *error)
{
    char *query =
        sqlite3_mprintf("SELECT sum(sql = ?) - sum(sql <> ?) FROM %Q.sqlite_schema"
                        " WHERE name = 'sweep_kept'",
                        schema);
    const struct sql_value table[] = {sql_text(TABLE), sql_text(TABLE)};
    int64_t ours;
    if (query == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    bool ok = sql_number_with(report, &ours, 0, query, table, 2, error);
    sqlite3_free(query);
    *there = ok && ours > 0;
    if (!ok || ours >= 0)
        return ok;
    cb_error_set(error, CB_IO,
                 "the report is damaged: its table sweep_kept is not crossbill's");
    return cb_error_in(error, report->path);
}

static bool make(struct report *report, struct cb_error *error)
{
    bool there;
    return is_there(report, "main", &there, error) &&
           (there || sql_script(report, TABLE, error));
}

static bool insert(struct report *report, int64_t sweep,
                   const struct sweep_counts *counts, struct cb_error *error)
{
    return sql_run(report, error, "INSERT OR REPLACE INTO sweep_kept VALUES (?, ?, ?, ?)",
                   sql_integer(sweep), sql_text(counts->key), sql_text(counts->part),
                   sql_blob(counts->bytes, counts->size));
}

bool report_keep_counts(struct report *report, int64_t sweep,
                        const struct sweep_counts *counts, size_t count,
                        struct cb_error *error)
{
    if (!sql_begin(report, error))
        return false;
    bool ok = make(report, error);
    for (size_t i = 0; ok && i < count; i++)
        ok = insert(report, sweep, &counts[i], error);
    return sql_end(report, ok, error);
}

/* The first column of the row as bytes of one's own. */
static bool take_bytes(sqlite3_stmt *row, struct sweep_counts *counts,
                       struct cb_error *error)
{
    counts->size = (size_t)sqlite3_column_bytes(row, 0);
    counts->bytes = malloc(counts->size + 1);
    if (counts->bytes == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    if (counts->size > 0)
        memcpy(counts->bytes, sqlite3_column_blob(row, 0), counts->size);
    return true;
}

bool report_load_counts(struct report *report, int64_t sweep, const char *key,
                        size_t index, struct sweep_counts *counts, struct cb_error *error)
{
    bool there;
    *counts = (struct sweep_counts){.bytes = NULL};
    if (!is_there(report, "main", &there, error))
        return false;
    if (!there)
        return true;
    sqlite3_stmt *row =
        sql_prepare(report, error,
                    "SELECT counts FROM sweep_kept WHERE (sweep, key) = (?, ?)"
                    " ORDER BY part LIMIT 1 OFFSET ?",
                    sql_integer(sweep), sql_text(key), sql_integer((int64_t)index));
    if (row == NULL)
        return false;
    int more = sql_step(report, row, error);
    bool ok = more == 0 || (more > 0 && take_bytes(row, counts, error));
    sqlite3_finalize(row);
    return ok;
}

bool report_drop_counts(struct report *report, int64_t sweep, const char *key,
                        const char *part, struct cb_error *error)
{
    return sql_add_begin(report, error) &&
           sql_add_end(
               report,
               sql_run(report, error,
                       "DELETE FROM sweep_kept WHERE (sweep, key, part) = (?, ?, ?)",
                       sql_integer(sweep), sql_text(key), sql_text(part)),
               error);
}

bool sql_tidy_kept(struct report *report, struct cb_error *error)
{
    bool there;
    int64_t rows;
    if (!is_there(report, "main", &there, error))
        return false;
    if (!there)
        return true;
    return sql_script(report,
                      "DELETE FROM sweep_kept WHERE sweep IN"
                      " (SELECT sweep FROM sweeps WHERE state = 'done')",
                      error) &&
           sql_number_with(report, &rows, 0, "SELECT count(*) FROM sweep_kept", NULL, 0,
                           error) &&
           (rows > 0 || sql_script(report, "DROP TABLE sweep_kept", error));
}

bool sql_merge_kept(struct report *report, struct cb_error *error)
{
    bool there;
    return is_there(report, "shard", &there, error) &&
           (!there || (make(report, error) &&
                       sql_script(report,
                                  "INSERT OR IGNORE INTO main.sweep_kept"
                                  " SELECT ours, key, part, counts FROM shard.sweep_kept"
                                  " JOIN same_sweep ON theirs = sweep",
                                  error)));
}
