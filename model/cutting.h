/* cutting.h - from an access's record to its lines: what prepare.c, which keeps them in
 * batches, and plain.c, which replays them at once, have in common. Once per record. */
#ifndef CROSSBILL_CUTTING_H
#define CROSSBILL_CUTTING_H

#include "model/preparer.h"

/* A fetch from the line of the fetch before it, where no data access can come between,
 * finds the entries that were used last: nothing changes but the counters. Whether it lies
 * there: */
INLINE bool window_covers(const struct window *window, const struct trace_record *record)
{
    uint64_t first = record->paddr - window->paddr, last = first + record->size - 1;
    /* Both less than the size, which is a power of two. */
    return (first | last) < window->size && first == record->vaddr - window->vaddr;
}

/* Whether it does, and is made on the same behalf. */
INLINE bool window_holds(const struct window *window, const struct trace_record *record,
                         const struct ref *ref, bool plain)
{
    if (!window_covers(window, record) || ref->flags != window->flags)
        return false;
    return plain ||
           (ref->excursion == window->excursion && ref->domain == window->domain);
}

/* What is compared next is where this fetch ends. No line is longer than a page. */
INLINE void window_set(struct window *window, const struct layout *layout,
                       const struct trace_record *record, const struct ref *ref)
{
    uint32_t size = 1u << layout->first_line_shift[SIDE_FETCH];
    uint64_t last = record->size - 1u;
    uint64_t within = (record->paddr + last) & (size - 1);
    if (layout->fetches_apart)
        *window = (struct window){.vaddr = record->vaddr + last - within,
                                  .paddr = record->paddr + last - within,
                                  .size = size,
                                  .excursion = ref->excursion,
                                  .domain = ref->domain,
                                  .flags = ref->flags};
}

/* A page of the kernel's is the same in every space. */
INLINE void mark_global(const struct preparer *preparer, struct ref *ref)
{
    if (ref->vaddr - preparer->kernel_base < preparer->kernel_size)
        ref->flags |= REF_GLOBAL;
}

/* The access's first line, to be continued by next_line(). Before, `ref` has the record's
 * addresses; where nothing tells what page it is in, it is a small one. Returns how many
 * bytes from the line's start the access ends. */
INLINE uint64_t first_line(const struct preparer *preparer, struct ref *ref,
                           unsigned size, uint64_t line)
{
    uint64_t within = ref->paddr & (line - 1);
    ref->vaddr -= within;
    ref->paddr &= 0 - line;
    mark_global(preparer, ref);
    return within + size;
}

INLINE void next_line(struct ref *ref, uint64_t line)
{
    ref->vaddr += line;
    ref->paddr += line;
    ref->flags |= REF_CONTINUED;
}

#endif
