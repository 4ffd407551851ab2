/* What larger, tagged and boundless TLBs and caches must do. */
#include "../law_tools.h"
#include "../trace_tools.h"

/* One TLB and one cache for all, of one level, fully associative, LRU. */
static void one_of_each(struct machine *machine, uint64_t *seed)
{
    (void)seed;
    machine->walk = MACHINE_WALK_FIXED;
    machine->tlb_count = machine->cache_count = 1;
    machine->tlbs[0] = (struct machine_tlb){.name = "tlb",
                                            .level = 1,
                                            .holds = MACHINE_BOTH,
                                            .replacement = MACHINE_LRU,
                                            .entries = 1,
                                            .ways = 1,
                                            .page_sizes = {4096},
                                            .page_size_count = 1};
    machine->caches[0] = (struct machine_cache){.name = "cache",
                                                .level = 1,
                                                .holds = MACHINE_BOTH,
                                                .replacement = MACHINE_LRU,
                                                .write_allocate = true,
                                                .size = 32,
                                                .ways = 1,
                                                .line = 32};
}

static void set_ways(struct machine *machine, uint32_t ways)
{
    machine->tlbs[0].ways = machine->tlbs[0].entries = ways;
    machine->caches[0].ways = ways;
    machine->caches[0].size = (uint64_t)machine->caches[0].line * ways;
}

static void a_larger_one_never_misses_more(struct law_pair *pair)
{
    int64_t before[2] = {INT64_MAX, INT64_MAX};
    uint32_t ways = 1;
    for (int i = 0; i < 6; i++) {
        struct replay_options options = {.plain = true};
        set_ways(&pair->machine, ways);
        struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, &options);
        for (int n = 0; n < 2; n++) {
            int64_t misses = misses_of(&ledger->structures[n]);
            if (misses > before[n])
                fail_msg("%s: %s of %u entries misses more than a smaller one",
                         pair->what, ledger->structures[n].name, ways);
            before[n] = misses;
        }
        ledger_free(ledger);
        ways += 1 + (uint32_t)draw(&pair->seed, ways + 2);
    }
}

/* ---- flushing and tags ---- */

/* One level of LRU in any geometry: a TLB for all without global pages, and a cache that
 * is tagged virtually, indexed either way, and brings in what a store misses. Both have
 * tags, many or so few that they run out, and machines that isolate the kernel's page
 * tables run out of them sooner.
 *
 * Then flushing always never misses less. Within a set, what is left of the stack of the
 * last uses since the last flush is its top; tags keep that top too, since the space that
 * is current keeps its tag, and evict what is older first. It holds for
 *   - no global pages: they outlive the flush that makes room for them;
 *   - no FIFO or PLRU: an entry that outlived the flush is the older for it;
 *   - stores that allocate: one that hits a line which tags have kept renews that line,
 *     where after a flush it leaves the others alone;
 *   - one level: a second one sees what the first misses, which differs.
 * See flushes_can_save() for the first three. */
static void one_lru_of_each(struct machine *machine, uint64_t *seed)
{
    one_of_each(machine, seed);
    struct machine_tlb *tlb = &machine->tlbs[0];
    tlb->ways = (uint32_t)(1 + draw(seed, 8));
    tlb->entries = tlb->ways * (uint32_t)(1 + draw(seed, 12));
    tlb->asid_bits = chance(seed, 50) ? 8 : (uint8_t)(1 + draw(seed, 2));
    struct machine_cache *cache = &machine->caches[0];
    cache->ways = (uint32_t)(1 + draw(seed, 8));
    cache->size = 32u * cache->ways * (1 + draw(seed, 24));
    cache->tag = MACHINE_VIRTUAL;
    cache->index = chance(seed, 70) ? MACHINE_VIRTUAL : MACHINE_PHYSICAL;
    cache->asid_bits = chance(seed, 50) ? 8 : (uint8_t)(1 + draw(seed, 2));
    machine->switching.kpti = chance(seed, 30);
}

static void count_misses(struct law_pair *pair, bool tagged, int64_t misses[2])
{
    struct replay_options options = {.plain = true};
    pair->machine.switching.process_context_ids = tagged;
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, &options);
    for (int n = 0; n < 2; n++)
        misses[n] = misses_of(&ledger->structures[n]);
    ledger_free(ledger);
}

