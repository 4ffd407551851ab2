/* upgrade.c - bring a report of an older version up to this one.
 *
 * Version 2 differs in its views, which are made anew, and has no crossing_parents, which
 * is laid down empty; whether its tables are what they ought to be is seen when the file
 * is opened. Of version 1, the old tables are moved aside, the new schema is laid down,
 * and every row is copied, column by column of the same name; what is new stays empty. So
 * a column that is added to a table of version 1 must have a default or allow null.
 * Tables and views that somebody has added to the file are left as they are. */
#include "upgrade.h"
#include "arena.h"
#include "embedded.h"
#include "grid.h"
#include "traces/hash.h"

#include <stdio.h>
#include <string.h>

/* Of version 1. The closed sets are not copied: they are part of the program. */
static const char *const closed_sets[] = {"account_groups", "accounts", "components",
                                          "crossing_kinds"};
/* In an order in which rows refer only to rows that are there. */
static const char *const tables[] = {"studies",
                                     "traces",
                                     "domains",
                                     "machines",
                                     "machine_figures",
                                     "machine_components",
                                     "machine_structures",
                                     "replays",
                                     "phases",
                                     "ledger",
                                     "ledger_events",
                                     "visits",
                                     "refills",
                                     "instructions",
                                     "crossings",
                                     "crossing_accounts",
                                     "crossing_distributions",
                                     "structure_counters",
                                     "culprits",
                                     "sweeps",
                                     "sweep_axes",
                                     "sweep_values",
                                     "sweep_points",
                                     "sweep_accounts",
                                     "sweep_events",
                                     "claims",
                                     "charts"};
static const char *const views[] = {
    "machine_labels",      "replay_list",         "crossing_bill",
    "crossing_bill_lines", "explicit_implicit",   "by_structure",
    "structure_matrix",    "by_domain",           "domain_size",
    "refill_per_switch",   "memory_by_component", "misses",
    "who_did_it",          "sweep_list",          "sweep_results",
    "unfinished"};
#define COUNT(list) (sizeof(list) / sizeof *(list))

/* SHA-256 of the statements that make the tables of version 1, each with a newline behind
 * it: the closed sets first, in the order above. */
static const char version_1[] =
    "e42a7ad3ce9adb6f21b5925634842ceb1e576f4094681a08a42dcc699deef7ec";

bool upgrade_in_memory(struct report *report, struct cb_error *error)
{
    sqlite3 *copy = NULL;
    sqlite3_backup *backup = NULL;
    if (sqlite3_open(":memory:", &copy) == SQLITE_OK)
        backup = sqlite3_backup_init(copy, "main", report->db, "main");
    int code = backup == NULL ? SQLITE_NOMEM : sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) {
        sqlite3_close(copy);
        cb_error_set(error, CB_IO, "the report cannot be read: %s", sqlite3_errstr(code));
        return cb_error_in(error, report->path);
    }
    sqlite3_close(report->db);
    report->db = copy;
    return true;
}

/* ---- whether it is what it says ---- */

static bool hash_table(struct report *report, const char *name, struct hash *hash,
                       struct cb_error *error)
{
    sqlite3_stmt *row = sql_prepare(
        report, error, "SELECT sql FROM sqlite_schema WHERE (type, name) = ('table', ?)",
        sql_text(name));
    if (row == NULL)
        return false;
    int more = sql_step(report, row, error);
    const char *sql = more > 0 ? sql_column(report, row, 0, error) : "";
    if (sql != NULL) {
        hash_add(hash, sql, strlen(sql));
        hash_add(hash, "\n", 1);
    }
    sqlite3_finalize(row);
    return more >= 0 && sql != NULL;
}

static bool is_version_1(struct report *report, bool *is, struct cb_error *error)
{
    struct hash hash;
    char got[HASH_TEXT_SIZE];
    bool ok = true;
    hash_start(&hash);
    for (size_t i = 0; ok && i < COUNT(closed_sets); i++)
        ok = hash_table(report, closed_sets[i], &hash, error);
    for (size_t i = 0; ok && i < COUNT(tables); i++)
        ok = hash_table(report, tables[i], &hash, error);
    hash_finish(&hash, got);
    *is = strcmp(got, version_1) == 0;
    return ok;
}

/* ---- moving ---- */

/* Names are those above, and columns those of the schema: no data in them. */
static bool run_on(struct report *report, const char *format, const char *name,
                   struct cb_error *error)
{
    char statement[256];
    snprintf(statement, sizeof statement, format, name);
    return sql_script(report, statement, error);
}

static bool move_aside(struct report *report, struct cb_error *error)
{
    bool ok = sql_script(report, "DROP INDEX IF EXISTS culprits_by_replay", error);
    for (size_t i = 0; ok && i < COUNT(views); i++)
        ok = run_on(report, "DROP VIEW IF EXISTS %s", views[i], error);
    for (size_t i = 0; ok && i < COUNT(closed_sets); i++)
        ok = run_on(report, "DROP TABLE %s", closed_sets[i], error);
    for (size_t i = 0; ok && i < COUNT(tables); i++)
        ok = run_on(report, "ALTER TABLE %1$s RENAME TO crossbill_old_%1$s", tables[i],
                    error);
    return ok;
}

