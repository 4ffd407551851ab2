/* The golden cases of tests/golden: both replays give what was derived by hand. */
#include "../test.h"

#include "../golden_case.h"
#include "../loaded_trace.h"
#include "../trace_tools.h"

#include <dirent.h>
#include <unistd.h>

#define GOLDEN_DIRECTORY "tests/golden"
#define CASES_MAX        64

/* What one replay says of one domain, beside what was derived. */
struct said {
    const char *replay; /* "fast" or "naive" */
    int phase;
    const struct ledger_line *line;
    const int64_t *refilled_after_flush, *refilled_after_eviction;
};

struct judgement {
    const char *name; /* of the case */
    int differences;
};

static void judge(struct judgement *judgement, const struct said *said, uint16_t domain,
                  const char *what, int64_t got, int64_t want)
{
    if (got == want)
        return;
    judgement->differences++;
    print_error("%s, %s replay: phase %d, domain %u, %s: %lld, not %lld\n",
                judgement->name, said->replay, said->phase, domain, what, (long long)got,
                (long long)want);
}

static void judge_line(struct judgement *judgement, const struct said *said,
                       uint16_t domain, enum account account,
                       const struct ledger_line *want)
{
    const struct ledger_line *got = &said->line[account];
    char what[96];
    for (int n = 0; n < SIDES * COMPONENTS; n++) {
        enum side side = (enum side)(n / COMPONENTS);
        enum component component = (enum component)(n % COMPONENTS);
        snprintf(what, sizeof what, "%s %s %s", account_name(account), side_name(side),
                 component_name(component));
        judge(judgement, said, domain, what, got->counts.n[side][component],
              want->counts.n[side][component]);
    }
    snprintf(what, sizeof what, "%s instructions", account_name(account));
    judge(judgement, said, domain, what, got->instructions, want->instructions);
    snprintf(what, sizeof what, "%s instruction time", account_name(account));
    judge(judgement, said, domain, what, got->instruction_mcycles,
          want->instruction_mcycles);
    snprintf(what, sizeof what, "%s memory time", account_name(account));
    judge(judgement, said, domain, what, got->memory_mcycles, want->memory_mcycles);
}

static void judge_domain(struct judgement *judgement, const struct said *said,
                         const struct golden_domain *want)
{
    for (int account = 0; account < ACCOUNTS; account++)
        judge_line(judgement, said, want->id, (enum account)account,
                   &want->line[account]);
    for (int i = 0; i < COMPONENTS; i++) {
        char what[64];
        const char *name = component_name((enum component)i);
        snprintf(what, sizeof what, "refilled after flush, %s", name);
        judge(judgement, said, want->id, what, said->refilled_after_flush[i],
              want->refilled_after_flush[i]);
        snprintf(what, sizeof what, "refilled after eviction, %s", name);
        judge(judgement, said, want->id, what, said->refilled_after_eviction[i],
              want->refilled_after_eviction[i]);
    }
}

static void judge_structure(struct judgement *judgement, const char *replay,
                            const struct structure_counters *got,
                            const struct structure_counters *want)
{
    static const char *const kinds[] = {"fetch", "load", "store"};
    struct said said = {.replay = replay};
    char what[96];
    for (int kind = 0; kind < 3; kind++) {
        snprintf(what, sizeof what, "%s, accesses by %s", got->name, kinds[kind]);
        judge(judgement, &said, 0, what, got->accesses[kind], want->accesses[kind]);
        snprintf(what, sizeof what, "%s, misses by %s", got->name, kinds[kind]);
        judge(judgement, &said, 0, what, got->misses[kind], want->misses[kind]);
    }
    snprintf(what, sizeof what, "%s, flushes, flushed entries, write-backs", got->name);
    judge(judgement, &said, 0, what, got->flushes, want->flushes);
    judge(judgement, &said, 0, what, got->flushed_entries, want->flushed_entries);
    judge(judgement, &said, 0, what, got->write_backs, want->write_backs);
}

