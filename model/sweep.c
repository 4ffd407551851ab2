/* A sweep: plan, passes, and the ledger of each point put together from counts. */
#include "model/ledger.h"
#include "model/sweep_pass.h"

#include <stdio.h>
#include <stdlib.h>

struct sweep {
    const struct sweep_request *request;
    const struct trace_reader *trace;
    const struct sweep_options *options;
    struct cb_error *error;
    struct plan plan;
    struct pass *passes;      /* [plan.stream_count] */
    struct ledger **replayed; /* [plan_replays()] */
    size_t done;              /* of passes and replays */
    size_t domains;
    uint64_t wanted, refused;
};

/* ---- the machine of a point ---- */

/* Load it; false with *refused filled in for one that cannot be, or with the error. */
static bool load_point(const struct sweep *sweep, uint64_t point, struct machine *machine,
                       struct cb_error *error)
{
    const struct sweep_request *request = sweep->request;
    size_t indices[SWEEP_AXES], count = request->set_count;
    const char *sets[256 + SWEEP_AXES];
    char own[SWEEP_AXES][256];
    if (count > 256)
        return cb_error_set(error, CB_USAGE, "more than 256 overrides");
    for (size_t i = 0; i < count; i++)
        sets[i] = request->sets[i];
    sweep_point_values(request, point, indices);
    for (size_t i = 0; i < request->axis_count; i++) {
        snprintf(own[i], sizeof own[i], "%s=%s", request->axes[i].path,
                 request->axes[i].values[indices[i]]);
        sets[count++] = own[i];
    }
    return machine_load(machine, request->machine, request->directory, sets, count,
                        error);
}

/* Load it and lay it out. A machine that is good must be freed. */
static bool lay_out_point(const struct sweep *sweep, uint64_t point,
                          struct machine *machine, struct layout *layout,
                          struct cb_error *error)
{
    if (!load_point(sweep, point, machine, error))
        return false;
    if (layout_init(layout, machine, sweep->domains, error))
        return true;
    machine_free(machine);
    return false;
}

static bool wants(const struct sweep *sweep, uint64_t point)
{
    const struct sweep_options *options = sweep->options;
    return options->wants == NULL || options->wants(options->context, point);
}

/* A path that the machine does not have is a mistake, not a machine that cannot be: such
 * an error names the override and no place in the machine, or a key that is none. */
static bool is_mistake(const struct cb_error *error)
{
    return error->code != CB_USAGE || strncmp(error->sentence, "unknown key", 11) == 0 ||
           (error->source[0] != '\0' && error->path[0] == '\0');
}

/* ---- planning ---- */

static bool plan_point(struct sweep *sweep, uint64_t point)
{
    struct machine machine;
    struct layout layout;
    struct cb_error refused;
    sweep->wanted++;
    if (!lay_out_point(sweep, point, &machine, &layout, &refused)) {
        sweep->refused++;
        if (is_mistake(&refused)) {
            *sweep->error = refused;
            return false;
        }
        return true;
    }
    struct route route;
    bool good = plan_route(&sweep->plan, &layout, true, &route);
    machine_free(&machine);
    return good || cb_error_set(sweep->error, CB_IO, "out of memory");
}

static bool should_stop(const struct sweep *sweep)
{
    const struct sweep_options *options = sweep->options;
    if (options->should_stop == NULL || !options->should_stop(options->context))
        return false;
    cb_error_set(sweep->error, CB_IO, "interrupted");
    return true;
}

static bool plan_all(struct sweep *sweep)
{
    uint64_t points = sweep_points(sweep->request);
    if (sweep->request->axis_count > SWEEP_AXES)
        return cb_error_set(sweep->error, CB_USAGE, "more than %d swept parameters",
                            SWEEP_AXES);
    if (points > SWEEP_POINTS)
        return cb_error_set(sweep->error, CB_USAGE,
                            "the grid has more than %llu points; expected fewer values",
                            (unsigned long long)SWEEP_POINTS);
    for (uint64_t point = 0; point < points; point++)
        if (wants(sweep, point) &&
            ((point % 64 == 0 && should_stop(sweep)) || !plan_point(sweep, point)))
            return false;
    return true;
}

/* ---- running ---- */

struct progress {
    struct sweep *sweep;
    size_t done, all; /* passes and replays */
};

static void report_progress(void *context, uint64_t records, uint64_t all)
{
    const struct progress *progress = context;
    const struct sweep_options *options = progress->sweep->options;
    if (options->on_progress != NULL && all > 0)
        options->on_progress(options->context,
                             ((double)progress->done + (double)records / (double)all) /
                                 (double)progress->all);
}

