#include "model/charging.h"

#include <stdlib.h>

/* ---- what each code location is ---- */

static enum account role_account(enum trace_role role)
{
    switch (role) {
    case TRACE_WORK:
        return ACCOUNT_WORK;
    case TRACE_BORDER:
        return ACCOUNT_BORDER;
    case TRACE_KERNEL_PATH:
        return ACCOUNT_KERNEL_PATH;
    case TRACE_THREAD_SWITCHING:
        return ACCOUNT_THREAD_SWITCH;
    case TRACE_SPACE_SWITCHING:
        return ACCOUNT_SPACE_SWITCH;
    case TRACE_BINDING:
        return ACCOUNT_BINDING;
    case TRACE_IDLE:
    case TRACE_ROLES:
        break;
    }
    return ACCOUNT_IDLE;
}

static uint8_t role_flags(uint8_t role)
{
    if (role == TRACE_WORK)
        return 0;
    return role == TRACE_IDLE ? REF_IDLE : REF_PATH;
}

static struct code_info describe_code(const struct trace_code *code,
                                      const struct machine *machine)
{
    struct code_info info = {.instruction = instruction_decode(code->bytes, code->length),
                             .vaddr = code->vaddr,
                             .next = code->vaddr + code->length,
                             .paired_after = TRACE_NO_CODE,
                             .flags = role_flags(code->role),
                             .account = (uint8_t)role_account(code->role)};
    const struct instruction *is = &info.instruction;
    bool crosses = is->traps || is->returns, ordinary = !crosses && !is->repeats;
    info.mcycles = machine->instructions[is->class];
    info.settled = ordinary && is->taken == is->class;
    info.forks = ordinary && is->taken != is->class;
    bool rest = is->length == 0 && (code->vaddr & 0xfff) == 0; /* see is_rest() */
    info.quick = ordinary && !rest && machine->pairing == MACHINE_PAIRING_NONE;
    if (crosses && info.account != ACCOUNT_IDLE)
        info.account =
            ACCOUNT_BORDER; /* wherever it stands, it exists for the boundary */
    return info;
}

bool charger_init(struct charger *charger, const struct trace_reader *trace,
                  const struct machine *machine, struct ledger *ledger,
                  struct bills *bills, bool plain)
{
    *charger = (struct charger){.machine = machine,
                                .ledger = ledger,
                                .bills = bills,
                                .plain = plain,
                                .pairing = machine->pairing != MACHINE_PAIRING_NONE,
                                .phase = TRACE_PHASE_MEASURED,
                                .last_code = TRACE_NO_CODE};
    const struct trace_code *codes = trace_codes(trace, &charger->code_count);
    charger->codes = calloc((size_t)charger->code_count + 1, sizeof *charger->codes);
    if (!plain)
        charger->charged =
            calloc(LEDGER_PHASES * ledger->domain_count + 1, sizeof *charger->charged);
    if (charger->codes == NULL || (!plain && charger->charged == NULL))
        return false;
    for (uint32_t i = 0; i < charger->code_count; i++)
        charger->codes[i] = describe_code(&codes[i], machine);
    return true;
}

void charger_free(struct charger *charger)
{
    free(charger->codes);
    free(charger->charged);
    charger->codes = NULL;
    charger->charged = NULL;
}

/* ---- charging ---- */

void charger_add(struct charger *charger, uint16_t domain, enum account account,
                 enum instruction_class class, uint32_t excursion)
{
    charger_charge(charger, domain, account, class, excursion,
                   charger->machine->instructions[class], charger->plain);
}

static enum instruction_class class_of(const struct waiting *waiting, enum follow follow,
                                       bool to_user)
{
    const struct instruction *is = &waiting->code->instruction;
    if (waiting->again)
        return is->again;
    if ((is->traps && waiting->user) ||
        (is->returns && follow == FOLLOW_CROSSING && to_user))
        return is->crossing;
    if (is->branches && follow == FOLLOW_ELSEWHERE)
        return is->taken;
    return is->class;
}