static bool copy_table(struct report *report, const char *name, struct cb_error *error)
{
    struct arena arena = {0};
    struct grid columns;
    char old[64];
    snprintf(old, sizeof old, "crossbill_old_%s", name);
    bool ok = grid_load(report, &arena, &columns, error,
                        "SELECT group_concat('\"' || o.name || '\"', ', ')"
                        " FROM pragma_table_info(?) o JOIN pragma_table_info(?) n"
                        " USING (name)",
                        sql_text(old), sql_text(name));
    const char *list = ok ? grid_text(&columns, 0, 0) : "";
    const char *statement =
        arena_print(&arena, "INSERT INTO %s (%s) SELECT %s FROM %s; DROP TABLE %s", name,
                    list, list, old, old);
    ok = ok && sql_script(report, statement, error);
    return arena_end(&arena, ok, error);
}

static bool copy_back(struct report *report, struct cb_error *error)
{
    bool ok = true;
    for (size_t i = 0; ok && i < COUNT(tables); i++)
        ok = copy_table(report, tables[i], error);
    return ok;
}

/* References keep the names that they have, and are checked when all rows are there. */
static bool no_dangling(struct report *report, struct cb_error *error)
{
    int64_t dangling;
    if (!sql_number_with(report, &dangling, 0,
                         "SELECT count(*) FROM pragma_foreign_key_check", NULL, 0, error))
        return false;
    if (dangling == 0)
        return true;
    cb_error_set(error, CB_IO, "the report is damaged: some rows refer to none");
    return cb_error_in(error, report->path);
}

/* ---- from version 2, which lacks one table of version 3 ---- */

/* As the schema has it, word for word. */
static bool lay_down_parents(struct report *report, struct report *fresh,
                             struct cb_error *error)
{
    int64_t have;
    if (!sql_number_with(report, &have, 0,
                         "SELECT count(*) FROM sqlite_schema"
                         " WHERE name = 'crossing_parents'",
                         NULL, 0, error))
        return false;
    if (have != 0)
        return true;
    sqlite3_stmt *table = sql_prepare_with(
        fresh, "SELECT sql FROM sqlite_schema WHERE name = 'crossing_parents'", NULL, 0,
        error);
    const char *sql = table != NULL && sql_step(fresh, table, error) > 0
                          ? sql_column(fresh, table, 0, error)
                          : NULL;
    bool ok = sql != NULL && sql_script(report, sql, error);
    sqlite3_finalize(table);
    return ok;
}

/* Views follow from the tables: those of this version replace their namesakes. */
static bool renew_view(struct report *report, const char *name, const char *sql,
                       struct cb_error *error)
{
    return name != NULL && sql != NULL &&
           run_on(report, "DROP VIEW IF EXISTS %s", name, error) &&
           sql_script(report, sql, error);
}

static bool renew_views(struct report *report, struct cb_error *error)
{
    struct report fresh = {.path = report->path};
    sqlite3_stmt *view = NULL;
    int more = -1;
    if (sqlite3_open(":memory:", &fresh.db) != SQLITE_OK)
        cb_error_set(error, CB_IO, "out of memory");
    else if (sql_script(&fresh, embedded_schema, error) &&
             lay_down_parents(report, &fresh, error))
        view = sql_prepare_with(&fresh,
                                "SELECT name, sql FROM sqlite_schema"
                                " WHERE type = 'view' ORDER BY rowid",
                                NULL, 0, error);
    if (view != NULL)
        while ((more = sql_step(&fresh, view, error)) > 0)
            if (!renew_view(report, sql_column(&fresh, view, 0, error),
                            sql_column(&fresh, view, 1, error), error))
                break;
    sqlite3_finalize(view);
    sqlite3_close(fresh.db);
    return more == 0;
}

/* ---- either ---- */

static bool check_version(struct report *report, int64_t version, struct cb_error *error)
{
    bool is = false;
    if (version == 1 && !is_version_1(report, &is, error))
        return false;
    if (is)
        return true;
    cb_error_set(error, CB_IO,
                 "the report is damaged: its tables are not those of its version");
    return cb_error_in(error, report->path);
}

static bool move_all(struct report *report, closed_sets_filler *fill,
                     struct cb_error *error)
{
    char set_version[48];
    int64_t version;
    snprintf(set_version, sizeof set_version, "PRAGMA user_version = %d", REPORT_VERSION);
    if (!sql_number_with(report, &version, 0, "PRAGMA user_version", NULL, 0, error))
        return false;
    if (version == REPORT_VERSION)
        return true; /* another process was quicker */
    if (version == 2)
        return renew_views(report, error) && sql_script(report, set_version, error);
    return check_version(report, version, error) && move_aside(report, error) &&
           sql_script(report, embedded_schema, error) && fill(report, error) &&
           copy_back(report, error) && no_dangling(report, error) &&
           sql_script(report, set_version, error);
}

bool upgrade(struct report *report, closed_sets_filler *fill, struct cb_error *error)
{
    bool ok =
        sql_script(report, "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON",
                   error) &&
        sql_begin(report, error) &&
        sql_end(report, move_all(report, fill, error), error) &&
        sql_script(report, "PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON",
                   error);
    /* The space of the old tables; without it the file is as sound, and larger. */
    if (ok)
        sqlite3_exec(report->db, "VACUUM", NULL, NULL, NULL);
    return ok;
}
