/* layout.c - what of a machine the inner loop needs: who is asked on which way down, and
 * what each event costs there. */
#include "model/hierarchy.h"

#include "model/large.h"

static uint8_t log2_of(uint64_t power)
{
    return (uint8_t)__builtin_ctzll(power);
}

static bool serves(uint8_t holds, enum side side)
{
    return holds == MACHINE_BOTH ||
           holds == (side == SIDE_FETCH ? MACHINE_INSTRUCTIONS : MACHINE_DATA);
}

static bool serves_mode(const struct machine_tlb *tlb, bool kernel)
{
    return tlb->mode == MACHINE_ANY_MODE ||
           tlb->mode == (kernel ? MACHINE_KERNEL : MACHINE_USER);
}

/* The machine lists its structures by level, so the first that serves is next in line. */
static struct way_down tlbs_asked(const struct machine *machine, enum side side,
                                  bool kernel)
{
    struct way_down way = {0};
    unsigned level = 0;
    for (size_t i = 0; i < machine->tlb_count; i++) {
        const struct machine_tlb *tlb = &machine->tlbs[i];
        if (tlb->level <= level || !serves(tlb->holds, side) ||
            !serves_mode(tlb, kernel) || !machine_tlb_holds(tlb, 1u << PAGE_SHIFT))
            continue;
        level = tlb->level;
        way.index[way.count++] = (uint8_t)i;
    }
    return way;
}

/* The largest page that the TLB has a size for and that holds no more than a large page.
 */
static uint8_t piece_shift(const struct machine_tlb *tlb)
{
    uint8_t shift = 0;
    for (size_t i = 0; i < tlb->page_size_count; i++)
        if (tlb->page_sizes[i] <= LARGE_SIZE)
            shift = log2_of(tlb->page_sizes[i]);
    return shift;
}

/* Number of the TLB that keeps the largest piece of a large page at this level. */
static size_t largest_piece(const struct machine *machine, unsigned level, enum side side,
                            bool kernel)
{
    size_t best = 0;
    uint8_t most = 0;
    for (size_t i = 0; i < machine->tlb_count; i++) {
        const struct machine_tlb *tlb = &machine->tlbs[i];
        if (tlb->level != level || !serves(tlb->holds, side) ||
            !serves_mode(tlb, kernel) || piece_shift(tlb) <= most)
            continue;
        most = piece_shift(tlb);
        best = i;
    }
    return best;
}

static struct large_way large_tlbs_asked(const struct machine *machine,
                                         const struct way_down *small, enum side side,
                                         bool kernel)
{
    struct large_way way = {0};
    uint8_t least = 0;
    for (uint8_t position = 0; position < small->count; position++) {
        unsigned level = machine->tlbs[small->index[position]].level;
        size_t i = largest_piece(machine, level, side, kernel);
        uint8_t shift = piece_shift(&machine->tlbs[i]);
        if (shift < least)
            continue;
        least = shift;
        way.index[way.count] = (uint8_t)i;
        way.position[way.count] = position;
        way.shift[way.count++] = shift;
    }
    return way;
}

static struct way_down caches_asked(const struct machine *machine, enum side side)
{
    struct way_down way = {0};
    unsigned level = 0;
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct machine_cache *cache = &machine->caches[i];
        if (cache->level <= level || !serves(cache->holds, side))
            continue;
        level = cache->level;
        way.index[way.count++] = (uint8_t)i;
    }
    return way;
}

static enum component tlb_component(enum side side, unsigned position)
{
    if (position == 0)
        return side == SIDE_FETCH ? COMPONENT_ITLB : COMPONENT_DTLB;
    return position == 1 ? COMPONENT_STLB : COMPONENTS; /* a third level's: the walk */
}

static enum component cache_component(enum side side, unsigned position)
{
    if (position == 0)
        return side == SIDE_FETCH ? COMPONENT_L1I : COMPONENT_L1D;
    return position == 1 ? COMPONENT_L2 : COMPONENT_L3;
}

/* Describe the event bits of one group of reads, asked on behalf of `charged`. */
static void describe_reads(struct layout *layout, enum side charged, enum side asked,
                           unsigned group)
{
    const struct machine *machine = layout->machine;
    const struct way_down *way = &layout->caches[asked];
    for (unsigned position = 0; position < way->count; position++) {
        unsigned bit = group + position;
        layout->component[charged][bit] = (uint8_t)cache_component(asked, position);
        if (position + 1 < way->count)
            layout->cost[charged][bit] =
                machine->caches[way->index[position + 1]].latency;
    }
    layout->component[charged][group + EVENT_MEMORY] = COMPONENT_MEMORY;
    layout->cost[charged][group + EVENT_MEMORY] = machine->memory_latency;
}

static void describe_translation(struct layout *layout, enum side side)
{
    const struct machine *machine = layout->machine;
    const struct way_down *way = &layout->tlbs[side][0];
    for (unsigned position = 0; position < way->count; position++) {
        layout->component[side][position] = (uint8_t)tlb_component(side, position);
        if (position + 1 < way->count)
            layout->cost[side][position] =
                machine->tlbs[way->index[position + 1]].latency;
    }
    layout->component[side][3] = COMPONENT_WALK;
    layout->cost[side][3] = machine->walk_time;
}

