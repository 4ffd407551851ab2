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

/* ---- by structure ---- */

static const char *const structures[] = {"l3-small",  "l3-large",   "mach", "spin",
                                         "exokernel", "monolithic", NULL};
#define STRUCTURES 6

/* "l3-small 1, l3-large 2, ..." */
static void list_structures(struct inquiry *inquiry, const char *what,
                            const int64_t values[STRUCTURES])
{
    because(inquiry, "%s: %s %s, %s %s, %s %s, %s %s, %s %s, %s %s.", what, structures[0],
            N(values[0]), structures[1], N(values[1]), structures[2], N(values[2]),
            structures[3], N(values[3]), structures[4], N(values[4]), structures[5],
            N(values[5]));
}

enum { L3_SMALL, L3_LARGE, MACH, SPIN, EXOKERNEL, MONOLITHIC };

static bool ask_all(struct inquiry *inquiry, const char *machine,
                    int64_t (*quantity)(const struct claim_evidence *),
                    int64_t values[STRUCTURES])
{
    for (int i = 0; structures[i] != NULL; i++) {
        struct claim_evidence one;
        if (!ask_file(inquiry, &one, machine, structures[i]))
            return false;
        values[i] = quantity(&one);
    }
    return true;
}

static bool mach_memory(struct inquiry *inquiry)
{
    int64_t cycles[STRUCTURES];
    if (!ask_all(inquiry, THE_486, memory_cycles_per_instruction, cycles))
        return false;
    found(inquiry, cycles[MACH] - cycles[MONOLITHIC]);
    list_structures(inquiry, "Memory cycles per instruction", cycles);
    return true;
}

static bool l3_memory(struct inquiry *inquiry)
{
    int64_t cycles[STRUCTURES];
    if (!ask_all(inquiry, THE_486, memory_cycles_per_instruction, cycles))
        return false;
    int64_t mach = cycles[MACH] - cycles[MONOLITHIC],
            l3 = cycles[L3_LARGE] - cycles[MONOLITHIC];
    found_that(inquiry, 2 * l3 <= mach, "l3-large %s, mach %s", N(l3), N(mach));
    because(inquiry, "Memory cycles per instruction beyond those of monolithic.");
    return true;
}

/* What is left of the difference without the misses of the kernel's path. */
static int64_t without_path(const struct claim_evidence *evidence)
{
    static const enum account path[] = {ACCOUNT_PATH_COLD, ACCOUNT_PATH_REFILL,
                                        ACCOUNT_PATH_DISPLACED, ACCOUNT_PATH_CAPACITY};
    int64_t all = memory_cycles_per_instruction(evidence), system = 0;
    for (size_t i = 0; i < sizeof path / sizeof *path; i++)
        system += request_misses(evidence, path[i]);
    int64_t instructions = request_instructions(evidence);
    return instructions == 0 ? all : all - 1000 * system / instructions;
}

static bool mach_memory_rest(struct inquiry *inquiry)
{
    int64_t cycles[STRUCTURES], rest[STRUCTURES];
    if (!ask_all(inquiry, THE_486, memory_cycles_per_instruction, cycles) ||
        !ask_all(inquiry, THE_486, without_path, rest))
        return false;
    found(inquiry, rest[MACH] - rest[MONOLITHIC]);
    because(inquiry,
            "Of the difference of %s in memory cycles per instruction, %s are misses of "
            "the path itself; the rest is what the domains' work misses because of it.",
            N(cycles[MACH] - cycles[MONOLITHIC]),
            N(cycles[MACH] - cycles[MONOLITHIC] - rest[MACH] + rest[MONOLITHIC]));
    return true;
}

#define ASSOCIATIVE " cache.*.ways=full cache.*.replacement=lru"

