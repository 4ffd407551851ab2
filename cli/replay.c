/* replay.c - crossbill replay: run traces on machines and print where the cycles went. */
#include "cli.h"
#include "csim.h"
#include "ledger_spread.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

enum { SEEDS_MOST = 1024 };

enum {
    KEY_PLAIN = 256,
    KEY_JSON,
    KEY_PHASE,
    KEY_PARTIAL,
    KEY_LENIENT,
    KEY_THREADS,
    KEY_SEEDS,
    KEY_CSIM
};

struct options {
    struct cli_traces traces;
    struct cli_machines machines;
    const char *report;
    bool plain, json, partial, lenient, quiet, csim;
    const char *lines, *block_bits; /* of --csim, as given; its s is the only --set */
    struct csim_geometry geometry;
    int phase; /* enum trace_phase, or -1: the measured one if there is one */
    unsigned threads;
    unsigned seeds; /* 0: one draw, and its whole ledger */
};

static const struct argp_option option_table[] = {
    {"report", 'r', "FILE", 0, "Add the results to this report (made if missing)", 0},
    {"phase", KEY_PHASE, "PHASE", 0, "Show warm-up or measured (the default)", 0},
    {"plain", KEY_PLAIN, NULL, 0, "Simulate only what was recorded: counters, no ledger",
     0},
    {"json", KEY_JSON, NULL, 0, "Print JSON instead of tables", 0},
    {"quiet", 'q', NULL, 0, "Print no tables: for use with --report", 0},
    {"partial", KEY_PARTIAL, NULL, 0, "Replay what is whole of a trace that was cut", 0},
    {"lenient", KEY_LENIENT, NULL, 0,
     "Put events that are out of balance right, and say how many", 0},
    {"threads", KEY_THREADS, "N", 0, "Use N threads (default: one for each processor)",
     0},
    {"seeds", KEY_SEEDS, "N", 0,
     "Replay with N different seeds of random replacement and show mean and spread", 0},
    {"csim", KEY_CSIM, NULL, 0,
     "Print only the hits, misses and evictions of the cache lab's simulator: an LRU "
     "cache "
     "of 2^S sets (then -s S is this and no change of a machine), E lines in a set and "
     "blocks of 2^B bytes, asked by loads and stores",
     0},
    {NULL, 'E', "E", 0, "With --csim: lines in a set", 0},
    {NULL, 'b', "B", 0, "With --csim: block bits", 0},
    {0},
};

static int parse_phase(const struct argp_state *state, const char *text)
{
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        if (strcmp(text, phase_title((enum trace_phase)phase)) == 0 ||
            strcmp(text, phase_name((enum trace_phase)phase)) == 0)
            return phase;
    argp_error(state, "--phase: '%s' is neither 'warm-up' nor 'measured'", text);
    return -1;
}

static void check_csim(const struct argp_state *state, struct options *options)
{
    struct csim_geometry *geometry = &options->geometry;
    struct cb_error error;
    bool given = options->lines != NULL && options->block_bits != NULL;
    if (!options->csim && (options->lines != NULL || options->block_bits != NULL))
        argp_error(state, "-E and -b belong to --csim");
    if (options->csim && (!given || options->machines.set_count != 1))
        argp_error(state, "--csim needs each of -s S, -E E and -b B once");
    if (options->csim && (options->machines.count != 0 || options->report != NULL ||
                          options->plain || options->json || options->quiet))
        argp_error(state,
                   "--csim has a cache of its own and prints one line: no machine, "
                   "no report, no other output");
    if (!options->csim)
        return;
    geometry->set_bits =
        (unsigned)cli_number(state, "-s", options->machines.sets[0], 0, 64);
    geometry->lines = (unsigned)cli_number(state, "-E", options->lines, 0, UINT32_MAX);
    geometry->block_bits = (unsigned)cli_number(state, "-b", options->block_bits, 0, 64);
    if (!csim_check(geometry, &error))
        argp_error(state, "--csim: %s", error.sentence);
}

