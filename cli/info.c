/* info.c - crossbill info: what a trace holds. */
#include "cli.h"
#include "traces/dump.h"

#include <stdlib.h>

enum { KEY_JSON = 256, KEY_REGIONS };

struct options {
    const char *trace;
    bool json, regions;
};

static const struct argp_option option_table[] = {
    {"regions", KEY_REGIONS, NULL, 0, "List which code is work and which is path, too",
     0},
    {"json", KEY_JSON, NULL, 0, "Print JSON", 0},
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
    case KEY_REGIONS:
        options->regions = true;
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
        "Print what a trace holds: where it comes from, its records, its domains."
        "\vA trace that was cut is described up to its last whole block; the exit code "
        "is 3 then.",
    .children = children,
};

struct count {
    enum trace_kind kind;
    const char *label;
    const char *key; /* in JSON */
};

static const struct count counts[] = {
    {TRACE_FETCH, "instructions", "fetches"},
    {TRACE_LOAD, "loads", "loads"},
    {TRACE_STORE, "stores", "stores"},
    {TRACE_CROSSING_IN, "crossings in", "crossings_in"},
    {TRACE_CROSSING_OUT, "crossings out", "crossings_out"},
    {TRACE_THREAD_SWITCH, "thread switches", "thread_switches"},
    {TRACE_SPACE_SWITCH, "space switches", "space_switches"},
    {TRACE_IPC_SEND, "messages sent", "ipc_sends"},
    {TRACE_IPC_RECEIVE, "messages received", "ipc_receives"},
    {TRACE_PAGE_TABLE, "page tables", "page_tables"},
    {TRACE_REQUEST_BEGIN, "requests", "requests"},
};

enum { COUNTS = sizeof counts / sizeof counts[0] };

static void print_origin(const char *path, const struct trace_info *info)
{
    char text[32];
    struct table *table = table_new("ll");
    table_put(table, "trace");
    table_put(table, "%s, version %u", path, info->version);
    table_put(table, "scenario");
    table_put(table, "%s", info->scenario);
    table_put(table, "structure");
    table_put(table, "%s", info->structure);
    table_put(table, "written by");
    table_put(table, "%s", info->tool);
    table_put(table, "header");
    table_put(table, "%s", info->header);
    table_put(table, "size");
    table_put(table, "%s bytes", cli_grouped(text, (int64_t)info->file_bytes));
    table_put(table, "sha256");
    table_put(table, "%s", info->sha256);
    table_print(table, stdout, 0);
}

static void put_count(struct table *table, const char *label, uint64_t count)
{
    char text[32];
    table_put(table, "%s", label);
    table_put(table, "%s", cli_grouped(text, (int64_t)count));
}

static void print_counts(const struct trace_reader *trace)
{
    const struct trace_info *info = trace_info(trace);
    uint32_t codes = 0;
    trace_codes(trace, &codes);
    struct table *table = table_new("lr");
    put_count(table, "records", info->records);
    for (size_t i = 0; i < COUNTS; i++)
        put_count(table, counts[i].label, info->kinds[counts[i].kind]);
    put_count(table, "lost", info->lost);
    put_count(table, "code locations", codes);
    table_print(table, stdout, 0);
}

static void print_domains(const struct trace_reader *trace)
{
    size_t count = 0;
    const struct trace_domain *domains = trace_domains(trace, &count);
    struct table *table = table_new("rllll");
    for (const char *const *head =
             (const char *const[]){"domain", "name", "kind", "base", "limit", NULL};
         *head != NULL; head++)
        table_put(table, "%s", *head);
    for (size_t i = 0; i < count; i++) {
        table_put(table, "%u", domains[i].id);
        table_put(table, "%s", domains[i].name);
        table_put(table, "%s", trace_domain_kind_word(domains[i].kind));
        table_put(table, "%#llx", (unsigned long long)domains[i].base);
        table_put(table, "%#llx", (unsigned long long)domains[i].limit);
    }
    table_print(table, stdout, 0);
}

