#include "model/family_inside.h"

#include <stdlib.h>

/* ---- setting up ---- */

#define LATEST_MOST 4096

/* The greatest power of two that divides all numbers of sets. */
static uint64_t common_sets(const uint64_t *sets, size_t columns)
{
    uint64_t bits = LATEST_MOST;
    for (size_t i = 0; i < columns; i++)
        bits |= sets[i];
    return bits & -bits;
}

void family_forget_latest(struct family *family)
{
    memset(family->latest, 0xff, (family->latest_mask + 1) * sizeof *family->latest);
}

static bool create_rest(struct family *family, const uint64_t *sets)
{
    family->latest_mask = common_sets(sets, family->columns) - 1;
    family->sets = malloc(family->columns * sizeof *family->sets);
    family->latest = malloc((family->latest_mask + 1) * sizeof *family->latest);
    family->flushed_above = calloc(family->columns, sizeof *family->flushed_above);
    for (size_t world = 0; world < 3; world++) {
        family->positions[world] = calloc(family->columns, sizeof **family->positions);
        if (family->positions[world] == NULL)
            return false;
    }
    if (family->latest == NULL || family->flushed_above == NULL || family->sets == NULL)
        return false;
    memcpy(family->sets, sets, family->columns * sizeof *family->sets);
    family_forget_latest(family);
    return true;
}

struct family *family_create(const struct family_shape *shape, const uint64_t *sets,
                             const uint32_t *depths, size_t columns, size_t domains)
{
    struct family *family = calloc(1, sizeof *family);
    if (family == NULL)
        return NULL;
    family->shape = *shape;
    family->columns = columns;
    family->domains = domains;
    family->phase = TRACE_PHASE_MEASURED;
    struct stack_shape stacks = {.sets = sets,
                                 .depths = depths,
                                 .columns = columns,
                                 .groups = 1,
                                 .ordered = shape->write_allocate,
                                 .watched = STACK_NOBODY};
    struct stack_shape watched = stacks, apart = stacks;
    watched.watched = ENTITY_PATH;
    apart.groups = domains;
    if (stack_init(&family->shared, &watched) && stack_init(&family->merged, &stacks) &&
        stack_init(&family->solo, &apart) &&
        tally_init(&family->tally, depths, columns, domains) &&
        (!shape->tagged || tags_init(&family->tags, shape->asid_bits)) &&
        create_rest(family, sets))
        return family;
    family_free(family);
    return NULL;
}

/* What it takes to simulate: all but the tally. */
static void free_simulation(struct family *family)
{
    for (size_t i = 0; family->flushed_above != NULL && i < family->columns; i++)
        free(family->flushed_above[i]);
    free(family->flushed_above);
    free(family->shared_keys);
    free(family->own_keys);
    free(family->log);
    free(family->log_positions);
    free(family->latest);
    for (size_t world = 0; world < 3; world++)
        free(family->positions[world]);
    stack_free(&family->shared);
    stack_free(&family->merged);
    stack_free(&family->solo);
    map_free(&family->shared_numbers);
    map_free(&family->own_numbers);
    tags_free(&family->tags);
}

void family_free(struct family *family)
{
    if (family == NULL)
        return;
    if (!family->finished)
        free_simulation(family);
    tally_free(&family->tally);
    free(family->sets);
    free(family);
}

void family_finish(struct family *family)
{
    tally_finish(&family->tally);
    free_simulation(family);
    family->finished = true;
}

struct family *family_finished(const uint64_t *sets, const uint32_t *depths,
                               size_t columns, size_t domains)
{
    struct family *family = calloc(1, sizeof *family);
    if (family == NULL)
        return NULL;
    family->columns = columns;
    family->domains = domains;
    family->finished = true;
    family->sets = malloc(columns * sizeof *family->sets);
    if (family->sets != NULL && tally_init(&family->tally, depths, columns, domains)) {
        memcpy(family->sets, sets, columns * sizeof *family->sets);
        return family;
    }
    family_free(family);
    return NULL;
}

