/* What the ledger says of a domain depends on its own accesses alone where it should, and
 * never on its name. */
#include "../law_tools.h"
#include "../trace_tools.h"

/* ---- each domain's work is what its accesses cost alone ---- */

/* What a branch, a further turn of a rep or a second in a pair costs depends on the fetch
 * beside it, which leaving out the others' code changes: here it costs the same either
 * way. */
static void same_cost_whatever_follows(struct machine *machine, uint64_t *seed)
{
    (void)seed;
    int64_t *cost = machine->instructions;
    machine->pairing = MACHINE_PAIRING_NONE;
    cost[INSTRUCTION_JCC_TAKEN] = cost[INSTRUCTION_JCC];
    cost[INSTRUCTION_LOOP_TAKEN] = cost[INSTRUCTION_LOOP];
    cost[INSTRUCTION_REP_MOVS_EACH] = cost[INSTRUCTION_REP_MOVS];
    cost[INSTRUCTION_REP_STOS_EACH] = cost[INSTRUCTION_REP_STOS];
}

/* The work of one domain, and what else sets the stage, in one space, whosever space a
 * service of the domain's in the kernel ran in. Nothing is flushed. The space is the same
 * before the first space switch, which not every trace begins with: were it another one,
 * a tagged TLB would be asked for every page a second time. */
static bool keep_work(const struct rewriting *rewriting, const struct loaded_trace *trace,
                      struct trace_record *record)
{
    if (record->kind == TRACE_SPACE_SWITCH) {
        record->detail = TRACE_HOW_NONE;
        record->b = 0;
    }
    if (record->kind > TRACE_STORE)
        return true;
    return trace->view.codes[record->code].role == TRACE_WORK &&
           record->domain == rewriting->domain;
}

/* All of the shared world is that domain's work now, but for the traps themselves. */
static void is_all_work(const struct law_pair *pair, const struct ledger *alone,
                        const struct ledger *full, uint16_t id)
{
    int64_t work = 0;
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        const struct ledger_line *got = ledger_row(alone, phase, id)->line;
        const struct ledger_line *want = ledger_row(full, phase, id)->line;
        if (!same_line(&got[ACCOUNT_WORK], &want[ACCOUNT_WORK]))
            fail_msg("%s: domain %u's work is not what it costs alone", pair->what, id);
        work += time_of(&want[ACCOUNT_WORK]);
    }
    law_equal(pair, "the time of a domain alone",
              alone->total_mcycles - account_sum(alone, ACCOUNT_BORDER), work);
}

static void work_is_what_it_costs_alone(struct law_pair *pair)
{
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("alone.xbt"));
    struct ledger *full = law_replay(pair, &pair->trace, &pair->machine, NULL);
    for (size_t i = 0; i < pair->trace.view.domain_count; i++) {
        uint16_t id = pair->trace.view.domains[i].id;
        struct rewriting rewriting = {
            .keep = keep_work, .without_tables = true, .in_space_0 = true, .domain = id};
        struct loaded_trace only;
        trace_rewrite(&pair->trace, path, &rewriting);
        trace_load(&only, path);
        struct ledger *alone = law_replay(pair, &only, &pair->machine, NULL);
        is_all_work(pair, alone, full, id);
        ledger_free(alone);
        trace_unload(&only);
    }
    ledger_free(full);
}

/* ---- names mean nothing ---- */

static bool keep_all(const struct rewriting *rewriting, const struct loaded_trace *trace,
                     struct trace_record *record)
{
    (void)rewriting;
    (void)trace;
    (void)record;
    return true;
}

/* The kernel is domain 0 in every trace; the others' order turns round. */
static uint16_t other_name(const struct rewriting *rewriting, uint16_t domain)
{
    (void)rewriting;
    return domain == 0 ? 0 : (uint16_t)(9000 - 13 * domain);
}

static size_t row_number(const struct ledger *ledger, uint16_t id)
{
    size_t row = 0;
    while (row < ledger->domain_count && ledger->phase[0].domains[row].id != id)
        row++;
    assert_true(row < ledger->domain_count);
    return row;
}

