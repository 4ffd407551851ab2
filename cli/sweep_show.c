/* sweep_show.c - the points of a sweep on standard output: a table, CSV or JSON. */
#include "cli.h"
#include "reports/text.h"
#include "sweep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SWEEP_SCHEMA_VERSION 1

struct sweep_show {
    const struct sweep_order *order;
    FILE *out;
    struct table *table; /* NULL for CSV and JSON */
    char *columns;       /* of the table */
    struct recording recording;
    bool begun; /* with the head of the output */
    bool first; /* no JSON point has been printed yet */
};

/* ---- beginnings ---- */

static bool several(const struct sweep_show *show)
{
    return show->order->traces.count > 1;
}

static void begin_table(struct sweep_show *show)
{
    size_t axes = show->order->axis_count, left = several(show) ? 3 : 0;
    show->columns = cli_must(calloc(left + axes + 8, 1));
    memset(show->columns, 'l', left);
    memset(show->columns + left, 'r', axes + 6);
    show->columns[left + axes + 6] = 'l';
    show->table = table_new(show->columns);
    if (several(show)) {
        table_put(show->table, "scenario");
        table_put(show->table, "structure");
        table_put(show->table, "pages");
    }
    for (size_t i = 0; i < axes; i++)
        table_put(show->table, "%s", show->order->axes[i].path);
    for (int group = 0; group < GROUPS; group++)
        table_put(show->table, "%s", account_group_name((enum account_group)group));
    table_put(show->table, "total");
    table_put(show->table, "refused");
    table_rule(show->table);
}

static void put_cell(FILE *out, const char *string)
{
    struct text cell = {0};
    text_csv(&cell, string);
    text_add(&cell, "");
    cli_must(cell.data);
    fputs(cell.data, out);
    text_drop(&cell);
}

static void begin_csv(const struct sweep_show *show)
{
    fputs("trace,scenario,structure,pages,point", show->out);
    for (size_t i = 0; i < show->order->axis_count; i++) {
        fputc(',', show->out);
        put_cell(show->out, show->order->axes[i].path);
    }
    fputs(",requests", show->out);
    for (int group = 0; group < GROUPS; group++)
        fprintf(show->out, ",%s_mcycles", account_group_name((enum account_group)group));
    fputs(",total_mcycles,refused\r\n", show->out);
}

struct sweep_show *sweep_show_new(const struct sweep_order *order, FILE *out)
{
    struct sweep_show *show = cli_must(calloc(1, sizeof *show));
    *show = (struct sweep_show){.order = order, .out = out, .first = true};
    return show;
}

/* Nothing is printed before there is a point, or the end: mistakes come before both. */
static void begin(struct sweep_show *show)
{
    if (show->begun)
        return;
    show->begun = true;
    if (show->order->json)
        fprintf(show->out, "{\"schema_version\": %d, \"points\": [",
                SWEEP_SCHEMA_VERSION);
    else if (show->order->csv)
        begin_csv(show);
    else
        begin_table(show);
}

void sweep_show_trace(struct sweep_show *show, const struct recording *recording)
{
    show->recording = *recording;
}

/* ---- points ---- */

/* As replay does: the measured phase, or the warm-up of a trace that has no other. */
static enum trace_phase shown_phase(const struct ledger *ledger)
{
    return ledger->phase[TRACE_PHASE_MEASURED].records > 0 ? TRACE_PHASE_MEASURED
                                                           : TRACE_PHASE_WARM_UP;
}

static int64_t total(const struct ledger *ledger)
{
    int64_t sum = 0;
    for (int group = 0; group < GROUPS; group++)
        sum +=
            ledger_group_mcycles(ledger, shown_phase(ledger), (enum account_group)group);
    return sum;
}

/* Cycles per request; in all where there are no requests. */
static void put_cycles(const struct sweep_show *show, const struct ledger *ledger,
                       int64_t mcycles)
{
    int64_t requests = ledger->phase[shown_phase(ledger)].requests;
    table_put(show->table, "%.1f",
              (double)mcycles / 1000 / (double)(requests > 0 ? requests : 1));
}

static void put_row(struct sweep_show *show, const struct sweep_request *request,
                    const size_t *indices, const struct ledger *ledger,
                    const char *refused)
{
    if (several(show)) {
        table_put(show->table, "%s", show->recording.scenario);
        table_put(show->table, "%s", show->recording.structure);
        table_put(show->table, "%s", show->recording.pages);
    }
    for (size_t i = 0; i < request->axis_count; i++)
        table_put(show->table, "%s", request->axes[i].values[indices[i]]);
    for (int group = 0; group < GROUPS; group++)
        if (ledger == NULL)
            table_put(show->table, ".");
        else
            put_cycles(show, ledger,
                       ledger_group_mcycles(ledger, shown_phase(ledger),
                                            (enum account_group)group));
    if (ledger == NULL)
        table_put(show->table, ".");
    else
        put_cycles(show, ledger, total(ledger));
    table_put(show->table, "%s", ledger == NULL ? refused : "");
}

