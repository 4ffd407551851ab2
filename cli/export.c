/* export.c - crossbill export: a trace in the format of another tool. */
#include "traces/export.h"
#include "cli.h"
#include "reports/perfetto.h"
#include "traces/output.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_FROM = 256, KEY_COUNT };

/* Beside the formats that hold a whole trace: a stretch of it on a time line. */
#define FORMAT_PERFETTO EXPORT_FORMATS

struct options {
    int format; /* enum export_format, FORMAT_PERFETTO, or -1 */
    uint64_t from, count;
    const char *trace;
    const char *output;
    const char *machine; /* perfetto; NULL: none */
};

static const struct argp_option option_table[] = {
    {"output", 'o', "FILE", 0, "Where it goes (default: standard output)", 0},
    {"from", KEY_FROM, "N", 0, "perfetto: the first record of the stretch (default 0)",
     0},
    {"count", KEY_COUNT, "N", 0, "perfetto: how many records (default 200000)", 0},
    {"machine", 'm', "NAME", 0,
     "perfetto: replay on it, and show who holds its TLBs and caches", 0},
    {0},
};

static int format_named(const struct argp_state *state, const char *name)
{
    for (unsigned format = 0; format < EXPORT_FORMATS; format++)
        if (strcmp(export_format_word(format), name) == 0)
            return (int)format;
    if (strcmp(name, "perfetto") == 0)
        return FORMAT_PERFETTO;
    argp_error(state,
               "there is no format '%s'; expected din, xdin, csv, text or perfetto",
               name);
    return -1;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'o':
        options->output = argument;
        return 0;
    case KEY_FROM:
        options->from = cli_number(state, "--from", argument, 0, UINT64_MAX);
        return 0;
    case 'm':
        options->machine = argument;
        return 0;
    case KEY_COUNT:
        options->count = cli_number(state, "--count", argument, 1, UINT64_MAX);
        return 0;
    case ARGP_KEY_ARG:
        if (options->format < 0)
            options->format = format_named(state, argument);
        else if (options->trace == NULL)
            options->trace = argument;
        else
            argp_error(state, "one trace at a time");
        return 0;
    case ARGP_KEY_END:
        if (options->format < 0)
            argp_error(state, "to which format? (din, xdin, csv, text or perfetto)");
        if (options->trace == NULL)
            argp_error(state, "which trace?");
        if (options->machine != NULL && options->format != FORMAT_PERFETTO)
            argp_error(state, "--machine: only perfetto shows what a replay does");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "FORMAT TRACE",
    .doc = "Write a trace in the format of another tool: din and xdin (DineroIV), csv, "
           "text, or a stretch of it for the time line of Perfetto or chrome://tracing."
           "\vOnly csv and text have events; import reads text back to the same trace. "
           "Addresses are virtual.",
    .children = cli_children,
};

/* Where the text goes: the first error is kept, and stops the export. */
struct sink {
    struct output output;
    bool to_file, failed;
    struct cb_error *error;
};

static bool put_text(void *context, const char *text, size_t size)
{
    struct sink *sink = context;
    if (cli_signal() != 0)
        return false;
    if (!sink->to_file)
        return fwrite(text, 1, size, stdout) == size; /* told at exit */
    sink->failed = !output_write(&sink->output, text, size, sink->error);
    return !sink->failed;
}

static bool export(const struct options *options, const struct trace_reader *trace,
                   struct cb_error *error)
{
    struct sink sink = {.to_file = options->output != NULL, .error = error};
    if (sink.to_file && !output_open(&sink.output, options->output, error))
        return false;
    bool done = trace_export(trace, (enum export_format)options->format, put_text, &sink,
                             error) &&
                !sink.failed;
    if (!sink.to_file)
        return done;
    if (done && cli_signal() == 0)
        return output_commit(&sink.output, error);
    output_abandon(&sink.output);
    return done;
}

static bool should_stop(void *context)
{
    (void)context;
    return cli_signal() != 0;
}

static bool write_stretch(const struct options *options, const struct trace_reader *trace,
                          const struct perfetto_replay *replayed, struct cb_error *error)
{
    struct report_bytes bytes;
    if (!perfetto_export(trace, options->from, options->count, replayed, &bytes, error))
        return cb_error_in(error, options->trace);
    bool done = cli_write(options->output, bytes.data, bytes.size, error);
    free(bytes.data);
    return done;
}

/* Up to the stretch, so that it is seen as warm or cold as it was, and on to the end. */
static bool replay_stretch(const struct options *options,
                           const struct trace_reader *trace, struct cb_error *error)
{
    char directory[4096];
    struct machine machine;
    struct replay_options wanted = {.chronicle = true,
                                    .stretch_first = options->from,
                                    .stretch_records = options->count,
                                    .should_stop = should_stop};
    if (!cli_machines(directory, sizeof directory, error) ||
        !machine_load(&machine, options->machine, directory, NULL, 0, error))
        return false;
    struct ledger *ledger = replay(trace, &machine, &wanted, error);
    if (ledger == NULL && error->code == CB_TRACE && error->source[0] == '\0')
        cb_error_in(error, options->trace);
    struct perfetto_replay replayed = {.machine = &machine, .ledger = ledger};
    bool done = ledger != NULL && write_stretch(options, trace, &replayed, error);
    ledger_free(ledger);
    machine_free(&machine);
    return done;
}

static bool export_stretch(const struct options *options,
                           const struct trace_reader *trace, struct cb_error *error)
{
    bool there = options->from < trace_info(trace)->records;
    if (options->machine != NULL && there)
        return replay_stretch(options, trace, error);
    return write_stretch(options, trace, NULL, error);
}

static int run(int argc, char **argv)
{
    struct options options = {.format = -1, .count = PERFETTO_RECORDS};
    cli_parse(&argp, argc, argv, &options);
    struct cb_error error;
    struct trace_reader *trace = trace_open(options.trace, &error);
    if (trace == NULL)
        return cli_fail(&error);
    cli_catch_signals();
    bool done = options.format == FORMAT_PERFETTO
                    ? export_stretch(&options, trace, &error)
                    : export(&options, trace, &error);
    bool cut = done && cli_cut(options.trace, trace_info(trace), &error);
    trace_close(trace);
    if (cli_signal() != 0)
        return 128 + cli_signal();
    return done && !cut ? CB_DONE : cli_fail(&error);
}

const struct verb verb_export = {
    .name = "export",
    .line = "Write a trace in the format of another tool",
    .group = VERBS_TRACES,
    .argp = &argp,
    .run = run,
};
