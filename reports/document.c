#include "document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block *document_add(struct document *document, enum block_kind kind,
                           const char *text)
{
    struct block *block = arena_array(&document->arena, 1, struct block);
    if (block == NULL)
        return NULL;
    block->kind = kind;
    block->text = text;
    if (document->last != NULL)
        document->last->next = block;
    else
        document->first = block;
    document->last = block;
    return block;
}

/* Whether some row has something to say in this column. */
static bool column_is_used(const struct grid *grid, size_t column)
{
    for (size_t row = 0; row < grid->rows; row++)
        if (grid_cell(grid, row, column)->type != CELL_NULL)
            return true;
    return false;
}

/* As many decimals as some number in the column needs, and at most those of the column:
 * 12.000 above 7.000 is 12 above 7. */
static int decimals_needed(const struct grid *grid, size_t column, int most)
{
    int needed = most < 0 ? most : 0;
    for (size_t row = 0; row < grid->rows && needed < most; row++) {
        char digits[400];
        const struct cell *cell = grid_cell(grid, row, column);
        if (cell->type != CELL_NUMBER)
            continue;
        snprintf(digits, sizeof digits, "%.*f", most, cell->number);
        int own = most;
        for (size_t end = strlen(digits); own > needed && digits[end - 1] == '0'; end--)
            own--;
        needed = own;
    }
    return needed;
}

/* Leave out the columns that are null throughout: a machine without an L3. */
static bool settle_columns(struct arena *arena, struct table *table)
{
    struct grid *grid = &table->grid;
    struct column *columns = arena_array(arena, grid->columns, struct column);
    struct cell *cells = arena_array(arena, grid->columns * grid->rows, struct cell);
    size_t *used = arena_array(arena, grid->columns, size_t), count = 0;
    if (columns == NULL || cells == NULL || used == NULL)
        return false;
    for (size_t c = 0; c < grid->columns; c++) {
        if (!column_is_used(grid, c))
            continue;
        columns[count] = table->columns[c];
        columns[count].decimals = decimals_needed(grid, c, columns[count].decimals);
        used[count++] = c;
    }
    for (size_t row = 0; row < grid->rows; row++)
        for (size_t c = 0; c < count; c++)
            cells[row * count + c] = *grid_cell(grid, row, used[c]);
    grid->cells = cells;
    grid->columns = count;
    table->columns = columns;
    return true;
}

bool document_table(struct document *document, const char *caption, bool folded,
                    const struct column *columns, const char *query,
                    const struct sql_value *values, size_t count, struct cb_error *error)
{
    struct grid grid;
    if (!grid_load_with(document->report, &document->arena, &grid, query, values, count,
                        error))
        return false;
    if (grid.rows == 0)
        return true;
    struct block *block = document_add(document, BLOCK_TABLE, caption);
    if (block == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    block->folded = folded;
    block->table = (struct table){.columns = columns, .grid = grid};
    if (!settle_columns(&document->arena, &block->table))
        return cb_error_set(error, CB_IO, "out of memory");
    return true;
}

static struct drawing *next_drawing(struct document *document)
{
    if (document->drawing_count == document->drawing_capacity)
        return NULL;
    return &document->drawings[document->drawing_count++];
}

static bool add_chart(struct document *document, const struct chart_instance *instance,
                      const char *below, struct cb_error *error)
{
    struct drawing *drawing = next_drawing(document);
    if (drawing == NULL)
        return cb_error_set(error, CB_IO, "a chart stands in two places");
    if (!chart_build(instance, drawing, error))
        return false;
    if (drawing->empty)
        return true;
    struct block *block = document_add(document, BLOCK_CHART, below);
    if (block == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    block->chart = drawing->chart;
    block->chart_name = instance->name;
    return true;
}

struct chart_subject document_machine(const struct document *document, size_t machine)
{
    return (struct chart_subject){.report = document->report,
                                  .machine = document->machine_ids[machine],
                                  .label = document->machines[machine]};
}

bool document_charts(struct document *document, const char *kind, const char *below,
                     struct cb_error *error)
{
    for (size_t i = 0; i < document->instance_count; i++)
        if (strcmp(document->instances[i].kind->name, kind) == 0 &&
            !add_chart(document, &document->instances[i], below, error))
            return false;
    return true;
}

bool document_charts_of_one(struct document *document, const char *kind,
                            const char *below, struct cb_error *error)
{
    const struct chart_instance *first = NULL;
    for (size_t i = 0; i < document->instance_count; i++) {
        const struct chart_instance *instance = &document->instances[i];
        if (strcmp(instance->kind->name, kind) != 0)
            continue;
        first = first != NULL ? first : instance;
        if (instance->subject.machine == first->subject.machine &&
            !add_chart(document, instance, below, error))
            return false;
    }
    return true;
}

static bool load_machines(struct document *document, struct cb_error *error)
{
    struct grid grid;
    if (!grid_load_with(document->report, &document->arena, &grid,
                        "SELECT DISTINCT machine_id, machine FROM replay_list"
                        " WHERE state = 'done' ORDER BY machine",
                        NULL, 0, error))
        return false;
    document->machine_ids = arena_array(&document->arena, grid.rows + 1, int64_t);
    document->machines = arena_array(&document->arena, grid.rows + 1, const char *);
    if (document->machine_ids == NULL || document->machines == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    document->machine_count = grid.rows;
    for (size_t i = 0; i < grid.rows; i++) {
        document->machine_ids[i] = (int64_t)grid_number(&grid, i, 0);
        document->machines[i] = grid_text(&grid, i, 1);
    }
    return true;
}

static bool prepare(struct document *document, struct cb_error *error)
{
    if (!load_machines(document, error) ||
        !chart_list(document->report, &document->arena, &document->instances,
                    &document->instance_count, error))
        return false;
    document->drawing_capacity = document->instance_count;
    document->drawings = calloc(document->drawing_capacity + 1, sizeof(struct drawing));
    if (document->drawings == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    return true;
}

bool document_open(struct report *report, struct document *document,
                   struct cb_error *error)
{
    *document =
        (struct document){.report = report, .title = "What crossing the border costs"};
    return prepare(document, error) || document_end(document, false, error);
}

bool document_build(struct report *report, struct document *document,
                    struct cb_error *error)
{
    static chapter *const chapters[] = {
        chapter_summary, chapter_crossings, chapter_spaces, chapter_ipc,
        chapter_memory,  chapter_matrix,    chapter_sweeps, chapter_closed_form,
        chapter_claims,  chapter_provenance};
    *document =
        (struct document){.report = report, .title = "What crossing the border costs"};
    bool ok = prepare(document, error);
    for (size_t i = 0; ok && i < sizeof chapters / sizeof chapters[0]; i++)
        ok = chapters[i](document, error);
    return (ok && !document->arena.failed) || document_end(document, ok, error);
}

bool document_end(struct document *document, bool ok, struct cb_error *error)
{
    for (size_t i = 0; i < document->drawing_count; i++)
        arena_free(&document->drawings[i].arena);
    free(document->drawings);
    ok = arena_end(&document->arena, ok, error);
    *document = (struct document){0};
    return ok;
}
