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

static bool rpc(struct inquiry *inquiry)
{
    struct claim_evidence large;
    if (!ask_pingpong(inquiry, &large, THE_486, "l3-large", 1))
        return false;
    int64_t cycles =
        2 * (one_way(&large, crossing_explicit) + one_way(&large, crossing_implicit));
    found(inquiry, cycles);
    because(inquiry, "At %s MHz that is %s us.", N((int64_t)large.machine->clock_khz),
            N(large.machine->clock_khz == 0
                  ? 0
                  : 1000 * cycles / (int64_t)large.machine->clock_khz));
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

/* Explicit cost of a call that binds a service, without what it copies or computes. */
static int64_t bound_call(const struct claim_evidence *evidence)
{
    return crossing_account(evidence, CROSSING_CALL, ACCOUNT_BORDER) +
           crossing_account(evidence, CROSSING_CALL, ACCOUNT_BINDING);
}

static bool thread_switch(struct inquiry *inquiry)
{
    struct claim_evidence threads, messages, spin, exokernel;
    if (!ask(inquiry, &threads, THE_486, "thread-switch l3-small") ||
        !ask_file(inquiry, &messages, THE_486, "l3-small") ||
        !ask_file(inquiry, &messages, THE_486, "l3-small") ||
        !ask_file(inquiry, &spin, THE_486, "spin") ||
        !ask_file(inquiry, &exokernel, THE_486, "exokernel"))
        return false;
    int64_t l3 = one_way(&threads, crossing_explicit), by_dispatch = bound_call(&spin),
            by_binding = bound_call(&exokernel);
    found_that(inquiry, l3 <= by_dispatch && l3 <= by_binding,
               "L3 %s, SPIN %s, Exokernel %s cycles", N(l3), N(by_dispatch),
               N(by_binding));
    because(
        inquiry,
        "To switch the thread itself takes L3 %s cycles, the rest is border %s, kernel "
        "path %s and stubs. SPIN's and Exokernel's are border and binding of a call of "
        "the file workload, without what it copies. In that workload a request has %s "
        "crossings in l3-small, where a call is two messages, %s in spin and %s in "
        "exokernel.",
        N(one_way_account(&threads, ACCOUNT_THREAD_SWITCH)),
        N(one_way_account(&threads, ACCOUNT_BORDER)),
        N(one_way_account(&threads, ACCOUNT_KERNEL_PATH)),
        N(crossings_per_request(&messages)), N(crossings_per_request(&spin)),
        N(crossings_per_request(&exokernel)));
    return true;
}

static bool properly_built(struct inquiry *inquiry)
{
    struct claim_evidence small, large;
    if (!ask_pingpong(inquiry, &small, THE_PENTIUM, "l3-small", 8) ||
        !ask_pingpong(inquiry, &large, THE_PENTIUM, "l3-large", 8))
        return false;
    found(inquiry, switch_account(&small, ACCOUNT_SPACE_SWITCH));
    because(inquiry,
            "By segments; by CR3 it is %s cycles, and %s of refill with domains of 8 "
            "pages.",
            N(switch_account(&large, ACCOUNT_SPACE_SWITCH)), N(refill_cycles(&large)));
    return true;
}

const struct claim thread_claims[] = {
    {.name = "properly-built",
     .strike = STRIKE_THREAD_SWITCHES,
     .statement = "Properly built, a switch of address space costs less than 50 cycles",
     .said_by = "paper",
     .source = "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.1.2",
     .flag = 'T',
     .figures = {50000},
     .unit = UNIT_CYCLES,
     .measurement = "switch by segments in l3-small on pentium-100",
     .rule = RULE_AT_MOST,
     .measure = properly_built},
    {.name = "thread-switch",
     .strike = STRIKE_THREAD_SWITCHES,
     .statement = "L3's thread switch competes with SPIN's and Exokernel's bindings",
     .said_by = "lesson",
     .source =
         "lecture notes on L3; the paper puts Exokernel's control transfer at about "
         "100 cycles of the 486, of R2000 figures",
     .flag = 'T',
     .figure = "no dearer",
     .measurement = "message between two threads of a domain, against border and binding "
                    "of a call, explicit, on i486-50",
     .rule = RULE_CONDITION,
     .condition = "L3's is at most either of theirs",
     .measure = thread_switch},

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
    {.name = "rpc",
     .strike = STRIKE_THREAD_SWITCHES,
     .statement = "A call and reply of one byte can be made in 10 us",
     .said_by = "paper",
     .source = "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.1.3",
     .flag = 'T',
     .figures = {500000},
     .unit = UNIT_CYCLES,
     .figure = "10 us, 500 cycles at 50 MHz",
     .measurement = "IPC call and reply between domains of 1 page, l3-large on i486-50",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = rpc},
    {.name = "short-ipc-least",
     .strike = STRIKE_THREAD_SWITCHES,
     .statement =
         "A short IPC on the 486 cannot take less than 127 cycles and 5 TLB misses",
     .said_by = "Improving IPC",
     .source = "Liedtke, Improving IPC by Kernel Design, SOSP 1993",
     .flag = 'M',
     .figures = {172000},
     .unit = UNIT_CYCLES,
     .measurement = "IPC one way between domains of 1 page, l3-large on i486-50",
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
