/* reference_replay.h - the naive replay between its files: what it knows at one record.
 */
#ifndef CROSSBILL_TESTS_REFERENCE_REPLAY_H
#define CROSSBILL_TESTS_REFERENCE_REPLAY_H

#include "reference.h"
#include "reference_visit.h"
#include "reference_world.h"

struct table {
    uint64_t cr3, directory_index, physical;
    bool large; /* it is the page itself */
};

struct reference {
    const struct reference_trace *trace;
    const struct machine *machine;
    struct reference_ledger *ledger;
    struct world shared, merged, *solo; /* solo: one for each domain */
    bool cr3_known;
    uint64_t cr3;
    struct table *tables;
    size_t table_count;
    enum trace_phase phase;
    uint16_t space;
    bool user_tables; /* which half of a space is in force: rule 24 */
    struct visit visit;
    struct memory *memories; /* one for each domain */
    bool from_user;          /* where a crossing in would come from now */
};

/* reference_charges.c: rules 1, 11, 12 and 17. */

/* The domain's row of the current phase, and its number in the trace. */
struct reference_domain *domain_named(struct reference *reference, uint16_t id);
size_t domain_number(const struct reference *reference, uint16_t id);
/* What an access did in the shared world; and for work in the others. */
void charge_shared(struct reference *reference, const struct access *access,
                   const struct outcome *shared);
void charge_work(struct reference *reference, const struct access *access,
                 const struct outcome *shared, const struct outcome *merged,
                 const struct outcome *solo);

/* reference_visit.c: rules 21 and 22, before and after an access of work. */
void meet_again(struct reference *reference, const struct access *access);
void count_visit(struct reference *reference, const struct access *access);

#endif
