#include "model/bill_table.h"

#include <stdlib.h>
#include <string.h>

bool bill_table_init(struct bill_table *table)
{
    *table = (struct bill_table){0};
    table->window = calloc(BILL_WINDOW, sizeof *table->window);
    table->deltas = malloc(BILL_DELTAS * sizeof *table->deltas);
    if (table->window != NULL && table->deltas != NULL)
        return true;
    bill_table_free(table);
    return false;
}

void bill_table_free(struct bill_table *table)
{
    if (table->rows != NULL)
        fclose(table->rows);
    if (table->runs != NULL)
        fclose(table->runs);
    free(table->window);
    free(table->deltas);
    *table = (struct bill_table){0};
}

/* ---- rows ---- */

/* A row in the file: its fixed fields, a bit per nonzero amount, the amounts. Most rows
 * have few, and a trace can have many millions of rows. */
static bool write_row(FILE *file, const struct crossing_bill *row)
{
    int64_t amounts[ACCOUNTS];
    uint32_t present = 0;
    size_t count = 0;
    for (size_t i = 0; i < ACCOUNTS; i++) {
        if (row->mcycles[i] == 0)
            continue;
        present |= 1u << i;
        amounts[count++] = row->mcycles[i];
    }
    return fwrite(row, offsetof(struct crossing_bill, mcycles), 1, file) == 1 &&
           fwrite(&present, sizeof present, 1, file) == 1 &&
           fwrite(amounts, sizeof *amounts, count, file) == count;
}

static bool read_row(FILE *file, struct crossing_bill *row)
{
    int64_t amounts[ACCOUNTS];
    uint32_t present;
    memset(row, 0, sizeof *row);
    if (fread(row, offsetof(struct crossing_bill, mcycles), 1, file) != 1 ||
        fread(&present, sizeof present, 1, file) != 1)
        return false;
    size_t count = (size_t)__builtin_popcount(present), next = 0;
    if (count > ACCOUNTS || fread(amounts, sizeof *amounts, count, file) != count)
        return false;
    for (size_t i = 0; i < ACCOUNTS; i++)
        if ((present & 1u << i) != 0)
            row->mcycles[i] = amounts[next++];
    return true;
}

static bool spill(struct bill_table *table)
{
    if (table->rows == NULL && (table->rows = tmpfile()) == NULL)
        return false;
    struct crossing_bill *row = &table->window[table->first % BILL_WINDOW];
    if (!write_row(table->rows, row))
        return false;
    memset(row, 0, sizeof *row);
    table->first++;
    return true;
}

struct crossing_bill *bill_table_row(struct bill_table *table, uint32_t number)
{
    if (number < table->first || table->failed)
        return NULL;
    while (number - table->first >= BILL_WINDOW) {
        if (spill(table))
            continue;
        table->failed = true;
        return NULL;
    }
    if (number >= table->end)
        table->end = number + 1;
    return &table->window[number % BILL_WINDOW];
}

/* ---- deltas ---- */

static int compare(const void *a, const void *b)
{
    const struct bill_delta *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->account > y->account) - (x->account < y->account);
}

/* Sort what is in memory and add up what goes to the same place. */
static void combine(struct bill_table *table)
{
    struct bill_delta *deltas = table->deltas;
    qsort(deltas, table->delta_count, sizeof *deltas, compare);
    size_t kept = 0;
    for (size_t i = 0; i < table->delta_count; i++) {
        if (kept > 0 && compare(&deltas[kept - 1], &deltas[i]) == 0)
            deltas[kept - 1].amount += deltas[i].amount;
        else
            deltas[kept++] = deltas[i];
    }
    table->delta_count = kept;
}

static bool write_run(struct bill_table *table)
{
    if (table->run_count == BILL_RUNS ||
        (table->runs == NULL && (table->runs = tmpfile()) == NULL))
        return false;
    struct bill_run *run = &table->run[table->run_count++];
    run->start = ftell(table->runs);
    run->count = table->delta_count;
    bool good = fwrite(table->deltas, sizeof *table->deltas, run->count, table->runs) ==
                run->count;
    table->delta_count = 0;
    return good;
}

static void add_delta(struct bill_table *table, const struct bill_delta *delta)
{
    if (table->delta_count == BILL_DELTAS) {
        combine(table);
        if (table->delta_count > BILL_DELTAS / 2 && !write_run(table)) {
            table->failed = true;
            return;
        }
    }
    table->deltas[table->delta_count++] = *delta;
}

static void apply(struct crossing_bill *row, const struct bill_delta *delta)
{
    if (delta->account == BILL_OF_COUNT)
        row->instructions += delta->amount;
    else
        row->mcycles[delta->account] += delta->amount;
}

void bill_table_add(struct bill_table *table, uint32_t number, uint32_t account,
                    int64_t amount)
{
    struct bill_delta delta = {.number = number, .account = account, .amount = amount};
    struct crossing_bill *row = bill_table_row(table, number);
    if (row != NULL)
        apply(row, &delta);
    else if (!table->failed)
        add_delta(table, &delta);
}

/* ---- reading ---- */

/* The next delta of a run, from the file; one past the end has the number UINT32_MAX. */
static bool advance(struct bill_table *table, struct bill_run *run)
{
    run->next.number = UINT32_MAX;
    if (run->read == run->count)
        return true;
    long at = run->start + (long)(run->read * sizeof run->next);
    run->read++;
    return fseek(table->runs, at, SEEK_SET) == 0 &&
           fread(&run->next, sizeof run->next, 1, table->runs) == 1;
}

bool bill_table_rewind(struct bill_table *table)
{
    combine(table);
    if (table->rows != NULL &&
        (fflush(table->rows) != 0 || fseek(table->rows, 0, SEEK_SET)))
        return false;
    table->reading = 0;
    for (size_t i = 0; i < table->run_count; i++) {
        table->run[i].read = 0;
        if (!advance(table, &table->run[i]))
            return false;
    }
    return !table->failed;
}

static bool apply_runs(struct bill_table *table, uint32_t number,
                       struct crossing_bill *row)
{
    for (size_t i = 0; i < table->run_count; i++) {
        struct bill_run *run = &table->run[i];
        while (run->next.number == number) {
            apply(row, &run->next);
            if (!advance(table, run))
                return false;
        }
    }
    return true;
}

/* Those still in memory are sorted: find the row's first. */
static void apply_memory(const struct bill_table *table, uint32_t number,
                         struct crossing_bill *row)
{
    size_t low = 0, high = table->delta_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table->deltas[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < table->delta_count && table->deltas[low].number == number; low++)
        apply(row, &table->deltas[low]);
}

bool bill_table_next(struct bill_table *table, struct crossing_bill *row)
{
    uint32_t number = table->reading++;
    if (number < table->first) {
        if (!read_row(table->rows, row))
            return false;
    } else if (number < table->end) {
        *row = table->window[number % BILL_WINDOW];
    } else {
        memset(row, 0, sizeof *row);
    }
    apply_memory(table, number, row);
    return apply_runs(table, number, row);
}