static void put_csv(const struct sweep_show *show, const struct sweep_request *request,
                    uint64_t point, const size_t *indices, const struct ledger *ledger,
                    const char *refused)
{
    FILE *out = show->out;
    const char *texts[] = {show->recording.path, show->recording.scenario,
                           show->recording.structure, show->recording.pages};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        put_cell(out, texts[i]);
        fputc(',', out);
    }
    fprintf(out, "%" PRIu64, point);
    for (size_t i = 0; i < request->axis_count; i++) {
        fputc(',', out);
        put_cell(out, request->axes[i].values[indices[i]]);
    }
    if (ledger == NULL) {
        for (int i = 0; i < GROUPS + 2; i++)
            fputc(',', out);
        fputc(',', out);
        put_cell(out, refused);
    } else {
        fprintf(out, ",%" PRId64, ledger->phase[shown_phase(ledger)].requests);
        for (int group = 0; group < GROUPS; group++)
            fprintf(out, ",%" PRId64,
                    ledger_group_mcycles(ledger, shown_phase(ledger),
                                         (enum account_group)group));
        fprintf(out, ",%" PRId64 ",", total(ledger));
    }
    fputs("\r\n", out);
}

static void set_integer(json_t *object, const char *key, int64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

static int64_t line_mcycles(const struct ledger_line *line)
{
    return line->instruction_mcycles + line->memory_mcycles;
}

/* Accounts of one domain, without those that hold nothing. */
static json_t *domain_json(const struct ledger_domain *domain)
{
    json_t *object = json_object(), *accounts = json_object();
    json_object_set_new(object, "name", cli_json_text(domain->name));
    for (int account = 0; account < ACCOUNTS; account++)
        if (line_mcycles(&domain->line[account]) != 0)
            set_integer(accounts, account_name((enum account)account),
                        line_mcycles(&domain->line[account]));
    json_object_set_new(object, "account_mcycles", accounts);
    return object;
}

static void add_ledger(json_t *object, const struct ledger *ledger)
{
    const struct ledger_phase *phase = &ledger->phase[shown_phase(ledger)];
    json_t *groups = json_object(), *domains = json_array();
    set_integer(object, "requests", phase->requests);
    for (int group = 0; group < GROUPS; group++)
        set_integer(
            groups, account_group_name((enum account_group)group),
            ledger_group_mcycles(ledger, shown_phase(ledger), (enum account_group)group));
    for (size_t i = 0; i < ledger->domain_count; i++)
        json_array_append_new(domains, domain_json(&phase->domains[i]));
    json_object_set_new(object, "group_mcycles", groups);
    set_integer(object, "total_mcycles", total(ledger));
    json_object_set_new(object, "domains", domains);
}

static void put_json(struct sweep_show *show, const struct sweep_request *request,
                     uint64_t point, const size_t *indices, const struct ledger *ledger,
                     const char *refused)
{
    json_t *object = json_object(), *values = json_object();
    json_object_set_new(object, "trace", cli_json_text(show->recording.path));
    json_object_set_new(object, "scenario", cli_json_text(show->recording.scenario));
    json_object_set_new(object, "structure", cli_json_text(show->recording.structure));
    json_object_set_new(object, "pages",
                        show->recording.pages[0] != '\0'
                            ? json_integer(strtoll(show->recording.pages, NULL, 10))
                            : json_null());
    set_integer(object, "point", (int64_t)point);
    for (size_t i = 0; i < request->axis_count; i++)
        json_object_set_new(values, request->axes[i].path,
                            cli_json_text(request->axes[i].values[indices[i]]));
    json_object_set_new(object, "settings", values);
    if (ledger != NULL)
        add_ledger(object, ledger);
    else
        json_object_set_new(object, "refused", cli_json_text(refused));
    fputs(show->first ? "\n" : ",\n", show->out);
    show->first = false;
    cli_put_json(show->out, object, 0);
    json_decref(object);
}

void sweep_show_point(struct sweep_show *show, const struct sweep_request *request,
                      uint64_t point, const struct ledger *ledger, const char *refused)
{
    size_t indices[SWEEP_AXES];
    begin(show);
    sweep_point_values(request, point, indices);
    if (show->order->json)
        put_json(show, request, point, indices, ledger, refused);
    else if (show->order->csv)
        put_csv(show, request, point, indices, ledger, refused);
    else
        put_row(show, request, indices, ledger, refused);
}

void sweep_show_end(struct sweep_show *show)
{
    begin(show);
    if (show->order->json)
        fputs(show->first ? "]}\n" : "\n]}\n", show->out);
    if (show->table == NULL)
        return;
    fputs("Cycles per request; in all where a trace has no requests.\n\n", show->out);
    table_print(show->table, show->out, 0);
    show->table = NULL;
}

void sweep_show_free(struct sweep_show *show)
{
    if (show == NULL)
        return;
    free(show->columns);
    free(show);
}
