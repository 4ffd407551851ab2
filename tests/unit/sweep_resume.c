/* A sweep that is stopped after any of its passes and replays, or killed before their
 * points are in, computes none of them twice; what was kept is used only if it is whole
 * and of the same trace and geometry. */
#include "sweep_fixture.h"

#include "model/sweep_kept.h"

#define ROWS   64
#define POINTS 128

/* What outlives a run: rows of counts, and points. */
struct store {
    struct sweep_counts rows[ROWS];
    size_t row_count, kept; /* kept: passes and replays that have ended */
    struct ledger_domain *points[POINTS];
    int64_t totals[POINTS];
    size_t domains, point_count;
    size_t stop_after; /* so many kept */
    bool kill;         /* then: nothing more gets in */
};

static void clear(struct store *store)
{
    for (size_t i = 0; i < store->row_count; i++)
        free(store->rows[i].bytes);
    for (size_t i = 0; i < POINTS; i++)
        free(store->points[i]);
    *store = (struct store){.stop_after = SIZE_MAX};
}

static bool is_over(const struct store *store)
{
    return store->kept >= store->stop_after;
}

static bool wants(void *context, uint64_t point)
{
    return ((const struct store *)context)->points[point] == NULL;
}

static bool keep(void *context, const struct sweep_counts *counts, size_t count)
{
    struct store *store = context;
    if (store->kill && is_over(store))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct sweep_counts *row = &store->rows[store->row_count++];
        assert_true(store->row_count <= ROWS);
        *row = counts[i];
        row->bytes = malloc(counts[i].size);
        memcpy(row->bytes, counts[i].bytes, counts[i].size);
    }
    store->kept++;
    return true;
}

static bool load(void *context, const char *key, size_t index,
                 struct sweep_counts *counts)
{
    const struct store *store = context;
    for (size_t i = 0; i < store->row_count; i++) {
        const struct sweep_counts *row = &store->rows[i];
        if (strcmp(row->key, key) != 0 || index-- > 0)
            continue;
        counts->size = row->size;
        counts->bytes = malloc(row->size + 1);
        memcpy(counts->bytes, row->bytes, row->size);
        break;
    }
    return true;
}

static bool drop(void *context, const char *key, const char *part)
{
    struct store *store = context;
    for (size_t i = 0; i < store->row_count; i++) {
        struct sweep_counts *row = &store->rows[i];
        if (strcmp(row->key, key) != 0 || strcmp(row->part, part) != 0)
            continue;
        free(row->bytes);
        *row = store->rows[--store->row_count];
        return true;
    }
    fail_msg("what is to be dropped was not kept");
    return false;
}

static bool take_point(void *context, uint64_t point, const struct ledger *ledger,
                       const struct cb_error *refused)
{
    struct store *store = context;
    (void)refused;
    if (store->kill && is_over(store))
        return false;
    assert_null(store->points[point]);
    size_t size = ledger->domain_count * sizeof *store->points[point];
    store->domains = ledger->domain_count;
    store->points[point] = malloc(LEDGER_PHASES * size);
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        memcpy(store->points[point] + phase * ledger->domain_count,
               ledger->phase[phase].domains, size);
    store->totals[point] = ledger->total_mcycles;
    store->point_count++;
    return true;
}

static bool should_stop(void *context)
{
    const struct store *store = context;
    return !store->kill && is_over(store);
}

static struct sweep_options options_for(struct store *store, unsigned threads,
                                        struct sweep_effort *effort)
{
    return (struct sweep_options){.threads = threads,
                                  .wants = wants,
                                  .on_point = take_point,
                                  .any_order = true,
                                  .keep_counts = keep,
                                  .load_counts = load,
                                  .drop_counts = drop,
                                  .effort = effort,
                                  .should_stop = should_stop,
                                  .context = store};
}

