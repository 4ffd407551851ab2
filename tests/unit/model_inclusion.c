/* Inclusive and exclusive levels: what holds of the contents after every access. */
#include "../test.h"
#include "model/hierarchy.h"

/* L1I and L1D of 4 lines each, fully associative, before an L2 of `l2` lines. */
static struct machine two_levels(uint8_t inclusion, uint32_t l2, uint32_t l2_line)
{
    struct machine machine = {.name = "test", .cache_count = 3, .memory_latency = 1000};
    struct machine_cache first = {.level = 1,
                                  .size = 64,
                                  .ways = 4,
                                  .line = 16,
                                  .write = MACHINE_WRITE_BACK,
                                  .write_allocate = true};
    machine.caches[0] = machine.caches[1] = machine.caches[2] = first;
    machine.caches[0].holds = MACHINE_INSTRUCTIONS;
    machine.caches[1].holds = MACHINE_DATA;
    machine.caches[2].holds = MACHINE_BOTH;
    machine.caches[2].level = 2;
    machine.caches[2].size = l2 * l2_line;
    machine.caches[2].ways = l2;
    machine.caches[2].line = l2_line;
    machine.caches[2].inclusion = inclusion;
    return machine;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return *state >> 33;
}

static bool holds(const struct array *array, uint64_t line)
{
    return array_find(array, array_set(array, line) * array->ways, line) < array->ways;
}

struct run {
    struct layout layout;
    struct hierarchy hierarchy;
    uint64_t random;
};

static void start(struct run *run, const struct machine *machine, uint64_t seed)
{
    struct cb_error error;
    run->random = seed;
    assert_true(layout_init(&run->layout, machine, 1, &error));
    assert_true(hierarchy_init(&run->hierarchy, &run->layout, true, NULL));
}

/* One random access to one of `lines` lines; returns its events. */
static uint32_t step(struct run *run, unsigned lines, bool data_only)
{
    struct ref ref = {.paddr = next_random(&run->random) % lines * 16,
                      .kind = (uint8_t)(next_random(&run->random) % 3)};
    if (data_only && ref.kind == REF_FETCH)
        ref.kind = REF_LOAD;
    struct asker asker = {.entity = 0};
    struct reason reasons[REASONS_PER_REF], *next = reasons;
    return hierarchy_access(&run->hierarchy, &ref, &asker, &next, true);
}

/* With lines of 32 bytes in L2, half as many numbers. */
static void inclusive_level_holds_what_is_before_it(void **state)
{
    (void)state;
    for (uint32_t line = 16; line <= 32; line *= 2) {
        struct machine machine = two_levels(MACHINE_INCLUSIVE, 6, line);
        struct run run;
        start(&run, &machine, line);
        for (unsigned i = 0; i < 20000; i++) {
            step(&run, 20, false);
            for (uint64_t number = 0; number < 20; number++)
                if (holds(&run.hierarchy.caches[0], number) ||
                    holds(&run.hierarchy.caches[1], number))
                    assert_true(holds(&run.hierarchy.caches[2], number * 16 / line));
        }
        hierarchy_free(&run.hierarchy);
    }
}

static void exclusive_level_holds_nothing_that_is_before_it(void **state)
{
    (void)state;
    struct machine machine = two_levels(MACHINE_EXCLUSIVE, 6, 16);
    struct run run;
    start(&run, &machine, 7);
    for (unsigned i = 0; i < 20000; i++) {
        step(&run, 20, true);
        for (uint64_t number = 0; number < 20; number++)
            assert_false(holds(&run.hierarchy.caches[1], number) &&
                         holds(&run.hierarchy.caches[2], number));
    }
    hierarchy_free(&run.hierarchy);
}