/* Where the case gives counters, those of a structure that it does not name are zero. */
static void judge_structures(struct judgement *judgement, const char *replay,
                             const struct structure_counters *got, size_t count,
                             const struct golden_ledger *want)
{
    size_t named = 0;
    if (want->structure_count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        static const struct structure_counters nothing;
        const struct structure_counters *found = &nothing;
        for (size_t n = 0; n < want->structure_count; n++)
            if (strcmp(want->structures[n].name, got[i].name) == 0)
                found = &want->structures[n];
        named += found != &nothing;
        judge_structure(judgement, replay, &got[i], found);
    }
    judge(judgement, &(struct said){.replay = replay}, 0, "structures of these names",
          (int64_t)named, (int64_t)want->structure_count);
}

/* The bills as they come, and what was derived of them. */
struct bill_judgement {
    struct judgement *judgement;
    const struct golden_ledger *want;
    uint32_t count;
};

static bool judge_bill(void *context, const struct crossing_bill *bill)
{
    struct bill_judgement *bills = context;
    assert_true(bills->count < GOLDEN_CROSSINGS);
    const struct golden_crossing *want = &bills->want->crossings[bills->count++];
    struct said said = {.replay = "fast", .phase = bill->phase};
    if (!bills->want->crossings[0].given)
        return true;
    judge(bills->judgement, &said, bill->domain, "number", bill->number, bills->count);
    judge(bills->judgement, &said, bill->domain, "crossing", want->given, true);
    judge(bills->judgement, &said, bill->domain, "kind", bill->kind, want->kind);
    judge(bills->judgement, &said, bill->domain, "parent", bill->parent, want->parent);
    judge(bills->judgement, &said, bill->domain, "domain left", bill->domain,
          want->domain);
    for (int account = 0; account < ACCOUNTS; account++) {
        char what[96];
        snprintf(what, sizeof what, "bill %u, %s", bill->number,
                 account_name((enum account)account));
        judge(bills->judgement, &said, bill->domain, what, bill->mcycles[account],
              want->mcycles[account]);
    }
    return true;
}

/* What the crossings of a kind cost with their children, as derived: one by one in the
 * case, but summaries are all that the ledger has of it. */
static struct distribution rolled_up(const struct golden_ledger *want,
                                     enum crossing_kind kind)
{
    struct distribution all = {0};
    for (int i = 0; i < GOLDEN_CROSSINGS; i++) {
        const struct golden_crossing *crossing = &want->crossings[i];
        int64_t mcycles = crossing->with_children_mcycles;
        if (!crossing->given || crossing->kind != kind)
            continue;
        all.min = all.count == 0 || mcycles < all.min ? mcycles : all.min;
        all.max = all.count == 0 || mcycles > all.max ? mcycles : all.max;
        all.sum += mcycles;
        all.count++;
    }
    return all;
}

static void judge_rolled_up(struct judgement *judgement, const struct ledger *ledger,
                            const struct golden_ledger *want)
{
    struct said said = {.replay = "fast", .phase = TRACE_PHASE_MEASURED};
    if (want->crossings[0].with_children_mcycles == 0)
        return;
    for (int n = 0; n < CROSSING_KINDS; n++) {
        enum crossing_kind kind = (enum crossing_kind)n;
        struct distribution derived = rolled_up(want, kind);
        const struct distribution *got =
            &ledger->phase[said.phase].crossings[kind].with_children;
        const char *name = crossing_kind_name(kind);
        judge(judgement, &said, 0, name, got->count, derived.count);
        judge(judgement, &said, 0, name, got->sum, derived.sum);
        judge(judgement, &said, 0, name, got->min, derived.min);
        judge(judgement, &said, 0, name, got->max, derived.max);
    }
}

