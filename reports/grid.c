#include "grid.h"

#include <math.h>
#include <string.h>

/* Rows grow by doubling; what is left behind goes with the arena. */
static bool grow(struct arena *arena, struct grid *grid, size_t *capacity)
{
    if (grid->rows < *capacity)
        return true;
    size_t larger = *capacity == 0 ? 16 : *capacity * 2;
    struct cell *cells = arena_array(arena, larger * grid->columns, struct cell);
    if (cells == NULL)
        return false;
    if (grid->rows > 0)
        memcpy(cells, grid->cells, grid->rows * grid->columns * sizeof *cells);
    grid->cells = cells;
    *capacity = larger;
    return true;
}

static bool read_cell(struct report *report, struct arena *arena, sqlite3_stmt *row,
                      int column, struct cell *cell, struct cb_error *error)
{
    cell->number = NAN;
    cell->text = "";
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
        cell->type = CELL_NULL;
        return true;
    case SQLITE_INTEGER:
    case SQLITE_FLOAT:
        cell->type = CELL_NUMBER;
        cell->number = sqlite3_column_double(row, column);
        break;
    default:
        cell->type = CELL_TEXT;
    }
    const char *text = sql_column(report, row, column, error);
    if (text != NULL)
        cell->text = arena_print(arena, "%s", text);
    return text != NULL;
}

static bool load_rows(struct report *report, struct arena *arena, struct grid *grid,
                      sqlite3_stmt *rows, struct cb_error *error)
{
    size_t capacity = 0;
    int more;
    while ((more = sql_step(report, rows, error)) > 0) {
        if (!grow(arena, grid, &capacity))
            return cb_error_set(error, CB_IO, "out of memory");
        struct cell *cells = &grid->cells[grid->rows * grid->columns];
        for (size_t c = 0; c < grid->columns; c++)
            if (!read_cell(report, arena, rows, (int)c, &cells[c], error))
                return false;
        grid->rows++;
    }
    return more == 0;
}

static bool load_names(struct report *report, struct arena *arena, struct grid *grid,
                       sqlite3_stmt *rows, struct cb_error *error)
{
    grid->names = arena_array(arena, grid->columns, const char *);
    if (grid->names == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (size_t c = 0; c < grid->columns; c++) {
        const char *name = sql_column_name(report, rows, (int)c, error);
        if (name == NULL)
            return false;
        grid->names[c] = arena_print(arena, "%s", name);
    }
    return true;
}

bool grid_load_with(struct report *report, struct arena *arena, struct grid *grid,
                    const char *query, const struct sql_value *values, size_t count,
                    struct cb_error *error)
{
    sqlite3_stmt *rows = sql_prepare_with(report, query, values, count, error);
    if (rows == NULL)
        return false;
    *grid = (struct grid){.columns = (size_t)sqlite3_column_count(rows)};
    bool ok = load_names(report, arena, grid, rows, error) &&
              load_rows(report, arena, grid, rows, error);
    sqlite3_finalize(rows);
    if (ok && arena->failed)
        return cb_error_set(error, CB_IO, "out of memory");
    return ok;
}

bool grid_same(const struct grid *grid, size_t row, size_t other, size_t column)
{
    const struct cell *a = grid_cell(grid, row, column);
    const struct cell *b = grid_cell(grid, other, column);
    return a->type == b->type && strcmp(a->text, b->text) == 0;
}
