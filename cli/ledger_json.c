/* ledger_json.c - a ledger as JSON: snake_case, units as suffixes, nothing rounded. */
#include "cli.h"
#include "ledger.h"

#define LEDGER_SCHEMA_VERSION 1

static void set_integer(json_t *object, const char *key, int64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

static json_t *counts_json(const struct counts *counts)
{
    json_t *sides = json_object();
    for (int side = 0; side < SIDES; side++) {
        json_t *components = json_object();
        for (int component = 0; component < COMPONENTS; component++)
            if (counts->n[side][component] != 0)
                set_integer(components, component_name((enum component)component),
                            counts->n[side][component]);
        if (json_object_size(components) > 0)
            json_object_set_new(sides, side_name((enum side)side), components);
        else
            json_decref(components);
    }
    return sides;
}

static json_t *line_json(const struct ledger_line *line, enum account account)
{
    json_t *object = json_object();
    json_object_set_new(object, "group",
                        json_string(account_group_name(account_group(account))));
    set_integer(object, "instructions", line->instructions);
    set_integer(object, "instruction_mcycles", line->instruction_mcycles);
    set_integer(object, "memory_mcycles", line->memory_mcycles);
    json_object_set_new(object, "misses", counts_json(&line->counts));
    return object;
}

static bool line_is_empty(const struct ledger_line *line)
{
    return line->instructions == 0 && line->instruction_mcycles == 0 &&
           line->memory_mcycles == 0;
}

static json_t *components_json(const int64_t *values)
{
    json_t *object = json_object();
    for (int component = 0; component < COMPONENTS; component++)
        if (values[component] != 0)
            set_integer(object, component_name((enum component)component),
                        values[component]);
    return object;
}

static json_t *domain_json(const struct ledger_domain *domain)
{
    json_t *object = json_object(), *accounts = json_object(), *classes = json_object();
    set_integer(object, "id", domain->id);
    json_object_set_new(object, "name", cli_json_text(domain->name));
    for (int account = 0; account < ACCOUNTS; account++)
        if (!line_is_empty(&domain->line[account]))
            json_object_set_new(accounts, account_name((enum account)account),
                                line_json(&domain->line[account], (enum account)account));
    for (int class = 0; class < INSTRUCTION_CLASSES; class ++)
        if (domain->classes[class] != 0)
            set_integer(classes, instruction_class_name((enum instruction_class) class),
                        domain->classes[class]);
    json_object_set_new(object, "accounts", accounts);
    json_object_set_new(object, "instruction_classes", classes);
    json_object_set_new(object, "refilled_after_flush",
                        components_json(domain->refilled_after_flush));
    json_object_set_new(object, "refilled_after_eviction",
                        components_json(domain->refilled_after_eviction));
    set_integer(object, "visits", domain->visits);
    set_integer(object, "visit_pages", domain->visit_pages);
    set_integer(object, "visit_lines", domain->visit_lines);
    json_object_set_new(object, "warmth_asked", components_json(domain->warmth_asked));
    json_object_set_new(object, "warmth_resident",
                        components_json(domain->warmth_resident));
    return object;
}

static json_t *distribution_json(const struct distribution *d)
{
    json_t *object = json_object();
    set_integer(object, "sum_mcycles", d->sum);
    set_integer(object, "min_mcycles", d->min);
    set_integer(object, "median_mcycles", d->median);
    set_integer(object, "p90_mcycles", d->p90);
    set_integer(object, "p99_mcycles", d->p99);
    set_integer(object, "max_mcycles", d->max);
    return object;
}

static json_t *crossings_json(const struct crossing_summary *summary)
{
    json_t *object = json_object(), *accounts = json_object();
    set_integer(object, "count", summary->count);
    set_integer(object, "instructions", summary->instructions);
    for (int account = 0; account < ACCOUNTS; account++)
        if (summary->account_mcycles[account] != 0)
            set_integer(accounts, account_name((enum account)account),
                        summary->account_mcycles[account]);
    json_object_set_new(object, "account_mcycles", accounts);
    json_object_set_new(object, "total", distribution_json(&summary->total));
    json_object_set_new(object, "explicit", distribution_json(&summary->explicit_cost));
    json_object_set_new(object, "implicit", distribution_json(&summary->implicit_cost));
    json_object_set_new(object, "with_children",
                        distribution_json(&summary->with_children));
    return object;
}

static json_t *phase_json(const struct ledger *ledger, enum trace_phase number)
{
    const struct ledger_phase *phase = &ledger->phase[number];
    json_t *object = json_object(), *groups = json_object(), *domains = json_array(),
           *crossings = json_object(), *culprits = json_array();
    set_integer(object, "records", phase->records);
    set_integer(object, "requests", phase->requests);
    set_integer(object, "thread_switches", phase->thread_switches);
    set_integer(object, "space_switches_cr3", phase->space_switches[TRACE_HOW_CR3]);
    set_integer(object, "space_switches_segment",
                phase->space_switches[TRACE_HOW_SEGMENT]);
    for (int group = 0; group < GROUPS; group++)
        set_integer(groups, account_group_name((enum account_group)group),
                    ledger_group_mcycles(ledger, number, (enum account_group)group));
    for (size_t d = 0; d < ledger->domain_count; d++)
        json_array_append_new(domains, domain_json(&phase->domains[d]));
    for (int kind = 0; kind < CROSSING_KINDS; kind++)
        if (phase->crossings[kind].count > 0)
            json_object_set_new(crossings, crossing_kind_name((enum crossing_kind)kind),
                                crossings_json(&phase->crossings[kind]));
    size_t across = ledger->domain_count + 1;
    for (size_t victim = 0; victim < ledger->domain_count; victim++) {
        json_t *row = json_array();
        for (size_t culprit = 0; culprit < across; culprit++)
            json_array_append_new(
                row, json_integer(phase->culprit_mcycles[victim * across + culprit]));
        json_array_append_new(culprits, row);
    }
    json_object_set_new(object, "group_mcycles", groups);
    json_object_set_new(object, "domains", domains);
    json_object_set_new(object, "crossings", crossings);
    json_object_set_new(object, "isolation_mcycles_by_victim_and_culprit", culprits);
    return object;
}

static json_t *structures_json(const struct ledger *ledger)
{
    static const char *const kinds[3] = {"fetch", "load", "store"};
    json_t *array = json_array();
    for (size_t i = 0; i < ledger->structure_count; i++) {
        const struct structure_counters *counters = &ledger->structures[i];
        json_t *object = json_object(), *accesses = json_object(),
               *misses = json_object();
        for (int kind = 0; kind < 3; kind++) {
            set_integer(accesses, kinds[kind], counters->accesses[kind]);
            set_integer(misses, kinds[kind], counters->misses[kind]);
        }
        json_object_set_new(object, "name", json_string(counters->name));
        json_object_set_new(object, "accesses", accesses);
        json_object_set_new(object, "misses", misses);
        set_integer(object, "flushes", counters->flushes);
        set_integer(object, "flushed_entries", counters->flushed_entries);
        set_integer(object, "write_backs", counters->write_backs);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *repairs_json(const struct ledger *ledger)
{
    json_t *object = json_object();
    for (int repair = 0; repair < REPAIRS; repair++)
        set_integer(object, repair_name((enum repair)repair), ledger->repairs[repair]);
    return object;
}

json_t *ledger_json(const struct ledger *ledger, const struct ledger_origin *origin)
{
    json_t *object = json_object();
    if (object == NULL)
        return NULL;
    set_integer(object, "schema_version", LEDGER_SCHEMA_VERSION);
    json_object_set_new(object, "trace", cli_json_text(origin->trace));
    json_object_set_new(object, "scenario", cli_json_text(origin->info->scenario));
    json_object_set_new(object, "structure", cli_json_text(origin->info->structure));
    set_integer(object, "records", (int64_t)origin->info->records);
    set_integer(object, "lost_records", ledger->lost);
    if (origin->lenient)
        json_object_set_new(object, "repairs", repairs_json(ledger));
    json_object_set_new(object, "machine", json_string(origin->machine->name));
    set_integer(object, "total_mcycles", ledger->total_mcycles);
    json_object_set_new(object, "simulated", structures_json(ledger));
    if (origin->plain)
        return object;
    json_t *phases = json_object();
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        json_object_set_new(phases, phase_name((enum trace_phase)phase),
                            phase_json(ledger, (enum trace_phase)phase));
    json_object_set_new(object, "phases", phases);
    return object;
}
