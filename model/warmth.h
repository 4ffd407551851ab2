/* warmth.h - how much of a domain is still there when it is entered again.
 *
 * When a visit begins (footprint.h), the pages and lines of the domain's visit before it
 * are looked up in the shared world, level by level, as its accesses would ask for them;
 * a look changes nothing there. What came is counted as asked, what was found as
 * resident. A page or line counts once for fetches and once for data, each with what
 * serves them. Entries with tags are looked up in the space that is current when the
 * domain is entered.
 */
#ifndef CROSSBILL_WARMTH_H
#define CROSSBILL_WARMTH_H

#include "model/hierarchy.h"

/* What a domain's current visit has touched first, as refs. */
struct visit_list {
    struct ref *refs;
    size_t count, room;
};

struct warmth {
    struct ledger *ledger;
    struct visit_list *of; /* by domain index */
    size_t domain_count;
    enum trace_phase phase;
    bool visiting; /* somebody is, namely: */
    uint16_t visited;
    bool failed; /* memory ran out */
};

bool warmth_init(struct warmth *warmth, struct ledger *ledger);
void warmth_free(struct warmth *warmth);

/* Before the access: a ref of work with REF_NEW_PAGE or REF_NEW_LINE. The first one of a
 * visit is both, so another domain's begins one. */
void warmth_note(struct warmth *warmth, const struct hierarchy *shared,
                 const struct ref *ref);

#endif
