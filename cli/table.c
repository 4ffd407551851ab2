/* table.c - tables with aligned columns, wrapped where they would be too wide. */
#include "cli.h"
#include "table_numbers.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    GAP = 2, /* between columns */
    HANG = 2 /* what goes on in the first column stands this much further right */
};

struct table {
    const char *columns;
    size_t width; /* number of columns */
    char **cells; /* row by row; a rule is a row of NULLs */
    size_t count, capacity;
};

struct table *table_new(const char *columns)
{
    struct table *table = cli_must(calloc(1, sizeof *table));
    table->columns = columns;
    table->width = strlen(columns);
    return table;
}

static void append(struct table *table, char *cell)
{
    if (table->count == table->capacity) {
        table->capacity = table->capacity * 2 + 64;
        table->cells =
            cli_must(reallocarray(table->cells, table->capacity, sizeof *table->cells));
    }
    table->cells[table->count++] = cell;
}

/* Names come from files. */
void table_put(struct table *table, const char *format, ...)
{
    char *plain = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&plain, format, arguments) < 0)
        cli_must(NULL);
    va_end(arguments);
    append(table, cli_shown(plain));
    free(plain);
}

void table_rule(struct table *table)
{
    for (size_t i = 0; i < table->width; i++)
        append(table, NULL);
}

void table_drop(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table);
}

/* ---- widths ---- */

/* Columns on the screen: every byte but the continuations of UTF-8. */
static int shown_width(const char *text, size_t bytes)
{
    int width = 0;
    for (size_t i = 0; i < bytes; i++)
        width += (text[i] & 0xc0) != 0x80;
    return width;
}

/* The bytes of the words at the beginning of `text` that fit into `width` columns: at
 * least one word. */
static size_t fitting(const char *text, int width)
{
    size_t taken = 0;
    while (text[taken] != '\0') {
        size_t end = taken + strspn(text + taken, " ");
        end += strcspn(text + end, " ");
        if (taken > 0 && shown_width(text, end) > width)
            break;
        taken = end;
    }
    return taken;
}

static int line_width(size_t column, size_t line, int width)
{
    return column == 0 && line > 0 ? width - HANG : width;
}

/* The beginning of that line of a cell that is `width` columns wide, its length in
 * `bytes`; NULL when the cell has fewer lines. */
static const char *line_of(const char *cell, size_t column, size_t line, int width,
                           size_t *bytes)
{
    for (size_t i = 0;; i++) {
        *bytes = fitting(cell, line_width(column, i, width));
        if (*bytes == 0)
            return NULL;
        if (i == line)
            return cell;
        cell += *bytes;
        cell += strspn(cell, " ");
    }
}

static size_t lines_of(const char *cell, size_t column, int width)
{
    size_t lines = 0, bytes;
    while (line_of(cell, column, lines, width, &bytes) != NULL)
        lines++;
    return lines;
}

