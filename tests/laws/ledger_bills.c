/* The bills of crossings against the ledger and against the trace: nothing is lost on the
 * way from one to the other. */
#include "../law_tools.h"

static struct ledger *replay_bills(const struct law_pair *pair, struct law_bills *bills)
{
    *bills = (struct law_bills){0};
    struct replay_options options = {.on_bill = law_keep_bill, .context = bills};
    return law_replay(pair, &pair->trace, &pair->machine, &options);
}

/* ---- bills and ledger ---- */

static int64_t billed(const struct law_bills *bills, enum account account)
{
    int64_t sum = 0;
    for (size_t i = 0; i < bills->count; i++)
        sum += bills->list[i].mcycles[account];
    return sum;
}

static bool is_between(int64_t value, int64_t a, int64_t b)
{
    return a <= b ? value >= a && value <= b : value >= b && value <= a;
}

/* Path code and flushes always belong to a crossing, in random traces. What work
 * displaces or leaves behind for others does so only if that work runs on behalf of a
 * crossing; a credit that the policy gives is nobody's doing. */
static void bills_hold_what_the_ledger_holds(struct law_pair *pair)
{
    struct law_bills bills;
    struct ledger *ledger = replay_bills(pair, &bills);
    for (int i = 0; i < ACCOUNTS; i++) {
        enum account account = (enum account)i;
        enum account_group group = account_group(account);
        int64_t have = billed(&bills, account), all = account_sum(ledger, account);
        if (group != GROUP_EXPLICIT && group != GROUP_IMPLICIT)
            law_equal(pair, account_name(account), have, 0);
        else if (account != ACCOUNT_DISPLACED && account != ACCOUNT_CREDIT_SHARED &&
                 account != ACCOUNT_CREDIT_POLICY)
            law_equal(pair, account_name(account), have, all);
        else if (!is_between(have, 0, all))
            fail_msg("%s: bills hold %lld of %s, the ledger %lld", pair->what,
                     (long long)have, account_name(account), (long long)all);
    }
    ledger_free(ledger);
    free(bills.list);
}

static void culprits_hold_all_isolation(struct law_pair *pair)
{
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, NULL);
    size_t width = ledger->domain_count + 1;
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < ledger->domain_count; i++) {
            const struct ledger_line *line = ledger->phase[phase].domains[i].line;
            int64_t sum = 0;
            for (size_t j = 0; j < width; j++)
                sum += ledger->phase[phase].culprit_mcycles[i * width + j];
            law_equal(pair, "the culprits' sum", sum,
                      time_of(&line[ACCOUNT_REFILL]) + time_of(&line[ACCOUNT_DISPLACED]));
        }
    }
    ledger_free(ledger);
}

/* ---- bills and their summaries ---- */

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The smallest value with at least that share of the values at or below it. */
static int64_t percentile(const int64_t *sorted, size_t count, size_t percent)
{
    for (size_t i = 0; i < count; i++)
        if (100 * (i + 1) >= percent * count)
            return sorted[i];
    return 0;
}

static void check_distribution(const struct law_pair *pair, const char *what,
                               int64_t *values, size_t count,
                               const struct distribution *got)
{
    int64_t sum = 0;
    qsort(values, count, sizeof *values, ascending);
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    law_equal(pair, what, got->count, (int64_t)count);
    law_equal(pair, what, got->sum, sum);
    if (count == 0)
        return;
    law_equal(pair, what, got->min, values[0]);
    law_equal(pair, what, got->median, percentile(values, count, 50));
    law_equal(pair, what, got->p90, percentile(values, count, 90));
    law_equal(pair, what, got->p99, percentile(values, count, 99));
    law_equal(pair, what, got->max, values[count - 1]);
}

static int64_t group_of_bill(const struct crossing_bill *bill, enum account_group group)
{
    int64_t sum = 0;
    for (int account = 0; account < ACCOUNTS; account++)
        if (account_group((enum account)account) == group)
            sum += bill->mcycles[account];
    return sum;
}

