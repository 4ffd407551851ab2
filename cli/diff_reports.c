/* diff_reports.c - compare two report files: replays, accounts, claims and sweeps.
 *
 * Both files export the same views as CSV. Some columns say which row is which, some are
 * compared; numbers of rows are the file's own.
 */
#include "cli.h"
#include "diff.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

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

static bool read_rows(struct rows *rows, struct report *report, const char *view,
                      struct cb_error *error)
{
    if (!report_csv(report, view, &rows->bytes, error))
        return false;
    return split(rows) || cb_error_set(error, CB_IO, "out of memory");
}

static void free_rows(struct rows *rows)
{
    free(rows->rows);
    free(rows->bytes.data);
}

/* ---- which row is which ---- */

/* What is compared: a table or view of the report. */
struct subject {
    const char *view, *head;
    const char *one, *many; /* what a row is called */
    const char *keys[8];    /* the columns that say which row it is */
    const char *values[8];  /* those that are compared */
    bool lonely;            /* say which rows are in one of the reports alone */
};

#define REPLAY_KEYS "scenario", "variant", "structure", "pages", "machine"
#define GROUP_CYCLES                                                                     \
    "work_cycles", "competition_cycles", "explicit_cycles", "implicit_cycles",           \
        "idle_cycles", "total_cycles"

static const struct subject subjects[] = {
    {.view = "explicit_implicit",
     .head = "replay",
     .one = "sum of a replay",
     .many = "sums of replays",
     .keys = {REPLAY_KEYS, "phase"},
     .values = {GROUP_CYCLES},
     .lonely = true},
    {.view = "by_account",
     .head = "account",
     .one = "account",
     .many = "accounts",
     .keys = {REPLAY_KEYS, "phase", "account"},
     .values = {"cycles"}},
    {.view = "claims",
     .head = "claim",
     .one = "claim",
     .many = "claims",
     .keys = {"name"},
     .values = {"measured", "verdict"},
     .lonely = true},
    {.view = "sweep_results",
     .head = "point of a sweep",
     .one = "point of a sweep",
     .many = "points of sweeps",
     .keys = {REPLAY_KEYS, "settings"},
     .values = {GROUP_CYCLES, "refused"},
     .lonely = true},
};
enum { SUBJECTS = sizeof subjects / sizeof subjects[0] };

/* One subject in both reports. */
struct comparison {
    const struct subject *subject;
    struct rows sides[2];
    struct table *table;
    size_t equal, both; /* rows that are in both, and alike */
    size_t differences;
};

static const char *cell_of(const struct rows *rows, const struct row *row,
                           const char *name)
{
    for (size_t column = 0; column < rows->width; column++)
        if (strcmp(rows->rows[0].cells[column], name) == 0 && row->cells[column] != NULL)
            return row->cells[column];
    return "";
}

static bool same_keys(const struct comparison *c, const struct row *a,
                      const struct row *b)
{
    for (const char *const *key = c->subject->keys; *key != NULL; key++)
        if (strcmp(cell_of(&c->sides[0], a, *key), cell_of(&c->sides[1], b, *key)) != 0)
            return false;
    return true;
}

/* The row of the second report; the order is mostly the same, so it begins at `from`. */
static struct row *find(struct comparison *c, const struct row *row, size_t from)
{
    struct rows *in = &c->sides[1];
    for (size_t n = 0; n + 1 < in->count; n++) {
        struct row *other = &in->rows[1 + (from + n) % (in->count - 1)];
        if (!other->matched && same_keys(c, row, other))
            return other;
    }
    return NULL;
}

/* "pingpong l3-large 8 i486-50 measured" */
static void put_name(struct comparison *c, const struct rows *rows, const struct row *row)
{
    char name[512] = "";
    for (const char *const *key = c->subject->keys; *key != NULL; key++) {
        const char *cell = cell_of(rows, row, *key);
        size_t used = strlen(name);
        if (cell[0] != '\0')
            snprintf(name + used, sizeof name - used, "%s%s", used > 0 ? " " : "", cell);
    }
    table_put(c->table, "%s", name);
}

/* ---- what differs ---- */

static bool as_number(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return text[0] != '\0' && *end == '\0';
}

