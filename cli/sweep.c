/* sweep.c - crossbill sweep: every point of a grid of machine parameters. */
#include "sweep.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_EXPLAIN = 256,
    KEY_YES,
    KEY_RESUME,
    KEY_JSON,
    KEY_CSV,
    KEY_PARTIAL,
    KEY_THREADS,
    KEY_SHARD,
    KEY_SLURM,
    KEY_NO_SUBMIT
};

static const struct argp_option option_table[] = {
    {"vary", 'v', "PATH=VALUES", 0,
     "Vary a number of the machine: VALUES are a list of values and ranges, such as "
     "8,16,32 or 1..16 or 8..1024:*2 or 10..50:+10 or true,false; may be given more than "
     "once, and the grid is the product",
     0},
    {"report", 'r', "FILE", 0,
     "Keep the points in this report (made if missing) instead of printing them", 0},
    {"resume", KEY_RESUME, NULL, 0,
     "Compute only what the report does not have yet: points, and the counts of passes "
     "and "
     "replays that had ended",
     0},
    {"explain", KEY_EXPLAIN, NULL, 0,
     "Print what would have to be done (with --resume: that is left), and stop", 0},
    {"yes", KEY_YES, NULL, 0, "Compute more than a million points", 0},
    {"json", KEY_JSON, NULL, 0, "Print JSON instead of a table", 0},
    {"csv", KEY_CSV, NULL, 0, "Print CSV instead of a table", 0},
    {"partial", KEY_PARTIAL, NULL, 0, "Take what is whole of a trace that was cut", 0},
    {"threads", KEY_THREADS, "N", 0, "Use N threads (default: one for each processor)",
     0},
    {"shard", KEY_SHARD, "I/N", 0, "Compute only part I of N; see crossbill merge", 0},
    {"slurm", KEY_SLURM, "N", 0,
     "Write and submit N shards to Slurm as an array job, and a job that merges them", 0},
    {"no-submit", KEY_NO_SUBMIT, NULL, 0, "With --slurm, only write the scripts", 0},
    {0},
};

/* ---- the command line ---- */

static void add_axis(const struct argp_state *state, struct sweep_order *order,
                     const char *text)
{
    struct cb_error error;
    char sentence[1024];
    if (order->axis_count == SWEEP_AXES)
        argp_error(state, "--vary: at most %d of them", SWEEP_AXES);
    struct sweep_axis *axis = &order->axes[order->axis_count];
    if (!sweep_axis_parse(axis, text, &error)) {
        if (error.code != CB_USAGE)
            exit(cli_fail(&error));
        cb_error_format(&error, sentence, sizeof sentence);
        argp_error(state, "--vary: %s", sentence);
    }
    for (size_t i = 0; i < order->axis_count; i++)
        if (strcmp(order->axes[i].path, axis->path) == 0)
            argp_error(state, "--vary: %s is varied twice", axis->path);
    order->varied[order->axis_count++] = text;
}

static void parse_shard(const struct argp_state *state, struct sweep_order *order,
                        const char *text)
{
    const char *slash = strchr(text, '/');
    char first[16];
    if (slash == NULL || (size_t)(slash - text) >= sizeof first)
        argp_error(state, "--shard: '%s' is not I/N, such as 1/8", text);
    snprintf(first, sizeof first, "%.*s", (int)(slash - text), text);
    order->shards = (unsigned)cli_number(state, "--shard", slash + 1, 1, SHARDS_MOST);
    order->shard = (unsigned)cli_number(state, "--shard", first, 1, order->shards);
}

static void check_whole(const struct argp_state *state, const struct sweep_order *order)
{
    if (order->axis_count == 0)
        argp_error(state, "what is to vary? (--vary PATH=VALUES; "
                          "crossbill machines NAME lists the paths)");
    if (order->json && order->csv)
        argp_error(state, "--json and --csv contradict each other");
    if (order->report != NULL && (order->json || order->csv))
        argp_error(state, "--report keeps the points, --json and --csv print them; "
                          "crossbill report prints what is kept");
    if (order->resume && order->report == NULL)
        argp_error(state, "--resume goes on with a report; which? (--report FILE)");
    if (order->slurm > 0 && order->report == NULL)
        argp_error(state, "--slurm needs a report to merge into (--report FILE)");
    if (order->slurm > 0 && order->shards > 0)
        argp_error(state, "--slurm makes its own shards: --shard contradicts it");
    if (order->no_submit && order->slurm == 0)
        argp_error(state, "--no-submit goes with --slurm N");
}

static error_t parse_how(int key, const char *argument, const struct argp_state *state,
                         struct sweep_order *order)
{
    switch (key) {
    case KEY_RESUME:
        order->resume = true;
        return 0;
    case KEY_EXPLAIN:
        order->explain = true;
        return 0;
    case KEY_YES:
        order->yes = true;
        return 0;
    case KEY_JSON:
        order->json = true;
        return 0;
    case KEY_CSV:
        order->csv = true;
        return 0;
    case KEY_PARTIAL:
        order->partial = true;
        return 0;
    case KEY_THREADS:
        order->threads = (unsigned)cli_number(state, "--threads", argument, 1, 1024);
        return 0;
    case KEY_SHARD:
        parse_shard(state, order, argument);
        return 0;
    case KEY_SLURM:
        order->slurm = (unsigned)cli_number(state, "--slurm", argument, 1, SHARDS_MOST);
        return 0;
    case KEY_NO_SUBMIT:
        order->no_submit = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct sweep_order *order = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        order->machine.is_missed = true;
        state->child_inputs[1] = &order->machine;
        state->child_inputs[2] = &order->traces;
        return 0;
    case 'v':
        add_axis(state, order, argument);
        return 0;
    case 'r':
        order->report = argument;
        return 0;
    case ARGP_KEY_END:
        check_whole(state, order);
        return 0;
    default:
        return parse_how(key, argument, state, order);
    }
}

static const struct argp_child children[] = {
    CLI_COMMON, {&cli_machine_argp, 0, NULL, 0}, {&cli_traces_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "TRACE...",
    .doc =
        "Replay traces on every machine of a grid."
        "\vEvery point is exact: it has the bill that crossbill replay gives that "
        "machine. All sizes of a TLB or cache that replaces the least recently used come "
        "from one pass over the trace; latencies and instruction costs need none of "
        "their own. Of several traces, structure and pages are further columns.\n\n"
        "A machine that cannot exist, such as 12 entries in 8 ways, is kept as refused, "
        "with the reason; the sweep goes on. A sweep that was interrupted goes on with "
        "--resume: what had ended is not computed again, only what was under way.\n\n"
        "  crossbill sweep t.xbt -m pentium-100 -v tlb.dtlb.entries=8..128:*2 \\\n"
        "    -v memory.latency=10,20,40 --report r.db",
    .children = children,
};

static int run(int argc, char **argv)
{
    struct sweep_order order = {0};
    cli_parse(&argp, argc, argv, &order);
    struct cb_error error;
    cli_catch_signals();
    bool done = sweep_order_run(&order, &error);
    for (size_t i = 0; i < order.axis_count; i++)
        sweep_axis_free(&order.axes[i]);
    if (cli_signal() != 0)
        return 128 + cli_signal();
    return done ? CB_DONE : cli_fail(&error);
}

const struct verb verb_sweep = {
    .name = "sweep",
    .line = "Replay a trace on every machine of a grid",
    .group = VERBS_MODEL,
    .argp = &argp,
    .run = run,
};
