/* hierarchy.h - one processor's TLBs and caches, and what one access does to them.
 *
 * Simulated, per access, in this order:
 *   1. translation: the TLBs on the way of this kind of access and mode, level by level,
 *      until one has the page; each level that missed is filled;
 *   2. the page walk, if all missed: a fixed cost, a handler's, or a hardware walker
 * whose reads of directory and table entry (for a large page, of the directory's alone)
 * go through the data caches;
 *   3. the caches on the way, level by level, until one has the line; each level that
 *      missed is filled, independently of the others, unless a level is inclusive or
 *      exclusive, or its write-backs are written: see inclusion.c.
 * A store that misses in a cache without write-allocate fills nothing there; it goes on
 * to the next level through a write buffer: it may change what is resident there, but
 * costs nothing. Not simulated: the traffic of write-backs, unless the machine says
 * "written" (they are counted), and of stores that hit in a write-through cache, accessed
 * and dirty bits set by the walker, prefetching, overlap of misses.
 */
#ifndef CROSSBILL_HIERARCHY_H
#define CROSSBILL_HIERARCHY_H

#include "model/array.h"
#include "model/model.h"
#include "model/ref.h"
#include "model/tags.h"

#define ADDRESS_BITS 58 /* addresses are taken modulo 2^58: canonical ones stay apart */
#define ADDRESS_MASK ((UINT64_C(1) << ADDRESS_BITS) - 1)
#define PAGE_SHIFT   12
#define PAGE_BITS    (ADDRESS_BITS - PAGE_SHIFT)

/* The TLBs or caches that an access asks, level by level, as indices into the machine. */
struct way_down {
    uint8_t count;
    uint8_t index[MACHINE_LEVELS];
};

/* The same for an access in a page of 4 MiB, at the levels of the way down for small
 * ones. At each of them it asks the TLB that holds the largest piece of the page, up to
 * all of it: one that holds small pages alone keeps it in pieces of 4 KiB, as the Intel
 * manual lets processors do (volume 3A, section 4.10.2.3). A level that holds smaller
 * pieces than one before it is passed over: what is kept whole above is not taken apart
 * below. */
struct large_way {
    uint8_t count;
    uint8_t index[MACHINE_LEVELS];
    uint8_t position[MACHINE_LEVELS]; /* of the level, in the way down for small pages */
    uint8_t shift[MACHINE_LEVELS];    /* log2 of the piece that is kept there */
};

/* What of a machine the inner loop needs, worked out once and only read since. */
struct layout {
    const struct machine *machine;
    struct way_down tlbs[2][2];        /* [SIDE_FETCH or SIDE_DATA][1 in kernel mode] */
    struct way_down caches[2];         /* [SIDE_FETCH or SIDE_DATA] */
    struct large_way large_tlbs[2][2]; /* as tlbs */
    bool tlb_tagged[MACHINE_TLBS], cache_tagged[MACHINE_CACHES];
    uint32_t spaces;           /* the most address spaces that keys have room for */
    bool global[MACHINE_TLBS]; /* honours global pages */
    uint8_t line_shift[MACHINE_CACHES];
    bool inclusion;                   /* some level acts on another: see inclusion.c */
    bool fetches_apart;               /* no data access asks what fetches ask first */
    uint8_t first_line_shift[2];      /* of the first level by side; 12 without a cache */
    uint8_t component[SIDES][EVENTS]; /* enum component; COMPONENTS: none */
    int64_t cost[SIDES][EVENTS];      /* millicycles of each event, by who asked */
};

/* False, with a sentence, for what replay does not model (yet) or has no room for. */
bool layout_init(struct layout *layout, const struct machine *machine, size_t domains,
                 struct cb_error *error);

/* Who asks, as far as the arrays care. */
struct asker {
    uint32_t excursion;
    uint16_t entity;
    uint16_t domain; /* part of every key, where a world keeps domains apart; else 0 */
};

/* What a hit of one kind in a first TLB or cache needs of it, close together. One that
 * cannot be asked like this has a single entry, which is empty. */
struct front {
    uint64_t mask; /* sets - 1 */
    const uint32_t *latest;
    const uint64_t *keys;
    struct slot *slots;
    int64_t accesses; /* that ended here; not yet among the counters */
    uint8_t shift;    /* of a page or line */
    uint8_t index;    /* of the TLB in the machine */
    bool dirties;
    bool absent; /* there is no such TLB */
};

