/* A sweep: plan, passes and replays, and points handed over as soon as these are done. */
#include "model/sweep_inside.h"

#include <stdio.h>
#include <stdlib.h>

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
    if (layout_init(layout, machine, sweep->results.domains, error))
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
    struct route route;
    sweep->wanted++;
    if (!lay_out_point(sweep, point, &machine, &layout, &refused)) {
        sweep->refused++;
        if (is_mistake(&refused)) {
            *sweep->error = refused;
            return false;
        }
        return jobs_add_refused(&sweep->jobs, (uint32_t)point) ||
               cb_error_set(sweep->error, CB_IO, "out of memory");
    }
    bool good = plan_route(&sweep->plan, &layout, true, &route) &&
                jobs_add_point(&sweep->jobs, &sweep->plan, &route, (uint32_t)point);
    machine_free(&machine);
    if (!good && !sweep->stopped)
        cb_error_set(sweep->error, CB_IO, "out of memory");
    return good;
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

static bool allocate(struct sweep *sweep)
{
    struct sweep_results *results = &sweep->results;
    results->passes = calloc(sweep->plan.stream_count + 1, sizeof *results->passes);
    results->replayed = calloc(sweep->plan.replay_count + 1, sizeof *results->replayed);
    sweep->fractions = calloc(sweep->jobs.count + 1, sizeof *sweep->fractions);
    return (results->passes != NULL && results->replayed != NULL &&
            sweep->fractions != NULL) ||
           cb_error_set(sweep->error, CB_IO, "out of memory");
}

/* ---- handing over ---- */

static void free_job(struct sweep *sweep, const struct job *job)
{
    if (job->kind == JOB_PASS) {
        pass_free(&sweep->results.passes[job->index]);
        return;
    }
    ledger_free(sweep->results.replayed[job->index]);
    sweep->results.replayed[job->index] = NULL;
}

/* A point has been handed over: what no other needs goes. */
static bool release(struct sweep *sweep, const struct route *route)
{
    struct job *jobs[JOBS_OF_POINT];
    size_t count = jobs_of_route(&sweep->jobs, &sweep->plan, route, jobs);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        if (--jobs[i]->uses > 0)
            continue;
        good = good && drop_job(sweep, jobs[i]);
        free_job(sweep, jobs[i]);
    }
    return good;
}

static bool give(const struct sweep *sweep, uint64_t point, const struct ledger *ledger,
                 const struct cb_error *refused)
{
    const struct sweep_options *options = sweep->options;
    return options->on_point(options->context, point, ledger, refused) ||
           cb_error_set(sweep->error, CB_IO, "interrupted");
}

static bool compose(struct sweep *sweep, uint64_t point, const struct layout *layout,
                    const struct route *route)
{
    struct ledger *ledger = point_ledger(&sweep->results, layout, route);
    if (ledger == NULL)
        return cb_error_set(sweep->error, CB_IO, "out of memory");
    bool good = give(sweep, point, ledger, NULL);
    ledger_free(ledger);
    return good;
}

/* Whether all that the route names has been computed; if not, and `now`, compute it. */
static bool have(struct sweep *sweep, const struct route *route, bool now)
{
    struct job *jobs[JOBS_OF_POINT];
    size_t count = jobs_of_route(&sweep->jobs, &sweep->plan, route, jobs);
    for (size_t i = 0; i < count; i++)
        while (!jobs[i]->done)
            if (!now || !run_some(sweep))
                return false;
    return true;
}

/* `now`: compute what is missing. Otherwise a point that misses something is left out. */
static bool hand_over(struct sweep *sweep, uint64_t point, bool now)
{
    struct machine machine;
    struct layout layout;
    struct cb_error refused;
    struct route route;
    if (!lay_out_point(sweep, point, &machine, &layout, &refused)) {
        if (!is_mistake(&refused))
            return give(sweep, point, NULL, &refused);
        *sweep->error = refused;
        return false;
    }
    bool good = plan_route(&sweep->plan, &layout, false, &route) ||
                cb_error_set(sweep->error, CB_IO, "out of memory");
    if (good && have(sweep, &route, now)) {
        good = compose(sweep, point, &layout, &route) && release(sweep, &route);
    } else {
        good &= !now;
    }
    machine_free(&machine);
    return good;
}