static bool run(const struct fixture *fixture, struct store *store, unsigned threads,
                struct sweep_effort *effort)
{
    struct sweep_options options = options_for(store, threads, effort);
    struct cb_error error;
    bool whole = sweep_run(&fixture->request, fixture->trace, &options, &error);
    if (!whole)
        assert_string_equal(error.sentence, "interrupted");
    return whole;
}

static struct sweep_plan plan_of_rest(const struct fixture *fixture, struct store *store)
{
    struct sweep_options options = options_for(store, 1, NULL);
    struct sweep_plan plan;
    struct cb_error error;
    options.should_stop = NULL;
    assert_true(
        sweep_explain(&fixture->request, fixture->trace, &options, &plan, &error));
    return plan;
}

static void assert_same_points(const struct store *got, const struct store *want)
{
    assert_int_equal(got->point_count, want->point_count);
    assert_memory_equal(got->totals, want->totals, sizeof want->totals);
    for (size_t i = 0; i < want->point_count; i++)
        assert_memory_equal(got->points[i], want->points[i],
                            LEDGER_PHASES * want->domains * sizeof *want->points[i]);
}

/* Once over, without an interruption; returns how many passes and replays that took. */
static size_t run_whole(const struct fixture *fixture, struct store *whole,
                        struct sweep_plan *plan)
{
    struct sweep_effort effort;
    *whole = (struct store){.stop_after = SIZE_MAX};
    *plan = plan_of_rest(fixture, whole);
    assert_true(run(fixture, whole, 1, &effort));
    assert_int_equal(effort.passes, plan->passes);
    assert_int_equal(effort.replays, plan->replays);
    assert_int_equal(effort.kept_passes + effort.kept_replays, 0);
    assert_int_equal(whole->row_count, 0); /* all that was kept has gone */
    assert_int_equal(whole->point_count, plan->points);
    return (size_t)(plan->passes + plan->replays);
}

/* Whatever is over when the first run ends, the second takes, and no more is computed
 * than in one run. */
static void stops_after(const struct fixture *fixture, size_t k, bool kill,
                        unsigned threads, const struct store *whole,
                        const struct sweep_plan *plan)
{
    struct store store = {.stop_after = k, .kill = kill};
    struct sweep_effort first, second;
    bool ended = run(fixture, &store, threads, &first);
    if (threads == 1 && k < plan->passes + plan->replays)
        assert_false(ended); /* with more, the others may have been all but done */
    assert_true(threads > 1 || kill || first.passes + first.replays == store.kept);
    size_t computed = store.kept;
    store.stop_after = SIZE_MAX;
    struct sweep_plan rest = plan_of_rest(fixture, &store);
    assert_true(run(fixture, &store, threads, &second));
    assert_int_equal(rest.kept_passes, second.kept_passes);
    assert_int_equal(rest.kept_replays, second.kept_replays);
    assert_int_equal(rest.passes - rest.kept_passes, second.passes);
    assert_int_equal(rest.replays - rest.kept_replays, second.replays);
    assert_int_equal(second.damaged, 0);
    assert_int_equal(computed + second.passes + second.replays,
                     plan->passes + plan->replays);
    assert_same_points(&store, whole);
    clear(&store);
}

static void goes_on(struct fixture *fixture)
{
    struct store whole;
    struct sweep_plan plan;
    size_t all = run_whole(fixture, &whole, &plan);
    for (size_t k = 0; k <= all; k++)
        for (unsigned threads = 1; threads <= 3; threads += 2) {
            stops_after(fixture, k, false, threads, &whole, &plan);
            stops_after(fixture, k, true, threads, &whole, &plan);
        }
    clear(&whole);
}

/* The pass is needed by all points, most of which wait for a replay. */
static void test_one_pass_many_replays(void **state)
{
    struct fixture *f = *state;
    VARY(f, "tlb.d.replacement=lru,fifo", "tlb.d.entries=4,8,16", "cache.l1.size=1K,2K",
         "memory.latency=1,2");
    goes_on(f);
}

