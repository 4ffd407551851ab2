/* tables.c - the tables and views of a report as CSV and JSON.
 *
 * CSV is RFC 4180: CRLF, one header line; a null is an empty field. JSON has one object
 * per row; what is JSON in the file is JSON here. Binary data is base64 in both. */
#include "export.h"
#include "sql.h"
#include "suggest.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char **report_tables(struct report *report, struct cb_error *error)
{
    char **names = calloc(report->table_count + 1, sizeof *names);
    if (names == NULL) {
        cb_error_set(error, CB_IO, "out of memory");
        return NULL;
    }
    for (size_t i = 0; i < report->table_count; i++)
        names[i] = report->tables[i];
    return names;
}

static sqlite3_stmt *select_all(struct report *report, const char *table,
                                struct cb_error *error)
{
    /* The name is one of the schema's own: no quotes in it, nothing to bind. */
    char query[128];
    snprintf(query, sizeof query, "SELECT * FROM \"%s\"", table);
    return sql_prepare_with(report, query, NULL, 0, error);
}

static void add_base64(struct text *text, const unsigned char *bytes, size_t size)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t three = (uint32_t)bytes[i] << 16 |
                         (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);
        char four[4] = {digits[three >> 18], digits[three >> 12 & 63],
                        left > 1 ? digits[three >> 6 & 63] : '=',
                        left > 2 ? digits[three & 63] : '='};
        text_add_bytes(text, four, 4);
    }
}

static bool add_blob(struct report *report, struct text *text, sqlite3_stmt *row,
                     int column, struct cb_error *error)
{
    size_t size;
    const void *bytes = sql_column_blob(report, row, column, &size, error);
    if (bytes != NULL)
        add_base64(text, bytes, size);
    return bytes != NULL;
}

/* An integer or a real number; false when it is none. */
static bool add_number(struct text *text, sqlite3_stmt *row, int column)
{
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        text_format(text, "%lld", (long long)sqlite3_column_int64(row, column));
        return true;
    case SQLITE_FLOAT:
        text_real(text, sqlite3_column_double(row, column));
        return true;
    }
    return false;
}

/* ---- CSV ---- */

static bool csv_cell(struct report *report, struct text *text, sqlite3_stmt *row,
                     int column, struct cb_error *error)
{
    if (sqlite3_column_type(row, column) == SQLITE_BLOB)
        return add_blob(report, text, row, column, error);
    if (add_number(text, row, column))
        return true;
    const char *value = sql_column(report, row, column, error);
    if (value != NULL)
        text_csv(text, value);
    return value != NULL;
}

static bool csv_rows(struct report *report, sqlite3_stmt *rows, struct text *text,
                     struct cb_error *error)
{
    int columns = sqlite3_column_count(rows);
    for (int c = 0; c < columns; c++) {
        const char *name = sql_column_name(report, rows, c, error);
        if (name == NULL)
            return false;
        text_add(text, c > 0 ? "," : "");
        text_csv(text, name);
    }
    text_add(text, "\r\n");
    int more;
    while ((more = sql_step(report, rows, error)) > 0) {
        for (int c = 0; c < columns; c++) {
            text_add(text, c > 0 ? "," : "");
            if (!csv_cell(report, text, rows, c, error))
                return false;
        }
        text_add(text, "\r\n");
    }
    return more == 0;
}

static bool known_table(struct report *report, const char *table, struct cb_error *error)
{
    for (size_t i = 0; i < report->table_count; i++)
        if (strcmp(report->tables[i], table) == 0)
            return true;
    const char *closest =
        suggest_closest(table, (const char *const *)report->tables, report->table_count);
    if (closest != NULL)
        return cb_error_set(error, CB_USAGE,
                            "a report has no table or view '%s'; did you mean '%s'?",
                            table, closest);
    return cb_error_set(error, CB_USAGE, "a report has no table or view '%s'", table);
}

bool report_csv(struct report *report, const char *table, struct report_bytes *bytes,
                struct cb_error *error)
{
    if (!known_table(report, table, error))
        return false;
    sqlite3_stmt *rows = select_all(report, table, error);
    if (rows == NULL)
        return false;
    struct text text = {0};
    bool ok = csv_rows(report, rows, &text, error);
    sqlite3_finalize(rows);
    if (ok)
        return text_finish(&text, bytes, error);
    text_drop(&text);
    return false;
}

/* ---- JSON ---- */

/* Columns whose text is itself JSON; the schema sees to it that it is valid. */
static bool holds_json(const char *column)
{
    static const char *const names[] = {"header", "resolved",   "options",   "axes",
                                        "knobs",  "definition", "footprints"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], column) == 0)
            return true;
    return false;
}

static bool json_text(struct report *report, struct text *text, sqlite3_stmt *row,
                      int column, const char *name, struct cb_error *error)
{
    const char *value = sql_column(report, row, column, error);
    if (value == NULL)
        return false;
    if (holds_json(name))
        text_add(text, value);
    else
        text_json(text, value);
    return true;
}

static bool json_blob(struct report *report, struct text *text, sqlite3_stmt *row,
                      int column, struct cb_error *error)
{
    text_add(text, "\"");
    bool ok = add_blob(report, text, row, column, error);
    text_add(text, "\"");
    return ok;
}

static bool json_cell(struct report *report, struct text *text, sqlite3_stmt *row,
                      int column, struct cb_error *error)
{
    const char *name = sql_column_name(report, row, column, error);
    if (name == NULL)
        return false;
    text_json(text, name);
    text_add(text, ": ");
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_TEXT:
        return json_text(report, text, row, column, name, error);
    case SQLITE_BLOB:
        return json_blob(report, text, row, column, error);
    case SQLITE_NULL:
        text_add(text, "null");
        return true;
    }
    return add_number(text, row, column);
}

static bool json_rows(struct report *report, sqlite3_stmt *rows, struct text *text,
                      struct cb_error *error)
{
    int columns = sqlite3_column_count(rows);
    bool first = true;
    int more;
    while ((more = sql_step(report, rows, error)) > 0) {
        text_add(text, first ? "\n    {" : ",\n    {");
        first = false;
        for (int c = 0; c < columns; c++) {
            text_add(text, c > 0 ? ", " : "");
            if (!json_cell(report, text, rows, c, error))
                return false;
        }
        text_add(text, "}");
    }
    return more == 0;
}

bool export_json(struct report *report, struct report_bytes *bytes,
                 struct cb_error *error)
{
    struct text text = {0};
    text_format(&text, "{\n \"schema_version\": %d,\n \"tool\": ", REPORT_VERSION);
    text_json(&text, "crossbill " CROSSBILL_VERSION);
    text_add(&text, ",\n \"tables\": {");
    for (size_t i = 0; i < report->table_count; i++) {
        text_add(&text, i > 0 ? ",\n  " : "\n  ");
        text_json(&text, report->tables[i]);
        text_add(&text, ": [");
        sqlite3_stmt *rows = select_all(report, report->tables[i], error);
        bool ok = rows != NULL && json_rows(report, rows, &text, error);
        sqlite3_finalize(rows);
        if (!ok) {
            text_drop(&text);
            return false;
        }
        text_add(&text, "]");
    }
    text_add(&text, "\n }\n}\n");
    return text_finish(&text, bytes, error);
}
