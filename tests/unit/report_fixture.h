/* report_fixture.h - ledgers put together by hand, and a report file in a fresh
 * directory.
 *
 * The figures are small and round, so that what a test expects can be added up in the
 * head; they are no results of anything. */
#ifndef CROSSBILL_REPORT_FIXTURE_H
#define CROSSBILL_REPORT_FIXTURE_H

#include "../test.h"

#include "reports/report.h"
#include "reports/sql.h"

#include <sys/stat.h>
#include <unistd.h>

#define FIXTURE_DOMAINS 3 /* kernel, ping, pong */

struct fixture {
    char directory[64];
    char path[96];
};

static inline int fixture_setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    strcpy(fixture->directory, "/tmp/crossbill-report-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    snprintf(fixture->path, sizeof fixture->path, "%s/r.db", fixture->directory);
    *state = fixture;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    /* Reading needs no journal to be cleared away, so a killed writer's may be left. */
    char journal[sizeof fixture->path + 16];
    snprintf(journal, sizeof journal, "%s-journal", fixture->path);
    unlink(journal);
    unlink(fixture->path);
    assert_int_equal(rmdir(fixture->directory), 0);
    free(fixture);
    return 0;
}

static inline struct report *fixture_open(const struct fixture *fixture,
                                          enum report_mode mode)
{
    struct cb_error error = {0};
    struct report *report = report_open(fixture->path, mode, &error);
    if (report == NULL)
        fail_msg("%s", error.sentence);
    return report;
}

/* ---- traces and machines ---- */

struct fixture_trace {
    char header[256];
    struct trace_info info;
};

static inline void fixture_trace(struct fixture_trace *trace, const char *scenario,
                                 const char *structure, int pages)
{
    memset(trace, 0, sizeof *trace);
    char knobs[64] = "{}";
    if (pages > 0)
        snprintf(knobs, sizeof knobs, "{\"pages\":\"%d\",\"lines\":\"4\"}", pages);
    snprintf(trace->header, sizeof trace->header,
             "{\"scenario\":\"%s\",\"structure\":\"%s\",\"knobs\":%s}", scenario,
             structure, knobs);
    trace->info = (struct trace_info){.version = 1,
                                      .header = trace->header,
                                      .scenario = scenario,
                                      .structure = structure,
                                      .tool = "crossbill 0.1.0",
                                      .records = 1000,
                                      .file_bytes = 4096,
                                      .cut_at = CB_NOWHERE};
    unsigned hash = 5381;
    for (const char *s = trace->header; *s != '\0'; s++)
        hash = hash * 33 + (unsigned char)*s;
    snprintf(trace->info.sha256, sizeof trace->info.sha256, "%064x", hash);
}

static const struct trace_domain fixture_domains[FIXTURE_DOMAINS] = {
    {.id = 0,
     .kind = TRACE_DOMAIN_KERNEL,
     .base = 0xc0000000,
     .limit = 0xffffffff,
     .name = "kernel"},
    {.id = 1,
     .kind = TRACE_DOMAIN_LARGE,
     .base = 0x1000,
     .limit = 0x9000,
     .name = "ping"},
    {.id = 2,
     .kind = TRACE_DOMAIN_LARGE,
     .base = 0x1000,
     .limit = 0x9000,
     .name = "pong"},
};

/* A TLB of 32 entries, a cache of 8 KiB; a miss in either costs 9 and 3 cycles. */
static inline struct machine fixture_machine(const char *name)
{
    struct machine machine = {.clock_khz = 50000,
                              .tlb_count = 1,
                              .walk = MACHINE_WALK_FIXED,
                              .walk_time = 9000,
                              .cache_count = 1,
                              .memory_latency = 3000};
    snprintf(machine.name, sizeof machine.name, "%s", name);
    snprintf(machine.title, sizeof machine.title, "the machine %s", name);
    machine.tlbs[0] = (struct machine_tlb){.name = "tlb",
                                           .level = 1,
                                           .entries = 32,
                                           .ways = 4,
                                           .page_sizes = {4096},
                                           .page_size_count = 1};
    machine.caches[0] = (struct machine_cache){.name = "l1",
                                               .level = 1,
                                               .size = 8192,
                                               .ways = 4,
                                               .line = 16,
                                               .write = MACHINE_WRITE_THROUGH};
    return machine;
}

