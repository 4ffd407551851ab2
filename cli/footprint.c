/* footprint.c - crossbill footprint: what each domain touches per visit. */
#include "cli.h"
#include "footprints.h"

enum { KEY_JSON = 256 };

struct options {
    const char *trace;
    bool json;
};

static const struct argp_option option_table[] = {
    {"json", KEY_JSON, NULL, 0, "Print JSON, for crossbill predict --footprints", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[1] = &options->trace;
        return 0;
    case KEY_JSON:
        options->json = true;
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
    .doc = "Say how many pages and lines each domain touches per visit."
           "\vA visit lasts from the first access of a domain's work after another "
           "domain's to the last before the next one's; the path's visits are the "
           "stretches between. Flushed are the visits with a CR3 load since the visit "
           "before. A page that holds code and data counts once in `pages'.",
    .children = children,
};

static double mean(int64_t sum, int64_t count)
{
    return (double)sum / (double)(count > 0 ? count : 1);
}

static void put_row(struct table *table, const struct footprints *footprints,
                    const struct working_set *set)
{
    table_put(table, "%s", set->name);
    table_put(table, "%.2f", mean(set->visits, footprints->requests));
    table_put(table, "%.0f %%", 100 * mean(set->flushed, set->visits));
    table_put(table, "%.1f", mean(set->pages[MACHINE_INSTRUCTIONS], set->visits));
    table_put(table, "%.1f", mean(set->pages[MACHINE_DATA], set->visits));
    table_put(table, "%.1f", mean(set->pages[MACHINE_BOTH], set->visits));
    for (unsigned i = 0; i < FOOTPRINT_LINES; i++)
        table_put(table, "%.1f", mean(set->lines[i][MACHINE_BOTH], set->visits));
}

static void print(const struct footprints *footprints)
{
    static const char *const heads[] = {
        "domain", "visits/request", "flushed",    "code pages", "data pages",
        "pages",  "16 B lines",     "32 B lines", "64 B lines", "128 B lines"};
    struct table *table = table_new("lrrrrrrrrr");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_put(table, "%s", heads[i]);
    table_rule(table);
    for (size_t i = 0; i < footprints->domain_count; i++)
        put_row(table, footprints, &footprints->domains[i]);
    put_row(table, footprints, &footprints->path);
    table_print(table, stdout, 0);
}

static bool show(const struct options *options, struct cb_error *error)
{
    struct trace_reader *trace = trace_open(options->trace, error);
    struct footprints footprints;
    bool done = trace != NULL && !cli_cut(options->trace, trace_info(trace), error) &&
                footprints_of(&footprints, trace, error);
    trace_close(trace);
    if (!done)
        return false;
    if (options->json) {
        json_t *json = footprints_json(&footprints);
        cli_print_json(json);
        json_decref(json);
    } else {
        print(&footprints);
    }
    footprints_free(&footprints);
    return true;
}

static int run(int argc, char **argv)
{
    struct options options = {0};
    struct cb_error error;
    cli_parse(&argp, argc, argv, &options);
    return show(&options, &error) ? CB_DONE : cli_fail(&error);
}

const struct verb verb_footprint = {
    .name = "footprint",
    .line = "Say how many pages and lines each domain touches per visit",
    .group = VERBS_TRACES,
    .argp = &argp,
    .run = run,
};
