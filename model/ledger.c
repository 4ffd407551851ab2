#include "model/ledger.h"

#include "model/chronicler.h"

#include <stdlib.h>
#include <string.h>

enum account_group account_group(enum account account)
{
    switch (account) {
    case ACCOUNT_WORK:
        return GROUP_WORK;
    case ACCOUNT_COMPETITION:
    case ACCOUNT_COMPETITION_CREDIT:
        return GROUP_COMPETITION;
    case ACCOUNT_BORDER:
    case ACCOUNT_KERNEL_PATH:
    case ACCOUNT_THREAD_SWITCH:
    case ACCOUNT_SPACE_SWITCH:
    case ACCOUNT_BINDING:
        return GROUP_EXPLICIT;
    case ACCOUNT_PATH_COLD:
    case ACCOUNT_PATH_REFILL:
    case ACCOUNT_PATH_DISPLACED:
    case ACCOUNT_PATH_CAPACITY:
    case ACCOUNT_REFILL:
    case ACCOUNT_DISPLACED:
    case ACCOUNT_CREDIT_SHARED:
    case ACCOUNT_CREDIT_POLICY:
        return GROUP_IMPLICIT;
    case ACCOUNT_IDLE:
    case ACCOUNTS:
        break;
    }
    return GROUP_IDLE;
}

static const struct {
    const char *name, *title;
} account_names[ACCOUNTS] = {
    [ACCOUNT_WORK] = {"work", "work"},
    [ACCOUNT_COMPETITION] = {"competition", "competition"},
    [ACCOUNT_COMPETITION_CREDIT] = {"competition_credit", "competition, credit"},
    [ACCOUNT_BORDER] = {"border", "border"},
    [ACCOUNT_KERNEL_PATH] = {"kernel_path", "kernel path"},
    [ACCOUNT_THREAD_SWITCH] = {"thread_switch", "thread switch"},
    [ACCOUNT_SPACE_SWITCH] = {"space_switch", "space switch"},
    [ACCOUNT_BINDING] = {"binding", "binding"},
    [ACCOUNT_PATH_COLD] = {"path_cold", "path, cold"},
    [ACCOUNT_PATH_REFILL] = {"path_refill_after_flush", "path, refill after flush"},
    [ACCOUNT_PATH_DISPLACED] = {"path_displaced", "path, displaced by work"},
    [ACCOUNT_PATH_CAPACITY] = {"path_capacity", "path, displaced by itself"},
    [ACCOUNT_REFILL] = {"refill_after_flush", "refill after flush"},
    [ACCOUNT_DISPLACED] = {"displaced", "displaced"},
    [ACCOUNT_CREDIT_SHARED] = {"credit_shared_line", "credit, shared line"},
    [ACCOUNT_CREDIT_POLICY] = {"credit_policy", "credit, policy"},
    [ACCOUNT_IDLE] = {"idle", "idle"},
};

const char *account_name(enum account account)
{
    return account < ACCOUNTS ? account_names[account].name : "?";
}

const char *account_title(enum account account)
{
    return account < ACCOUNTS ? account_names[account].title : "?";
}

const char *account_group_name(enum account_group group)
{
    static const char *const names[GROUPS] = {"work", "competition", "explicit",
                                              "implicit", "idle"};
    return group < GROUPS ? names[group] : "?";
}

const char *component_name(enum component component)
{
    static const char *const names[COMPONENTS] = {"itlb", "dtlb", "stlb", "walk",  "l1i",
                                                  "l1d",  "l2",   "l3",   "memory"};
    return component < COMPONENTS ? names[component] : "?";
}

const char *side_name(enum side side)
{
    static const char *const names[SIDES] = {"fetch", "data", "walk"};
    return side < SIDES ? names[side] : "?";
}

const char *crossing_kind_name(enum crossing_kind kind)
{
    static const char *const names[CROSSING_KINDS] = {
        "call", "ipc_call", "ipc_reply", "ipc_send", "fault", "interrupt"};
    return kind < CROSSING_KINDS ? names[kind] : "?";
}

