/* Traces from which crossings were lost: what is put right still adds up, and a sound
 * trace is not touched. */
#include "../law_tools.h"

#include "../trace_tools.h"

/* One in eight crossings is lost, in or out. */
static bool loses_crossings(const struct rewriting *rewriting,
                            const struct loaded_trace *trace, struct trace_record *record)
{
    (void)trace;
    static uint64_t seed;
    if (record->kind != TRACE_CROSSING_IN && record->kind != TRACE_CROSSING_OUT)
        return true;
    seed = seed * 6364136223846793005u + 1442695040888963407u + rewriting->domain;
    return seed >> 61 != 0;
}

static int64_t accounts_sum(const struct ledger *ledger)
{
    int64_t sum = 0;
    for (int account = 0; account < ACCOUNTS; account++)
        sum += account_sum(ledger, (enum account)account);
    return sum;
}

static bool adds_up_when_put_right(const struct law_pair *pair,
                                   const struct loaded_trace *trace)
{
    struct cb_error error;
    struct replay_options options = {.lenient = true};
    struct ledger *strict = replay(trace->reader, &pair->machine, NULL, &error);
    struct ledger *lenient = law_replay(pair, trace, &pair->machine, &options);
    bool repaired = ledger_repairs(lenient) > 0;
    law_equal(pair, "the sum of the accounts", accounts_sum(lenient),
              lenient->total_mcycles);
    law_equal(pair, "being refused without --lenient", strict == NULL, repaired);
    if (strict != NULL)
        law_equal(pair, "the total when nothing is put right", lenient->total_mcycles,
                  strict->total_mcycles);
    ledger_free(strict);
    ledger_free(lenient);
    return repaired;
}

static unsigned repaired_traces;

static void lost_crossings_are_put_right(struct law_pair *pair)
{
    char path[128];
    struct rewriting rewriting = {.keep = loses_crossings,
                                  .domain = (uint16_t)(pair->seed & 0xff)}; /* a seed */
    struct loaded_trace broken;
    snprintf(path, sizeof path, "%s", scratch_path("broken.xbt"));
    trace_rewrite(&pair->trace, path, &rewriting);
    trace_load(&broken, path);
    repaired_traces += adds_up_when_put_right(pair, &broken);
    trace_unload(&broken);
    if (adds_up_when_put_right(pair, &pair->trace))
        fail_msg("%s: a sound trace was put right", pair->what);
}

static void lenient(void **state)
{
    (void)state;
    const struct law law = {60, 1, NULL, NULL, lost_crossings_are_put_right, true};
    try_law(&law);
    assert_true(repaired_traces > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lenient)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
