/* Caches that act on each other: inclusive or exclusive towards the level before them, or
 * written to when a dirty line leaves it.
 *
 * Inclusive: when a line leaves such a level, it leaves the levels before it too, for the
 * same reason. Exclusive: such a level is filled only by what leaves the level before it,
 * and gives up a line that goes back there. All levels are looked up first; then they are
 * filled, the farthest first.
 * Written: a dirty line that the fill of a level pushes out is a store to the next level,
 * after that level's own fill: it is used there, or brought in where stores allocate, and
 * what of a longer line is not written is asked of the levels beyond. Nothing waits for
 * it. What leaves by inclusion is written nowhere, but counted. Assumed: lines do not get
 * smaller from level to level; towards an exclusive level they have the same size; tags
 * are physical. layout_init() refuses other machines.
 */
#include "model/hierarchy.h"

struct level {
    struct array *array;
    unsigned cache; /* index into the machine */
    uint64_t set, key;
    bool fills;   /* it missed, and will hold the line */
    bool dirties; /* it missed, and the line is written there at once */
};

static uint64_t set_of(const struct hierarchy *hierarchy, unsigned i, uint64_t vaddr,
                       uint64_t paddr)
{
    const struct layout *layout = hierarchy->layout;
    uint64_t by = layout->machine->caches[i].index == MACHINE_VIRTUAL ? vaddr : paddr;
    return array_set(&hierarchy->caches[i], by >> layout->line_shift[i]);
}

static bool is_exclusive(const struct hierarchy *hierarchy, unsigned cache)
{
    return hierarchy->layout->machine->caches[cache].inclusion == MACHINE_EXCLUSIVE;
}

static void count_write_back(struct hierarchy *hierarchy, unsigned cache, bool happened)
{
    if (hierarchy->counters != NULL)
        hierarchy->counters[hierarchy->layout->machine->tlb_count + cache].write_backs +=
            happened;
}

static void drop(struct hierarchy *hierarchy, unsigned cache, uint64_t set, uint64_t key,
                 const struct reason *reason)
{
    struct slot gone;
    if (array_drop(&hierarchy->caches[cache], set, key, &gone, reason))
        count_write_back(hierarchy, cache, gone.dirty);
}

/* A line of `from` has left: its parts leave cache `to` as well. */
static void drop_parts(struct hierarchy *hierarchy, unsigned from, uint64_t key,
                       unsigned to, const struct reason *reason)
{
    const struct layout *layout = hierarchy->layout;
    unsigned shift = layout->line_shift[to],
             whose = ADDRESS_BITS - layout->line_shift[from];
    uint64_t domain = key >> whose;
    uint64_t address = (key & ((UINT64_C(1) << whose) - 1)) << layout->line_shift[from];
    uint64_t end = address + (UINT64_C(1) << layout->line_shift[from]);
    for (; address < end; address += UINT64_C(1) << shift) {
        struct array *array = &hierarchy->caches[to];
        uint64_t part = address >> shift | domain << (ADDRESS_BITS - shift);
        if (layout->machine->caches[to].index == MACHINE_PHYSICAL)
            drop(hierarchy, to, array_set(array, address >> shift), part, reason);
        else /* it may be in any set, and in several under several addresses */
            for (uint64_t set = 0; set < array->sets; set++)
                drop(hierarchy, to, set, part, reason);
    }
}

static void leave_levels_before(struct hierarchy *hierarchy, unsigned cache, uint64_t key,
                                const struct reason *reason)
{
    const struct machine *machine = hierarchy->layout->machine;
    for (unsigned i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].level < machine->caches[cache].level &&
            (machine->caches[cache].holds == MACHINE_BOTH ||
             machine->caches[i].holds == machine->caches[cache].holds))
            drop_parts(hierarchy, cache, key, i, reason);
}

static void fill(struct hierarchy *hierarchy, const struct level *levels, unsigned count,
                 unsigned position, const struct asker *asker, bool dirty, bool traced);

static void count_asked(struct hierarchy *hierarchy, unsigned cache, enum ref_kind kind,
                        bool miss)
{
    if (hierarchy->counters == NULL)
        return;
    struct structure_counters *counters =
        &hierarchy->counters[hierarchy->layout->machine->tlb_count + cache];
    counters->accesses[kind]++;
    counters->misses[kind] += miss;
}

