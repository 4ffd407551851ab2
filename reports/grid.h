/* grid.h - the rows of a query in memory. Private to this folder. */
#ifndef CROSSBILL_GRID_H
#define CROSSBILL_GRID_H

#include "arena.h"
#include "sql.h"

struct cell {
    enum { CELL_NULL, CELL_NUMBER, CELL_TEXT } type;
    double number;    /* NaN unless a number */
    const char *text; /* as SQLite writes it; "" for null */
};

struct grid {
    size_t columns, rows;
    const char **names;
    struct cell *cells; /* row after row */
};

/* Everything handed out is the arena's. */
bool grid_load_with(struct report *report, struct arena *arena, struct grid *grid,
                    const char *query, const struct sql_value *values, size_t count,
                    struct cb_error *error);
#define grid_load(report, arena, grid, error, query, ...)                                \
    grid_load_with(report, arena, grid, query, SQL_VALUES(__VA_ARGS__),                  \
                   SQL_COUNT(__VA_ARGS__), error)

static inline const struct cell *grid_cell(const struct grid *grid, size_t row,
                                           size_t column)
{
    return &grid->cells[row * grid->columns + column];
}
static inline double grid_number(const struct grid *grid, size_t row, size_t column)
{
    return grid_cell(grid, row, column)->number;
}
static inline const char *grid_text(const struct grid *grid, size_t row, size_t column)
{
    return grid_cell(grid, row, column)->text;
}

/* Whether two rows agree in a column. */
bool grid_same(const struct grid *grid, size_t row, size_t other, size_t column);

#endif
