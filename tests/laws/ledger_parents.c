/* Who crosses on whose behalf, by kinds, against the bills, one by one. */
#include "../law_tools.h"

static int64_t total_of(const struct crossing_bill *bill)
{
    int64_t sum = 0;
    for (int account = 0; account < ACCOUNTS; account++)
        sum += bill->mcycles[account];
    return sum;
}

static void judge(const struct law_pair *pair, const struct law_bills *bills,
                  const struct ledger *ledger, int phase, int parent, int kind)
{
    struct crossing_children want = {0};
    for (size_t i = 0; i < bills->count; i++) {
        const struct crossing_bill *bill = &bills->list[i];
        int of = bill->parent == 0 ? CROSSING_KINDS : bills->list[bill->parent - 1].kind;
        if (bill->phase != phase || bill->kind != kind || of != parent)
            continue;
        want.count++;
        want.mcycles += total_of(bill);
    }
    const struct crossing_children *got = &ledger->phase[phase].children[parent][kind];
    law_equal(pair, "crossings on behalf of a kind", got->count, want.count);
    law_equal(pair, "what they cost", got->mcycles, want.mcycles);
}

static void every_bill_has_its_place(struct law_pair *pair)
{
    struct law_bills bills = {0};
    struct replay_options options = {.on_bill = law_keep_bill, .context = &bills};
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, &options);
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (int parent = 0; parent <= CROSSING_KINDS; parent++)
            for (int kind = 0; kind < CROSSING_KINDS; kind++)
                judge(pair, &bills, ledger, phase, parent, kind);
    free(bills.list);
    ledger_free(ledger);
}

static void parents_agree_with_bills(void **state)
{
    (void)state;
    static const struct law law = {
        .traces = 60, .machines = 2, .holds = every_bill_has_its_place, .wild = true};
    try_law(&law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parents_agree_with_bills),
    };
    return cmocka_run_group_tests_name("ledger_parents", tests, NULL, NULL);
}