/* What the fill of a level pushed out goes on to an exclusive next level. */
static void pass_on(struct hierarchy *hierarchy, const struct level *levels,
                    unsigned count, unsigned position, uint64_t key,
                    const struct slot *slot, bool traced)
{
    struct level next[MACHINE_LEVELS];
    memcpy(next, levels, count * sizeof *next);
    unsigned shift = hierarchy->layout->line_shift[levels[position].cache];
    uint64_t number = key & ((UINT64_C(1) << (ADDRESS_BITS - shift)) - 1);
    next[position].key = key;
    next[position].set = array_set(next[position].array, number);
    uint64_t base = next[position].set * next[position].array->ways;
    uint32_t way = array_find(next[position].array, base, key);
    if (way < next[position].array->ways) { /* both first-level caches had a copy */
        next[position].array->slots[base + way].dirty |= slot->dirty;
        array_use(next[position].array, next[position].set, way, slot->excursion,
                  slot->entity);
        return;
    }
    if (traced) /* it is coming back: its ghost must not stand beside it */
        array_absence(next[position].array, next[position].set, key);
    struct asker owner = {.excursion = slot->excursion, .entity = slot->entity};
    fill(hierarchy, next, count, position, &owner, slot->dirty, traced);
}

/* A dirty line of the level before is stored in this level, or where stores that miss go
 * from here. Returns how many levels were asked; those that missed are marked to fill. */
static unsigned store_line(struct hierarchy *hierarchy, struct level *levels,
                           unsigned count, unsigned position, uint64_t line,
                           const struct asker *asker)
{
    enum ref_kind kind = REF_STORE;
    for (; position < count; position++) {
        struct level *level = &levels[position];
        struct array *array = level->array;
        const struct machine_cache *cache =
            &hierarchy->layout->machine->caches[level->cache];
        uint64_t base = level->set * array->ways;
        uint32_t way = array_find(array, base, level->key);
        bool dirties = kind == REF_STORE && cache->write == MACHINE_WRITE_BACK;
        count_asked(hierarchy, level->cache, kind, way == array->ways);
        if (way < array->ways) {
            array->slots[base + way].dirty |= dirties;
            array_use(array, level->set, way, asker->excursion, asker->entity);
            return position;
        }
        if (kind == REF_STORE && !cache->write_allocate)
            continue;
        level->fills = true;
        level->dirties = dirties;
        kind = REF_LOAD; /* the next level is asked for what is not written */
        if (cache->line == line)
            return position + 1;
    }
    return count;
}

/* What the fill of a level pushed out is written to the levels beyond. */
static void write_back(struct hierarchy *hierarchy, const struct level *levels,
                       unsigned count, unsigned position, uint64_t key,
                       const struct slot *slot, bool traced)
{
    const struct layout *layout = hierarchy->layout;
    struct level next[MACHINE_LEVELS];
    unsigned from = layout->line_shift[levels[position - 1].cache];
    uint64_t domain = key >> (ADDRESS_BITS - from);
    uint64_t address = (key & ((UINT64_C(1) << (ADDRESS_BITS - from)) - 1)) << from;
    struct asker owner = {.excursion = slot->excursion, .entity = slot->entity};
    for (unsigned i = position; i < count; i++) {
        unsigned shift = layout->line_shift[levels[i].cache];
        next[i] = (struct level){.array = levels[i].array, .cache = levels[i].cache};
        next[i].set = array_set(next[i].array, address >> shift);
        next[i].key = address >> shift | domain << (ADDRESS_BITS - shift);
    }
    unsigned asked =
        store_line(hierarchy, next, count, position, UINT64_C(1) << from, &owner);
    while (asked-- > position) {
        if (!next[asked].fills)
            continue;
        if (traced)
            array_absence(next[asked].array, next[asked].set, next[asked].key);
        fill(hierarchy, next, count, asked, &owner, next[asked].dirties, traced);
    }
}

/* What left a level as another line came in. */
static void let_go(struct hierarchy *hierarchy, const struct level *levels,
                   unsigned count, unsigned position, uint64_t key,
                   const struct slot *slot, bool traced)
{
    const struct level *level = &levels[position];
    const struct machine_cache *cache = &hierarchy->layout->machine->caches[level->cache];
    count_write_back(hierarchy, level->cache, slot->dirty);
    if (cache->inclusion == MACHINE_INCLUSIVE) {
        struct reason reason = {.why = WHY_EVICTED};
        if (traced)
            reason = array_absence(level->array, level->set, key);
        leave_levels_before(hierarchy, level->cache, key, traced ? &reason : NULL);
    }
    if (position + 1 == count)
        return;
    if (is_exclusive(hierarchy, levels[position + 1].cache))
        pass_on(hierarchy, levels, count, position + 1, key, slot, traced);
    else if (slot->dirty && cache->write_backs == MACHINE_WRITE_BACKS_WRITTEN)
        write_back(hierarchy, levels, count, position + 1, key, slot, traced);
}