static bool stop_replay(void *context)
{
    const struct progress *progress = context;
    const struct sweep_options *options = progress->sweep->options;
    return options->should_stop != NULL && options->should_stop(options->context);
}

static struct progress progress_of(struct sweep *sweep)
{
    return (struct progress){.sweep = sweep,
                             .done = sweep->done,
                             .all =
                                 plan_replays(&sweep->plan) + sweep->plan.stream_count};
}

static struct replay_options progress_options(struct progress *progress)
{
    return (struct replay_options){.threads = progress->sweep->options->threads,
                                   .on_progress = report_progress,
                                   .should_stop = stop_replay,
                                   .context = progress};
}

static bool prepare(struct sweep *sweep)
{
    sweep->passes = calloc(sweep->plan.stream_count + 1, sizeof *sweep->passes);
    sweep->replayed = calloc(plan_replays(&sweep->plan) + 1, sizeof *sweep->replayed);
    return (sweep->passes != NULL && sweep->replayed != NULL) ||
           cb_error_set(sweep->error, CB_IO, "out of memory");
}

/* Passes and replays are made when the first point needs them, so that the points before
 * it are kept when the sweep is interrupted. */
static bool ensure_pass(struct sweep *sweep, size_t i)
{
    if (sweep->passes[i].ledger != NULL)
        return true;
    struct progress progress = progress_of(sweep);
    struct replay_options options = progress_options(&progress);
    bool good = pass_run(&sweep->passes[i], sweep->trace, &sweep->plan, i, &options,
                         sweep->error);
    sweep->done += good;
    return good;
}

static bool ensure_replay(struct sweep *sweep, size_t i)
{
    if (i == NOWHERE || sweep->replayed[i] != NULL)
        return true;
    struct progress progress = progress_of(sweep);
    struct replay_options options = progress_options(&progress);
    struct machine machine = plan_replay_machine(&sweep->plan, i);
    sweep->replayed[i] = replay(sweep->trace, &machine, &options, sweep->error);
    sweep->done += sweep->replayed[i] != NULL;
    return sweep->replayed[i] != NULL;
}

static bool ensure(struct sweep *sweep, const struct route *route)
{
    size_t whole = route->whole != NOWHERE
                       ? plan_replay_of_whole(&sweep->plan, route->whole)
                       : NOWHERE;
    return ensure_pass(sweep, route->stream) && ensure_replay(sweep, whole) &&
           ensure_replay(sweep, route->tlb_replay) &&
           ensure_replay(sweep, route->cache_replay);
}

/* ---- putting a point's ledger together ---- */

struct composition {
    const struct sweep *sweep;
    const struct layout *layout;
    const struct route *route;
    struct ledger *ledger;
};

static struct ledger_line *line_of(const struct composition *composition, size_t phase,
                                   size_t domain, enum account account)
{
    return &composition->ledger->phase[phase].domains[domain].line[account];
}

/* A structure's misses on one side, as events of the bit at which that side asks it. */
static void add_misses(const struct composition *composition, size_t need, uint64_t sets,
                       uint32_t ways, enum side side, unsigned bit, bool last)
{
    const struct layout *layout = composition->layout;
    const struct pass *pass = &composition->sweep->passes[composition->route->stream];
    const struct family *family = pass_family(pass, need);
    unsigned end = bit - bit % 4 + EVENT_MEMORY; /* walk, or memory */
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t domain = 0; domain < composition->sweep->domains; domain++)
            for (enum account account = 0; account < ACCOUNTS; account++) {
                int64_t count = family_count(family, sets, ways, (enum trace_phase)phase,
                                             domain, account, side);
                struct ledger_line *line = line_of(composition, phase, domain, account);
                line->counts.n[side][layout->component[side][bit]] += count;
                line->memory_mcycles += count * layout->cost[side][bit];
                if (!last)
                    continue;
                line->counts.n[side][layout->component[side][end]] += count;
                line->memory_mcycles += count * layout->cost[side][end];
            }
}

