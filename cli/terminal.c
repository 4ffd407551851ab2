/* terminal.c - progress lines, tables and numbers for people. */
#include "cli.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void progress_begin(struct progress *progress, const char *what)
{
    double start = now();
    *progress = (struct progress){
        .what = what, .start = start, .shown = start, .visible = isatty(STDERR_FILENO)};
}

/* "1.2 M" */
static char *in_short(char text[16], double value)
{
    if (value >= 1e9)
        snprintf(text, 16, "%.1f G", value * 1e-9);
    else if (value >= 1e6)
        snprintf(text, 16, "%.1f M", value * 1e-6);
    else if (value >= 1e3)
        snprintf(text, 16, "%.1f k", value * 1e-3);
    else
        snprintf(text, 16, "%.0f", value);
    return text;
}

void progress_show(struct progress *progress, uint64_t done, uint64_t all)
{
    double time = now();
    if (!progress->visible || time - progress->shown < 0.2)
        return;
    progress->shown = time;
    char count[16], rate[16];
    double per_second = (double)done / (time - progress->start);
    in_short(rate, per_second);
    if (per_second < 10)
        snprintf(rate, sizeof rate, "%.1f", per_second);
    fprintf(stderr, "\r\033[K%s %s, %s/s", in_short(count, (double)done), progress->what,
            rate);
    if (all > done && per_second > 0)
        fprintf(stderr, ", %.0f %%, %.0f s left", 100 * (double)done / (double)all,
                (double)(all - done) / per_second);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->visible)
        fputs("\r\033[K", stderr);
    progress->visible = false;
}

struct table {
    const char *columns;
    size_t width; /* number of columns */
    char **cells; /* row by row; a rule is a row of NULLs */
    size_t count, capacity;
};

static void *must(void *memory)
{
    if (memory != NULL)
        return memory;
    cli_warn("out of memory");
    exit(CB_IO);
}

struct table *table_new(const char *columns)
{
    struct table *table = must(calloc(1, sizeof *table));
    table->columns = columns;
    table->width = strlen(columns);
    return table;
}

static void append(struct table *table, char *cell)
{
    if (table->count == table->capacity) {
        table->capacity = table->capacity * 2 + 64;
        table->cells =
            must(reallocarray(table->cells, table->capacity, sizeof *table->cells));
    }
    table->cells[table->count++] = cell;
}

/* Names come from files: what would move a terminal's cursor is shown, not sent. */
static void put_escaped(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f)
            fprintf(out, "\\x%02x", c);
        else
            fputc(c, out);
    }
}

void table_put(struct table *table, const char *format, ...)
{
    char *plain = NULL, *cell = NULL;
    size_t size = 0;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&plain, format, arguments) < 0)
        must(NULL);
    va_end(arguments);
    FILE *out = must(open_memstream(&cell, &size));
    put_escaped(out, plain);
    fclose(out);
    free(plain);
    append(table, must(cell));
}

void table_rule(struct table *table)
{
    for (size_t i = 0; i < table->width; i++)
        append(table, NULL);
}

/* Columns on the screen: every byte but the continuations of UTF-8. */
static int shown_width(const char *cell)
{
    int width = 0;
    for (; *cell != '\0'; cell++)
        width += (*cell & 0xc0) != 0x80;
    return width;
}

static void put_repeated(FILE *out, char c, int times)
{
    for (int i = 0; i < times; i++)
        fputc(c, out);
}

static void put_row(const struct table *table, char *const *row, const int *widths,
                    FILE *out)
{
    int owed = 0; /* blanks are put before the next cell, never at the end of a line */
    for (size_t i = 0; i < table->width; i++) {
        const char *cell = row[i] != NULL ? row[i] : "";
        int fill = widths[i] - shown_width(cell);
        if (row[i] == NULL) {
            put_repeated(out, ' ', owed);
            put_repeated(out, '-', widths[i]);
            owed = 0;
        } else if (*cell == '\0') {
            owed += fill;
        } else if (table->columns[i] == 'r') {
            put_repeated(out, ' ', owed + fill);
            fputs(cell, out);
            owed = 0;
        } else {
            put_repeated(out, ' ', owed);
            fputs(cell, out);
            owed = fill;
        }
        owed += 2;
    }
    fputc('\n', out);
}

void table_drop(struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table);
}

void table_print(struct table *table, FILE *out, int indent)
{
    int *widths = must(calloc(table->width + 1, sizeof *widths));
    for (size_t i = 0; i < table->count; i++) {
        int width = table->cells[i] != NULL ? shown_width(table->cells[i]) : 0;
        if (width > widths[i % table->width])
            widths[i % table->width] = width;
    }
    for (size_t row = 0; row + table->width <= table->count; row += table->width) {
        put_repeated(out, ' ', indent);
        put_row(table, table->cells + row, widths, out);
    }
    free(widths);
    table_drop(table);
}

char *cli_grouped(char text[32], int64_t value)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, value);
    char *to = text;
    for (int i = 0; i < length; i++) {
        bool first = i == 0 || digits[i - 1] == '-';
        if (!first && (length - i) % 3 == 0)
            *to++ = ' ';
        *to++ = digits[i];
    }
    *to = '\0';
    return text;
}

char *cli_cycles(char text[32], int64_t mcycles)
{
    int64_t whole = mcycles / 1000, rest = mcycles % 1000;
    cli_grouped(text, whole);
    if (rest == 0)
        return text;
    char fraction[8];
    snprintf(fraction, sizeof fraction, "%03d", (int)(rest < 0 ? -rest : rest));
    for (size_t i = 3; i > 0 && fraction[i - 1] == '0'; i--)
        fraction[i - 1] = '\0';
    bool lost_sign = mcycles < 0 && whole == 0;
    char copy[32];
    snprintf(copy, sizeof copy, "%s", text);
    snprintf(text, 32, "%s%.26s.%s", lost_sign ? "-" : "", copy, fraction);
    return text;
}