static const struct {
    const char *name, *title;
} repair_names[REPAIRS] = {
    [REPAIR_CROSSING_OUT] = {"crossing_out",
                             "crossings out that had not come in: left out"},
    [REPAIR_CALL] = {"call_from_kernel",
                     "calls from kernel mode: those before have gone out"},
    [REPAIR_NESTING] = {"nesting",
                        "crossings nested too deeply: the outermost has gone out"},
    [REPAIR_DOMAIN] = {"undeclared_domain",
                       "accesses of undeclared domains: charged to domain 0"},
};

const char *repair_name(enum repair repair)
{
    return repair < REPAIRS ? repair_names[repair].name : "?";
}

const char *repair_title(enum repair repair)
{
    return repair < REPAIRS ? repair_names[repair].title : "?";
}

static void name_structures(struct ledger *ledger, const struct machine *machine)
{
    size_t count = 0;
    for (size_t i = 0; i < machine->tlb_count; i++)
        memcpy(ledger->structures[count++].name, machine->tlbs[i].name,
               MACHINE_NAME_SIZE);
    for (size_t i = 0; i < machine->cache_count; i++)
        memcpy(ledger->structures[count++].name, machine->caches[i].name,
               MACHINE_NAME_SIZE);
    ledger->structure_count = count;
}

static bool add_domains(struct ledger_phase *phase, const struct trace_domain *domains,
                        size_t count, bool has_kernel)
{
    size_t all = count + !has_kernel;
    phase->domains = calloc(all, sizeof *phase->domains);
    phase->culprit_mcycles = calloc(all * (all + 1), sizeof *phase->culprit_mcycles);
    if (phase->domains == NULL || phase->culprit_mcycles == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct ledger_domain *domain = &phase->domains[i + !has_kernel];
        domain->id = domains[i].id;
        domain->kind = (enum trace_domain_kind)domains[i].kind;
        memcpy(domain->name, domains[i].name, sizeof domain->name);
    }
    if (!has_kernel)
        memcpy(phase->domains[0].name, "all", 4);
    return true;
}

struct ledger *ledger_create(const struct trace_reader *trace,
                             const struct machine *machine)
{
    size_t count;
    const struct trace_domain *domains = trace_domains(trace, &count);
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        return NULL;
    bool has_kernel = false;
    for (size_t i = 0; i < count; i++)
        has_kernel |= domains[i].id == 0;
    ledger->domain_count = count + !has_kernel;
    name_structures(ledger, machine);
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++) {
        if (add_domains(&ledger->phase[phase], domains, count, has_kernel))
            continue;
        ledger_free(ledger);
        return NULL;
    }
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++) {
        free(ledger->phase[phase].domains);
        free(ledger->phase[phase].culprit_mcycles);
        for (size_t kind = 0; kind < CROSSING_KINDS; kind++)
            free(ledger->phase[phase].histograms[kind].bins);
    }
    chronicle_free(ledger->chronicle);
    free(ledger);
}

int64_t ledger_repairs(const struct ledger *ledger)
{
    int64_t sum = 0;
    for (enum repair repair = 0; repair < REPAIRS; repair++)
        sum += ledger->repairs[repair];
    return sum;
}

int64_t ledger_account_mcycles(const struct ledger *ledger, enum trace_phase phase,
                               enum account account)
{
    int64_t sum = 0;
    for (size_t i = 0; i < ledger->domain_count; i++) {
        const struct ledger_line *line = &ledger->phase[phase].domains[i].line[account];
        sum += line->instruction_mcycles + line->memory_mcycles;
    }
    return sum;
}

int64_t ledger_group_mcycles(const struct ledger *ledger, enum trace_phase phase,
                             enum account_group group)
{
    int64_t sum = 0;
    for (enum account account = 0; account < ACCOUNTS; account++)
        if (account_group(account) == group)
            sum += ledger_account_mcycles(ledger, phase, account);
    return sum;
}