static void fill(struct hierarchy *hierarchy, const struct level *levels, unsigned count,
                 unsigned position, const struct asker *asker, bool dirty, bool traced)
{
    const struct level *level = &levels[position];
    uint32_t way = array_victim(level->array, level->set);
    uint64_t at = level->set * level->array->ways + way;
    uint64_t old = level->array->keys[at];
    struct slot slot = level->array->slots[at];
    array_fill_way(level->array, level->set, way, level->key, asker->excursion,
                   asker->entity, dirty, traced);
    if ((old & KEY_GHOST) == 0)
        let_go(hierarchy, levels, count, position, old, &slot, traced);
}

/* One asking, on its way down. */
struct asking {
    struct hierarchy *hierarchy;
    const struct asker *asker;
    struct level levels[MACHINE_LEVELS];
    unsigned count;
    unsigned group;
    enum ref_kind kind;
    bool found, buffered, traced;
    bool carried_dirty; /* the level that gave the line up had it dirty */
    uint32_t events;
    struct reason *next; /* where the next reason goes */
};

/* The line is here: use it, or give it up to the level before. */
static void hit(struct asking *asking, unsigned position, uint32_t way, bool dirties)
{
    const struct level *level = &asking->levels[position];
    struct slot *slot = &level->array->slots[level->set * level->array->ways + way];
    struct slot was = *slot;
    if (position > 0 && is_exclusive(asking->hierarchy, level->cache) &&
        !asking->buffered) {
        array_drop(level->array, level->set, level->key, &was, NULL);
        asking->carried_dirty = was.dirty;
    } else {
        slot->dirty |= dirties;
        array_use(level->array, level->set, way, asking->asker->excursion,
                  asking->asker->entity);
    }
    if (asking->buffered || !asking->traced || was.entity == asking->asker->entity)
        return;
    *asking->next++ = (struct reason){.excursion = was.excursion, .entity = was.entity};
    asking->events |= FOREIGN_HIT(asking->group / 4);
}

static void miss(struct asking *asking, unsigned position, bool allocates, bool dirties)
{
    struct level *level = &asking->levels[position];
    if (!allocates) {
        asking->buffered = true;
        return;
    }
    if (asking->traced) {
        struct reason reason = array_absence(level->array, level->set, level->key);
        if (!asking->buffered)
            *asking->next++ = reason;
    }
    if (!asking->buffered)
        asking->events |= 1u << (asking->group + position);
    level->fills = !is_exclusive(asking->hierarchy, level->cache);
    level->dirties = dirties;
    if (asking->kind == REF_STORE)
        asking->kind = REF_LOAD; /* the next level is asked to fill this one */
}

static void look_up(struct asking *asking, unsigned position)
{
    const struct level *level = &asking->levels[position];
    const struct machine_cache *cache =
        &asking->hierarchy->layout->machine->caches[level->cache];
    bool store = asking->kind == REF_STORE;
    bool dirties = store && cache->write == MACHINE_WRITE_BACK;
    uint32_t way = array_find(level->array, level->set * level->array->ways, level->key);
    asking->found = way < level->array->ways;
    count_asked(asking->hierarchy, level->cache, asking->kind, !asking->found);
    if (asking->found)
        hit(asking, position, way, dirties);
    else
        miss(asking, position, !store || cache->write_allocate, dirties);
}

static void fill_from_far(struct asking *asking, unsigned asked)
{
    struct hierarchy *hierarchy = asking->hierarchy;
    while (asked-- > 0) {
        const struct level *level = &asking->levels[asked];
        if (!level->fills)
            continue;
        bool dirty = level->dirties || asking->carried_dirty;
        asking->carried_dirty = false; /* it is where the line went */
        fill(hierarchy, asking->levels, asking->count, asked, asking->asker, dirty,
             asking->traced);
    }
}

uint32_t ask_inclusive(struct hierarchy *hierarchy, enum side side, enum ref_kind kind,
                       uint64_t vaddr, uint64_t paddr, const struct asker *asker,
                       unsigned group, struct reason **reasons, bool traced)
{
    const struct way_down *path = &hierarchy->layout->caches[side];
    struct asking asking = {.hierarchy = hierarchy,
                            .asker = asker,
                            .count = path->count,
                            .group = group,
                            .kind = kind,
                            .traced = traced,
                            .next = *reasons};
    for (unsigned i = 0; i < path->count; i++)
        asking.levels[i] = (struct level){
            .array = &hierarchy->caches[path->index[i]],
            .cache = path->index[i],
            .set = set_of(hierarchy, path->index[i], vaddr, paddr),
            .key = cache_key(hierarchy, path->index[i], vaddr, paddr, asker)};
    unsigned asked = 0;
    while (asked < path->count && !asking.found)
        look_up(&asking, asked++);
    fill_from_far(&asking, asked);
    *reasons = asking.next;
    if (asking.found || asking.buffered)
        return asking.events;
    return asking.events | 1u << (group + EVENT_MEMORY);
}
