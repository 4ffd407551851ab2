/* What larger, tagged and boundless TLBs and caches must do. */
#include "../law_tools.h"

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

/* Any geometry, as long as it is one level of LRU. */
static void one_lru_tlb(struct machine *machine, uint64_t *seed)
{
    one_of_each(machine, seed);
    machine->tlbs[0].ways = (uint32_t)(1 + draw(seed, 8));
    machine->tlbs[0].entries = machine->tlbs[0].ways * (uint32_t)(1 + draw(seed, 12));
    machine->tlbs[0].asid_bits = 16;
}

static void flushing_never_misses_less_than_tags(struct law_pair *pair)
{
    int64_t misses[2];
    for (int tagged = 0; tagged < 2; tagged++) {
        struct replay_options options = {.plain = true};
        pair->machine.switching.process_context_ids = tagged;
        struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, &options);
        misses[tagged] = misses_of(&ledger->structures[0]);
        ledger_free(ledger);
    }
    if (misses[0] < misses[1])
        fail_msg("%s: %lld misses with flushes, %lld with tags", pair->what,
                 (long long)misses[0], (long long)misses[1]);
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
 * second level that was never asked, as somebody with another one had filled the first. */
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
        100, 2, NULL, one_lru_tlb, flushing_never_misses_less_than_tags, false};
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
        cmocka_unit_test(larger),
        cmocka_unit_test(tags),
        cmocka_unit_test(boundless),
        cmocka_unit_test(warmth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
