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

#include "model/model.h"
#include "model/ref.h"

/* What all sizes have in common. */
struct family_shape {
    bool is_tlb;
    bool serves[2][2];         /* [SIDE_FETCH or SIDE_DATA][kernel mode] */
    uint8_t shift;             /* log2 of the line, or of the small page */
    uint8_t large_shift[2][2]; /* TLBs: log2 of what they keep of a large page, by side
                                  and mode as above; 0: it does not come here */
    bool write_allocate;       /* caches */
    bool tagged, recycle;      /* TLBs: see tags.h */
    uint8_t asid_bits;
    bool global;       /* TLBs: pages of the kernel have keys of their own ... */
    bool keeps_global; /* ... and stay when the rest is flushed */
};

struct family;

/* `sets` ascending, the most ways wanted for each. Free with family_free(). */
struct family *family_create(const struct family_shape *shape, const uint64_t *sets,
                             const uint32_t *depths, size_t columns, size_t domains);
void family_free(struct family *family);
bool family_failed(const struct family *family); /* memory ran out */

/* Reads of a hardware walker for one ref, which come before it: see walker.h. */
struct walk_reads {
    uint32_t ref;              /* its number in the batch */
    bool shared, merged, solo; /* the worlds that walked */
    bool refills, foreign;     /* why, where only the shared or the merged world did */
    uint64_t directory, table; /* what is read, at the beginning of its line;
                                  table of a large page: NO_TABLE */
};

/* Which worlds ask, and how: all of them, unless a level before this one answered. */
struct family_asking {
    bool shared, merged, solo;
    bool silent; /* through the write buffer: changes what is resident, no events */
    bool foreign_above; /* the level that answered in the shared world: a foreign hit */
    const struct walk_reads *walk; /* it is a read of this walk; else NULL */
};

/* The order in which things are asked within a batch. */
#define MOMENT(ref, read) ((ref)*4 + (read))
enum { READ_DIRECTORY = 1, READ_TABLE, READ_LINE };

/* Whether an access of this kind and mode comes here. TLBs are asked once per access. */
bool family_serves(const struct family *family, const struct ref *ref);

/* One access. */
void family_access(struct family *family, const struct ref *ref,
                   const struct family_asking *asking, uint32_t moment);
/* A REF_SPACE or REF_PHASE. */
void family_event(struct family *family, const struct ref *ref);
/* All refs of a batch, each in all worlds, and the reads of the walks before them. */
void family_batch(struct family *family, const struct ref *refs, size_t count,
                  const struct walk_reads *walks, size_t walk_count);

/* The ref that a walk's read is, when it is asked of a cache. */
struct ref walk_ref(const struct ref *ref, const struct walk_reads *walk, unsigned read);

/* A log of the accesses that some size missed in some world: what a second level behind
 * any of these sizes sees. It grows until it is cleared. */
struct family_miss {
    uint32_t moment;
    bool foreign;  /* where it hits in the shared world, somebody else's entry */
    bool buffered; /* a store that does not allocate: it goes on unseen */
    const struct walk_reads *walk; /* it is a read of this walk; else NULL */
    const uint32_t *position;      /* [world * columns + column]: shared, merged, solo */
};
void family_log(struct family *family, bool on);
void family_log_clear(struct family *family);
size_t family_log_count(const struct family *family);
struct family_miss family_logged(const struct family *family, size_t index);
size_t family_columns(const struct family *family);
size_t family_column(const struct family *family, uint64_t sets);

/* After the last access: add up, so that counts can be read. */
void family_finish(struct family *family);
/* One that is finished, with counts that are all zero. */
struct family *family_finished(const uint64_t *sets, const uint32_t *depths,
                               size_t columns, size_t domains);

/* Misses of the size with the sets of this column and this many ways. */
int64_t family_count(const struct family *family, size_t column, uint32_t ways,
                     enum trace_phase phase, size_t domain, enum account account,
                     enum side side);

/* What there is of it: sets and the most ways of a column, and all its counts,
 * [phase][domain][side][account][0 to the most ways]. */
uint64_t family_sets(const struct family *family, size_t column);
uint32_t family_ways(const struct family *family, size_t column);
int64_t *family_cells(const struct family *family, size_t column);

#endif
