/* The ledger adds up, whatever the trace and the machine: every cycle is charged once. */
#include "../law_tools.h"

static void the_accounts_sum_to_the_total(struct law_pair *pair)
{
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, NULL);
    int64_t accounts = 0, by_account = 0, by_group = 0;
    for (int account = 0; account < ACCOUNTS; account++)
        accounts += account_sum(ledger, (enum account)account);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (int account = 0; account < ACCOUNTS; account++)
            by_account += ledger_account_mcycles(ledger, (enum trace_phase)phase,
                                                 (enum account)account);
        for (int group = 0; group < GROUPS; group++)
            by_group += ledger_group_mcycles(ledger, (enum trace_phase)phase,
                                             (enum account_group)group);
    }
    law_equal(pair, "the sum of all lines", accounts, ledger->total_mcycles);
    law_equal(pair, "the sum of all accounts", by_account, ledger->total_mcycles);
    law_equal(pair, "the sum of all groups", by_group, ledger->total_mcycles);
    ledger_free(ledger);
}

/* A replay without worlds, accounts and culprits sees the same misses. */
static void the_total_is_that_of_a_plain_replay(struct law_pair *pair)
{
    struct replay_options options = {.plain = true};
    struct ledger *full = law_replay(pair, &pair->trace, &pair->machine, NULL);
    struct ledger *plain = law_replay(pair, &pair->trace, &pair->machine, &options);
    law_equal(pair, "the plain total", plain->total_mcycles, full->total_mcycles);
    law_equal(pair, "the number of structures", (int64_t)plain->structure_count,
              (int64_t)full->structure_count);
    for (size_t i = 0; i < full->structure_count; i++)
        if (memcmp(&plain->structures[i], &full->structures[i],
                   sizeof full->structures[i]) != 0)
            fail_msg("%s: the counters of %s differ", pair->what,
                     full->structures[i].name);
    ledger_free(plain);
    ledger_free(full);
}

static void check_line(const struct law_pair *pair, const struct ledger_line *line)
{
    int64_t time = 0;
    for (int side = 0; side < SIDES; side++)
        for (int component = 0; component < COMPONENTS; component++)
            time += line->counts.n[side][component] *
                    component_mcycles(&pair->machine, (enum side)side,
                                      (enum component)component);
    law_equal(pair, "counts times latencies", time, line->memory_mcycles);
}

static void every_charge_is_counts_times_latencies(struct law_pair *pair)
{
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, NULL);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < ledger->domain_count; i++) {
            const struct ledger_domain *domain = &ledger->phase[phase].domains[i];
            int64_t executed = 0, instructions = 0, classes = 0, spent = 0;
            for (int account = 0; account < ACCOUNTS; account++) {
                check_line(pair, &domain->line[account]);
                executed += domain->line[account].instructions;
                instructions += domain->line[account].instruction_mcycles;
            }
            for (int class = 0; class < INSTRUCTION_CLASSES; class ++) {
                classes += domain->classes[class];
                spent += domain->classes[class] * pair->machine.instructions[class];
            }
            law_equal(pair, "instructions by class", classes, executed);
            if (pair->machine.pairing == MACHINE_PAIRING_NONE)
                law_equal(pair, "classes times costs", spent, instructions);
        }
    }
    ledger_free(ledger);
}

/* Only credits are negative, and only they may be. */
static void signs_are_those_of_the_accounts(struct law_pair *pair)
{
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, NULL);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < ledger->domain_count; i++) {
            for (int account = 0; account < ACCOUNTS; account++) {
                bool credit = account == ACCOUNT_COMPETITION_CREDIT ||
                              account == ACCOUNT_CREDIT_SHARED ||
                              account == ACCOUNT_CREDIT_POLICY;
                const struct counts *counts =
                    &ledger->phase[phase].domains[i].line[account].counts;
                for (int n = 0; n < SIDES * COMPONENTS; n++) {
                    int64_t count = counts->n[n / COMPONENTS][n % COMPONENTS];
                    if (credit ? count > 0 : count < 0)
                        fail_msg("%s: %s counts %lld", pair->what,
                                 account_name((enum account)account), (long long)count);
                }
            }
        }
    }
    ledger_free(ledger);
}

static void sums(void **state)
{
    (void)state;
    const struct law law = {80, 3, NULL, NULL, the_accounts_sum_to_the_total, true};
    try_law(&law);
}

static void plain(void **state)
{
    (void)state;
    const struct law law = {80, 3, NULL, NULL, the_total_is_that_of_a_plain_replay, true};
    try_law(&law);
}

static void products(void **state)
{
    (void)state;
    const struct law law = {80,  3, NULL, NULL, every_charge_is_counts_times_latencies,
                            true};
    try_law(&law);
}

static void signs(void **state)
{
    (void)state;
    const struct law law = {80, 3, NULL, NULL, signs_are_those_of_the_accounts, true};
    try_law(&law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums),
        cmocka_unit_test(plain),
        cmocka_unit_test(products),
        cmocka_unit_test(signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
