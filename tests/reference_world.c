#include "reference_world.h"

#include <stdlib.h>
#include <string.h>

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
static uint32_t tlb_owner(const struct world *world, int number,
                          const struct access *access)
{
    const struct machine_tlb *tlb = &world->machine->tlbs[number];
    if (!world->shared)
        return access->domain;
    if (tlb->global_pages && access->global && !world->machine->switching.kpti)
        return OWNER_ALL;
    return machine_tlb_tagged(world->machine, tlb) ? access->space : 0;
}

static struct key tlb_key(const struct world *world, int number,
                          const struct access *access, uint64_t size)
{
    return (struct key){.owner = tlb_owner(world, number, access),
                        .number = access->vaddr / size,
                        .size = size,
                        .frame = access->paddr / size,
                        .index = access->vaddr / size};
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
        struct key key = tlb_key(world, number, access, size);
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

static void walk(struct world *world, const struct access *access, uint64_t address,
                 struct outcome *outcome, unsigned group)
{
    struct line line = {.kind = TRACE_LOAD,
                        .vaddr = address,
                        .paddr = address,
                        .domain = access->domain,
                        .space = access->space,
                        .entity = access->entity};
    ask_caches(world, &line, outcome, group);
}

static struct line line_at(const struct access *access, uint64_t paddr)
{
    return (struct line){.kind = access->kind,
                         .vaddr = access->vaddr + paddr - access->paddr,
                         .paddr = paddr,
                         .domain = access->domain,
                         .space = access->space,
                         .entity = access->entity};
}

/* An outcome is large, and most of it is not used. */
static void add_group(struct outcome *outcome)
{
    unsigned group = outcome->groups++;
    memset(outcome->happened[group], 0, sizeof outcome->happened[group]);
    memset(outcome->past[group], 0, sizeof outcome->past[group]);
    outcome->hit[group] = false;
}

void world_access(struct world *world, const struct access *access,
                  struct outcome *outcome)
{
    outcome->groups = 0;
    while (outcome->groups < FIRST_LINE)
        add_group(outcome);
    bool walks = translate(world, access, outcome);
    if (walks && world->machine->walk == MACHINE_WALK_HARDWARE && access->table_known) {
        walk(world, access, access->directory_entry, outcome, DIRECTORY_READ);
        if (!access->large)
            walk(world, access, access->table_entry, outcome, TABLE_READ);
    }
    uint64_t size = line_size(world->machine, access->kind == TRACE_FETCH);
    uint64_t last = (access->paddr + access->size - 1) / size;
    for (uint64_t number = access->paddr / size; number <= last; number++) {
        struct line line = line_at(access, number * size);
        add_group(outcome);
        ask_caches(world, &line, outcome, outcome->groups - 1);
    }
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
        bool found = structure_find(&world->tlbs[number],
                                    tlb_key(world, number, access, size)) != NULL;
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
    bool fetch = access->kind == TRACE_FETCH;
    struct line line = line_at(access, paddr);
    for (int number = cache_after(world->machine, -1, fetch); number >= 0;
         number = cache_after(world->machine, number, fetch)) {
        struct key key = cache_key(world, number, &line);
        enum component component =
            component_of(side_of(access, FIRST_LINE), FIRST_LINE,
                         world->machine->caches[number].level - 1u);
        asked[component]++;
        resident[component] += structure_find(&world->caches[number], key) != NULL;
    }
}

/* ---- tags ---- */

static void make_newest(struct tag_list *tags, size_t number)
{
    uint32_t space = tags->spaces[number];
    for (; number + 1 < tags->count; number++)
        tags->spaces[number] = tags->spaces[number + 1];
    tags->spaces[number] = space;
}

static bool has_tag(struct tag_list *tags, uint32_t space)
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
static void switch_tag(const struct world *world, struct structure *structure,
                       struct tag_list *tags, unsigned bits, uint32_t space)
{
    if (has_tag(tags, space))
        return;
    if (tags->count == 1u << bits) {
        if (world->machine->switching.tags_run_out == MACHINE_TAGS_FLUSH) {
            structure_flush(structure);
            tags->count = 0;
        } else {
            structure_flush_owner(structure, tags->spaces[0]);
            make_newest(tags, 0);
            tags->count--;
        }
    }
    tags->spaces[tags->count++] = space;
}

void world_first_space(struct world *world, uint32_t space)
{
    const struct machine *machine = world->machine;
    for (size_t i = 0; i < machine->tlb_count; i++)
        if (machine_tlb_tagged(machine, &machine->tlbs[i]))
            switch_tag(world, &world->tlbs[i], &world->tlb_tags[i],
                       machine->tlbs[i].asid_bits, space);
    for (size_t i = 0; i < machine->cache_count; i++)
        if (cache_is_tagged(machine, &machine->caches[i]))
            switch_tag(world, &world->caches[i], &world->cache_tags[i],
                       machine->caches[i].asid_bits, space);
}

void world_switch(struct world *world, uint32_t space)
{
    const struct machine *machine = world->machine;
    for (size_t i = 0; i < machine->tlb_count; i++) {
        if (machine_tlb_tagged(machine, &machine->tlbs[i]))
            continue;
        if (machine->switching.cr3_flushes == MACHINE_FLUSH_NON_GLOBAL)
            structure_flush_others(&world->tlbs[i], OWNER_ALL);
        else
            structure_flush(&world->tlbs[i]);
    }
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].tag == MACHINE_VIRTUAL &&
            !cache_is_tagged(machine, &machine->caches[i]))
            structure_flush(&world->caches[i]);
    world_first_space(world, space);
}

/* ---- beginning and end ---- */

static void tags_start(struct tag_list *tags, unsigned bits)
{
    tags->spaces = calloc((size_t)1 << bits, sizeof *tags->spaces);
    if (tags->spaces == NULL)
        abort();
}

void world_start(struct world *world, const struct machine *machine, bool shared)
{
    *world = (struct world){.machine = machine, .shared = shared};
    for (size_t i = 0; i < machine->tlb_count; i++) {
        const struct machine_tlb *tlb = &machine->tlbs[i];
        tags_start(&world->tlb_tags[i], tlb->asid_bits);
        structure_start(&world->tlbs[i], tlb->entries / tlb->ways, tlb->ways,
                        tlb->replacement, tlb->seed);
    }
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct machine_cache *cache = &machine->caches[i];
        tags_start(&world->cache_tags[i], cache->asid_bits);
        structure_start(&world->caches[i], cache->size / cache->line / cache->ways,
                        cache->ways, cache->replacement, cache->seed);
    }
}

void world_end(struct world *world)
{
    for (size_t i = 0; i < world->machine->tlb_count; i++) {
        structure_end(&world->tlbs[i]);
        free(world->tlb_tags[i].spaces);
    }
    for (size_t i = 0; i < world->machine->cache_count; i++) {
        structure_end(&world->caches[i]);
        free(world->cache_tags[i].spaces);
    }
}