struct hierarchy {
    const struct layout *layout;
    struct front tlb_fronts[REF_STORE + 1][2]; /* [kind of access][1 in kernel mode] */
    struct front cache_fronts[REF_STORE + 1];
    struct array tlbs[MACHINE_TLBS];
    struct array caches[MACHINE_CACHES];
    struct map tables; /* (CR3, directory index) to page-table page */
    uint64_t cr3;
    /* The shared world alone, which tells address spaces apart where the machine does: */
    bool tells_spaces;
    uint64_t space; /* the current one; 0 in the other worlds */
    struct tags tlb_tags[MACHINE_TLBS];
    struct tags cache_tags[MACHINE_CACHES];
    struct structure_counters *counters; /* TLBs, then caches; NULL: nothing is counted */
    /* Threads replay worlds side by side: no two of them write to one line of memory. */
    uint8_t apart[64];
};

/* `tells_spaces`: it is that of the shared world. `counters` has room for all structures,
 * or is NULL. */
bool hierarchy_init(struct hierarchy *hierarchy, const struct layout *layout,
                    bool tells_spaces, struct structure_counters *counters);
void hierarchy_free(struct hierarchy *hierarchy);
/* After the last access: the counters are whole from here on. */
void hierarchy_count(struct hierarchy *hierarchy);
bool hierarchy_failed(const struct hierarchy *hierarchy); /* memory ran out */

/* A REF_SPACE or REF_TABLE: what all worlds must know for their walks. */
void hierarchy_note(struct hierarchy *hierarchy, const struct ref *ref);
/* What a space switch flushes, in the shared world only. */
void hierarchy_switch(struct hierarchy *hierarchy, const struct ref *ref, bool traced);

/* ---- the inner loop ---- */

enum answer { ANSWER_HIT, ANSWER_FOREIGN, ANSWER_MISS, ANSWER_NO_FILL };

/* Whether the entry used last in its set is that of the key, and the asker's own. */
INLINE bool array_hits_latest(struct array *array, uint64_t number, uint64_t key,
                              const struct asker *asker, bool store, bool traced)
{
    struct slot *slot = array_latest(array, array_set(array, number), key);
    if (slot == NULL || (traced && slot->entity != asker->entity))
        return false;
    if (traced)
        slot->excursion = asker->excursion;
    if (store)
        slot->dirty = true;
    return true;
}

/* Ask one array for a key; bring it in if it is missing and `fills`. */
INLINE enum answer array_ask(struct array *array, uint64_t number, uint64_t key,
                             const struct asker *asker, bool store, bool fills,
                             struct reason *reason, bool *wrote_back, bool traced)
{
    *wrote_back = false;
    if (array_hits_latest(array, number, key, asker, store, traced))
        return ANSWER_HIT;
    uint64_t set = array_set(array, number), base = set * array->ways;
    uint32_t way = array_find(array, base, key);
    if (way < array->ways) {
        struct slot *slot = &array->slots[base + way];
        bool foreign = traced && slot->entity != asker->entity;
        if (foreign)
            *reason =
                (struct reason){.excursion = slot->excursion, .entity = slot->entity};
        slot->dirty |= store;
        array_use(array, set, way, asker->excursion, asker->entity);
        return foreign ? ANSWER_FOREIGN : ANSWER_HIT;
    }
    if (!fills)
        return ANSWER_NO_FILL;
    if (traced)
        *reason = array_absence(array, set, key);
    *wrote_back =
        array_fill(array, set, key, asker->excursion, asker->entity, store, traced);
    return ANSWER_MISS;
}

INLINE void count_access(struct hierarchy *hierarchy, size_t structure,
                         enum ref_kind kind, enum answer answer, bool wrote_back)
{
    if (hierarchy->counters == NULL)
        return;
    struct structure_counters *counters = &hierarchy->counters[structure];
    counters->accesses[kind]++;
    counters->misses[kind] += answer >= ANSWER_MISS;
    counters->write_backs += wrote_back;
}

INLINE uint64_t cache_key(const struct hierarchy *hierarchy, unsigned i, uint64_t vaddr,
                          uint64_t paddr, const struct asker *asker)
{
    const struct layout *layout = hierarchy->layout;
    bool by_virtual = layout->machine->caches[i].tag == MACHINE_VIRTUAL;
    uint64_t whose = asker->domain | (layout->cache_tagged[i] ? hierarchy->space : 0);
    return (by_virtual ? vaddr : paddr) >> layout->line_shift[i] |
           whose << (ADDRESS_BITS - layout->line_shift[i]);
}

