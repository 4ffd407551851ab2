#include "model/bills.h"

#include <stdlib.h>

#define CHUNK 4096 /* bills per allocation: pointers to a bill stay good as the table grows */

/* A table of equal rows, by number from 0; rows appear zeroed. */
struct table {
    char **chunks;
    size_t chunk_count, chunk_capacity, row_size;
    bool failed;
};

struct late {
    int64_t mcycles[ACCOUNTS];
};

struct bills {
    struct table crossings; /* struct crossing_bill; written by who prepares */
    struct table later;     /* struct late; written by who settles */
    uint32_t count;
};

static bool add_chunk(struct table *table)
{
    if (table->chunk_count == table->chunk_capacity) {
        size_t capacity = table->chunk_capacity != 0 ? table->chunk_capacity * 2 : 64;
        char **chunks = realloc(table->chunks, capacity * sizeof *chunks);
        if (chunks == NULL)
            return false;
        table->chunks = chunks;
        table->chunk_capacity = capacity;
    }
    char *chunk = calloc(CHUNK, table->row_size);
    if (chunk == NULL)
        return false;
    table->chunks[table->chunk_count++] = chunk;
    return true;
}

static void *row(struct table *table, size_t number)
{
    while (number / CHUNK >= table->chunk_count) {
        if (table->failed || !add_chunk(table)) {
            table->failed = true;
            return NULL;
        }
    }
    return table->chunks[number / CHUNK] + number % CHUNK * table->row_size;
}

static void table_free(struct table *table)
{
    for (size_t i = 0; i < table->chunk_count; i++)
        free(table->chunks[i]);
    free(table->chunks);
}

struct bills *bills_create(void)
{
    struct bills *bills = calloc(1, sizeof *bills);
    if (bills == NULL)
        return NULL;
    bills->crossings.row_size = sizeof(struct crossing_bill);
    bills->later.row_size = sizeof(struct late);
    return bills;
}

void bills_free(struct bills *bills)
{
    if (bills == NULL)
        return;
    table_free(&bills->crossings);
    table_free(&bills->later);
    free(bills);
}

bool bills_failed(const struct bills *bills)
{
    return bills->crossings.failed || bills->later.failed;
}

/* Instructions may have been charged before the crossing is open: stubs run before the
 * trap. So a row keeps what it already has. */
uint32_t bills_open(struct bills *bills, const struct crossing_bill *crossing)
{
    uint32_t number = bills->count + 1;
    struct crossing_bill *bill = row(&bills->crossings, number);
    if (bill == NULL)
        return number;
    bills->count = number;
    bill->number = number;
    bill->parent = crossing->parent;
    bill->thread = crossing->thread;
    bill->domain = crossing->domain;
    bill->kind = crossing->kind;
    bill->phase = crossing->phase;
    bill->record = crossing->record;
    return number;
}

struct crossing_bill *bills_crossing(struct bills *bills, uint32_t number)
{
    if (number == 0 || number > bills->count)
        return NULL;
    return row(&bills->crossings, number);
}

void bills_instruction(struct bills *bills, uint32_t number, enum account account,
                       int64_t mcycles)
{
    struct crossing_bill *bill = number != 0 ? row(&bills->crossings, number) : NULL;
    if (bill == NULL)
        return;
    bill->instructions++;
    bill->mcycles[account] += mcycles;
}

void bills_charge(struct bills *bills, uint32_t number, enum account account,
                  int64_t mcycles)
{
    struct late *late = number != 0 ? row(&bills->later, number) : NULL;
    if (late != NULL)
        late->mcycles[account] += mcycles;
}

static bool whole_bill(struct bills *bills, uint32_t number, struct crossing_bill *whole)
{
    const struct crossing_bill *bill = row(&bills->crossings, number);
    const struct late *late = row(&bills->later, number);
    if (bill == NULL || late == NULL)
        return false;
    *whole = *bill;
    for (enum account account = 0; account < ACCOUNTS; account++)
        whole->mcycles[account] += late->mcycles[account];
    return true;
}