bool family_failed(const struct family *family)
{
    return family->failed || family->shared_numbers.failed || family->own_numbers.failed;
}

/* ---- numbers of keys ---- */

static bool grow_shared(struct family *family)
{
    size_t to = family->shared_capacity != 0 ? 2 * family->shared_capacity : 1024;
    struct shared_key *keys = realloc(family->shared_keys, to * sizeof *keys);
    if (keys == NULL)
        return false;
    family->shared_keys = keys;
    for (size_t i = 0; family->shape.is_tlb && i < family->columns; i++) {
        uint32_t *above = realloc(family->flushed_above[i], to * sizeof *above);
        if (above == NULL)
            return false;
        family->flushed_above[i] = above;
    }
    family->shared_capacity = to;
    return true;
}

uint32_t family_new_shared(struct family *family, uint64_t key)
{
    uint32_t number = (uint32_t)family->shared_numbers.count + 1; /* see STACK_END */
    if ((number >= family->shared_capacity && !grow_shared(family)) ||
        !stack_reserve(&family->shared, number + 1u))
        return NO_NUMBER;
    family->shared_keys[number] =
        (struct shared_key){.space = family->space, .global = (key & KEY_GLOBAL) != 0};
    map_put(&family->shared_numbers, key, number); /* last: it has room everywhere */
    return family->shared_numbers.failed ? NO_NUMBER : number;
}

uint32_t family_new_own(struct family *family, uint64_t key)
{
    uint32_t number = (uint32_t)family->own_numbers.count + 1;
    if (number >= family->own_capacity) {
        size_t to = family->own_capacity != 0 ? 2 * family->own_capacity : 1024;
        struct own_key *keys = realloc(family->own_keys, to * sizeof *keys);
        if (keys == NULL)
            return NO_NUMBER;
        family->own_keys = keys;
        family->own_capacity = to;
    }
    if (!stack_reserve(&family->merged, number + 1u) ||
        !stack_reserve(&family->solo, number + 1u))
        return NO_NUMBER;
    family->own_keys[number] = (struct own_key){.shared_key = KEY_EMPTY};
    map_put(&family->own_numbers, key, number);
    return family->own_numbers.failed ? NO_NUMBER : number;
}

/* ---- the log ---- */

static bool grow_log(struct family *family)
{
    size_t room = family->log_room != 0 ? 2 * family->log_room : 1024;
    struct family_miss *log = realloc(family->log, room * sizeof *log);
    if (log == NULL)
        return false;
    family->log = log;
    uint32_t *positions =
        realloc(family->log_positions, room * 3 * family->columns * sizeof *positions);
    if (positions == NULL)
        return false;
    family->log_positions = positions;
    family->log_room = room;
    return true;
}

bool family_log_room(struct family *family)
{
    return family->log_count < family->log_room || grow_log(family);
}

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
    return family->columns;
}

size_t family_column(const struct family *family, uint64_t sets)
{
    size_t column = 0;
    while (family->sets[column] != sets)
        column++;
    return column;
}

struct family_miss family_logged(const struct family *family, size_t index)
{
    struct family_miss miss = family->log[index];
    miss.position = family->log_positions + index * 3 * family->columns;
    return miss;
}

int64_t family_count(const struct family *family, size_t column, uint32_t ways,
                     enum trace_phase phase, size_t domain, enum account account,
                     enum side side)
{
    return tally_line(&family->tally, column, phase, domain, account, side)[ways];
}

uint64_t family_sets(const struct family *family, size_t column)
{
    return family->sets[column];
}

uint32_t family_ways(const struct family *family, size_t column)
{
    return (uint32_t)(family->tally.column[column].sizes - 1);
}

int64_t *family_cells(const struct family *family, size_t column)
{
    return family->tally.column[column].cells;
}
