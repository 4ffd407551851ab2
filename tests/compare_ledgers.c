#include "compare_ledgers.h"

#include "test.h"

#define DIFFERENCES_SHOWN 12

struct comparison {
    const char *what;
    int differences;
};

static void compare(struct comparison *comparison, const char *place, const char *field,
                    int64_t fast, int64_t naive)
{
    if (fast == naive)
        return;
    if (comparison->differences++ < DIFFERENCES_SHOWN)
        print_error("%s: %s %s: fast %lld, naive %lld\n", comparison->what, place, field,
                    (long long)fast, (long long)naive);
}

static void compare_lines(struct comparison *comparison, const char *place,
                          const struct ledger_line *fast, const struct ledger_line *naive)
{
    char field[64];
    for (int side = 0; side < SIDES; side++) {
        for (int component = 0; component < COMPONENTS; component++) {
            snprintf(field, sizeof field, "%s %s", side_name((enum side)side),
                     component_name((enum component)component));
            compare(comparison, place, field, fast->counts.n[side][component],
                    naive->counts.n[side][component]);
        }
    }
    compare(comparison, place, "instructions", fast->instructions, naive->instructions);
    compare(comparison, place, "instruction time", fast->instruction_mcycles,
            naive->instruction_mcycles);
    compare(comparison, place, "memory time", fast->memory_mcycles,
            naive->memory_mcycles);
}

static uint32_t first_line(const struct machine *machine, uint8_t not_held)
{
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].level == 1 && machine->caches[i].holds != not_held)
            return machine->caches[i].line;
    return 0;
}

/* Whether lines of visits are laid down: rule 21. */
static bool has_visit_lines(const struct machine *machine)
{
    uint32_t data = first_line(machine, MACHINE_INSTRUCTIONS);
    return data != 0 && first_line(machine, MACHINE_DATA) <= data;
}

static void compare_domains(struct comparison *comparison, int phase,
                            const struct ledger_domain *fast,
                            const struct reference_domain *naive, bool visit_lines)
{
    char place[96];
    for (int account = 0; account < ACCOUNTS; account++) {
        snprintf(place, sizeof place, "phase %d, domain %u, %s", phase, naive->id,
                 account_name((enum account)account));
        compare_lines(comparison, place, &fast->line[account], &naive->line[account]);
    }
    snprintf(place, sizeof place, "phase %d, domain %u", phase, naive->id);
    for (int i = 0; i < COMPONENTS; i++) {
        const char *name = component_name((enum component)i);
        char field[64];
        snprintf(field, sizeof field, "refilled after flush, %s", name);
        compare(comparison, place, field, fast->refilled_after_flush[i],
                naive->refilled_after_flush[i]);
        snprintf(field, sizeof field, "refilled after eviction, %s", name);
        compare(comparison, place, field, fast->refilled_after_eviction[i],
                naive->refilled_after_eviction[i]);
    }
    compare(comparison, place, "visits", fast->visits, naive->visits);
    compare(comparison, place, "pages of visits", fast->visit_pages, naive->visit_pages);
    if (visit_lines)
        compare(comparison, place, "lines of visits", fast->visit_lines,
                naive->visit_lines);
    for (int i = 0; i < COMPONENTS; i++) {
        bool of_pages = i < COMPONENT_L1I;
        if (!of_pages && !visit_lines)
            continue;
        const char *name = component_name((enum component)i);
        char field[64];
        snprintf(field, sizeof field, "warmth asked, %s", name);
        compare(comparison, place, field, fast->warmth_asked[i], naive->warmth_asked[i]);
        snprintf(field, sizeof field, "warmth resident, %s", name);
        compare(comparison, place, field, fast->warmth_resident[i],
                naive->warmth_resident[i]);
    }
    for (int i = 0; i < INSTRUCTION_CLASSES; i++)
        compare(comparison, place, instruction_class_name((enum instruction_class)i),
                fast->classes[i], naive->classes[i]);
}

static const struct ledger_domain *domain_of(const struct ledger *ledger, int phase,
                                             uint16_t id)
{
    for (size_t i = 0; i < ledger->domain_count; i++)
        if (ledger->phase[phase].domains[i].id == id)
            return &ledger->phase[phase].domains[i];
    fail_msg("domain %u has no row in the ledger", id);
    abort();
}

static void compare_counters(struct comparison *comparison,
                             const struct structure_counters *fast,
                             const struct structure_counters *naive)
{
    static const char *const kinds[] = {"fetches", "loads", "stores"};
    char field[32];
    if (strcmp(fast->name, naive->name) != 0)
        comparison->differences++;
    for (int kind = 0; kind < 3; kind++) {
        compare(comparison, naive->name, kinds[kind], fast->accesses[kind],
                naive->accesses[kind]);
        snprintf(field, sizeof field, "%s that miss", kinds[kind]);
        compare(comparison, naive->name, field, fast->misses[kind], naive->misses[kind]);
    }
    compare(comparison, naive->name, "flushes", fast->flushes, naive->flushes);
    compare(comparison, naive->name, "flushed entries", fast->flushed_entries,
            naive->flushed_entries);
    compare(comparison, naive->name, "write-backs", fast->write_backs,
            naive->write_backs);
}

int compare_with_reference(const struct ledger *fast,
                           const struct reference_ledger *naive,
                           const struct machine *machine, const char *what)
{
    struct comparison comparison = {.what = what};
    compare(&comparison, "domains", "", (int64_t)fast->domain_count,
            (int64_t)naive->domain_count);
    compare(&comparison, "total", "", fast->total_mcycles, naive->total_mcycles);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < naive->domain_count; i++) {
            const struct reference_domain *domain = &naive->domains[phase][i];
            compare_domains(&comparison, phase, domain_of(fast, phase, domain->id),
                            domain, has_visit_lines(machine));
        }
        for (int how = 0; how < 3; how++)
            compare(&comparison, "space switches", "",
                    fast->phase[phase].space_switches[how],
                    naive->space_switches[phase][how]);
        compare(&comparison, "thread switches", "", fast->phase[phase].thread_switches,
                naive->thread_switches[phase]);
    }
    compare(&comparison, "structures", "", (int64_t)fast->structure_count,
            (int64_t)naive->structure_count);
    for (size_t i = 0; i < naive->structure_count && i < fast->structure_count; i++)
        compare_counters(&comparison, &fast->structures[i], &naive->structures[i]);
    return comparison.differences;
}
