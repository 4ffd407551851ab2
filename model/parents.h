/* parents.h - who crosses on whose behalf: bills by the kind of crossing and that of its
 * parent.
 *
 * Crossings come from the last to the first, as rollup.h hands them on, so that a parent
 * comes after all its children. In memory are sums of parents that have not come yet.
 */
#ifndef CROSSBILL_PARENTS_H
#define CROSSBILL_PARENTS_H

#include "model/map.h"
#include "model/model.h"

struct parents {
    struct map counts, sums; /* by parent, and phase and kind of the children */
    size_t reached;          /* entries of the maps that are of no more use */
};

/* What one crossing's own bill comes to. */
struct parents_bill {
    uint32_t number, parent; /* parent 0: none */
    uint8_t phase, kind;
    int64_t mcycles;
};

void parents_free(struct parents *parents);

/* Adds to ledger->phase[].children. False without memory. */
bool parents_add(struct parents *parents, const struct parents_bill *bill,
                 struct ledger *ledger);

#endif
