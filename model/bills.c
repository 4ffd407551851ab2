#include "model/bills.h"

#include "model/bill_table.h"
#include "model/map.h"
#include "model/parents.h"
#include "model/rollup.h"

#include <stdlib.h>

struct bills {
    struct bill_table crossings; /* written by who prepares */
    struct bill_table later;     /* written by who settles: only the amounts count */
    uint32_t count;
};

struct bills *bills_create(void)
{
    struct bills *bills = calloc(1, sizeof *bills);
    if (bills == NULL)
        return NULL;
    if (bill_table_init(&bills->crossings) && bill_table_init(&bills->later))
        return bills;
    bills_free(bills);
    return NULL;
}

void bills_free(struct bills *bills)
{
    if (bills == NULL)
        return;
    bill_table_free(&bills->crossings);
    bill_table_free(&bills->later);
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
    uint32_t number = ++bills->count;
    struct crossing_bill *bill = bill_table_row(&bills->crossings, number);
    if (bill == NULL)
        return number;
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
    return bill_table_row(&bills->crossings, number);
}

void bills_instructions(struct bills *bills, uint32_t number, enum account account,
                        int64_t count, int64_t mcycles)
{
    if (number == 0)
        return;
    bill_table_add(&bills->crossings, number, account, mcycles);
    bill_table_add(&bills->crossings, number, BILL_OF_COUNT, count);
}

void bills_charge(struct bills *bills, uint32_t number, enum account account,
                  int64_t mcycles)
{
    if (number != 0)
        bill_table_add(&bills->later, number, account, mcycles);
}

/* Rows 0, and the one after the last, belong to no crossing: nobody's stubs. */
bool bills_each(struct bills *bills,
                bool (*visit)(void *context, const struct crossing_bill *bill),
                void *context)
{
    if (!bill_table_rewind(&bills->crossings) || !bill_table_rewind(&bills->later))
        return false;
    for (uint32_t number = 0; number <= bills->count; number++) {
        struct crossing_bill bill, late;
        if (!bill_table_next(&bills->crossings, &bill) ||
            !bill_table_next(&bills->later, &late))
            return false;
        for (enum account account = 0; account < ACCOUNTS; account++)
            bill.mcycles[account] += late.mcycles[account];
        if (number > 0 && !visit(context, &bill))
            return false;
    }
    return true;
}

/* ---- summaries ---- */

enum quantity {
    QUANTITY_EXPLICIT,
    QUANTITY_IMPLICIT,
    QUANTITY_TOTAL,
    QUANTITY_WITH_CHILDREN,
    QUANTITIES
};

/* How often each value occurred, for every phase, kind and quantity: as many entries as
 * there are different values, however many crossings there are. */
struct summary {
    struct ledger *ledger;
    struct rollup rollup;
    struct parents parents;
    struct map times[LEDGER_PHASES][CROSSING_KINDS][QUANTITIES];
};

/* Map keys that sort as the signed values do. */
static uint64_t key_of(int64_t value)
{
    return (uint64_t)value ^ (UINT64_C(1) << 63);
}

static int64_t value_of(uint64_t key)
{
    return (int64_t)(key ^ (UINT64_C(1) << 63));
}

static bool count_value(struct summary *summary, unsigned phase, unsigned kind,
                        enum quantity quantity, int64_t value)
{
    struct map *times = &summary->times[phase][kind][quantity];
    uint64_t key = key_of(value);
    map_put(times, key, map_get(times, key, 0) + 1);
    return !times->failed;
}

static bool count_rolled_up(void *context, const struct rollup_visit *visit)
{
    struct summary *summary = context;
    const struct rollup_item *item = visit->item;
    struct parents_bill bill = {.number = visit->number,
                                .parent = item->parent,
                                .phase = item->phase,
                                .kind = item->kind,
                                .mcycles = visit->own};
    return count_value(summary, item->phase, item->kind, QUANTITY_WITH_CHILDREN,
                       item->mcycles) &&
           parents_add(&summary->parents, &bill, summary->ledger);
}

static bool add_bill(void *context, const struct crossing_bill *bill)
{
    struct summary *summary = context;
    struct crossing_summary *kind =
        &summary->ledger->phase[bill->phase].crossings[bill->kind];
    int64_t sum[GROUPS] = {0};
    for (enum account account = 0; account < ACCOUNTS; account++) {
        kind->account_mcycles[account] += bill->mcycles[account];
        sum[account_group(account)] += bill->mcycles[account];
    }
    kind->count++;
    kind->instructions += bill->instructions;
    int64_t is[QUANTITY_WITH_CHILDREN] = {[QUANTITY_EXPLICIT] = sum[GROUP_EXPLICIT],
                                          [QUANTITY_IMPLICIT] = sum[GROUP_IMPLICIT],
                                          [QUANTITY_TOTAL] =
                                              sum[GROUP_EXPLICIT] + sum[GROUP_IMPLICIT]};
    for (enum quantity q = 0; q < QUANTITY_WITH_CHILDREN; q++)
        if (!count_value(summary, bill->phase, bill->kind, q, is[q]))
            return false;
    struct rollup_item item = {.mcycles = is[QUANTITY_TOTAL],
                               .parent = bill->parent,
                               .phase = bill->phase,
                               .kind = bill->kind};
    return rollup_add(&summary->rollup, &item);
}

