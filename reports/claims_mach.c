/* claims_mach.c - the first strike, continued: why a large microkernel is slow to enter.
 */
#include "inquiry.h"

#define SOSP_95 "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.1.1"

/* What one message costs, one way: what the path executes beyond the border, and what it
 * misses and makes others miss. */
struct overhead {
    int64_t border, instructions, beyond, misses; /* instructions: a count times 1000 */
};

static struct overhead overhead_of(const struct claim_evidence *evidence)
{
    int64_t border = one_way_account(evidence, ACCOUNT_BORDER);
    return (struct overhead){.border = border,
                             .instructions = one_way(evidence, crossing_instructions),
                             .beyond = one_way(evidence, crossing_explicit) - border,
                             .misses = one_way(evidence, crossing_implicit)};
}

static int64_t total(const struct overhead *overhead)
{
    return overhead->border + overhead->beyond + overhead->misses;
}

/* Messages are what goes through Mach's layers here: a null call does not. */
static bool mach_900(struct inquiry *inquiry)
{
    struct claim_evidence null, mach, l3;
    if (!ask(inquiry, &null, THE_486, "null mach") ||
        !ask_file(inquiry, &mach, THE_486, "mach") ||
        !ask_file(inquiry, &l3, THE_486, "l3-large"))
        return false;
    struct overhead its = overhead_of(&mach);
    int64_t said = inquiry->claim->figures[0], message = one_way(&mach, crossing_median);
    found(inquiry, message);
    because(
        inquiry,
        "On average %s instructions and %s cycles, %s of them misses; the median with "
        "L3's IPC is %s.",
        N(its.instructions), N(total(&its)), N(its.misses),
        N(one_way(&l3, crossing_median)));
    if (message > said && !inquiry->finding->agrees)
        because(inquiry,
                "A message is more than the simplest call: port names are looked up, "
                "rights checked, data copied in and out. A null call goes past all that "
                "here: %s cycles.",
                N(crossing_median(&null, CROSSING_CALL)));
    if (message < said && !inquiry->finding->agrees)
        because(inquiry,
                "The structure here is leaner than Mach: the gap is what it does "
                "not do.");
    return true;
}

static bool improvement(struct inquiry *inquiry)
{
    struct claim_evidence mach, large, small;
    if (!ask_file(inquiry, &mach, THE_486, "mach") ||
        !ask_file(inquiry, &large, THE_486, "l3-large") ||
        !ask_file(inquiry, &small, THE_486, "l3-small"))
        return false;
    int64_t slow = one_way(&mach, crossing_median),
            with_tables = one_way(&large, crossing_median),
            with_segments = one_way(&small, crossing_median);
    found(inquiry, with_tables == 0 ? 0 : 1000 * slow / with_tables);
    because(
        inquiry,
        "The median message takes %s cycles one way in mach, %s in l3-large and %s in "
        "l3-small (%s times).",
        N(slow), N(with_tables), N(with_segments),
        N(with_segments == 0 ? 0 : 1000 * slow / with_segments));
    if (inquiry->finding->value >= inquiry->claim->figures[0])
        return true;
    struct claim_evidence brief;
    if (!ask_pingpong(inquiry, &brief, THE_486, "l3-large", 1))
        return false;
    int64_t short_ipc =
        one_way(&brief, crossing_explicit) + one_way(&brief, crossing_implicit);
    because(inquiry,
            "These messages carry data, which is copied whoever the kernel is, and that "
            "evens them out: L3's short IPC, without any, takes %s.",
            N(short_ipc));
    return true;
}

/* The paper: 800 cycles are about 500 instructions. */
static bool cycles_per_instruction(struct inquiry *inquiry)
{
    struct claim_evidence mach;
    if (!ask_file(inquiry, &mach, THE_486, "mach"))
        return false;
    struct overhead its = overhead_of(&mach);
    int64_t others = its.instructions - 2000; /* int and iret are the border */
    found(inquiry, others <= 0 ? 0 : 1000 * its.beyond / others);
    because(inquiry,
            "%s instructions of a message's path, int and iret not counted, take %s "
            "cycles when everything hits.",
            N(others), N(its.beyond));
    return true;
}

/* The same overhead as instructions, as cache misses, or as TLB misses: on this line
 * every message costs what Mach's call did. */
