/* rollup.h - bills rolled up the call tree: what each crossing cost with all that were
 * made on its behalf.
 *
 * A parent's number is smaller than its children's, so one pass from the last crossing to
 * the first will do. Between adding and that pass each crossing is 16 bytes, in a
 * temporary file where there are many; in memory are only sums of parents not reached
 * yet.
 */
#ifndef CROSSBILL_ROLLUP_H
#define CROSSBILL_ROLLUP_H

#include "model/map.h"

#include <stdio.h>

#define ROLLUP_BLOCK 65536 /* crossings in memory */

struct rollup_item {
    int64_t mcycles;
    uint32_t parent; /* smaller than its own number; 0: none */
    uint8_t phase, kind;
};

struct rollup {
    struct rollup_item *block; /* [ROLLUP_BLOCK], the last ones */
    uint32_t count;            /* of all that were added */
    FILE *file;                /* whole blocks, all before the one in memory */
    struct map waiting;        /* parent to the sum of its children so far */
    size_t reached;            /* entries of the map that are of no more use */
};

bool rollup_init(struct rollup *rollup);
void rollup_free(struct rollup *rollup);

/* Add crossing 1, then 2, and so on. False if memory or the file fails. */
bool rollup_add(struct rollup *rollup, const struct rollup_item *item);

/* One crossing on the way back: `item` with `mcycles` rolled up, `own` as they were
 * added. */
struct rollup_visit {
    uint32_t number;
    int64_t own;
    const struct rollup_item *item;
};

/* Hand each crossing, the last one first, to `visit` until it returns false. Once, after
 * all are added. */
bool rollup_each(struct rollup *rollup,
                 bool (*visit)(void *context, const struct rollup_visit *visit),
                 void *context);

#endif