bool bills_each(struct bills *bills,
                bool (*visit)(void *context, const struct crossing_bill *bill),
                void *context)
{
    for (uint32_t number = 1; number <= bills->count; number++) {
        struct crossing_bill bill;
        if (!whole_bill(bills, number, &bill) || !visit(context, &bill))
            return false;
    }
    return true;
}

/* ---- summaries ---- */

/* Values of one quantity for every crossing, grouped by phase and kind. */
struct values {
    int64_t *value;
    size_t count;
};

enum quantity { QUANTITY_EXPLICIT, QUANTITY_IMPLICIT, QUANTITY_TOTAL, QUANTITIES };

struct summary {
    struct ledger *ledger;
    struct values values[LEDGER_PHASES][CROSSING_KINDS][QUANTITIES];
};

static bool count_bill(void *context, const struct crossing_bill *bill)
{
    struct summary *summary = context;
    for (enum quantity q = 0; q < QUANTITIES; q++)
        summary->values[bill->phase][bill->kind][q].count++;
    return true;
}

static bool add_bill(void *context, const struct crossing_bill *bill)
{
    struct summary *summary = context;
    struct crossing_summary *kind = &summary->ledger->phase[bill->phase].crossings[bill->kind];
    struct values *values = summary->values[bill->phase][bill->kind];
    int64_t sum[GROUPS] = {0};
    for (enum account account = 0; account < ACCOUNTS; account++) {
        kind->account_mcycles[account] += bill->mcycles[account];
        sum[account_group(account)] += bill->mcycles[account];
    }
    kind->count++;
    kind->instructions += bill->instructions;
    int64_t is[QUANTITIES] = {[QUANTITY_EXPLICIT] = sum[GROUP_EXPLICIT],
                              [QUANTITY_IMPLICIT] = sum[GROUP_IMPLICIT],
                              [QUANTITY_TOTAL] = sum[GROUP_EXPLICIT] + sum[GROUP_IMPLICIT]};
    for (enum quantity q = 0; q < QUANTITIES; q++)
        values[q].value[values[q].count++] = is[q];
    return true;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t percentile(const struct values *values, size_t percent)
{
    return values->value[(values->count * percent + 99) / 100 - 1];
}

static struct distribution distribute(struct values *values)
{
    struct distribution result = {.count = (int64_t)values->count};
    if (values->count == 0)
        return result;
    qsort(values->value, values->count, sizeof *values->value, compare);
    for (size_t i = 0; i < values->count; i++)
        result.sum += values->value[i];
    result.min = values->value[0];
    result.median = percentile(values, 50);
    result.p90 = percentile(values, 90);
    result.p99 = percentile(values, 99);
    result.max = values->value[values->count - 1];
    return result;
}

static bool allocate(struct summary *summary)
{
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t kind = 0; kind < CROSSING_KINDS; kind++)
            for (size_t q = 0; q < QUANTITIES; q++) {
                struct values *values = &summary->values[phase][kind][q];
                values->value = calloc(values->count + 1, sizeof *values->value);
                values->count = 0;
                if (values->value == NULL)
                    return false;
            }
    return true;
}

static void finish(struct summary *summary)
{
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t kind = 0; kind < CROSSING_KINDS; kind++) {
            struct crossing_summary *to = &summary->ledger->phase[phase].crossings[kind];
            struct values *values = summary->values[phase][kind];
            to->explicit_cost = distribute(&values[QUANTITY_EXPLICIT]);
            to->implicit_cost = distribute(&values[QUANTITY_IMPLICIT]);
            to->total = distribute(&values[QUANTITY_TOTAL]);
        }
}

bool bills_summarise(struct bills *bills, struct ledger *ledger)
{
    struct summary *summary = calloc(1, sizeof *summary);
    if (summary == NULL)
        return false;
    summary->ledger = ledger;
    bool good = bills_each(bills, count_bill, summary) && allocate(summary) &&
                bills_each(bills, add_bill, summary);
    if (good)
        finish(summary);
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t kind = 0; kind < CROSSING_KINDS; kind++)
            for (size_t q = 0; q < QUANTITIES; q++)
                free(summary->values[phase][kind][q].value);
    free(summary);
    return good;
}
