#include "model/sweep_point.h"

#include "model/ledger.h"

struct composition {
    const struct sweep_results *results;
    const struct layout *layout;
    const struct route *route;
    struct ledger *ledger;
};

static const struct pass *pass_of(const struct composition *composition)
{
    return &composition->results->passes[composition->route->stream];
}

/* What was replayed, now or in an earlier run. */
static const struct ledger *replay_of(const struct composition *composition,
                                      enum geometry_kind kind, size_t index)
{
    const struct sweep_results *results = composition->results;
    const struct geometry *geometry = &results->plan->geometries[kind].list[index];
    return geometry->kept != NULL ? geometry->kept : results->replayed[geometry->replay];
}

static struct ledger_line *line_of(const struct composition *composition, size_t phase,
                                   size_t domain, enum account account)
{
    return &composition->ledger->phase[phase].domains[domain].line[account];
}

/* A structure's misses on one side, as events of the bit at which that side asks it. */
static void add_misses(const struct composition *composition, size_t need, uint64_t sets,
                       uint32_t ways, enum side side, unsigned bit, bool last)
{
    const struct layout *layout = composition->layout;
    const struct family *family = pass_family(pass_of(composition), need);
    size_t column = family_column(family, sets);
    unsigned end = bit - bit % 4 + EVENT_MEMORY; /* walk, or memory */
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t domain = 0; domain < composition->results->domains; domain++)
            for (enum account account = 0; account < ACCOUNTS; account++) {
                int64_t count = family_count(
                    family, column, ways, (enum trace_phase)phase, domain, account, side);
                if (count == 0)
                    continue;
                struct ledger_line *line = line_of(composition, phase, domain, account);
                line->counts.n[side][layout->component[side][bit]] += count;
                line->memory_mcycles += count * layout->cost[side][bit];
                if (!last)
                    continue;
                line->counts.n[side][layout->component[side][end]] += count;
                line->memory_mcycles += count * layout->cost[side][end];
            }
}

static void add_way(const struct composition *composition, const struct way_down *way,
                    enum side side, unsigned group, bool tlbs, bool *done)
{
    const struct machine *machine = composition->layout->machine;
    for (unsigned position = 0; position < way->count; position++) {
        size_t i = way->index[position];
        bool last = position + 1u == way->count;
        if (done[i])
            continue;
        done[i] = true;
        if (tlbs)
            add_misses(composition, composition->route->tlb_needs[i],
                       machine_tlb_sets(&machine->tlbs[i]), machine->tlbs[i].ways, side,
                       group + position, last);
        else
            add_misses(composition, composition->route->cache_needs[i],
                       machine_cache_sets(&machine->caches[i]), machine->caches[i].ways,
                       side, group + position, last);
    }
}

/* The TLBs that large pages alone ask. */
static void add_large_way(const struct composition *composition,
                          const struct large_way *way, enum side side, bool *done)
{
    const struct machine *machine = composition->layout->machine;
    for (unsigned n = 0; n < way->count; n++) {
        size_t i = way->index[n];
        if (done[i])
            continue;
        done[i] = true;
        add_misses(composition, composition->route->tlb_needs[i],
                   machine_tlb_sets(&machine->tlbs[i]), machine->tlbs[i].ways, side,
                   way->position[n], n + 1u == way->count);
    }
}

/* A side without any cache: all its accesses but stores go to memory. */
static void add_uncached(const struct composition *composition, enum side side)
{
    const struct pass *pass = pass_of(composition);
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t domain = 0; domain < composition->results->domains; domain++)
            for (enum account account = 0; account < ACCOUNTS; account++) {
                int64_t count =
                    pass_uncached(pass, (enum trace_phase)phase, domain, account, side);
                struct ledger_line *line = line_of(composition, phase, domain, account);
                line->counts.n[side][COMPONENT_MEMORY] += count;
                line->memory_mcycles +=
                    count * composition->layout->machine->memory_latency;
            }
}

static void add_families(const struct composition *composition, bool tlbs)
{
    const struct layout *layout = composition->layout;
    for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++) {
        bool done[MACHINE_TLBS + MACHINE_CACHES] = {false};
        if (!tlbs) {
            add_way(composition, &layout->caches[side], side, EVENT_LINE, false, done);
            if (layout->caches[side].count == 0)
                add_uncached(composition, side);
            continue;
        }
        for (unsigned kernel = 0; kernel < 2; kernel++) {
            add_way(composition, &layout->tlbs[side][kernel], side, 0, true, done);
            add_large_way(composition, &layout->large_tlbs[side][kernel], side, done);
        }
    }
}