static void same_culprits(const struct law_pair *pair, const struct ledger *a,
                          const struct ledger *b, int phase)
{
    size_t count = a->domain_count, width = count + 1;
    for (size_t i = 0; i < count; i++) {
        size_t row = row_number(b, other_name(NULL, a->phase[phase].domains[i].id));
        for (size_t j = 0; j < width; j++) {
            size_t column =
                j == count
                    ? j
                    : row_number(b, other_name(NULL, a->phase[phase].domains[j].id));
            law_equal(pair, "a culprit's sum",
                      b->phase[phase].culprit_mcycles[row * width + column],
                      a->phase[phase].culprit_mcycles[i * width + j]);
        }
    }
}

static void same_but_for_names(const struct law_pair *pair, const struct ledger *a,
                               const struct ledger *b, int phase)
{
    for (size_t i = 0; i < a->domain_count; i++) {
        const struct ledger_domain *old = &a->phase[phase].domains[i];
        const struct ledger_domain *new = ledger_row(b, phase, other_name(NULL, old->id));
        assert_non_null(new);
        for (int account = 0; account < ACCOUNTS; account++)
            if (!same_line(&old->line[account], &new->line[account]))
                fail_msg("%s: %s of domain %u depends on its name", pair->what,
                         account_name((enum account)account), old->id);
        law_equal(pair, "visits", new->visits, old->visits);
        law_equal(pair, "pages of visits", new->visit_pages, old->visit_pages);
        law_equal(pair, "lines of visits", new->visit_lines, old->visit_lines);
    }
    if (memcmp(a->phase[phase].crossings, b->phase[phase].crossings,
               sizeof a->phase[phase].crossings) != 0)
        fail_msg("%s: crossings depend on names", pair->what);
    same_culprits(pair, a, b, phase);
}

static void names_mean_nothing(struct law_pair *pair)
{
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("renamed.xbt"));
    struct rewriting rewriting = {.keep = keep_all, .rename = other_name};
    struct loaded_trace other;
    trace_rewrite(&pair->trace, path, &rewriting);
    trace_load(&other, path);
    struct ledger *a = law_replay(pair, &pair->trace, &pair->machine, NULL);
    struct ledger *b = law_replay(pair, &other, &pair->machine, NULL);
    law_equal(pair, "the total", b->total_mcycles, a->total_mcycles);
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        same_but_for_names(pair, a, b, phase);
    ledger_free(a);
    ledger_free(b);
    trace_unload(&other);
}

/* ---- who never leaves pays for nothing but work ---- */

static void stay(struct random_shape *shape)
{
    shape->never_leaves = true;
    shape->domains = 1;
}

static void is_work_alone(struct law_pair *pair)
{
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, NULL);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < ledger->domain_count; i++) {
            static const struct ledger_line nothing;
            const struct ledger_domain *domain = &ledger->phase[phase].domains[i];
            for (int account = 0; account < ACCOUNTS; account++)
                if (account != ACCOUNT_WORK &&
                    !same_line(&domain->line[account], &nothing))
                    fail_msg("%s: domain %u never left and pays %s", pair->what,
                             domain->id, account_name((enum account)account));
        }
    }
    law_equal(pair, "work", account_sum(ledger, ACCOUNT_WORK), ledger->total_mcycles);
    assert_true(ledger->total_mcycles > 0);
    ledger_free(ledger);
}

static void work_alone(void **state)
{
    (void)state;
    const struct law law = {
        100, 1, NULL, same_cost_whatever_follows, work_is_what_it_costs_alone, false};
    try_law(&law);
}

static void tell_no_first_space(struct random_shape *shape)
{
    shape->tells_first_space = false;
}

/* As imported traces may be: until somebody switches no directory is known, and no walk
 * reads. */
static void work_alone_without_first_space(void **state)
{
    (void)state;
    const struct law law = {100,
                            1,
                            tell_no_first_space,
                            same_cost_whatever_follows,
                            work_is_what_it_costs_alone,
                            false};
    try_law(&law);
}

static void renaming(void **state)
{
    (void)state;
    const struct law law = {40, 2, NULL, NULL, names_mean_nothing, true};
    try_law(&law);
}

static void never_leaving(void **state)
{
    (void)state;
    const struct law law = {80, 3, stay, NULL, is_work_alone, true};
    try_law(&law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_alone),
        cmocka_unit_test(work_alone_without_first_space),
        cmocka_unit_test(renaming),
        cmocka_unit_test(never_leaving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