/* What a column needs for its cells in one line each. */
static int widest_cell(const struct table *table, size_t column)
{
    int widest = 0;
    for (size_t i = column; i < table->count; i += table->width) {
        const char *cell = table->cells[i] != NULL ? table->cells[i] : "";
        int width = shown_width(cell, strlen(cell));
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* What it needs at least: words are never broken. */
static int widest_word(const struct table *table, size_t column)
{
    int widest = 0;
    for (size_t i = column; i < table->count; i += table->width) {
        const char *word = table->cells[i] != NULL ? table->cells[i] : "";
        bool later = false;
        while (*word != '\0') {
            size_t bytes = strcspn(word, " ");
            int width = shown_width(word, bytes) + (later && column == 0 ? HANG : 0);
            widest = width > widest ? width : widest;
            word += bytes;
            word += strspn(word, " ");
            later = true;
        }
    }
    return widest;
}

static size_t row_height(const struct table *table, size_t row, const int *widths)
{
    size_t height = 1;
    for (size_t i = 0; i < table->width; i++) {
        const char *cell = table->cells[row + i];
        size_t lines = cell != NULL ? lines_of(cell, i, widths[i]) : 1;
        height = lines > height ? lines : height;
    }
    return height;
}

/* How long the whole table would be if that column were `width` wide: its lines count
 * most, but a cell that is shorter than its neighbours counts too, or else two cells that
 * are long together would never be widened. */
static size_t length_with(const struct table *table, int *widths, size_t column,
                          int width)
{
    int before = widths[column];
    size_t length = 0;
    widths[column] = width;
    for (size_t row = 0; row + table->width <= table->count; row += table->width) {
        length += row_height(table, row, widths) * table->width;
        for (size_t i = 0; i < table->width; i++)
            if (table->cells[row + i] != NULL)
                length += lines_of(table->cells[row + i], i, widths[i]);
    }
    widths[column] = before;
    return length;
}

/* Give one column as much of the room as saves most for each column of the screen.
 * Returns what is left; the same when nothing saves any. */
static int widen(const struct table *table, int *widths, int room)
{
    size_t length = length_with(table, widths, 0, widths[0]);
    size_t best = 0, best_column = 0;
    int best_more = 1;
    for (size_t i = 0; i < table->width; i++) {
        int most = widest_cell(table, i) - widths[i];
        for (int more = 1; more <= room && more <= most; more++) {
            size_t saved = length - length_with(table, widths, i, widths[i] + more);
            if (saved * (size_t)best_more <= best * (size_t)more)
                continue;
            best = saved;
            best_more = more;
            best_column = i;
        }
    }
    if (best == 0)
        return room;
    widths[best_column] += best_more;
    return room - best_more;
}

static void choose_widths(const struct table *table, int *widths, int room)
{
    int sum = 0;
    for (size_t i = 0; i < table->width; i++)
        sum += widths[i] = widest_cell(table, i);
    if (sum <= room)
        return;
    for (size_t i = 0; i < table->width; i++)
        room -= widths[i] = widest_word(table, i);
    for (int before = room + 1; room > 0 && room < before;) {
        before = room;
        room = widen(table, widths, room);
    }
}

/* ---- printing ---- */

static void put_repeated(FILE *out, char c, int times)
{
    for (int i = 0; i < times; i++)
        fputc(c, out);
}

/* The blanks owed after it: they are put before the next cell, never at a line's end. */
static int put_cell(const char *text, size_t bytes, char side, int width, int owed,
                    FILE *out)
{
    int fill = width - shown_width(text, bytes);
    if (bytes == 0)
        return owed + width;
    put_repeated(out, ' ', owed + (side == 'r' ? fill : 0));
    fwrite(text, 1, bytes, out);
    return side == 'r' ? 0 : fill;
}

static void put_line(const struct table *table, char *const *row, const int *widths,
                     size_t line, int indent, FILE *out)
{
    int owed = indent;
    for (size_t i = 0; i < table->width; i++, owed += GAP) {
        if (row[i] == NULL) {
            put_repeated(out, ' ', owed);
            put_repeated(out, '-', widths[i]);
            owed = 0;
            continue;
        }
        size_t bytes = 0;
        const char *text = line_of(row[i], i, line, widths[i], &bytes);
        int width = line_width(i, line, widths[i]);
        owed = put_cell(text, bytes, table->columns[i], width, owed + widths[i] - width,
                        out);
    }
    fputc('\n', out);
}

void table_print_within(struct table *table, FILE *out, int indent, int width)
{
    table_level_numbers(table->cells, table->count, table->columns);
    int *widths = cli_must(calloc(table->width + 1, sizeof *widths));
    choose_widths(table, widths, width - indent - GAP * ((int)table->width - 1));
    for (size_t row = 0; row + table->width <= table->count; row += table->width)
        for (size_t line = 0; line < row_height(table, row, widths); line++)
            put_line(table, table->cells + row, widths, line, indent, out);
    free(widths);
    table_drop(table);
}

void table_print(struct table *table, FILE *out, int indent)
{
    table_print_within(table, out, indent, INT32_MAX);
}