/* TLBs and caches that share replays: what is left pairs anew. */
static void test_halves(void **state)
{
    struct fixture *f = *state;
    VARY(f, "tlb.d.replacement=fifo", "tlb.d.entries=4,8,16",
         "cache.l1.replacement=tree-plru", "cache.l1.size=512,1K,2K,4K");
    goes_on(f);
}

static void test_streams(void **state)
{
    struct fixture *f = *state;
    VARY(f, "switch.kpti=false,true", "pairing=none,p5", "cache.l2.size=8K,16K",
         "cache.l1.ways=1,2");
    goes_on(f);
}

/* Caches that every switch flushes see the switches of their own machine: whose TLBs
 * share the replay is not all the same. */
static void test_flushed_caches(void **state)
{
    struct fixture *f = *state;
    VARY(f, "switch.kpti=false,true", "tlb.d.replacement=fifo", "tlb.d.entries=4,8,16",
         "cache.l1.tag=virtual");
    goes_on(f);
}

static void test_walks(void **state)
{
    struct fixture *f = *state;
    VARY(f, "walk.kind=hardware,fixed", "tlb.d.entries=4,8", "cache.l1.size=1K,2K");
    goes_on(f);
    VARY(f, "walk.kind=hardware", "tlb.d.entries=4,8", "cache.l2.replacement=lru,fifo",
         "memory.latency=1,2");
    goes_on(f);
}

/* Fetches that no cache stands before are counted by the pass. */
static void test_uncached(void **state)
{
    struct fixture *f = *state;
    VARY(f, "cache.*.holds=data,both", "tlb.d.replacement=lru,fifo");
    goes_on(f);
}

/* ---- what is not used ---- */

/* A run that ended after its pass and a replay, before any point was in. */
static void begin(const struct fixture *fixture, struct store *store)
{
    struct sweep_effort effort;
    *store = (struct store){.stop_after = 2, .kill = true};
    run(fixture, store, 1, &effort);
    assert_int_equal(store->kept, 2);
    store->stop_after = SIZE_MAX;
}

static void small_grid(struct fixture *f)
{
    VARY(f, "tlb.d.replacement=fifo", "tlb.d.entries=4,8", "cache.l1.size=1K,2K");
}

/* The rest of the sweep takes so many of these, finds so many damaged, and is right. */
static void takes(const struct fixture *fixture, struct store *store, size_t passes,
                  size_t replays, size_t damaged)
{
    struct store whole = {.stop_after = SIZE_MAX};
    struct sweep_effort effort;
    assert_true(run(fixture, store, 1, &effort));
    assert_int_equal(effort.kept_passes, passes);
    assert_int_equal(effort.kept_replays, replays);
    assert_int_equal(effort.damaged, damaged);
    assert_true(run(fixture, &whole, 1, &effort));
    assert_same_points(store, &whole);
    clear(&whole);
    clear(store);
}

static void test_damaged(void **state)
{
    struct fixture *f = *state;
    struct store store;
    small_grid(f);
    begin(f, &store);
    assert_int_equal(store.row_count, 2);
    takes(f, &store, 1, 1, 0);
    for (size_t row = 0; row < 2; row++) {
        begin(f, &store);
        struct sweep_counts *counts = &store.rows[row];
        uint8_t *bytes = counts->bytes;
        size_t size = counts->size;
        for (size_t i = 0; i < size; i += i < 160 ? 1 : 11) { /* bytes; lengths */
            bytes[i] ^= 1;
            struct sweep_plan plan = plan_of_rest(f, &store);
            assert_int_equal(plan.kept_passes, row != 0);
            assert_int_equal(plan.kept_replays, row != 1);
            bytes[i] ^= 1;
            counts->size = i;
            plan = plan_of_rest(f, &store);
            assert_int_equal(plan.kept_passes + plan.kept_replays, 1);
            counts->size = size;
        }
        bytes[size / 2] ^= 0x40;
        takes(f, &store, row != 0, row != 1, 1);
    }
}