/* inclusion.c: the same as ask_caches() where a level acts on another. */
uint32_t ask_inclusive(struct hierarchy *hierarchy, enum side side, enum ref_kind kind,
                       uint64_t vaddr, uint64_t paddr, const struct asker *asker,
                       unsigned group, struct reason **reasons, bool traced);

/* Whether the first cache has the line, and used last by the asker himself: no other
 * level notices. Where levels act on each other, two of three accesses that come so far
 * end here. */
INLINE bool hits_first_cache(struct hierarchy *hierarchy, enum side side,
                             enum ref_kind kind, uint64_t vaddr, uint64_t paddr,
                             const struct asker *asker, bool traced)
{
    const struct layout *layout = hierarchy->layout;
    if (layout->caches[side].count == 0)
        return false;
    unsigned i = layout->caches[side].index[0];
    const struct machine_cache *cache = &layout->machine->caches[i];
    struct array *array = &hierarchy->caches[i];
    uint64_t by = cache->index == MACHINE_VIRTUAL ? vaddr : paddr;
    uint64_t set = array_set(array, by >> layout->line_shift[i]);
    uint64_t base = set * array->ways;
    uint32_t way = array_find(array, base, cache_key(hierarchy, i, vaddr, paddr, asker));
    if (way == array->ways ||
        (traced && array->slots[base + way].entity != asker->entity))
        return false;
    if (kind == REF_STORE && cache->write == MACHINE_WRITE_BACK)
        array->slots[base + way].dirty = true;
    array_use(array, set, way, asker->excursion, asker->entity);
    count_access(hierarchy, layout->machine->tlb_count + i, kind, ANSWER_HIT, false);
    return true;
}

/* Ask the caches on the way for one line. Adds events from bit `group` on. */
INLINE uint32_t ask_caches(struct hierarchy *hierarchy, enum side side,
                           enum ref_kind kind, uint64_t vaddr, uint64_t paddr,
                           const struct asker *asker, unsigned group,
                           struct reason **reasons, bool traced)
{
    const struct layout *layout = hierarchy->layout;
    const struct way_down *way = &layout->caches[side];
    if (layout->inclusion &&
        hits_first_cache(hierarchy, side, kind, vaddr, paddr, asker, traced))
        return 0;
    if (layout->inclusion)
        return ask_inclusive(hierarchy, side, kind, vaddr, paddr, asker, group, reasons,
                             traced);
    bool buffered = false; /* from here on through the write buffer: no events */
    uint32_t events = 0;
    for (unsigned position = 0; position < way->count; position++) {
        unsigned i = way->index[position];
        const struct machine_cache *cache = &layout->machine->caches[i];
        uint64_t number =
            (cache->index == MACHINE_VIRTUAL ? vaddr : paddr) >> layout->line_shift[i];
        uint64_t key = cache_key(hierarchy, i, vaddr, paddr, asker);
        bool wrote_back, store = kind == REF_STORE;
        bool dirties = store && cache->write == MACHINE_WRITE_BACK;
        enum answer answer =
            array_ask(&hierarchy->caches[i], number, key, asker, dirties,
                      !store || cache->write_allocate, *reasons, &wrote_back, traced);
        count_access(hierarchy, layout->machine->tlb_count + i, kind, answer, wrote_back);
        if (!buffered && traced && (answer == ANSWER_FOREIGN || answer == ANSWER_MISS))
            ++*reasons;
        if (!buffered && answer == ANSWER_FOREIGN)
            events |= FOREIGN_HIT(group / 4);
        if (!buffered && answer == ANSWER_MISS)
            events |= 1u << (group + position);
        if (answer <= ANSWER_FOREIGN)
            return events;
        if (answer == ANSWER_NO_FILL)
            buffered = true;
        else if (store)
            kind = REF_LOAD; /* the next level is asked to fill this one */
    }
    if (buffered || (way->count == 0 && kind == REF_STORE))
        return events;
    return events | 1u << (group + EVENT_MEMORY);
}

#define NO_TABLE UINT64_MAX /* the directory entry leads to a large page */

/* Where a hardware walker reads: the entries of directory and table, or for a large page
 * the first alone, and *second is NO_TABLE. False while it is not known what the
 * directory entry leads to. */
