/* Recovery and stretch of a chronicle: followed record by record beside the naive replay,
 * and their sums against the ledger. */
#include "../law_tools.h"

#include "../reference_instruction.h"

#include <limits.h>

/* Rules of chronicle.h, from records alone. */
struct follower {
    const struct law_pair *pair;
    struct recovery recovery;
    enum trace_phase phase;
    unsigned lane, kernel; /* lane_count: not known yet */
    bool entered;
    size_t accesses, last_switch[3], *left; /* records, from 1 */
    enum trace_how how;
    int64_t isolation, credits; /* when the current record began */
    bool is_work;               /* the record before this one */
};

static int64_t charged(const struct reference_ledger *ledger, enum account one,
                       enum account other)
{
    int64_t sum = 0;
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t d = 0; d < ledger->domain_count; d++)
            sum += ledger->domains[phase][d].line[one].memory_mcycles +
                   ledger->domains[phase][d].line[other].memory_mcycles;
    return sum;
}

static unsigned bucket_of(size_t access)
{
    unsigned bucket = 0;
    while (access > 1) {
        access /= 2;
        bucket++;
    }
    return bucket;
}

static unsigned number_of(const struct loaded_trace *trace, uint16_t domain)
{
    unsigned i = 0;
    while (trace->view.domains[i].id != domain)
        i++;
    return i;
}

static void go_to(struct follower *follower, unsigned lane)
{
    follower->entered |= lane != follower->lane;
    follower->lane = lane;
}

static void begin_access(struct follower *follower, const struct trace_record *record)
{
    const struct loaded_trace *trace = &follower->pair->trace;
    enum trace_role role = code_of(&trace->view, record)->role;
    unsigned domain = number_of(trace, record->domain);
    follower->is_work = role == TRACE_WORK;
    go_to(follower, role == TRACE_WORK || record->user ? domain : follower->kernel);
}

static void begin_record(struct follower *follower, size_t number)
{
    const struct trace_record *record = &follower->pair->trace.records[number];
    follower->is_work = false;
    if (record->kind <= TRACE_STORE)
        begin_access(follower, record);
    if (record->kind == TRACE_CROSSING_IN)
        go_to(follower, follower->kernel);
    if (record->kind == TRACE_SPACE_SWITCH)
        follower->last_switch[record->detail] = number + 1;
    if (record->kind == TRACE_PHASE)
        follower->phase = record->detail;
}

/* Once it is known what it cost. */
static void end_work(struct follower *follower, size_t number, int64_t isolation,
                     int64_t credits)
{
    const struct trace_record *record = &follower->pair->trace.records[number];
    size_t *left = &follower->left[number_of(&follower->pair->trace, record->domain)];
    if (follower->entered) {
        follower->entered = false;
        follower->accesses = 0;
        follower->how = follower->last_switch[TRACE_HOW_CR3] > *left ? TRACE_HOW_CR3
                        : follower->last_switch[TRACE_HOW_SEGMENT] > *left
                            ? TRACE_HOW_SEGMENT
                            : TRACE_HOW_NONE;
        follower->recovery.entries[follower->phase][follower->how]++;
    }
    *left = number + 1;
    struct recovery_bucket *bucket =
        &follower->recovery
             .bucket[follower->phase][follower->how][bucket_of(++follower->accesses)];
    bucket->accesses++;
    bucket->isolation_mcycles += isolation;
    bucket->credit_mcycles += credits;
}

static void follow(void *context, const struct reference_moment *moment)
{
    struct follower *follower = context;
    int64_t isolation = charged(moment->ledger, ACCOUNT_REFILL, ACCOUNT_DISPLACED);
    int64_t credits =
        charged(moment->ledger, ACCOUNT_CREDIT_SHARED, ACCOUNT_CREDIT_POLICY);
    if (follower->is_work)
        end_work(follower, moment->number - 1, isolation - follower->isolation,
                 credits - follower->credits);
    follower->isolation = isolation;
    follower->credits = credits;
    if (moment->number < follower->pair->trace.view.record_count)
        begin_record(follower, moment->number);
}

static void judge_recovery(const struct law_pair *pair, const struct recovery *got,
                           const struct recovery *want)
{
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (int how = 0; how < 3; how++) {
            law_equal(pair, "entries", got->entries[phase][how],
                      want->entries[phase][how]);
            for (int b = 0; b < RECOVERY_BUCKETS; b++) {
                const struct recovery_bucket *is = &got->bucket[phase][how][b];
                const struct recovery_bucket *should = &want->bucket[phase][how][b];
                law_equal(pair, "accesses", is->accesses, should->accesses);
                law_equal(pair, "isolation", is->isolation_mcycles,
                          should->isolation_mcycles);
                law_equal(pair, "credits", is->credit_mcycles, should->credit_mcycles);
            }
        }
}

