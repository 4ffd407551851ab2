#include "model/family.h"

#include "model/hierarchy.h"

#include <stdlib.h>

#define NOT_FLUSHED UINT32_MAX
#define NO_NUMBER   UINT32_MAX

/* What must be known of a key of the shared world beside its place in the stacks. */
struct shared_key {
    uint64_t space; /* tagged: the address space of the entry */
    bool global;    /* stays when the rest is flushed */
};

/* Why a key of the shared world is not resident in the sizes that do not hold it. */
struct column_memory {
    uint32_t *flushed_at; /* [key] sizes above this held it when it was flushed */
    uint64_t *by_path;    /* [key * words] bit A: size A lost it to the path */
    uint32_t words;
    int64_t *cells; /* the tally: see cells_of() */
};

struct family {
    struct family_shape shape;
    size_t domains;
    struct stack shared, merged, solo;
    struct map shared_numbers, merged_numbers; /* from keys to numbers */
    struct shared_key *shared_keys;
    size_t shared_capacity;
    struct column_memory *memory; /* [column] */
    uint32_t *positions[3];       /* [column] of one access, in the three worlds */
    struct tags tags;
    uint64_t space; /* the current one */
    bool logs;
    struct family_miss *log; /* positions are set when a miss is read */
    uint32_t *log_positions; /* [log_count * 3 * columns] */
    size_t log_count, log_room;
    uint64_t last_key;  /* of the last access, if it is first in all stacks now */
    uint32_t last_user; /* who made it: domain and role */
    bool failed;
};

/* ---- setting up ---- */

static bool create_memory(struct family *family)
{
    size_t columns = family->shared.column_count;
    family->memory = calloc(columns, sizeof *family->memory);
    if (family->memory == NULL)
        return false;
    for (size_t i = 0; i < columns; i++) {
        size_t sizes = family->shared.columns[i].depth + (size_t)1;
        family->memory[i].words = (uint32_t)(sizes / 64 + 1);
        family->memory[i].cells = calloc(
            LEDGER_PHASES * family->domains * ACCOUNTS * 2 * sizes, sizeof(int64_t));
        if (family->memory[i].cells == NULL)
            return false;
    }
    for (size_t world = 0; world < 3; world++) {
        family->positions[world] = calloc(columns, sizeof **family->positions);
        if (family->positions[world] == NULL)
            return false;
    }
    return true;
}

struct family *family_create(const struct family_shape *shape, const uint64_t *sets,
                             const uint32_t *depths, size_t columns, size_t domains)
{
    struct family *family = calloc(1, sizeof *family);
    if (family == NULL)
        return NULL;
    family->shape = *shape;
    family->domains = domains;
    family->last_key = KEY_EMPTY;
    if (stack_init(&family->shared, sets, depths, columns, 1) &&
        stack_init(&family->merged, sets, depths, columns, 1) &&
        stack_init(&family->solo, sets, depths, columns, domains) &&
        (!shape->tagged || tags_init(&family->tags, shape->asid_bits)) &&
        create_memory(family))
        return family;
    family_free(family);
    return NULL;
}

void family_free(struct family *family)
{
    if (family == NULL)
        return;
    for (size_t i = 0; family->memory != NULL && i < family->shared.column_count; i++) {
        free(family->memory[i].flushed_at);
        free(family->memory[i].by_path);
        free(family->memory[i].cells);
    }
    free(family->memory);
    free(family->shared_keys);
    free(family->log);
    free(family->log_positions);
    for (size_t world = 0; world < 3; world++)
        free(family->positions[world]);
    stack_free(&family->shared);
    stack_free(&family->merged);
    stack_free(&family->solo);
    map_free(&family->shared_numbers);
    map_free(&family->merged_numbers);
    tags_free(&family->tags);
    free(family);
}

bool family_failed(const struct family *family)
{
    return family->failed || family->shared_numbers.failed ||
           family->merged_numbers.failed;
}

