#include "random_trace.h"

#include "test.h"

static int64_t some_time(uint64_t *seed, uint64_t cycles)
{
    return chance(seed, 80) ? (int64_t)draw(seed, cycles) * MACHINE_CYCLE
                            : (int64_t)draw(seed, cycles * MACHINE_CYCLE);
}

static uint8_t some_replacement(uint64_t *seed)
{
    static const uint8_t policies[] = {MACHINE_LRU, MACHINE_LRU, MACHINE_TREE_PLRU,
                                       MACHINE_FIFO};
    return policies[draw(seed, 4)];
}

/* Fully associative, direct mapped, or between; sets need not be a power of two. */
static void some_geometry(uint64_t *seed, uint8_t replacement, uint32_t *sets,
                          uint32_t *ways)
{
    static const uint32_t many[] = {4, 8, 16, 32, 64};
    static const uint32_t few[] = {1, 2, 4, 8};
    *sets = 1;
    *ways = many[draw(seed, 5)];
    if (chance(seed, 30) && replacement != MACHINE_TREE_PLRU)
        *ways = (uint32_t)(1 + draw(seed, 40));
    if (chance(seed, 40))
        return;
    *ways = few[draw(seed, 4)];
    *sets = (uint32_t)(1 + draw(seed, 24));
}

/* Small pages, and now and then larger ones up to whole large pages, or beyond. */
static void some_page_sizes(uint64_t *seed, struct machine_tlb *tlb)
{
    static const uint32_t more[] = {65536, 2097152, 4194304, 1073741824};
    tlb->page_sizes[0] = 4096;
    tlb->page_size_count = 1;
    bool several = chance(seed, 40);
    for (unsigned i = 0; i < 4; i++)
        if (several && chance(seed, 50) && tlb->page_size_count < MACHINE_PAGE_SIZES)
            tlb->page_sizes[tlb->page_size_count++] = more[i];
}

static void add_tlb(struct machine *machine, uint64_t *seed, unsigned level,
                    uint8_t holds, uint8_t mode, const char *name)
{
    struct machine_tlb *tlb = &machine->tlbs[machine->tlb_count++];
    uint32_t sets, ways;
    *tlb = (struct machine_tlb){.level = (uint8_t)level,
                                .holds = holds,
                                .mode = mode,
                                .replacement = some_replacement(seed)};
    some_page_sizes(seed, tlb);
    snprintf(tlb->name, sizeof tlb->name, "%s", name);
    some_geometry(seed, tlb->replacement, &sets, &ways);
    tlb->entries = sets * ways;
    tlb->ways = ways;
    if (chance(seed, 30))
        tlb->asid_bits = (uint8_t)(1 + draw(seed, 3));
    tlb->global_pages = chance(seed, 40);
    tlb->latency = level == 1 ? 0 : some_time(seed, 20);
}

/* One that holds large pages alone, unless others of its level hold them already. */
static void add_large_tlb(struct machine *machine, uint64_t *seed, unsigned level)
{
    static const uint8_t holds[] = {MACHINE_BOTH, MACHINE_DATA, MACHINE_INSTRUCTIONS};
    static const uint8_t modes[] = {MACHINE_ANY_MODE, MACHINE_ANY_MODE, MACHINE_KERNEL};
    if (machine->tlb_count == MACHINE_TLBS || !chance(seed, 50))
        return;
    struct machine before = *machine;
    add_tlb(machine, seed, level, holds[draw(seed, 3)], modes[draw(seed, 3)], "large");
    struct machine_tlb *tlb = &machine->tlbs[machine->tlb_count - 1];
    snprintf(tlb->name, sizeof tlb->name, "large%u", level);
    tlb->page_sizes[0] = chance(seed, 70) ? 4194304 : 2097152;
    tlb->page_size_count = 1;
    if (!machine_check(machine, NULL))
        *machine = before;
}

static void add_tlbs(struct machine *machine, uint64_t *seed)
{
    switch (draw(seed, 4)) {
    case 0:
        add_tlb(machine, seed, 1, MACHINE_BOTH, MACHINE_ANY_MODE, "tlb");
        break;
    case 1:
        add_tlb(machine, seed, 1, MACHINE_BOTH, MACHINE_KERNEL, "ktlb");
        add_tlb(machine, seed, 1, MACHINE_BOTH, MACHINE_USER, "utlb");
        break;
    default:
        add_tlb(machine, seed, 1, MACHINE_DATA, MACHINE_ANY_MODE, "dtlb");
        add_tlb(machine, seed, 1, MACHINE_INSTRUCTIONS, MACHINE_ANY_MODE, "itlb");
        break;
    }
    add_large_tlb(machine, seed, 1);
    if (chance(seed, 60))
        return;
    if (chance(seed, 30)) {
        add_tlb(machine, seed, 2, MACHINE_DATA, MACHINE_ANY_MODE, "stlb_d");
        add_tlb(machine, seed, 2, MACHINE_INSTRUCTIONS, MACHINE_ANY_MODE, "stlb_i");
    } else {
        add_tlb(machine, seed, 2, MACHINE_BOTH, MACHINE_ANY_MODE, "stlb");
    }
    add_large_tlb(machine, seed, 2);
    if (machine->tlb_count < MACHINE_TLBS && chance(seed, 30))
        add_tlb(machine, seed, 3, MACHINE_BOTH, MACHINE_ANY_MODE, "ttlb");
}

