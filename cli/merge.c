/* merge.c - crossbill merge: put shards of a sweep, and replays, together. */
#include "cli.h"
#include "reports/report.h"

#include <inttypes.h>

struct options {
    char **files; /* the report, then the shards */
    size_t count;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_ARGS:
        options->files = state->argv + state->next;
        options->count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_END:
        if (options->count < 2)
            argp_error(state, "which report, and which shards?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "REPORT SHARD...",
    .doc =
        "Put the sweeps and replays of several reports into one."
        "\vThe shards were made by crossbill sweep --shard I/N, or are any reports; the "
        "report is made if it is missing. It then holds what one sweep of all points "
        "would have put there, and all replays that were finished. What hangs on no "
        "trace alone stays behind: studies, claims, predictions and charts. If points of "
        "a sweep are missing, the exit status is 1; more shards may be merged later.",
    .children = cli_children,
};

static bool merge(const struct options *options, int64_t *missing, struct cb_error *error)
{
    struct report *report = report_open(options->files[0], REPORT_WRITE, error);
    bool done = report != NULL;
    for (size_t i = 1; done && i < options->count && cli_signal() == 0; i++)
        done = report_merge(report, options->files[i], error);
    done = done && report_missing_points(report, missing, error);
    report_close(report);
    return done;
}

static int run(int argc, char **argv)
{
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    struct cb_error error;
    int64_t missing = 0;
    cli_catch_signals();
    bool done = merge(&options, &missing, &error);
    if (cli_signal() != 0)
        return 128 + cli_signal();
    if (!done)
        return cli_fail(&error);
    if (missing == 0)
        return CB_DONE;
    cli_warn("%s: %" PRId64 " points are still missing", options.files[0], missing);
    return CB_FOUND;
}

const struct verb verb_merge = {
    .name = "merge",
    .line = "Put shards of a sweep, and replays, together",
    .group = VERBS_MODEL,
    .argp = &argp,
    .run = run,
};
