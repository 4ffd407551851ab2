/* store.c - open, check and create the file. */
#include "embedded.h"
#include "sql.h"
#include "upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SQLITE_HEADER_SIZE    100 /* https://www.sqlite.org/fileformat.html, 1.3 */
#define OFFSET_USER_VERSION   60
#define OFFSET_APPLICATION_ID 68

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
           bytes[3];
}

static bool refuse(const char *path, struct cb_error *error, const char *sentence)
{
    cb_error_set(error, CB_IO, "%s", sentence);
    return cb_error_in(error, path);
}

static bool header_check(const uint8_t *header, ssize_t size, const char *path,
                         uint32_t *version, struct cb_error *error)
{
    if (size < SQLITE_HEADER_SIZE || memcmp(header, "SQLite format 3", 16) != 0)
        return refuse(path, error,
                      "this is not a crossbill report (nor any SQLite file)");
    if (big_endian(header + OFFSET_APPLICATION_ID) != REPORT_APPLICATION_ID)
        return refuse(path, error, "this SQLite file is not a crossbill report");
    *version = big_endian(header + OFFSET_USER_VERSION);
    if (*version > REPORT_VERSION) {
        cb_error_set(error, CB_IO,
                     "this report is of version %u, from a newer crossbill; expected at "
                     "most version %d",
                     *version, REPORT_VERSION);
        return cb_error_in(error, path);
    }
    return true;
}

/* Look at the file before SQLite does: it would finish another program's interrupted
 * transaction, and a foreign file is not to be touched. *fresh: there is nothing yet. */
