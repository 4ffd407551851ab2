/* synth.c - crossbill synth: a trace made up from a description. */
#include "traces/synth.h"
#include "cli.h"

struct options {
    const char *description;
    const char *output;
};

static const struct argp_option option_table[] = {
    {"output", 'o', "FILE", 0, "Where the trace goes (required)", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'o':
        options->output = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (options->description != NULL)
            argp_error(state, "one description at a time");
        options->description = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->description == NULL)
            argp_error(state, "from which description? (- is standard input)");
        if (options->output == NULL)
            argp_error(state, "where to? (-o FILE)");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "DESCRIPTION -o FILE",
    .doc =
        "Make up a trace of domains that call each other, as a JSON file describes it, "
        "for teaching and for tests."
        "\vMembers of the description: schema_version (1), scenario, seed, requests, "
        "warm_up_requests, domains, and pattern, the names of the domains that one "
        "request visits in turn. Members of a domain: name, kind (large, small or, once, "
        "kernel), instructions, loops, accesses, pages, lines_per_page, order (cyclic or "
        "random), reuse_percent and store_percent. traces/synth.h tells what each is.",
    .children = cli_children,
};

static bool on_progress(void *context, uint64_t done, uint64_t all)
{
    progress_show(context, done, all);
    return cli_signal() == 0;
}

static int run(int argc, char **argv)
{
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    struct progress progress;
    struct cb_error error;
    struct synth_result result = {0};
    char records[32];
    cli_catch_signals();
    progress_begin(&progress, "requests");
    bool done = trace_synthesise(options.description, options.output, on_progress,
                                 &progress, &result, &error);
    progress_end(&progress);
    if (cli_signal() != 0)
        return 128 + cli_signal();
    if (!done)
        return cli_fail(&error);
    cli_put(stdout, options.output);
    printf(": %s records\n", cli_grouped(records, (int64_t)result.records));
    return CB_DONE;
}

const struct verb verb_synth = {
    .name = "synth",
    .line = "Make up a trace from a description",
    .group = VERBS_TRACES,
    .argp = &argp,
    .run = run,
};