/* Conflict misses go when the cache is fully associative, capacity misses stay. */
static bool capacity(struct inquiry *inquiry)
{
    struct claim_evidence mach, monolithic, full_mach, full_monolithic;
    if (!ask_file(inquiry, &mach, THE_486, "mach") ||
        !ask_file(inquiry, &monolithic, THE_486, "monolithic") ||
        !ask_file(inquiry, &full_mach, THE_486 ASSOCIATIVE, "mach") ||
        !ask_file(inquiry, &full_monolithic, THE_486 ASSOCIATIVE, "monolithic"))
        return false;
    int64_t now = memory_cycles_per_instruction(&mach) -
                  memory_cycles_per_instruction(&monolithic),
            full = memory_cycles_per_instruction(&full_mach) -
                   memory_cycles_per_instruction(&full_monolithic);
    int64_t share = now <= 0 ? 0 : 100000 * full / now;
    found_that(inquiry, share > 50000, "%s %% of it stays", N(share));
    because(inquiry,
            "Mach's memory cycles per instruction less those of monolithic: %s as the "
            "cache is, %s if it were fully associative.",
            N(now), N(full));
    return true;
}

static bool footprints(struct inquiry *inquiry)
{
    int64_t bytes[STRUCTURES];
    if (!ask_all(inquiry, THE_486, call_bytes, bytes))
        return false;
    bool largest = true;
    for (int i = 0; i < STRUCTURES; i++)
        largest = largest && bytes[i] <= bytes[MACH];
    found_that(inquiry, largest && bytes[MACH] > 2 * bytes[L3_LARGE],
               "mach %s, l3-large %s bytes", N(bytes[MACH]), N(bytes[L3_LARGE]));
    list_structures(inquiry, "Bytes of cache lines per service call", bytes);
    because(inquiry, "Data that the kernel copies for a call are among them.");
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
    {.name = "footprint-mach",
     .strike = STRIKE_MEMORY_EFFECTS,
     .statement = "Mach's kernel has a large footprint, L3's a small one",
     .said_by = "lesson",
     .source = "lecture notes on L3",
     .flag = 'T',
     .figure = "Mach's is the larger",
     .measurement = "distinct lines of the kernel's path per service call, file workload "
                    "on i486-50",
     .rule = RULE_CONDITION,
     .condition = "mach has the most, and twice l3-large's",
     .measure = footprints},
    {.name = "mach-memory",
     .strike = STRIKE_MEMORY_EFFECTS,
     .statement =
         "Under Mach programs spend up to 0.25 memory cycles per instruction more "
         "than under Ultrix",
     .said_by = "paper",
     .source =
         "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.2, after Chen "
         "and Bershad 1993",
     .flag = 'T',
     .figures = {250},
     .unit = UNIT_CYCLES_PER_INSTRUCTION,
     .measurement =
         "memory cycles per instruction, mach less monolithic, file workload on "
         "i486-50",
     .rule = RULE_AT_MOST,
     .measure = mach_memory},
    {.name = "mach-memory-rest",
     .strike = STRIKE_MEMORY_EFFECTS,
     .statement = "The difference between Mach and Ultrix is in the system's own cache "
                  "misses; in all else it is 0.00, with a deviation of 0.02",
     .said_by = "paper",
     .source = "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.2",
     .flag = 'T',
     .figures = {-20, 20},
     .unit = UNIT_CYCLES_PER_INSTRUCTION,
     .measurement = "memory cycles per instruction without the path's, mach less "
                    "monolithic, file workload on i486-50",
     .rule = RULE_BETWEEN,
     .measure = mach_memory_rest},
    {.name = "mach-memory-capacity",
     .strike = STRIKE_MEMORY_EFFECTS,
     .statement =
         "The misses that Mach adds are capacity misses: its working set is too large",
     .said_by = "paper",
     .source = "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.2",
     .flag = 'T',
     .figure = "capacity rather than conflict",
     .measurement = "memory cycles per instruction, mach less monolithic: what stays of "
                    "that with a fully associative cache, file workload on i486-50",
     .rule = RULE_CONDITION,
     .condition = "more than half stays",
     .measure = capacity},
    {.name = "l3-memory",
     .strike = STRIKE_MEMORY_EFFECTS,
     .statement = "A small microkernel need not degrade memory system performance",
     .said_by = "paper",
     .source = "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.2",
     .flag = 'T',
     .figure = "less than Mach",
     .measurement = "memory cycles per instruction beyond monolithic, file workload on "
                    "i486-50",
     .rule = RULE_CONDITION,
     .condition = "l3-large adds at most half of what mach adds",
     .measure = l3_memory},
};
const size_t memory_claim_count = sizeof memory_claims / sizeof *memory_claims;