static void flushing_never_misses_less_than_tags(struct law_pair *pair)
{
    int64_t flushed[2], tagged[2];
    count_misses(pair, false, flushed);
    count_misses(pair, true, tagged);
    for (int n = 0; n < 2; n++)
        if (flushed[n] < tagged[n])
            fail_msg("%s: the %s has %lld misses with flushes, %lld with tags",
                     pair->what, n == 0 ? "TLB" : "cache", (long long)flushed[n],
                     (long long)tagged[n]);
}

/* A trace of touches: a letter is a load of a page and line of its own, a small one a
 * store there, and G lies in the kernel's window; a digit loads CR3 for the space of that
 * number. */
static void write_touches(const char *path, const char *touches)
{
    struct cb_error error;
    struct trace_writer *writer = trace_create(path, "{}", &error);
    assert_non_null(writer);
    struct trace_domain kernel = {
        .id = 0, .kind = TRACE_DOMAIN_KERNEL, .limit = 1ull << 32, .name = "kernel"};
    kernel.base = 0xc0000000u;
    trace_put_domain(writer, &kernel);
    trace_put_state(writer, 1, 0, 1, false);
    trace_put_fetch(writer, trace_put_code(writer, 0x1000, 0x1000, NULL, 0), 1);
    for (; *touches != '\0'; touches++) {
        if (*touches >= '0' && *touches <= '9') {
            struct trace_record event = {.kind = TRACE_SPACE_SWITCH,
                                         .detail = TRACE_HOW_CR3,
                                         .a = 4096u * (unsigned)(*touches - '0'),
                                         .b = (unsigned)(*touches - '0')};
            trace_put_event(writer, &event);
            continue;
        }
        bool store = *touches >= 'a';
        uint64_t number = (uint64_t)(*touches - (store ? 'a' : 'A'));
        uint64_t vaddr = (number == 'G' - 'A' ? 0xc0000000u : 0) + 4096 * number;
        trace_put_data(writer, store ? TRACE_STORE : TRACE_LOAD, vaddr, 4096 * number, 4);
    }
    if (!trace_finish(writer, &error))
        fail_msg("%s", error.sentence);
}

/* What the touches miss in the TLB (0) or the cache (1). */
static void misses_are(const char *touches, const struct machine *machine, int structure,
                       int64_t with_flushes, int64_t with_tags)
{
    char path[128];
    int64_t misses[2];
    struct law_pair pair = {.machine = *machine};
    snprintf(path, sizeof path, "%s", scratch_path("touches.xbt"));
    snprintf(pair.what, sizeof pair.what, "%s", touches);
    write_touches(path, touches);
    trace_load(&pair.trace, path);
    count_misses(&pair, false, misses);
    law_equal(&pair, "misses with flushes", misses[structure], with_flushes);
    count_misses(&pair, true, misses);
    law_equal(&pair, "misses with tags", misses[structure], with_tags);
    trace_unload(&pair.trace);
}

/* Where the law is false, one trace each, followed by hand in one set of two, which
 * is written with the entry that goes next on the right. */
static void flushes_can_save(void **state)
{
    (void)state;
    uint64_t seed = 1;
    struct machine machine = random_machine(1), other;
    one_of_each(&machine, &seed);
    set_ways(&machine, 2);
    machine.switching.cr3_flushes = MACHINE_FLUSH_NON_GLOBAL;
    machine.tlbs[0].holds = machine.caches[0].holds = MACHINE_DATA;
    machine.tlbs[0].asid_bits = machine.caches[0].asid_bits = 8;
    machine.caches[0].tag = machine.caches[0].index = MACHINE_VIRTUAL;

    /* G misses, A misses. Flushes: A leaves; B misses, BG; G hits. Tags: B misses in AG,
     * BA; G misses. */
    other = machine;
    other.tlbs[0].global_pages = true;
    misses_are("1GA2BG", &other, 0, 3, 4);
    misses_are("1GA2BG", &machine, 0, 4, 4); /* no page is global */

    /* X and A miss. Flushes: X misses, Y misses, YX; X hits; Z misses, ZY; Y hits. Tags:
     * X hits in AX and stays the older; Y misses, YA; X misses, XY; Z misses, ZX; Y
     * misses. */
    other = machine;
    other.tlbs[0].replacement = other.caches[0].replacement = MACHINE_FIFO;
    misses_are("2X1A2XYXZY", &other, 0, 5, 6);
    misses_are("2X1A2XYXZY", &other, 1, 5, 6);
    /* LRU. Flushes: X, A, X, Y miss; X hits, XY; Z and Y miss. Tags: X hits, XA. */
    misses_are("2X1A2XYXZY", &machine, 0, 6, 5);
    misses_are("2X1A2XYXZY", &machine, 1, 6, 5);

    /* Stores that fill nothing, three entries. K, C and A miss. Flushes: k misses; B
     * misses, BAC; C and A hit. Tags: k hits, KAC; B misses, BKA; C misses, CBK; A
     * misses. */
    set_ways(&machine, 3);
    other = machine;
    other.caches[0].write_allocate = false;
    misses_are("1K21CAkBCA", &other, 1, 5, 6);
    /* Which fill. Flushes: k misses, KAC; B, C and A miss. */
    misses_are("1K21CAkBCA", &machine, 1, 7, 6);
}

