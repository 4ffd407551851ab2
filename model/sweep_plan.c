#include "model/sweep_plan.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- what counts do not depend on ---- */

static void drop_costs(struct machine *machine)
{
    memset(machine->name, 0, sizeof machine->name);
    memset(machine->title, 0, sizeof machine->title);
    memset(machine->instructions, 0, sizeof machine->instructions);
    machine->clock_khz = 1;
    machine->walk_time = 0;
    machine->memory_latency = 0;
    machine->notes = NULL;
    for (size_t i = 0; i < MACHINE_TLBS; i++)
        machine->tlbs[i].latency = 0;
    for (size_t i = 0; i < MACHINE_CACHES; i++)
        machine->caches[i].latency = 0;
}

static struct machine tlb_half(const struct machine *machine)
{
    struct machine half = *machine;
    drop_costs(&half);
    memset(half.caches, 0, sizeof half.caches);
    half.cache_count = 0;
    half.walk = MACHINE_WALK_FIXED;
    half.pairing = MACHINE_PAIRING_NONE;
    return half;
}

static struct machine cache_half(const struct machine *machine)
{
    struct machine half = *machine;
    drop_costs(&half);
    memset(half.tlbs, 0, sizeof half.tlbs);
    half.tlb_count = 0;
    half.walk = MACHINE_WALK_FIXED;
    half.pairing = MACHINE_PAIRING_NONE;
    half.large_pages = MACHINE_LARGE_RECORDED;
    if (!plan_flushes_caches(machine))
        half.switching = (struct machine_switch){0};
    return half;
}

/* ---- what can be swept ---- */

/* What a miss comes to next must be the same for small pages and for large ones: it is
 * counted once. */
static bool parts_ways(const struct layout *layout, enum side side, unsigned kernel)
{
    const struct way_down *small = &layout->tlbs[side][kernel];
    const struct large_way *large = &layout->large_tlbs[side][kernel];
    for (unsigned n = 0; n < large->count; n++)
        for (unsigned position = 0; position < small->count; position++)
            if (small->index[position] == large->index[n] &&
                (position + 1u == small->count) != (n + 1u == large->count))
                return true;
    return false;
}

static const char *why_not_tlbs(const struct layout *layout)
{
    static const char not_lru[] =
        "a TLB that does not replace the least recently used entry";
    for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++)
        for (unsigned kernel = 0; kernel < 2; kernel++) {
            const struct way_down *way = &layout->tlbs[side][kernel];
            const struct large_way *large = &layout->large_tlbs[side][kernel];
            if (way->count > 2)
                return "a third level of TLBs";
            if (parts_ways(layout, side, kernel))
                return "a TLB behind which large pages go another way than small ones";
            for (unsigned p = 0; p < way->count; p++)
                if (layout->machine->tlbs[way->index[p]].replacement != MACHINE_LRU)
                    return not_lru;
            for (unsigned n = 0; n < large->count; n++)
                if (layout->machine->tlbs[large->index[n]].replacement != MACHINE_LRU)
                    return not_lru;
        }
    return NULL;
}

static bool indexed_by_page_offset(const struct machine_cache *cache)
{
    return cache->index == MACHINE_PHYSICAL ||
           machine_cache_sets(cache) * cache->line <= 1u << PAGE_SHIFT;
}

static const char *why_not_caches(const struct layout *layout)
{
    for (size_t i = 0; i < layout->machine->cache_count; i++)
        if (layout->machine->caches[i].write_backs == MACHINE_WRITE_BACKS_WRITTEN)
            return "write-backs that are written to the next level";
    if (layout->inclusion)
        return "inclusive or exclusive caches";
    for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++) {
        const struct way_down *way = &layout->caches[side];
        if (way->count > 2)
            return "a third level of caches";
        for (unsigned p = 0; p < way->count; p++) {
            const struct machine_cache *cache = &layout->machine->caches[way->index[p]];
            if (cache->replacement != MACHINE_LRU)
                return "a cache that does not replace the least recently used line";
            if (cache->tag == MACHINE_VIRTUAL || !indexed_by_page_offset(cache))
                return "a virtually indexed or tagged cache";
        }
    }
    return NULL;
}

/* ---- growing lists, each with a search by content ---- */