static void check_summary(const struct law_pair *pair, const struct law_bills *bills,
                          int phase, int kind, const struct crossing_summary *got)
{
    size_t count = 0;
    struct crossing_summary want = {0};
    int64_t *values[3];
    for (int i = 0; i < 3; i++)
        assert_non_null(values[i] = calloc(bills->count + 1, sizeof(int64_t)));
    for (size_t i = 0; i < bills->count; i++) {
        const struct crossing_bill *bill = &bills->list[i];
        if (bill->phase != phase || bill->kind != kind)
            continue;
        values[0][count] = group_of_bill(bill, GROUP_EXPLICIT);
        values[1][count] = group_of_bill(bill, GROUP_IMPLICIT);
        values[2][count] = values[0][count] + values[1][count];
        want.instructions += bill->instructions;
        for (int account = 0; account < ACCOUNTS; account++)
            want.account_mcycles[account] += bill->mcycles[account];
        count++;
    }
    law_equal(pair, "crossings of a kind", got->count, (int64_t)count);
    law_equal(pair, "instructions of a kind", got->instructions, want.instructions);
    for (int account = 0; account < ACCOUNTS; account++)
        law_equal(pair, "an account of a kind", got->account_mcycles[account],
                  want.account_mcycles[account]);
    check_distribution(pair, "explicit cost", values[0], count, &got->explicit_cost);
    check_distribution(pair, "implicit cost", values[1], count, &got->implicit_cost);
    check_distribution(pair, "cost", values[2], count, &got->total);
    for (int i = 0; i < 3; i++)
        free(values[i]);
}

static void summaries_are_those_of_the_bills(struct law_pair *pair)
{
    struct law_bills bills;
    struct ledger *ledger = replay_bills(pair, &bills);
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (int kind = 0; kind < CROSSING_KINDS; kind++)
            check_summary(pair, &bills, phase, kind,
                          &ledger->phase[phase].crossings[kind]);
    ledger_free(ledger);
    free(bills.list);
}

/* ---- bills rolled up the call tree ---- */

static bool is_on_behalf(const struct law_bills *bills, size_t i, uint32_t of)
{
    uint32_t number = bills->list[i].number;
    while (number != 0 && number != of)
        number = bills->list[number - 1].parent;
    return number == of;
}

static int64_t own_cost(const struct crossing_bill *bill)
{
    return group_of_bill(bill, GROUP_EXPLICIT) + group_of_bill(bill, GROUP_IMPLICIT);
}

/* Straight from the definition: the bills of all from which the parents lead to it. */
static int64_t cost_with_children(const struct law_bills *bills, size_t i)
{
    int64_t sum = 0;
    for (size_t j = i; j < bills->count; j++)
        if (is_on_behalf(bills, j, bills->list[i].number))
            sum += own_cost(&bills->list[j]);
    return sum;
}

static void check_rolled_up(const struct law_pair *pair, const struct law_bills *bills,
                            const int64_t *rolled, int phase, int kind,
                            const struct crossing_summary *got)
{
    size_t count = 0;
    int64_t *values = calloc(bills->count + 1, sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < bills->count; i++)
        if (bills->list[i].phase == phase && bills->list[i].kind == kind)
            values[count++] = rolled[i];
    check_distribution(pair, "cost with children", values, count, &got->with_children);
    free(values);
}

/* And those of the roots are all there is. */
static void children_are_rolled_up(struct law_pair *pair)
{
    struct law_bills bills;
    struct ledger *ledger = replay_bills(pair, &bills);
    int64_t *rolled = calloc(bills.count + 1, sizeof *rolled);
    int64_t roots = 0, all = 0;
    assert_non_null(rolled);
    for (size_t i = 0; i < bills.count; i++) {
        rolled[i] = cost_with_children(&bills, i);
        roots += bills.list[i].parent == 0 ? rolled[i] : 0;
        all += own_cost(&bills.list[i]);
    }
    law_equal(pair, "the sum over the roots", roots, all);
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (int kind = 0; kind < CROSSING_KINDS; kind++)
            check_rolled_up(pair, &bills, rolled, phase, kind,
                            &ledger->phase[phase].crossings[kind]);
    free(rolled);
    ledger_free(ledger);
    free(bills.list);
}