static bool fetches_apart(const struct layout *layout)
{
    const struct machine *machine = layout->machine;
    for (unsigned kernel = 0; kernel < 2; kernel++) {
        const struct way_down *way = &layout->tlbs[SIDE_FETCH][kernel];
        const struct large_way *large = &layout->large_tlbs[SIDE_FETCH][kernel];
        if (way->count > 0 &&
            (machine->tlbs[way->index[0]].holds != MACHINE_INSTRUCTIONS ||
             machine->tlbs[large->index[0]].holds != MACHINE_INSTRUCTIONS))
            return false;
    }
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].inclusion == MACHINE_INCLUSIVE)
            return false; /* what data push out there leaves the first level too */
    const struct way_down *way = &layout->caches[SIDE_FETCH];
    return way->count > 0 && machine->caches[way->index[0]].holds == MACHINE_INSTRUCTIONS;
}

/* Keys hold the domain, or the space, above the line's number and below the ghost's mark.
 */
static uint64_t room_of(const struct machine_cache *cache)
{
    return UINT64_C(1) << (63 - (ADDRESS_BITS - log2_of(cache->line)));
}

/* With page-table isolation a space is two. */
static uint32_t most_spaces(const struct machine *machine)
{
    uint64_t most = TAGS_SPACES;
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine_cache_tagged(machine, &machine->caches[i]) &&
            room_of(&machine->caches[i]) < most)
            most = room_of(&machine->caches[i]);
    return (uint32_t)(machine->switching.kpti ? most / 2 : most);
}

static bool has_room(const struct machine_cache *cache, size_t domains,
                     struct cb_error *error)
{
    uint64_t room = room_of(cache);
    if (domains <= room)
        return true;
    return cb_error_set(
        error, CB_USAGE,
        "cache %s: lines of %u bytes leave room for %llu domains, the trace has %zu",
        cache->name, cache->line, (unsigned long long)room, domains);
}

/* What comes to an exclusive level must fit it as it is; every other must hold all of a
 * line before it. */
static bool lines_fit(const struct layout *layout, const struct way_down *way,
                      struct cb_error *error)
{
    for (unsigned i = 1; i < way->count; i++) {
        const struct machine_cache *cache = &layout->machine->caches[way->index[i - 1]];
        const struct machine_cache *next = &layout->machine->caches[way->index[i]];
        if (next->line == cache->line ||
            (next->line > cache->line && next->inclusion != MACHINE_EXCLUSIVE))
            continue;
        return cb_error_set(error, CB_USAGE,
                            "cache %s: its lines of %u bytes do not fit those of %u "
                            "bytes in %s before it",
                            next->name, next->line, cache->line, cache->name);
    }
    return true;
}

/* What inclusion.c assumes of caches that machine_check() has passed. */
static bool can_include(const struct layout *layout, struct cb_error *error)
{
    for (size_t i = 0; i < layout->machine->cache_count; i++)
        if (layout->machine->caches[i].tag == MACHINE_VIRTUAL)
            return cb_error_set(
                error, CB_USAGE,
                "cache %s: it is tagged virtually, which cannot stand beside "
                "an inclusive or exclusive cache, nor beside write-backs that are "
                "written",
                layout->machine->caches[i].name);
    return lines_fit(layout, &layout->caches[SIDE_FETCH], error) &&
           lines_fit(layout, &layout->caches[SIDE_DATA], error);
}

static bool levels_act_on_each_other(const struct machine *machine)
{
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].inclusion != MACHINE_NEITHER ||
            machine->caches[i].write_backs == MACHINE_WRITE_BACKS_WRITTEN)
            return true;
    return false;
}

bool layout_init(struct layout *layout, const struct machine *machine, size_t domains,
                 struct cb_error *error)
{
    *layout = (struct layout){.machine = machine,
                              .inclusion = levels_act_on_each_other(machine)};
    for (size_t i = 0; i < machine->cache_count; i++)
        if (!has_room(&machine->caches[i], domains, error))
            return false;
    layout->spaces = most_spaces(machine);
    memset(layout->component, COMPONENTS, sizeof layout->component);
    for (size_t i = 0; i < machine->tlb_count; i++) {
        layout->tlb_tagged[i] = machine_tlb_tagged(machine, &machine->tlbs[i]);
        /* With kernel page-table isolation no page is the same in every space. */
        layout->global[i] = machine->tlbs[i].global_pages && !machine->switching.kpti;
    }
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct machine_cache *cache = &machine->caches[i];
        layout->cache_tagged[i] = machine_cache_tagged(machine, cache);
        layout->line_shift[i] = log2_of(cache->line);
    }
    for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++) {
        layout->tlbs[side][0] = tlbs_asked(machine, side, false);
        layout->tlbs[side][1] = tlbs_asked(machine, side, true);
        for (unsigned kernel = 0; kernel < 2; kernel++)
            layout->large_tlbs[side][kernel] =
                large_tlbs_asked(machine, &layout->tlbs[side][kernel], side, kernel != 0);
        layout->caches[side] = caches_asked(machine, side);
        const struct way_down *way = &layout->caches[side];
        layout->first_line_shift[side] =
            way->count > 0 ? layout->line_shift[way->index[0]] : PAGE_SHIFT;
        describe_translation(layout, side);
        describe_reads(layout, side, side, EVENT_LINE);
    }
    if (layout->inclusion && !can_include(layout, error))
        return false;
    layout->fetches_apart = fetches_apart(layout);
    describe_reads(layout, SIDE_WALK, SIDE_DATA, EVENT_DIRECTORY);
    describe_reads(layout, SIDE_WALK, SIDE_DATA, EVENT_TABLE);
    return true;
}
