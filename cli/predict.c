/* predict.c - crossbill predict: a crossing's cost in closed form, beside replays. */
#include "cli.h"
#include "footprints.h"
#include "model/closed_form.h"
#include "model/sweep.h"
#include "reports/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_PAGES = 256, KEY_FOOTPRINTS, KEY_ORDER, KEY_JSON };

struct options {
    struct cli_traces traces;
    struct cli_machines machine;
    const char *footprints, *report;
    struct sweep_axis pages;
    enum closed_form_order order;
    bool json, quiet;
};

static const struct argp_option option_table[] = {
    {"pages", KEY_PAGES, "LIST", 0,
     "Predict for domains of so many pages, such as 1..256:*2, as the recording's own "
     "--pages counts them",
     0},
    {"footprints", KEY_FOOTPRINTS, "FILE", 0,
     "Take the footprints from this file, not from the first trace", 0},
    {"order", KEY_ORDER, "ORDER", 0,
     "How domains go through their memory: any (the default: nothing is assumed), or "
     "cyclic, "
     "in the same order at each visit",
     0},
    {"report", 'r', "FILE", 0,
     "Add predictions and replays to this report (made if missing); replays that it has "
     "are not made again",
     0},
    {"json", KEY_JSON, NULL, 0, "Print JSON instead of a table", 0},
    {"quiet", 'q', NULL, 0, "Print no table: for use with --report", 0},
    {0},
};

static void parse_pages(const struct argp_state *state, struct options *options,
                        const char *text)
{
    char expression[256], sentence[1024];
    struct cb_error error;
    snprintf(expression, sizeof expression, "pages=%s", text);
    if (options->pages.values != NULL)
        argp_error(state, "--pages: one list is enough");
    if (!sweep_axis_parse(&options->pages, expression, &error)) {
        if (error.code != CB_USAGE)
            exit(cli_fail(&error));
        cb_error_format(&error, sentence, sizeof sentence);
        argp_error(state, "--%s", sentence);
    }
    for (size_t i = 0; i < options->pages.count; i++)
        cli_number(state, "--pages", options->pages.values[i], 0, 1 << 20);
}

