/* claims_space.c - the second strike: switching address spaces. */
#include "inquiry.h"

#define SOSP_95   "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.1.2"
#define TAGS      " tlb.*.asid_bits=6"
#define SURVIVING " tlb.*.global_pages=true switch.cr3_flushes=non_global"
#define SPLIT                                                                            \
    SURVIVING " tlb.itlb.holds=both tlb.itlb.mode=kernel"                                \
              " tlb.dtlb.holds=both tlb.dtlb.mode=user"
#define TYPICAL 8 /* pages, where one size is to stand for all */

/* ---- the switch itself, its flush, its refill ---- */

static bool switch_itself(struct inquiry *inquiry)
{
    struct claim_evidence large;
    if (!ask_pingpong(inquiry, &large, THE_486, "l3-large", TYPICAL))
        return false;
    int64_t loads = switch_instructions(&large, INSTRUCTION_MOV_CR3),
            cost = large.machine->instructions[INSTRUCTION_MOV_CR3],
            all = switch_account(&large, ACCOUNT_SPACE_SWITCH);
    found(inquiry, loads * cost / 1000);
    because(inquiry,
            "CR3 is loaded once per switch; to find out that it must be takes %s cycles "
            "more. Flush and refill are charged apart: the refill is %s cycles here.",
            N(all - loads * cost / 1000), N(refill_cycles(&large)));
    return true;
}

/* The size whose switches refill the most, and how much that is. */
static bool largest_refill(struct inquiry *inquiry, const char *machine, int64_t *most,
                           struct claim_evidence *large, int *pages)
{
    *most = -1;
    for (int i = 0; i < SIZES; i++) {
        struct claim_evidence one;
        if (!ask_pingpong(inquiry, &one, machine, "l3-large", sizes[i]))
            return false;
        int64_t entries = refilled_entries(&one);
        if (entries <= *most)
            continue;
        *most = entries;
        *large = one;
        *pages = sizes[i];
    }
    return true;
}

static bool full_pentium(struct inquiry *inquiry)
{
    struct claim_evidence large;
    int64_t entries;
    int pages;
    if (!largest_refill(inquiry, THE_PENTIUM, &entries, &large, &pages))
        return false;
    int64_t full = full_refill(large.machine),
            observed = entries * large.machine->walk_time / 1000;
    found(inquiry, full);
    because(inquiry,
            "That is every entry of the machine's TLBs fetched once. At most %s entries, "
            "%s cycles, are refilled per switch here, with domains of %d pages.",
            N(entries), N(observed), pages);
    if (observed < full)
        because(inquiry,
                "The rest is room that neither their code nor the kernel fills.");
    return true;
}

/* The lesson: 864 cycles to flush, explicitly. */
static bool flush_is_explicit(struct inquiry *inquiry)
{
    struct claim_evidence large;
    int64_t entries;
    int pages;
    if (!largest_refill(inquiry, THE_PENTIUM, &entries, &large, &pages))
        return false;
    int64_t explicit_cost = switch_account(&large, ACCOUNT_SPACE_SWITCH),
            refill = refill_cycles(&large);
    found(inquiry, explicit_cost);
    if (inquiry->finding->agrees)
        because(inquiry, "The switch's own instructions cost that much.");
    else
        because(inquiry,
                "That is all the switch executes; the flush itself costs nothing beyond "
                "it. What it destroys is fetched again later, as it is used: %s entries "
                "at %s cycles with domains of %d pages, of which %s cycles would not "
                "have been missed otherwise. Explicit and refill together are %s.",
                N(entries), N(large.machine->walk_time), pages, N(refill),
                N(explicit_cost + entries * large.machine->walk_time / 1000));
    return true;
}

/* ---- min(n, s) m ---- */

static bool refill_bound(struct inquiry *inquiry)
{
    static const char *const machines[] = {THE_486, THE_PENTIUM};
    int64_t highest = 0;
    const char *where = THE_486;
    int pages = 0;
    bool holds = true;
    for (int m = 0; m < 2; m++)
        for (int i = 0; i < SIZES; i++) {
            struct claim_evidence large;
            if (!ask_pingpong(inquiry, &large, machines[m], "l3-large", sizes[i]))
                return false;
            int64_t most = large.extents->refill_most,
                    observed = refilled_entries(&large) * switches(&large) / 1000;
            holds = holds && observed <= most;
            int64_t share = most == 0 ? 0 : 100000 * observed / most;
            if (share <= highest)
                continue;
            highest = share;
            where = machines[m];
            pages = sizes[i];
        }
    found_that(inquiry, holds, "at most %s %% of it", N(highest));
    because(inquiry,
            "n is counted per stay between two CR3 loads, TLB by TLB; the refill comes "
            "nearest to the bound on %s with domains of %d pages.",
            where, pages);
    if (holds)
        because(inquiry, "It stays below where a page is touched for the first time, or "
                         "was evicted before the flush.");
    return true;
}