/* ---- ledgers ---- */

struct fixture_ledger {
    struct ledger ledger;
    struct ledger_domain domains[LEDGER_PHASES][FIXTURE_DOMAINS];
    int64_t culprits[FIXTURE_DOMAINS * (FIXTURE_DOMAINS + 1)];
    struct histogram_bin bins[2];
    struct chronicle chronicle;
    uint32_t held[2][3 * 2 * OCCUPANCY_HOLDERS]; /* samples, and tlb and l1 */
};

static inline void fixture_charge(struct fixture_ledger *l, int domain,
                                  enum account account, int64_t instructions,
                                  int64_t instruction_mcycles, int64_t walks)
{
    struct ledger_line *line = &l->domains[TRACE_PHASE_MEASURED][domain].line[account];
    line->instructions += instructions;
    line->instruction_mcycles += instruction_mcycles;
    line->counts.n[SIDE_DATA][COMPONENT_WALK] += walks;
    line->memory_mcycles += 9000 * walks;
    l->ledger.total_mcycles += instruction_mcycles + 9000 * walks;
}

static inline struct distribution fixture_distribution(int64_t count, int64_t each)
{
    return (struct distribution){.count = count,
                                 .sum = count * each,
                                 .min = each,
                                 .median = each,
                                 .p90 = each,
                                 .p99 = each,
                                 .max = each};
}

static inline void fixture_crossing(struct fixture_ledger *l, enum crossing_kind kind,
                                    int64_t count, int64_t explicit_cost,
                                    int64_t implicit_cost)
{
    struct crossing_summary *c = &l->ledger.phase[TRACE_PHASE_MEASURED].crossings[kind];
    *c = (struct crossing_summary){
        .count = count,
        .instructions = 40 * count,
        .total = fixture_distribution(count, explicit_cost + implicit_cost),
        .explicit_cost = fixture_distribution(count, explicit_cost),
        .implicit_cost = fixture_distribution(count, implicit_cost),
        .with_children = fixture_distribution(count, explicit_cost + implicit_cost)};
    c->account_mcycles[ACCOUNT_BORDER] = count * 107000;
    c->account_mcycles[ACCOUNT_KERNEL_PATH] = count * (explicit_cost - 107000);
    c->account_mcycles[ACCOUNT_REFILL] = count * implicit_cost;
}

/* 100 requests, each a call and its reply. A crossing costs `path` cycles of instructions
 * (107 of them the border's), and afterwards `refill` TLB entries are fetched again by
 * pong, at 9 cycles each. Work is 1,000 cycles a request. */
