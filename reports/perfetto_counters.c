#include "perfetto_counters.h"

#include <stdio.h>
#include <string.h>

static const struct chronicle *chronicle_of(const struct perfetto_counters *counters)
{
    return counters->replay->ledger->chronicle;
}

bool perfetto_counters_due(const struct perfetto_counters *counters, uint64_t record)
{
    if (counters->replay == NULL)
        return false;
    const struct occupancy *part = &chronicle_of(counters)->part;
    return counters->next < part->count && part->samples[counters->next].record <= record;
}

size_t perfetto_counters_parts(const struct perfetto_counters *counters)
{
    return chronicle_of(counters)->structure_count;
}

void perfetto_counters_next(struct perfetto_counters *counters)
{
    counters->next++;
}

static int64_t capacity_of(const struct machine *machine, size_t part)
{
    if (part < machine->tlb_count)
        return machine->tlbs[part].entries;
    const struct machine_cache *cache = &machine->caches[part - machine->tlb_count];
    return (int64_t)(cache->size / cache->line);
}

/* Keys must differ, whatever domains are called. */
static bool is_taken(const struct ledger_domain *domains, size_t count, size_t which)
{
    static const char *const own[] = {"other domains", "the path", "empty"};
    const char *name = domains[which].name;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(name, own[i]) == 0)
            return true;
    for (size_t i = 0; i < count; i++)
        if (i != which && strcmp(name, domains[i].name) == 0)
            return true;
    return false;
}

static void add_entries(struct text *text, const char *holder, int64_t entries)
{
    text_json(text, holder);
    text_format(text, ":%lld,", (long long)entries);
}

static void add_domain(struct text *text, const struct ledger *ledger, size_t which,
                       int64_t entries)
{
    const struct ledger_domain *domains = ledger->phase[0].domains;
    char name[TRACE_NAME_SIZE + 16];
    if (is_taken(domains, ledger->domain_count, which))
        snprintf(name, sizeof name, "%s (%u)", domains[which].name, domains[which].id);
    else
        snprintf(name, sizeof name, "%s", domains[which].name);
    add_entries(text, name, entries);
}

void perfetto_counters_add(const struct perfetto_counters *counters, size_t part,
                           struct text *text)
{
    const struct ledger *ledger = counters->replay->ledger;
    const uint32_t *held =
        ledger->chronicle->part.held +
        (counters->next * perfetto_counters_parts(counters) + part) * OCCUPANCY_HOLDERS;
    int64_t empty = capacity_of(counters->replay->machine, part);
    char name[MACHINE_NAME_SIZE + 16];
    snprintf(name, sizeof name, "%s: who holds it", ledger->structures[part].name);
    text_add(text, ",\"name\":");
    text_json(text, name);
    text_add(text, ",\"args\":{");
    for (size_t i = 0; i < OCCUPANCY_HOLDERS; i++)
        empty -= held[i];
    for (size_t i = 0; i < ledger->domain_count && i < OCCUPANCY_DOMAINS; i++)
        add_domain(text, ledger, i, held[i]);
    if (ledger->domain_count > OCCUPANCY_DOMAINS)
        add_entries(text, "other domains", held[OCCUPANCY_OTHERS]);
    add_entries(text, "the path", held[OCCUPANCY_PATH]);
    text_format(text, "\"empty\":%lld}}", (long long)empty);
}
