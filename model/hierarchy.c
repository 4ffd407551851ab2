#include "model/hierarchy.h"

/* ---- one processor ---- */

static bool tlb_init(struct hierarchy *hierarchy, size_t i)
{
    const struct layout *layout = hierarchy->layout;
    const struct machine_tlb *tlb = &layout->machine->tlbs[i];
    if (!array_init(&hierarchy->tlbs[i], machine_tlb_sets(tlb), tlb->ways,
                    tlb->replacement, tlb->seed))
        return false;
    return !hierarchy->tells_spaces || !layout->tlb_tagged[i] ||
           tags_init(&hierarchy->tlb_tags[i], tlb->asid_bits);
}

static bool cache_init(struct hierarchy *hierarchy, size_t i)
{
    const struct layout *layout = hierarchy->layout;
    const struct machine_cache *cache = &layout->machine->caches[i];
    if (!array_init(&hierarchy->caches[i], machine_cache_sets(cache), cache->ways,
                    cache->replacement, cache->seed))
        return false;
    hierarchy->caches[i].wanders = cache->index != cache->tag;
    return !hierarchy->tells_spaces || !layout->cache_tagged[i] ||
           tags_init(&hierarchy->cache_tags[i], cache->asid_bits);
}

static struct front front_of(const struct array *array, bool usable, unsigned shift)
{
    static const uint32_t nowhere = 0;
    static const uint64_t empty = KEY_EMPTY;
    if (!usable || (array->sets & (array->sets - 1)) != 0)
        return (struct front){.latest = &nowhere,
                              .keys = &empty,
                              .slots = array->slots,
                              .shift = (uint8_t)shift};
    return (struct front){.mask = array->mask,
                          .latest = array->latest,
                          .keys = array->keys,
                          .slots = array->slots,
                          .shift = (uint8_t)shift};
}

static struct front tlb_front(const struct hierarchy *hierarchy,
                              const struct way_down *way)
{
    if (way->count == 0)
        return (struct front){.absent = true};
    struct front front = front_of(&hierarchy->tlbs[way->index[0]], true, PAGE_SHIFT);
    front.index = way->index[0];
    return front;
}

static struct front cache_front(const struct hierarchy *hierarchy,
                                const struct way_down *way, enum ref_kind kind)
{
    static const struct array none; /* no usable front is made of it */
    if (way->count == 0)
        return front_of(&none, false, PAGE_SHIFT);
    const struct layout *layout = hierarchy->layout;
    uint8_t i = way->index[0];
    const struct machine_cache *cache = &layout->machine->caches[i];
    bool physical = cache->index == MACHINE_PHYSICAL && cache->tag == MACHINE_PHYSICAL;
    struct front front = front_of(&hierarchy->caches[i], physical, layout->line_shift[i]);
    front.dirties = kind == REF_STORE && cache->write == MACHINE_WRITE_BACK;
    return front;
}

static void set_fronts(struct hierarchy *hierarchy)
{
    const struct layout *layout = hierarchy->layout;
    for (enum ref_kind kind = REF_FETCH; kind <= REF_STORE; kind++) {
        enum side side = kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
        for (int kernel = 0; kernel < 2; kernel++)
            hierarchy->tlb_fronts[kind][kernel] =
                tlb_front(hierarchy, &layout->tlbs[side][kernel]);
        hierarchy->cache_fronts[kind] =
            cache_front(hierarchy, &layout->caches[side], kind);
    }
}

void hierarchy_count(struct hierarchy *hierarchy)
{
    const struct layout *layout = hierarchy->layout;
    struct structure_counters *counters = hierarchy->counters;
    for (enum ref_kind kind = REF_FETCH; counters != NULL && kind <= REF_STORE; kind++) {
        enum side side = kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
        for (int kernel = 0; kernel < 2; kernel++) {
            struct front *tlb = &hierarchy->tlb_fronts[kind][kernel];
            counters[tlb->index].accesses[kind] += tlb->accesses;
            tlb->accesses = 0;
        }
        struct front *cache = &hierarchy->cache_fronts[kind];
        size_t first = layout->machine->tlb_count + layout->caches[side].index[0];
        counters[first].accesses[kind] += cache->accesses;
        cache->accesses = 0;
    }
}

bool hierarchy_init(struct hierarchy *hierarchy, const struct layout *layout,
                    bool tells_spaces, struct structure_counters *counters)
{
    *hierarchy = (struct hierarchy){
        .layout = layout, .tells_spaces = tells_spaces, .counters = counters};
    bool good = true;
    for (size_t i = 0; i < layout->machine->tlb_count && good; i++)
        good = tlb_init(hierarchy, i);
    for (size_t i = 0; i < layout->machine->cache_count && good; i++)
        good = cache_init(hierarchy, i);
    if (!good) {
        hierarchy_free(hierarchy);
        return false;
    }
    set_fronts(hierarchy);
    return true;
}

void hierarchy_free(struct hierarchy *hierarchy)
{
    for (size_t i = 0; i < MACHINE_TLBS; i++) {
        array_free(&hierarchy->tlbs[i]);
        tags_free(&hierarchy->tlb_tags[i]);
    }
    for (size_t i = 0; i < MACHINE_CACHES; i++) {
        array_free(&hierarchy->caches[i]);
        tags_free(&hierarchy->cache_tags[i]);
    }
    map_free(&hierarchy->tables);
}

bool hierarchy_failed(const struct hierarchy *hierarchy)
{
    bool failed = hierarchy->tables.failed;
    for (size_t i = 0; i < MACHINE_TLBS; i++)
        failed |= hierarchy->tlbs[i].history.failed;
    for (size_t i = 0; i < MACHINE_CACHES; i++)
        failed |= hierarchy->caches[i].history.failed;
    return failed;
}

