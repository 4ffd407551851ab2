/* family.h - one TLB or cache in all its sizes: three worlds of stacks, and a tally.
 *
 * The sizes of an LRU structure that sees one stream differ only in what they keep, so
 * one pass gives, for every number of sets and ways, the counts that the ledger wants:
 * by phase, domain, account and side. The accounts are those of settle.c: an access at
 * positions s, m, o of the shared, merged and solo stacks misses in the worlds' sizes up
 * to s, m, o; what lies between is isolation, competition or credit.
 */
#ifndef CROSSBILL_FAMILY_H
#define CROSSBILL_FAMILY_H

#include "model/map.h"
#include "model/ref.h"
#include "model/stack.h"
#include "model/tags.h"
#include "model/model.h"

/* What all sizes have in common. */
struct family_shape {
    bool is_tlb;
    bool serves[2][2];      /* [SIDE_FETCH or SIDE_DATA][kernel mode] */
    uint8_t shift;          /* log2 of the line, or of the page */
    bool write_allocate;    /* caches */
    bool tagged, recycle;   /* TLBs: see tags.h */
    uint8_t asid_bits;
    bool global;            /* TLBs: pages of the kernel have keys of their own ... */
    bool keeps_global;      /* ... and stay when the rest is flushed */
};

struct family;

/* `sets` ascending, the most ways wanted for each. Free with family_free(). */
struct family *family_create(const struct family_shape *shape, const uint64_t *sets,
                             const uint32_t *depths, size_t columns, size_t domains);
void family_free(struct family *family);
bool family_failed(const struct family *family); /* memory ran out */

/* Which worlds ask, and how: all of them, unless a level before this one answered. */
struct family_asking {
    bool shared, merged, solo;
    bool silent;        /* through the write buffer: changes what is resident, no events */
    bool foreign_above; /* the level that answered in the shared world: a foreign hit */
};

/* Whether an access of this kind and mode comes here. TLBs are asked once per access. */
bool family_serves(const struct family *family, const struct ref *ref);

/* One access; `phase` is the trace's at this point, `number` that of the ref in its batch
 * (for the log). */
void family_access(struct family *family, const struct ref *ref,
                   const struct family_asking *asking, enum trace_phase phase,
                   uint32_t number);
/* A REF_SPACE. */
void family_switch(struct family *family, const struct ref *ref);

/* A log of the accesses that some size missed in some world: what a second level behind
 * any of these sizes sees. It grows until it is cleared. */
struct family_miss {
    uint32_t ref;             /* its number in the batch */
    bool foreign;             /* where it hits in the shared world, somebody else's entry */
    bool buffered;            /* a store that does not allocate: it goes on unseen */
    const uint32_t *position; /* [world * columns + column]: shared, merged, solo */
};
void family_log(struct family *family, bool on);
void family_log_clear(struct family *family);
size_t family_log_count(const struct family *family);
struct family_miss family_logged(const struct family *family, size_t index);
size_t family_columns(const struct family *family);
size_t family_column(const struct family *family, uint64_t sets);

/* After the last access: add up, so that counts can be read. */
void family_finish(struct family *family);

/* Misses of the size with this many sets and ways. */
int64_t family_count(const struct family *family, uint64_t sets, uint32_t ways,
                     enum trace_phase phase, size_t domain, enum account account,
                     enum side side);

#endif
