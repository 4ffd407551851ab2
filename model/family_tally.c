#include "model/family_tally.h"

#include <stdlib.h>

bool tally_init(struct tally *tally, const uint32_t *depths, size_t columns,
                size_t domains)
{
    *tally = (struct tally){.domains = domains, .columns = columns};
    tally->column = calloc(columns, sizeof *tally->column);
    if (tally->column == NULL)
        return false;
    for (size_t i = 0; i < columns; i++) {
        struct tally_column *column = &tally->column[i];
        column->sizes = depths[i] + (size_t)1;
        column->cells = calloc(LEDGER_PHASES * domains * SIDES * ACCOUNTS * column->sizes,
                               sizeof *column->cells);
        if (column->cells == NULL)
            return false;
    }
    return true;
}

void tally_free(struct tally *tally)
{
    for (size_t i = 0; tally->column != NULL && i < tally->columns; i++)
        free(tally->column[i].cells);
    free(tally->column);
    *tally = (struct tally){0};
}

static int64_t *cells_of(const struct tally *tally, size_t column, enum trace_phase phase,
                         size_t domain, enum side side)
{
    const struct tally_column *is = &tally->column[column];
    size_t line = ((size_t)phase * tally->domains + domain) * SIDES + side;
    return is->cells + line * ACCOUNTS * is->sizes;
}

const int64_t *tally_line(const struct tally *tally, size_t column,
                          enum trace_phase phase, size_t domain, enum account account,
                          enum side side)
{
    return cells_of(tally, column, phase, domain, side) +
           (size_t)account * tally->column[column].sizes;
}

void tally_finish(struct tally *tally)
{
    size_t lines = LEDGER_PHASES * tally->domains * SIDES * ACCOUNTS;
    for (size_t i = 0; i < tally->columns; i++) {
        size_t sizes = tally->column[i].sizes;
        int64_t *cells = tally->column[i].cells;
        for (size_t line = 0; line < lines; line++, cells += sizes)
            for (size_t d = sizes - 1; d-- > 0;)
                cells[d] += cells[d + 1];
    }
}

/* ---- adding: the accounts are those of settle.c ---- */

/* Where an access's misses in a column go. */
struct sums {
    int64_t *cells; /* [account][size] */
    size_t sizes;
};

static void add(const struct sums *sums, enum account account, uint32_t from, uint32_t to,
                int64_t count)
{
    if (from >= to)
        return;
    int64_t *cells = sums->cells + (size_t)account * sums->sizes;
    cells[to] += count;
    cells[from] -= count;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void add_work(const struct sums *sums, const struct tally_access *access,
                     const struct tally_entry *entry)
{
    add(sums, ACCOUNT_WORK, 0, entry->solo, 1);
    if (entry->shared == entry->merged && entry->merged == entry->solo)
        return;
    add(sums, ACCOUNT_COMPETITION, entry->solo, entry->merged, 1);
    add(sums, ACCOUNT_COMPETITION_CREDIT, entry->merged, entry->solo, -1);
    add(sums, access->foreign ? ACCOUNT_CREDIT_SHARED : ACCOUNT_CREDIT_POLICY,
        entry->shared, entry->merged, -1);
    uint32_t evicted = smaller(entry->shared, entry->flushed_above);
    if (access->walk_only)
        evicted = access->walk_refills ? 0 : entry->shared;
    add(sums, ACCOUNT_DISPLACED, entry->merged, evicted, 1);
    add(sums, ACCOUNT_REFILL, larger(entry->merged, evicted), entry->shared, 1);
}

static void add_path(const struct sums *sums, const struct tally_access *access,
                     const struct tally_entry *entry)
{
    if (!access->known) {
        add(sums, ACCOUNT_PATH_COLD, 0, entry->shared, 1);
        return;
    }
    uint32_t evicted = smaller(entry->shared, entry->flushed_above);
    for (uint32_t from = 0; from < evicted;) {
        bool path = stack_lost(access->stack, entry->column, access->key, from + 1);
        uint32_t to = from + 1;
        while (to < evicted &&
               stack_lost(access->stack, entry->column, access->key, to + 1) == path)
            to++;
        add(sums, path ? ACCOUNT_PATH_CAPACITY : ACCOUNT_PATH_DISPLACED, from, to, 1);
        from = to;
    }
    add(sums, ACCOUNT_PATH_REFILL, evicted, entry->shared, 1);
}

void tally_add(struct tally *tally, const struct tally_access *access,
               const struct tally_entry *entry)
{
    const struct ref *ref = access->ref;
    struct sums sums = {
        .cells = cells_of(tally, entry->column, access->phase, ref->domain, access->side),
        .sizes = tally->column[entry->column].sizes};
    if (ref_is_work(ref))
        add_work(&sums, access, entry);
    else if ((ref->flags & REF_IDLE) != 0)
        add(&sums, ACCOUNT_IDLE, 0, entry->shared, 1);
    else
        add_path(&sums, access, entry);
}