/* ---- bills and trace ---- */

/* What a crossing does, read off the events up to the one that closes it; interrupts
 * inside it are crossings of their own. */
static enum crossing_kind kind_in_trace(const struct reference_trace *trace,
                                        size_t number)
{
    unsigned depth = 0;
    if (trace->records[number].detail == TRACE_CAUSE_FAULT)
        return CROSSING_FAULT;
    if (trace->records[number].detail == TRACE_CAUSE_INTERRUPT)
        return CROSSING_INTERRUPT;
    for (; number < trace->record_count; number++) {
        const struct trace_record *record = &trace->records[number];
        if (record->kind == TRACE_CROSSING_IN)
            depth++;
        else if (record->kind == TRACE_CROSSING_OUT && --depth == 0)
            break;
        else if (record->kind == TRACE_IPC_SEND && depth == 1)
            return record->detail == TRACE_IPC_IS_CALL    ? CROSSING_IPC_CALL
                   : record->detail == TRACE_IPC_IS_REPLY ? CROSSING_IPC_REPLY
                                                          : CROSSING_IPC_SEND;
    }
    return CROSSING_CALL;
}

/* One bill for each crossing in, in the trace's order, for the thread that crossed. */
static void bills_are_the_crossings_of_the_trace(struct law_pair *pair)
{
    struct law_bills bills;
    struct ledger *ledger = replay_bills(pair, &bills);
    const struct reference_trace *trace = &pair->trace.view;
    uint8_t phase = TRACE_PHASE_MEASURED;
    size_t next = 0;
    for (size_t i = 0; i < trace->record_count; i++) {
        const struct trace_record *record = &trace->records[i];
        if (record->kind == TRACE_PHASE)
            phase = record->detail;
        if (record->kind != TRACE_CROSSING_IN)
            continue;
        if (next == bills.count)
            fail_msg("%s: record %zu crosses without a bill", pair->what, i);
        const struct crossing_bill *bill = &bills.list[next++];
        law_equal(pair, "a bill's number", bill->number, (int64_t)next);
        law_equal(pair, "its thread", bill->thread, record->thread);
        law_equal(pair, "its phase", bill->phase, phase);
        law_equal(pair, "its kind", bill->kind, kind_in_trace(trace, i));
        if (bill->parent >= bill->number)
            fail_msg("%s: crossing %u is on behalf of %u", pair->what, bill->number,
                     bill->parent);
    }
    law_equal(pair, "the number of bills", (int64_t)bills.count, (int64_t)next);
    ledger_free(ledger);
    free(bills.list);
}

static void ledger_and_bills(void **state)
{
    (void)state;
    const struct law law = {80, 2, NULL, NULL, bills_hold_what_the_ledger_holds, true};
    try_law(&law);
}

static void culprits(void **state)
{
    (void)state;
    const struct law law = {80, 2, NULL, NULL, culprits_hold_all_isolation, true};
    try_law(&law);
}

static void summaries(void **state)
{
    (void)state;
    const struct law law = {80, 2, NULL, NULL, summaries_are_those_of_the_bills, true};
    try_law(&law);
}

static void rolled_up(void **state)
{
    (void)state;
    const struct law law = {80, 2, NULL, NULL, children_are_rolled_up, true};
    try_law(&law);
}

static void crossings(void **state)
{
    (void)state;
    const struct law law = {80,  2, NULL, NULL, bills_are_the_crossings_of_the_trace,
                            true};
    try_law(&law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ledger_and_bills), cmocka_unit_test(culprits),
        cmocka_unit_test(summaries),        cmocka_unit_test(rolled_up),
        cmocka_unit_test(crossings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