/* ---- no refill ---- */

static bool no_refill_with(struct inquiry *inquiry, const char *machine,
                           const char *structure, const char *otherwise_on,
                           const char *otherwise_in)
{
    struct claim_evidence it, otherwise;
    if (!ask_pingpong(inquiry, &it, machine, structure, TYPICAL) ||
        !ask_pingpong(inquiry, &otherwise, otherwise_on, otherwise_in, TYPICAL))
        return false;
    found(inquiry, refilled_entries(&it));
    if (!inquiry->finding->agrees)
        because(inquiry, "The switch still flushes: %s.",
                measured(&it)->space_switches[TRACE_HOW_CR3] > 0
                    ? "it loads CR3, and not every TLB has tags in use"
                    : "something else than CR3 does it");
    because(inquiry, "%s on %s, domains of %d pages: %s entries per switch.",
            otherwise_in, otherwise_on, TYPICAL, N(refilled_entries(&otherwise)));
    return true;
}

static bool tags_pentium(struct inquiry *inquiry)
{
    return no_refill_with(inquiry, THE_PENTIUM TAGS, "l3-large", THE_PENTIUM, "l3-large");
}

static bool tags_486(struct inquiry *inquiry)
{
    return no_refill_with(inquiry, THE_486 TAGS, "l3-large", THE_486, "l3-large");
}

static bool tags_mips(struct inquiry *inquiry)
{
    return no_refill_with(inquiry, "mips-r4000", "l3-large",
                          "mips-r4000 tlb.*.asid_bits=0", "l3-large");
}

static bool small_spaces(struct inquiry *inquiry)
{
    return no_refill_with(inquiry, THE_PENTIUM, "l3-small", THE_PENTIUM, "l3-large");
}

/* ---- the kernel's part of the TLB ---- */

/* What the path fetches again after a flush, entries per switch: as it is, if kernel
 * pages were global, and with the lesson's TLB, 32 entries for the kernel, which survive,
 * and 64 for users. */
struct kernel_part {
    int64_t plain, global, split;
};

static bool ask_path_refill(struct inquiry *inquiry, const char *machine,
                            int64_t *entries)
{
    struct claim_evidence large;
    if (!ask_pingpong(inquiry, &large, machine, "l3-large", TYPICAL))
        return false;
    int64_t walk = component_mcycles(large.machine, SIDE_DATA, COMPONENT_WALK);
    *entries = walk == 0 ? 0 : 1000 * switch_account(&large, ACCOUNT_PATH_REFILL) / walk;
    return true;
}

static bool ask_kernel_part(struct inquiry *inquiry, struct kernel_part *part)
{
    return ask_path_refill(inquiry, THE_PENTIUM, &part->plain) &&
           ask_path_refill(inquiry, THE_PENTIUM SURVIVING, &part->global) &&
           ask_path_refill(inquiry, THE_PENTIUM SPLIT, &part->split);
}

static void explain_kernel_part(struct inquiry *inquiry, const struct kernel_part *part)
{
    because(inquiry,
            "The path fetches %s TLB entries again after each switch. If the kernel's "
            "pages were global, as on later processors, it would be %s, those of the "
            "user's stubs; with 32 entries for the kernel that survive and 64 for users, "
            "as the lesson has it, %s.",
            N(part->plain), N(part->global), N(part->split));
}

static bool kernel_part_survives(struct inquiry *inquiry)
{
    struct kernel_part part;
    if (!ask_kernel_part(inquiry, &part))
        return false;
    found_that(inquiry, part.plain <= part.split,
               "%s entries per switch lost to the path", N(part.plain));
    explain_kernel_part(inquiry, &part);
    return true;
}

static bool everything_goes(struct inquiry *inquiry)
{
    struct kernel_part part;
    if (!ask_kernel_part(inquiry, &part))
        return false;
    found_that(inquiry, part.plain > part.global,
               "%s entries per switch lost to the path", N(part.plain));
    explain_kernel_part(inquiry, &part);
    return true;
}

