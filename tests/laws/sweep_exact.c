/* Every point of a sweep equals its own replay, account by account: random traces, random
 * machines made sweepable or left as they are, random grids. */
#include "../test.h"

#include "../random_trace.h"
#include "../trace_tools.h"
#include "model/sweep.h"

#include <inttypes.h>

#define SWEEPS  12
#define WALKERS 16

struct sweep_case {
    struct trace_reader *trace;
    struct sweep_request request;
    uint64_t seed, points, refused;
};

static void load_point(const struct sweep_request *request, uint64_t point,
                       struct machine *machine, bool *good)
{
    char sets[SWEEP_AXES][256];
    const char *pointers[SWEEP_AXES];
    size_t indices[SWEEP_AXES];
    struct cb_error error;
    sweep_point_values(request, point, indices);
    for (size_t i = 0; i < request->axis_count; i++) {
        snprintf(sets[i], sizeof sets[i], "%s=%s", request->axes[i].path,
                 request->axes[i].values[indices[i]]);
        pointers[i] = sets[i];
    }
    *good = machine_load(machine, request->machine, NULL, pointers, request->axis_count,
                         &error);
}

static void same_line(const struct ledger_line *swept, const struct ledger_line *replayed,
                      const char *what)
{
    for (enum side side = 0; side < SIDES; side++)
        for (enum component c = 0; c < COMPONENTS; c++)
            if (swept->counts.n[side][c] != replayed->counts.n[side][c])
                fail_msg("%s: %s %s: swept %" PRId64 ", replayed %" PRId64, what,
                         side_name(side), component_name(c), swept->counts.n[side][c],
                         replayed->counts.n[side][c]);
    if (swept->instructions != replayed->instructions ||
        swept->instruction_mcycles != replayed->instruction_mcycles ||
        swept->memory_mcycles != replayed->memory_mcycles)
        fail_msg("%s: swept %" PRId64 " + %" PRId64 ", replayed %" PRId64 " + %" PRId64,
                 what, swept->instruction_mcycles, swept->memory_mcycles,
                 replayed->instruction_mcycles, replayed->memory_mcycles);
}

static void same_ledger(const struct ledger *swept, const struct ledger *replayed,
                        const char *what)
{
    assert_int_equal(swept->domain_count, replayed->domain_count);
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t domain = 0; domain < swept->domain_count; domain++)
            for (enum account account = 0; account < ACCOUNTS; account++) {
                char where[256];
                snprintf(where, sizeof where, "%s, phase %zu, domain %zu, %s", what,
                         phase, domain, account_name(account));
                same_line(&swept->phase[phase].domains[domain].line[account],
                          &replayed->phase[phase].domains[domain].line[account], where);
            }
    assert_int_equal(swept->total_mcycles, replayed->total_mcycles);
}

static bool compare_point(void *context, uint64_t point, const struct ledger *swept,
                          const struct cb_error *refused)
{
    struct sweep_case *sweep = context;
    struct machine machine;
    struct cb_error error;
    bool good;
    sweep->points++;
    load_point(&sweep->request, point, &machine, &good);
    if (swept == NULL) {
        sweep->refused++;
        assert_true(refused->sentence[0] != '\0');
        if (good)
            machine_free(&machine);
        return true;
    }
    assert_true(good);
    struct ledger *replayed = replay(sweep->trace, &machine, NULL, &error);
    assert_non_null(replayed);
    char what[64];
    snprintf(what, sizeof what, "seed %" PRIu64 ", point %" PRIu64, sweep->seed, point);
    same_ledger(swept, replayed, what);
    ledger_free(replayed);
    machine_free(&machine);
    return true;
}

/* ---- grids ---- */

static void make_lru(struct machine *machine)
{
    for (size_t i = 0; i < machine->tlb_count; i++)
        machine->tlbs[i].replacement = MACHINE_LRU;
    for (size_t i = 0; i < machine->cache_count; i++)
        machine->caches[i].replacement = MACHINE_LRU;
}