/* ---- keys ---- */

static bool grow_columns(struct family *family, size_t from, size_t to)
{
    for (size_t i = 0; i < family->shared.column_count; i++) {
        struct column_memory *memory = &family->memory[i];
        uint32_t *flushed_at = realloc(memory->flushed_at, to * sizeof *flushed_at);
        if (flushed_at == NULL)
            return false;
        memory->flushed_at = flushed_at;
        memset(flushed_at + from, 0xff, (to - from) * sizeof *flushed_at);
        uint64_t *by_path =
            realloc(memory->by_path, to * memory->words * sizeof *by_path);
        if (by_path == NULL)
            return false;
        memory->by_path = by_path;
        memset(by_path + from * memory->words, 0,
               (to - from) * memory->words * sizeof *by_path);
    }
    return true;
}

static bool grow_shared(struct family *family)
{
    size_t from = family->shared_capacity, to = from != 0 ? 2 * from : 1024;
    struct shared_key *keys = realloc(family->shared_keys, to * sizeof *keys);
    if (keys == NULL)
        return false;
    family->shared_keys = keys;
    if (!grow_columns(family, from, to))
        return false;
    family->shared_capacity = to;
    return true;
}

/* A new number for the key, in the stacks that use these numbers. */
static uint32_t new_number(struct map *numbers, uint64_t key, struct stack *a,
                           struct stack *b)
{
    uint32_t number = (uint32_t)numbers->count;
    map_put(numbers, key, number);
    if (numbers->failed || !stack_reserve(a, number + (size_t)1) ||
        (b != NULL && !stack_reserve(b, number + (size_t)1)))
        return NO_NUMBER;
    return number;
}

static uint32_t new_shared(struct family *family, uint64_t key)
{
    if (family->shared_numbers.count == family->shared_capacity && !grow_shared(family))
        return NO_NUMBER;
    uint32_t number = new_number(&family->shared_numbers, key, &family->shared, NULL);
    if (number != NO_NUMBER)
        family->shared_keys[number] = (struct shared_key){
            .space = family->space, .global = (key & KEY_GLOBAL) != 0};
    return number;
}

static uint64_t shared_key(const struct family *family, const struct ref *ref,
                           uint64_t number)
{
    if (!family->shape.is_tlb)
        return number;
    number = page_key(number, ref->paddr >> PAGE_SHIFT);
    if (family->shape.global && (ref->flags & REF_GLOBAL) != 0)
        return number | KEY_GLOBAL;
    return family->shape.tagged ? number | family->space << PAGE_BITS : number;
}

/* ---- the tally ---- */

/* Misses are added up as a histogram over the largest size that misses: cell d counts
 * for all sizes up to d. A range of sizes (from, to] is +1 at `to` and -1 at `from`. */
static int64_t *cells_of(const struct family *family, size_t column,
                         enum trace_phase phase, size_t domain, enum account account,
                         enum side side)
{
    size_t at =
        (((size_t)phase * family->domains + domain) * ACCOUNTS + account) * 2 + side;
    return family->memory[column].cells +
           at * (family->shared.columns[column].depth + (size_t)1);
}

void family_finish(struct family *family)
{
    size_t lines = LEDGER_PHASES * family->domains * ACCOUNTS * 2;
    for (size_t i = 0; i < family->shared.column_count; i++) {
        size_t sizes = family->shared.columns[i].depth + (size_t)1;
        int64_t *cells = family->memory[i].cells;
        for (size_t line = 0; line < lines; line++, cells += sizes)
            for (size_t d = sizes - 1; d-- > 0;)
                cells[d] += cells[d + 1];
    }
}

int64_t family_count(const struct family *family, uint64_t sets, uint32_t ways,
                     enum trace_phase phase, size_t domain, enum account account,
                     enum side side)
{
    return cells_of(family, family_column(family, sets), phase, domain, account,
                    side)[ways];
}