static inline void fixture_pingpong(struct fixture_ledger *l, int pages, int64_t path,
                                    int64_t refill)
{
    memset(l, 0, sizeof *l);
    l->ledger.domain_count = FIXTURE_DOMAINS;
    for (int p = 0; p < LEDGER_PHASES; p++) {
        l->ledger.phase[p].domains = l->domains[p];
        for (int d = 0; d < FIXTURE_DOMAINS; d++) {
            l->domains[p][d].id = fixture_domains[d].id;
            l->domains[p][d].kind = fixture_domains[d].kind;
            strcpy(l->domains[p][d].name, fixture_domains[d].name);
        }
    }
    struct ledger_phase *measured = &l->ledger.phase[TRACE_PHASE_MEASURED];
    measured->records = 900;
    measured->requests = 100;
    measured->thread_switches = 200;
    measured->space_switches[TRACE_HOW_CR3] = 200;
    measured->culprit_mcycles = l->culprits;

    fixture_charge(l, 1, ACCOUNT_WORK, 40000, 50000000, 0);
    fixture_charge(l, 2, ACCOUNT_WORK, 40000, 50000000, 0);
    fixture_charge(l, 0, ACCOUNT_BORDER, 400, 200 * 107000, 0);
    fixture_charge(l, 0, ACCOUNT_KERNEL_PATH, 8000, 200 * (path * 1000 - 107000), 0);
    if (refill > 0)
        fixture_charge(l, 2, ACCOUNT_REFILL, 0, 0, 200 * refill);
    l->domains[TRACE_PHASE_MEASURED][2].refilled_after_flush[COMPONENT_DTLB] =
        200 * refill;
    l->culprits[2 * (FIXTURE_DOMAINS + 1) + 1] = 200 * refill * 9000;
    for (int d = 1; d < FIXTURE_DOMAINS; d++) {
        l->domains[TRACE_PHASE_MEASURED][d].visits = 100;
        l->domains[TRACE_PHASE_MEASURED][d].visit_pages = 100 * (pages + 2);
        l->domains[TRACE_PHASE_MEASURED][d].visit_lines = 400 * pages;
        l->domains[TRACE_PHASE_MEASURED][d].classes[INSTRUCTION_ALU_RR] = 40000;
    }
    fixture_crossing(l, CROSSING_IPC_CALL, 100, path * 1000, refill * 9000);
    fixture_crossing(l, CROSSING_IPC_REPLY, 100, path * 1000, refill * 9000);
    /* The reply is made on behalf of the call. */
    measured->crossings[CROSSING_IPC_CALL].with_children =
        fixture_distribution(100, 2 * (path * 1000 + refill * 9000));
    const struct crossing_children each = {100, 100 * (path * 1000 + refill * 9000)};
    measured->children[CROSSING_KINDS][CROSSING_IPC_CALL] = each;
    measured->children[CROSSING_IPC_CALL][CROSSING_IPC_REPLY] = each;
    l->domains[TRACE_PHASE_MEASURED][2].warmth_asked[COMPONENT_DTLB] = 100 * pages;
    l->domains[TRACE_PHASE_MEASURED][2].warmth_resident[COMPONENT_DTLB] =
        100 * (pages - refill);
    l->ledger.structure_count = 1;
    l->ledger.structures[0] = (struct structure_counters){.name = "tlb",
                                                          .accesses = {600, 200, 100},
                                                          .misses = {60, 20, 10},
                                                          .flushes = 200,
                                                          .flushed_entries = 2000};
}

static inline void fixture_sample(struct fixture_ledger *l, struct occupancy *occupancy,
                                  int64_t at, uint32_t ping, uint32_t pong, uint32_t path)
{
    uint32_t *held = occupancy->held + occupancy->count * 2 * OCCUPANCY_HOLDERS;
    occupancy->samples[occupancy->count++] =
        (struct occupancy_sample){.record = 300, .mcycles = at};
    for (int s = 0; s < 2; s++, held += OCCUPANCY_HOLDERS) {
        held[1] = ping;
        held[2] = pong;
        held[OCCUPANCY_PATH] = path;
    }
    l->ledger.chronicle = &l->chronicle;
}

/* Followed over time: ping for 10 cycles, a call of 20, pong for 30, which `refill`
 * entries are fetched again in. The two calls in a hundred that are dearer cost 1000
 * cycles more, the others 20 less and a bit; the mean stays. */