static inline bool walk_addresses(const struct hierarchy *hierarchy, uint64_t vaddr,
                                  bool large, uint64_t *first, uint64_t *second)
{
    uint64_t directory = hierarchy->cr3 & ~UINT64_C(0xfff);
    uint64_t index = vaddr >> 22 & 1023;
    uint64_t table = map_get(&hierarchy->tables, directory << 10 | index, 0);
    *first = directory + 4 * index;
    *second = large ? NO_TABLE : table + 4 * (vaddr >> 12 & 1023);
    return table != 0 && (large || table != NO_TABLE);
}

/* The hardware walker's reads. */
static inline uint32_t walk(struct hierarchy *hierarchy, uint64_t vaddr, bool large,
                            const struct asker *asker, struct reason **reasons,
                            bool traced)
{
    const struct layout *layout = hierarchy->layout;
    uint64_t first, second;
    if (!walk_addresses(hierarchy, vaddr, large, &first, &second))
        return 0;
    uint64_t line = ~((UINT64_C(1) << layout->first_line_shift[SIDE_DATA]) - 1);
    first &= line;
    if (large)
        return ask_caches(hierarchy, SIDE_DATA, REF_LOAD, first, first, asker,
                          EVENT_DIRECTORY, reasons, traced);
    second &= line;
    return ask_caches(hierarchy, SIDE_DATA, REF_LOAD, first, first, asker,
                      EVENT_DIRECTORY, reasons, traced) |
           ask_caches(hierarchy, SIDE_DATA, REF_LOAD, second, second, asker, EVENT_TABLE,
                      reasons, traced);
}

/* A page is a virtual page and the physical one behind it, in every world: pages of one
 * number in two spaces are two pages, also where they are never resident together or one
 * domain works in both, and a page that is mapped elsewhere is another entry (on a real
 * processor invlpg sees to that). Beyond 4 GiB, where only imported traces go, the
 * virtual page says it all. */
INLINE uint64_t page_key(uint64_t page, uint64_t frame)
{
    if ((page >> 20 | frame >> (PAGE_BITS - 21)) == 0)
        return frame << 20 | page;
    return (UINT64_C(1) << (PAGE_BITS - 1)) |
           (page & ((UINT64_C(1) << (PAGE_BITS - 1)) - 1));
}

/* A piece of a large page, of `shift` bits, and the physical one behind it. Pages of
 * several sizes in one TLB never have the same key: those of pieces larger than a small
 * page stand where no canonical address leads. */
static inline uint64_t piece_key(uint64_t vaddr, uint64_t paddr, unsigned shift)
{
    if (shift == PAGE_SHIFT)
        return page_key(vaddr >> PAGE_SHIFT, paddr >> PAGE_SHIFT);
    return UINT64_C(1) << (PAGE_BITS - 1) | (uint64_t)(shift - PAGE_SHIFT) << 40 |
           paddr >> shift << 20 | vaddr >> shift;
}

/* A key of the shared world, with whose it is. */
INLINE uint64_t tlb_key_of(const struct hierarchy *hierarchy, const struct ref *ref,
                           unsigned tlb, uint64_t key)
{
    const struct layout *layout = hierarchy->layout;
    if ((ref->flags & REF_GLOBAL) != 0 && layout->global[tlb])
        return key | KEY_GLOBAL;
    return layout->tlb_tagged[tlb] ? key | hierarchy->space << PAGE_BITS : key;
}

INLINE uint64_t tlb_key(const struct hierarchy *hierarchy, const struct ref *ref,
                        unsigned tlb, uint64_t page)
{
    uint64_t key = page_key(page, ref->paddr >> PAGE_SHIFT);
    return hierarchy->tells_spaces ? tlb_key_of(hierarchy, ref, tlb, key) : key;
}

/* The same of the piece of a large page that such a TLB keeps. */
static inline uint64_t large_tlb_key(const struct hierarchy *hierarchy,
                                     const struct ref *ref, unsigned tlb, unsigned shift)
{
    uint64_t key = piece_key(ref->vaddr, ref->paddr, shift);
    return hierarchy->tells_spaces ? tlb_key_of(hierarchy, ref, tlb, key) : key;
}
/* The same for an access in a large page; out of line, so that the inner loop stays
 * small. */
uint32_t translate_large(struct hierarchy *hierarchy, const struct ref *ref,
                         enum side side, const struct asker *asker,
                         struct reason **reasons, bool traced);