static void add_way(const struct composition *composition, const struct way_down *way,
                    enum side side, unsigned group, bool tlbs, bool *done)
{
    const struct machine *machine = composition->layout->machine;
    for (unsigned position = 0; position < way->count; position++) {
        size_t i = way->index[position];
        bool last = position + 1u == way->count;
        if (done[i])
            continue;
        done[i] = true;
        if (tlbs)
            add_misses(composition, composition->route->tlb_needs[i],
                       machine_tlb_sets(&machine->tlbs[i]), machine->tlbs[i].ways, side,
                       group + position, last);
        else
            add_misses(composition, composition->route->cache_needs[i],
                       machine_cache_sets(&machine->caches[i]), machine->caches[i].ways,
                       side, group + position, last);
    }
}

/* A side without any cache: all its accesses but stores go to memory. */
static void add_uncached(const struct composition *composition, enum side side)
{
    const struct pass *pass = &composition->sweep->passes[composition->route->stream];
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t domain = 0; domain < composition->sweep->domains; domain++)
            for (enum account account = 0; account < ACCOUNTS; account++) {
                int64_t count =
                    pass_uncached(pass, (enum trace_phase)phase, domain, account, side);
                struct ledger_line *line = line_of(composition, phase, domain, account);
                line->counts.n[side][COMPONENT_MEMORY] += count;
                line->memory_mcycles +=
                    count * composition->layout->machine->memory_latency;
            }
}

static void add_families(const struct composition *composition, bool tlbs)
{
    const struct layout *layout = composition->layout;
    for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++) {
        bool done[MACHINE_TLBS + MACHINE_CACHES] = {false};
        if (!tlbs) {
            add_way(composition, &layout->caches[side], side, EVENT_LINE, false, done);
            if (layout->caches[side].count == 0)
                add_uncached(composition, side);
            continue;
        }
        for (unsigned kernel = 0; kernel < 2; kernel++)
            add_way(composition, &layout->tlbs[side][kernel], side, 0, true, done);
    }
}

static bool is_translation(enum component component)
{
    return component <= COMPONENT_WALK;
}

/* Costs of an event by side and component, from the event bits of this machine. */
static int64_t cost_of(const struct layout *layout, enum side side,
                       enum component component)
{
    for (unsigned bit = 0; bit < EVENTS; bit++)
        if (layout->component[side][bit] == component)
            return layout->cost[side][bit];
    return 0;
}

/* Take a half's counts, or both, from a replay of the same geometry. */
static void add_replay(const struct composition *composition, const struct ledger *from,
                       bool tlbs, bool caches)
{
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t domain = 0; domain < composition->sweep->domains; domain++)
            for (enum account account = 0; account < ACCOUNTS; account++) {
                const struct counts *counts =
                    &from->phase[phase].domains[domain].line[account].counts;
                struct ledger_line *line = line_of(composition, phase, domain, account);
                for (enum side side = 0; side < SIDES; side++)
                    for (enum component c = 0; c < COMPONENTS; c++) {
                        if (!(is_translation(c) ? tlbs : caches))
                            continue;
                        line->counts.n[side][c] += counts->n[side][c];
                        line->memory_mcycles +=
                            counts->n[side][c] * cost_of(composition->layout, side, c);
                    }
            }
}

static void add_instructions(const struct composition *composition)
{
    const struct pass *pass = &composition->sweep->passes[composition->route->stream];
    const int64_t *costs = composition->layout->machine->instructions;
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++) {
        const struct ledger_phase *from = &pass->ledger->phase[phase];
        struct ledger_phase *to = &composition->ledger->phase[phase];
        to->records = from->records;
        to->requests = from->requests;
        to->thread_switches = from->thread_switches;
        memcpy(to->space_switches, from->space_switches, sizeof to->space_switches);
        for (size_t domain = 0; domain < composition->sweep->domains; domain++) {
            const struct ledger_domain *is = &from->domains[domain];
            struct ledger_domain *becomes = &to->domains[domain];
            memcpy(becomes->charged, is->charged, sizeof is->charged);
            memcpy(becomes->classes, is->classes, sizeof is->classes);
            becomes->visits = is->visits;
            becomes->visit_pages = is->visit_pages;
            becomes->visit_lines = is->visit_lines;
            for (enum account account = 0; account < ACCOUNTS; account++) {
                struct ledger_line *line = &becomes->line[account];
                line->instructions = is->line[account].instructions;
                for (size_t class = 0; class < INSTRUCTION_CLASSES; class ++)
                    line->instruction_mcycles +=
                        is->charged[account][class] * costs[class];
            }
        }
    }
}

static void add_totals(struct ledger *ledger)
{
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (enum account account = 0; account < ACCOUNTS; account++)
            ledger->total_mcycles +=
                ledger_account_mcycles(ledger, (enum trace_phase)phase, account);
}