static void *append(void **list, size_t *count, size_t size, const void *member)
{
    if ((*count & (*count - 1)) == 0) {
        void *grown = realloc(*list, (*count != 0 ? 2 * *count : 1) * size);
        if (grown == NULL)
            return NULL;
        *list = grown;
    }
    return memcpy((char *)*list + (*count)++ * size, member, size);
}

static bool streams_equal(const struct stream_shape *a, const struct stream_shape *b)
{
    return a->kpti == b->kpti && a->pairing == b->pairing &&
           a->large_pages == b->large_pages && a->walks == b->walks &&
           (!a->walks || machine_equal(&a->tlbs, &b->tlbs));
}

static bool route_stream(struct plan *plan, const struct stream_shape *shape, bool extend,
                         size_t *index)
{
    for (*index = 0; *index < plan->stream_count; ++*index)
        if (streams_equal(&plan->streams[*index], shape))
            return true;
    return extend && append((void **)&plan->streams, &plan->stream_count, sizeof *shape,
                            shape) != NULL;
}

/* `needs`: the families that the machine's structures are sizes of. */
static bool route_before(struct plan *plan, size_t stream, const struct machine *machine,
                         const size_t *needs, bool extend, size_t *index)
{
    for (*index = 0; *index < plan->before_count; ++*index)
        if (plan->befores[*index].stream == stream &&
            machine_equal(&plan->befores[*index].machine, machine))
            return true;
    struct before before = {.stream = stream, .machine = *machine};
    memcpy(before.needs, needs, sizeof before.needs);
    return extend && append((void **)&plan->befores, &plan->before_count, sizeof before,
                            &before) != NULL;
}

static bool want_size(struct need *need, uint64_t sets, uint32_t ways)
{
    size_t at = 0;
    while (at < need->columns && need->sets[at] < sets)
        at++;
    if (at < need->columns && need->sets[at] == sets) {
        if (need->ways[at] < ways)
            need->ways[at] = ways;
        return true;
    }
    size_t columns = need->columns;
    if (append((void **)&need->sets, &columns, sizeof sets, &sets) == NULL ||
        append((void **)&need->ways, &need->columns, sizeof ways, &ways) == NULL)
        return false;
    for (size_t i = need->columns - 1; i > at; i--) {
        need->sets[i] = need->sets[i - 1];
        need->ways[i] = need->ways[i - 1];
    }
    need->sets[at] = sets;
    need->ways[at] = ways;
    return true;
}

static bool has_size(const struct need *need, uint64_t sets, uint32_t ways)
{
    for (size_t i = 0; i < need->columns; i++)
        if (need->sets[i] == sets)
            return need->ways[i] >= ways;
    return false;
}

static bool route_need(struct plan *plan, const struct need *wanted, uint64_t sets,
                       uint32_t ways, bool extend, size_t *index)
{
    for (*index = 0; *index < plan->need_count; ++*index) {
        struct need *need = &plan->needs[*index];
        if (need->stream == wanted->stream && need->before == wanted->before &&
            memcmp(&need->shape, &wanted->shape, sizeof need->shape) == 0)
            return extend ? want_size(need, sets, ways) : has_size(need, sets, ways);
    }
    struct need *need = NULL;
    if (extend)
        need = append((void **)&plan->needs, &plan->need_count, sizeof *wanted, wanted);
    return need != NULL && want_size(need, sets, ways);
}

/* ---- one machine's structures ---- */

/* Who asks the structure. Returns whether anybody does; *behind: some ask it only when a
 * first level has missed. */
static bool tlb_serves(const struct layout *layout, size_t tlb,
                       struct family_shape *shape, bool *behind)
{
    bool any = false;
    for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++)
        for (unsigned kernel = 0; kernel < 2; kernel++) {
            const struct way_down *way = &layout->tlbs[side][kernel];
            bool first = way->count > 0 && way->index[0] == tlb;
            bool second = way->count > 1 && way->index[1] == tlb;
            shape->serves[side][kernel] = first || second;
            any |= shape->serves[side][kernel];
            *behind |= second;
            const struct large_way *large = &layout->large_tlbs[side][kernel];
            for (unsigned n = 0; n < large->count; n++) {
                if (large->index[n] != tlb)
                    continue;
                shape->large_shift[side][kernel] = large->shift[n];
                any = true;
                *behind |= n > 0;
            }
        }
    return any;
}

