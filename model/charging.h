/* charging.h - what instructions cost: each fetch is charged once its class is known.
 *
 * Which class an instruction is of can depend on what follows it (was the branch taken?
 * did the return change the privilege level?), so one always waits for the next fetch or
 * event. On machines that pair, the second of a pair adds only what it takes longer.
 */
#ifndef CROSSBILL_CHARGING_H
#define CROSSBILL_CHARGING_H

#include "model/bills.h"

/* What each code location is, worked out before the first record. */
struct code_info {
    struct instruction instruction;
    uint64_t vaddr, next;  /* its address, and the one after it */
    uint32_t paired_after; /* code location for which `pairs` is the answer */
    bool pairs;
    bool settled; /* its class does not depend on what follows, or on the fetch before */
    uint8_t role;    /* enum trace_role */
    uint8_t account; /* of its own cycles; ACCOUNT_WORK exactly for work */
};

/* An instruction that waits for what follows. */
struct waiting {
    const struct code_info *code;  /* NULL: none */
    const struct code_info *first; /* it pairs with this one; NULL: it does not */
    uint32_t excursion;
    uint16_t domain;
    bool again, user;
};

struct charger {
    const struct machine *machine;
    struct ledger *ledger;
    struct bills *bills; /* NULL: none are kept */
    bool plain;          /* only the total is wanted */
    struct code_info *codes;
    uint32_t code_count;
    enum trace_phase phase;
    struct waiting waiting;
    uint32_t last_code;   /* of the last fetch; TRACE_NO_CODE after a crossing */
    bool last_was_second; /* of a pair */
    int64_t total;        /* millicycles of all, summed apart from the accounts */
};

enum follow { FOLLOW_NEXT, FOLLOW_ELSEWHERE, FOLLOW_CROSSING };

bool charger_init(struct charger *charger, const struct trace_reader *trace,
                  const struct machine *machine, struct ledger *ledger, struct bills *bills);
void charger_free(struct charger *charger);

/* Whether this fetch is only the rest of an instruction that crosses a page. */
bool charger_is_rest(const struct charger *charger, const struct trace_record *record);
/* A fetch of an instruction, by a domain (its index), on behalf of a crossing. */
void charger_fetch(struct charger *charger, const struct trace_record *record,
                   uint16_t domain, uint32_t excursion);
/* What follows is no fetch. `to_user`: a crossing goes out to user mode. */
void charger_settle(struct charger *charger, enum follow follow, bool to_user);
/* An event that costs as much as an instruction of this class. */
void charger_add(struct charger *charger, uint16_t domain, enum account account,
                 enum instruction_class class, uint32_t excursion, int64_t mcycles);

#endif