/* One's counts under the other's key. */
static void test_foreign(void **state)
{
    struct fixture *f = *state;
    struct store store;
    small_grid(f);
    begin(f, &store);
    struct sweep_counts first = store.rows[0];
    store.rows[0].bytes = store.rows[1].bytes;
    store.rows[0].size = store.rows[1].size;
    store.rows[1].bytes = first.bytes;
    store.rows[1].size = first.size;
    takes(f, &store, 0, 0, 2);
}

/* With a checksum that is right, but counts that are none: nothing is read or written
 * where it should not be, and the sweep goes on. */
static void test_forged(void **state)
{
    struct fixture *f = *state;
    struct store store;
    VARY(f, "tlb.d.replacement=fifo", "tlb.d.entries=4");
    begin(f, &store);
    for (size_t row = 0; row < 2; row++) {
        struct sweep_counts *counts = &store.rows[row];
        size_t inside = counts->size - 2 * (size_t)KEPT_DIGITS;
        uint8_t *true_bytes = counts->bytes;
        for (size_t i = 0; i < inside; i += i < 400 ? 1 : 7)
            for (unsigned how = 0; how < 3; how++) {
                static const uint8_t masks[] = {0x01, 0x80, 0xff};
                struct sweep_counts forged = *counts;
                uint8_t *bytes = malloc(inside);
                memcpy(bytes, true_bytes + KEPT_DIGITS, inside);
                bytes[i] ^= masks[how];
                assert_true(kept_seal(&forged, bytes, inside));
                *counts = forged;
                plan_of_rest(f, &store);
                free(bytes);
                free(forged.bytes);
                counts->bytes = true_bytes;
            }
        for (size_t size = 0; size < inside; size += 5) { /* cut, and sealed again */
            struct sweep_counts forged = *counts;
            assert_true(kept_seal(&forged, true_bytes + KEPT_DIGITS, size));
            size_t whole = counts->size;
            *counts = forged;
            struct sweep_plan plan = plan_of_rest(f, &store);
            assert_int_equal(plan.kept_passes + plan.kept_replays, 1);
            free(forged.bytes);
            counts->bytes = true_bytes;
            counts->size = whole;
        }
    }
    clear(&store);
}

/* Costs are not in the counts; sizes of what is replayed are, and those of a pass must be
 * among those that were swept. */
static void test_other_grids(void **state)
{
    struct fixture *f = *state;
    struct store store;
    small_grid(f);
    begin(f, &store);
    VARY(f, "tlb.d.replacement=fifo", "tlb.d.entries=4", "cache.l1.size=2K",
         "memory.latency=7");
    takes(f, &store, 1, 1, 0);
    small_grid(f);
    begin(f, &store);
    VARY(f, "tlb.d.replacement=fifo", "tlb.d.entries=16", "cache.l1.size=2K,4K");
    takes(f, &store, 0, 0, 0);
    small_grid(f);
    begin(f, &store);
    VARY(f, "tlb.d.replacement=fifo", "tlb.d.entries=4", "cache.l1.line=8",
         "cache.l1.size=1K");
    takes(f, &store, 0, 1, 0);
    small_grid(f);
    begin(f, &store);
    VARY(f, "tlb.d.replacement=fifo", "tlb.d.entries=4", "switch.kpti=true");
    takes(f, &store, 0, 0, 0);
}

static void test_other_trace(void **state)
{
    struct fixture *f = *state;
    struct store store;
    struct random_shape shape = random_shape(4);
    struct cb_error error;
    struct trace_reader *own = f->trace;
    const char *path = scratch_path("other.xbt");
    small_grid(f);
    begin(f, &store);
    shape.records = 500;
    random_trace_write(path, 4, &shape);
    f->trace = trace_open(path, &error);
    assert_non_null(f->trace);
    assert_true(trace_hash(f->trace, &error));
    takes(f, &store, 0, 0, 0);
    trace_close(f->trace);
    f->trace = own;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_pass_many_replays),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_flushed_caches),
        cmocka_unit_test(test_walks),
        cmocka_unit_test(test_uncached),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_other_grids),
        cmocka_unit_test(test_other_trace),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