static bool cache_serves(const struct layout *layout, size_t cache, bool serves[2][2],
                         bool *behind)
{
    bool any = false;
    for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++) {
        const struct way_down *way = &layout->caches[side];
        bool first = way->count > 0 && way->index[0] == cache;
        bool second = way->count > 1 && way->index[1] == cache;
        serves[side][0] = serves[side][1] = first || second;
        any |= first || second;
        *behind |= second;
    }
    return any;
}

static struct family_shape tlb_shape(const struct layout *layout, size_t i)
{
    const struct machine *machine = layout->machine;
    bool tagged = layout->tlb_tagged[i];
    bool keeps =
        layout->global[i] && machine->switching.cr3_flushes == MACHINE_FLUSH_NON_GLOBAL;
    return (struct family_shape){.is_tlb = true,
                                 .shift = PAGE_SHIFT,
                                 .write_allocate = true,
                                 .tagged = tagged,
                                 .recycle = tagged && machine->switching.tags_run_out ==
                                                          MACHINE_TAGS_RECYCLE,
                                 .asid_bits = tagged ? machine->tlbs[i].asid_bits : 0,
                                 .global = layout->global[i] && (tagged || keeps),
                                 .keeps_global = keeps && !tagged};
}

/* The machine's structures of the first level alone. */
static struct machine first_tlbs(const struct machine *machine)
{
    struct machine first = tlb_half(machine);
    while (first.tlb_count > 0 && first.tlbs[first.tlb_count - 1].level > 1)
        memset(&first.tlbs[--first.tlb_count], 0, sizeof first.tlbs[0]);
    return first;
}

static struct machine first_caches(const struct machine *machine)
{
    struct machine first = cache_half(machine);
    while (first.cache_count > 0 && first.caches[first.cache_count - 1].level > 1)
        memset(&first.caches[--first.cache_count], 0, sizeof first.caches[0]);
    return first;
}

static bool route_tlb(struct plan *plan, const struct layout *layout, size_t i,
                      bool extend, struct route *route)
{
    const struct machine_tlb *tlb = &layout->machine->tlbs[i];
    bool behind = false;
    struct need need = {
        .stream = route->stream, .before = NOWHERE, .shape = tlb_shape(layout, i)};
    if (!tlb_serves(layout, i, &need.shape, &behind))
        return true;
    struct machine first = first_tlbs(layout->machine);
    if (behind && !route_before(plan, route->stream, &first, route->tlb_needs, extend,
                                &need.before))
        return false;
    return route_need(plan, &need, machine_tlb_sets(tlb), tlb->ways, extend,
                      &route->tlb_needs[i]);
}

static bool route_cache(struct plan *plan, const struct layout *layout, size_t i,
                        bool extend, struct route *route)
{
    const struct machine_cache *cache = &layout->machine->caches[i];
    bool behind = false;
    struct need need = {.stream = route->stream,
                        .before = NOWHERE,
                        .shape = {.shift = layout->line_shift[i],
                                  .write_allocate = cache->write_allocate}};
    if (!cache_serves(layout, i, need.shape.serves, &behind))
        return true;
    struct machine first = first_caches(layout->machine);
    if (behind && !route_before(plan, route->stream, &first, route->cache_needs, extend,
                                &need.before))
        return false;
    return route_need(plan, &need, machine_cache_sets(cache), cache->ways, extend,
                      &route->cache_needs[i]);
}

static void explain(struct plan *plan, const char *why)
{
    if (plan->why_replays[0] == '\0')
        snprintf(plan->why_replays, sizeof plan->why_replays, "%s", why);
}

static bool route_tlbs(struct plan *plan, const struct layout *layout, bool extend,
                       struct route *route)
{
    const char *why = why_not_tlbs(layout);
    if (why != NULL) {
        struct machine half = tlb_half(layout->machine);
        explain(plan, why);
        return plan_geometry(plan, GEOMETRY_TLBS, &half, extend, &route->tlb_replay);
    }
    for (size_t i = 0; i < layout->machine->tlb_count; i++)
        if (!route_tlb(plan, layout, i, extend, route))
            return false;
    return true;
}

