/* bill_table.h - rows of bills by number, in constant memory.
 *
 * The newest rows are in memory; older ones go to a temporary file, in order. A charge to
 * a row that is already there is noted as a delta; deltas are sorted and written in runs.
 * Reading goes once through everything in order of number, rows and runs merged.
 */
#ifndef CROSSBILL_BILL_TABLE_H
#define CROSSBILL_BILL_TABLE_H

#include "model/model.h"

#include <stdio.h>

#define BILL_WINDOW     32768  /* rows in memory */
#define BILL_DELTAS     262144 /* deltas in memory; two of them make a run */
#define BILL_RUNS       1024   /* more late charges than a trace has ever had */
#define BILL_OF_COUNT   ACCOUNTS /* the "account" of a delta to the instruction count */

struct bill_delta {
    uint32_t number;
    uint32_t account; /* enum account, or BILL_OF_COUNT */
    int64_t amount;
};

struct bill_run {
    long start;
    size_t count;
    size_t read; /* while reading */
    struct bill_delta next;
};

struct bill_table {
    struct crossing_bill *window; /* [BILL_WINDOW], row n at n % BILL_WINDOW */
    uint32_t first, end;          /* rows first .. end - 1 are in memory */
    FILE *rows;                   /* rows 0 .. first - 1 */
    struct bill_delta *deltas;    /* [BILL_DELTAS] */
    size_t delta_count;
    FILE *runs;
    struct bill_run run[BILL_RUNS];
    size_t run_count;
    uint32_t reading; /* next row to be read */
    bool failed;      /* no memory, or the temporary file cannot be written */
};

bool bill_table_init(struct bill_table *table);
void bill_table_free(struct bill_table *table);

/* Row `number` if it is in memory, or can come into being there; NULL for an old one. */
struct crossing_bill *bill_table_row(struct bill_table *table, uint32_t number);
void bill_table_add(struct bill_table *table, uint32_t number, uint32_t account,
                    int64_t amount);

/* Start reading from row 0; nothing may be added after the first start. */
bool bill_table_rewind(struct bill_table *table);
/* The next row with all its deltas; a row that never was is zero. */
bool bill_table_next(struct bill_table *table, struct crossing_bill *row);

#endif