INLINE uint32_t translate(struct hierarchy *hierarchy, const struct ref *ref,
                          enum side side, const struct asker *asker,
                          struct reason **reasons, bool traced)
{
    const struct layout *layout = hierarchy->layout;
    const struct way_down *way = &layout->tlbs[side][(ref->flags & REF_KERNEL) != 0];
    uint64_t page = ref->vaddr >> PAGE_SHIFT;
    uint32_t events = 0;
    if (way->count == 0)
        return 0;
    if (__builtin_expect((ref->flags & REF_LARGE) != 0, 0))
        return translate_large(hierarchy, ref, side, asker, reasons, traced);
    for (unsigned position = 0; position < way->count; position++) {
        unsigned i = way->index[position];
        bool wrote_back;
        uint64_t key = tlb_key(hierarchy, ref, i, page) | (uint64_t)asker->domain
                                                              << PAGE_BITS;
        enum answer answer = array_ask(&hierarchy->tlbs[i], page, key, asker, false, true,
                                       *reasons, &wrote_back, traced);
        count_access(hierarchy, i, (enum ref_kind)ref->kind, answer, false);
        if (traced && answer != ANSWER_HIT)
            ++*reasons;
        if (answer == ANSWER_FOREIGN)
            events |= FOREIGN_HIT(0);
        if (answer != ANSWER_MISS)
            return events;
        events |= EVENT_TLB(position);
    }
    events |= EVENT_WALK;
    if (layout->machine->walk == MACHINE_WALK_HARDWARE)
        events |= walk(hierarchy, ref->vaddr, false, asker, reasons, traced);
    return events;
}

INLINE bool front_has(const struct front *front, uint32_t at, uint64_t key,
                      const struct asker *asker, bool traced)
{
    return front->keys[at] == key &&
           (!traced || front->slots[at].entity == asker->entity);
}

INLINE void front_use(struct front *front, uint32_t at, const struct asker *asker,
                      bool traced)
{
    front->accesses++;
    if (traced)
        front->slots[at].excursion = asker->excursion;
    if (front->dirties)
        front->slots[at].dirty = true;
}

INLINE bool tlb_hits_at_once(const struct hierarchy *hierarchy, struct front *tlb,
                             const struct ref *ref, const struct asker *asker,
                             bool traced)
{
    uint64_t page = ref->vaddr >> PAGE_SHIFT;
    uint32_t entry = tlb->latest[page & tlb->mask];
    uint64_t key = tlb_key(hierarchy, ref, tlb->index, page) | (uint64_t)asker->domain
                                                                   << PAGE_BITS;
    if (!front_has(tlb, entry, key, asker, traced))
        return false;
    front_use(tlb, entry, asker, traced);
    return true;
}

/* Whether page and line are there at the first level, used last in their sets by the
 * asker himself: array_latest(). Levels beyond do not notice, however they act on each
 * other. Nine of ten accesses end here; in a replay without it the worlds take twice as
 * long. */
INLINE bool hits_at_once(struct hierarchy *hierarchy, const struct ref *ref,
                         const struct asker *asker, bool traced)
{
    struct front *cache = &hierarchy->cache_fronts[ref->kind];
    struct front *tlb = &hierarchy->tlb_fronts[ref->kind][(ref->flags & REF_KERNEL) != 0];
    uint64_t line = ref->paddr >> cache->shift;
    uint64_t key = line | (uint64_t)asker->domain << (ADDRESS_BITS - cache->shift);
    uint32_t at = cache->latest[line & cache->mask];
    if (!front_has(cache, at, key, asker, traced))
        return false;
    if (!tlb->absent && (ref->flags & REF_CONTINUED) == 0) {
        if (__builtin_expect((ref->flags & REF_LARGE) != 0, 0))
            return false; /* it asks another TLB, or for another key */
        if (!tlb_hits_at_once(hierarchy, tlb, ref, asker, traced))
            return false;
    }
    front_use(cache, at, asker, traced);
    return true;
}

/* The same for all other accesses; out of line, so that the inner loop stays small. */
uint32_t hierarchy_access_further(struct hierarchy *hierarchy, const struct ref *ref,
                                  const struct asker *asker, struct reason **reasons,
                                  bool traced);

/* All that one access does. Traced: appends to *reasons, at most REASONS_PER_REF. */
INLINE uint32_t hierarchy_access(struct hierarchy *hierarchy, const struct ref *ref,
                                 const struct asker *asker, struct reason **reasons,
                                 bool traced)
{
    if (hits_at_once(hierarchy, ref, asker, traced))
        return 0;
    return hierarchy_access_further(hierarchy, ref, asker, reasons, traced);
}

#endif
