/* array.h - one set-associative array: a TLB or a cache as sets of keyed entries.
 *
 * Simulated: which keys are resident, in which way, and which way a new one takes.
 * Not simulated: data, timing, ports, prefetching.
 *
 * Two flavours share the code, chosen by the constant argument `traced`:
 *   bare    knows what is resident; enough for the merged and solo worlds;
 *   traced  also knows who used each entry last, and why a key that is not resident left
 *           (flushed by which crossing, evicted by whom); the shared world needs it.
 * The functions are inline because they are the inner loop: called out of line, with the
 * flavour tested at run time, a full replay takes about half as long again.
 *
 * A flushed entry stays in its way as a ghost until another takes it, so that a flush
 * costs a pass over the resident entries and nothing per key that left; what is evicted
 * goes to the history, a map from keys to reasons.
 */
#ifndef CROSSBILL_ARRAY_H
#define CROSSBILL_ARRAY_H

#include "model/machine.h"
#include "model/map.h"

#include <string.h>

/* Forced, for a constant argument (`traced`, `plain`) to reach the innermost test: left
 * to itself the compiler makes one general copy, and a replay takes a third longer. */
#define INLINE static inline __attribute__((always_inline))

#define KEY_EMPTY  UINT64_MAX
#define KEY_GHOST  (UINT64_C(1) << 63) /* set in the key of a flushed entry */
#define KEY_GLOBAL (UINT64_C(1) << 62) /* a TLB entry that belongs to all spaces */

#define ENTITY_PATH                                                                      \
    0xffffu /* all code of the path is one entity, a domain's work its own */

enum why {
    WHY_COLD,    /* never there before */
    WHY_FLUSHED, /* removed by a switch */
    WHY_EVICTED  /* another entry took its place */
};

/* Why a key is not resident, or who last used one that is. */
struct reason {
    uint32_t excursion; /* whose doing; 0: nobody's crossing */
    uint16_t entity;    /* domain index of the culprit, or ENTITY_PATH */
    uint8_t why;        /* enum why */
};

struct slot {
    uint64_t used;      /* clock of the last use */
    uint32_t excursion; /* of the last use; of the flush, in a ghost */
    uint16_t entity;    /* of the last use: domain index, or ENTITY_PATH */
    uint8_t dirty;
};

struct array {
    uint64_t sets;
    uint64_t mask; /* sets - 1 where sets is a power of two; else 0 and sets > 1 */
    uint32_t ways;
    uint8_t replacement; /* enum machine_replacement */
    uint64_t *keys;      /* [sets * ways] */
    struct slot *slots;  /* [sets * ways] */
    uint32_t *latest;    /* [sets] the place in those two of the entry used last */
    uint64_t *filled;    /* FIFO: clock of the fill */
    uint8_t *tree;   /* tree-PLRU: [sets * ways] nodes, 1 is the root; 1: victim right */
    uint64_t random; /* state of the random replacement */
    uint64_t clock;
    bool wanders; /* a key may be in several sets: indexed otherwise than tagged */
    struct map history; /* traced: from keys that left to packed reasons */
};

bool array_init(struct array *array, uint64_t sets, uint32_t ways, uint8_t replacement,
                uint64_t seed);
void array_free(struct array *array);

/* Invalidate every entry (those with KEY_GLOBAL stay if `keep_global`). Returns how many
 * were valid. Traced: they become ghosts, charged to `excursion`. */
uint64_t array_flush(struct array *array, bool keep_global, uint32_t excursion,
                     bool traced);

/* The same for the entries whose key, under `mask`, is `match`. */
uint64_t array_flush_matching(struct array *array, uint64_t mask, uint64_t match,
                              uint32_t excursion, bool traced);

/* The way that a fill takes: the lowest-numbered invalid one, or else the policy's. */
uint32_t array_victim(struct array *array, uint64_t set);

/* Traced: note why the entry in this way leaves, now that `entity` brings another in. */
void array_remember(struct array *array, uint64_t set, uint32_t way, uint32_t excursion,
                    uint16_t entity);

/* Traced: why `key`, not resident, is not there. Forgets its ghost, if it has one. */
struct reason array_absence(struct array *array, uint64_t set, uint64_t key);

/* Take `key` out of the set for a reason that lies elsewhere; false if it is not there.
 * *slot: as it was. Traced, and `reason` not NULL: note that reason. */
bool array_drop(struct array *array, uint64_t set, uint64_t key, struct slot *slot,
                const struct reason *reason);

static inline uint64_t array_set(const struct array *array, uint64_t number)
{
    if (array->mask != 0 || array->sets == 1)
        return number & array->mask;
    return number % array->sets;
}

/* Way of `key` in the set, or `ways`. */
static inline uint32_t array_find(const struct array *array, uint64_t base, uint64_t key)
{
    const uint64_t *keys = array->keys + base;
    uint32_t ways = array->ways, way = 0;
    /* Four at a time without a branch each: wide TLBs spend their time here. */
    for (; way + 4 <= ways; way += 4) {
        if ((keys[way] == key) | (keys[way + 1] == key) | (keys[way + 2] == key) |
            (keys[way + 3] == key))
            break;
    }
    while (way < ways && keys[way] != key)
        way++;
    return way;
}

/* Point the tree away from a way that was just used. */
static inline void array_touch_tree(struct array *array, uint64_t base, uint32_t way)
{
    uint8_t *tree = array->tree + base;
    for (uint32_t node = way + array->ways; node > 1; node /= 2)
        tree[node / 2] = (node & 1) == 0;
}

/* The entry used last in the set, whichever set and policy, if it is that of `key`: then
 * to use it again changes nothing but who has used it. Most accesses are such: asking
 * this first halves the time of a replay's worlds. NULL: look further. */
static inline struct slot *array_latest(struct array *array, uint64_t set, uint64_t key)
{
    uint32_t at = array->latest[set];
    return array->keys[at] == key ? &array->slots[at] : NULL;
}

static inline void array_use(struct array *array, uint64_t set, uint32_t way,
                             uint32_t excursion, uint16_t entity)
{
    uint64_t base = set * array->ways;
    struct slot *slot = &array->slots[base + way];
    array->latest[set] = (uint32_t)(base + way);
    slot->used = ++array->clock;
    slot->excursion = excursion;
    slot->entity = entity;
    if (array->replacement == MACHINE_TREE_PLRU)
        array_touch_tree(array, base, way);
}

/* Put `key`, which is not resident, into this way. Returns whether a dirty entry left. */
static inline bool array_fill_way(struct array *array, uint64_t set, uint32_t way,
                                  uint64_t key, uint32_t excursion, uint16_t entity,
                                  bool dirty, bool traced)
{
    uint64_t base = set * array->ways, old = array->keys[base + way];
    struct slot *slot = &array->slots[base + way];
    bool written_back = false;
    if (old != KEY_EMPTY) {
        written_back = (old & KEY_GHOST) == 0 && slot->dirty;
        if (traced)
            array_remember(array, set, way, excursion, entity);
    }
    array->keys[base + way] = key;
    slot->dirty = dirty;
    array_use(array, set, way, excursion, entity);
    if (array->replacement == MACHINE_FIFO)
        array->filled[base + way] = array->clock;
    return written_back;
}

/* The same into the way that is next in turn. */
static inline bool array_fill(struct array *array, uint64_t set, uint64_t key,
                              uint32_t excursion, uint16_t entity, bool dirty,
                              bool traced)
{
    return array_fill_way(array, set, array_victim(array, set), key, excursion, entity,
                          dirty, traced);
}

#endif
