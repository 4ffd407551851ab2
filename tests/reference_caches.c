#include "reference_world.h"

/* One access on its way through the caches. */
struct asking {
    struct world *world;
    struct outcome *outcome;
    unsigned group;
    struct line line;
};

/* A level that was asked and missed. */
struct missing {
    int number;
    struct key key;
    bool fills, dirty;
};

/* ---- keys ---- */

bool cache_is_tagged(const struct machine *machine, const struct machine_cache *cache)
{
    return cache->tag == MACHINE_VIRTUAL && cache->asid_bits > 0 &&
           machine->switching.process_context_ids;
}

/* Rules 5 and 25. */
struct key cache_key(const struct world *world, int number, const struct line *line)
{
    const struct machine_cache *cache = &world->machine->caches[number];
    bool spaces = world->shared && cache_is_tagged(world->machine, cache);
    uint64_t tag = cache->tag == MACHINE_VIRTUAL ? line->vaddr : line->paddr;
    uint64_t index = cache->index == MACHINE_VIRTUAL ? line->vaddr : line->paddr;
    return (struct key){.owner = spaces          ? line->space
                                 : world->shared ? 0
                                                 : line->domain,
                        .number = tag / cache->line,
                        .index = index / cache->line};
}

/* The line at a physical address, for caches that go by these alone. */
static struct key physical_key(const struct world *world, int number, uint32_t owner,
                               uint64_t address)
{
    uint64_t line = address / world->machine->caches[number].line;
    return (struct key){.owner = owner, .number = line, .index = line};
}

static struct entry *look_up(struct world *world, int number, struct key key,
                             enum trace_kind kind)
{
    struct entry *entry = structure_find(&world->caches[number], key);
    struct structure_counters *counters =
        &world->counters[world->machine->tlb_count + (size_t)number];
    counters->accesses[kind]++;
    counters->misses[kind] += entry == NULL;
    return entry;
}

static bool is_exclusive(const struct world *world, int number)
{
    return world->machine->caches[number].inclusion == MACHINE_EXCLUSIVE;
}

static bool writes_back(const struct world *world, int number)
{
    return world->machine->caches[number].write == MACHINE_WRITE_BACK;
}

/* ---- what a fill does to other levels ---- */

static void fill(struct world *world, bool fetch, int number, struct key key, int user,
                 bool dirty);

/* Rule 26: what leaves an inclusive level leaves those before it. */
static void leave_levels_before(struct world *world, int number, const struct key *key)
{
    const struct machine_cache *from = &world->machine->caches[number];
    struct past because = structure_past(&world->caches[number], *key);
    for (size_t i = 0; i < world->machine->cache_count; i++) {
        const struct machine_cache *to = &world->machine->caches[i];
        bool holds_it = from->holds == MACHINE_BOTH || from->holds == to->holds;
        if (to->level >= from->level || !holds_it)
            continue;
        for (uint64_t at = 0; at < from->line; at += to->line)
            structure_drop(
                &world->caches[i],
                physical_key(world, (int)i, key->owner, key->number * from->line + at),
                because);
    }
}

/* Rule 26: what leaves the level before an exclusive one comes there. */
static void come_in(struct world *world, bool fetch, int number, const struct entry *left)
{
    struct key key = left->key;
    key.index = key.number;
    struct entry *entry = structure_find(&world->caches[number], key);
    if (entry != NULL)
        structure_use(&world->caches[number], entry, left->user, left->dirty);
    else
        fill(world, fetch, number, key, left->user, left->dirty);
}

