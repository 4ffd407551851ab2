#include "model/settle.h"

#include "model/story.h"

/* ---- charging ---- */

static void charge(struct settler *settler, const struct ref *ref, unsigned bit,
                   enum account account, int64_t count, uint32_t excursion)
{
    enum side side = ref_side(ref, bit);
    struct ledger_domain *to =
        &settler->ledger->phase[settler->phase].domains[ref->domain];
    struct ledger_line *line = &to->line[account];
    int64_t mcycles = count * settler->layout->cost[side][bit];
    uint8_t component = settler->layout->component[side][bit];
    if (component < COMPONENTS)
        line->counts.n[side][component] += count;
    line->memory_mcycles += mcycles;
    if (excursion != 0 && mcycles != 0)
        bills_charge(settler->bills, excursion, account, mcycles);
}

static void note_refill(struct settler *settler, const struct ref *ref, unsigned bit,
                        const struct reason *reason)
{
    uint8_t component = settler->layout->component[ref_side(ref, bit)][bit];
    struct ledger_domain *to =
        &settler->ledger->phase[settler->phase].domains[ref->domain];
    if (component >= COMPONENTS || !event_has_own_reason(bit))
        return;
    if (reason->why == WHY_FLUSHED)
        to->refilled_after_flush[component]++;
    if (reason->why == WHY_EVICTED)
        to->refilled_after_eviction[component]++;
}

static void note_culprit(struct settler *settler, const struct ref *ref, unsigned bit,
                         const struct reason *reason)
{
    size_t domains = settler->ledger->domain_count;
    size_t culprit = reason->entity == ENTITY_PATH ? domains : reason->entity;
    settler->ledger->phase[settler->phase]
        .culprit_mcycles[ref->domain * (domains + 1) + culprit] +=
        settler->layout->cost[ref_side(ref, bit)][bit];
}

static enum account path_account(const struct reason *reason)
{
    switch ((enum why)reason->why) {
    case WHY_COLD:
        return ACCOUNT_PATH_COLD;
    case WHY_FLUSHED:
        return ACCOUNT_PATH_REFILL;
    case WHY_EVICTED:
        break;
    }
    return reason->entity == ENTITY_PATH ? ACCOUNT_PATH_CAPACITY : ACCOUNT_PATH_DISPLACED;
}

static void settle_path(struct settler *settler, const struct ref *ref, uint32_t shared,
                        const struct story *story)
{
    bool idle = (ref->flags & REF_IDLE) != 0;
    for (uint32_t left = shared & EVENT_MASK; left != 0; left &= left - 1) {
        unsigned bit = (unsigned)__builtin_ctz(left);
        note_refill(settler, ref, bit, &story->of[bit]);
        enum account account = idle ? ACCOUNT_IDLE : path_account(&story->of[bit]);
        charge(settler, ref, bit, account, 1, idle ? 0 : ref->excursion);
    }
}

/* Reads of a walk that only one world made happened for the reason of the walk. */
static unsigned reason_group(unsigned bit, uint32_t one_walk_only)
{
    bool of_walk = bit >= EVENT_DIRECTORY && bit < EVENT_LINE;
    return of_walk && one_walk_only ? 0 : bit / 4;
}

static void settle_isolation(struct settler *settler, const struct ref *ref,
                             uint32_t extra, uint32_t walk_only,
                             const struct story *story)
{
    for (; extra != 0; extra &= extra - 1) {
        unsigned bit = (unsigned)__builtin_ctz(extra);
        bool of_walk = reason_group(bit, walk_only) != bit / 4;
        const struct reason *reason = &story->of[of_walk ? 3 : bit];
        enum account account =
            reason->why == WHY_FLUSHED ? ACCOUNT_REFILL : ACCOUNT_DISPLACED;
        charge(settler, ref, bit, account, 1, reason->excursion);
        note_culprit(settler, ref, bit, reason);
    }
}

static void settle_credits(struct settler *settler, const struct ref *ref,
                           uint32_t spared, uint32_t walk_only, const struct story *story)
{
    for (; spared != 0; spared &= spared - 1) {
        unsigned bit = (unsigned)__builtin_ctz(spared);
        unsigned group = reason_group(bit, walk_only);
        bool shared = story->hit_foreign[group];
        charge(settler, ref, bit, shared ? ACCOUNT_CREDIT_SHARED : ACCOUNT_CREDIT_POLICY,
               -1, shared ? story->foreign[group].excursion : 0);
    }
}

static void settle_each(struct settler *settler, const struct ref *ref, uint32_t bits,
                        enum account account, int64_t count)
{
    for (; bits != 0; bits &= bits - 1)
        charge(settler, ref, (unsigned)__builtin_ctz(bits), account, count, 0);
}

static void settle_work(struct settler *settler, const struct ref *ref, uint32_t shared,
                        uint32_t merged, uint32_t solo, const struct story *story)
{
    shared &= EVENT_MASK;
    for (uint32_t left = shared; left != 0; left &= left - 1)
        note_refill(settler, ref, (unsigned)__builtin_ctz(left),
                    &story->of[__builtin_ctz(left)]);
    settle_each(settler, ref, solo, ACCOUNT_WORK, 1);
    settle_each(settler, ref, merged & ~solo, ACCOUNT_COMPETITION, 1);
    settle_each(settler, ref, solo & ~merged, ACCOUNT_COMPETITION_CREDIT, -1);
    uint32_t walk_only = (shared ^ merged) & EVENT_WALK;
    settle_isolation(settler, ref, shared & ~merged, walk_only, story);
    settle_credits(settler, ref, merged & ~shared, walk_only, story);
}

void settle(struct settler *settler, const struct batch *batch,
            const struct events *events)
{
    const struct reason *next = events->reasons;
    for (size_t i = 0; i < batch->count; i++) {
        const struct ref *ref = &batch->refs[i];
        uint32_t shared = events->shared[i];
        if (ref->kind == REF_PHASE)
            settler->phase = (enum trace_phase)ref->flags;
        if ((shared | events->merged[i] | events->solo[i]) == 0)
            continue;
        struct story story;
        next = story_tell(&story, shared, next);
        settler->total += ref_cost(settler->layout, ref, shared);
        if (ref_is_work(ref))
            settle_work(settler, ref, shared, events->merged[i], events->solo[i], &story);
        else
            settle_path(settler, ref, shared, &story);
    }
}
