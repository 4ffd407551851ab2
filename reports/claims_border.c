/* claims_border.c - the first strike: what it costs to enter the kernel and to leave it.
 */
#include "inquiry.h"

#define NULL_CALL  "null l3-small"
#define PLAIN_CALL "call l3-small"

#define SOSP_95 "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.1.1"

/* Where an instruction costs something else than the source says. */
static bool costs_differ(struct inquiry *inquiry, const struct machine *machine,
                         enum instruction_class class, int64_t said)
{
    int64_t cost = machine->instructions[class];
    if (cost == said)
        return false;
    because(inquiry, "%s costs %s cycles on this machine, where the source has %s.",
            instruction_class_name(class), N(cost), N(said));
    return true;
}

static bool border(struct inquiry *inquiry, const char *machine, int64_t in, int64_t out)
{
    struct claim_evidence null;
    if (!ask(inquiry, &null, machine, NULL_CALL))
        return false;
    int64_t cycles = crossing_account(&null, CROSSING_CALL, ACCOUNT_BORDER);
    const int64_t *cost = null.machine->instructions;
    found(inquiry, cycles);
    bool differ = costs_differ(inquiry, null.machine, INSTRUCTION_INT, in);
    differ |= costs_differ(inquiry, null.machine, INSTRUCTION_IRET, out);
    if (cycles != cost[INSTRUCTION_INT] + cost[INSTRUCTION_IRET])
        because(inquiry, "The border is crossed by more than one int and one iret.");
    else if (!differ)
        because(inquiry,
                "One int (%s) and one iret (%s) per call: what is shown is that the path "
                "has one of each, and that everything else is charged elsewhere.",
                N(cost[INSTRUCTION_INT]), N(cost[INSTRUCTION_IRET]));
    because_figure(inquiry, null.machine, "instructions.int");
    return true;
}

static bool border_486(struct inquiry *inquiry)
{
    return border(inquiry, THE_486, 71000, 36000);
}

static bool border_pentium(struct inquiry *inquiry)
{
    return border(inquiry, THE_PENTIUM, 42000, 27000);
}

/* ---- warm and cold ---- */

static bool warm_call(struct inquiry *inquiry)
{
    struct claim_evidence null;
    if (!ask(inquiry, &null, THE_486, NULL_CALL))
        return false;
    int64_t border_cycles = crossing_account(&null, CROSSING_CALL, ACCOUNT_BORDER),
            kernel = crossing_account(&null, CROSSING_CALL, ACCOUNT_KERNEL_PATH),
            stub = crossing_account(&null, CROSSING_CALL, ACCOUNT_BINDING);
    found(inquiry, measured(&null)->crossings[CROSSING_CALL].total.median);
    because(inquiry,
            "The border takes %s cycles, the kernel's own path %s (L3's took 15), the "
            "caller's stub %s.",
            N(border_cycles), N(kernel), N(stub));
    return true;
}

/* A null call that finds nothing in TLB and cache, as one that is made seldom: each page
 * and each line of its path is fetched once. */
struct cold_call {
    int64_t warm, misses; /* cycles */
    int64_t pages, lines; /* counts times 1000 */
    int64_t page_cost, line_cost;
};

static bool ask_cold(struct inquiry *inquiry, struct cold_call *cold)
{
    struct claim_evidence null;
    if (!ask(inquiry, &null, THE_486, NULL_CALL))
        return false;
    const struct crossing_extent *path = &null.extents->crossing[CROSSING_CALL];
    int64_t count = path->count > 0 ? path->count : 1;
    *cold = (struct cold_call){
        .warm = crossing_explicit(&null, CROSSING_CALL),
        .pages = 1000 * path->pages / count,
        .lines = 1000 * (path->code_lines + path->data_lines) / count,
        .page_cost = component_mcycles(null.machine, SIDE_DATA, COMPONENT_WALK),
        .line_cost = component_mcycles(null.machine, SIDE_DATA, COMPONENT_L1D) +
                     component_mcycles(null.machine, SIDE_DATA, COMPONENT_MEMORY)};
    cold->misses = (cold->pages * cold->page_cost + cold->lines * cold->line_cost) / 1000;
    return true;
}

static void explain_cold(struct inquiry *inquiry, const struct cold_call *cold)
{
    because(
        inquiry,
        "Warm it takes %s cycles. Its path touches %s pages, at %s cycles each, and %s "
        "lines, at %s: code, gate, descriptors, task segment and stack. L3's had 3 TLB "
        "and 10 cache misses.",
        N(cold->warm), N(cold->pages), N(cold->page_cost), N(cold->lines),
        N(cold->line_cost));
}

static bool cold_total(struct inquiry *inquiry)
{
    struct cold_call cold;
    if (!ask_cold(inquiry, &cold))
        return false;
    found(inquiry, cold.warm + cold.misses);
    explain_cold(inquiry, &cold);
    return true;
}

static bool cold_extra(struct inquiry *inquiry)
{
    struct cold_call cold;
    if (!ask_cold(inquiry, &cold))
        return false;
    found(inquiry, cold.misses);
    explain_cold(inquiry, &cold);
    return true;
}