/* The second of a pair takes what it takes longer than the first. */
static void charge_second(struct charger *charger, enum instruction_class class)
{
    const struct waiting *waiting = &charger->waiting;
    const struct instruction *first = &waiting->first->instruction;
    const struct instruction *second = &waiting->code->instruction;
    enum account account = waiting->code->account;
    int64_t mcycles =
        instruction_second_cost(charger->machine->instructions, first, second);
    charger->total += mcycles;
    if (charger->plain)
        return;
    struct ledger_domain *to =
        &charger->ledger->phase[charger->phase].domains[waiting->domain];
    to->line[account].instructions++;
    to->line[account].instruction_mcycles += mcycles;
    to->classes[class]++;
    if (instruction_second_is_longer(first, second)) {
        to->charged[account][second->class]++;
        to->charged[account][first->class]--;
    }
    if (charger->bills != NULL && account_group(account) == GROUP_EXPLICIT)
        bills_instructions(charger->bills, waiting->excursion, account, 1, mcycles);
}

static void settle(struct charger *charger, enum follow follow, bool to_user)
{
    const struct waiting *waiting = &charger->waiting;
    enum instruction_class class = class_of(waiting, follow, to_user);
    if (waiting->first != NULL)
        charge_second(charger, class);
    else
        charger_add(charger, waiting->domain, waiting->code->account, class,
                    waiting->excursion);
    charger->waiting.code = NULL;
}

void charger_settle(struct charger *charger, enum follow follow, bool to_user)
{
    if (charger->waiting.code != NULL)
        settle(charger, follow, to_user);
}

/* Whether this fetch executes beside the one before it. */
static bool pairs_with_last(const struct charger *charger, struct code_info *code)
{
    uint32_t last = charger->last_code;
    if (last == TRACE_NO_CODE || charger->last_was_second)
        return false;
    const struct code_info *first = &charger->codes[last];
    if (code->paired_after != last) {
        code->paired_after = last;
        code->pairs = first->next == code->vaddr &&
                      instructions_pair(&first->instruction, &code->instruction);
    }
    return code->pairs;
}

/* Whether this fetch is only the rest of an instruction that crosses a page. */
static bool is_rest(const struct charger *charger, const struct trace_record *record)
{
    if (charger->codes[record->code].instruction.length != 0 ||
        charger->last_code == TRACE_NO_CODE || (record->vaddr & 0xfff) != 0)
        return false;
    const struct code_info *last = &charger->codes[charger->last_code];
    return last->next > record->vaddr && last->next - record->vaddr == record->size;
}

void charger_fetch_further(struct charger *charger, const struct trace_record *record,
                           uint16_t domain, uint32_t excursion)
{
    struct code_info *code = &charger->codes[record->code];
    if (is_rest(charger, record))
        return;
    if (charger->waiting.code != NULL) {
        bool next = charger->waiting.code->next == record->vaddr;
        settle(charger, next ? FOLLOW_NEXT : FOLLOW_ELSEWHERE, false);
    }
    uint32_t last = charger->last_code;
    bool again = code->instruction.repeats && last == record->code;
    bool second = charger->pairing && !again && pairs_with_last(charger, code);
    charger->last_code = record->code;
    charger->last_was_second = second;
    if (code->settled && !second) {
        charger_add(charger, domain, code->account, code->instruction.class, excursion);
        return;
    }
    charger->waiting = (struct waiting){.code = code,
                                        .first = second ? &charger->codes[last] : NULL,
                                        .excursion = excursion,
                                        .domain = domain,
                                        .again = again,
                                        .user = record->user != 0};
}

static void close_account(const struct charger *charger, struct ledger_domain *to,
                          enum account account, const int64_t *charged)
{
    for (int class = 0; class < INSTRUCTION_CLASSES; class ++) {
        to->line[account].instructions += charged[class];
        to->line[account].instruction_mcycles +=
            charged[class] * charger->machine->instructions[class];
        to->classes[class] += charged[class];
        to->charged[account][class] += charged[class];
    }
}

void charger_close(struct charger *charger)
{
    size_t domains = charger->ledger->domain_count;
    if (charger->plain)
        return;
    for (size_t i = 0; i < LEDGER_PHASES * domains; i++)
        for (int account = 0; account < ACCOUNTS; account++)
            close_account(charger,
                          &charger->ledger->phase[i / domains].domains[i % domains],
                          (enum account)account, charger->charged[i].n[account]);
}
