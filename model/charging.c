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

static struct code_info describe_code(const struct trace_code *code)
{
    struct code_info info = {.instruction = instruction_decode(code->bytes, code->length),
                             .vaddr = code->vaddr,
                             .next = code->vaddr + code->length,
                             .paired_after = TRACE_NO_CODE,
                             .role = code->role,
                             .account = (uint8_t)role_account(code->role)};
    bool crosses = info.instruction.traps || info.instruction.returns;
    info.settled = !crosses && !info.instruction.branches && !info.instruction.repeats;
    if (crosses && info.account != ACCOUNT_IDLE)
        info.account =
            ACCOUNT_BORDER; /* wherever it stands, it exists for the boundary */
    return info;
}

bool charger_init(struct charger *charger, const struct trace_reader *trace,
                  const struct machine *machine, struct ledger *ledger,
                  struct bills *bills)
{
    *charger = (struct charger){.machine = machine,
                                .ledger = ledger,
                                .bills = bills,
                                .phase = TRACE_PHASE_MEASURED,
                                .last_code = TRACE_NO_CODE};
    const struct trace_code *codes = trace_codes(trace, &charger->code_count);
    charger->codes = calloc((size_t)charger->code_count + 1, sizeof *charger->codes);
    if (charger->codes == NULL)
        return false;
    for (uint32_t i = 0; i < charger->code_count; i++)
        charger->codes[i] = describe_code(&codes[i]);
    return true;
}

void charger_free(struct charger *charger)
{
    free(charger->codes);
    charger->codes = NULL;
}

/* ---- charging ---- */

void charger_add(struct charger *charger, uint16_t domain, enum account account,
                 enum instruction_class class, uint32_t excursion, int64_t mcycles)
{
    charger->total += mcycles;
    if (charger->plain)
        return;
    struct ledger_domain *to = &charger->ledger->phase[charger->phase].domains[domain];
    to->line[account].instructions++;
    to->line[account].instruction_mcycles += mcycles;
    to->classes[class]++;
    to->charged[account][class]++;
    if (charger->bills != NULL && account_group(account) == GROUP_EXPLICIT)
        bills_instruction(charger->bills, excursion, account, mcycles);
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
    struct ledger_domain *to =
        &charger->ledger->phase[charger->phase].domains[waiting->domain];
    charger_add(charger, waiting->domain, account, class, waiting->excursion, mcycles);
    to->charged[account][class]--;
    if (instruction_second_is_longer(first, second)) {
        to->charged[account][second->class]++;
        to->charged[account][first->class]--;
    }
}

void charger_settle(struct charger *charger, enum follow follow, bool to_user)
{
    const struct waiting *waiting = &charger->waiting;
    if (waiting->code == NULL)
        return;
    enum instruction_class class = class_of(waiting, follow, to_user);
    if (waiting->first != NULL)
        charge_second(charger, class);
    else
        charger_add(charger, waiting->domain, waiting->code->account, class,
                    waiting->excursion, charger->machine->instructions[class]);
    charger->waiting.code = NULL;
}

/* Whether this fetch executes beside the one before it. */
static bool pairs_with_last(const struct charger *charger, struct code_info *code)
{
    uint32_t last = charger->last_code;
    if (charger->machine->pairing == MACHINE_PAIRING_NONE || last == TRACE_NO_CODE ||
        charger->last_was_second)
        return false;
    const struct code_info *first = &charger->codes[last];
    if (code->paired_after != last) {
        code->paired_after = last;
        code->pairs = first->next == code->vaddr &&
                      instructions_pair(&first->instruction, &code->instruction);
    }
    return code->pairs;
}

bool charger_is_rest(const struct charger *charger, const struct trace_record *record)
{
    if (charger->codes[record->code].instruction.length != 0 ||
        charger->last_code == TRACE_NO_CODE || (record->vaddr & 0xfff) != 0)
        return false;
    const struct code_info *last = &charger->codes[charger->last_code];
    return last->next > record->vaddr && last->next - record->vaddr == record->size;
}

void charger_fetch(struct charger *charger, const struct trace_record *record,
                   uint16_t domain, uint32_t excursion)
{
    struct code_info *code = &charger->codes[record->code];
    if (charger->waiting.code != NULL) {
        bool next = charger->waiting.code->next == record->vaddr;
        charger_settle(charger, next ? FOLLOW_NEXT : FOLLOW_ELSEWHERE, false);
    }
    const struct code_info *first =
        charger->last_code != TRACE_NO_CODE ? &charger->codes[charger->last_code] : NULL;
    bool again = code->instruction.repeats && charger->last_code == record->code;
    bool second = !again && pairs_with_last(charger, code);
    charger->last_code = record->code;
    charger->last_was_second = second;
    if (code->settled && !second) {
        charger_add(charger, domain, code->account, code->instruction.class, excursion,
                    charger->machine->instructions[code->instruction.class]);
        return;
    }
    charger->waiting = (struct waiting){.code = code,
                                        .first = second ? first : NULL,
                                        .excursion = excursion,
                                        .domain = domain,
                                        .again = again,
                                        .user = record->user != 0};
}
