/* record.c - crossbill record: run a scenario under QEMU and keep its trace. */
#include "cli.h"
#include "kernel-trace/recorder/recorder.h"
#include "kernel-trace/scenarios.h"

#include <stdlib.h>
#include <string.h>

enum knob {
#define KNOB(name, least, most, initial, line) KNOB_##name,
    KNOBS(KNOB)
#undef KNOB
        KNOB_COUNT
};

struct choice {
    const char *name;
    const char *line;
};

static const struct choice scenarios[] = {
#define SCENARIO(symbol, name, line) {name, line},
    SCENARIOS(SCENARIO)
#undef SCENARIO
        {0},
};

static const struct choice structures[] = {
#define STRUCTURE(symbol, name, users, line) {name, line},
    STRUCTURES(STRUCTURE)
#undef STRUCTURE
        {0},
};

static const struct choice patterns[] = {
#define PATTERN(name, line) {#name, line},
    PATTERNS(PATTERN)
#undef PATTERN
        {0},
};

struct range {
    const char *option;
    const char *name;
    uint64_t least, most, initial;
    const char *line;
};

static const struct range knobs[KNOB_COUNT] = {
#define KNOB(name, least, most, initial, line)                                           \
    {"--" #name, #name, least, most, initial, line},
    KNOBS(KNOB)
#undef KNOB
};

enum {
    KEY_LIST = 256,
    KEY_PATTERN,
    KEY_DOMAIN,
    KEY_QEMU,
    KEY_CPU,
    KEY_MEMORY,
    KEY_TIME_LIMIT,
    KEY_KERNEL,
    KEY_PLUGIN,
    KEY_KNOB /* and one more for each knob */
};

struct options {
    struct recording_request request;
    struct recording_knob knobs[KNOB_COUNT + 1 + DOMAIN_CHOICES]; /* and the pattern */
    bool list;
    char domains[DOMAIN_CHOICES][64]; /* as the kernel takes them */
};

static const struct argp_option option_table[] = {
    {"output", 'o', "FILE", 0, "Where the trace goes (required)", 0},
    {"structure", 's', "NAME", 0, "How a service call is bound (default l3-small)", 0},
    {"list", KEY_LIST, NULL, 0, "List scenarios, structures and knobs, and stop", 0},

    {NULL, 0, NULL, OPTION_DOC, "Knobs of the scenario:", 1},
#define KNOB(name, least, most, initial, line)                                           \
    {#name,                                                                              \
     KEY_KNOB + KNOB_##name,                                                             \
     "N",                                                                                \
     0,                                                                                  \
     line " (" #least " to " #most "; default " #initial ")",                            \
     2},
    KNOBS(KNOB)
#undef KNOB
        {"domain", KEY_DOMAIN, "NAME=KIND[:PAGES[:LINES]]", 0,
         "make one domain small or large, and give it pages and lines of its own; may be "
         "given more than once",
         2},
    {"pattern", KEY_PATTERN, "NAME", 0, "the order of touches (--list has them)", 2},

    {NULL, 0, NULL, OPTION_DOC, "How it is run:", 3},
    {"time-limit", KEY_TIME_LIMIT, "SECONDS", 0, "Give up after this time (default 600)",
     4},
    {"memory", KEY_MEMORY, "MIB", 0, "The guest's memory (default 64)", 4},
    {"qemu", KEY_QEMU, "PROGRAM", 0, "QEMU (default " RECORDING_QEMU ")", 4},
    {"cpu", KEY_CPU, "MODEL", 0, "QEMU's CPU model (default " RECORDING_CPU ")", 4},
    {"kernel", KEY_KERNEL, "FILE", 0, "Another kernel image", 4},
    {"plugin", KEY_PLUGIN, "FILE", 0, "Another recorder plugin", 4},
    {0},
};

static const char *choose(const struct argp_state *state, const char *what,
                          const struct choice *choices, const char *name)
{
    const char *names[32] = {0};
    for (size_t i = 0; i < 31 && choices[i].name != NULL; i++) {
        if (strcmp(choices[i].name, name) == 0)
            return choices[i].name;
        names[i] = choices[i].name;
    }
    const char *nearest = cli_nearest(name, names);
    if (nearest != NULL)
        argp_error(state, "there is no %s '%s'; did you mean '%s'?", what, name, nearest);
    else
        argp_error(state, "there is no %s '%s'; record --list has them all", what, name);
    return NULL;
}

/* Given twice, the last one counts, as is usual. */
static void set_knob(struct options *options, const char *key, const char *value)
{
    struct recording_request *request = &options->request;
    size_t i = 0;
    while (i < request->knob_count && strcmp(options->knobs[i].key, key) != 0)
        i++;
    options->knobs[i] = (struct recording_knob){.key = key, .value = value};
    if (i == request->knob_count)
        request->knob_count++;
}

/* The only knob that may be given more than once. */
static void add_domain(const struct argp_state *state, struct options *options,
                       const char *value)
{
    size_t count = 0;
    for (size_t i = 0; i < options->request.knob_count; i++)
        count += strcmp(options->knobs[i].key, "domain") == 0;
    if (count == DOMAIN_CHOICES)
        argp_error(state, "--domain: at most %d of them", DOMAIN_CHOICES);
    char *own = options->domains[count];
    if (strlen(value) >= sizeof options->domains[count])
        argp_error(state, "--domain=%s: longer than any domain's choice", value);
    strcpy(own, value);
    char *equals = strchr(own, '=');
    if (equals != NULL)
        *equals = ':'; /* the kernel's command line has blanks and = for itself */
    options->knobs[options->request.knob_count++] =
        (struct recording_knob){.key = "domain", .value = own};
}

static error_t parse_knob(const struct argp_state *state, int key, const char *argument,
                          struct options *options)
{
    int number = key - KEY_KNOB;
    if (number < 0 || number >= KNOB_COUNT)
        return ARGP_ERR_UNKNOWN;
    const struct range *range = &knobs[number];
    cli_number(state, range->option, argument, range->least, range->most);
    set_knob(options, range->name, argument);
    return 0;
}

static void check_whole(const struct argp_state *state, const struct options *options)
{
    if (options->list)
        return;
    if (options->request.scenario == NULL)
        argp_error(state, "which scenario? (crossbill record --list has them)");
    if (options->request.output == NULL)
        argp_error(state, "where to? (-o FILE)");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    struct recording_request *request = &options->request;
    switch (key) {
    case 'o':
        request->output = argument;
        return 0;
    case 's':
        request->structure = choose(state, "structure", structures, argument);
        return 0;
    case KEY_LIST:
        options->list = true;
        return 0;
    case KEY_PATTERN:
        set_knob(options, "pattern", choose(state, "pattern", patterns, argument));
        return 0;
    case KEY_DOMAIN:
        add_domain(state, options, argument);
        return 0;
    case KEY_QEMU:
        request->qemu = argument;
        return 0;
    case KEY_CPU:
        request->cpu = argument;
        return 0;
    case KEY_MEMORY:
        request->memory_mib = (uint32_t)cli_number(state, "--memory", argument, 16, 2048);
        return 0;
    case KEY_TIME_LIMIT:
        request->time_limit_seconds =
            (uint32_t)cli_number(state, "--time-limit", argument, 1, 604800);
        return 0;
    case KEY_KERNEL:
        request->kernel = argument;
        return 0;
    case KEY_PLUGIN:
        request->plugin = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (request->scenario != NULL)
            argp_error(state, "one scenario at a time");
        request->scenario = choose(state, "scenario", scenarios, argument);
        return 0;
    case ARGP_KEY_END:
        check_whole(state, options);
        return 0;
    default:
        return parse_knob(state, key, argument, options);
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "SCENARIO -o FILE",
    .doc = "Run the instrumented kernel under QEMU and record every access and event."
           "\vThe same scenario gives the same trace, byte for byte, every time. For "
           "example:\n"
           "  crossbill record pingpong --structure l3-large --pages 8 -o t.xbt",
    .children = cli_children,
};

static void list_choices(const char *title, const struct choice *choices)
{
    struct table *table = table_new("ll");
    printf("%s\n", title);
    for (; choices->name != NULL; choices++) {
        table_put(table, "%s", choices->name);
        table_put(table, "%s", choices->line);
    }
    table_print(table, stdout, 2);
    putchar('\n');
}

static void list_all(void)
{
    list_choices("Scenarios", scenarios);
    list_choices("Structures (--structure)", structures);
    list_choices("Patterns (--pattern)", patterns);
    puts("Knobs");
    struct table *table = table_new("lrrrl");
    for (const char *const *head =
             (const char *const[]){"name", "least", "most", "default", "", NULL};
         *head != NULL; head++)
        table_put(table, "%s", *head);
    for (size_t i = 0; i < KNOB_COUNT; i++) {
        table_put(table, "%s", knobs[i].option);
        table_put(table, "%llu", (unsigned long long)knobs[i].least);
        table_put(table, "%llu", (unsigned long long)knobs[i].most);
        table_put(table, "%llu", (unsigned long long)knobs[i].initial);
        table_put(table, "%s", knobs[i].line);
    }
    table_print(table, stdout, 2);
}

static void on_progress(void *context, uint64_t records, double seconds)
{
    (void)seconds;
    progress_show(context, records, 0);
}

static int run(int argc, char **argv)
{
    struct options options = {.request = {.structure = structures[0].name}};
    cli_parse(&argp, argc, argv, &options);
    if (options.list) {
        list_all();
        return CB_DONE;
    }
    struct progress progress;
    struct cb_error error;
    struct recording_result result = {0};
    options.request.knobs = options.knobs;
    options.request.progress = on_progress;
    options.request.context = &progress;
    progress_begin(&progress, "records");
    bool done = record_run(&options.request, &result, &error);
    progress_end(&progress);
    if (!done && result.signal != 0)
        return 128 + result.signal;
    if (!done)
        return cli_fail(&error);
    char records[32], bytes[32];
    printf("%s: %s records in %s bytes, recorded in %.1f s\n", options.request.output,
           cli_grouped(records, (int64_t)result.records),
           cli_grouped(bytes, (int64_t)result.file_bytes), result.seconds);
    return CB_DONE;
}

const struct verb verb_record = {
    .name = "record",
    .line = "Run a scenario under QEMU and keep its trace",
    .group = VERBS_TRACES,
    .argp = &argp,
    .run = run,
};
