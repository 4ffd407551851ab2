#include "inquiry.h"

#include <stdio.h>

const int sizes[SIZES] = {1, 2, 4, 8, 16, 32, 64, 128};

bool ask_pingpong(struct inquiry *inquiry, struct claim_evidence *evidence,
                  const char *machine, const char *structure, int pages)
{
    char recording[96];
    snprintf(recording, sizeof recording, "pingpong %s pages=%d requests=50 warm_up=10",
             structure, pages);
    return ask(inquiry, evidence, machine, recording);
}

const struct ledger_phase *measured(const struct claim_evidence *evidence)
{
    return &evidence->ledger->phase[TRACE_PHASE_MEASURED];
}

bool ask_file(struct inquiry *inquiry, struct claim_evidence *evidence,
              const char *machine, const char *structure)
{
    char recording[96];
    snprintf(recording, sizeof recording, "file %s files=4 requests=40 warm_up=10",
             structure);
    return ask(inquiry, evidence, machine, recording);
}

/* To the nearest; 0 where there is nothing to divide by. */
static int64_t mean(int64_t sum, int64_t count)
{
    if (count == 0)
        return 0;
    return (sum + (sum < 0 ? -count : count) / 2) / count;
}

/* ---- crossings ---- */

static const struct crossing_summary *summary(const struct claim_evidence *evidence,
                                              enum crossing_kind kind)
{
    return &measured(evidence)->crossings[kind];
}

int64_t crossing_account(const struct claim_evidence *evidence, enum crossing_kind kind,
                         enum account account)
{
    return mean(summary(evidence, kind)->account_mcycles[account],
                summary(evidence, kind)->count);
}

int64_t crossing_explicit(const struct claim_evidence *evidence, enum crossing_kind kind)
{
    return mean(summary(evidence, kind)->explicit_cost.sum,
                summary(evidence, kind)->count);
}

int64_t crossing_median(const struct claim_evidence *evidence, enum crossing_kind kind)
{
    return summary(evidence, kind)->total.median;
}

int64_t crossing_implicit(const struct claim_evidence *evidence, enum crossing_kind kind)
{
    return mean(summary(evidence, kind)->implicit_cost.sum,
                summary(evidence, kind)->count);
}

int64_t crossing_instructions(const struct claim_evidence *evidence,
                              enum crossing_kind kind)
{
    return mean(1000 * summary(evidence, kind)->instructions,
                summary(evidence, kind)->count);
}

int64_t one_way(const struct claim_evidence *evidence,
                int64_t (*quantity)(const struct claim_evidence *, enum crossing_kind))
{
    return mean(quantity(evidence, CROSSING_IPC_CALL) +
                    quantity(evidence, CROSSING_IPC_REPLY),
                2);
}

int64_t one_way_account(const struct claim_evidence *evidence, enum account account)
{
    return mean(crossing_account(evidence, CROSSING_IPC_CALL, account) +
                    crossing_account(evidence, CROSSING_IPC_REPLY, account),
                2);
}

static int64_t extent_bytes(const struct claim_evidence *evidence,
                            enum crossing_kind kind)
{
    const struct crossing_extent *extent = &evidence->extents->crossing[kind];
    return mean(1000 * (extent->code_bytes + extent->data_bytes), extent->count);
}

int64_t one_way_bytes(const struct claim_evidence *evidence)
{
    return one_way(evidence, extent_bytes);
}

/* ---- switches of address space ---- */

int64_t switches(const struct claim_evidence *evidence)
{
    const int64_t *switched = measured(evidence)->space_switches;
    return switched[TRACE_HOW_CR3] + switched[TRACE_HOW_SEGMENT];
}

int64_t switch_account(const struct claim_evidence *evidence, enum account account)
{
    return mean(ledger_account_mcycles(evidence->ledger, TRACE_PHASE_MEASURED, account),
                switches(evidence));
}

int64_t switch_instructions(const struct claim_evidence *evidence,
                            enum instruction_class class)
{
    const struct ledger_phase *phase = measured(evidence);
    int64_t executed = 0;
    for (size_t d = 0; d < evidence->ledger->domain_count; d++)
        if (phase->domains[d].kind == TRACE_DOMAIN_KERNEL)
            executed += phase->domains[d].classes[class];
    return mean(1000 * executed, switches(evidence));
}

int64_t refilled_entries(const struct claim_evidence *evidence)
{
    const struct ledger_phase *phase = measured(evidence);
    int64_t entries = 0;
    for (size_t d = 0; d < evidence->ledger->domain_count; d++)
        entries += phase->domains[d].refilled_after_flush[COMPONENT_ITLB] +
                   phase->domains[d].refilled_after_flush[COMPONENT_DTLB];
    return mean(1000 * entries, switches(evidence));
}

int64_t refill_cycles(const struct claim_evidence *evidence)
{
    return switch_account(evidence, ACCOUNT_REFILL) +
           switch_account(evidence, ACCOUNT_PATH_REFILL);
}

int64_t memory_cycles_per_instruction(const struct claim_evidence *evidence)
{
    int64_t cycles = 0, instructions = 0;
    for (size_t d = 0; d < evidence->ledger->domain_count; d++)
        for (int account = 0; account < ACCOUNTS; account++) {
            const struct ledger_line *line =
                &measured(evidence)->domains[d].line[account];
            cycles += line->memory_mcycles;
            instructions += line->instructions;
        }
    return mean(cycles, instructions);
}

int64_t call_bytes(const struct claim_evidence *evidence)
{
    int64_t calls = extent_bytes(evidence, CROSSING_CALL);
    if (measured(evidence)->crossings[CROSSING_IPC_CALL].count == 0)
        return calls;
    return extent_bytes(evidence, CROSSING_IPC_CALL) +
           extent_bytes(evidence, CROSSING_IPC_REPLY);
}

int64_t request_misses(const struct claim_evidence *evidence, enum account account)
{
    int64_t cycles = 0;
    for (size_t d = 0; d < evidence->ledger->domain_count; d++)
        cycles += measured(evidence)->domains[d].line[account].memory_mcycles;
    return mean(cycles, measured(evidence)->requests);
}

int64_t request_group(const struct claim_evidence *evidence, enum account_group group)
{
    return mean(ledger_group_mcycles(evidence->ledger, TRACE_PHASE_MEASURED, group),
                measured(evidence)->requests);
}

int64_t request_instructions(const struct claim_evidence *evidence)
{
    int64_t count = 0;
    for (size_t d = 0; d < evidence->ledger->domain_count; d++)
        for (int account = 0; account < ACCOUNTS; account++)
            count += measured(evidence)->domains[d].line[account].instructions;
    return mean(1000 * count, measured(evidence)->requests);
}

int64_t crossings_per_request(const struct claim_evidence *evidence)
{
    int64_t count = 0;
    for (int kind = 0; kind < CROSSING_KINDS; kind++)
        count += summary(evidence, (enum crossing_kind)kind)->count;
    return mean(1000 * count, measured(evidence)->requests);
}

int64_t request_cycles(const struct claim_evidence *evidence)
{
    int64_t sum = 0;
    for (int group = 0; group < GROUPS; group++)
        sum += request_group(evidence, (enum account_group)group);
    return sum;
}

int64_t full_refill(const struct machine *machine)
{
    int64_t cycles = 0;
    for (size_t i = 0; i < machine->tlb_count; i++)
        if (machine->tlbs[i].level == 1 && machine_tlb_holds(&machine->tlbs[i], 4096))
            cycles += machine->tlbs[i].entries * machine->walk_time;
    return cycles;
}
