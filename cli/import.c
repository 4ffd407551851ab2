/* import.c - crossbill import: a trace of another tool becomes a crossbill trace. */
#include "traces/import.h"
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_DOMAIN = 256, KEY_SCENARIO, KEY_CPU, DOMAINS = 64 };

struct options {
    int format; /* enum import_format, or -1 */
    const char *input;
    const char *output;
    const char *scenario;
    uint32_t cpu;
    struct trace_domain domains[DOMAINS];
    size_t domain_count;
};

static const struct argp_option option_table[] = {
    {"output", 'o', "FILE", 0, "Where the trace goes (required)", 0},
    {"domain", KEY_DOMAIN, "NAME[=FROM-LIMIT]", 0,
     "A domain, with the window of addresses (hexadecimal, LIMIT past its end) whose "
     "code "
     "is its own; \"kernel\" is the kernel; may be given more than once",
     0},
    {"scenario", KEY_SCENARIO, "NAME", 0, "Its name (default: that of the input)", 0},
    {"cpu", KEY_CPU, "N", 0, "The processor that is taken of execlog (default 0)", 0},
    {0},
};

static int format_named(const struct argp_state *state, const char *name)
{
    const char *names[IMPORT_FORMATS + 1] = {0};
    for (unsigned format = 0; format < IMPORT_FORMATS; format++) {
        names[format] = import_format_word(format);
        if (strcmp(names[format], name) == 0)
            return (int)format;
    }
    const char *nearest = cli_nearest(name, names);
    if (nearest != NULL)
        argp_error(state, "there is no format '%s'; did you mean '%s'?", name, nearest);
    else
        argp_error(state, "there is no format '%s'; --help lists them", name);
    return -1;
}

/* "400000-480000" */
static bool parse_window(const char *text, struct trace_domain *domain)
{
    char *end = NULL;
    errno = 0;
    domain->base = strtoull(text, &end, 16);
    if (end == text || *end != '-' || errno != 0 || text[0] == '-')
        return false;
    const char *limit = end + 1;
    domain->limit = strtoull(limit, &end, 16);
    return end != limit && *end == '\0' && errno == 0 && limit[0] != '-' &&
           domain->limit > domain->base;
}

static uint16_t new_id(const struct options *options, const char *name)
{
    uint16_t id = 1;
    if (strcmp(name, "kernel") == 0)
        return 0;
    for (size_t i = 0; i < options->domain_count; i++)
        id = (uint16_t)(id + (options->domains[i].id != 0));
    return id;
}

static void add_domain(const struct argp_state *state, struct options *options,
                       const char *text)
{
    if (options->domain_count == DOMAINS)
        argp_error(state, "--domain: at most %d of them", DOMAINS);
    struct trace_domain domain = {0};
    size_t length = strcspn(text, "=");
    if (length == 0 || length >= sizeof domain.name)
        argp_error(state, "--domain: '%s': a name has 1 to %zu characters", text,
                   sizeof domain.name - 1);
    memcpy(domain.name, text, length);
    if (text[length] == '=' && !parse_window(text + length + 1, &domain))
        argp_error(state,
                   "--domain: '%s': expected NAME=FROM-LIMIT, both hexadecimal and "
                   "LIMIT the larger",
                   text);
    domain.id = new_id(options, domain.name);
    domain.kind = domain.id == 0 ? TRACE_DOMAIN_KERNEL : TRACE_DOMAIN_LARGE;
    options->domains[options->domain_count++] = domain;
}

static void check_whole(const struct argp_state *state, const struct options *options)
{
    if (options->format < 0)
        argp_error(state, "from which format? (--help lists them)");
    if (options->input == NULL)
        argp_error(state, "from which file? (- is standard input)");
    if (options->output == NULL)
        argp_error(state, "where to? (-o FILE)");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'o':
        options->output = argument;
        return 0;
    case KEY_DOMAIN:
        add_domain(state, options, argument);
        return 0;
    case KEY_SCENARIO:
        options->scenario = argument;
        return 0;
    case KEY_CPU:
        options->cpu = (uint32_t)cli_number(state, "--cpu", argument, 0, UINT32_MAX);
        return 0;
    case ARGP_KEY_ARG:
        if (options->format < 0)
            options->format = format_named(state, argument);
        else if (options->input == NULL)
            options->input = argument;
        else
            argp_error(state, "one input at a time");
        return 0;
    case ARGP_KEY_END:
        check_whole(state, options);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "FORMAT INPUT -o FILE",
    .doc =
        "Make a trace of what another tool has recorded; INPUT may be compressed with "
        "gzip, xz or zstd, and - is standard input."
        "\vFormats: din and xdin (DineroIV), lackey (Valgrind, --trace-mem=yes), csv, "
        "champsim, drmemtrace (the view of DynamoRIO's tool), execlog (QEMU's plugin) "
        "and text (what crossbill dump prints).\n\n"
        "What a format does not tell is assumed, said here, and kept in the trace. "
        "Lines \"# crossbill: domain NAME\" in the input mark where a domain begins to "
        "run, so that an imported trace can have crossings, too.",
    .children = cli_children,
};

static bool on_progress(void *context, uint64_t done, uint64_t all)
{
    progress_show(context, done, all);
    return cli_signal() == 0;
}

static void print_result(const struct options *options,
                         const struct import_result *result)
{
    char records[32], skipped[32];
    cli_put(stdout, options->output);
    printf(": %s records", cli_grouped(records, (int64_t)result->records));
    if (result->skipped > 0)
        printf(", %s lines skipped", cli_grouped(skipped, (int64_t)result->skipped));
    putchar('\n');
    if (result->assumptions != NULL)
        cli_warn("assumed: %s", result->assumptions);
}

static int run(int argc, char **argv)
{
    struct options options = {.format = -1};
    cli_parse(&argp, argc, argv, &options);
    struct progress progress;
    struct cb_error error;
    struct import_result result = {0};
    const struct import_options request = {.format = (enum import_format)options.format,
                                           .scenario = options.scenario,
                                           .domains = options.domains,
                                           .domain_count = options.domain_count,
                                           .cpu = options.cpu,
                                           .progress = on_progress,
                                           .context = &progress};
    cli_catch_signals();
    progress_begin(&progress, "bytes");
    bool done = trace_import(options.input, options.output, &request, &result, &error);
    progress_end(&progress);
    if (cli_signal() != 0)
        return 128 + cli_signal();
    if (!done)
        return cli_fail(&error);
    print_result(&options, &result);
    return CB_DONE;
}

const struct verb verb_import = {
    .name = "import",
    .line = "Make a trace of what another tool has recorded",
    .group = VERBS_TRACES,
    .argp = &argp,
    .run = run,
};