/* The lesson: 123 cycles include TLB and cache misses. */
static bool warm_call_misses(struct inquiry *inquiry)
{
    struct claim_evidence null;
    struct cold_call cold;
    if (!ask(inquiry, &null, THE_486, NULL_CALL) || !ask_cold(inquiry, &cold))
        return false;
    const struct crossing_summary *calls = &measured(&null)->crossings[CROSSING_CALL];
    int64_t misses = calls->implicit_cost.median, total = calls->total.median;
    found_that(inquiry, misses > 0, "%s of %s cycles are misses", N(misses), N(total));
    if (misses > 0)
        because(inquiry, "The repeated call still misses: the path is not kept in the "
                         "TLB and the cache from one call to the next.");
    else
        because(inquiry,
                "A call that is repeated finds all it needs: its %s cycles are "
                "instructions. The misses of one made seldom, %s cycles, come on top.",
                N(total), N(cold.misses));
    return true;
}

/* The lesson has the 123 cycles beside the Pentium. */
static bool pentium_call(struct inquiry *inquiry)
{
    struct claim_evidence pentium, i486;
    if (!ask(inquiry, &pentium, THE_PENTIUM, NULL_CALL) ||
        !ask(inquiry, &i486, THE_486, NULL_CALL))
        return false;
    found(inquiry, crossing_median(&pentium, CROSSING_CALL));
    because(
        inquiry,
        "On the Pentium int and iret take %s cycles; on the 486, whose figure the 123 "
        "are, %s, and the call %s.",
        N(crossing_account(&pentium, CROSSING_CALL, ACCOUNT_BORDER)),
        N(crossing_account(&i486, CROSSING_CALL, ACCOUNT_BORDER)),
        N(crossing_median(&i486, CROSSING_CALL)));
    return true;
}

/* ---- against a procedure call ---- */

static bool procedure(struct inquiry *inquiry)
{
    struct claim_evidence plain, null, rpc;
    if (!ask(inquiry, &plain, THE_486, PLAIN_CALL) ||
        !ask(inquiry, &null, THE_486, NULL_CALL) ||
        !ask_pingpong(inquiry, &rpc, THE_486, "l3-large", 1))
        return false;
    int64_t call = plain.extents->procedure_mcycles,
            crossing = crossing_explicit(&null, CROSSING_CALL) +
                       crossing_implicit(&null, CROSSING_CALL),
            there_and_back =
                2 * (one_way(&rpc, crossing_explicit) + one_way(&rpc, crossing_implicit));
    found(inquiry, call <= 0 ? 0 : 1000 * there_and_back / call);
    because(inquiry,
            "Call and reply between two domains of one page each cost %s cycles; a "
            "procedure call, from call to ret, %s; a null call %s, %s times that.",
            N(there_and_back), N(call), N(crossing),
            N(call <= 0 ? 0 : 1000 * crossing / call));
    return true;
}

const struct claim border_claims[] = {
    {.name = "border-bound",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "A kernel call on the 486 cannot cost less than int and iret",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {107000},
     .unit = UNIT_CYCLES,
     .measurement = "border of the null call on i486-50",
     .rule = RULE_EQUAL,
     .measure = border_486},
    {.name = "border-bound-pentium",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "On the Pentium trap and return take 69 cycles",
     .said_by = "paper",
     .source = "Liedtke, On Micro-Kernel Construction, SOSP 1995, table 3",
     .flag = 'M',
     .figures = {69000},
     .unit = UNIT_CYCLES,
     .measurement = "border of the null call on pentium-100",
     .rule = RULE_EQUAL,
     .measure = border_pentium},
    {.name = "null-call-warm",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "A null call to L3 costs 123 cycles on the 486 when it is warm",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {123000},
     .unit = UNIT_CYCLES,
     .measurement = "median null call on i486-50, with its stub",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = warm_call},
    {.name = "null-call-123-has-misses",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "The 123 cycles of L3's null call include TLB and cache misses",
     .said_by = "lesson",
     .source = "lecture notes on L3; the paper has 123 warm and 180 with misses",
     .flag = 'T',
     .figure = "123 cycles, misses included",
     .measurement = "misses of the median null call on i486-50",
     .rule = RULE_CONDITION,
     .condition = "the median call has misses",
     .measure = warm_call_misses},
    {.name = "null-call-pentium",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "L3's 123 cycles are those of the Pentium",
     .said_by = "lesson",
     .source = "lecture notes on L3; in the paper 107, 123 and 180 are the 486's",
     .flag = 'T',
     .figures = {123000},
     .unit = UNIT_CYCLES,
     .measurement = "median null call on pentium-100, with its stub",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = pentium_call},
    {.name = "null-call-cold",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "A null call to L3 that is made seldom costs up to 180 cycles",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {180000},
     .unit = UNIT_CYCLES,
     .measurement =
         "null call that finds no page in the TLB and no line in the cache of i486-50",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = cold_total},
    {.name = "null-call-cold-misses",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement =
         "What a null call to L3 costs more when cold is 3 TLB and 10 cache misses",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {57000},
     .unit = UNIT_CYCLES,
     .figure = "57 cycles: 3 x 9 + 10 x 3",
     .measurement =
         "distinct pages and lines of the null call's path, fetched once, on i486-50",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = cold_extra},
    {.name = "procedure-call",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "A protected procedure call costs a hundred times a plain one",
     .said_by = "lesson",
     .source = "lecture notes on L3; not in the paper",
     .flag = 'T',
     .figures = {100000},
     .unit = UNIT_TIMES,
     .figure = "about 100 times",
     .measurement = "IPC call and reply against a procedure call, on i486-50",
     .rule = RULE_EQUAL,
     .tolerance_permille = 250,
     .measure = procedure},
};
const size_t border_claim_count = sizeof border_claims / sizeof *border_claims;
