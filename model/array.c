#include "model/array.h"

#include <stdlib.h>

/* splitmix64 (Steele, Lea, Flood 2014): any seed, zero too, gives a full-period start. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

bool array_init(struct array *array, uint64_t sets, uint32_t ways, uint8_t replacement,
                uint64_t seed)
{
    size_t slots = (size_t)sets * ways;
    *array = (struct array){
        .sets = sets, .ways = ways, .replacement = replacement, .random = seed};
    if (slots > UINT32_MAX) /* a place is 32 bits wide: nobody has that much memory */
        return false;
    if ((sets & (sets - 1)) == 0)
        array->mask = sets - 1;
    array->keys = malloc(slots * sizeof *array->keys);
    array->slots = calloc(slots, sizeof *array->slots);
    array->latest = calloc((size_t)sets, sizeof *array->latest);
    if (replacement == MACHINE_FIFO)
        array->filled = calloc(slots, sizeof *array->filled);
    if (replacement == MACHINE_TREE_PLRU)
        array->tree = calloc(slots, sizeof *array->tree);
    if (array->keys == NULL || array->slots == NULL || array->latest == NULL ||
        (replacement == MACHINE_FIFO && array->filled == NULL) ||
        (replacement == MACHINE_TREE_PLRU && array->tree == NULL)) {
        array_free(array);
        return false;
    }
    memset(array->keys, 0xff, slots * sizeof *array->keys); /* KEY_EMPTY */
    return true;
}

void array_free(struct array *array)
{
    free(array->keys);
    free(array->slots);
    free(array->latest);
    free(array->filled);
    free(array->tree);
    map_free(&array->history);
    *array = (struct array){0};
}

static uint64_t pack(struct reason reason)
{
    return (uint64_t)reason.excursion << 32 | (uint64_t)reason.entity << 8 | reason.why;
}

static struct reason unpack(uint64_t packed)
{
    return (struct reason){.excursion = (uint32_t)(packed >> 32),
                           .entity = (uint16_t)(packed >> 8),
                           .why = (uint8_t)packed};
}

static uint64_t flush_slot(struct array *array, size_t at, uint32_t excursion,
                           bool traced)
{
    array->keys[at] = traced ? array->keys[at] | KEY_GHOST : KEY_EMPTY;
    array->slots[at].excursion = excursion;
    return 1;
}

uint64_t array_flush(struct array *array, bool keep_global, uint32_t excursion,
                     bool traced)
{
    size_t slots = (size_t)array->sets * array->ways;
    uint64_t flushed = 0;
    for (size_t at = 0; at < slots; at++) {
        if ((array->keys[at] & KEY_GHOST) != 0) /* a ghost already, or empty */
            continue;
        if (!keep_global || (array->keys[at] & KEY_GLOBAL) == 0)
            flushed += flush_slot(array, at, excursion, traced);
    }
    return flushed;
}

uint64_t array_flush_matching(struct array *array, uint64_t mask, uint64_t match,
                              uint32_t excursion, bool traced)
{
    size_t slots = (size_t)array->sets * array->ways;
    uint64_t flushed = 0;
    for (size_t at = 0; at < slots; at++)
        if ((array->keys[at] & KEY_GHOST) == 0 && (array->keys[at] & mask) == match)
            flushed += flush_slot(array, at, excursion, traced);
    return flushed;
}

static uint32_t smallest(const struct slot *slots, uint32_t ways)
{
    uint32_t best = 0;
    for (uint32_t way = 1; way < ways; way++)
        if (slots[way].used < slots[best].used)
            best = way;
    return best;
}

static uint32_t first_in(const uint64_t *filled, uint32_t ways)
{
    uint32_t best = 0;
    for (uint32_t way = 1; way < ways; way++)
        if (filled[way] < filled[best])
            best = way;
    return best;
}

static uint32_t follow_tree(const uint8_t *tree, uint32_t ways)
{
    uint32_t node = 1;
    while (node < ways)
        node = 2 * node + tree[node];
    return node - ways;
}

uint32_t array_victim(struct array *array, uint64_t set)
{
    uint64_t base = set * array->ways;
    for (uint32_t way = 0; way < array->ways; way++)
        if ((array->keys[base + way] & KEY_GHOST) != 0) /* KEY_EMPTY has the bit too */
            return way;
    switch ((enum machine_replacement)array->replacement) {
    case MACHINE_LRU:
        return smallest(array->slots + base, array->ways);
    case MACHINE_FIFO:
        return first_in(array->filled + base, array->ways);
    case MACHINE_TREE_PLRU:
        return follow_tree(array->tree + base, array->ways);
    case MACHINE_RANDOM:
        return (uint32_t)(random_next(&array->random) % array->ways);
    }
    return 0;
}

/* The culprit of an eviction is the most recent foreign user of the set: whoever brings
 * the new entry, or else whoever last used an entry beside the victim. A domain that
 * evicts its own entry because foreign ones crowd the set was still crowded out. */
static struct reason culprit(const struct array *array, uint64_t base, uint32_t victim,
                             uint32_t excursion, uint16_t entity)
{
    const struct slot *slots = array->slots + base;
    uint16_t own = slots[victim].entity;
    struct reason reason = {.excursion = excursion, .entity = entity, .why = WHY_EVICTED};
    if (entity != own)
        return reason;
    uint64_t latest = 0;
    for (uint32_t way = 0; way < array->ways; way++) {
        if (way == victim || slots[way].entity == own || slots[way].used <= latest)
            continue;
        latest = slots[way].used;
        reason.excursion = slots[way].excursion;
        reason.entity = slots[way].entity;
    }
    return reason;
}

void array_remember(struct array *array, uint64_t set, uint32_t way, uint32_t excursion,
                    uint16_t entity)
{
    uint64_t base = set * array->ways, key = array->keys[base + way];
    struct reason reason;
    if ((key & KEY_GHOST) != 0)
        reason = (struct reason){.excursion = array->slots[base + way].excursion,
                                 .entity = ENTITY_PATH,
                                 .why = WHY_FLUSHED};
    else
        reason = culprit(array, base, way, excursion, entity);
    map_put(&array->history, key & ~KEY_GHOST, pack(reason));
}

struct reason array_absence(struct array *array, uint64_t set, uint64_t key)
{
    struct reason reason = {.entity = ENTITY_PATH, .why = WHY_COLD};
    uint64_t from = array->wanders ? 0 : set * array->ways;
    uint64_t to = array->wanders ? array->sets * array->ways : from + array->ways;
    for (uint64_t at = from; at < to; at++) {
        if (array->keys[at] != (key | KEY_GHOST))
            continue;
        array->keys[at] = KEY_EMPTY;
        reason.excursion = array->slots[at].excursion;
        reason.why = WHY_FLUSHED;
    }
    if (reason.why == WHY_FLUSHED)
        return reason;
    return unpack(map_get(&array->history, key, pack((struct reason){.why = WHY_COLD})));
}

bool array_drop(struct array *array, uint64_t set, uint64_t key, struct slot *slot,
                const struct reason *reason)
{
    uint64_t base = set * array->ways;
    uint32_t way = array_find(array, base, key);
    if (way == array->ways)
        return false;
    *slot = array->slots[base + way];
    array->keys[base + way] = KEY_EMPTY;
    if (reason != NULL)
        map_put(&array->history, key, pack(*reason));
    return true;
}