static void print_regions(const struct trace_reader *trace)
{
    size_t count = 0;
    const struct trace_region *regions = trace_regions(trace, &count);
    struct table *table = table_new("lrrll");
    for (const char *const *head =
             (const char *const[]){"region", "physical", "limit", "role", "domain", NULL};
         *head != NULL; head++)
        table_put(table, "%s", *head);
    for (size_t i = 0; i < count; i++) {
        const struct trace_region *region = &regions[i];
        table_put(table, "%s", region->name);
        table_put(table, "%#llx", (unsigned long long)region->base);
        table_put(table, "%#llx", (unsigned long long)region->limit);
        table_put(table, "%s", trace_role_word(region->role));
        table_put(table, "%s",
                  region->domain == TRACE_DOMAIN_CURRENT
                      ? "current"
                      : trace_domain_name(trace, region->domain));
    }
    table_print(table, stdout, 0);
}

static void print_text(const struct options *options, const struct trace_reader *trace)
{
    print_origin(options->trace, trace_info(trace));
    putchar('\n');
    print_counts(trace);
    putchar('\n');
    print_domains(trace);
    if (!options->regions)
        return;
    putchar('\n');
    print_regions(trace);
}

static json_t *domains_json(const struct trace_reader *trace)
{
    size_t count = 0;
    const struct trace_domain *domains = trace_domains(trace, &count);
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array,
                              json_pack("{s:i, s:o, s:s, s:I, s:I}", "id", domains[i].id,
                                        "name", cli_json_text(domains[i].name), "kind",
                                        trace_domain_kind_word(domains[i].kind), "base",
                                        (json_int_t)domains[i].base, "limit",
                                        (json_int_t)domains[i].limit));
    return array;
}

static json_t *regions_json(const struct trace_reader *trace)
{
    size_t count = 0;
    const struct trace_region *regions = trace_regions(trace, &count);
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_pack("{s:o, s:I, s:I, s:s, s:i}", "name",
                                               cli_json_text(regions[i].name), "base",
                                               (json_int_t)regions[i].base, "limit",
                                               (json_int_t)regions[i].limit, "role",
                                               trace_role_word(regions[i].role), "domain",
                                               regions[i].domain));
    return array;
}

static void print_json(const struct options *options, const struct trace_reader *trace)
{
    const struct trace_info *info = trace_info(trace);
    json_t *kinds = json_object();
    for (size_t i = 0; i < COUNTS; i++)
        json_object_set_new(kinds, counts[i].key,
                            json_integer((json_int_t)info->kinds[counts[i].kind]));
    json_t *object = json_pack(
        "{s:i, s:o, s:i, s:o, s:I, s:s, s:I, s:I, s:o, s:o, s:o, s:o}", "schema_version",
        1, "trace", cli_json_text(options->trace), "format_version", (int)info->version,
        "header", json_loads(info->header, 0, NULL), "file_bytes",
        (json_int_t)info->file_bytes, "sha256", info->sha256, "records",
        (json_int_t)info->records, "lost_records", (json_int_t)info->lost, "cut_at_byte",
        info->cut_at == CB_NOWHERE ? json_null() : json_integer((json_int_t)info->cut_at),
        "counts", kinds, "domains", domains_json(trace), "regions", regions_json(trace));
    cli_print_json(object);
    json_decref(object);
}

static int run(int argc, char **argv)
{
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    struct cb_error error;
    struct trace_reader *trace = trace_open(options.trace, &error);
    if (trace == NULL)
        return cli_fail(&error);
    if (!trace_hash(trace, &error)) {
        trace_close(trace);
        return cli_fail(&error);
    }
    if (options.json)
        print_json(&options, trace);
    else
        print_text(&options, trace);
    bool cut = cli_cut(options.trace, trace_info(trace), &error);
    trace_close(trace);
    return cut ? cli_fail(&error) : CB_DONE;
}

const struct verb verb_info = {
    .name = "info",
    .line = "Print what a trace holds",
    .group = VERBS_TRACES,
    .argp = &argp,
    .run = run,
};