void hierarchy_note(struct hierarchy *hierarchy, const struct ref *ref)
{
    if (ref->kind == REF_SPACE)
        hierarchy->cr3 = ref->vaddr;
    if (ref->kind == REF_TABLE)
        map_put(&hierarchy->tables,
                (ref->vaddr & ~UINT64_C(0xfff)) << 10 | ref->excursion,
                (ref->flags & REF_LARGE) != 0 ? NO_TABLE : ref->paddr);
}

uint32_t translate_large(struct hierarchy *hierarchy, const struct ref *ref,
                         enum side side, const struct asker *asker,
                         struct reason **reasons, bool traced)
{
    const struct layout *layout = hierarchy->layout;
    const struct large_way *way =
        &layout->large_tlbs[side][(ref->flags & REF_KERNEL) != 0];
    uint32_t events = 0;
    for (unsigned n = 0; n < way->count; n++) {
        unsigned i = way->index[n];
        bool wrote_back;
        uint64_t key = large_tlb_key(hierarchy, ref, i, way->shift[n]) |
                       (uint64_t)asker->domain << PAGE_BITS;
        enum answer answer =
            array_ask(&hierarchy->tlbs[i], ref->vaddr >> way->shift[n], key, asker, false,
                      true, *reasons, &wrote_back, traced);
        count_access(hierarchy, i, (enum ref_kind)ref->kind, answer, false);
        if (traced && answer != ANSWER_HIT)
            ++*reasons;
        if (answer == ANSWER_FOREIGN)
            events |= FOREIGN_HIT(0);
        if (answer != ANSWER_MISS)
            return events;
        events |= EVENT_TLB(way->position[n]);
    }
    events |= EVENT_WALK;
    if (layout->machine->walk == MACHINE_WALK_HARDWARE)
        events |= walk(hierarchy, ref->vaddr, true, asker, reasons, traced);
    return events;
}

static void count_flush(struct hierarchy *hierarchy, size_t structure, uint64_t entries)
{
    if (hierarchy->counters == NULL)
        return;
    hierarchy->counters[structure].flushes++;
    hierarchy->counters[structure].flushed_entries += (int64_t)entries;
}

/* A tagged structure keeps its entries, unless the tags run out. `shift` is the place of
 * the space in its keys. */
static void switch_tagged(struct hierarchy *hierarchy, size_t structure,
                          struct array *array, struct tags *tags, const struct ref *ref,
                          unsigned shift, bool traced)
{
    bool recycle =
        hierarchy->layout->machine->switching.tags_run_out == MACHINE_TAGS_RECYCLE;
    uint32_t loser = 0;
    switch (tags_switch(tags, (uint32_t)ref->paddr, recycle, &loser)) {
    case TAGS_FLUSH_NOTHING:
        return;
    case TAGS_FLUSH_ALL:
        count_flush(hierarchy, structure,
                    array_flush(array, false, ref->excursion, traced));
        return;
    case TAGS_FLUSH_SPACE:
        count_flush(hierarchy, structure,
                    array_flush_matching(array, ~UINT64_C(0) << shift,
                                         (uint64_t)loser << shift, ref->excursion,
                                         traced));
        return;
    }
}

void hierarchy_switch(struct hierarchy *hierarchy, const struct ref *ref, bool traced)
{
    const struct layout *layout = hierarchy->layout;
    const struct machine *machine = layout->machine;
    bool loads = ref->flags == TRACE_HOW_CR3;
    hierarchy->space = ref->paddr;
    for (size_t i = 0; i < machine->tlb_count; i++) {
        struct array *array = &hierarchy->tlbs[i];
        if (layout->tlb_tagged[i])
            switch_tagged(hierarchy, i, array, &hierarchy->tlb_tags[i], ref, PAGE_BITS,
                          traced);
        if (layout->tlb_tagged[i] || !loads)
            continue;
        bool keep = layout->global[i] &&
                    machine->switching.cr3_flushes == MACHINE_FLUSH_NON_GLOBAL;
        count_flush(hierarchy, i, array_flush(array, keep, ref->excursion, traced));
    }
    for (size_t i = 0; i < machine->cache_count; i++) {
        struct array *array = &hierarchy->caches[i];
        size_t structure = machine->tlb_count + i;
        if (layout->cache_tagged[i])
            switch_tagged(hierarchy, structure, array, &hierarchy->cache_tags[i], ref,
                          (unsigned)(ADDRESS_BITS - layout->line_shift[i]), traced);
        else if (machine->caches[i].tag == MACHINE_VIRTUAL && loads)
            count_flush(hierarchy, structure,
                        array_flush(array, false, ref->excursion, traced));
    }
}

/* ---- one access ---- */

INLINE uint32_t access_further(struct hierarchy *hierarchy, const struct ref *ref,
                               const struct asker *asker, struct reason **reasons,
                               bool traced)
{
    enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    uint32_t events = 0;
    if ((ref->flags & REF_CONTINUED) == 0)
        events = translate(hierarchy, ref, side, asker, reasons, traced);
    return events | ask_caches(hierarchy, side, (enum ref_kind)ref->kind, ref->vaddr,
                               ref->paddr, asker, EVENT_LINE, reasons, traced);
}

uint32_t hierarchy_access_further(struct hierarchy *hierarchy, const struct ref *ref,
                                  const struct asker *asker, struct reason **reasons,
                                  bool traced)
{
    if (traced)
        return access_further(hierarchy, ref, asker, reasons, true);
    return access_further(hierarchy, ref, asker, reasons, false);
}
