/* table_numbers.h - how numbers in a column are written. Part of table.c. */
#ifndef CROSSBILL_CLI_TABLE_NUMBERS_H
#define CROSSBILL_CLI_TABLE_NUMBERS_H

#include <stddef.h>

/* Give the numbers in each right-aligned column ('r') as many decimals as the one that
 * needs most, row after row of cells; NULLs and words are left alone. Cells are replaced:
 * they are malloc's. */
void table_level_numbers(char **cells, size_t count, const char *columns);

#endif
