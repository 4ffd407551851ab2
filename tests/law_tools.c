#include "law_tools.h"

#include "trace_tools.h"

static void try_machines(const struct law *law, struct law_pair *pair,
                         uint64_t trace_seed)
{
    for (unsigned i = 0; i < law->machines; i++) {
        struct cb_error error;
        uint64_t machine_seed = trace_seed * law->machines + i;
        pair->seed = machine_seed;
        snprintf(pair->what, sizeof pair->what, "trace %llu on machine %llu",
                 (unsigned long long)trace_seed, (unsigned long long)machine_seed);
        pair->machine =
            law->wild ? wild_machine(machine_seed) : random_machine(machine_seed);
        if (law->machine != NULL)
            law->machine(&pair->machine, &pair->seed);
        if (!machine_check(&pair->machine, &error))
            fail_msg("%s: %s", pair->what, error.sentence);
        law->holds(pair);
    }
}

void try_law(const struct law *law)
{
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("law.xbt"));
    for (uint64_t seed = 1; seed <= law->traces; seed++) {
        struct law_pair pair;
        struct random_shape shape = random_shape(seed);
        if (law->shape != NULL)
            law->shape(&shape);
        random_trace_write(path, seed, &shape);
        trace_load(&pair.trace, path);
        try_machines(law, &pair, seed);
        trace_unload(&pair.trace);
    }
}

struct ledger *law_replay(const struct law_pair *pair, const struct loaded_trace *trace,
                          const struct machine *machine,
                          const struct replay_options *options)
{
    struct cb_error error;
    struct ledger *ledger = replay(trace->reader, machine, options, &error);
    if (ledger == NULL)
        fail_msg("%s: record %llu: %s", pair->what, (unsigned long long)error.record,
                 error.sentence);
    return ledger;
}

void law_equal(const struct law_pair *pair, const char *what, int64_t got, int64_t want)
{
    if (got != want)
        fail_msg("%s: %s is %lld, not %lld", pair->what, what, (long long)got,
                 (long long)want);
}

int64_t time_of(const struct ledger_line *line)
{
    return line->instruction_mcycles + line->memory_mcycles;
}

int64_t account_sum(const struct ledger *ledger, enum account account)
{
    int64_t sum = 0;
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t i = 0; i < ledger->domain_count; i++)
            sum += time_of(&ledger->phase[phase].domains[i].line[account]);
    return sum;
}

const struct ledger_domain *ledger_row(const struct ledger *ledger, int phase,
                                       uint16_t id)
{
    for (size_t i = 0; i < ledger->domain_count; i++)
        if (ledger->phase[phase].domains[i].id == id)
            return &ledger->phase[phase].domains[i];
    return NULL;
}

int64_t misses_of(const struct structure_counters *counters)
{
    return counters->misses[0] + counters->misses[1] + counters->misses[2];
}

bool same_line(const struct ledger_line *a, const struct ledger_line *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool law_keep_bill(void *context, const struct crossing_bill *bill)
{
    struct law_bills *bills = context;
    if (bills->count == bills->room) {
        bills->room = 2 * bills->room + 64;
        bills->list = realloc(bills->list, bills->room * sizeof *bills->list);
        assert_non_null(bills->list);
    }
    bills->list[bills->count++] = *bill;
    return true;
}
