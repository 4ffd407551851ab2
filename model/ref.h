/* ref.h - what the worlds replay: accesses cut to lines, and what changes their state.
 *
 * prepare.c turns trace records into batches of these; worlds.c turns each into a mask of
 * events per world; settle.c turns the masks into charges.
 */
#ifndef CROSSBILL_REF_H
#define CROSSBILL_REF_H

#include "model/array.h"

#include <stdint.h>

enum ref_kind {
    REF_FETCH,
    REF_LOAD,
    REF_STORE,
    REF_SPACE, /* vaddr: CR3; paddr: space number; flags: enum trace_how */
    REF_TABLE, /* vaddr: CR3; paddr: page-table page; excursion: directory index; flags:
                  REF_LARGE if there is a large page instead */
    REF_PHASE, /* flags: enum trace_phase */
    REF_MARK   /* a moment: marks.h */
};

enum ref_flag {
    REF_PATH = 1,      /* path, not work */
    REF_IDLE = 2,      /* neither */
    REF_KERNEL = 4,    /* kernel mode */
    REF_CONTINUED = 8, /* a further line of the same access: already translated */
    REF_GLOBAL = 16,   /* a page of the kernel's, the same in every space */
    REF_LARGE = 32,    /* in a page of 4 MiB: large.h */
    REF_NEW_PAGE = 64, /* the visit's first in this page by its side, fetch or data:
                          footprint.h */
    REF_NEW_LINE = 128 /* the same of the line */
};

struct ref {
    uint64_t vaddr;
    uint64_t paddr;
    uint32_t excursion; /* crossing on whose behalf; 0: none */
    uint16_t domain;    /* index of the domain, dense */
    uint8_t kind;       /* enum ref_kind */
    uint8_t flags;
};

static inline bool ref_is_work(const struct ref *ref)
{
    return ref->kind <= REF_STORE && (ref->flags & (REF_PATH | REF_IDLE)) == 0;
}

/* Events of one access in one world, as bits: four groups of four. In the groups of reads
 * bit p is a miss in the p-th cache on the way, the last bit is memory. The order of the
 * bits is the order in which the processor asks. */
#define EVENT_TLB(position) (1u << (position)) /* 0 .. 2 */
#define EVENT_WALK          (1u << 3)
#define EVENT_DIRECTORY     4  /* first bit of the walk's first read */
#define EVENT_TABLE         8  /* ... of its second */
#define EVENT_LINE          12 /* ... of the access itself */
#define EVENT_MEMORY        3  /* within a group: reached memory */
#define EVENTS              16
#define EVENT_MASK          0xffffu

/* Above the events, one bit per group: it hit an entry that somebody else used last. */
#define FOREIGN_HIT(group) (1u << (16 + (group)))

/* The shared world's events come with reasons, in the order of the bits: one per missing
 * TLB or cache (walk and memory share that of the last level), one per foreign hit. */
#define REASONS_PER_REF 16

#endif