static void add_cache(struct machine *machine, uint64_t *seed, unsigned level,
                      uint8_t holds, uint32_t line, const char *name)
{
    struct machine_cache *cache = &machine->caches[machine->cache_count++];
    uint32_t sets, ways;
    *cache = (struct machine_cache){.level = (uint8_t)level,
                                    .holds = holds,
                                    .replacement = some_replacement(seed),
                                    .write = chance(seed, 60) ? MACHINE_WRITE_BACK
                                                              : MACHINE_WRITE_THROUGH,
                                    .write_allocate = chance(seed, 60),
                                    .line = line};
    snprintf(cache->name, sizeof cache->name, "%s", name);
    some_geometry(seed, cache->replacement, &sets, &ways);
    cache->ways = ways;
    cache->size = (uint64_t)sets * ways * line;
    cache->latency = level == 1 ? 0 : some_time(seed, 30);
}

static void add_caches(struct machine *machine, uint64_t *seed)
{
    uint32_t line = 4u << draw(seed, 5);
    if (chance(seed, 40)) {
        add_cache(machine, seed, 1, MACHINE_BOTH, line, "l1");
    } else {
        add_cache(machine, seed, 1, MACHINE_DATA, line, "l1d");
        add_cache(machine, seed, 1, MACHINE_INSTRUCTIONS, 4u << draw(seed, 4), "l1i");
    }
    line = 64u << draw(seed, 2);
    if (chance(seed, 50))
        return;
    add_cache(machine, seed, 2, MACHINE_BOTH, line, "l2");
    if (chance(seed, 40))
        add_cache(machine, seed, 3, MACHINE_BOTH, line, "l3");
}

struct machine random_machine(uint64_t seed)
{
    static const uint8_t walks[] = {MACHINE_WALK_FIXED, MACHINE_WALK_HARDWARE,
                                    MACHINE_WALK_HARDWARE, MACHINE_WALK_SOFTWARE};
    struct machine machine = {.name = "random", .title = "random", .clock_khz = 50000};
    machine.walk = walks[draw(&seed, 4)];
    machine.walk_time = some_time(&seed, 40);
    machine.switching.process_context_ids = chance(&seed, 70);
    machine.switching.cr3_flushes =
        chance(&seed, 50) ? MACHINE_FLUSH_ALL : MACHINE_FLUSH_NON_GLOBAL;
    machine.switching.tags_run_out =
        chance(&seed, 50) ? MACHINE_TAGS_FLUSH : MACHINE_TAGS_RECYCLE;
    machine.memory_latency = some_time(&seed, 100);
    machine.large_pages =
        chance(&seed, 20) ? MACHINE_LARGE_KERNEL : MACHINE_LARGE_RECORDED;
    if (!chance(&seed, 5))
        add_tlbs(&machine, &seed);
    if (!chance(&seed, 5))
        add_caches(&machine, &seed);
    machine.pairing = chance(&seed, 30) ? MACHINE_PAIRING_P5 : MACHINE_PAIRING_NONE;
    for (unsigned class = 0; class < INSTRUCTION_CLASSES; class ++)
        machine.instructions[class] = some_time(&seed, 80);
    return machine;
}

/* Levels that keep to each other have lines of one size here, or longer ones behind. */
static void give_inclusion(struct machine *machine, uint64_t *seed)
{
    bool longer = chance(seed, 30);
    for (size_t i = 0; i < machine->cache_count; i++) {
        struct machine_cache *cache = &machine->caches[i];
        uint32_t line = longer && cache->level > 1 ? 64 : 32;
        cache->size = cache->size / cache->line * line;
        cache->line = line;
        if (cache->level > 1)
            cache->inclusion = (uint8_t)draw(seed, 3);
        else if (chance(seed, 30))
            cache->index = MACHINE_VIRTUAL;
        cache->write_backs = (uint8_t)draw(seed, 2);
    }
}

static void give_virtual_addresses(struct machine *machine, uint64_t *seed)
{
    for (size_t i = 0; i < machine->cache_count; i++) {
        struct machine_cache *cache = &machine->caches[i];
        if (chance(seed, 40))
            continue;
        cache->index = chance(seed, 70) ? MACHINE_VIRTUAL : MACHINE_PHYSICAL;
        cache->tag = chance(seed, 50) ? MACHINE_VIRTUAL : MACHINE_PHYSICAL;
        if (cache->tag == MACHINE_VIRTUAL)
            cache->asid_bits = (uint8_t)draw(seed, 3);
    }
}

static void give_random_replacement(struct machine *machine, uint64_t *seed)
{
    for (size_t i = 0; i < machine->tlb_count; i++) {
        if (chance(seed, 40))
            machine->tlbs[i].replacement = MACHINE_RANDOM;
        machine->tlbs[i].seed = draw(seed, 1000);
    }
    for (size_t i = 0; i < machine->cache_count; i++) {
        if (chance(seed, 40))
            machine->caches[i].replacement = MACHINE_RANDOM;
        machine->caches[i].seed = draw(seed, 1000);
    }
}

static void make_wild(struct machine *machine, uint64_t *seed)
{
    if (chance(seed, 50)) /* replay has no virtual tags beside it */
        give_inclusion(machine, seed);
    else
        give_virtual_addresses(machine, seed);
    machine->switching.kpti = chance(seed, 30);
    give_random_replacement(machine, seed);
}

struct machine wild_machine(uint64_t seed)
{
    struct machine tame = random_machine(seed);
    for (int tries = 0; tries < 20; tries++) {
        struct machine wild = tame;
        make_wild(&wild, &seed);
        if (machine_check(&wild, NULL))
            return wild;
    }
    return tame;
}