/* LRU before exclusive LRU is one LRU of both sizes: 4 + 6 lines miss as 10 do. */
static void exclusive_levels_are_as_large_as_both(void **state)
{
    (void)state;
    struct machine exclusive = two_levels(MACHINE_EXCLUSIVE, 6, 16);
    struct machine one = two_levels(MACHINE_NEITHER, 6, 16);
    one.cache_count = 2;
    one.caches[1].size = 160;
    one.caches[1].ways = 10;
    struct run a, b;
    start(&a, &exclusive, 3);
    start(&b, &one, 3);
    unsigned misses = 0;
    for (unsigned i = 0; i < 20000; i++) {
        bool a_memory = (step(&a, 14, true) >> (EVENT_LINE + EVENT_MEMORY) & 1) != 0;
        bool b_memory = (step(&b, 14, true) >> (EVENT_LINE + EVENT_MEMORY) & 1) != 0;
        assert_int_equal(a_memory, b_memory);
        misses += a_memory;
    }
    assert_true(misses > 1000);
    hierarchy_free(&a.hierarchy);
    hierarchy_free(&b.hierarchy);
}

static void ask(struct run *run, enum ref_kind kind, uint64_t line)
{
    struct ref ref = {.paddr = line * 16, .kind = (uint8_t)kind};
    struct asker asker = {.entity = 0};
    struct reason reasons[REASONS_PER_REF], *next = reasons;
    hierarchy_access(&run->hierarchy, &ref, &asker, &next, true);
}

/* Line 0 is in both first levels, dirty in L1D. The clean copy comes to L2 first, the
 * dirty one joins it there: what is to be written back must not be lost. */
static void dirty_copy_stays_dirty_beside_a_clean_one(void **state)
{
    (void)state;
    struct machine machine = two_levels(MACHINE_EXCLUSIVE, 16, 16);
    struct run run;
    start(&run, &machine, 1);
    ask(&run, REF_FETCH, 0);
    ask(&run, REF_STORE, 0);
    for (uint64_t line = 1; line <= 4; line++)
        ask(&run, REF_FETCH, line);
    const struct array *l2 = &run.hierarchy.caches[2];
    uint32_t way = array_find(l2, 0, 0);
    assert_in_range(way, 0, 15);
    assert_int_equal(l2->slots[way].dirty, 0);
    for (uint64_t line = 5; line <= 8; line++)
        ask(&run, REF_LOAD, line);
    way = array_find(l2, 0, 0);
    assert_in_range(way, 0, 15);
    assert_int_equal(l2->slots[way].dirty, 1);
    hierarchy_free(&run.hierarchy);
}

/* An L2 that loses nothing has nothing to enforce. */
static void large_inclusive_level_changes_nothing(void **state)
{
    (void)state;
    struct machine inclusive = two_levels(MACHINE_INCLUSIVE, 64, 16);
    struct machine neither = two_levels(MACHINE_NEITHER, 64, 16);
    struct run a, b;
    start(&a, &inclusive, 5);
    start(&b, &neither, 5);
    for (unsigned i = 0; i < 20000; i++)
        assert_int_equal(step(&a, 60, false), step(&b, 60, false));
    hierarchy_free(&a.hierarchy);
    hierarchy_free(&b.hierarchy);
}

static void lines_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    struct machine machine = two_levels(MACHINE_EXCLUSIVE, 6, 32);
    struct layout layout;
    struct cb_error error;
    snprintf(machine.caches[0].name, sizeof machine.caches[0].name, "l1i");
    snprintf(machine.caches[2].name, sizeof machine.caches[2].name, "l2");
    assert_false(layout_init(&layout, &machine, 1, &error));
    assert_int_equal(error.code, CB_USAGE);
    assert_string_equal(error.sentence,
                        "cache l2: its lines of 32 bytes do not fit those "
                        "of 16 bytes in l1i before it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inclusive_level_holds_what_is_before_it),
        cmocka_unit_test(exclusive_level_holds_nothing_that_is_before_it),
        cmocka_unit_test(exclusive_levels_are_as_large_as_both),
        cmocka_unit_test(dirty_copy_stays_dirty_beside_a_clean_one),
        cmocka_unit_test(large_inclusive_level_changes_nothing),
        cmocka_unit_test(lines_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
