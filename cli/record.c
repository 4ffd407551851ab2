/* record.c - crossbill record: run a scenario under QEMU and keep its trace. */
#include "cli.h"
#include "kernel-trace/recorder/recorder.h"
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

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

    {NULL, 0, NULL, OPTION_DOC,
     "Knobs of the scenario (--list says which bear on it):", 1},
#define KNOB(name, option, least, most, initial, line)                                   \
    {option,                                                                             \
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
    char sentence[SCENARIO_SENTENCE];
    const char *chosen = scenario_choose(choices, what, name, sentence);
    if (chosen == NULL)
        argp_error(state, "%s", sentence);
    return chosen;
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
    const struct range *range = &knob_ranges[number];
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
    for (size_t i = 0; i < options->request.knob_count; i++) {
        char sentence[SCENARIO_SENTENCE];
        if (!scenario_takes(options->request.scenario, options->knobs[i].key,
                            options->knobs[i].value, "--", sentence))
            argp_error(state, "%s", sentence);
    }
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
        request->structure = choose(state, "structure", structure_choices, argument);
        return 0;
    case KEY_LIST:
        options->list = true;
        return 0;
    case KEY_PATTERN:
        set_knob(options, "pattern", choose(state, "pattern", pattern_choices, argument));
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
        request->scenario = choose(state, "scenario", scenario_choices, argument);
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

static void list_knobs(void)
{
    puts("Knobs");
    struct table *table = table_new("lrrrl");
    for (const char *const *head =
             (const char *const[]){"name", "least", "most", "default", "", NULL};
         *head != NULL; head++)
        table_put(table, "%s", *head);
    for (size_t i = 0; i < KNOB_COUNT; i++) {
        table_put(table, "%s", knob_ranges[i].option);
        table_put(table, "%llu", (unsigned long long)knob_ranges[i].least);
        table_put(table, "%llu", (unsigned long long)knob_ranges[i].most);
        table_put(table, "%llu", (unsigned long long)knob_ranges[i].initial);
        table_put(table, "%s", knob_ranges[i].line);
    }
    table_print_within(table, stdout, 2, cli_width());
    putchar('\n');
}

static void list_uses(void)
{
    puts("Knobs of each scenario");
    struct table *table = table_new("ll");
    for (const struct choice *choice = scenario_choices; choice->name != NULL; choice++) {
        char all[256] = "";
        const char *const *knobs = scenario_knobs(choice->name);
        for (size_t i = 0; knobs[i] != NULL; i++)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s--%s",
                     i > 0 ? " " : "", knob_word(knobs[i]));
        table_put(table, "%s", choice->name);
        table_put(table, "%s", all);
    }
    table_print_within(table, stdout, 2, cli_width());
}

static void list_all(void)
{
    list_choices("Scenarios", scenario_choices);
    list_choices("Structures (--structure)", structure_choices);
    list_choices("Patterns (--pattern)", pattern_choices);
    list_knobs();
    list_uses();
}

static void on_progress(void *context, uint64_t records, double seconds)
{
    (void)seconds;
    progress_show(context, records, 0);
}

static int run(int argc, char **argv)
{
    struct options options = {.request = {.structure = structure_choices[0].name}};
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
    cli_put(stdout, options.request.output);
    printf(": %s records in %s bytes, recorded in %.1f s\n",
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
