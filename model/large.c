#include "model/large.h"

#include <inttypes.h>

void large_free(struct large_pages *pages)
{
    map_free(&pages->frames);
}

/* What was looked up is true no longer. */
static void forget(struct large_pages *pages)
{
    if (++pages->era == 0) { /* entries of the era of this number long ago */
        for (size_t i = 0; i < LARGE_ENTRIES; i++)
            pages->entries[i].era = 0;
        pages->era = 1;
    }
}

static uint64_t key_of(uint64_t directory, uint64_t index)
{
    return directory >> 12 << 10 | index;
}

void large_space(struct large_pages *pages, uint64_t cr3)
{
    pages->directory = cr3;
    forget(pages);
}

void large_note(struct large_pages *pages, const struct trace_record *event)
{
    bool large = event->detail == TRACE_MAPS_LARGE_PAGE;
    if (!large && !pages->any)
        return;
    pages->any = true;
    map_put(&pages->frames, key_of(event->a, event->code % LARGE_ENTRIES),
            large ? event->b + 1 : 0);
    forget(pages);
}

uint32_t large_look_up(struct large_pages *pages, uint64_t index)
{
    uint32_t frame =
        (uint32_t)map_get(&pages->frames, key_of(pages->directory, index), 0);
    pages->entries[index] = (struct large_entry){pages->era, frame};
    return frame;
}

/* ---- the what-if ---- */

bool large_remap(struct large_pages *pages, uint64_t base, uint64_t limit,
                 struct cb_error *error)
{
    uint64_t end =
        limit < LARGE_ENTRIES * LARGE_SIZE ? limit : LARGE_ENTRIES * LARGE_SIZE;
    pages->first = (base + LARGE_SIZE - 1) >> LARGE_SHIFT;
    pages->limit = end >> LARGE_SHIFT;
    pages->remapped = pages->any = true;
    return pages->first < pages->limit ||
           cb_error_set(error, CB_USAGE,
                        "memory.large_pages=kernel: the window that the trace gives its "
                        "kernel, 0x%" PRIx64 " to 0x%" PRIx64 ", holds no page of 4 MiB",
                        base, limit);
}

static bool crooked(const struct large_pages *pages, const struct trace_record *record,
                    uint64_t number, struct cb_error *error)
{
    uint64_t index = record->vaddr >> LARGE_SHIFT;
    uint32_t frame = pages->remap[index];
    if (frame == 0)
        cb_error_set(error, CB_TRACE,
                     "memory.large_pages=kernel: 0x%" PRIx64 " lies at 0x%" PRIx64
                     ", where no page of 4 MiB can have it",
                     record->vaddr, record->paddr);
    else
        cb_error_set(error, CB_TRACE,
                     "memory.large_pages=kernel: 0x%" PRIx64 " lies at 0x%" PRIx64
                     ", not in the page of 4 MiB at 0x%" PRIx64
                     " that accesses before it lie in",
                     record->vaddr, record->paddr, (uint64_t)frame - 1);
    return cb_error_at_record(error, number);
}

bool large_check(struct large_pages *pages, const struct trace_record *records, size_t n,
                 uint64_t first, struct cb_error *error)
{
    size_t i = pages->remap_checked > first ? (size_t)(pages->remap_checked - first) : 0;
    for (; i < n; i++) {
        const struct trace_record *record = &records[i];
        uint64_t index = record->vaddr >> LARGE_SHIFT;
        if (record->kind > TRACE_STORE || index < pages->first || index >= pages->limit)
            continue;
        uint64_t frame = record->paddr - (record->vaddr & (LARGE_SIZE - 1));
        if (pages->remap[index] == 0 && frame % LARGE_SIZE == 0 && frame < UINT32_MAX)
            pages->remap[index] = (uint32_t)frame + 1;
        if (pages->remap[index] == 0 || pages->remap[index] - 1 != frame)
            return crooked(pages, record, first + i, error);
    }
    if (pages->remap_checked < first + n)
        pages->remap_checked = first + n;
    return true;
}
