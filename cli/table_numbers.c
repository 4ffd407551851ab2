/* table_numbers.c - the numbers of a table's column with as many decimals each, and no
 * more than the column needs. */
#include "table_numbers.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

struct number {
    size_t whole;       /* bytes before the point */
    size_t decimals;    /* digits behind it */
    const char *suffix; /* " %", or nothing */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "-1 234.50 %": digits may stand in groups, and a unit may follow. */
static bool read_number(const char *cell, struct number *number)
{
    const char *at = cell + (*cell == '-' || *cell == '+');
    if (!is_digit(*at))
        return false;
    while (is_digit(*at) || (*at == ' ' && is_digit(at[1])))
        at++;
    number->whole = (size_t)(at - cell);
    number->decimals = *at == '.' ? strspn(at + 1, "0123456789") : 0;
    at += number->decimals > 0 ? number->decimals + 1 : 0;
    number->suffix = at;
    return *at == '\0' || *at == ' ';
}

/* Those that are not idle zeros. */
static size_t needed(const char *cell, const struct number *number)
{
    size_t decimals = number->decimals;
    while (decimals > 0 && cell[number->whole + decimals] == '0')
        decimals--;
    return decimals;
}

static bool is_zero(const char *cell)
{
    return cell[strcspn(cell, "123456789")] == '\0';
}

static char *with_decimals(const char *cell, const struct number *number, size_t decimals)
{
    char *level = cli_must(calloc(1, strlen(cell) + decimals + 2));
    size_t kept = number->decimals < decimals ? number->decimals : decimals;
    memcpy(level, cell, number->whole);
    if (decimals > 0) {
        level[number->whole] = '.';
        memset(level + number->whole + 1, '0', decimals);
        memcpy(level + number->whole + 1, cell + number->whole + 1, kept);
    }
    bool lost_sign = level[0] == '-' && is_zero(level);
    strcat(level, number->suffix);
    if (lost_sign)
        memmove(level, level + 1, strlen(level));
    return level;
}

/* False for a column of several units: each number is then as it is. */
static bool column_decimals(char **cells, size_t count, size_t width, size_t column,
                            size_t *decimals)
{
    const char *suffix = NULL;
    *decimals = 0;
    for (size_t i = column; i < count; i += width) {
        struct number number;
        if (cells[i] == NULL || !read_number(cells[i], &number))
            continue;
        if (suffix != NULL && strcmp(suffix, number.suffix) != 0)
            return false;
        suffix = number.suffix;
        size_t own = needed(cells[i], &number);
        *decimals = own > *decimals ? own : *decimals;
    }
    return suffix != NULL;
}

void table_level_numbers(char **cells, size_t count, const char *columns)
{
    size_t width = strlen(columns), decimals;
    for (size_t column = 0; column < width; column++) {
        if (columns[column] != 'r' ||
            !column_decimals(cells, count, width, column, &decimals))
            continue;
        for (size_t i = column; i < count; i += width) {
            struct number number;
            if (cells[i] == NULL || !read_number(cells[i], &number))
                continue;
            char *level = with_decimals(cells[i], &number, decimals);
            free(cells[i]);
            cells[i] = level;
        }
    }
}