/* ---- the forced flush ---- */

static int64_t flush_cost(const struct claim_evidence *evidence)
{
    return one_way_account(evidence, ACCOUNT_SPACE_SWITCH) +
           one_way_account(evidence, ACCOUNT_PATH_REFILL) +
           one_way_account(evidence, ACCOUNT_REFILL);
}

static bool forced_flush(struct inquiry *inquiry)
{
    struct claim_evidence large;
    if (!ask_pingpong(inquiry, &large, THE_486, "l3-large", 1))
        return false;
    found(inquiry, flush_cost(&large));
    because(inquiry,
            "Per IPC between domains of one page: switch %s, refill of the path %s, of "
            "the work %s.",
            N(one_way_account(&large, ACCOUNT_SPACE_SWITCH)),
            N(one_way_account(&large, ACCOUNT_PATH_REFILL)),
            N(one_way_account(&large, ACCOUNT_REFILL)));
    return true;
}

static bool entry_and_flush(struct inquiry *inquiry)
{
    struct claim_evidence large;
    if (!ask_pingpong(inquiry, &large, THE_486, "l3-large", 1))
        return false;
    int64_t border = one_way_account(&large, ACCOUNT_BORDER), flush = flush_cost(&large);
    found(inquiry, border + flush);
    because(inquiry, "Border %s, switch and refill %s.", N(border), N(flush));
    return true;
}

/* ---- how much of the time ---- */

/* Two domains, switched by the timer. Time is instructions: 10 microseconds are 10,000.
 */
static bool interrupts(struct inquiry *inquiry)
{
    struct claim_evidence preempted;
    if (!ask(inquiry, &preempted, THE_PENTIUM,
             "preempt l3-large pages=64 timer=10 requests=50 warm_up=10"))
        return false;
    int64_t walk = component_mcycles(preempted.machine, SIDE_DATA, COMPONENT_WALK),
            entries = refilled_entries(&preempted), count = switches(&preempted);
    int64_t between =
        count == 0 ? 0
                   : request_cycles(&preempted) * measured(&preempted)->requests / count;
    found(inquiry, between == 0 ? 0 : 100 * entries * walk / between);
    because(inquiry,
            "Two domains of 64 pages, switched by the timer every %s cycles: %s entries "
            "are refilled each time, of which %s cycles would not have been missed "
            "otherwise.",
            N(between), N(entries), N(refill_cycles(&preempted)));
    return true;
}

/* Without tags every way over the border flushes. */
static bool isolation(struct inquiry *inquiry)
{
    struct claim_evidence plain, isolated, tagged;
    if (!ask(inquiry, &plain, "skylake", "null l3-small") ||
        !ask(inquiry, &isolated,
             "skylake switch.kpti=true switch.process_context_ids=false",
             "null l3-small") ||
        !ask(inquiry, &tagged, "skylake switch.kpti=true", "null l3-small"))
        return false;
    int64_t before = request_cycles(&plain), after = request_cycles(&isolated);
    found(inquiry, after == 0 ? 0 : 100000 - 100000 * before / after);
    because(inquiry,
            "A request with one null call takes %s cycles, %s with isolation and %s with "
            "isolation but no process-context ids. The calls here are by int, which is "
            "dear in itself.",
            N(before), N(request_cycles(&tagged)), N(after));
    because_figure(inquiry, plain.machine, "instructions.mov_cr3");
    return true;
}

