/* Replaying twice gives the same ledger and the same bills, byte for byte, with any
 * number of threads. */
#include "../law_tools.h"

static void same_bill(const struct law_pair *pair, const struct crossing_bill *a,
                      const struct crossing_bill *b)
{
    bool same = a->number == b->number && a->parent == b->parent &&
                a->thread == b->thread && a->domain == b->domain && a->kind == b->kind &&
                a->phase == b->phase && a->record == b->record &&
                a->instructions == b->instructions &&
                memcmp(a->mcycles, b->mcycles, sizeof a->mcycles) == 0;
    if (!same)
        fail_msg("%s: bill %u differs", pair->what, a->number);
}

static void same_domain(const struct law_pair *pair, const struct ledger_domain *a,
                        const struct ledger_domain *b)
{
    bool same = a->id == b->id && strcmp(a->name, b->name) == 0 && a->kind == b->kind &&
                memcmp(a->line, b->line, sizeof a->line) == 0 &&
                memcmp(a->refilled_after_flush, b->refilled_after_flush,
                       sizeof a->refilled_after_flush) == 0 &&
                memcmp(a->refilled_after_eviction, b->refilled_after_eviction,
                       sizeof a->refilled_after_eviction) == 0 &&
                memcmp(a->classes, b->classes, sizeof a->classes) == 0 &&
                a->visits == b->visits && a->visit_pages == b->visit_pages &&
                a->visit_lines == b->visit_lines;
    if (!same)
        fail_msg("%s: domain %u differs", pair->what, a->id);
}

static void same_phase(const struct law_pair *pair, const struct ledger *x,
                       const struct ledger *y, int phase)
{
    const struct ledger_phase *a = &x->phase[phase], *b = &y->phase[phase];
    for (size_t i = 0; i < x->domain_count; i++)
        same_domain(pair, &a->domains[i], &b->domains[i]);
    for (int kind = 0; kind < CROSSING_KINDS; kind++)
        if (memcmp(&a->crossings[kind], &b->crossings[kind], sizeof a->crossings[kind]))
            fail_msg("%s: crossings of kind %d differ", pair->what, kind);
    for (int kind = 0; kind < CROSSING_KINDS; kind++) {
        const struct histogram *p = &a->histograms[kind], *q = &b->histograms[kind];
        if (p->count != q->count ||
            memcmp(p->bins, q->bins, p->count * sizeof *p->bins) != 0)
            fail_msg("%s: histograms of kind %d differ", pair->what, kind);
    }
    size_t cells = x->domain_count * (x->domain_count + 1);
    if (memcmp(a->culprit_mcycles, b->culprit_mcycles, cells * sizeof(int64_t)) != 0)
        fail_msg("%s: the culprits differ", pair->what);
    law_equal(pair, "records", a->records, b->records);
    law_equal(pair, "requests", a->requests, b->requests);
    law_equal(pair, "thread switches", a->thread_switches, b->thread_switches);
    for (int how = 0; how < 3; how++)
        law_equal(pair, "space switches", a->space_switches[how], b->space_switches[how]);
}

static void repeats(struct law_pair *pair)
{
    struct law_bills bills[2] = {{0}, {0}};
    struct ledger *ledgers[2];
    for (unsigned i = 0; i < 2; i++) {
        struct replay_options options = {
            .threads = i == 0 ? 1 : 3, .on_bill = law_keep_bill, .context = &bills[i]};
        ledgers[i] = law_replay(pair, &pair->trace, &pair->machine, &options);
    }
    const struct ledger *a = ledgers[0], *b = ledgers[1];
    law_equal(pair, "the total", a->total_mcycles, b->total_mcycles);
    law_equal(pair, "lost records", a->lost, b->lost);
    law_equal(pair, "the number of domains", (int64_t)a->domain_count,
              (int64_t)b->domain_count);
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        same_phase(pair, a, b, phase);
    law_equal(pair, "the number of bills", (int64_t)bills[0].count,
              (int64_t)bills[1].count);
    for (size_t i = 0; i < bills[0].count; i++)
        same_bill(pair, &bills[0].list[i], &bills[1].list[i]);
    for (int i = 0; i < 2; i++) {
        ledger_free(ledgers[i]);
        free(bills[i].list);
    }
}

static void replaying_twice_gives_the_same(void **state)
{
    (void)state;
    const struct law law = {80, 2, NULL, NULL, repeats, true};
    try_law(&law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaying_twice_gives_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
