/* charging.h - what instructions cost: each fetch is charged once its class is known.
 *
 * Which class an instruction is of can depend on what follows it (was the branch taken?
 * did the return change the privilege level?), so one always waits for the next fetch or
 * event. On machines that pair, the second of a pair adds only what it takes longer.
 */
#ifndef CROSSBILL_CHARGING_H
#define CROSSBILL_CHARGING_H

#include "model/bills.h"
#include "model/ref.h"

/* What each code location is, worked out before the first record. */
struct code_info {
    uint64_t vaddr, next;  /* its address, and the one after it */
    int64_t mcycles;       /* of its ordinary class */
    uint32_t paired_after; /* code location for which `pairs` is the answer */
    bool pairs;
    bool settled;  /* its class does not depend on what follows, or on the fetch before */
    bool forks;    /* a branch that costs another class if it is taken, and no more */
    bool quick;    /* one of these, of known length, on a machine that does not pair */
    uint8_t flags; /* enum ref_flag of its accesses: path, idle or neither */
    uint8_t account; /* of its own cycles; ACCOUNT_WORK exactly for work */
    struct instruction instruction;
};

/* An instruction that waits for what follows. */
struct waiting {
    const struct code_info *code;  /* NULL: none */
    const struct code_info *first; /* it pairs with this one; NULL: it does not */
    uint32_t excursion;
    uint16_t domain;
    bool again, user;
};

/* Instructions charged by account and class; what they cost is worked out at the end. */
struct charged {
    int64_t n[ACCOUNTS][INSTRUCTION_CLASSES];
};

struct charger {
    const struct machine *machine;
    struct ledger *ledger;
    struct bills *bills; /* NULL: none are kept */
    bool plain;          /* only the total is wanted */
    bool pairing;        /* instructions may execute in pairs */
    struct code_info *codes; /* [code_count + 1]; the last: of data before any fetch */
    uint32_t code_count;
    enum trace_phase phase;
    struct charged *charged; /* [LEDGER_PHASES * domains]; NULL: plain */
    struct waiting waiting;
    uint32_t last_code;   /* of the last fetch; TRACE_NO_CODE after a crossing */
    bool last_was_second; /* of a pair */
    int64_t total;        /* millicycles of all, summed apart from the accounts */
};

enum follow { FOLLOW_NEXT, FOLLOW_ELSEWHERE, FOLLOW_CROSSING };

/* `plain`: only the total is wanted. */
bool charger_init(struct charger *charger, const struct trace_reader *trace,
                  const struct machine *machine, struct ledger *ledger,
                  struct bills *bills, bool plain);
void charger_free(struct charger *charger);

/* What follows is no fetch. `to_user`: a crossing goes out to user mode. */
void charger_settle(struct charger *charger, enum follow follow, bool to_user);
/* An event that costs as much as an instruction of this class. */
void charger_add(struct charger *charger, uint16_t domain, enum account account,
                 enum instruction_class class, uint32_t excursion);
/* After the last record: what was charged goes to the ledger. */
void charger_close(struct charger *charger);

/* The same of any fetch: of one whose class is not settled, of the rest of an instruction
 * that crosses a page, while another waits. */
void charger_fetch_further(struct charger *charger, const struct trace_record *record,
                           uint16_t domain, uint32_t excursion);

/* What an access's code location is; NULL: it should have one. Data that come before any
 * fetch, as in traces of data alone, are work. */
INLINE const struct code_info *charger_code(const struct charger *charger,
                                            const struct trace_record *record)
{
    if (__builtin_expect(record->code < charger->code_count, 1))
        return &charger->codes[record->code];
    bool before_any = record->code == TRACE_NO_CODE && record->kind != TRACE_FETCH;
    return before_any ? &charger->codes[charger->code_count] : NULL;
}

/* The explicit ones: what work costs is nobody's bill. */
INLINE bool account_is_billed(enum account account)
{
    return account >= ACCOUNT_BORDER && account <= ACCOUNT_BINDING;
}

/* Forced into prepare(): once per instruction. */
INLINE void charger_charge(struct charger *charger, uint16_t domain, enum account account,
                           enum instruction_class class, uint32_t excursion,
                           int64_t mcycles, bool plain)
{
    charger->total += mcycles;
    if (plain)
        return;
    charger->charged[charger->phase * charger->ledger->domain_count + domain]
        .n[account][class]++;
    if (charger->bills != NULL && account_is_billed(account))
        bills_instructions(charger->bills, excursion, account, 1, mcycles);
}

/* What waits is a branch: does this fetch follow it? */
INLINE void charger_follow(struct charger *charger, const struct trace_record *record,
                           bool plain)
{
    const struct waiting *waiting = &charger->waiting;
    const struct code_info *code = waiting->code;
    enum instruction_class class =
        code->next == record->vaddr ? code->instruction.class : code->instruction.taken;
    charger_charge(charger, waiting->domain, code->account, class, waiting->excursion,
                   charger->machine->instructions[class], plain);
    charger->waiting.code = NULL;
}

/* Whether charger_fetch() has no more to do than to add what is known. */
INLINE bool charger_is_quick(const struct charger *charger, const struct code_info *code)
{
    const struct code_info *before = charger->waiting.code;
    return code->quick && (before == NULL || before->quick);
}

/* A fetch of an instruction, by a domain (its index), on behalf of a crossing. */
INLINE void charger_fetch(struct charger *charger, const struct trace_record *record,
                          uint16_t domain, uint32_t excursion, bool plain)
{
    const struct code_info *code = &charger->codes[record->code];
    if (!charger_is_quick(charger, code)) {
        charger_fetch_further(charger, record, domain, excursion);
        return;
    }
    if (charger->waiting.code != NULL)
        charger_follow(charger, record, plain);
    charger->last_code = record->code;
    if (!code->forks) {
        charger_charge(charger, domain, code->account, code->instruction.class, excursion,
                       code->mcycles, plain);
        return;
    }
    charger->waiting =
        (struct waiting){.code = code, .excursion = excursion, .domain = domain};
}

#endif