static bool route_caches(struct plan *plan, const struct layout *layout, bool extend,
                         struct route *route)
{
    const char *why = why_not_caches(layout);
    if (why != NULL) {
        struct machine half = cache_half(layout->machine);
        explain(plan, why);
        return plan_geometry(plan, GEOMETRY_CACHES, &half, extend, &route->cache_replay);
    }
    for (size_t i = 0; i < layout->machine->cache_count; i++)
        if (!route_cache(plan, layout, i, extend, route))
            return false;
    return true;
}

/* A walker that reads through the data caches ties the halves together. */
static bool halves_touch(const struct machine *machine)
{
    return machine->walk == MACHINE_WALK_HARDWARE && machine->tlb_count > 0;
}

/* The TLBs without what makes no difference to when they miss. */
static struct machine walking_half(const struct layout *layout)
{
    struct machine half = tlb_half(layout->machine);
    bool any_tagged = false, any_global = false;
    for (size_t i = 0; i < half.tlb_count; i++) {
        struct machine_tlb *tlb = &half.tlbs[i];
        bool tagged = layout->tlb_tagged[i];
        bool keeps = half.switching.cr3_flushes == MACHINE_FLUSH_NON_GLOBAL;
        tlb->asid_bits = tagged ? tlb->asid_bits : 0;
        tlb->global_pages = layout->global[i] && (tagged || keeps);
        if (tlb->replacement != MACHINE_RANDOM)
            tlb->seed = 0;
        any_tagged |= tagged;
        any_global |= tlb->global_pages && !tagged;
    }
    if (!any_tagged)
        half.switching.tags_run_out = MACHINE_TAGS_FLUSH;
    if (!any_tagged)
        half.switching.process_context_ids = false;
    if (!any_global)
        half.switching.cr3_flushes = MACHINE_FLUSH_ALL;
    return half;
}

static struct stream_shape shape_of(const struct layout *layout, bool walks)
{
    const struct machine *machine = layout->machine;
    struct stream_shape shape = {.kpti = machine->switching.kpti,
                                 .pairing = machine->pairing,
                                 .large_pages = machine->large_pages,
                                 .walks = walks};
    if (walks)
        shape.tlbs = walking_half(layout);
    return shape;
}

struct machine stream_machine(const struct stream_shape *shape)
{
    struct machine machine = {.clock_khz = 1};
    if (shape->walks)
        machine = shape->tlbs;
    machine.pairing = shape->pairing;
    machine.large_pages = shape->large_pages;
    machine.switching.kpti = shape->kpti;
    return machine;
}

/* Replayed for each of its geometries. */
static bool route_whole(struct plan *plan, const struct layout *layout, const char *why,
                        bool extend, struct route *route)
{
    char sentence[sizeof plan->why_replays];
    struct machine whole = *layout->machine;
    drop_costs(&whole);
    snprintf(sentence, sizeof sentence,
             "a walker that reads through the data caches, with %s", why);
    explain(plan, sentence);
    return plan_geometry(plan, GEOMETRY_WHOLE, &whole, extend, &route->whole);
}

bool plan_route(struct plan *plan, const struct layout *layout, bool extend,
                struct route *route)
{
    bool touch = halves_touch(layout->machine);
    const char *why = touch ? why_not_caches(layout) : NULL;
    struct stream_shape shape = shape_of(layout, touch && why == NULL);
    *route = (struct route){.stream = NOWHERE,
                            .whole = NOWHERE,
                            .tlb_replay = NOWHERE,
                            .cache_replay = NOWHERE,
                            .walks = shape.walks};
    memset(route->tlb_needs, 0xff, sizeof route->tlb_needs);
    memset(route->cache_needs, 0xff, sizeof route->cache_needs);
    if (why != NULL)
        return route_whole(plan, layout, why, extend, route);
    if (!route_stream(plan, &shape, extend, &route->stream))
        return false;
    plan->streams[route->stream].straight |=
        layout->caches[SIDE_FETCH].count == 0 || layout->caches[SIDE_DATA].count == 0;
    return (shape.walks || route_tlbs(plan, layout, extend, route)) &&
           route_caches(plan, layout, extend, route);
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->need_count; i++) {
        free(plan->needs[i].sets);
        free(plan->needs[i].ways);
    }
    free(plan->streams);
    free(plan->befores);
    free(plan->needs);
    geometries_free(plan);
    *plan = (struct plan){0};
}
