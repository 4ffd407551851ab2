/* check.c - crossbill check: what in a trace cannot have happened. */
#include "traces/check.h"
#include "cli.h"
#include "traces/salvage.h"

#include <inttypes.h>

enum { KEY_ALL = 256, KEY_SALVAGE, SHOWN = 20 };

struct options {
    struct cli_traces traces;
    bool all, quiet;
    const char *salvage;
};

static const struct argp_option option_table[] = {
    {"all", KEY_ALL, NULL, 0, "Print every finding, not only the first 20 of a trace", 0},
    {"salvage", KEY_SALVAGE, "FILE", 0,
     "Do not check: write what is whole of one damaged trace to FILE, with a record for "
     "what is missing",
     0},
    {"quiet", 'q', NULL, 0, "Print nothing; the exit code tells", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[1] = &options->traces;
        return 0;
    case KEY_SALVAGE:
        options->salvage = argument;
        return 0;
    case KEY_ALL:
        options->all = true;
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case ARGP_KEY_END:
        if (options->salvage != NULL && options->traces.count > 1)
            argp_error(state, "--salvage: one trace at a time");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    CLI_COMMON, {&cli_traces_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "TRACE...",
    .doc =
        "Read whole traces and say what in them cannot have happened."
        "\vThe exit code is 1 when something was found (a cut, lost records, crossings "
        "out of balance, an access outside its domain ...), 3 when a trace cannot be "
        "read.",
    .children = children,
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
    char *name = cli_shown(listing->trace);
    if (listing->count > SHOWN && !listing->options->all)
        printf("%s: %s more (--all prints them)\n", name,
               cli_grouped(findings, (int64_t)(listing->count - SHOWN)));
    printf("%s: %s records, %s %s\n", name,
           cli_grouped(records, (int64_t)result->records),
           listing->count == 0 ? "no" : cli_grouped(findings, (int64_t)listing->count),
           listing->count == 1 ? "finding" : "findings");
    free(name);
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

static int salvage_trace(const struct options *options)
{
    struct cb_error error;
    struct salvage_result result;
    char records[32], lost[32], bytes[32];
    const char *path = options->traces.paths[0];
    if (!trace_salvage(path, options->salvage, &result, &error))
        return cli_fail(&error);
    bool damaged = result.lost > 0 || result.damaged_bytes > 0 || result.end_missing;
    if (options->quiet)
        return damaged ? CB_FOUND : CB_DONE;
    cli_put(stdout, options->salvage);
    printf(": %s records saved", cli_grouped(records, (int64_t)result.records));
    if (damaged)
        printf(", %s lost%s; %s bytes damaged", cli_grouped(lost, (int64_t)result.lost),
               result.end_missing ? " and an unknown number at the end" : "",
               cli_grouped(bytes, (int64_t)result.damaged_bytes));
    putchar('\n');
    return damaged ? CB_FOUND : CB_DONE;
}

/* All are looked at; the worst decides. */
static int run(int argc, char **argv)
{
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    if (options.salvage != NULL)
        return salvage_trace(&options);
    int worst = CB_DONE;
    for (size_t i = 0; i < options.traces.count; i++) {
        int code = check_trace(&options, options.traces.paths[i]);
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