static void add_axis(struct sweep_request *request, struct sweep_axis *axes,
                     const char *expression)
{
    struct cb_error error;
    if (!sweep_axis_parse(&axes[request->axis_count], expression, &error))
        fail_msg("%s: %s", expression, error.sentence);
    request->axis_count++;
}

static const char *some_name(const struct machine *machine, uint64_t *seed, bool tlb)
{
    return tlb ? machine->tlbs[draw(seed, machine->tlb_count)].name
               : machine->caches[draw(seed, machine->cache_count)].name;
}

/* Two or three axes of different kinds. */
static void draw_axes(struct sweep_request *request, struct sweep_axis *axes,
                      const struct machine *machine, uint64_t *seed)
{
    char text[128];
    if (machine->tlb_count > 0 && chance(seed, 70)) {
        const char *name = some_name(machine, seed, true);
        snprintf(text, sizeof text, "tlb.%s.entries=4,8,12,32", name);
        add_axis(request, axes, text);
        snprintf(text, sizeof text, "tlb.%s.ways=1..4:*2,full", name);
        if (chance(seed, 50))
            add_axis(request, axes, text);
    }
    if (machine->cache_count > 0 && chance(seed, 70)) {
        const char *name = some_name(machine, seed, false);
        snprintf(text, sizeof text, "cache.%s.size=256..1024:*2,768", name);
        add_axis(request, axes, text);
        snprintf(text, sizeof text, "cache.%s.%s", name,
                 chance(seed, 50) ? "ways=1,2,4" : "line=16,32,64");
        add_axis(request, axes, text);
    }
    static const char *const policies[] = {"tlb.*.asid_bits=0,1,2,8",
                                           "switch.tags_run_out=flush,recycle",
                                           "tlb.*.global_pages=true,false",
                                           "switch.kpti=true,false",
                                           "memory.latency=3,70",
                                           "pairing=none,p5",
                                           "switch.cr3_flushes=all,non_global",
                                           "memory.large_pages=recorded,kernel"};
    for (unsigned i = 0; i < 2; i++) {
        const char *policy = policies[draw(seed, 8)];
        bool again = false;
        for (size_t j = 0; j < request->axis_count; j++)
            again |= strncmp(policy, axes[j].path, strlen(axes[j].path)) == 0;
        if (!again && (machine->tlb_count > 0 || policy[0] != 't'))
            add_axis(request, axes, policy);
    }
}

/* Sweep the random trace of this seed on a machine, and compare each point. */
static void sweep_seed(struct sweep_case *sweep)
{
    struct cb_error error;
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("sweep.xbt"));
    struct random_shape shape = random_shape(sweep->seed);
    shape.records = 3000;
    random_trace_write(path, sweep->seed, &shape);
    sweep->trace = trace_open(path, &error);
    assert_non_null(sweep->trace);
    struct sweep_options options = {.on_point = compare_point, .context = sweep};
    if (!sweep_run(&sweep->request, sweep->trace, &options, &error))
        fail_msg("seed %" PRIu64 ": %s", sweep->seed, error.sentence);
    assert_int_equal(sweep->points, sweep_points(&sweep->request));
    trace_close(sweep->trace);
}

static void free_axes(struct sweep_request *request, struct sweep_axis *axes)
{
    for (size_t i = 0; i < request->axis_count; i++)
        sweep_axis_free(&axes[i]);
}

