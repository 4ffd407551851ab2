#include "reference_world.h"

#include <stdlib.h>

/* ---- the machine ---- */

static bool holds(uint8_t what, bool fetch)
{
    return what == MACHINE_BOTH || what == (fetch ? MACHINE_INSTRUCTIONS : MACHINE_DATA);
}

static bool has_page_size(const struct machine_tlb *tlb, uint32_t bytes)
{
    for (size_t i = 0; i < tlb->page_size_count; i++)
        if (tlb->page_sizes[i] == bytes)
            return true;
    return false;
}

/* Number of the TLB that is asked at a level, or -1. */
static int tlb_at(const struct machine *machine, unsigned level, bool fetch,
                  bool user_mode)
{
    uint8_t other_mode = user_mode ? MACHINE_KERNEL : MACHINE_USER;
    for (size_t i = 0; i < machine->tlb_count; i++) {
        const struct machine_tlb *tlb = &machine->tlbs[i];
        if (tlb->level == level && holds(tlb->holds, fetch) && tlb->mode != other_mode &&
            has_page_size(tlb, 4096))
            return (int)i;
    }
    return -1;
}

static uint64_t largest_piece(const struct machine_tlb *tlb)
{
    uint64_t largest = 0;
    for (size_t i = 0; i < tlb->page_size_count; i++)
        if (tlb->page_sizes[i] <= 4194304)
            largest = tlb->page_sizes[i];
    return largest;
}

/* Rule 23: which TLB of a level an access asks, or -1, and for a page of what size.
 * `least` is the size that the level before kept. */
static int tlb_for(const struct machine *machine, unsigned level,
                   const struct access *access, uint64_t least, uint64_t *size)
{
    bool fetch = access->kind == TRACE_FETCH;
    uint8_t other_mode = access->user_mode ? MACHINE_KERNEL : MACHINE_USER;
    int small = tlb_at(machine, level, fetch, access->user_mode), best = -1;
    *size = 4096;
    if (small < 0 || !access->large)
        return small;
    *size = 0;
    for (size_t i = 0; i < machine->tlb_count; i++) {
        const struct machine_tlb *tlb = &machine->tlbs[i];
        if (tlb->level != level || !holds(tlb->holds, fetch) || tlb->mode == other_mode ||
            largest_piece(tlb) <= *size)
            continue;
        *size = largest_piece(tlb);
        best = (int)i;
    }
    return *size < least ? -1 : best;
}

static int cache_at(const struct machine *machine, unsigned level, bool fetch)
{
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].level == level && holds(machine->caches[i].holds, fetch))
            return (int)i;
    return -1;
}

static int64_t tlb_beyond(const struct machine *machine, unsigned level, bool fetch)
{
    while (++level <= MACHINE_LEVELS) {
        int number = tlb_at(machine, level, fetch, true);
        if (number < 0)
            number = tlb_at(machine, level, fetch, false);
        if (number >= 0)
            return machine->tlbs[number].latency;
    }
    return 0;
}

static int64_t cache_beyond(const struct machine *machine, unsigned level, bool fetch)
{
    while (++level <= MACHINE_LEVELS) {
        int number = cache_at(machine, level, fetch);
        if (number >= 0)
            return machine->caches[number].latency;
    }
    return 0;
}

/* Rule 15. */
int64_t event_cost(const struct machine *machine, enum side side,
                   enum component component)
{
    bool fetch = side == SIDE_FETCH;
    switch (component) {
    case COMPONENT_ITLB:
    case COMPONENT_DTLB:
        return tlb_beyond(machine, 1, fetch);
    case COMPONENT_STLB:
        return tlb_beyond(machine, 2, fetch);
    case COMPONENT_WALK:
        return machine->walk_time;
    case COMPONENT_L1I:
    case COMPONENT_L1D:
        return cache_beyond(machine, 1, fetch);
    case COMPONENT_L2:
        return cache_beyond(machine, 2, fetch);
    case COMPONENT_L3:
        return 0;
    case COMPONENT_MEMORY:
        return machine->memory_latency;
    case COMPONENTS:
        break;
    }
    abort();
}

/* ---- places ---- */

enum side side_of(const struct access *access, unsigned group)
{
    if (group == DIRECTORY_READ || group == TABLE_READ)
        return SIDE_WALK;
    return access->kind == TRACE_FETCH ? SIDE_FETCH : SIDE_DATA;
}

enum component component_of(enum side side, unsigned group, unsigned place)
{
    static const enum component translation[PLACES] = {COMPONENT_DTLB, COMPONENT_STLB,
                                                       COMPONENTS, COMPONENT_WALK};
    static const enum component caches[PLACES] = {COMPONENT_L1D, COMPONENT_L2,
                                                  COMPONENT_L3, COMPONENT_MEMORY};
    if (place == 0 && side == SIDE_FETCH)
        return group == TRANSLATION ? COMPONENT_ITLB : COMPONENT_L1I;
    return group == TRANSLATION ? translation[place] : caches[place];
}

