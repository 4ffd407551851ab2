/* Cycles are linear in the counts: whatever the latencies and the instruction costs, a
 * line of the ledger is its events times what each costs, and its instructions times
 * theirs. A replay with other costs counts the same events and charges what the first
 * one's counts make of them. All costs are changed, each alone and in random subsets; the
 * total never falls when some of them rise. What an event costs is asked of the naive
 * model. */
#include "../law_tools.h"

#include "../reference_world.h"

#define SUBSETS 6
#define SHARE   4

/* The figures that time depends on: walk, memory, each level's latency, each class. */
static size_t figure_count(const struct machine *machine)
{
    return 2 + machine->tlb_count + machine->cache_count + INSTRUCTION_CLASSES;
}

/* NULL for the latency of a first level, which nothing asks. */
static int64_t *figure(struct machine *machine, size_t number)
{
    if (number == 0)
        return &machine->walk_time;
    if (number == 1)
        return &machine->memory_latency;
    number -= 2;
    if (number < machine->tlb_count)
        return machine->tlbs[number].level == 1 ? NULL : &machine->tlbs[number].latency;
    number -= machine->tlb_count;
    if (number < machine->cache_count)
        return machine->caches[number].level == 1 ? NULL
                                                  : &machine->caches[number].latency;
    return &machine->instructions[number - machine->cache_count];
}

/* What these counts cost on that machine. */
static struct ledger_line priced(const struct ledger_domain *domain, int account,
                                 const struct machine *machine)
{
    struct ledger_line line = domain->line[account];
    line.memory_mcycles = line.instruction_mcycles = 0;
    for (int n = 0; n < SIDES * COMPONENTS; n++) {
        enum side side = (enum side)(n / COMPONENTS);
        enum component component = (enum component)(n % COMPONENTS);
        int64_t count = line.counts.n[side][component];
        if (count != 0)
            line.memory_mcycles += count * event_cost(machine, side, component);
    }
    for (int class = 0; class < INSTRUCTION_CLASSES; class ++)
        line.instruction_mcycles +=
            domain->charged[account][class] * machine->instructions[class];
    return line;
}

/* `dearer`: no cost is less than it was. */
static void is_priced(const struct law_pair *pair, const struct ledger *base,
                      const struct machine *machine, bool dearer)
{
    int64_t total = 0;
    const struct replay_options options = {.threads = 1};
    struct ledger *ledger = law_replay(pair, &pair->trace, machine, &options);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < base->domain_count; i++) {
            const struct ledger_domain *old = &base->phase[phase].domains[i];
            const struct ledger_domain *new = &ledger->phase[phase].domains[i];
            for (int account = 0; account < ACCOUNTS; account++) {
                struct ledger_line want = priced(old, account, machine);
                if (!same_line(&new->line[account], &want))
                    fail_msg("%s: %s of domain %u is not its counts times the costs",
                             pair->what, account_name((enum account)account), old->id);
                total += time_of(&want);
            }
            if (memcmp(new->charged, old->charged, sizeof old->charged) != 0)
                fail_msg("%s: a cost changes what instructions are charged as",
                         pair->what);
        }
    }
    law_equal(pair, "the total", ledger->total_mcycles, total);
    if (dearer && total < base->total_mcycles)
        fail_msg("%s: the total falls as costs rise", pair->what);
    ledger_free(ledger);
}

/* Each figure alone is raised; one of SHARE of them, from pair to pair another. */
static void each_alone(struct law_pair *pair, const struct ledger *base)
{
    size_t first = pair->seed % SHARE, count = figure_count(&pair->machine);
    for (size_t number = first; number < count; number += SHARE) {
        struct machine machine = pair->machine;
        int64_t *value = figure(&machine, number);
        if (value == NULL)
            continue;
        *value += 1 + (int64_t)draw(&pair->seed, 5000);
        is_priced(pair, base, &machine, true);
    }
}

/* Any subset of them, raised, or set to anything at all. */
static void some_together(struct law_pair *pair, const struct ledger *base)
{
    for (int i = 0; i < SUBSETS; i++) {
        bool raise = i % 2 == 0;
        struct machine machine = pair->machine;
        unsigned percent = (unsigned)(1 + draw(&pair->seed, 100));
        for (size_t number = 0; number < figure_count(&machine); number++) {
            int64_t *value = figure(&machine, number);
            if (value == NULL || !chance(&pair->seed, percent))
                continue;
            *value = (raise ? *value : 0) + (int64_t)draw(&pair->seed, 100000);
        }
        is_priced(pair, base, &machine, raise);
    }
}

static void is_linear(struct law_pair *pair)
{
    struct ledger *base = law_replay(pair, &pair->trace, &pair->machine, NULL);
    is_priced(pair, base, &pair->machine, true);
    each_alone(pair, base);
    some_together(pair, base);
    ledger_free(base);
}

/* Short ones: each is replayed some fifty times. */
static void be_short(struct random_shape *shape)
{
    shape->records = 150 + shape->records / 8;
}

static void charges_are_linear_in_every_cost(void **state)
{
    (void)state;
    const struct law law = {20, 2, be_short, NULL, is_linear, true};
    try_law(&law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charges_are_linear_in_every_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
