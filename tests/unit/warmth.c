/* Warmth: what of a domain's visit is still there at its next one. Two domains take
 * turns, each in a space of its own; nothing else runs. */
#include "../test.h"

#include "../trace_tools.h"
#include "model/model.h"

#define TURNS 4

/* Domain 1 loads from pages 1, 2, 3 in turn, domain 2 from page 1 of its own, each with
 * an instruction on a code page of its own. Both use the same virtual pages. */
static void put_turn(struct trace_writer *writer, uint16_t domain, const uint32_t *codes)
{
    struct trace_record thread = {.kind = TRACE_THREAD_SWITCH, .a = domain, .b = domain};
    struct trace_record space = {.kind = TRACE_SPACE_SWITCH,
                                 .detail = TRACE_HOW_CR3,
                                 .a = 0x1000u * domain,
                                 .b = domain};
    unsigned pages = domain == 1 ? 3 : 1;
    trace_put_event(writer, &thread);
    trace_put_event(writer, &space);
    trace_put_fetch(writer, codes[domain - 1], 1);
    for (unsigned page = 1; page <= pages; page++)
        trace_put_data(writer, TRACE_LOAD, 0x1000u * page,
                       0x100000u * domain + 0x1000u * page, 4);
}

static struct trace_reader *write_trace(void)
{
    struct cb_error error;
    const char *path = scratch_path("warmth.xbt");
    const uint8_t nop[] = {0x90};
    struct trace_writer *writer = trace_create(path, "{}", &error);
    assert_non_null(writer);
    for (uint16_t id = 0; id <= 2; id++)
        trace_put_domain(writer, &(struct trace_domain){.id = id, .name = "domain"});
    trace_put_state(writer, 1, 1, 1, true);
    uint32_t codes[2];
    for (uint32_t i = 0; i < 2; i++)
        codes[i] = trace_put_code(writer, 0x10000, 0x180000 + 0x100000 * i, nop, 1);
    for (unsigned turn = 0; turn < TURNS; turn++)
        put_turn(writer, turn % 2 + 1, codes);
    assert_true(trace_finish(writer, &error));
    struct trace_reader *trace = trace_open(path, &error);
    assert_non_null(trace);
    return trace;
}

/* A machine with these TLBs for data and for fetches, and a cache for all of it. */
static struct ledger *replay_with(uint32_t entries, bool tagged)
{
    struct cb_error error;
    struct machine machine;
    assert_true(machine_load(&machine, "tiny", "model/machines", NULL, 0, &error));
    machine.walk = MACHINE_WALK_FIXED;
    machine.tlb_count = 2;
    machine.cache_count = 1;
    for (int i = 0; i < 2; i++)
        machine.tlbs[i] =
            (struct machine_tlb){.name = "tlb",
                                 .level = 1,
                                 .holds = i == 0 ? MACHINE_INSTRUCTIONS : MACHINE_DATA,
                                 .replacement = MACHINE_LRU,
                                 .asid_bits = tagged ? 8 : 0,
                                 .entries = entries,
                                 .ways = entries,
                                 .page_sizes = {4096},
                                 .page_size_count = 1};
    machine.caches[0] = (struct machine_cache){.name = "cache",
                                               .level = 1,
                                               .holds = MACHINE_BOTH,
                                               .replacement = MACHINE_LRU,
                                               .size = 64 * 32,
                                               .ways = 64,
                                               .line = 32};
    machine.switching.process_context_ids = tagged;
    struct trace_reader *trace = write_trace();
    struct ledger *ledger = replay(trace, &machine, NULL, &error);
    trace_close(trace);
    machine_free(&machine);
    assert_non_null(ledger);
    return ledger;
}

static const struct ledger_domain *domain(const struct ledger *ledger, uint16_t id)
{
    const struct ledger_domain *domain = ledger->phase[TRACE_PHASE_MEASURED].domains;
    while (domain->id != id)
        domain++;
    return domain;
}

static void is_warm(const struct ledger *ledger, uint16_t id, enum component component,
                    int64_t resident, int64_t asked)
{
    assert_int_equal(domain(ledger, id)->warmth_asked[component], asked);
    assert_int_equal(domain(ledger, id)->warmth_resident[component], resident);
}

/* Four turns are two visits each: one coming back, to 1 and 3 pages, or to 1 and 1. */
static void tags_keep_it_warm(void **state)
{
    (void)state;
    struct ledger *ledger = replay_with(16, true);
    is_warm(ledger, 1, COMPONENT_ITLB, 1, 1);
    is_warm(ledger, 1, COMPONENT_DTLB, 3, 3);
    is_warm(ledger, 2, COMPONENT_ITLB, 1, 1);
    is_warm(ledger, 2, COMPONENT_DTLB, 1, 1);
    ledger_free(ledger);
}

/* The TLBs are empty; the cache, by physical address, keeps each page's one line. */
static void a_flush_leaves_none_in_the_tlb(void **state)
{
    (void)state;
    struct ledger *ledger = replay_with(16, false);
    is_warm(ledger, 1, COMPONENT_ITLB, 0, 1);
    is_warm(ledger, 1, COMPONENT_DTLB, 0, 3);
    is_warm(ledger, 2, COMPONENT_DTLB, 0, 1);
    is_warm(ledger, 1, COMPONENT_L1I, 1, 1);
    is_warm(ledger, 1, COMPONENT_L1D, 3, 3);
    is_warm(ledger, 2, COMPONENT_L1D, 1, 1);
    ledger_free(ledger);
}

/* Two entries: after domain 1's pages 1, 2, 3 they hold 2 and 3; domain 2's page
 * displaces 2, so that of three pages one is left. Domain 2 comes back to the pages 2 and
 * 3 of domain 1: its own is gone. */
static void some_is_displaced(void **state)
{
    (void)state;
    struct ledger *ledger = replay_with(2, true);
    is_warm(ledger, 1, COMPONENT_DTLB, 1, 3);
    is_warm(ledger, 2, COMPONENT_DTLB, 0, 1);
    is_warm(ledger, 1, COMPONENT_ITLB, 1, 1);
    ledger_free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_keep_it_warm),
        cmocka_unit_test(a_flush_leaves_none_in_the_tlb),
        cmocka_unit_test(some_is_displaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
