/* claims_thread.c - the third strike: switching threads, and messages between them. */
#include "inquiry.h"

static bool short_ipc(struct inquiry *inquiry)
{
    struct claim_evidence large;
    if (!ask_pingpong(inquiry, &large, THE_486, "l3-large", 1))
        return false;
    int64_t explicit_cost = one_way(&large, crossing_explicit),
            implicit = one_way(&large, crossing_implicit);
    found(inquiry, explicit_cost + implicit);
    because(inquiry,
            "%s instructions, %s cycles (border %s, kernel path %s, thread %s, space %s, "
            "stubs %s), and %s cycles of misses.",
            N(one_way(&large, crossing_instructions)), N(explicit_cost),
            N(one_way_account(&large, ACCOUNT_BORDER)),
            N(one_way_account(&large, ACCOUNT_KERNEL_PATH)),
            N(one_way_account(&large, ACCOUNT_THREAD_SWITCH)),
            N(one_way_account(&large, ACCOUNT_SPACE_SWITCH)),
            N(one_way_account(&large, ACCOUNT_BINDING)), N(implicit));
    return true;
}

static bool direct_pentium(struct inquiry *inquiry)
{
    struct claim_evidence small;
    if (!ask_pingpong(inquiry, &small, THE_PENTIUM, "l3-small", 1))
        return false;
    found(inquiry, one_way(&small, crossing_explicit));
    because(inquiry,
            "Of these %s are the border; L4's are its own kernel's, on a Pentium of 166 "
            "MHz.",
            N(one_way_account(&small, ACCOUNT_BORDER)));
    return true;
}

const struct claim thread_claims[] = {
    {.name = "short-ipc",
     .strike = STRIKE_THREAD_SWITCHES,
     .statement = "A short IPC of L3 takes 250 cycles, one way, on the 486",
     .said_by = "paper",
     .source = "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 5.2",
     .flag = 'T',
     .figures = {250000},
     .unit = UNIT_CYCLES,
     .measurement = "IPC one way between domains of 1 page, l3-large on i486-50",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = short_ipc},
    {.name = "short-ipc-least",
     .strike = STRIKE_THREAD_SWITCHES,
     .statement = "It cannot take less than 127 cycles and 5 TLB misses",
     .said_by = "Improving IPC",
     .source = "Liedtke, Improving IPC by Kernel Design, SOSP 1993",
     .flag = 'M',
     .figures = {172000},
     .unit = UNIT_CYCLES,
     .measurement = "the same",
     .rule = RULE_AT_LEAST,
     .measure = short_ipc},
    {.name = "ipc-pentium",
     .strike = STRIKE_THREAD_SWITCHES,
     .statement = "The direct cost of L4's IPC on the Pentium is 121 cycles",
     .said_by = "Achieved IPC",
     .source = "Liedtke et al., Achieved IPC Performance, HotOS 1997, abstract",
     .flag = 'S',
     .figures = {121000},
     .unit = UNIT_CYCLES,
     .measurement = "explicit cost of IPC one way, l3-small on pentium-100",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = direct_pentium},
};
const size_t thread_claim_count = sizeof thread_claims / sizeof *thread_claims;