const struct claim space_claims[] = {
    {.name = "switch-itself",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "Switching the page table alone takes 1 to 10 cycles",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {1000, 10000},
     .unit = UNIT_CYCLES,
     .measurement = "instructions that load CR3, per switch, on i486-50",
     .rule = RULE_BETWEEN,
     .measure = switch_itself},
    {.name = "full-refill",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "To reload both TLBs of the Pentium takes at least (32 + 64) x 9 "
                  "cycles",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {864000},
     .unit = UNIT_CYCLES,
     .measurement = "entries of pentium-100's TLBs, each fetched once",
     .rule = RULE_EQUAL,
     .measure = full_pentium},
    {.name = "flush-is-explicit",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "Flushing the Pentium's TLB costs 864 cycles, an explicit cost",
     .said_by = "lesson",
     .source = "lecture notes on L3; in the paper the 864 are the refill",
     .flag = 'T',
     .figures = {864000},
     .unit = UNIT_CYCLES,
     .measurement = "explicit cost of a switch by CR3 on pentium-100",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = flush_is_explicit},
    {.name = "refill-bound",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "After a flush at most min(n, s) entries are refilled, at m cycles "
                  "each",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figure = "min(n, s) m",
     .measurement = "observed refill against the bound, l3-large of 1 to 128 pages, on "
                    "i486-50 and pentium-100",
     .rule = RULE_CONDITION,
     .condition = "observed is never above the bound",
     .measure = refill_bound},
    {.name = "tags-pentium",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "With address-space tags a switch needs no refill (the Pentium, had "
                  "it tags)",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {0},
     .unit = UNIT_ENTRIES,
     .measurement = "refill per switch on pentium-100 with 6-bit tags",
     .rule = RULE_EQUAL,
     .measure = tags_pentium},
    {.name = "tags-486",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "With address-space tags a switch needs no refill (the 486, had it "
                  "tags)",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {0},
     .unit = UNIT_ENTRIES,
     .measurement = "refill per switch on i486-50 with 6-bit tags",
     .rule = RULE_EQUAL,
     .measure = tags_486},
    {.name = "tags-mips",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "The R4000's TLB is tagged: switching costs it no refill",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {0},
     .unit = UNIT_ENTRIES,
     .measurement = "refill per switch on mips-r4000",
     .rule = RULE_EQUAL,
     .measure = tags_mips},
    {.name = "small-spaces",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "Between small spaces, switched by segments, there is no refill",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {0},
     .unit = UNIT_ENTRIES,
     .measurement = "refill per switch in l3-small on pentium-100",
     .rule = RULE_EQUAL,
     .measure = small_spaces},
    {.name = "kernel-part-survives",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "A kernel part of the TLB survives the switch",
     .said_by = "lesson",
     .source = "lecture notes on L3; the paper has 32 code and 64 data entries, not "
               "kernel and user",
     .flag = 'T',
     .figure = "the kernel's entries survive",
     .measurement = "entries that the path refills after a switch, on pentium-100",
     .rule = RULE_CONDITION,
     .condition = "the path loses no more than if it did",
     .measure = kernel_part_survives},
    {.name = "everything-flushed",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "Loading CR3 flushes all of the TLB",
     .said_by = "Intel",
     .source = "Embedded Intel486 Developer's Manual; section 4.1.2 of the paper has "
               "the same TLBs untagged",
     .flag = 'S',
     .figure = "nothing survives",
     .measurement = "entries that the path refills after a switch, on pentium-100",
     .rule = RULE_CONDITION,
     .condition = "the path loses more than with global pages",
     .measure = everything_goes},
    {.name = "forced-flush",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "The flush that page tables force costs an IPC on the 486 at least 49 "
                  "cycles",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {49000},
     .unit = UNIT_CYCLES,
     .measurement = "switch and refill per IPC, domains of one page, on i486-50",
     .rule = RULE_AT_LEAST,
     .measure = forced_flush},
    {.name = "entry-exit-flush",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement =
         "Entry, exit and flush together cost an IPC on the 486 at least 107 + 49 cycles",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {156000},
     .unit = UNIT_CYCLES,
     .measurement = "border, switch and refill per IPC, on i486-50",
     .rule = RULE_AT_LEAST,
     .measure = entry_and_flush},
    {.name = "interrupt-refill",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "An interrupt every 100 us costs up to 9 % in refill at 100 MHz",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {9000},
     .unit = UNIT_PERCENT,
     .measurement = "observed refill between timer interrupts about 10,000 cycles apart, "
                    "on pentium-100",
     .rule = RULE_AT_MOST,
     .measure = interrupts},
    {.name = "page-table-isolation",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "Page-table isolation without process-context ids cuts the rate of "
                  "system calls by up to two thirds",
     .said_by = "Linux",
     .source = "D. Hansen, KAISER patches, 23 of 30, linux-mm, 8 November 2017",
     .flag = 'S',
     .figures = {66667},
     .unit = UNIT_PERCENT,
     .figure = "by up to 2/3",
     .measurement = "requests of one null call on skylake, with switch.kpti and without",
     .rule = RULE_AT_MOST,
     .measure = isolation},
};
const size_t space_claim_count = sizeof space_claims / sizeof *space_claims;