/* The walker's reads go the way of data. */
static void add_walk_reads(const struct composition *composition)
{
    const struct way_down *way = &composition->layout->caches[SIDE_DATA];
    bool done[MACHINE_CACHES] = {false};
    add_way(composition, way, SIDE_WALK, EVENT_TABLE, false, done);
    if (way->count == 0)
        add_uncached(composition, SIDE_WALK);
}

static bool is_translation(enum component component)
{
    return component <= COMPONENT_WALK;
}

/* Costs of an event by side and component, from the event bits of this machine. */
static int64_t cost_of(const struct layout *layout, enum side side,
                       enum component component)
{
    for (unsigned bit = 0; bit < EVENTS; bit++)
        if (layout->component[side][bit] == component)
            return layout->cost[side][bit];
    return 0;
}

/* Take a half's counts, or both, from a replay of the same geometry. */
static void add_replay(const struct composition *composition, const struct ledger *from,
                       bool tlbs, bool caches)
{
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (size_t domain = 0; domain < composition->results->domains; domain++)
            for (enum account account = 0; account < ACCOUNTS; account++) {
                const struct counts *counts =
                    &from->phase[phase].domains[domain].line[account].counts;
                struct ledger_line *line = line_of(composition, phase, domain, account);
                for (enum side side = 0; side < SIDES; side++)
                    for (enum component c = 0; c < COMPONENTS; c++) {
                        if (!(is_translation(c) ? tlbs : caches))
                            continue;
                        line->counts.n[side][c] += counts->n[side][c];
                        line->memory_mcycles +=
                            counts->n[side][c] * cost_of(composition->layout, side, c);
                    }
            }
}

static void add_instructions(const struct composition *composition,
                             const struct ledger *ledger)
{
    const int64_t *costs = composition->layout->machine->instructions;
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++) {
        const struct ledger_phase *from = &ledger->phase[phase];
        struct ledger_phase *to = &composition->ledger->phase[phase];
        to->records = from->records;
        to->requests = from->requests;
        to->thread_switches = from->thread_switches;
        memcpy(to->space_switches, from->space_switches, sizeof to->space_switches);
        for (size_t domain = 0; domain < composition->results->domains; domain++) {
            const struct ledger_domain *is = &from->domains[domain];
            struct ledger_domain *becomes = &to->domains[domain];
            memcpy(becomes->charged, is->charged, sizeof is->charged);
            memcpy(becomes->classes, is->classes, sizeof is->classes);
            for (enum account account = 0; account < ACCOUNTS; account++) {
                struct ledger_line *line = &becomes->line[account];
                line->instructions = is->line[account].instructions;
                for (size_t class = 0; class < INSTRUCTION_CLASSES; class ++)
                    line->instruction_mcycles +=
                        is->charged[account][class] * costs[class];
            }
        }
    }
}

static void add_totals(struct ledger *ledger)
{
    for (size_t phase = 0; phase < LEDGER_PHASES; phase++)
        for (enum account account = 0; account < ACCOUNTS; account++)
            ledger->total_mcycles +=
                ledger_account_mcycles(ledger, (enum trace_phase)phase, account);
}

static void add_structures(const struct composition *composition)
{
    const struct route *route = composition->route;
    if (route->walks)
        add_replay(composition, pass_of(composition)->ledger, true, false);
    else if (route->tlb_replay != NOWHERE)
        add_replay(composition, replay_of(composition, GEOMETRY_TLBS, route->tlb_replay),
                   true, false);
    else
        add_families(composition, true);
    if (route->cache_replay != NOWHERE)
        add_replay(composition,
                   replay_of(composition, GEOMETRY_CACHES, route->cache_replay), false,
                   true);
    else
        add_families(composition, false);
    if (route->walks)
        add_walk_reads(composition);
}

struct ledger *point_ledger(const struct sweep_results *results,
                            const struct layout *layout, const struct route *route)
{
    struct ledger *ledger = ledger_create(results->trace, layout->machine);
    if (ledger == NULL)
        return NULL;
    struct composition composition = {
        .results = results, .layout = layout, .route = route, .ledger = ledger};
    bool whole = route->whole != NOWHERE;
    const struct ledger *from =
        whole ? replay_of(&composition, GEOMETRY_WHOLE, route->whole)
              : pass_of(&composition)->ledger;
    add_instructions(&composition, from);
    ledger->lost = from->lost;
    if (whole)
        add_replay(&composition, from, true, true);
    else
        add_structures(&composition);
    add_totals(ledger);
    return ledger;
}
