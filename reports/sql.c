#include "sql.h"

#include <string.h>

struct sql_value sql_text(const char *text)
{
    if (text == NULL)
        return sql_null();
    return (struct sql_value){.type = SQL_TEXT, .bytes = text, .size = strlen(text)};
}

struct sql_value sql_blob(const void *bytes, size_t size)
{
    return (struct sql_value){.type = SQL_BLOB, .bytes = bytes, .size = size};
}

bool sql_failed(const struct report *report, struct cb_error *error)
{
    int code = sqlite3_errcode(report->db) & 0xff;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        cb_error_set(error, CB_IO, "the report is damaged: %s",
                     sqlite3_errmsg(report->db));
    else if (code == SQLITE_FULL)
        cb_error_set(error, CB_IO, "the disk is full; the report is as it was before");
    else if (code == SQLITE_NOMEM)
        cb_error_set(error, CB_IO, "out of memory");
    else if (code == SQLITE_BUSY)
        cb_error_set(error, CB_IO, "the report is in use by another program");
    else
        cb_error_set(error, CB_IO, "SQLite: %s", sqlite3_errmsg(report->db));
    return cb_error_in(error, report->path);
}

bool sql_script(struct report *report, const char *text, struct cb_error *error)
{
    if (sqlite3_exec(report->db, text, NULL, NULL, NULL) != SQLITE_OK)
        return sql_failed(report, error);
    return true;
}

static int bind(sqlite3_stmt *statement, int position, const struct sql_value *value)
{
    switch (value->type) {
    case SQL_NULL:
        return sqlite3_bind_null(statement, position);
    case SQL_INTEGER:
        return sqlite3_bind_int64(statement, position, value->integer);
    case SQL_TEXT:
        return sqlite3_bind_text64(statement, position, value->bytes, value->size,
                                   SQLITE_TRANSIENT, SQLITE_UTF8);
    case SQL_BLOB:
        return sqlite3_bind_blob64(statement, position, value->bytes, value->size,
                                   SQLITE_TRANSIENT);
    }
    return SQLITE_MISUSE;
}

sqlite3_stmt *sql_prepare_with(struct report *report, const char *text,
                               const struct sql_value *values, size_t count,
                               struct cb_error *error)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(report->db, text, -1, &statement, NULL) != SQLITE_OK) {
        sql_failed(report, error);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (bind(statement, (int)i + 1, &values[i]) == SQLITE_OK)
            continue;
        sql_failed(report, error);
        sqlite3_finalize(statement);
        return NULL;
    }
    return statement;
}

int sql_step(struct report *report, sqlite3_stmt *statement, struct cb_error *error)
{
    switch (sqlite3_step(statement)) {
    case SQLITE_ROW:
        return 1;
    case SQLITE_DONE:
        return 0;
    }
    sql_failed(report, error);
    return -1;
}

bool sql_run_with(struct report *report, const char *text, const struct sql_value *values,
                  size_t count, struct cb_error *error)
{
    sqlite3_stmt *statement = sql_prepare_with(report, text, values, count, error);
    if (statement == NULL)
        return false;
    int more;
    do
        more = sql_step(report, statement, error);
    while (more > 0);
    sqlite3_finalize(statement);
    return more == 0;
}

bool sql_again_with(struct report *report, sqlite3_stmt *statement, int first,
                    const struct sql_value *values, size_t count, struct cb_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (bind(statement, first + (int)i, &values[i]) != SQLITE_OK)
            return sql_failed(report, error);
    bool done = sql_step(report, statement, error) == 0;
    sqlite3_reset(statement);
    return done;
}

bool sql_number_with(struct report *report, int64_t *number, int64_t otherwise,
                     const char *text, const struct sql_value *values, size_t count,
                     struct cb_error *error)
{
    sqlite3_stmt *statement = sql_prepare_with(report, text, values, count, error);
    if (statement == NULL)
        return false;
    int more = sql_step(report, statement, error);
    bool null = more != 1 || sqlite3_column_type(statement, 0) == SQLITE_NULL;
    *number = null ? otherwise : sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return more >= 0;
}

/* SQLite hands out NULL both for null and when there was no memory to turn the value into
 * text. The type, asked for first, tells which: conversion may change it. */
const char *sql_column(struct report *report, sqlite3_stmt *statement, int column,
                       struct cb_error *error)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return "";
    const void *text = sqlite3_column_text(statement, column);
    if (text == NULL)
        sql_failed(report, error);
    return text;
}

const void *sql_column_blob(struct report *report, sqlite3_stmt *statement, int column,
                            size_t *size, struct cb_error *error)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    *size = (size_t)sqlite3_column_bytes(statement, column);
    if (bytes != NULL || *size == 0)
        return bytes != NULL ? bytes : "";
    sql_failed(report, error);
    return NULL;
}

const char *sql_column_name(const struct report *report, sqlite3_stmt *statement,
                            int column, struct cb_error *error)
{
    const char *name = sqlite3_column_name(statement, column);
    if (name == NULL) {
        cb_error_set(error, CB_IO, "out of memory");
        cb_error_in(error, report->path);
    }
    return name;
}

bool sql_flush(struct report *report, struct cb_error *error)
{
    if (report->pending == 0)
        return true;
    report->pending = 0;
    return sql_end(report, true, error);
}

#define CHANGES_PER_TRANSACTION 1000

bool sql_add_begin(struct report *report, struct cb_error *error)
{
    return report->pending > 0 || sql_begin(report, error);
}

bool sql_add_end(struct report *report, bool ok, struct cb_error *error)
{
    if (!ok) {
        report->pending = 0;
        return sql_end(report, false, error);
    }
    report->pending++;
    return report->pending < CHANGES_PER_TRANSACTION || sql_flush(report, error);
}

bool sql_begin(struct report *report, struct cb_error *error)
{
    if (!sql_flush(report, error))
        return false;
    return sql_script(report, "BEGIN IMMEDIATE", error);
}

bool sql_end(struct report *report, bool ok, struct cb_error *error)
{
    if (ok && sql_script(report, "COMMIT", error))
        return true;
    /* Some failures have rolled back already; then this one fails, and may. */
    sqlite3_exec(report->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}
