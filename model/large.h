/* large.h - which accesses of a trace lie in pages of 4 MiB.
 *
 * A trace says for each directory entry in use what it leads to: a page-table page, or
 * one page of 4 MiB. An access lies in such a page if the entry of its address, under the
 * CR3 in force, is one, and its physical address is where that page puts it; all others
 * lie in pages of 4 KiB. With memory.large_pages = kernel, the machine's what-if, the
 * pages of 4 MiB that lie wholly in the kernel's window are all large: the same
 * translations, if the recording's are one stretch of memory in each.
 */
#ifndef CROSSBILL_LARGE_H
#define CROSSBILL_LARGE_H

#include "model/map.h"
#include "traces/trace.h"

#define LARGE_SHIFT   22
#define LARGE_SIZE    (UINT64_C(1) << LARGE_SHIFT)
#define LARGE_ENTRIES 1024 /* of a directory: large pages lie below 4 GiB */

/* What one directory entry in force leads to, looked up when it is first asked for. */
struct large_entry {
    uint32_t era;   /* when it was looked up; another than the current: not yet */
    uint32_t frame; /* where the large page is, + 1; 0: there is none */
};

struct large_pages {
    bool any;          /* one is known: without, nobody asks */
    struct map frames; /* directory and index to frame + 1; 0: a table */
    uint64_t directory;
    uint32_t era;
    struct large_entry entries[LARGE_ENTRIES];
    /* The what-if: of the kernel's window, by index. */
    bool remapped;
    uint64_t first, limit;         /* indices of its pages, the limit past the last */
    uint32_t remap[LARGE_ENTRIES]; /* frame + 1; 0: nothing has been accessed there */
    uint64_t remap_checked;        /* number of the next record to look at */
};

/* All zero is none. */
void large_free(struct large_pages *pages);

/* Another CR3 value is in force; a directory entry leads elsewhere (TRACE_PAGE_TABLE). */
void large_space(struct large_pages *pages, uint64_t cr3);
void large_note(struct large_pages *pages, const struct trace_record *event);

/* Take the kernel's window, [base, limit), as mapped by large pages. False, with a
 * sentence, if no page of 4 MiB lies in it. */
bool large_remap(struct large_pages *pages, uint64_t base, uint64_t limit,
                 struct cb_error *error);
/* Look at these accesses before they are asked about: false, with a sentence and the
 * record, if one is not where a large page could have it. `first` is the number of
 * records[0]; what was looked at before is not again. */
bool large_check(struct large_pages *pages, const struct trace_record *records, size_t n,
                 uint64_t first, struct cb_error *error);

/* large_in() of an entry that is not looked up yet. */
uint32_t large_look_up(struct large_pages *pages, uint64_t index);

/* Whether the access lies in a large page. */
static inline bool large_in(struct large_pages *pages, uint64_t vaddr, uint64_t paddr)
{
    uint64_t index = vaddr >> LARGE_SHIFT;
    if (index >= LARGE_ENTRIES)
        return false;
    if (pages->remapped && index >= pages->first && index < pages->limit)
        return ((vaddr ^ paddr) & (LARGE_SIZE - 1)) ==
               0; /* large_check() saw to the rest */
    const struct large_entry *entry = &pages->entries[index];
    uint32_t frame =
        entry->era == pages->era ? entry->frame : large_look_up(pages, index);
    return frame != 0 && paddr == frame - 1 + (vaddr & (LARGE_SIZE - 1));
}

#endif