static int compare(const void *a, const void *b)
{
    const struct map_entry *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

/* The value of rank ceil(count * percent / 100), from 1. */
static int64_t percentile(const struct map_entry *sorted, int64_t count, int64_t percent)
{
    int64_t rank = (count * percent + 99) / 100, seen = 0;
    size_t i = 0;
    while ((seen += (int64_t)sorted[i].value) < rank)
        i++;
    return value_of(sorted[i].key);
}

/* Unused entries of the map have the largest key, so they sort to the end. */
static struct distribution distribute(struct map *times)
{
    struct distribution result = {0};
    if (times->count == 0)
        return result;
    struct map_entry *sorted = times->entries;
    qsort(sorted, times->capacity, sizeof *sorted, compare);
    for (size_t i = 0; i < times->count; i++) {
        result.count += (int64_t)sorted[i].value;
        result.sum += value_of(sorted[i].key) * (int64_t)sorted[i].value;
    }
    result.min = value_of(sorted[0].key);
    result.median = percentile(sorted, result.count, 50);
    result.p90 = percentile(sorted, result.count, 90);
    result.p99 = percentile(sorted, result.count, 99);
    result.max = value_of(sorted[times->count - 1].key);
    return result;
}

/* Values of one bin have the same quotient by its width, rounded down. */
static size_t bins_needed(const struct map_entry *sorted, size_t count, unsigned shift)
{
    size_t bins = 0;
    for (size_t i = 0; i < count; i++)
        bins += i == 0 ||
                value_of(sorted[i].key) >> shift != value_of(sorted[i - 1].key) >> shift;
    return bins;
}

/* Of values that distribute() has sorted. False without memory. */
static bool count_bins(const struct map *times, struct histogram *histogram)
{
    const struct map_entry *sorted = times->entries;
    unsigned shift = 0;
    while (bins_needed(sorted, times->count, shift) > HISTOGRAM_BINS)
        shift++;
    histogram->width = INT64_C(1) << shift;
    histogram->bins =
        calloc(bins_needed(sorted, times->count, shift) + 1, sizeof *histogram->bins);
    if (histogram->bins == NULL)
        return false;
    for (size_t i = 0; i < times->count; i++) {
        int64_t value = value_of(sorted[i].key), often = (int64_t)sorted[i].value;
        if (i == 0 || value >> shift != value_of(sorted[i - 1].key) >> shift)
            histogram->bins[histogram->count++].low = value;
        struct histogram_bin *bin = &histogram->bins[histogram->count - 1];
        bin->high = value;
        bin->count += often;
        bin->sum += value * often;
    }
    return true;
}

static bool finish(struct summary *summary)
{
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t kind = 0; kind < CROSSING_KINDS; kind++) {
            struct crossing_summary *to = &summary->ledger->phase[phase].crossings[kind];
            struct map *times = summary->times[phase][kind];
            to->explicit_cost = distribute(&times[QUANTITY_EXPLICIT]);
            to->implicit_cost = distribute(&times[QUANTITY_IMPLICIT]);
            to->total = distribute(&times[QUANTITY_TOTAL]);
            to->with_children = distribute(&times[QUANTITY_WITH_CHILDREN]);
            if (!count_bins(&times[QUANTITY_TOTAL],
                            &summary->ledger->phase[phase].histograms[kind]))
                return false;
        }
    return true;
}

bool bills_summarise(struct bills *bills, struct ledger *ledger)
{
    struct summary *summary = calloc(1, sizeof *summary);
    if (summary == NULL)
        return false;
    summary->ledger = ledger;
    bool good = rollup_init(&summary->rollup) && bills_each(bills, add_bill, summary) &&
                rollup_each(&summary->rollup, count_rolled_up, summary);
    good = good && finish(summary);
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t kind = 0; kind < CROSSING_KINDS; kind++)
            for (size_t q = 0; q < QUANTITIES; q++)
                map_free(&summary->times[phase][kind][q]);
    rollup_free(&summary->rollup);
    parents_free(&summary->parents);
    free(summary);
    return good;
}