static void recovery_is_as_in_the_naive_replay(struct law_pair *pair)
{
    size_t domains = pair->trace.view.domain_count;
    struct follower follower = {.pair = pair,
                                .phase = TRACE_PHASE_MEASURED,
                                .lane = (unsigned)domains,
                                .kernel = number_of(&pair->trace, 0),
                                .left = calloc(domains, sizeof *follower.left)};
    assert_non_null(follower.left);
    struct reference_ledger *naive =
        reference_replay_watched(&pair->trace.view, &pair->machine, follow, &follower);
    assert_non_null(naive);
    struct replay_options options = {.chronicle = true, .threads = 1 + pair->seed % 2};
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, &options);
    judge_recovery(pair, &ledger->chronicle->recovery, &follower.recovery);
    ledger_free(ledger);
    reference_free(naive);
    free(follower.left);
}

/* ---- sums, on machines of every kind ---- */

static int64_t charged_in(const struct ledger *ledger, enum trace_phase phase,
                          enum account one, enum account other)
{
    return ledger_account_mcycles(ledger, phase, one) +
           ledger_account_mcycles(ledger, phase, other);
}

static void recovery_adds_up(const struct law_pair *pair, const struct ledger *ledger)
{
    const struct recovery *recovery = &ledger->chronicle->recovery;
    for (enum trace_phase phase = 0; phase < LEDGER_PHASES; phase++) {
        int64_t isolation = 0, credits = 0;
        for (int n = 0; n < 3 * RECOVERY_BUCKETS; n++) {
            const struct recovery_bucket *bucket =
                &recovery->bucket[phase][n / RECOVERY_BUCKETS][n % RECOVERY_BUCKETS];
            isolation += bucket->isolation_mcycles;
            credits += bucket->credit_mcycles;
        }
        law_equal(pair, "isolation", isolation,
                  charged_in(ledger, phase, ACCOUNT_REFILL, ACCOUNT_DISPLACED));
        law_equal(
            pair, "credits", credits,
            charged_in(ledger, phase, ACCOUNT_CREDIT_SHARED, ACCOUNT_CREDIT_POLICY));
    }
}

/* Events of the shared world in a component: what all accounts hold of it. */
static int64_t shared_events(const struct ledger *ledger, enum component component)
{
    int64_t sum = 0;
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t d = 0; d < ledger->domain_count; d++)
            for (int n = 0; n < ACCOUNTS * SIDES; n++)
                sum +=
                    ledger->phase[phase].domains[d].line[n / SIDES].counts.n[n % SIDES]
                                                                            [component];
    return sum;
}

static int64_t refilled(const struct ledger *ledger, bool after_flush)
{
    int64_t sum = 0;
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t d = 0; d < ledger->domain_count; d++) {
            const struct ledger_domain *domain = &ledger->phase[phase].domains[d];
            for (int c = 0; c < COMPONENTS; c++)
                sum += after_flush ? domain->refilled_after_flush[c]
                                   : domain->refilled_after_eviction[c];
        }
    return sum;
}

/* Where the stretch is the whole trace. */
static void stretch_adds_up(const struct law_pair *pair, const struct ledger *ledger)
{
    const struct chronicle_stretch *stretch = &ledger->chronicle->stretch;
    struct chronicle_span sum = {0};
    for (size_t i = 0; i < stretch->span_count; i++) {
        const struct chronicle_span *span = &stretch->spans[i];
        sum.tlb_misses += span->tlb_misses;
        sum.cache_misses += span->cache_misses;
        sum.refilled_after_flush += span->refilled_after_flush;
        sum.refilled_after_eviction += span->refilled_after_eviction;
        if (i == 0) {
            assert_int_equal(span->entry, ENTRY_BEGIN);
            continue;
        }
        assert_int_equal(span->from_mcycles, stretch->spans[i - 1].to_mcycles);
        assert_int_not_equal(span->lane, stretch->spans[i - 1].lane);
    }
    assert_false(stretch->cut);
    law_equal(pair, "the end", stretch->spans[stretch->span_count - 1].to_mcycles,
              ledger->total_mcycles);
    law_equal(pair, "the last record", (int64_t)stretch->end_record,
              (int64_t)pair->trace.view.record_count);
    law_equal(pair, "TLB misses", sum.tlb_misses,
              shared_events(ledger, COMPONENT_ITLB) +
                  shared_events(ledger, COMPONENT_DTLB));
    law_equal(pair, "cache misses", sum.cache_misses,
              shared_events(ledger, COMPONENT_L1I) +
                  shared_events(ledger, COMPONENT_L1D));
    law_equal(pair, "refilled after a flush", sum.refilled_after_flush,
              refilled(ledger, true));
    law_equal(pair, "refilled after an eviction", sum.refilled_after_eviction,
              refilled(ledger, false));
}

