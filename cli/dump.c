/* dump.c - crossbill dump: a trace as text, whole or a stretch of its records. */
#include "traces/dump.h"
#include "cli.h"

#include <inttypes.h>

enum { KEY_FROM = 256, KEY_COUNT };

struct options {
    const char *trace;
    uint64_t from, count;
    bool stretch;
};

static const struct argp_option option_table[] = {
    {"from", KEY_FROM, "N", 0,
     "Records from number N on (the first is 0), no definitions", 0},
    {"count", 'n', "N", 0, "N records, no definitions", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[1] = &options->trace;
        return 0;
    case KEY_FROM:
        options->from = cli_number(state, "--from", argument, 0, UINT64_MAX / 2);
        options->stretch = true;
        return 0;
    case 'n':
        options->count = cli_number(state, "--count", argument, 0, UINT64_MAX / 2);
        options->stretch = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    CLI_COMMON, {&cli_trace_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "TRACE",
    .doc =
        "Print a trace as text, one record a line."
        "\vA record's line: KIND A B SIZE MODE DOMAIN SPACE THREAD CODE DETAIL, where A "
        "and B are the virtual and the physical address of an access.",
    .children = children,
};

static bool put_text(void *context, const char *text, size_t size)
{
    (void)context;
    return fwrite(text, 1, size, stdout) == size;
}

/* Prints those records of the block that are wanted. */
static void put_block(const struct trace_block *block, uint64_t from, uint64_t limit)
{
    char line[DUMP_LINE_MAX];
    for (size_t i = 0; i < block->count; i++) {
        uint64_t number = block->first + i;
        if (number < from || number >= limit)
            continue;
        size_t length = dump_record(&block->records[i], line);
        fwrite(line, 1, length, stdout);
    }
}

/* A stretch near the end need not decode what is before it: blocks are looked at from
 * where the stretch begins. */
static bool dump_stretch(const struct trace_reader *trace, const struct options *options,
                         struct cb_error *error)
{
    uint64_t limit = options->from + options->count;
    struct trace_block block;
    trace_block_init(&block);
    bool done = true;
    size_t low = 0, high = trace_blocks(trace);
    while (done && low + 1 < high) { /* the last block that begins at or before `from` */
        size_t middle = low + (high - low) / 2;
        done = trace_read_block(trace, middle, &block, error);
        if (done && block.first <= options->from)
            low = middle;
        else
            high = middle;
    }
    for (size_t i = low; done && i < trace_blocks(trace); i++) {
        done = trace_read_block(trace, i, &block, error);
        if (done && block.first >= limit)
            break;
        if (done)
            put_block(&block, options->from, limit);
    }
    trace_block_free(&block);
    return done;
}

static int run(int argc, char **argv)
{
    struct options options = {.count = UINT64_MAX / 2};
    cli_parse(&argp, argc, argv, &options);
    struct cb_error error;
    struct trace_reader *trace = trace_open(options.trace, &error);
    if (trace == NULL)
        return cli_fail(&error);
    bool done = options.stretch ? dump_stretch(trace, &options, &error)
                                : dump_trace(trace, put_text, NULL, &error);
    bool cut = done && cli_cut(options.trace, trace_info(trace), &error);
    trace_close(trace);
    return done && !cut ? CB_DONE : cli_fail(&error);
}

const struct verb verb_dump = {
    .name = "dump",
    .line = "Print a trace as text",
    .group = VERBS_TRACES,
    .argp = &argp,
    .run = run,
};
