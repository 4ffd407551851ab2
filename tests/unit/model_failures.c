/* No memory for a replay, a sweep or a prediction: each allocation fails in turn, alone
 * and with all after it. It is said, and nothing crashes; what is said to be done is what
 * it should be. */
#include "failing_memory.h"
#include "sweep_fixture.h"

#include "model/closed_form.h"

static struct fixture *fixture;
static struct machine machine;

/* ---- what came out, as one number ---- */

static uint64_t digest, expected; /* of this run; of one with memory, 0 before it */

static void add(const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
}

static void add_phase(const struct ledger *ledger, const struct ledger_phase *phase)
{
    size_t domains = ledger->domain_count;
    add(phase->domains, domains * sizeof *phase->domains);
    add(phase->crossings, sizeof phase->crossings);
    add(phase->children, sizeof phase->children);
    for (size_t i = 0; i < CROSSING_KINDS; i++)
        if (phase->histograms[i].count > 0)
            add(phase->histograms[i].bins,
                phase->histograms[i].count * sizeof *phase->histograms[i].bins);
    if (phase->culprit_mcycles != NULL)
        add(phase->culprit_mcycles,
            domains * (domains + 1) * sizeof *phase->culprit_mcycles);
}

static void add_ledger(const struct ledger *ledger)
{
    add(&ledger->total_mcycles, sizeof ledger->total_mcycles);
    add(ledger->structures, sizeof ledger->structures);
    for (size_t i = 0; i < LEDGER_PHASES; i++)
        add_phase(ledger, &ledger->phase[i]);
}

static void begin(void)
{
    digest = 0xcbf29ce484222325;
}

static bool end(bool done)
{
    if (done && expected == 0)
        expected = digest;
    if (done && digest != expected)
        fail_msg("allocation %ld: another result", failing);
    return done;
}

static void each_fails(bool (*run)(struct cb_error *error))
{
    struct cb_error error;
    expected = 0;
    failing = -1; /* a test that failed has left it */
    assert_true(run(&error));
    each_allocation_fails(run);
}

/* ---- replays ---- */

static bool take_bill(void *context, const struct crossing_bill *bill)
{
    (void)context;
    add(&bill->number, sizeof bill->number);
    add(bill->mcycles, sizeof bill->mcycles);
    return true;
}

static bool replay_with(const struct replay_options *options, struct cb_error *error)
{
    begin();
    struct ledger *ledger = replay(fixture->trace, &machine, options, error);
    if (ledger == NULL)
        return end(false);
    add_ledger(ledger);
    if (options->chronicle && ledger->chronicle != NULL)
        add(&ledger->chronicle->recovery, sizeof ledger->chronicle->recovery);
    ledger_free(ledger);
    return end(true);
}

static bool replay_whole(struct cb_error *error)
{
    return replay_with(
        &(struct replay_options){.threads = 1, .chronicle = true, .on_bill = take_bill},
        error);
}

static bool replay_plain(struct cb_error *error)
{
    return replay_with(&(struct replay_options){.threads = 1, .plain = true}, error);
}

static bool replay_in_two_threads(struct cb_error *error)
{
    return replay_with(&(struct replay_options){.threads = 2, .on_bill = take_bill},
                       error);
}

static void test_replay(void **state)
{
    (void)state;
    each_fails(replay_whole);
}

static void test_plain_replay(void **state)
{
    (void)state;
    each_fails(replay_plain);
}

static void test_threads(void **state)
{
    (void)state;
    each_fails(replay_in_two_threads);
}

/* ---- sweeps ---- */

static bool take_point(void *context, uint64_t point, const struct ledger *ledger,
                       const struct cb_error *refused)
{
    (void)context;
    (void)refused;
    add(&point, sizeof point);
    if (ledger != NULL)
        add_ledger(ledger);
    return true;
}

static bool sweep(struct cb_error *error)
{
    begin();
    return end(sweep_run(&fixture->request, fixture->trace,
                         &(struct sweep_options){.threads = 1, .on_point = take_point},
                         error));
}

/* All of it is a pass: two levels of TLBs and caches each. */
static void test_passes(void **state)
{
    (void)state;
    VARY(fixture, "tlb.d.entries=4,8", "cache.l1.ways=1,2", "cache.l2.size=4K,8K");
    each_fails(sweep);
}

static void test_replays_of_a_sweep(void **state)
{
    (void)state;
    VARY(fixture, "tlb.d.replacement=fifo", "tlb.d.entries=4,8", "memory.latency=1,2");
    each_fails(sweep);
}

/* ---- predictions ---- */

static bool predict(struct cb_error *error)
{
    struct footprints footprints;
    struct prediction prediction;
    begin();
    if (!footprints_measure(fixture->trace, &footprints, error))
        return end(false);
    bool done = closed_form_predict(&footprints, &machine, 1, CLOSED_FORM_ANY_ORDER,
                                    &prediction, error);
    footprints_free(&footprints);
    if (done)
        add(&prediction, sizeof prediction);
    return end(done);
}

static void test_prediction(void **state)
{
    (void)state;
    each_fails(predict);
}

static bool load_machine(struct cb_error *error)
{
    struct machine loaded;
    begin();
    bool done = machine_load(&loaded, fixture->machine, NULL, NULL, 0, error);
    if (!done)
        return end(false);
    add(&loaded.clock_khz, sizeof loaded.clock_khz);
    machine_free(&loaded);
    return end(true);
}

static void test_machine(void **state)
{
    (void)state;
    each_fails(load_machine);
}

static int begin_all(void **state)
{
    struct cb_error error;
    set_up(state);
    fixture = *state;
    if (!machine_load(&machine, fixture->machine, NULL, NULL, 0, &error))
        fail_msg("%s", error.sentence);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay),
        cmocka_unit_test(test_plain_replay),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_passes),
        cmocka_unit_test(test_replays_of_a_sweep),
        cmocka_unit_test(test_prediction),
        cmocka_unit_test(test_machine),
    };
    return cmocka_run_group_tests(tests, begin_all, tear_down);
}