static bool file_check(const char *path, enum report_mode mode, bool *fresh,
                       uint32_t *version, struct cb_error *error)
{
    *fresh = false;
    *version = REPORT_VERSION;
    /* Not to wait for somebody to write into a pipe that is refused below. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && mode == REPORT_WRITE) {
        *fresh = true;
        return true;
    }
    uint8_t header[SQLITE_HEADER_SIZE];
    struct stat status;
    ssize_t size = -1;
    bool known = fd >= 0 && fstat(fd, &status) == 0;
    if (known && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        close(fd);
        return refuse(path, error,
                      "a report must be a regular file, not a pipe or a device");
    }
    if (known && S_ISDIR(status.st_mode))
        errno = EISDIR;
    else if (fd >= 0)
        size = read(fd, header, sizeof header);
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (size < 0) {
        cb_error_set(error, CB_IO, "the report cannot be opened: %s", strerror(why));
        return cb_error_in(error, path);
    }
    if (size == 0 && mode == REPORT_WRITE) {
        *fresh = true;
        return true;
    }
    if (size == 0)
        return refuse(path, error, "this file is empty: expected a crossbill report");
    return header_check(header, size, path, version, error);
}

/* A path is a path, whatever it looks like (":memory:", "file:..."). */
static char *plain_path(const char *path)
{
    char *plain;
    if (asprintf(&plain, "%s%s", path[0] == '/' ? "" : "./", path) < 0)
        return NULL;
    return plain;
}

static bool connect_to(struct report *report, bool fresh, struct cb_error *error)
{
    char *plain = plain_path(report->path);
    if (plain == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    /* Reading needs write access only to undo what an interrupted run left behind. */
    int flags = SQLITE_OPEN_READWRITE | (fresh ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(plain, &report->db, flags, NULL);
    if (code != SQLITE_OK && report->mode == REPORT_READ) {
        sqlite3_close(report->db);
        code = sqlite3_open_v2(plain, &report->db, SQLITE_OPEN_READONLY, NULL);
    }
    free(plain);
    if (report->db == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    if (code != SQLITE_OK)
        return sql_failed(report, error);
    if (report->mode == REPORT_WRITE && sqlite3_db_readonly(report->db, "main") == 1)
        return refuse(report->path, error, "the report may not be written to");
    return true;
}

static bool configure(struct report *report, struct cb_error *error)
{
    /* What a file brings along is data: its triggers never run, and no statement can
     * damage it. */
    sqlite3_db_config(report->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(report->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_busy_timeout(report->db, 5000);
    return sql_script(report, "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON",
                      error) &&
           sql_register_functions(report, error);
}

static bool fill_closed_sets(struct report *report, struct cb_error *error)
{
    bool ok = true;
    for (int g = 0; ok && g < GROUPS; g++)
        ok = sql_run(report, error, "INSERT INTO account_groups VALUES (?, ?)",
                     sql_text(account_group_name((enum account_group)g)), sql_integer(g));
    for (int a = 0; ok && a < ACCOUNTS; a++) {
        enum account account = (enum account)a;
        ok = sql_run(report, error, "INSERT INTO accounts VALUES (?, ?, ?, ?)",
                     sql_text(account_name(account)), sql_integer(a),
                     sql_text(account_group_name(account_group(account))),
                     sql_text(account_title(account)));
    }
    for (int c = 0; ok && c < COMPONENTS; c++)
        ok = sql_run(report, error, "INSERT INTO components VALUES (?, ?)",
                     sql_text(component_name((enum component)c)), sql_integer(c));
    for (int k = 0; ok && k < CROSSING_KINDS; k++)
        ok = sql_run(report, error, "INSERT INTO crossing_kinds VALUES (?, ?)",
                     sql_text(crossing_kind_name((enum crossing_kind)k)), sql_integer(k));
    for (int r = 0; ok && r < REPAIRS; r++)
        ok = sql_run(report, error, "INSERT INTO repair_kinds VALUES (?, ?, ?)",
                     sql_text(repair_name((enum repair)r)), sql_integer(r),
                     sql_text(repair_title((enum repair)r)));
    return ok;
}

static bool create(struct report *report, struct cb_error *error)
{
    char pragmas[96];
    snprintf(pragmas, sizeof pragmas,
             "PRAGMA application_id = %d; PRAGMA user_version = %d",
             REPORT_APPLICATION_ID, REPORT_VERSION);
    if (!sql_begin(report, error))
        return false;
    /* Another process may have been quicker. */
    int64_t tables;
    bool ok = sql_number_with(report, &tables, 0, "SELECT count(*) FROM sqlite_schema",
                              NULL, 0, error);
    if (ok && tables == 0)
        ok = sql_script(report, pragmas, error) &&
             sql_script(report, embedded_schema, error) &&
             fill_closed_sets(report, error);
    return sql_end(report, ok, error);
}

static bool remember_table(struct report *report, const char *name)
{
    char **tables =
        realloc(report->tables, (report->table_count + 2) * sizeof *report->tables);
    if (tables == NULL)
        return false;
    report->tables = tables;
    tables[report->table_count] = strdup(name);
    tables[report->table_count + 1] = NULL;
    return tables[report->table_count++] != NULL;
}

/* One object of the schema that ought to be there. */
static bool schema_object(struct report *report, struct report *own,
                          sqlite3_stmt *statement, bool *matches, struct cb_error *error)
{
    int64_t found;
    const char *type = sql_column(own, statement, 0, error);
    const char *name = type != NULL ? sql_column(own, statement, 1, error) : NULL;
    const char *sql = name != NULL ? sql_column(own, statement, 2, error) : NULL;
    if (sql == NULL || !sql_number(report, error, &found, 0,
                                   "SELECT count(*) FROM sqlite_schema "
                                   "WHERE type = ? AND name = ? AND sql = ?",
                                   sql_text(type), sql_text(name), sql_text(sql)))
        return false;
    if (found != 1)
        *matches = false;
    if (strcmp(type, "index") != 0 && !remember_table(report, name))
        return cb_error_set(error, CB_IO, "out of memory");
    return true;
}

/* Compare what a file says its tables are with what they ought to be. Tables and views
 * that somebody has added are theirs. */
static bool schema_matches(struct report *report, bool *matches, struct cb_error *error)
{
    struct report expected = {.path = report->path};
    sqlite3_stmt *own = NULL;
    bool ok = false;
    if (sqlite3_open(":memory:", &expected.db) != SQLITE_OK) {
        refuse(report->path, error, "out of memory");
        goto out;
    }
    if (!sql_script(&expected, embedded_schema, error))
        goto out;
    own = sql_prepare_with(&expected,
                           "SELECT type, name, sql FROM sqlite_schema "
                           "WHERE sql IS NOT NULL ORDER BY rowid",
                           NULL, 0, error);
    if (own == NULL)
        goto out;
    *matches = true;
    int more;
    while ((more = sql_step(&expected, own, error)) > 0)
        if (!schema_object(report, &expected, own, matches, error))
            goto out;
    ok = more == 0;
out:
    sqlite3_finalize(own);
    sqlite3_close(expected.db);
    return ok;
}

static bool quick_check(struct report *report, bool *damaged, struct cb_error *error)
{
    sqlite3_stmt *check =
        sql_prepare_with(report, "PRAGMA quick_check(1)", NULL, 0, error);
    if (check == NULL)
        return false;
    const char *found =
        sql_step(report, check, error) > 0 ? sql_column(report, check, 0, error) : NULL;
    *damaged = found != NULL && strcmp(found, "ok") != 0;
    if (*damaged) {
        cb_error_set(error, CB_IO, "the report is damaged: %s", found);
        cb_error_in(error, report->path);
    }
    sqlite3_finalize(check);
    return found != NULL && !*damaged;
}

static bool is_sound(struct report *report, struct cb_error *error)
{
    /* Damage must be found twice: a page for which there was no memory, and JSON that
     * could not be parsed for want of it, are damage to SQLite 3.40. */
    bool damaged = false;
    bool ok = quick_check(report, &damaged, error);
    if (damaged)
        ok = quick_check(report, &damaged, error);
    bool matches;
    if (!ok || !schema_matches(report, &matches, error))
        return false;
    if (!matches)
        return refuse(report->path, error,
                      "the report is damaged: its tables are not those of its version");
    return true;
}

static bool bring_up(struct report *report, struct cb_error *error)
{
    if (report->mode == REPORT_READ && !upgrade_in_memory(report, error))
        return false;
    return configure(report, error) && upgrade(report, fill_closed_sets, error);
}

struct report *report_open(const char *path, enum report_mode mode,
                           struct cb_error *error)
{
    bool fresh;
    uint32_t version;
    if (!file_check(path, mode, &fresh, &version, error))
        return NULL;
    struct report *report = calloc(1, sizeof *report);
    if (report == NULL || (report->path = strdup(path)) == NULL) {
        free(report);
        cb_error_set(error, CB_IO, "out of memory");
        return NULL;
    }
    report->mode = mode;
    if (connect_to(report, fresh, error) && configure(report, error) &&
        (!fresh || create(report, error)) &&
        (version == REPORT_VERSION || bring_up(report, error)) && is_sound(report, error))
        return report;
    report_close(report);
    return NULL;
}

void report_close(struct report *report)
{
    if (report == NULL)
        return;
    sql_flush(report, NULL);
    sqlite3_close(report->db);
    for (size_t i = 0; i < report->table_count; i++)
        free(report->tables[i]);
    free(report->tables);
    free(report->path);
    free(report);
}
