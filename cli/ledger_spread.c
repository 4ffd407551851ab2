/* ledger_spread.c - several draws of one replay: as a table, as JSON. */
#include "ledger_spread.h"
#include "cli.h"

#define SPREAD_SCHEMA_VERSION 1

void ledger_spread_add(struct ledger_spread *spread, const struct ledger *ledger)
{
    draws_add(&spread->total, ledger->total_mcycles);
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (int group = 0; group < GROUPS; group++)
            draws_add(&spread->groups[phase][group],
                      ledger_group_mcycles(ledger, (enum trace_phase)phase,
                                           (enum account_group)group));
}

static void put_row(struct table *table, const char *name, const struct draws *draws)
{
    char text[32];
    table_put(table, "%s", name);
    table_put(table, "%s", cli_cycles(text, draws_mean(draws)));
    table_put(table, "%s", cli_cycles(text, draws_deviation(draws)));
    table_put(table, "%s", cli_cycles(text, draws->min));
    table_put(table, "%s", cli_cycles(text, draws->max));
}

void ledger_spread_print(const struct ledger_spread *spread,
                         const struct ledger_origin *origin, enum trace_phase phase,
                         FILE *out)
{
    cli_put(out, origin->trace);
    fprintf(out, " on %s: %lld draws of random replacement%s\n\n", origin->machine->name,
            (long long)spread->total.count,
            origin->lenient ? ", lenient" : "");
    struct table *table = table_new("lrrrr");
    const char *const heads[] = {"Cycles", "mean", "deviation", "least", "most"};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        table_put(table, "%s", heads[i]);
    for (int group = 0; group < GROUPS; group++)
        put_row(table, account_group_name((enum account_group)group),
                &spread->groups[phase][group]);
    table_rule(table);
    put_row(table, "total of all phases", &spread->total);
    table_print(table, out, 0);
    fprintf(
        out,
        "(groups: the %s phase; deviation: standard deviation of one draw, estimated\n"
        " from these)\n",
        phase_title(phase));
}

static json_t *draws_json(const struct draws *draws)
{
    json_t *object = json_object();
    json_object_set_new(object, "mean_mcycles", json_integer(draws_mean(draws)));
    json_object_set_new(object, "deviation_mcycles",
                        json_integer(draws_deviation(draws)));
    json_object_set_new(object, "min_mcycles", json_integer(draws->min));
    json_object_set_new(object, "max_mcycles", json_integer(draws->max));
    return object;
}

json_t *ledger_spread_json(const struct ledger_spread *spread,
                           const struct ledger_origin *origin)
{
    json_t *object = json_object(), *phases = json_object();
    if (object == NULL)
        return NULL;
    json_object_set_new(object, "schema_version", json_integer(SPREAD_SCHEMA_VERSION));
    json_object_set_new(object, "trace", cli_json_text(origin->trace));
    json_object_set_new(object, "machine", json_string(origin->machine->name));
    json_object_set_new(object, "lenient", json_boolean(origin->lenient));
    json_object_set_new(object, "seeds", json_integer(spread->total.count));
    json_object_set_new(object, "total", draws_json(&spread->total));
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        json_t *groups = json_object();
        for (int group = 0; group < GROUPS; group++)
            json_object_set_new(groups, account_group_name((enum account_group)group),
                                draws_json(&spread->groups[phase][group]));
        json_object_set_new(phases, phase_name((enum trace_phase)phase), groups);
    }
    json_object_set_new(object, "phases", phases);
    return object;
}