/* How each lane was entered, and which, from the records. */
static void stretch_follows_the_records(const struct law_pair *pair,
                                        const struct chronicle_stretch *stretch)
{
    const struct reference_trace *trace = &pair->trace.view;
    unsigned kernel = number_of(&pair->trace, 0), lane = UINT_MAX;
    enum lane_entry entry = ENTRY_PROCEDURE;
    size_t span = 0;
    for (size_t i = 0; i < trace->record_count; i++) {
        const struct trace_record *record = &trace->records[i];
        unsigned now = lane;
        if (record->kind <= TRACE_STORE) {
            bool work = code_of(trace, record)->role == TRACE_WORK;
            now = work || record->user ? number_of(&pair->trace, record->domain) : kernel;
        } else if (record->kind == TRACE_CROSSING_IN) {
            now = kernel;
            entry = record->detail == TRACE_CAUSE_FAULT       ? ENTRY_FAULT
                    : record->detail == TRACE_CAUSE_INTERRUPT ? ENTRY_INTERRUPT
                                                              : ENTRY_CALL;
        } else if (record->kind == TRACE_CROSSING_OUT && record->a == 0) {
            entry = ENTRY_RETURN;
        }
        if (now == lane && record->kind > TRACE_STORE &&
            record->kind != TRACE_CROSSING_IN)
            continue;
        if (now != lane) {
            const struct chronicle_span *is = &stretch->spans[span];
            assert_true(span < stretch->span_count);
            law_equal(pair, "lane", is->lane, now);
            bool call = entry == ENTRY_CALL && is->entry < ENTRY_FAULT;
            if (span > 0 && !call)
                law_equal(pair, "entry", is->entry, entry);
            span++;
        }
        lane = now;
        entry = ENTRY_PROCEDURE;
    }
    assert_int_equal(stretch->span_count, span);
}

static void sums_are_the_ledgers(struct law_pair *pair)
{
    struct replay_options options = {
        .chronicle = true, .threads = 1 + pair->seed % 2, .stretch_records = UINT64_MAX};
    struct ledger *ledger = law_replay(pair, &pair->trace, &pair->machine, &options);
    recovery_adds_up(pair, ledger);
    if (!ledger->chronicle->stretch.cut) {
        stretch_adds_up(pair, ledger);
        stretch_follows_the_records(pair, &ledger->chronicle->stretch);
    }
    ledger_free(ledger);
}

static void recovery_agrees(void **state)
{
    (void)state;
    static const struct law law = {
        .traces = 60, .machines = 2, .holds = recovery_is_as_in_the_naive_replay};
    try_law(&law);
}

static void few_records(struct random_shape *shape)
{
    shape->records = 400 + shape->records % 3000;
}

static void sums_agree(void **state)
{
    (void)state;
    static const struct law law = {.traces = 60,
                                   .machines = 2,
                                   .shape = few_records,
                                   .holds = sums_are_the_ledgers,
                                   .wild = true};
    try_law(&law);
}

/* ---- what it changes ---- */

/* Nothing but what is kept. */
static void chronicle_changes_nothing(struct law_pair *pair)
{
    struct replay_options options = {.threads = 1 + pair->seed % 2};
    struct ledger *without = law_replay(pair, &pair->trace, &pair->machine, &options);
    options.chronicle = true;
    struct ledger *with = law_replay(pair, &pair->trace, &pair->machine, &options);
    assert_null(without->chronicle);
    assert_int_equal(with->total_mcycles, without->total_mcycles);
    assert_memory_equal(with->structures, without->structures, sizeof with->structures);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        const struct ledger_phase *a = &with->phase[phase], *b = &without->phase[phase];
        assert_memory_equal(a->domains, b->domains,
                            with->domain_count * sizeof *a->domains);
        for (int kind = 0; kind < CROSSING_KINDS; kind++)
            assert_memory_equal(&a->crossings[kind].total, &b->crossings[kind].total,
                                sizeof a->crossings[kind].total);
    }
    ledger_free(with);
    ledger_free(without);
}

static void nothing_changes(void **state)
{
    (void)state;
    static const struct law law = {
        .traces = 40, .machines = 2, .holds = chronicle_changes_nothing, .wild = true};
    try_law(&law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recovery_agrees),
        cmocka_unit_test(sums_agree),
        cmocka_unit_test(nothing_changes),
    };
    return cmocka_run_group_tests_name("chronicle_recovery", tests, NULL, NULL);
}