static bool equal_cost(struct inquiry *inquiry)
{
    struct claim_evidence mach;
    const int64_t *said = inquiry->claim->figures;
    if (!ask_file(inquiry, &mach, THE_486, "mach"))
        return false;
    int64_t line = component_mcycles(mach.machine, SIDE_DATA, COMPONENT_L1D) +
                   component_mcycles(mach.machine, SIDE_DATA, COMPONENT_MEMORY),
            page = component_mcycles(mach.machine, SIDE_DATA, COMPONENT_WALK);
    int64_t as_lines = said[1] * line / 1000, as_pages = said[2] * page / 1000;
    bool equal =
        obeys_within(as_lines, said[3], 50) && obeys_within(as_pages, said[3], 50);
    struct overhead its = overhead_of(&mach);
    found_that(inquiry, equal, "%s cycles, %s cycles", N(as_lines), N(as_pages));
    because(inquiry,
            "A line costs %s and a page %s cycles on this machine. A message in the "
            "structure mach has %s cycles of instructions beyond the border and %s of "
            "misses: most of its overhead is %s.",
            N(line), N(page), N(its.beyond), N(its.misses),
            its.beyond > its.misses ? "instructions" : "misses");
    return true;
}

/* The lesson: it is Mach's footprint that makes the crossing dear. */
static bool footprint_is_why(struct inquiry *inquiry)
{
    struct claim_evidence mach, l3;
    if (!ask_file(inquiry, &mach, THE_486, "mach") ||
        !ask_file(inquiry, &l3, THE_486, "l3-large"))
        return false;
    struct overhead its = overhead_of(&mach), ours = overhead_of(&l3);
    int64_t more = its.beyond + its.misses - ours.beyond - ours.misses,
            more_misses = its.misses - ours.misses;
    int64_t share = more <= 0 ? 0 : 100000 * more_misses / more;
    found_that(inquiry, share > 50000, "%s %% of it", N(share));
    because(inquiry,
            "A message costs %s cycles more in mach than in l3-large; %s of them are "
            "misses, %s are instructions.",
            N(more), N(more_misses), N(its.beyond - ours.beyond));
    return true;
}

const struct claim mach_claims[] = {
    {.name = "mach-900",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "The simplest call to Mach costs 900 cycles, where L3's costs 123",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {900000},
     .unit = UNIT_CYCLES,
     .measurement =
         "median message one way in the structure mach, file workload on i486-50",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = mach_900},
    {.name = "improvement",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "Six to ten times over the microkernels of the time are possible",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {6000, 10000},
     .unit = UNIT_TIMES,
     .measurement =
         "median message one way, mach against l3-large, file workload on i486-50",
     .rule = RULE_BETWEEN,
     .measure = improvement},
    {.name = "mach-instructions",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "Mach's overhead of 800 cycles would be about 500 instructions",
     .said_by = "paper",
     .source = SOSP_95 "; 800 by 500",
     .flag = 'D',
     .figures = {1600},
     .unit = UNIT_CYCLES_PER_INSTRUCTION,
     .measurement = "path of a message in the structure mach, on i486-50",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = cycles_per_instruction},
    {.name = "mach-misses",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "Mach's overhead of 800 cycles would also be about 270 cache misses, "
                  "or about 90 TLB misses",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {500000, 270000, 90000, 800000},
     .unit = UNIT_CYCLES,
     .figure = "800 cycles each",
     .measurement = "270 lines and 90 pages at what they cost on i486-50",
     .rule = RULE_CONDITION,
     .condition = "both within 5 % of 800 cycles",
     .measure = equal_cost},
    {.name = "mach-footprint",
     .strike = STRIKE_BORDER_CROSSINGS,
     .statement = "Mach's crossing is dear because of its footprint",
     .said_by = "lesson",
     .source = "lecture notes on L3; the paper blames construction, and argues with "
               "footprint only for memory effects",
     .flag = 'T',
     .figure = "misses are the reason",
     .measurement = "share of misses in what a message costs more in mach than in "
                    "l3-large, on i486-50",
     .rule = RULE_CONDITION,
     .condition = "more than half are misses",
     .measure = footprint_is_why},
};
const size_t mach_claim_count = sizeof mach_claims / sizeof *mach_claims;
