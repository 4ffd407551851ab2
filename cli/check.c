/* check.c - crossbill check: what in a trace cannot have happened. */
#include "traces/check.h"
#include "cli.h"

#include <inttypes.h>

enum { KEY_ALL = 256, SHOWN = 20 };

struct options {
    char **traces;
    size_t trace_count;
    bool all, quiet;
};

static const struct argp_option option_table[] = {
    {"all", KEY_ALL, NULL, 0, "Print every finding, not only the first 20 of a trace", 0},
    {"quiet", 'q', NULL, 0, "Print nothing; the exit code tells", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    struct options *options = state->input;
    switch (key) {
    case KEY_ALL:
        options->all = true;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case ARGP_KEY_ARGS:
        options->traces = state->argv + state->next;
        options->trace_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_END:
        if (options->trace_count == 0)
            argp_error(state, "which trace?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "TRACE...",
    .doc =
        "Read whole traces and say what in them cannot have happened."
        "\vThe exit code is 1 when something was found (a cut, lost records, crossings "
        "out of balance, an access outside its domain ...), 3 when a trace cannot be "
        "read.",
    .children = cli_children,
};

struct listing {
    const struct options *options;
    const char *trace;
    uint64_t count;
};

static bool on_finding(void *context, const struct check_finding *finding)
{
    struct listing *listing = context;
    listing->count++;
    if (listing->options->quiet || (listing->count > SHOWN && !listing->options->all))
        return true;
    /* Sentences hold no bytes of the trace but names, which cb_error_format() escapes. */
    struct cb_error place;
    cb_error_set(&place, CB_FOUND, "%s: %s", check_kind_word(finding->kind),
                 finding->sentence);
    cb_error_in(&place, listing->trace);
    cb_error_at_record(&place, finding->record);
    char text[1024];
    cb_error_format(&place, text, sizeof text);
    puts(text);
    return true;
}

static void print_end(const struct listing *listing, const struct check_result *result)
{
    char records[32], findings[32];
    if (listing->options->quiet)
        return;
    if (listing->count > SHOWN && !listing->options->all)
        printf("%s: %s more (--all prints them)\n", listing->trace,
               cli_grouped(findings, (int64_t)(listing->count - SHOWN)));
    printf("%s: %s records, %s %s\n", listing->trace,
           cli_grouped(records, (int64_t)result->records),
           listing->count == 0 ? "no" : cli_grouped(findings, (int64_t)listing->count),
           listing->count == 1 ? "finding" : "findings");
}

static int check_trace(const struct options *options, const char *path)
{
    struct cb_error error;
    struct trace_reader *trace = trace_open(path, &error);
    if (trace == NULL)
        return cli_fail(&error);
    struct listing listing = {.options = options, .trace = path};
    struct check_result result;
    bool done = trace_check(trace, on_finding, &listing, &result, &error);
    trace_close(trace);
    if (!done)
        return cli_fail(&error);
    print_end(&listing, &result);
    return listing.count > 0 ? CB_FOUND : CB_DONE;
}

/* All are looked at; the worst decides. */
static int run(int argc, char **argv)
{
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    int worst = CB_DONE;
    for (size_t i = 0; i < options.trace_count; i++) {
        int code = check_trace(&options, options.traces[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

const struct verb verb_check = {
    .name = "check",
    .line = "Say what in a trace cannot have happened",
    .group = VERBS_TRACES,
    .argp = &argp,
    .run = run,
};
