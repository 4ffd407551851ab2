/* family_tally.h - what the accesses of a family come to: misses of every size, by phase,
 * domain, account and side. Internal to model/.
 *
 * Misses are added up as a histogram over the largest size that misses: cell d counts for
 * all sizes up to d. A range of sizes (from, to] is +1 at `to` and -1 at `from`.
 */
#ifndef CROSSBILL_FAMILY_TALLY_H
#define CROSSBILL_FAMILY_TALLY_H

#include "model/model.h"
#include "model/ref.h"
#include "model/stack.h"

#define TALLY_NOT_FLUSHED UINT32_MAX

struct tally {
    size_t domains, columns;
    struct tally_column {
        size_t sizes;   /* 0 to the most ways asked for */
        int64_t *cells; /* [phase][domain][side][account][size] */
    } * column;
};

/* `depths`: the most ways of each column. */
bool tally_init(struct tally *tally, const uint32_t *depths, size_t columns,
                size_t domains);
void tally_free(struct tally *tally);

/* One access in one column: sizes up to these miss in each world. */
struct tally_entry {
    size_t column;
    uint32_t shared, merged, solo;
    uint32_t flushed_above; /* sizes above this had the key when it was flushed */
};

/* One access in all of them. */
struct tally_access {
    const struct ref *ref;
    enum trace_phase phase;
    enum side side;
    const struct stack *stack; /* of the shared world */
    uint32_t key;              /* there */
    bool known;                /* the key had been there before */
    bool foreign;              /* a hit in the shared world was a foreign one */
    /* Reads of a walk that the shared world alone made, or the merged one, happened for
     * the reason of the walk. */
    bool walk_only, walk_refills;
};

void tally_add(struct tally *tally, const struct tally_access *access,
               const struct tally_entry *entry);

/* After the last access: add up, so that counts can be read. */
void tally_finish(struct tally *tally);

/* All sizes of one line: [0 .. depth]. */
const int64_t *tally_line(const struct tally *tally, size_t column,
                          enum trace_phase phase, size_t domain, enum account account,
                          enum side side);

#endif