static inline void fixture_follow(struct fixture_ledger *l, int64_t refill)
{
    struct chronicle *c = &l->chronicle;
    struct recovery_bucket *cr3 = c->recovery.bucket[TRACE_PHASE_MEASURED][TRACE_HOW_CR3];
    c->structure_count = 2;
    c->whole.held = l->held[0];
    c->part.held = l->held[1];
    cr3[0] = (struct recovery_bucket){.accesses = 200, .credit_mcycles = -1800000};
    cr3[1] = (struct recovery_bucket){.accesses = 400,
                                      .isolation_mcycles = 200 * refill * 9000};
    c->stretch = (struct chronicle_stretch){.first_record = 300,
                                            .end_record = 400,
                                            .span_count = 3,
                                            .spans = {{.lane = 1,
                                                       .entry = ENTRY_BEGIN,
                                                       .from_mcycles = 5000000,
                                                       .to_mcycles = 5010000},
                                                      {.lane = 0,
                                                       .entry = ENTRY_IPC_CALL,
                                                       .crossing = 1,
                                                       .from_mcycles = 5010000,
                                                       .to_mcycles = 5030000,
                                                       .switches_cr3 = 1},
                                                      {.lane = 2,
                                                       .entry = ENTRY_RETURN,
                                                       .from_mcycles = 5030000,
                                                       .to_mcycles = 5060000,
                                                       .tlb_misses = refill,
                                                       .refilled_after_flush = refill}}};
    fixture_sample(l, &c->whole, 0, 0, 0, 2);
    fixture_sample(l, &c->whole, 9000000, 8, 4, 4);
    fixture_sample(l, &c->part, 5000000, 8, 0, 0);
    fixture_sample(l, &c->part, 5020000, 16, 0, 0);
    fixture_sample(l, &c->part, 5060000, 0, 8, 8);
    struct ledger_phase *measured = &l->ledger.phase[TRACE_PHASE_MEASURED];
    int64_t mean = measured->crossings[CROSSING_IPC_CALL].total.median;
    l->bins[0] =
        (struct histogram_bin){mean - 21000, mean - 20000, 98, 98 * mean - 2000000};
    l->bins[1] =
        (struct histogram_bin){mean + 1000000, mean + 1000000, 2, 2 * mean + 2000000};
    measured->histograms[CROSSING_IPC_CALL] =
        (struct histogram){.width = 1024000, .count = 2, .bins = l->bins};
}

/* 100 null calls of 111 cycles, warm. */
static inline void fixture_null(struct fixture_ledger *l)
{
    fixture_pingpong(l, 1, 107, 0);
    struct ledger_phase *measured = &l->ledger.phase[TRACE_PHASE_MEASURED];
    memset(measured->crossings, 0, sizeof measured->crossings);
    measured->thread_switches = 0;
    measured->space_switches[TRACE_HOW_CR3] = 0;
    fixture_charge(l, 0, ACCOUNT_BORDER, -200, -100 * 107000, 0);
    fixture_charge(l, 0, ACCOUNT_KERNEL_PATH, -8000 + 200, 100 * 4000, 0);
    fixture_crossing(l, CROSSING_CALL, 100, 111000, 0);
}

static inline int64_t fixture_replay(struct report *report,
                                     const struct fixture_trace *trace,
                                     const struct machine *machine,
                                     const struct fixture_ledger *ledger)
{
    struct cb_error error = {0};
    int64_t trace_id, machine_id, replay = 0;
    if (!report_add_trace(report, &trace->info, fixture_domains, FIXTURE_DOMAINS,
                          &trace_id, &error) ||
        !report_add_machine(report, machine, &machine_id, &error) ||
        !report_begin_replay(report, trace_id, machine_id, 0, NULL, &replay, &error) ||
        !report_finish_replay(report, replay, &ledger->ledger, &error))
        fail_msg("%s", error.sentence);
    return replay;
}

/* The null call, and ping-pong at 1, 4, 16 and 64 pages: small domains pay 280 cycles a
 * crossing whatever their size; large ones 180, and one refill for each page up to 32. */
static inline void fixture_fill(struct report *report, const char *machine_name)
{
    static const int pages[] = {1, 4, 16, 64};
    struct machine machine = fixture_machine(machine_name);
    struct fixture_trace trace;
    struct fixture_ledger ledger;
    fixture_trace(&trace, "null", "l3-small", 0);
    fixture_null(&ledger);
    fixture_replay(report, &trace, &machine, &ledger);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        fixture_trace(&trace, "pingpong", "l3-small", pages[i]);
        fixture_pingpong(&ledger, pages[i], 280, 0);
        fixture_follow(&ledger, 0);
        fixture_replay(report, &trace, &machine, &ledger);
        fixture_trace(&trace, "pingpong", "l3-large", pages[i]);
        fixture_pingpong(&ledger, pages[i], 180, pages[i] < 32 ? pages[i] : 32);
        fixture_follow(&ledger, pages[i] < 32 ? pages[i] : 32);
        fixture_replay(report, &trace, &machine, &ledger);
    }
}

static inline int64_t fixture_number(struct report *report, const char *query)
{
    int64_t number;
    struct cb_error error = {0};
    if (!sql_number_with(report, &number, -1, query, NULL, 0, &error))
        fail_msg("%s", error.sentence);
    return number;
}

#endif