static void check_whole(const struct argp_state *state, const struct options *options)
{
    if (options->footprints == NULL && options->traces.count == 0)
        argp_error(state, "which footprints? (a trace, or --footprints FILE)");
    if (options->quiet && options->json)
        argp_error(state, "--quiet and --json contradict each other");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        options->machine.is_missed = true;
        options->traces.is_optional = true;
        state->child_inputs[1] = &options->machine;
        state->child_inputs[2] = &options->traces;
        return 0;
    case KEY_PAGES:
        parse_pages(state, options, argument);
        return 0;
    case KEY_FOOTPRINTS:
        options->footprints = argument;
        return 0;
    case KEY_ORDER:
        if (strcmp(argument, "any") != 0 && strcmp(argument, "cyclic") != 0)
            argp_error(state, "--order: '%s' is neither 'cyclic' nor 'any'", argument);
        options->order =
            strcmp(argument, "any") == 0 ? CLOSED_FORM_ANY_ORDER : CLOSED_FORM_CYCLIC;
        return 0;
    case 'r':
        options->report = argument;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case ARGP_KEY_END:
        check_whole(state, options);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    CLI_COMMON, {&cli_machine_argp, 0, NULL, 0}, {&cli_traces_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "[TRACE...]",
    .doc =
        "Predict what a request costs, from footprints alone."
        "\vThe footprints come from the first trace or from a file (crossbill footprint "
        "--json writes one). Each trace is replayed as well, and the error of the "
        "prediction stands beside it; for traces of other domain sizes, this is the "
        "error of predicting them from the first. Nothing is fitted to the replays.\n\n"
        "  crossbill predict 4-pages.xbt 64-pages.xbt -m pentium-100 --pages 1..256:*2",
    .children = children,
};

/* ---- rows ---- */

struct row {
    const char *trace; /* NULL: not recorded */
    int64_t number;    /* of the trace in the report; 0: none */
    int64_t pages;
    struct prediction predicted;
    double explicit_cost, implicit_cost; /* replayed */
};

struct session {
    const struct options *options;
    struct machine machine;
    struct footprints footprints;
    struct report *report;  /* NULL: none */
    int64_t machine_number; /* in the report */
    int64_t source;         /* the trace that the footprints are of, there; 0: a file */
    struct row *rows;
    size_t count;
};

static bool predict_row(const struct session *session, struct row *row,
                        struct cb_error *error)
{
    double extra = (double)(row->pages - session->footprints.pages);
    return closed_form_predict(&session->footprints, &session->machine, extra,
                               session->options->order, &row->predicted, error);
}

static bool should_stop(void *context)
{
    (void)context;
    return cli_signal() != 0;
}

static void take_costs(const struct ledger *ledger, struct row *row)
{
    enum trace_phase phase = ledger->phase[TRACE_PHASE_MEASURED].records > 0
                                 ? TRACE_PHASE_MEASURED
                                 : TRACE_PHASE_WARM_UP;
    int64_t requests = ledger->phase[phase].requests;
    double unit = (double)MACHINE_CYCLE * (double)(requests > 0 ? requests : 1);
    row->explicit_cost =
        (double)ledger_group_mcycles(ledger, phase, GROUP_EXPLICIT) / unit;
    row->implicit_cost =
        (double)ledger_group_mcycles(ledger, phase, GROUP_IMPLICIT) / unit;
}

/* Say in the report that the replay begins. Nothing to do without a report. */
static bool begin_in_report(const struct session *session, const struct row *row,
                            int64_t *number, struct cb_error *error)
{
    return session->report == NULL ||
           report_begin_replay(session->report, row->number, session->machine_number, 0,
                               NULL, number, error);
}

static bool replay_row(const struct session *session, const struct trace_reader *trace,
                       struct row *row, struct cb_error *error)
{
    struct replay_options how = {.should_stop = should_stop};
    int64_t number = 0;
    if (!begin_in_report(session, row, &number, error))
        return false;
    struct ledger *ledger = replay(trace, &session->machine, &how, error);
    if (ledger == NULL)
        return false;
    take_costs(ledger, row);
    bool done = session->report == NULL ||
                report_finish_replay(session->report, number, ledger, error);
    ledger_free(ledger);
    return done;
}

/* In the report there may be a replay already. */
static bool find_costs(const struct session *session, struct trace_reader *trace,
                       struct row *row, bool *found, struct cb_error *error)
{
    *found = false;
    if (session->report == NULL)
        return true;
    size_t count = 0;
    const struct trace_domain *domains = trace_domains(trace, &count);
    return trace_hash(trace, error) &&
           report_add_trace(session->report, trace_info(trace), domains, count,
                            &row->number, error) &&
           report_replayed(session->report, row->number, session->machine_number, found,
                           &row->explicit_cost, &row->implicit_cost, error);
}

/* The first trace's footprints, unless there is a file of them. */
static bool take_footprints(struct session *session, const struct trace_reader *trace,
                            bool *taken, struct cb_error *error)
{
    *taken = session->footprints.domains == NULL;
    return !*taken || footprints_of(&session->footprints, trace, error);
}

static bool add_open_trace(struct session *session, struct trace_reader *trace,
                           struct row *row, struct cb_error *error)
{
    bool taken, found;
    if (!take_footprints(session, trace, &taken, error))
        return false;
    row->pages = footprints_pages(trace);
    if (!predict_row(session, row, error) ||
        !find_costs(session, trace, row, &found, error))
        return false;
    if (taken)
        session->source = row->number;
    return found || replay_row(session, trace, row, error);
}

static bool add_trace(struct session *session, size_t i, struct cb_error *error)
{
    const char *path = session->options->traces.paths[i];
    struct trace_reader *trace = trace_open(path, error);
    struct row *row = &session->rows[session->count++];
    *row = (struct row){.trace = path};
    bool done = trace != NULL && !cli_cut(path, trace_info(trace), error) &&
                add_open_trace(session, trace, row, error);
    trace_close(trace);
    return done;
}

static bool is_recorded(const struct session *session, int64_t pages)
{
    for (size_t i = 0; i < session->count; i++)
        if (session->rows[i].trace != NULL && session->rows[i].pages == pages)
            return true;
    return false;
}

static bool make_rows(struct session *session, struct cb_error *error)
{
    const struct options *options = session->options;
    session->rows =
        calloc(options->traces.count + options->pages.count + 1, sizeof *session->rows);
    if (session->rows == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    if (options->footprints != NULL &&
        !footprints_load(&session->footprints, options->footprints, error))
        return false;
    for (size_t i = 0; i < options->traces.count; i++)
        if (!add_trace(session, i, error))
            return false;
    for (size_t i = 0; i < options->pages.count; i++) {
        int64_t pages = strtoll(options->pages.values[i], NULL, 10);
        if (is_recorded(session, pages))
            continue;
        struct row *row = &session->rows[session->count++];
        *row = (struct row){.pages = pages};
        if (!predict_row(session, row, error))
            return false;
    }
    if (session->count > 0)
        return true;
    session->rows[session->count++] = (struct row){.pages = session->footprints.pages};
    return predict_row(session, &session->rows[0], error);
}

/* ---- the report ---- */

static int64_t mcycles(double cycles)
{
    return llround(cycles * MACHINE_CYCLE);
}

static struct report_prediction point_of(const struct row *row)
{
    const struct prediction *p = &row->predicted;
    struct report_prediction point = {.pages = row->pages,
                                      .trace = row->number,
                                      .explicit_mcycles = mcycles(p->explicit_cost)};
    for (int i = 0; i < 2; i++) {
        point.isolation_mcycles[i] = mcycles(p->isolation[i]);
        point.path_mcycles[i] = mcycles(p->path[i]);
        point.competition_mcycles[i] = mcycles(p->competition[i]);
    }
    return point;
}

/* One for each size: of several recordings of a size the first counts, since it is the
 * one that the footprints are of. */
static bool keep_rows(const struct session *session, const char *footprints,
                      struct cb_error *error)
{
    struct report_prediction *points = calloc(session->count, sizeof *points);
    if (points == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    size_t count = 0;
    for (size_t i = 0; i < session->count; i++) {
        size_t same = 0;
        while (same < count && points[same].pages != session->rows[i].pages)
            same++;
        if (same == count)
            points[count++] = point_of(&session->rows[i]);
    }
    bool cyclic = session->options->order == CLOSED_FORM_CYCLIC;
    bool done = report_add_predictions(session->report, session->machine_number,
                                       session->source, footprints,
                                       cyclic ? "cyclic" : "any", points, count, error);
    free(points);
    return done;
}

static bool keep(const struct session *session, struct cb_error *error)
{
    if (session->report == NULL)
        return true;
    json_t *json = footprints_json(&session->footprints);
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    bool done = text != NULL ? keep_rows(session, text, error)
                             : cb_error_set(error, CB_IO, "out of memory");
    free(text);
    json_decref(json);
    return done;
}

static bool open_report(struct session *session, struct cb_error *error)
{
    const char *path = session->options->report;
    if (path == NULL)
        return true;
    session->report = report_open(path, REPORT_WRITE, error);
    return session->report != NULL &&
           report_add_machine(session->report, &session->machine,
                              &session->machine_number, error);
}

static int by_pages(const void *a, const void *b)
{
    const struct row *one = a, *other = b;
    return (one->pages > other->pages) - (one->pages < other->pages);
}

/* ---- output ---- */

static void put_error(struct table *table, double predicted, double replayed)
{
    double percent = 100 * (predicted - replayed) / fabs(replayed);
    if (replayed == 0)
        table_put(table, ".");
    else if (fabs(percent) < 0.5)
        table_put(table, "0 %%");
    else
        table_put(table, "%+.0f %%", percent);
}

static void print_table(const struct session *session)
{
    static const char *const heads[] = {"pages",  "explicit", "implicit",    "TLBs",
                                        "caches", "path's",   "competition", "explicit",
                                        "error",  "implicit", "error",       "recording"};
    struct table *table = table_new("rrrrrrrrrrrl");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_put(table, "%s", heads[i]);
    table_rule(table);
    for (size_t i = 0; i < session->count; i++) {
        const struct row *row = &session->rows[i];
        const struct prediction *p = &row->predicted;
        const double predicted[] = {
            p->explicit_cost,        prediction_implicit(p),
            p->isolation[0],         p->isolation[1],
            p->path[0] + p->path[1], p->competition[0] + p->competition[1]};
        table_put(table, "%" PRId64, row->pages);
        for (size_t j = 0; j < sizeof predicted / sizeof *predicted; j++)
            table_put(table, "%.1f", predicted[j]);
        if (row->trace == NULL) {
            for (int j = 0; j < 4; j++)
                table_put(table, ".");
            table_put(table, "not recorded");
            continue;
        }
        table_put(table, "%.1f", row->explicit_cost);
        put_error(table, p->explicit_cost, row->explicit_cost);
        table_put(table, "%.1f", row->implicit_cost);
        put_error(table, prediction_implicit(p), row->implicit_cost);
        table_put(table, "%s", row->trace);
    }
    puts("Cycles per request. Predicted: explicit, implicit (of it: isolation in TLBs "
         "and in\n"
         "caches, the path's misses), competition; replayed: explicit, implicit.\n");
    table_print(table, stdout, 0);
}

static void print_json(const struct session *session)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < session->count; i++) {
        const struct row *row = &session->rows[i];
        const struct prediction *p = &row->predicted;
        json_t *object = json_pack(
            "{s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "pages",
            (json_int_t)row->pages, "explicit_cycles", p->explicit_cost,
            "implicit_cycles", prediction_implicit(p), "isolation_tlb_cycles",
            p->isolation[0], "isolation_cache_cycles", p->isolation[1], "path_tlb_cycles",
            p->path[0], "path_cache_cycles", p->path[1], "competition_cycles",
            p->competition[0] + p->competition[1], "refilled_entries", p->refill);
        if (row->trace != NULL) {
            json_object_set_new(object, "trace", cli_json_text(row->trace));
            json_object_set_new(object, "replayed_explicit_cycles",
                                json_real(row->explicit_cost));
            json_object_set_new(object, "replayed_implicit_cycles",
                                json_real(row->implicit_cost));
        }
        json_array_append_new(rows, object);
    }
    cli_print_json(rows);
    json_decref(rows);
}

static bool predict(struct session *session, struct cb_error *error)
{
    const struct options *options = session->options;
    char directory[4096];
    if (!cli_machines(directory, sizeof directory, error) ||
        !machine_load(&session->machine, options->machine.names[0], directory,
                      options->machine.sets, options->machine.set_count, error))
        return false;
    bool done =
        open_report(session, error) && make_rows(session, error) && keep(session, error);
    report_close(session->report);
    if (done && !options->quiet) {
        qsort(session->rows, session->count, sizeof *session->rows, by_pages);
        if (options->json)
            print_json(session);
        else
            print_table(session);
    }
    footprints_free(&session->footprints);
    machine_free(&session->machine);
    free(session->rows);
    return done;
}

static int run(int argc, char **argv)
{
    struct options options = {.order = CLOSED_FORM_ANY_ORDER};
    struct cb_error error;
    cli_parse(&argp, argc, argv, &options);
    cli_catch_signals();
    struct session session = {.options = &options};
    bool done = predict(&session, &error);
    sweep_axis_free(&options.pages);
    if (cli_signal() != 0)
        return 128 + cli_signal();
    return done ? CB_DONE : cli_fail(&error);
}

const struct verb verb_predict = {
    .name = "predict",
    .line = "Predict a request's cost from footprints, for any domain size",
    .group = VERBS_MODEL,
    .argp = &argp,
    .run = run,
};