static void check_whole(const struct argp_state *state, struct options *options)
{
    check_csim(state, options);
    if (options->plain && options->report != NULL)
        argp_error(state, "--plain keeps no ledger, so there is nothing for --report");
    if (options->seeds > 0 &&
        (options->plain || options->csim || options->report != NULL))
        argp_error(state,
                   "--seeds shows mean and spread of whole ledgers: neither "
                   "--plain nor --csim has one, and --report keeps single replays");
    if (options->quiet && options->json)
        argp_error(state, "--quiet and --json contradict each other");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        options->machines.most = CLI_MACHINES;
        options->machines.is_missed = true;
        state->child_inputs[1] = &options->machines;
        state->child_inputs[2] = &options->traces;
        return 0;
    case 'r':
        options->report = argument;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case KEY_PLAIN:
        options->plain = true;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_PARTIAL:
        options->partial = true;
        return 0;
    case KEY_SEEDS:
        options->seeds = (unsigned)cli_number(state, "--seeds", argument, 2, SEEDS_MOST);
        return 0;
    case KEY_CSIM:
        options->csim = true;
        options->machines.is_missed = false;
        return 0;
    case 'E':
        options->lines = argument;
        return 0;
    case 'b':
        options->block_bits = argument;
        return 0;
    case KEY_LENIENT:
        options->lenient = true;
        return 0;
    case KEY_PHASE:
        options->phase = parse_phase(state, argument);
        return 0;
    case KEY_THREADS:
        options->threads = (unsigned)cli_number(state, "--threads", argument, 1, 1024);
        return 0;
    case ARGP_KEY_END:
        check_whole(state, options);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    CLI_COMMON, {&cli_machines_argp, 0, NULL, 0}, {&cli_traces_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "TRACE...",
    .doc =
        "Replay traces on machines and say where every cycle went."
        "\vThree worlds are replayed side by side: what was recorded (shared), the same "
        "work without any boundary (merged), and each domain alone (solo). From their "
        "differences follow, exactly, total = work + competition + explicit + implicit "
        "+ idle. Explicit is what the path executes; implicit is what the memory system "
        "costs because of the boundary; competition is what sharing one processor costs "
        "in any structure.\n\n"
        "A first what-if, address-space tags for the TLB of the Pentium:\n"
        "  crossbill replay t.xbt -m pentium-100 \\\n"
        "    -s tlb.dtlb.asid_bits=6 -s tlb.itlb.asid_bits=6",
    .children = children,
};

/* All that is open during the verb. */
struct session {
    const struct options *options;
    char directory[4096]; /* of the machines */
    struct report *report;
    json_t *results; /* --json: an array */
    bool printed;    /* something, so that the next table needs a blank line before */
    struct progress progress;
};

static void on_progress(void *context, uint64_t done, uint64_t all)
{
    struct session *session = context;
    progress_show(&session->progress, done, all);
}

static bool should_stop(void *context)
{
    (void)context;
    return cli_signal() != 0;
}

static enum trace_phase choose_phase(const struct session *session,
                                     const struct ledger *ledger)
{
    if (session->options->phase >= 0)
        return (enum trace_phase)session->options->phase;
    return ledger->phase[TRACE_PHASE_MEASURED].records > 0 ? TRACE_PHASE_MEASURED
                                                           : TRACE_PHASE_WARM_UP;
}

static void show(struct session *session, const struct ledger *ledger,
                 const struct ledger_origin *origin)
{
    if (session->options->quiet)
        return;
    if (session->results != NULL) {
        json_array_append_new(session->results, ledger_json(ledger, origin));
        return;
    }
    if (session->printed)
        fputc('\n', stdout);
    session->printed = true;
    ledger_print(ledger, origin, choose_phase(session, ledger), stdout);
}

static void show_spread(struct session *session, const struct ledger_spread *spread,
                        const struct ledger_origin *origin, enum trace_phase phase)
{
    if (session->options->quiet)
        return;
    if (session->results != NULL) {
        json_array_append_new(session->results, ledger_spread_json(spread, origin));
        return;
    }
    if (session->printed)
        fputc('\n', stdout);
    session->printed = true;
    ledger_spread_print(spread, origin, phase, stdout);
}

static struct ledger *run_replay(struct session *session, const char *path,
                                 const struct trace_reader *trace,
                                 const struct machine *machine, struct cb_error *error)
{
    struct replay_options options = {.plain = session->options->plain,
                                     .lenient = session->options->lenient,
                                     .chronicle = session->report != NULL,
                                     .threads = session->options->threads,
                                     .on_progress = on_progress,
                                     .should_stop = should_stop,
                                     .context = session};
    progress_begin(&session->progress, "records");
    struct ledger *ledger = replay(trace, machine, &options, error);
    progress_end(&session->progress);
    if (ledger == NULL && error->code == CB_TRACE && error->source[0] == '\0')
        cb_error_in(error, path);
    return ledger;
}

/* Say in the report that the replay begins. Nothing to do without a report. */
static bool begin_in_report(struct session *session, const struct trace_reader *trace,
                            const struct machine *machine, int64_t *number,
                            struct cb_error *error)
{
    if (session->report == NULL)
        return true;
    size_t count = 0;
    const struct trace_domain *domains = trace_domains(trace, &count);
    int64_t trace_id = 0, machine_id = 0;
    return report_add_trace(session->report, trace_info(trace), domains, count, &trace_id,
                            error) &&
           report_add_machine(session->report, machine, &machine_id, error) &&
           report_begin_replay(session->report, trace_id, machine_id, 0,
                               session->options->lenient ? "{\"lenient\": true}" : NULL,
                               number, error);
}

static bool replay_on(struct session *session, const char *path,
                      const struct trace_reader *trace, const struct machine *machine,
                      struct cb_error *error)
{
    int64_t number = 0;
    if (!begin_in_report(session, trace, machine, &number, error))
        return false;
    struct ledger *ledger = run_replay(session, path, trace, machine, error);
    if (ledger == NULL)
        return false;
    bool done = session->report == NULL ||
                report_finish_replay(session->report, number, ledger, error);
    if (done) {
        struct ledger_origin origin = {.trace = path,
                                       .info = trace_info(trace),
                                       .machine = machine,
                                       .plain = session->options->plain,
                                       .lenient = session->options->lenient};
        show(session, ledger, &origin);
    }
    ledger_free(ledger);
    return done;
}

/* Several draws: each a replay of its own, of which only the sums are kept. */
static bool replay_draws(struct session *session, const char *path,
                         const struct trace_reader *trace, const struct machine *machine,
                         struct cb_error *error)
{
    struct ledger_spread spread = {0};
    struct ledger_origin origin = {.trace = path,
                                   .info = trace_info(trace),
                                   .machine = machine,
                                   .lenient = session->options->lenient};
    enum trace_phase phase = TRACE_PHASE_MEASURED;
    for (unsigned draw = 0; draw < session->options->seeds; draw++) {
        struct machine reseeded = *machine; /* its notes stay the machine's own */
        machine_reseed(&reseeded, draw);
        struct ledger *ledger = run_replay(session, path, trace, &reseeded, error);
        if (ledger == NULL)
            return false;
        phase = choose_phase(session, ledger);
        ledger_spread_add(&spread, ledger);
        ledger_free(ledger);
    }
    show_spread(session, &spread, &origin, phase);
    return true;
}

/* What draws nothing has one result, whatever the seeds. */
static bool check_draws(const struct session *session, const struct machine *machines,
                        struct cb_error *error)
{
    for (size_t i = 0; i < session->options->machines.count; i++) {
        bool draws = machine_draws(&machines[i]);
        if (session->options->seeds > 0 && !draws)
            return cb_error_set(
                error, CB_USAGE,
                "--seeds: nothing in %s replaces at random, so every seed "
                "gives the same result",
                machines[i].name);
        if (session->options->seeds == 0 && draws)
            cli_warn("%s replaces at random: this is one draw; --seeds N shows mean and "
                     "spread",
                     machines[i].name);
    }
    return true;
}

/* A cut trace is replayed only when asked for: its numbers are not the scenario's. */
static bool is_acceptable(const struct session *session, const char *path,
                          const struct trace_info *info, struct cb_error *error)
{
    return !cli_cut(path, info, error) || session->options->partial;
}

static void warn_if_cut(const char *path, const struct trace_info *info)
{
    if (info->cut_at != CB_NOWHERE)
        cli_warn("%s: the trace was cut at byte %llu; replaying its %llu whole records",
                 path, (unsigned long long)info->cut_at,
                 (unsigned long long)info->records);
}

static bool replay_trace(struct session *session, const char *path,
                         const struct machine *machines, struct cb_error *error)
{
    struct trace_reader *trace = trace_open(path, error);
    if (trace == NULL)
        return false;
    warn_if_cut(path, trace_info(trace));
    if (session->options->csim) {
        bool printed = csim_print(trace, &session->options->geometry, error);
        trace_close(trace);
        return printed;
    }
    bool done = session->report == NULL || trace_hash(trace, error);
    for (size_t i = 0; done && i < session->options->machines.count; i++)
        done = session->options->seeds > 0
                   ? replay_draws(session, path, trace, &machines[i], error)
                   : replay_on(session, path, trace, &machines[i], error);
    trace_close(trace);
    return done;
}

/* Slips on the command line are found before any result is written. */
static bool check_traces(const struct session *session, struct cb_error *error)
{
    const struct options *options = session->options;
    bool done = true;
    for (size_t i = 0; done && i < options->traces.count; i++) {
        struct trace_reader *trace = trace_open(options->traces.paths[i], error);
        done = trace != NULL &&
               is_acceptable(session, options->traces.paths[i], trace_info(trace), error);
        trace_close(trace);
    }
    return done;
}

static bool replay_all(struct session *session, struct cb_error *error)
{
    const struct options *options = session->options;
    struct machine machines[CLI_MACHINES];
    size_t loaded = 0;
    bool done = true;
    while (done && loaded < options->machines.count) {
        done = machine_load(&machines[loaded], options->machines.names[loaded],
                            session->directory, options->machines.sets,
                            options->machines.set_count, error);
        loaded += done;
    }
    done = done && check_draws(session, machines, error) && check_traces(session, error);
    if (done && options->report != NULL) {
        session->report = report_open(options->report, REPORT_WRITE, error);
        done = session->report != NULL;
    }
    for (size_t i = 0; done && i < options->traces.count; i++)
        done = replay_trace(session, options->traces.paths[i], machines, error);
    report_close(session->report);
    while (loaded > 0)
        machine_free(&machines[--loaded]);
    return done;
}

static int run(int argc, char **argv)
{
    struct options options = {.phase = -1};
    cli_parse(&argp, argc, argv, &options);
    struct session session = {.options = &options};
    struct cb_error error;
    if (!cli_machines(session.directory, sizeof session.directory, &error))
        return cli_fail(&error);
    if (options.json)
        session.results = json_array();
    cli_catch_signals();
    bool done = replay_all(&session, &error);
    if (done && session.results != NULL)
        cli_print_json(json_array_size(session.results) == 1
                           ? json_array_get(session.results, 0)
                           : session.results);
    json_decref(session.results);
    if (cli_signal() != 0)
        return 128 + cli_signal();
    return done ? CB_DONE : cli_fail(&error);
}

const struct verb verb_replay = {
    .name = "replay",
    .line = "Replay a trace on a machine and print where the cycles went",
    .group = VERBS_MODEL,
    .argp = &argp,
    .run = run,
};
