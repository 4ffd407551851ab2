/* Histograms of what crossings cost against their bills, one by one. */
#include "../law_tools.h"

struct bills {
    int64_t (*totals)[2]; /* phase and kind as one number; total */
    size_t count, room;
};

static bool keep_total(void *context, const struct crossing_bill *bill)
{
    struct bills *bills = context;
    if (bills->count == bills->room) {
        bills->room = 2 * bills->room + 64;
        bills->totals = realloc(bills->totals, bills->room * sizeof *bills->totals);
        assert_non_null(bills->totals);
    }
    int64_t *total = bills->totals[bills->count++];
    total[0] = bill->phase * CROSSING_KINDS + bill->kind;
    total[1] = 0;
    for (int account = 0; account < ACCOUNTS; account++)
        total[1] += bill->mcycles[account];
    return true;
}

static void judge_bin(const struct law_pair *pair, const struct bills *bills,
                      int64_t which, const struct histogram_bin *bin)
{
    int64_t count = 0, sum = 0, low = INT64_MAX, high = INT64_MIN;
    for (size_t i = 0; i < bills->count; i++) {
        int64_t total = bills->totals[i][1];
        if (bills->totals[i][0] != which || total < bin->low || total > bin->high)
            continue;
        count++;
        sum += total;
        low = total < low ? total : low;
        high = total > high ? total : high;
    }
    law_equal(pair, "crossings in a bin", bin->count, count);
    law_equal(pair, "their sum", bin->sum, sum);
    law_equal(pair, "the least", bin->low, low);
    law_equal(pair, "the greatest", bin->high, high);
}

static void crossing_histograms_hold_every_bill(struct law_pair *pair)
{
    struct bills bills = {0};
    struct replay_options options = {.on_bill = keep_total, .context = &bills};
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, &options);
    for (int which = 0; which < LEDGER_PHASES * CROSSING_KINDS; which++) {
        const struct ledger_phase *phase = &ledger->phase[which / CROSSING_KINDS];
        const struct crossing_summary *summary =
            &phase->crossings[which % CROSSING_KINDS];
        const struct histogram *histogram = &phase->histograms[which % CROSSING_KINDS];
        int64_t count = 0;
        for (size_t i = 0; i < histogram->count; i++) {
            const struct histogram_bin *bin = &histogram->bins[i];
            judge_bin(pair, &bills, which, bin);
            count += bin->count;
            assert_true(i == 0 || histogram->bins[i - 1].high < bin->low);
            assert_true(bin->high - bin->low < histogram->width);
        }
        assert_true(histogram->count <= HISTOGRAM_BINS);
        law_equal(pair, "crossings in the histogram", count, summary->count);
    }
    free(bills.totals);
    ledger_free(ledger);
}

static void histograms_agree(void **state)
{
    (void)state;
    static const struct law law = {.traces = 40,
                                   .machines = 2,
                                   .holds = crossing_histograms_hold_every_bill,
                                   .wild = true};
    try_law(&law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histograms_agree),
    };
    return cmocka_run_group_tests_name("ledger_histograms", tests, NULL, NULL);
}
