/* sweep_run.c - sweep one trace after the other, into a report or onto standard output.
 */
#include "cli.h"
#include "reports/report.h"
#include "sweep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* ---- one sweep ---- */

/* All that is open during the verb. */
struct session {
    const struct sweep_order *order;
    struct sweep_request request;
    char directory[4096]; /* of the machines */
    struct machine machine;
    struct report *report;
    struct sweep_show *show;
    struct progress progress;
    size_t trace; /* that is being swept, from 0 */

    /* Of this trace: */
    int64_t sweep; /* in the report */
    uint8_t *kept; /* a bit for each point that the report had before */
    uint64_t kept_count, wanted;
    struct sweep_effort effort;
    double written;          /* when points were last put into the file */
    struct cb_error refusal; /* of the report */
    double begun, fraction;  /* for the estimate */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Shards are stretches of points: neighbours differ in the last axis and share passes. */
static bool in_shard(const struct session *session, uint64_t point)
{
    const struct sweep_order *order = session->order;
    uint64_t points = sweep_points(&session->request);
    return order->shards == 0 || (point >= points * (order->shard - 1) / order->shards &&
                                  point < points * order->shard / order->shards);
}

static bool wants(void *context, uint64_t point)
{
    const struct session *session = context;
    bool kept = session->kept != NULL && (session->kept[point / 8] >> point % 8 & 1) != 0;
    return !kept && in_shard(session, point);
}

static void say_refused(char *text, size_t size, const struct cb_error *refused)
{
    snprintf(text, size, "%s%s%s", refused->path, refused->path[0] != '\0' ? ": " : "",
             refused->sentence);
}

/* A point is soon in the file, however slow they come. */
static bool keep_point(struct session *session, uint64_t point,
                       const struct ledger *ledger, const char *refused)
{
    if (!report_add_point(session->report, session->sweep, point, ledger, refused,
                          &session->refusal))
        return false;
    if (now() - session->written < 1)
        return true;
    session->written = now();
    return report_keep_points(session->report, &session->refusal);
}

static bool on_point(void *context, uint64_t point, const struct ledger *ledger,
                     const struct cb_error *refused)
{
    struct session *session = context;
    char why[768] = "";
    if (ledger == NULL)
        say_refused(why, sizeof why, refused);
    if (session->report != NULL)
        return keep_point(session, point, ledger, why);
    sweep_show_point(session->show, &session->request, point, ledger, why);
    return true;
}

static bool keep_counts(void *context, const struct sweep_counts *counts, size_t count)
{
    struct session *session = context;
    return report_keep_counts(session->report, session->sweep, counts, count,
                              &session->refusal);
}

static bool load_counts(void *context, const char *key, size_t index,
                        struct sweep_counts *counts)
{
    struct session *session = context;
    return report_load_counts(session->report, session->sweep, key, index, counts,
                              &session->refusal);
}

static bool drop_counts(void *context, const char *key, const char *part)
{
    struct session *session = context;
    return report_drop_counts(session->report, session->sweep, key, part,
                              &session->refusal);
}

static void on_progress(void *context, double done)
{
    struct session *session = context;
    double points = (double)session->wanted,
           traces = (double)session->order->traces.count;
    progress_show(&session->progress,
                  (uint64_t)(points * ((double)session->trace + done)),
                  (uint64_t)(points * traces));
}

static bool should_stop(void *context)
{
    (void)context;
    return cli_signal() != 0;
}

static bool run_sweep(struct session *session, const struct trace_reader *trace,
                      struct cb_error *error)
{
    struct sweep_options options = {.threads = session->order->threads,
                                    .wants = wants,
                                    .on_point = on_point,
                                    .any_order = session->report != NULL,
                                    .effort = &session->effort,
                                    .on_progress = on_progress,
                                    .should_stop = should_stop,
                                    .context = session};
    if (session->report != NULL) {
        options.keep_counts = keep_counts;
        options.drop_counts = drop_counts;
        options.load_counts = session->order->resume ? load_counts : NULL;
    }
    session->wanted = 0;
    for (uint64_t point = 0; point < sweep_points(&session->request); point++)
        session->wanted += wants(session, point);
    session->refusal = (struct cb_error){.code = CB_DONE};
    session->written = now();
    if (sweep_run(&session->request, trace, &options, error))
        return true;
    if (session->refusal.code != CB_DONE)
        *error = session->refusal;
    return false;
}

/* ---- in a report ---- */

static bool load_kept(struct session *session, struct cb_error *error)
{
    uint64_t points = sweep_points(&session->request);
    session->kept_count = 0;
    session->kept = calloc(points / 8 + 1, 1);
    if (session->kept == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (uint64_t point = 0; point < points; point++) {
        bool has;
        if (!report_has_point(session->report, session->sweep, point, &has, error))
            return false;
        session->kept[point / 8] |= (uint8_t)(has << point % 8);
        session->kept_count += has && in_shard(session, point);
    }
    return true;
}

static void list_axes(const struct sweep_order *order, struct report_axis *axes)
{
    for (size_t i = 0; i < order->axis_count; i++)
        axes[i] =
            (struct report_axis){.path = order->axes[i].path,
                                 .values = (const char *const *)order->axes[i].values,
                                 .count = order->axes[i].count};
}

static bool begin_in_report(struct session *session, struct trace_reader *trace,
                            struct cb_error *error)
{
    const struct sweep_order *order = session->order;
    struct report_axis axes[SWEEP_AXES];
    list_axes(order, axes);
    size_t count = 0;
    const struct trace_domain *domains = trace_domains(trace, &count);
    int64_t trace_id, machine_id;
    return trace_hash(trace, error) &&
           report_add_trace(session->report, trace_info(trace), domains, count, &trace_id,
                            error) &&
           report_add_machine(session->report, &session->machine, &machine_id, error) &&
           report_begin_sweep(session->report, trace_id, machine_id, 0, axes,
                              order->axis_count, &session->sweep, error) &&
           (!order->resume || load_kept(session, error));
}

/* Of a sweep that had been interrupted: what was taken from before. */
static void say_what_was_kept(const struct session *session, const char *path)
{
    const struct sweep_effort *effort = &session->effort;
    if (effort->damaged > 0)
        cli_warn("%s: %" PRIu64 " kept counts of passes and replays were damaged, and "
                 "not used",
                 path, effort->damaged);
    if (session->wanted == 0 ||
        session->kept_count + effort->kept_passes + effort->kept_replays == 0)
        return;
    cli_warn("%s: %" PRIu64 " of %" PRIu64 " points were there; passes: %" PRIu64
             " taken from before, %" PRIu64 " computed; replays: %" PRIu64
             " taken from before, %" PRIu64 " computed",
             path, session->kept_count, session->kept_count + session->wanted,
             effort->kept_passes, effort->passes, effort->kept_replays, effort->replays);
}

static bool sweep_into_report(struct session *session, const char *path,
                              struct trace_reader *trace, struct cb_error *error)
{
    bool done = begin_in_report(session, trace, error) &&
                run_sweep(session, trace, error) &&
                (session->order->shards > 0
                     ? report_keep_points(session->report, error)
                     : report_finish_sweep(session->report, session->sweep, error));
    if (done && session->order->resume)
        say_what_was_kept(session, path);
    free(session->kept);
    session->kept = NULL;
    return done;
}

/* ---- the plan ---- */

/* The report as it is; one that is not there yet has nothing. */
static bool open_kept(struct session *session, struct cb_error *error)
{
    const struct sweep_order *order = session->order;
    if (!order->resume || access(order->report, F_OK) != 0)
        return true;
    session->report = report_open(order->report, REPORT_READ, error);
    return session->report != NULL;
}

static bool find_kept(struct session *session, struct trace_reader *trace,
                      struct cb_error *error)
{
    struct report_axis axes[SWEEP_AXES];
    session->kept_count = 0;
    if (session->report == NULL)
        return true;
    list_axes(session->order, axes);
    return trace_hash(trace, error) &&
           report_find_sweep(session->report, trace_info(trace)->sha256,
                             &session->machine, axes, session->order->axis_count,
                             &session->sweep, error) &&
           load_kept(session, error);
}

static bool nothing(void *context, uint64_t point, const struct ledger *ledger,
                    const struct cb_error *refused)
{
    (void)context, (void)point, (void)ledger, (void)refused;
    return true;
}

static void note_fraction(void *context, double done)
{
    struct session *session = context;
    session->fraction = done;
}

#define TRIAL_SECONDS 0.5

static bool trial_is_over(void *context)
{
    const struct session *session = context;
    return cli_signal() != 0 ||
           (session->fraction > 0 && now() - session->begun > TRIAL_SECONDS);
}

/* Begin, to see how fast it goes on this computer. */
static void estimate(struct session *session, const struct trace_reader *trace)
{
    struct sweep_options options = {.threads = session->order->threads,
                                    .wants = wants,
                                    .on_point = nothing,
                                    .load_counts =
                                        session->report != NULL ? load_counts : NULL,
                                    .on_progress = note_fraction,
                                    .should_stop = trial_is_over,
                                    .context = session};
    struct cb_error error;
    session->begun = now();
    session->fraction = 0;
    bool whole = sweep_run(&session->request, trace, &options, &error);
    double took = now() - session->begun;
    if (whole)
        printf("  time      %.1f s (all of it was tried)\n", took);
    else if (session->fraction > 0 && cli_signal() == 0)
        printf("  time      about %.0f s, going by its first %.1f %%\n",
               took / session->fraction, 100 * session->fraction);
}

static bool plan_sweep(struct session *session, const struct trace_reader *trace,
                       struct sweep_plan *plan, struct cb_error *error)
{
    struct sweep_options options = {.wants = wants,
                                    .load_counts =
                                        session->report != NULL ? load_counts : NULL,
                                    .should_stop = should_stop,
                                    .context = session};
    session->refusal = (struct cb_error){.code = CB_DONE};
    if (sweep_explain(&session->request, trace, &options, plan, error))
        return true;
    if (session->refusal.code != CB_DONE)
        *error = session->refusal;
    return false;
}

static void print_plan(const struct session *session, const char *path,
                       const struct sweep_plan *plan, uint64_t records)
{
    cli_put(stdout, path);
    printf("\n  points    %" PRIu64 ", of which refused %" PRIu64 "\n", plan->points,
           plan->refused);
    printf("  families  %" PRIu64 " (structures whose sizes come from one pass)\n",
           plan->families);
    printf("  passes    %" PRIu64, plan->passes);
    if (plan->walking > 0)
        printf(", of which %" PRIu64 " for one geometry of TLBs each: its walks are read "
               "through the data caches",
               plan->walking);
    printf("\n");
    printf("  replays   %" PRIu64 "%s%s\n", plan->replays,
           plan->replays > 0 ? ", because of " : "",
           plan->replays > 0 ? plan->why_replays : "");
    if (session->order->resume)
        printf("  before    %" PRIu64 " points are there, and counts: of passes %" PRIu64
               ", of replays %" PRIu64 "\n",
               session->kept_count, plan->kept_passes, plan->kept_replays);
    printf("  records   %" PRIu64 " x %" PRIu64 "\n",
           plan->passes - plan->kept_passes + plan->replays - plan->kept_replays,
           records);
}

static bool explain(struct session *session, const char *path, struct trace_reader *trace,
                    struct cb_error *error)
{
    struct sweep_plan plan;
    bool done =
        find_kept(session, trace, error) && plan_sweep(session, trace, &plan, error);
    if (done) {
        print_plan(session, path, &plan, trace_info(trace)->records);
        estimate(session, trace);
    }
    free(session->kept);
    session->kept = NULL;
    return done;
}

/* ---- all traces ---- */

static bool is_acceptable(const struct session *session, const char *path,
                          const struct trace_info *info, struct cb_error *error)
{
    if (!cli_cut(path, info, error))
        return true;
    if (session->order->partial)
        cli_warn("%s: the trace was cut; taking its %" PRIu64 " whole records", path,
                 info->records);
    return session->order->partial;
}

static void describe(struct recording *recording, const char *path,
                     const struct trace_info *info)
{
    *recording = (struct recording){
        .path = path, .scenario = info->scenario, .structure = info->structure};
    json_t *header = json_loads(info->header, 0, NULL);
    const json_t *pages = json_object_get(json_object_get(header, "knobs"), "pages");
    if (json_is_integer(pages))
        snprintf(recording->pages, sizeof recording->pages, "%" JSON_INTEGER_FORMAT,
                 json_integer_value(pages));
    else if (json_is_string(pages))
        snprintf(recording->pages, sizeof recording->pages, "%s",
                 json_string_value(pages));
    json_decref(header);
}

static bool sweep_trace(struct session *session, const char *path, struct cb_error *error)
{
    struct trace_reader *trace = trace_open(path, error);
    if (trace == NULL)
        return false;
    bool done = is_acceptable(session, path, trace_info(trace), error);
    if (done && session->order->explain) {
        done = explain(session, path, trace, error);
    } else if (done && session->report != NULL) {
        done = sweep_into_report(session, path, trace, error);
    } else if (done) {
        struct recording recording;
        describe(&recording, path, trace_info(trace));
        sweep_show_trace(session->show, &recording);
        done = run_sweep(session, trace, error);
    }
    trace_close(trace);
    return done;
}

/* Slips on the command line are found before any result is written. */
static bool check_order(struct session *session, struct cb_error *error)
{
    const struct sweep_order *order = session->order;
    uint64_t points = sweep_points(&session->request);
    if (points > SWEEP_YES && !order->yes && !order->explain)
        return cb_error_set(error, CB_USAGE,
                            "the grid has %" PRIu64 " points; --yes computes more than a "
                            "million, --explain says what that takes",
                            points);
    for (size_t i = 0; i < order->traces.count; i++) {
        struct trace_reader *trace = trace_open(order->traces.paths[i], error);
        bool good =
            trace != NULL && (order->partial ||
                              !cli_cut(order->traces.paths[i], trace_info(trace), error));
        trace_close(trace);
        if (!good)
            return false;
    }
    return true;
}

static bool sweep_traces(struct session *session, struct cb_error *error)
{
    const struct sweep_order *order = session->order;
    if (order->report != NULL && !order->explain) {
        session->report = report_open(order->report, REPORT_WRITE, error);
        if (session->report == NULL)
            return false;
    } else if (order->explain) {
        if (!open_kept(session, error))
            return false;
    } else {
        session->show = sweep_show_new(order, stdout);
    }
    progress_begin(&session->progress, "points");
    bool done = true;
    for (; done && session->trace < order->traces.count; session->trace++)
        done = sweep_trace(session, order->traces.paths[session->trace], error);
    progress_end(&session->progress);
    if (done && session->show != NULL)
        sweep_show_end(session->show);
    sweep_show_free(session->show);
    report_close(session->report);
    return done;
}

bool sweep_order_run(const struct sweep_order *order, struct cb_error *error)
{
    struct session session = {.order = order};
    if (!cli_machines(session.directory, sizeof session.directory, error))
        return false;
    session.request = (struct sweep_request){.machine = order->machine.names[0],
                                             .directory = session.directory,
                                             .sets = order->machine.sets,
                                             .set_count = order->machine.set_count,
                                             .axes = order->axes,
                                             .axis_count = order->axis_count};
    if (!check_order(&session, error) ||
        !machine_load(&session.machine, order->machine.names[0], session.directory,
                      order->machine.sets, order->machine.set_count, error))
        return false;
    bool done = order->slurm > 0 && !order->explain ? sweep_slurm(order, error)
                                                    : sweep_traces(&session, error);
    machine_free(&session.machine);
    return done;
}