/* One access in one column. */
struct entry {
    struct family *family;
    const struct ref *ref;
    size_t column;
    enum trace_phase phase;
    uint32_t shared, merged, solo; /* sizes up to these miss in that world */
    uint32_t number;               /* of the shared key; NO_NUMBER: it never was there */
    bool foreign;                  /* a hit in the shared world was a foreign one */
};

static void add(const struct entry *entry, enum account account, uint32_t from,
                uint32_t to, int64_t count)
{
    if (from >= to)
        return;
    enum side side = entry->ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    int64_t *cells = cells_of(entry->family, entry->column, entry->phase,
                              entry->ref->domain, account, side);
    cells[to] += count;
    cells[from] -= count;
}

/* Sizes above this had the key when it was flushed; sizes up to it had evicted it. */
static uint32_t flushed_above(const struct entry *entry)
{
    if (entry->number == NO_NUMBER)
        return NOT_FLUSHED;
    return entry->family->memory[entry->column].flushed_at[entry->number];
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void add_work(const struct entry *entry)
{
    uint32_t evicted = smaller(entry->shared, flushed_above(entry));
    add(entry, ACCOUNT_WORK, 0, entry->solo, 1);
    add(entry, ACCOUNT_COMPETITION, entry->solo, entry->merged, 1);
    add(entry, ACCOUNT_COMPETITION_CREDIT, entry->merged, entry->solo, -1);
    add(entry, ACCOUNT_DISPLACED, entry->merged, evicted, 1);
    add(entry, ACCOUNT_REFILL, larger(entry->merged, evicted), entry->shared, 1);
    add(entry, entry->foreign ? ACCOUNT_CREDIT_SHARED : ACCOUNT_CREDIT_POLICY,
        entry->shared, entry->merged, -1);
}

static bool lost_to_path(const struct entry *entry, uint32_t size)
{
    const struct column_memory *memory = &entry->family->memory[entry->column];
    const uint64_t *bits = memory->by_path + (size_t)entry->number * memory->words;
    return (bits[size / 64] >> size % 64 & 1) != 0;
}

static void add_path(const struct entry *entry)
{
    if (entry->number == NO_NUMBER) {
        add(entry, ACCOUNT_PATH_COLD, 0, entry->shared, 1);
        return;
    }
    uint32_t evicted = smaller(entry->shared, flushed_above(entry));
    for (uint32_t from = 0; from < evicted;) {
        bool path = lost_to_path(entry, from + 1);
        uint32_t to = from + 1;
        while (to < evicted && lost_to_path(entry, to + 1) == path)
            to++;
        add(entry, path ? ACCOUNT_PATH_CAPACITY : ACCOUNT_PATH_DISPLACED, from, to, 1);
        from = to;
    }
    add(entry, ACCOUNT_PATH_REFILL, evicted, entry->shared, 1);
}

static void tally(const struct entry *entry)
{
    if (ref_is_work(entry->ref))
        add_work(entry);
    else if ((entry->ref->flags & REF_IDLE) != 0)
        add(entry, ACCOUNT_IDLE, 0, entry->shared, 1);
    else
        add_path(entry);
}

/* ---- the three worlds ---- */

static void note_eviction(void *context, size_t column, uint32_t size, uint32_t key,
                          uint16_t culprit)
{
    struct column_memory *memory = &((struct family *)context)->memory[column];
    uint64_t *word = &memory->by_path[(size_t)key * memory->words + size / 64];
    uint64_t bit = UINT64_C(1) << size % 64;
    *word = culprit == ENTITY_PATH ? *word | bit : *word & ~bit;
}

static void fill_positions(struct family *family, size_t world, uint32_t position)
{
    for (size_t i = 0; i < family->shared.column_count; i++)
        family->positions[world][i] = position;
}

/* Returns the key's number as far as it was known before. */
static uint32_t use_shared(struct family *family, uint64_t key, uint64_t number,
                           uint16_t owner, bool moves, bool *foreign)
{
    uint32_t known = (uint32_t)map_get(&family->shared_numbers, key, NO_NUMBER);
    uint32_t now = known;
    if (known == NO_NUMBER && moves)
        now = new_shared(family, key);
    if (now == NO_NUMBER) {
        family->failed |= moves;
        fill_positions(family, 0, STACK_ABSENT);
        return known;
    }
    struct stack_watcher watcher = {.evicted = note_eviction, .context = family};
    *foreign = known != NO_NUMBER && family->shared.keys[known].owner != owner;
    stack_use(&family->shared, 0, now, number, owner, moves, &watcher,
              family->positions[0]);
    return known;
}

static void use_own(struct family *family, const struct family_asking *asking,
                    uint64_t key, uint64_t number, uint16_t domain, bool moves)
{
    uint32_t known = (uint32_t)map_get(&family->merged_numbers, key, NO_NUMBER);
    if (known == NO_NUMBER && moves)
        known = new_number(&family->merged_numbers, key, &family->merged, &family->solo);
    fill_positions(family, 1, known == NO_NUMBER && asking->merged ? STACK_ABSENT : 0);
    fill_positions(family, 2, known == NO_NUMBER && asking->solo ? STACK_ABSENT : 0);
    if (known == NO_NUMBER) {
        family->failed |= moves;
        return;
    }
    if (asking->merged)
        stack_use(&family->merged, 0, known, number, domain, moves, NULL,
                  family->positions[1]);
    if (asking->solo)
        stack_use(&family->solo, domain, known, number, domain, moves, NULL,
                  family->positions[2]);
}

static void tally_columns(struct family *family, const struct ref *ref, uint32_t number,
                          bool foreign, enum trace_phase phase)
{
    for (size_t i = 0; i < family->shared.column_count; i++) {
        uint32_t depth = family->shared.columns[i].depth;
        struct entry entry = {.family = family,
                              .ref = ref,
                              .column = i,
                              .phase = phase,
                              .shared = smaller(family->positions[0][i], depth),
                              .merged = smaller(family->positions[1][i], depth),
                              .solo = smaller(family->positions[2][i], depth),
                              .number = number,
                              .foreign = foreign};
        if ((entry.shared | entry.merged | entry.solo) != 0)
            tally(&entry);
    }
}

/* ---- the log ---- */

void family_log(struct family *family, bool on)
{
    family->logs = on;
}

void family_log_clear(struct family *family)
{
    family->log_count = 0;
}

size_t family_log_count(const struct family *family)
{
    return family->log_count;
}

size_t family_columns(const struct family *family)
{
    return family->shared.column_count;
}

size_t family_column(const struct family *family, uint64_t sets)
{
    size_t column = 0;
    while (family->shared.columns[column].sets != sets)
        column++;
    return column;
}

struct family_miss family_logged(const struct family *family, size_t index)
{
    struct family_miss miss = family->log[index];
    miss.position = family->log_positions + index * 3 * family->shared.column_count;
    return miss;
}

static bool grow_log(struct family *family)
{
    size_t room = family->log_room != 0 ? 2 * family->log_room : 1024;
    struct family_miss *log = realloc(family->log, room * sizeof *log);
    if (log == NULL)
        return false;
    family->log = log;
    uint32_t *positions =
        realloc(family->log_positions,
                room * 3 * family->shared.column_count * sizeof *positions);
    if (positions == NULL)
        return false;
    family->log_positions = positions;
    family->log_room = room;
    return true;
}

static void log_miss(struct family *family, uint32_t number, bool foreign, bool moves)
{
    size_t columns = family->shared.column_count;
    uint32_t any = 0;
    for (size_t world = 0; world < 3; world++)
        for (size_t i = 0; i < columns; i++)
            any |= family->positions[world][i];
    if (any == 0)
        return;
    if (family->log_count == family->log_room && !grow_log(family)) {
        family->failed = true;
        return;
    }
    uint32_t *positions = family->log_positions + family->log_count * 3 * columns;
    for (size_t world = 0; world < 3; world++)
        memcpy(positions + world * columns, family->positions[world],
               columns * sizeof *positions);
    family->log[family->log_count++] =
        (struct family_miss){.ref = number, .foreign = foreign, .buffered = !moves};
}

/* ---- accesses ---- */

bool family_serves(const struct family *family, const struct ref *ref)
{
    enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    if (family->shape.is_tlb && (ref->flags & REF_CONTINUED) != 0)
        return false;
    return family->shape.serves[side][(ref->flags & REF_KERNEL) != 0];
}

void family_access(struct family *family, const struct ref *ref,
                   const struct family_asking *asking, enum trace_phase phase,
                   uint32_t reference)
{
    const struct family_shape *shape = &family->shape;
    bool work = ref_is_work(ref);
    bool store = ref->kind == REF_STORE && !shape->is_tlb;
    bool moves = !store || shape->write_allocate;
    uint64_t number = (shape->is_tlb ? ref->vaddr : ref->paddr) >> shape->shift;
    uint64_t key = shared_key(family, ref, number);
    uint32_t user = (uint32_t)ref->domain << 2 | (ref->flags & (REF_PATH | REF_IDLE));
    bool all = asking->shared && asking->merged && asking->solo;
    if (all && moves && key == family->last_key && user == family->last_user)
        return; /* first in all stacks, in all worlds */
    family->last_key = all && moves ? key : KEY_EMPTY;
    family->last_user = user;

    bool foreign = asking->foreign_above;
    uint32_t known = NO_NUMBER;
    fill_positions(family, 0, 0);
    if (asking->shared)
        known = use_shared(family, key, number, work ? ref->domain : ENTITY_PATH, moves,
                           &foreign);
    fill_positions(family, 1, 0);
    fill_positions(family, 2, 0);
    if (work && (asking->merged || asking->solo))
        use_own(family, asking,
                number | (uint64_t)ref->domain << (ADDRESS_BITS - shape->shift), number,
                ref->domain, moves);
    if (family->logs)
        log_miss(family, reference, foreign, moves);
    if (!asking->silent && moves)
        tally_columns(family, ref, known, foreign, phase);
    if (known != NO_NUMBER && asking->shared && moves)
        for (size_t i = 0; i < family->shared.column_count; i++)
            family->memory[i].flushed_at[known] = NOT_FLUSHED;
}

/* ---- flushes ---- */

struct flush {
    struct family *family;
    bool keeps_global, one_space;
    uint64_t space;
};

static bool leaves(void *context, size_t column, uint32_t key, uint32_t position)
{
    const struct flush *flush = context;
    const struct shared_key *is = &flush->family->shared_keys[key];
    if (flush->keeps_global && is->global)
        return false;
    if (flush->one_space && is->space != flush->space)
        return false;
    flush->family->memory[column].flushed_at[key] = position;
    return true;
}

void family_switch(struct family *family, const struct ref *ref)
{
    if (!family->shape.is_tlb || (!family->shape.tagged && ref->flags != TRACE_HOW_CR3))
        return;
    family->last_key = KEY_EMPTY;
    family->space = ref->paddr;
    struct flush flush = {.family = family, .keeps_global = family->shape.keeps_global};
    if (family->shape.tagged) {
        uint32_t loser = 0;
        enum tags_flush what = tags_switch(&family->tags, (uint32_t)ref->paddr,
                                           family->shape.recycle, &loser);
        if (what == TAGS_FLUSH_NOTHING)
            return;
        flush.one_space = what == TAGS_FLUSH_SPACE;
        flush.keeps_global = flush.one_space;
        flush.space = loser;
    }
    stack_flush(&family->shared, leaves, &flush);
}