/* Rule 27: a dirty line that left `number` is stored in the levels beyond. */
static void write_back(struct world *world, bool fetch, int number,
                       const struct entry *left)
{
    const struct machine *machine = world->machine;
    uint64_t size = machine->caches[number].line;
    struct missing missing[MACHINE_LEVELS];
    unsigned count = 0;
    enum trace_kind kind = TRACE_STORE;
    for (int next = cache_after(machine, number, fetch); next >= 0;
         next = cache_after(machine, next, fetch)) {
        struct key key =
            physical_key(world, next, left->key.owner, left->key.number * size);
        bool dirty = kind == TRACE_STORE && writes_back(world, next);
        struct entry *entry = look_up(world, next, key, kind);
        if (entry != NULL) {
            structure_use(&world->caches[next], entry, left->user, dirty);
            break;
        }
        if (kind == TRACE_STORE && !machine->caches[next].write_allocate)
            continue;
        missing[count++] = (struct missing){.number = next, .key = key, .dirty = dirty};
        if (machine->caches[next].line == size)
            break;
        kind = TRACE_LOAD;
    }
    while (count-- > 0)
        fill(world, fetch, missing[count].number, missing[count].key, left->user,
             missing[count].dirty);
}

static void fill(struct world *world, bool fetch, int number, struct key key, int user,
                 bool dirty)
{
    const struct machine_cache *cache = &world->machine->caches[number];
    int next = cache_after(world->machine, number, fetch);
    struct entry left = structure_fill(&world->caches[number], key, user, dirty);
    if (!left.valid)
        return;
    if (cache->inclusion == MACHINE_INCLUSIVE)
        leave_levels_before(world, number, &left.key);
    if (next >= 0 && is_exclusive(world, next))
        come_in(world, fetch, next, &left);
    else if (next >= 0 && left.dirty && cache->write_backs == MACHINE_WRITE_BACKS_WRITTEN)
        write_back(world, fetch, number, &left);
}

/* ---- asking ---- */

static void happens(const struct asking *asking, unsigned place, struct past past)
{
    asking->outcome->happened[asking->group][place] = true;
    asking->outcome->past[asking->group][place] = past;
}

/* Rule 26: an exclusive level gives the line up, and whether it was dirty. */
static bool give_up(struct entry *entry)
{
    entry->valid = false;
    return entry->dirty;
}

static bool hit(const struct asking *asking, int number, struct entry *entry,
                bool buffered, bool dirty)
{
    asking->outcome->hit[asking->group] = true;
    asking->outcome->last_user[asking->group] = entry->user;
    if (is_exclusive(asking->world, number) && !buffered)
        return give_up(entry);
    structure_use(&asking->world->caches[number], entry, asking->line.entity, dirty);
    return false;
}

void ask_caches(struct world *world, const struct line *line, struct outcome *outcome,
                unsigned group)
{
    struct asking asking = {world, outcome, group, *line};
    bool fetch = line->kind == TRACE_FETCH;
    bool found = false, buffered = false, was_dirty = false;
    enum trace_kind kind = line->kind;
    struct missing missing[MACHINE_LEVELS];
    unsigned count = 0;
    struct past past = {0};
    int number = cache_after(world->machine, -1, fetch);
    bool asked = number >= 0;
    for (; number >= 0 && !found; number = cache_after(world->machine, number, fetch)) {
        struct key key = cache_key(world, number, line);
        bool dirty = kind == TRACE_STORE && writes_back(world, number);
        struct entry *entry = look_up(world, number, key, kind);
        found = entry != NULL;
        if (found) {
            was_dirty = hit(&asking, number, entry, buffered, dirty);
        } else if (kind == TRACE_STORE &&
                   !world->machine->caches[number].write_allocate) {
            buffered = true;
        } else {
            past = structure_past(&world->caches[number], key);
            if (!buffered)
                happens(&asking, world->machine->caches[number].level - 1u, past);
            missing[count++] = (struct missing){.number = number,
                                                .key = key,
                                                .fills = !is_exclusive(world, number),
                                                .dirty = dirty};
            kind = fetch ? TRACE_FETCH : TRACE_LOAD;
        }
    }
    if (!found && !buffered && (asked || kind != TRACE_STORE))
        happens(&asking, LAST_PLACE, past);
    while (count-- > 0) {
        if (!missing[count].fills)
            continue;
        fill(world, fetch, missing[count].number, missing[count].key, line->entity,
             missing[count].dirty || was_dirty);
        was_dirty = false;
    }
}