static void happens(struct outcome *outcome, unsigned group, unsigned place,
                    struct past past)
{
    outcome->happened[group][place] = true;
    outcome->past[group][place] = past;
}

static void hits(struct outcome *outcome, unsigned group, const struct entry *entry)
{
    outcome->hit[group] = true;
    outcome->last_user[group] = entry->user;
}

/* ---- asking the structures ---- */

static void count_asking(struct world *world, size_t structure, enum trace_kind kind,
                         bool missed)
{
    world->counters[structure].accesses[kind]++;
    world->counters[structure].misses[kind] += missed;
}

/* Whose entry an access needs: rules 5, 19 and 20. */
static uint16_t tlb_owner(const struct world *world, int number,
                          const struct access *access)
{
    const struct machine_tlb *tlb = &world->machine->tlbs[number];
    if (!world->shared)
        return access->domain;
    if (tlb->global_pages && access->global)
        return OWNER_ALL;
    return machine_tlb_tagged(world->machine, tlb) ? access->space : 0;
}

/* True if a walk is needed. */
static bool translate(struct world *world, const struct access *access,
                      struct outcome *outcome)
{
    bool missed = false;
    struct past past = {0};
    uint64_t size, least = 0;
    for (unsigned level = 1; level <= MACHINE_LEVELS; level++) {
        int number = tlb_for(world->machine, level, access, least, &size);
        if (number < 0)
            continue;
        least = size;
        struct structure *tlb = &world->tlbs[number];
        struct key key = {.owner = tlb_owner(world, number, access),
                          .number = access->vaddr / size,
                          .size = size,
                          .frame = world->shared ? access->paddr / size : 0};
        struct entry *entry = structure_find(tlb, key);
        count_asking(world, (size_t)number, access->kind, entry == NULL);
        if (entry != NULL) {
            hits(outcome, TRANSLATION, entry);
            structure_use(tlb, entry, access->entity, false);
            return false;
        }
        missed = true;
        past = structure_past(tlb, key);
        happens(outcome, TRANSLATION, level - 1, past);
        structure_fill(tlb, key, access->entity, false);
    }
    if (missed)
        happens(outcome, TRANSLATION, LAST_PLACE, past);
    return missed;
}

static void ask_caches(struct world *world, uint16_t owner, enum trace_kind kind,
                       int entity, uint64_t paddr, struct outcome *outcome,
                       unsigned group)
{
    const struct machine *machine = world->machine;
    bool store = kind == TRACE_STORE;
    bool asked = false, buffered = false;
    struct past past = {0};
    for (unsigned level = 1; level <= MACHINE_LEVELS; level++) {
        int number = cache_at(machine, level, kind == TRACE_FETCH);
        if (number < 0)
            continue;
        asked = true;
        const struct machine_cache *described = &machine->caches[number];
        struct structure *cache = &world->caches[number];
        struct key key = {.owner = owner, .number = paddr / described->line};
        bool dirty = store && described->write == MACHINE_WRITE_BACK;
        struct entry *entry = structure_find(cache, key);
        count_asking(world, machine->tlb_count + (size_t)number, kind, entry == NULL);
        if (entry != NULL) {
            hits(outcome, group, entry);
            structure_use(cache, entry, entity, dirty);
            return;
        }
        if (store && !described->write_allocate) {
            buffered = true;
            continue;
        }
        past = structure_past(cache, key);
        if (!buffered)
            happens(outcome, group, level - 1, past);
        structure_fill(cache, key, entity, dirty);
        store = false;
    }
    if (!buffered && (asked || !store))
        happens(outcome, group, LAST_PLACE, past);
}

uint64_t line_size(const struct machine *machine, bool fetch)
{
    for (unsigned level = 1; level <= MACHINE_LEVELS; level++)
        if (cache_at(machine, level, fetch) >= 0)
            return machine->caches[cache_at(machine, level, fetch)].line;
    return UINT64_C(1) << 63; /* no cache: all of it is one */
}

struct outcome world_access(struct world *world, const struct access *access)
{
    uint16_t owner = world->shared ? 0 : access->domain;
    struct outcome outcome = {.groups = FIRST_LINE};
    bool walks = translate(world, access, &outcome);
    if (walks && world->machine->walk == MACHINE_WALK_HARDWARE && access->table_known) {
        ask_caches(world, owner, TRACE_LOAD, access->entity, access->directory_entry,
                   &outcome, DIRECTORY_READ);
        if (!access->large)
            ask_caches(world, owner, TRACE_LOAD, access->entity, access->table_entry,
                       &outcome, TABLE_READ);
    }
    uint64_t line = line_size(world->machine, access->kind == TRACE_FETCH);
    uint64_t last = (access->paddr + access->size - 1) / line;
    for (uint64_t number = access->paddr / line; number <= last; number++)
        ask_caches(world, owner, access->kind, access->entity, number * line, &outcome,
                   outcome.groups++);
    return outcome;
}

