/* diff_reports.c - compare the replays of two report files.
 *
 * Both files export their view explicit_implicit as CSV. Its columns that end in
 * "_cycles" are compared; "replay" is a number of the file's own; all others say which
 * replay it is.
 */
#include "cli.h"
#include "diff.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

#define VIEW "explicit_implicit"
enum { COLUMNS = 32 };

/* ---- a table of text, from CSV ---- */

struct row {
    char *cells[COLUMNS]; /* into the bytes */
    bool matched;
};

struct rows {
    struct report_bytes bytes;
    struct row *rows; /* the first one has the names of the columns */
    size_t count, width;
};

/* Takes the next cell out of *text, unquoting it in place, and ends it with a NUL.
 * Returns what ended it: ',', '\n' or 0. */
static char next_cell(char **text, char **cell)
{
    char *from = *text, *to = *text;
    bool quoted = *from == '"';
    *cell = to;
    from += quoted;
    while (*from != '\0' &&
           (quoted || (*from != ',' && *from != '\r' && *from != '\n'))) {
        if (quoted && from[0] == '"' && from[1] != '"') {
            quoted = false;
            from++;
            continue;
        }
        from += quoted && *from == '"';
        *to++ = *from++;
    }
    from += *from == '\r';
    char end = *from;
    *text = from + (end != '\0');
    *to = '\0';
    return end;
}

static bool add_row(struct rows *rows)
{
    if (rows->count % 64 == 0) {
        void *more = reallocarray(rows->rows, rows->count + 64, sizeof *rows->rows);
        if (more == NULL)
            return false;
        rows->rows = more;
    }
    rows->rows[rows->count++] = (struct row){0};
    return true;
}

static bool split(struct rows *rows)
{
    char *text = rows->bytes.data;
    while (*text != '\0') {
        char end = ',';
        if (!add_row(rows))
            return false;
        struct row *row = &rows->rows[rows->count - 1];
        for (size_t column = 0; end == ','; column++) {
            char *cell = NULL;
            end = next_cell(&text, &cell);
            if (column < COLUMNS)
                row->cells[column] = cell;
            if (rows->count == 1 && column < COLUMNS)
                rows->width = column + 1;
        }
    }
    return true;
}

static bool read_rows(struct rows *rows, const char *path, struct cb_error *error)
{
    struct report *report = report_open(path, REPORT_READ, error);
    bool done = report != NULL && report_csv(report, VIEW, &rows->bytes, error);
    report_close(report);
    if (done && !split(rows))
        return cb_error_set(error, CB_IO, "out of memory");
    return done;
}

static void free_rows(struct rows *rows)
{
    free(rows->rows);
    free(rows->bytes.data);
}

/* ---- which replay is which ---- */

static bool is_number(const char *name)
{
    size_t length = strlen(name);
    return length > 7 && strcmp(name + length - 7, "_cycles") == 0;
}

static bool is_key(const char *name)
{
    return !is_number(name) && strcmp(name, "replay") != 0 &&
           strstr(name, "_percent") == NULL;
}

static const char *cell_of(const struct row *row, size_t column)
{
    return row->cells[column] != NULL ? row->cells[column] : "";
}

static bool same_replay(const struct rows *rows, const struct row *a, const struct row *b)
{
    for (size_t column = 0; column < rows->width; column++)
        if (is_key(rows->rows[0].cells[column]) &&
            strcmp(cell_of(a, column), cell_of(b, column)) != 0)
            return false;
    return true;
}

static struct row *find(struct rows *in, const struct rows *of, const struct row *row)
{
    for (size_t i = 1; i < in->count; i++)
        if (!in->rows[i].matched && same_replay(of, &in->rows[i], row))
            return &in->rows[i];
    return NULL;
}

/* "pingpong l3-large 8 i486-50 measured" */
static void put_name(struct table *table, const struct rows *rows, const struct row *row)
{
    char name[256] = "";
    for (size_t column = 0; column < rows->width; column++) {
        const char *cell = cell_of(row, column);
        size_t used = strlen(name);
        if (is_key(rows->rows[0].cells[column]) && cell[0] != '\0')
            snprintf(name + used, sizeof name - used, "%s%s", used > 0 ? " " : "", cell);
    }
    table_put(table, "%s", name);
}

/* ---- what differs ---- */

static void put_difference(struct table *table, const struct rows *rows,
                           const struct row *before, const struct row *after,
                           size_t column)
{
    const char *first = cell_of(before, column), *second = cell_of(after, column);
    const char *name = rows->rows[0].cells[column];
    put_name(table, rows, before);
    table_put(table, "%.*s", (int)(strlen(name) - 7), name);
    table_put(table, "%s", first);
    table_put(table, "%s", second);
    table_put(table, "%+.1f", strtod(second, NULL) - strtod(first, NULL));
}

static bool compare(struct table *table, const struct rows *rows,
                    const struct row *before, const struct row *after)
{
    bool found = false;
    for (size_t column = 0; column < rows->width; column++) {
        if (!is_number(rows->rows[0].cells[column]) ||
            strcmp(cell_of(before, column), cell_of(after, column)) == 0)
            continue;
        put_difference(table, rows, before, after, column);
        found = true;
    }
    return found;
}

static void put_lonely(struct table *table, const struct rows *rows,
                       const struct row *row, const char *where)
{
    put_name(table, rows, row);
    table_put(table, "%s", where);
    for (int i = 0; i < 3; i++)
        table_put(table, "%s", "");
}

static bool compare_all(struct table *table, struct rows *first, struct rows *second)
{
    bool found = false;
    for (size_t i = 1; i < first->count; i++) {
        struct row *other = find(second, first, &first->rows[i]);
        if (other == NULL) {
            put_lonely(table, first, &first->rows[i], "only in the first");
            found = true;
            continue;
        }
        other->matched = true;
        found |= compare(table, first, &first->rows[i], other);
    }
    for (size_t i = 1; i < second->count; i++) {
        if (second->rows[i].matched)
            continue;
        put_lonely(table, second, &second->rows[i], "only in the second");
        found = true;
    }
    return found;
}

bool diff_reports(const char *const paths[2], bool *found, struct cb_error *error)
{
    struct rows first = {0}, second = {0};
    bool done = read_rows(&first, paths[0], error) && read_rows(&second, paths[1], error);
    if (done) {
        struct table *table = table_new("llrrr");
        const char *const heads[] = {"replay", "cycles of", "first", "second", "change"};
        for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
            table_put(table, "%s", heads[i]);
        *found = compare_all(table, &first, &second);
        if (*found)
            table_print(table, stdout, 0);
        else
            table_drop(table);
    }
    free_rows(&first);
    free_rows(&second);
    return done;
}