static void judge_fast(struct judgement *judgement, const struct loaded_trace *trace,
                       const struct machine *machine, const struct golden_ledger *want)
{
    struct cb_error error;
    struct bill_judgement bills = {judgement, want, 0};
    struct replay_options options = {.on_bill = judge_bill, .context = &bills};
    struct ledger *ledger = replay(trace->reader, machine, &options, &error);
    if (ledger == NULL)
        fail_msg("%s: %s", judgement->name, error.sentence);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < want->domain_count; i++) {
            const struct golden_domain *domain = &want->domains[phase][i];
            const struct ledger_domain *got = ledger->phase[phase].domains;
            while (got->id != domain->id)
                got++;
            struct said said = {"fast", phase, got->line, got->refilled_after_flush,
                                got->refilled_after_eviction};
            judge_domain(judgement, &said, domain);
        }
    }
    assert_true(bills.count <= GOLDEN_CROSSINGS);
    for (uint32_t i = bills.count; i < GOLDEN_CROSSINGS; i++)
        judge(judgement, &(struct said){.replay = "fast"}, 0,
              "crossings that are missing", 0, want->crossings[i].given);
    judge_rolled_up(judgement, ledger, want);
    judge_structures(judgement, "fast", ledger->structures, ledger->structure_count,
                     want);
    judge(judgement, &(struct said){.replay = "fast"}, 0, "total", ledger->total_mcycles,
          want->total_mcycles);
    ledger_free(ledger);
}

static void judge_naive(struct judgement *judgement, const struct loaded_trace *trace,
                        const struct machine *machine, const struct golden_ledger *want)
{
    struct reference_ledger *ledger = reference_replay(&trace->view, machine);
    assert_non_null(ledger);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < want->domain_count; i++) {
            const struct reference_domain *got = &ledger->domains[phase][i];
            struct said said = {"naive", phase, got->line, got->refilled_after_flush,
                                got->refilled_after_eviction};
            judge_domain(judgement, &said, &want->domains[phase][i]);
        }
    }
    judge_structures(judgement, "naive", ledger->structures, ledger->structure_count,
                     want);
    judge(judgement, &(struct said){.replay = "naive"}, 0, "total", ledger->total_mcycles,
          want->total_mcycles);
    reference_free(ledger);
}

static void load_machine(struct machine *machine, const char *name)
{
    struct cb_error error;
    char path[512];
    snprintf(path, sizeof path, GOLDEN_DIRECTORY "/%s/machine.json", name);
    const char *which = access(path, R_OK) == 0 ? path : "tiny";
    if (!machine_load(machine, which, "model/machines", NULL, 0, &error)) {
        char text[1200];
        cb_error_format(&error, text, sizeof text);
        fail_msg("%s: %s", name, text);
    }
}

static void is_as_derived(void **state)
{
    struct judgement judgement = {.name = *state};
    struct loaded_trace trace;
    struct machine machine;
    struct golden_ledger want;
    char text[512];
    const char *path = scratch_path("golden.xbt");
    snprintf(text, sizeof text, GOLDEN_DIRECTORY "/%s/trace.txt", judgement.name);
    golden_write_trace(text, path);
    trace_load(&trace, path);
    load_machine(&machine, judgement.name);
    snprintf(text, sizeof text, GOLDEN_DIRECTORY "/%s/expected.txt", judgement.name);
    golden_read_ledger(text, &trace.view, &want);
    judge_naive(&judgement, &trace, &machine, &want);
    judge_fast(&judgement, &trace, &machine, &want);
    machine_free(&machine);
    trace_unload(&trace);
    assert_int_equal(judgement.differences, 0);
}

static int is_case(const struct dirent *entry)
{
    return entry->d_type == DT_DIR && entry->d_name[0] != '.';
}

/* A test for each folder. */
int main(void)
{
    struct dirent **entries;
    struct CMUnitTest tests[CASES_MAX];
    int count = scandir(GOLDEN_DIRECTORY, &entries, is_case, alphasort);
    if (count < 1 || count > CASES_MAX) {
        puts("not ok - no golden cases in " GOLDEN_DIRECTORY);
        return 1;
    }
    for (int i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){.name = entries[i]->d_name,
                                       .test_func = is_as_derived,
                                       .initial_state = entries[i]->d_name};
    int failed = _cmocka_run_group_tests("golden", tests, (size_t)count, NULL, NULL);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return failed;
}
