/* claims_memory.c - the fourth strike: what crossing does to TLBs and caches. */
#include "inquiry.h"

/* The kernel's own footprint of one message, in the first-level caches' lines. */
static bool footprint(struct inquiry *inquiry)
{
    struct claim_evidence message;
    if (!ask_pingpong(inquiry, &message, THE_486, "l3-large", 1))
        return false;
    found(inquiry, one_way_bytes(&message));
    const struct crossing_extent *call = &message.extents->crossing[CROSSING_IPC_CALL];
    if (call->count > 0)
        because(inquiry,
                "An IPC call touches %s lines of code and %s of data, in %s pages; gate, "
                "descriptors and the trap's pushes are among them.",
                N(1000 * call->code_lines / call->count),
                N(1000 * call->data_lines / call->count),
                N(1000 * call->pages / call->count));
    return true;
}

static uint64_t first_level_bytes(const struct machine *machine)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].level == 1)
            bytes += machine->caches[i].size;
    return bytes;
}

static bool cache_share(struct inquiry *inquiry)
{
    struct claim_evidence message;
    if (!ask_pingpong(inquiry, &message, THE_PENTIUM, "l3-small", 1))
        return false;
    int64_t bytes = one_way_bytes(&message),
            cache = (int64_t)first_level_bytes(message.machine);
    found(inquiry, cache == 0 ? 0 : 100 * bytes / cache);
    const struct crossing_extent *call = &message.extents->crossing[CROSSING_IPC_CALL];
    because(inquiry, "%s of %s bytes.", N(bytes), N(1000 * cache));
    if (call->count > 0)
        because(inquiry,
                "An IPC call touches %s lines of code and %s of data, which include "
                "gate, descriptors and pushes; the figure is that of another kernel.",
                N(1000 * call->code_lines / call->count),
                N(1000 * call->data_lines / call->count));
    return true;
}

const struct claim memory_claims[] = {
    {.name = "kernel-footprint",
     .strike = STRIKE_MEMORY_EFFECTS,
     .statement = "A short IPC needs less than 1 KB of the cache",
     .said_by = "paper",
     .source = "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.2",
     .flag = 'T',
     .figures = {1024000},
     .unit = UNIT_BYTES,
     .measurement = "distinct lines of the kernel's path per IPC, on i486-50",
     .rule = RULE_AT_MOST,
     .measure = footprint},
    {.name = "kernel-cache-share",
     .strike = STRIKE_MEMORY_EFFECTS,
     .statement = "The IPC path of L4 uses 2.3 % of the Pentium's first-level caches",
     .said_by = "Achieved IPC",
     .source = "Liedtke et al., Achieved IPC Performance, HotOS 1997, abstract",
     .flag = 'S',
     .figures = {2300},
     .unit = UNIT_PERCENT,
     .measurement = "distinct lines of the kernel's path per IPC, on pentium-100",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = cache_share},
};
const size_t memory_claim_count = sizeof memory_claims / sizeof *memory_claims;
