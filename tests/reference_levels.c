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
int tlb_for(const struct machine *machine, unsigned level, const struct access *access,
            uint64_t least, uint64_t *size)
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

int cache_after(const struct machine *machine, int number, bool fetch)
{
    unsigned level = number < 0 ? 0 : machine->caches[number].level;
    while (++level <= MACHINE_LEVELS)
        if (cache_at(machine, level, fetch) >= 0)
            return cache_at(machine, level, fetch);
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

uint64_t line_size(const struct machine *machine, bool fetch)
{
    int first = cache_after(machine, -1, fetch);
    return first < 0 ? UINT64_C(1) << 63 : machine->caches[first].line;
}