/* Each domain's work in one space, and page tables that stay where they are: otherwise
 * the boundary itself makes work touch what it would not have touched. */
static void one_space_each(struct random_shape *shape)
{
    shape->own_services = true;
    shape->tells_first_space = true;
    shape->unknown_tables = 0;
    shape->table_changes = 0;
    shape->records = 800;
}

static void without_bounds(struct machine *machine, uint64_t *seed)
{
    (void)seed;
    machine->switching.process_context_ids = true;
    for (size_t i = 0; i < machine->tlb_count; i++) {
        machine->tlbs[i].ways = machine->tlbs[i].entries = 1024;
        machine->tlbs[i].asid_bits = 16;
        machine->tlbs[i].replacement = MACHINE_LRU;
    }
    for (size_t i = 0; i < machine->cache_count; i++) {
        machine->caches[i].replacement = MACHINE_LRU;
        machine->caches[i].ways = 8192;
        machine->caches[i].size = 8192u * machine->caches[i].line;
    }
}

static void nothing_is_lost(struct law_pair *pair)
{
    static const enum account nil[] = {ACCOUNT_REFILL,
                                       ACCOUNT_DISPLACED,
                                       ACCOUNT_PATH_REFILL,
                                       ACCOUNT_PATH_DISPLACED,
                                       ACCOUNT_PATH_CAPACITY,
                                       ACCOUNT_COMPETITION,
                                       ACCOUNT_COMPETITION_CREDIT};
    static const struct ledger_line nothing;
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, NULL);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < ledger->domain_count; i++) {
            const struct ledger_domain *domain = &ledger->phase[phase].domains[i];
            for (size_t n = 0; n < sizeof nil / sizeof nil[0]; n++)
                if (!same_line(&domain->line[nil[n]], &nothing))
                    fail_msg("%s: nothing can be lost, yet domain %u pays %s", pair->what,
                             domain->id, account_name(nil[n]));
        }
    }
    ledger_free(ledger);
}

/* What is looked up was there: but for stores that nothing was brought in for, and for a
 * second level that was never asked, as somebody with another one had filled the first.
 */
static void all_of_it_is_warm(struct law_pair *pair)
{
    static const enum component first_level[] = {COMPONENT_ITLB, COMPONENT_DTLB,
                                                 COMPONENT_L1I, COMPONENT_L1D};
    for (size_t i = 0; i < pair->machine.cache_count; i++)
        pair->machine.caches[i].write_allocate = true;
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, NULL);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < ledger->domain_count; i++) {
            const struct ledger_domain *domain = &ledger->phase[phase].domains[i];
            for (int n = 0; n < 4; n++)
                law_equal(pair, component_name(first_level[n]),
                          domain->warmth_resident[first_level[n]],
                          domain->warmth_asked[first_level[n]]);
        }
    }
    ledger_free(ledger);
}

static void larger(void **state)
{
    (void)state;
    const struct law law = {100,  1, NULL, one_of_each, a_larger_one_never_misses_more,
                            false};
    try_law(&law);
}

static void tags(void **state)
{
    (void)state;
    const struct law law = {
        150, 3, NULL, one_lru_of_each, flushing_never_misses_less_than_tags, false};
    try_law(&law);
}

static void boundless(void **state)
{
    (void)state;
    const struct law law = {30,   3, one_space_each, without_bounds, nothing_is_lost,
                            false};
    try_law(&law);
}

static void warmth(void **state)
{
    (void)state;
    const struct law law = {30,   2, one_space_each, without_bounds, all_of_it_is_warm,
                            false};
    try_law(&law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(larger),           cmocka_unit_test(tags),
        cmocka_unit_test(flushes_can_save), cmocka_unit_test(boundless),
        cmocka_unit_test(warmth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