static void put_difference(struct comparison *c, const struct row *row, const char *value,
                           const char *first, const char *second)
{
    static const char unit[] = "_cycles";
    double before, after;
    size_t length = strlen(value), tail = sizeof unit - 1;
    put_name(c, &c->sides[0], row);
    if (length > tail && strcmp(value + length - tail, unit) == 0)
        length -= tail;
    table_put(c->table, "%.*s", (int)length, value);
    table_put(c->table, "%s", first);
    table_put(c->table, "%s", second);
    if (as_number(first, &before) && as_number(second, &after))
        table_put(c->table, "%+.1f", after - before);
    else
        table_put(c->table, "%s", "");
    c->differences++;
}

static void compare_rows(struct comparison *c, const struct row *before,
                         const struct row *after)
{
    size_t found = c->differences;
    for (const char *const *value = c->subject->values; *value != NULL; value++) {
        const char *first = cell_of(&c->sides[0], before, *value);
        const char *second = cell_of(&c->sides[1], after, *value);
        if (strcmp(first, second) != 0)
            put_difference(c, before, *value, first, second);
    }
    c->both++;
    c->equal += c->differences == found;
}

static void put_lonely(struct comparison *c, const struct rows *rows,
                       const struct row *row, const char *where)
{
    if (!c->subject->lonely)
        return;
    put_name(c, rows, row);
    table_put(c->table, "%s", where);
    for (int i = 0; i < 3; i++)
        table_put(c->table, "%s", "");
    c->differences++;
}

static void compare_all(struct comparison *c)
{
    struct rows *first = &c->sides[0], *second = &c->sides[1];
    size_t next = 0;
    for (size_t i = 1; i < first->count; i++) {
        struct row *other = find(c, &first->rows[i], next);
        if (other == NULL) {
            put_lonely(c, first, &first->rows[i], "only in the first");
            continue;
        }
        other->matched = true;
        next = (size_t)(other - second->rows);
        compare_rows(c, &first->rows[i], other);
    }
    for (size_t i = 1; i < second->count; i++)
        if (!second->rows[i].matched)
            put_lonely(c, second, &second->rows[i], "only in the second");
}

static bool compare(struct comparison *c, const struct subject *subject,
                    struct report *const reports[2], struct cb_error *error)
{
    const char *const heads[] = {subject->head, "of it", "first", "second", "change"};
    *c = (struct comparison){.subject = subject};
    for (int side = 0; side < 2; side++)
        if (!read_rows(&c->sides[side], reports[side], subject->view, error))
            return false;
    c->table = table_new("llrrr");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        table_put(c->table, "%s", heads[i]);
    compare_all(c);
    if (c->differences > 0) {
        table_print(c->table, stdout, 0);
        putchar('\n');
    } else {
        table_drop(c->table);
    }
    return true;
}

/* "Equal in both: 2 of 4 sums of replays, 44 of 50 accounts" */
static void say_equal(FILE *out, const struct comparison *c, bool *first)
{
    if (c->both == 0)
        return;
    fprintf(out, "%s%zu of %zu %s", *first ? "Equal in both: " : ", ", c->equal, c->both,
            c->both == 1 ? c->subject->one : c->subject->many);
    *first = false;
}

bool diff_reports(const char *const paths[2], bool *found, struct cb_error *error)
{
    struct report *reports[2] = {NULL, NULL};
    bool done = true, first = true;
    for (int side = 0; done && side < 2; side++)
        done = (reports[side] = report_open(paths[side], REPORT_READ, error)) != NULL;
    struct comparison all[SUBJECTS] = {0};
    for (size_t i = 0; done && i < SUBJECTS; i++) {
        done = compare(&all[i], &subjects[i], reports, error);
        *found |= all[i].differences > 0;
    }
    for (size_t i = 0; i < SUBJECTS; i++) {
        if (done)
            say_equal(stdout, &all[i], &first);
        free_rows(&all[i].sides[0]);
        free_rows(&all[i].sides[1]);
    }
    if (done)
        puts(first ? "Equal in both: nothing that is compared" : "");
    report_close(reports[0]);
    report_close(reports[1]);
    return done;
}
