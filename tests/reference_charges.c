#include "reference_replay.h"

#include <stdlib.h>

struct reference_domain *domain_named(struct reference *reference, uint16_t id)
{
    for (size_t i = 0; i < reference->ledger->domain_count; i++)
        if (reference->ledger->domains[reference->phase][i].id == id)
            return &reference->ledger->domains[reference->phase][i];
    abort();
}

static void charge(struct reference *reference, const struct access *access,
                   enum account account, unsigned group, unsigned place, int sign)
{
    enum side side = side_of(access, group);
    enum component component = component_of(side, group, place);
    if (component == COMPONENTS)
        return;
    struct ledger_line *line = &domain_named(reference, access->domain)->line[account];
    line->counts.n[side][component] += sign;
    line->memory_mcycles += sign * event_cost(reference->machine, side, component);
}

static void add_to_total(struct reference *reference, const struct access *access,
                         const struct outcome *shared)
{
    for (unsigned group = 0; group < shared->groups; group++) {
        for (unsigned place = 0; place < PLACES; place++) {
            enum side side = side_of(access, group);
            enum component component = component_of(side, group, place);
            if (shared->happened[group][place] && component != COMPONENTS)
                reference->ledger->total_mcycles +=
                    event_cost(reference->machine, side, component);
        }
    }
}

/* Rule 12. */
static enum account path_account(const struct access *access, struct past past)
{
    if (access->idle)
        return ACCOUNT_IDLE;
    switch (past.whereabouts) {
    case COLD:
        return ACCOUNT_PATH_COLD;
    case FLUSHED:
        return ACCOUNT_PATH_REFILL;
    case EVICTED:
        return past.culprit == ENTITY_PATH ? ACCOUNT_PATH_CAPACITY
                                           : ACCOUNT_PATH_DISPLACED;
    }
    abort();
}

static void charge_path(struct reference *reference, const struct access *access,
                        const struct outcome *shared)
{
    for (unsigned group = 0; group < shared->groups; group++)
        for (unsigned place = 0; place < PLACES; place++)
            if (shared->happened[group][place])
                charge(reference, access,
                       path_account(access, shared->past[group][place]), group, place, 1);
}

static bool is_walk_read(unsigned group)
{
    return group == DIRECTORY_READ || group == TABLE_READ;
}

/* Rule 11, for an event that only shared has, and for one that only merged has. */
static enum account loss_account(const struct outcome *shared,
                                 const struct outcome *merged, unsigned group,
                                 unsigned place)
{
    struct past past = shared->past[group][place];
    if (is_walk_read(group) && !merged->happened[TRANSLATION][LAST_PLACE])
        past = shared->past[TRANSLATION][LAST_PLACE];
    return past.whereabouts == FLUSHED ? ACCOUNT_REFILL : ACCOUNT_DISPLACED;
}

static enum account credit_account(const struct access *access,
                                   const struct outcome *shared, unsigned group)
{
    if (is_walk_read(group) && !shared->happened[TRANSLATION][LAST_PLACE])
        group = TRANSLATION;
    if (!shared->hit[group])
        abort(); /* a level that did not miss, though all that were asked did */
    return shared->last_user[group] != access->entity ? ACCOUNT_CREDIT_SHARED
                                                      : ACCOUNT_CREDIT_POLICY;
}

void charge_work(struct reference *reference, const struct access *access,
                 const struct outcome *shared, const struct outcome *merged,
                 const struct outcome *solo)
{
    for (unsigned group = 0; group < shared->groups; group++) {
        for (unsigned place = 0; place < PLACES; place++) {
            bool in_shared = shared->happened[group][place];
            bool in_merged = merged->happened[group][place];
            bool in_solo = solo->happened[group][place];
            if (in_solo)
                charge(reference, access, ACCOUNT_WORK, group, place, 1);
            if (in_merged && !in_solo)
                charge(reference, access, ACCOUNT_COMPETITION, group, place, 1);
            if (in_solo && !in_merged)
                charge(reference, access, ACCOUNT_COMPETITION_CREDIT, group, place, -1);
            if (in_shared && !in_merged)
                charge(reference, access, loss_account(shared, merged, group, place),
                       group, place, 1);
            if (in_merged && !in_shared)
                charge(reference, access, credit_account(access, shared, group), group,
                       place, -1);
        }
    }
}

size_t domain_number(const struct reference *reference, uint16_t id)
{
    size_t number = 0;
    while (reference->trace->domains[number].id != id)
        number++;
    return number;
}

/* Rule 17. */
static void count_refills(struct reference *reference, const struct access *access,
                          const struct outcome *shared)
{
    struct reference_domain *domain = domain_named(reference, access->domain);
    for (unsigned group = 0; group < shared->groups; group++) {
        for (unsigned place = 0; place < PLACES; place++) {
            enum component component = component_of(side_of(access, group), group, place);
            enum whereabouts before = shared->past[group][place].whereabouts;
            if (!shared->happened[group][place] || place == LAST_PLACE ||
                component == COMPONENTS)
                continue;
            domain->refilled_after_flush[component] += before == FLUSHED;
            domain->refilled_after_eviction[component] += before == EVICTED;
        }
    }
}

void charge_shared(struct reference *reference, const struct access *access,
                   const struct outcome *shared)
{
    add_to_total(reference, access, shared);
    count_refills(reference, access, shared);
    if (access->entity == ENTITY_PATH)
        charge_path(reference, access, shared);
}