static bool hand_over_in_order(struct sweep *sweep)
{
    uint64_t points = sweep_points(sweep->request);
    for (uint64_t point = 0; point < points; point++)
        if (wants(sweep, point) &&
            ((point % 64 == 0 && should_stop(sweep)) || !hand_over(sweep, point, true)))
            return false;
    return true;
}

/* All points that have waited for this job alone. What a job has come to is never lost:
 * its points are handed over even if the sweep is to stop. */
static bool hand_over_of(struct sweep *sweep, const struct job *job)
{
    for (size_t i = 0; i < job->point_count; i++)
        if (!hand_over(sweep, job->points[i], false))
            return false;
    return true;
}

static bool hand_over_as_they_come(struct sweep *sweep)
{
    if (!hand_over_of(sweep, &sweep->jobs.none))
        return false;
    while (sweep->next < sweep->jobs.count) {
        size_t first = sweep->next;
        struct cb_error error = {0};
        bool good = !should_stop(sweep) && run_some(sweep);
        if (!good)
            error = *sweep->error;
        for (size_t i = first; i < sweep->next; i++)
            if (sweep->jobs.list[i].done && !hand_over_of(sweep, &sweep->jobs.list[i]))
                return false;
        if (!good) {
            *sweep->error = error;
            return false;
        }
    }
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
                            .options = options != NULL ? options : &defaults,
                            .error = error,
                            .lock = PTHREAD_MUTEX_INITIALIZER,
                            .results = {.trace = trace, .domains = count + !has_kernel}};
    sweep->results.plan = &sweep->plan;
    if (sweep->options->load_counts == NULL)
        return;
    sweep->plan.recall = recall_geometry;
    sweep->plan.context = sweep;
}

/* All that is to be done, and what of it has been done before. */
static bool get_ready(struct sweep *sweep)
{
    return plan_all(sweep) && allocate(sweep) && recall_passes(sweep);
}

static void end(struct sweep *sweep)
{
    struct sweep_results *results = &sweep->results;
    for (size_t i = 0; results->passes != NULL && i < sweep->plan.stream_count; i++)
        pass_free(&results->passes[i]);
    for (size_t i = 0; results->replayed != NULL && i < sweep->plan.replay_count; i++)
        ledger_free(results->replayed[i]);
    free(results->passes);
    free(results->replayed);
    free(sweep->fractions);
    jobs_free(&sweep->jobs);
    plan_free(&sweep->plan);
}

bool sweep_explain(const struct sweep_request *request, const struct trace_reader *trace,
                   const struct sweep_options *options, struct sweep_plan *plan,
                   struct cb_error *error)
{
    struct sweep sweep;
    start(&sweep, request, trace, options, error);
    bool good = get_ready(&sweep);
    size_t kept = plan_kept_replays(&sweep.plan);
    *plan = (struct sweep_plan){.points = sweep.wanted,
                                .refused = sweep.refused,
                                .families = sweep.plan.need_count,
                                .passes = sweep.plan.stream_count,
                                .kept_passes = sweep.effort.kept_passes,
                                .replays = sweep.plan.replay_count + kept,
                                .kept_replays = kept};
    for (size_t i = 0; i < sweep.plan.stream_count; i++)
        plan->walking += sweep.plan.streams[i].walks;
    memcpy(plan->why_replays, sweep.plan.why_replays, sizeof plan->why_replays);
    end(&sweep);
    return good;
}

bool sweep_run(const struct sweep_request *request, const struct trace_reader *trace,
               const struct sweep_options *options, struct cb_error *error)
{
    struct sweep sweep;
    start(&sweep, request, trace, options, error);
    bool good = get_ready(&sweep);
    sweep.effort.kept_replays = plan_kept_replays(&sweep.plan);
    if (good)
        good = sweep.options->any_order ? hand_over_as_they_come(&sweep)
                                        : hand_over_in_order(&sweep);
    if (sweep.options->effort != NULL)
        *sweep.options->effort = sweep.effort;
    end(&sweep);
    return good;
}