/* ---- looking without touching ---- */

void world_look_up_page(struct world *world, const struct access *access, int64_t *asked,
                        int64_t *resident)
{
    uint64_t size, least = 0;
    for (unsigned level = 1; level <= MACHINE_LEVELS; level++) {
        int number = tlb_for(world->machine, level, access, least, &size);
        if (number < 0)
            continue;
        least = size;
        struct key key = {.owner = tlb_owner(world, number, access),
                          .number = access->vaddr / size,
                          .size = size,
                          .frame = access->paddr / size};
        bool found = structure_find(&world->tlbs[number], key) != NULL;
        enum component component =
            component_of(side_of(access, TRANSLATION), TRANSLATION, level - 1);
        if (component == COMPONENTS)
            continue;
        asked[component]++;
        resident[component] += found;
    }
}

void world_look_up_line(struct world *world, const struct access *access, uint64_t paddr,
                        int64_t *asked, int64_t *resident)
{
    for (unsigned level = 1; level <= MACHINE_LEVELS; level++) {
        int number = cache_at(world->machine, level, access->kind == TRACE_FETCH);
        if (number < 0)
            continue;
        struct key key = {.number = paddr / world->machine->caches[number].line};
        enum component component =
            component_of(side_of(access, FIRST_LINE), FIRST_LINE, level - 1);
        asked[component]++;
        resident[component] += structure_find(&world->caches[number], key) != NULL;
    }
}

/* ---- tags ---- */

static void make_newest(struct tag_list *tags, size_t number)
{
    uint16_t space = tags->spaces[number];
    for (; number + 1 < tags->count; number++)
        tags->spaces[number] = tags->spaces[number + 1];
    tags->spaces[number] = space;
}

static bool has_tag(struct tag_list *tags, uint16_t space)
{
    for (size_t i = 0; i < tags->count; i++) {
        if (tags->spaces[i] != space)
            continue;
        make_newest(tags, i);
        return true;
    }
    return false;
}

/* Rule 19. */
static void switch_tag(struct world *world, size_t number, uint16_t space)
{
    struct tag_list *tags = &world->tags[number];
    if (has_tag(tags, space))
        return;
    if (tags->count == 1u << world->machine->tlbs[number].asid_bits) {
        if (world->machine->switching.tags_run_out == MACHINE_TAGS_FLUSH) {
            structure_flush(&world->tlbs[number]);
            tags->count = 0;
        } else {
            structure_flush_owner(&world->tlbs[number], tags->spaces[0]);
            make_newest(tags, 0);
            tags->count--;
        }
    }
    tags->spaces[tags->count++] = space;
}

void world_switch(struct world *world, uint16_t space)
{
    for (size_t i = 0; i < world->machine->tlb_count; i++) {
        if (machine_tlb_tagged(world->machine, &world->machine->tlbs[i]))
            switch_tag(world, i, space);
        else if (world->machine->switching.cr3_flushes == MACHINE_FLUSH_NON_GLOBAL)
            structure_flush_others(&world->tlbs[i], OWNER_ALL);
        else
            structure_flush(&world->tlbs[i]);
    }
}

void world_first_space(struct world *world, uint16_t space)
{
    for (size_t i = 0; i < world->machine->tlb_count; i++)
        if (machine_tlb_tagged(world->machine, &world->machine->tlbs[i]))
            switch_tag(world, i, space);
}

/* ---- beginning and end ---- */

void world_start(struct world *world, const struct machine *machine, bool shared)
{
    *world = (struct world){.machine = machine, .shared = shared};
    for (size_t i = 0; i < machine->tlb_count; i++) {
        world->tags[i].spaces = calloc(UINT16_MAX + 1, sizeof(uint16_t));
        if (world->tags[i].spaces == NULL)
            abort();
        structure_start(&world->tlbs[i], machine_tlb_sets(&machine->tlbs[i]),
                        machine->tlbs[i].ways, machine->tlbs[i].replacement);
    }
    for (size_t i = 0; i < machine->cache_count; i++)
        structure_start(&world->caches[i], machine_cache_sets(&machine->caches[i]),
                        machine->caches[i].ways, machine->caches[i].replacement);
}

void world_end(struct world *world)
{
    for (size_t i = 0; i < world->machine->tlb_count; i++) {
        structure_end(&world->tlbs[i]);
        free(world->tags[i].spaces);
    }
    for (size_t i = 0; i < world->machine->cache_count; i++)
        structure_end(&world->caches[i]);
}