static struct ledger *compose(struct sweep *sweep, const struct layout *layout)
{
    struct route route;
    struct ledger *ledger = ledger_create(sweep->trace, layout->machine);
    if (ledger == NULL || !plan_route(&sweep->plan, layout, false, &route)) {
        ledger_free(ledger);
        cb_error_set(sweep->error, CB_IO, "out of memory");
        return NULL;
    }
    if (!ensure(sweep, &route)) {
        ledger_free(ledger);
        return NULL;
    }
    struct composition composition = {
        .sweep = sweep, .layout = layout, .route = &route, .ledger = ledger};
    add_instructions(&composition);
    ledger->lost = sweep->passes[route.stream].ledger->lost;
    if (route.whole != NOWHERE) {
        size_t i = plan_replay_of_whole(&sweep->plan, route.whole);
        add_replay(&composition, sweep->replayed[i], true, true);
    } else {
        if (route.tlb_replay != NOWHERE)
            add_replay(&composition, sweep->replayed[route.tlb_replay], true, false);
        else
            add_families(&composition, true);
        if (route.cache_replay != NOWHERE)
            add_replay(&composition, sweep->replayed[route.cache_replay], false, true);
        else
            add_families(&composition, false);
    }
    add_totals(ledger);
    return ledger;
}

static bool hand_over(struct sweep *sweep, uint64_t point)
{
    const struct sweep_options *options = sweep->options;
    struct machine machine;
    struct layout layout;
    struct cb_error refused;
    if (!lay_out_point(sweep, point, &machine, &layout, &refused))
        return options->on_point(options->context, point, NULL, &refused) ||
               cb_error_set(sweep->error, CB_IO, "interrupted");
    struct ledger *ledger = compose(sweep, &layout);
    bool good = ledger != NULL;
    if (good && !options->on_point(options->context, point, ledger, NULL))
        good = cb_error_set(sweep->error, CB_IO, "interrupted");
    ledger_free(ledger);
    machine_free(&machine);
    return good;
}

static bool hand_all_over(struct sweep *sweep)
{
    uint64_t points = sweep_points(sweep->request);
    for (uint64_t point = 0; point < points; point++)
        if (wants(sweep, point) &&
            ((point % 64 == 0 && should_stop(sweep)) || !hand_over(sweep, point)))
            return false;
    return true;
}

/* ---- from outside ---- */

static void start(struct sweep *sweep, const struct sweep_request *request,
                  const struct trace_reader *trace, const struct sweep_options *options,
                  struct cb_error *error)
{
    static const struct sweep_options defaults;
    size_t count;
    const struct trace_domain *domains = trace_domains(trace, &count);
    bool has_kernel = false;
    for (size_t i = 0; i < count; i++)
        has_kernel |= domains[i].id == 0;
    *sweep = (struct sweep){.request = request,
                            .trace = trace,
                            .options = options != NULL ? options : &defaults,
                            .error = error,
                            .domains = count + !has_kernel};
}

static void end(struct sweep *sweep)
{
    for (size_t i = 0; sweep->passes != NULL && i < sweep->plan.stream_count; i++)
        pass_free(&sweep->passes[i]);
    for (size_t i = 0; sweep->replayed != NULL && i < plan_replays(&sweep->plan); i++)
        ledger_free(sweep->replayed[i]);
    free(sweep->passes);
    free(sweep->replayed);
    plan_free(&sweep->plan);
}

bool sweep_explain(const struct sweep_request *request, const struct trace_reader *trace,
                   const struct sweep_options *options, struct sweep_plan *plan,
                   struct cb_error *error)
{
    struct sweep sweep;
    start(&sweep, request, trace, options, error);
    bool good = plan_all(&sweep);
    *plan = (struct sweep_plan){.points = sweep.wanted,
                                .refused = sweep.refused,
                                .families = sweep.plan.need_count,
                                .passes = sweep.plan.stream_count,
                                .replays = plan_replays(&sweep.plan)};
    memcpy(plan->why_replays, sweep.plan.why_replays, sizeof plan->why_replays);
    end(&sweep);
    return good;
}

bool sweep_run(const struct sweep_request *request, const struct trace_reader *trace,
               const struct sweep_options *options, struct cb_error *error)
{
    struct sweep sweep;
    start(&sweep, request, trace, options, error);
    bool good = plan_all(&sweep) && prepare(&sweep) && hand_all_over(&sweep);
    end(&sweep);
    return good;
}