static void one_sweep(uint64_t seed, bool hardware, uint64_t *points, uint64_t *refused)
{
    struct sweep_axis axes[SWEEP_AXES];
    char file[128];
    snprintf(file, sizeof file, "%s", scratch_path("sweep.json"));
    uint64_t draws = seed * 77;
    struct machine machine = random_machine(seed);
    if (hardware || chance(&draws, 80))
        make_lru(&machine);
    if (chance(&draws, 80) && machine.walk == MACHINE_WALK_HARDWARE)
        machine.walk = MACHINE_WALK_FIXED;
    if (hardware)
        machine.walk = MACHINE_WALK_HARDWARE;
    if (hardware && chance(&draws, 40)) /* TLBs may be of any kind */
        for (size_t i = 0; i < machine.tlb_count; i++)
            machine.tlbs[i].replacement = MACHINE_FIFO;
    snprintf(machine.name, sizeof machine.name, "drawn");
    snprintf(machine.title, sizeof machine.title, "drawn");
    char *json = machine_to_json(&machine);
    spill(file, (const uint8_t *)json, strlen(json));
    free(json);

    struct sweep_case sweep = {.seed = seed};
    sweep.request = (struct sweep_request){.machine = file, .axes = axes};
    draw_axes(&sweep.request, axes, &machine, &draws);
    sweep_seed(&sweep);
    *points += sweep.points;
    *refused += sweep.refused;
    free_axes(&sweep.request, axes);
}

static void every_point_equals_its_replay(void **state)
{
    (void)state;
    uint64_t points = 0, refused = 0;
    for (uint64_t seed = 1; seed <= SWEEPS; seed++)
        one_sweep(seed, false, &points, &refused);
    assert_true(points > 100);
    assert_true(refused < points * 3 / 5); /* most are machines that can exist */
}

/* Walkers that read through the data caches, over TLBs of one or more levels. */
static void also_where_walks_are_read(void **state)
{
    (void)state;
    uint64_t points = 0, refused = 0;
    for (uint64_t seed = 101; seed <= 100 + WALKERS; seed++)
        one_sweep(seed, true, &points, &refused);
    assert_true(points > 100);
    assert_true(refused < points / 2);
}

/* The machines that are shipped, as their walkers would be if they read: no replays. */
static void shipped(const char *machine, uint64_t seed, uint64_t passes,
                    const char *const *expressions)
{
    struct sweep_axis axes[SWEEP_AXES];
    struct sweep_case sweep = {.seed = seed};
    struct sweep_plan plan;
    struct cb_error error;
    sweep.request = (struct sweep_request){.machine = machine, .axes = axes};
    for (; *expressions != NULL; expressions++)
        add_axis(&sweep.request, axes, *expressions);
    sweep_seed(&sweep);
    sweep.trace = trace_open(scratch_path("sweep.xbt"), &error);
    assert_non_null(sweep.trace);
    assert_true(sweep_explain(&sweep.request, sweep.trace, NULL, &plan, &error));
    assert_int_equal(plan.passes, passes);
    assert_int_equal(plan.walking, passes);
    assert_int_equal(plan.replays, 0);
    trace_close(sweep.trace);
    free_axes(&sweep.request, axes);
}
#define SHIPPED(machine, seed, passes, ...)                                              \
    shipped("model/machines/" machine ".json", seed, passes,                             \
            (const char *const[]){__VA_ARGS__, NULL})

static void also_on_shipped_machines(void **state)
{
    (void)state;
    SHIPPED("pentium-100", 201, 4, "walk.kind=hardware", "tlb.dtlb.entries=16,64",
            "tlb.itlb.entries=8,32", "cache.l1d.size=2K,8K", "cache.l2.size=16K,64K",
            "cache.l2.ways=1,2");
    SHIPPED("pentium-100", 202, 1, "walk.kind=hardware", "cache.l1d.write_allocate=true",
            "cache.l1d.size=1K..8K:*2", "cache.l1d.ways=1,2,4", "memory.latency=11,40");
    SHIPPED("i486-50", 203, 2, "walk.kind=hardware", "cache.l1.replacement=lru",
            "tlb.tlb.entries=16,32", "cache.l1.size=2K,8K", "cache.l1.ways=1,4",
            "cache.l1.line=16,32");
    SHIPPED("i486-50", 204, 5, "walk.kind=hardware", "cache.l1.replacement=lru",
            "tlb.tlb.asid_bits=0,2,6", "tlb.tlb.global_pages=false,true",
            "cache.l1.size=2K,8K");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_point_equals_its_replay),
        cmocka_unit_test(also_where_walks_are_read),
        cmocka_unit_test(also_on_shipped_machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
