/* mapping.c - map, grant and flush: how a pager builds the address spaces of others out
 * of its own. For each frame, the mappings that came about this way form a tree: a flush
 * takes back all that descend from one's own. */
#include "kernel-trace/kernel/kernel.h"

#define MAPPINGS 2048
#define DOOMED   1 /* for an address: to be removed when none can descend from it */

struct mapping {
    struct mapping *next;   /* of the same frame, or free */
    struct mapping *parent; /* NULL: the domain had the page from the start */
    uint32_t domain;
    uint32_t address;
};

static struct mapping mappings[MAPPINGS];
static struct mapping *by_frame[DIRECT_MAP / PAGE_SIZE];
static struct mapping *free_mappings;
static uint32_t mappings_made;

static struct mapping *mapping_create(uint32_t frame, struct mapping *parent,
                                      uint32_t domain, uint32_t address)
{
    struct mapping *mapping = free_mappings;
    if (mapping)
        free_mappings = mapping->next;
    else if (mappings_made < MAPPINGS)
        mapping = &mappings[mappings_made++];
    else
        return NULL;
    *mapping = (struct mapping){by_frame[frame], parent, domain, address};
    by_frame[frame] = mapping;
    return mapping;
}

static void mapping_remove(uint32_t frame, struct mapping *mapping)
{
    struct mapping **link = &by_frame[frame];
    while (*link != mapping)
        link = &(*link)->next;
    *link = mapping->next;
    mapping->next = free_mappings;
    free_mappings = mapping;
}

/* The domain's mapping of the frame at the address; NULL: it is in no tree. */
static struct mapping *mapping_find(uint32_t frame, uint32_t domain, uint32_t address)
{
    struct mapping *mapping = by_frame[frame];
    while (mapping && (mapping->domain != domain || mapping->address != address))
        mapping = mapping->next;
    return mapping;
}

static bool descends(const struct mapping *mapping, const struct mapping *ancestor)
{
    while (mapping->parent) {
        mapping = mapping->parent;
        if (mapping == ancestor)
            return true;
    }
    return false;
}

/* The new mapping takes the old one's place in the tree. */
static void inherit(uint32_t frame, struct mapping *old, struct mapping *new)
{
    for (struct mapping *mapping = by_frame[frame]; mapping; mapping = mapping->next)
        if (mapping->parent == old)
            mapping->parent = new;
    new->parent = old->parent;
    unmap(&domains[old->domain], old->address);
    mapping_remove(frame, old);
}

/* The caller's page at `from` also at `to` in a domain whose pager it is; with MAP_GRANT,
 * there instead. */
uint32_t map_page(const struct thread *me, uint32_t receiver, uint32_t from, uint32_t to)
{
    uint32_t flags = from & (PAGE_SIZE - 1);
    const struct thread *target = thread_find(receiver);
    from -= flags;
    if (!target)
        return ERROR_NO_THREAD;
    const struct domain *mine = &domains[me->domain], *theirs = &domains[target->domain];
    uint32_t page = user_page(mine, from, false);
    if (theirs->pager != me->id || (flags & MAP_WRITABLE && !user_page(mine, from, true)))
        return page ? ERROR_DENIED : ERROR_ARGUMENT;
    if (!page || to & (PAGE_SIZE - 1) || to >= theirs->limit ||
        user_page(theirs, to, false))
        return ERROR_ARGUMENT;

    uint32_t frame = page / PAGE_SIZE;
    struct mapping *source = mapping_find(frame, me->domain, from);
    if (!source)
        source = mapping_create(frame, NULL, me->domain, from);
    struct mapping *mapping =
        source ? mapping_create(frame, source, target->domain, to) : NULL;
    if (!mapping)
        return ERROR_FULL;
    if (!map(theirs, to, page, flags & MAP_WRITABLE)) {
        mapping_remove(frame, mapping);
        return ERROR_FULL;
    }
    if (flags & MAP_GRANT)
        inherit(frame, source, mapping);
    return 0;
}

/* Take back the page at `address` from everyone who has it from the caller. */
uint32_t flush_page(const struct thread *me, uint32_t address)
{
    uint32_t page = user_page(&domains[me->domain], address, false);
    if (!page || address & (PAGE_SIZE - 1))
        return ERROR_ARGUMENT;
    uint32_t frame = page / PAGE_SIZE;
    const struct mapping *mine = mapping_find(frame, me->domain, address);
    struct mapping *mapping = mine ? by_frame[frame] : NULL;
    while (mapping) {
        struct mapping *next = mapping->next;
        if (descends(mapping, mine)) {
            unmap(&domains[mapping->domain], mapping->address);
            mapping->address = DOOMED;
        }
        mapping = next;
    }
    mapping = mine ? by_frame[frame] : NULL;
    while (mapping) {
        struct mapping *next = mapping->next;
        if (mapping->address == DOOMED)
            mapping_remove(frame, mapping);
        mapping = next;
    }
    return 0;
}
