/* What is replayed for its counts, and which replay serves what. */
#include "model/sweep_plan.h"

#include <stdlib.h>

/* Room for one more at every power of two. */
static bool make_room(void **list, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return true;
    void *grown = realloc(*list, (count != 0 ? 2 * count : 1) * size);
    if (grown == NULL)
        return false;
    *list = grown;
    return true;
}

/* ---- replays ---- */

static bool switches_equal(const struct machine_switch *a, const struct machine_switch *b)
{
    return a->cr3_flushes == b->cr3_flushes && a->tags_run_out == b->tags_run_out &&
           a->kpti == b->kpti && a->process_context_ids == b->process_context_ids;
}

bool plan_flushes_caches(const struct machine *machine)
{
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].tag == MACHINE_VIRTUAL)
            return true;
    return false;
}

/* Caches that no switch flushes are the same behind any TLBs; others see the switches of
 * their machine. */
static bool go_together(const struct machine *tlbs, const struct machine *caches)
{
    return !plan_flushes_caches(caches) ||
           switches_equal(&caches->switching, &tlbs->switching);
}

static const struct machine *machine_of(const struct plan *plan,
                                        const struct joint_replay *replay,
                                        enum geometry_kind kind)
{
    size_t index = replay->of[kind];
    return index != NOWHERE ? &plan->geometries[kind].list[index].machine : NULL;
}

/* Whether the replay has room for another half. */
static bool has_place(const struct plan *plan, const struct joint_replay *replay,
                      enum geometry_kind kind, const struct machine *machine)
{
    if (kind == GEOMETRY_WHOLE || replay->of[GEOMETRY_WHOLE] != NOWHERE ||
        replay->of[kind] != NOWHERE)
        return false;
    return kind == GEOMETRY_TLBS
               ? go_together(machine, machine_of(plan, replay, GEOMETRY_CACHES))
               : go_together(machine_of(plan, replay, GEOMETRY_TLBS), machine);
}

/* The first replay that it can share, or one more. */
static bool join_replay(struct plan *plan, enum geometry_kind kind, size_t index,
                        const struct machine *machine, size_t *replay)
{
    static const struct joint_replay none = {{NOWHERE, NOWHERE, NOWHERE}};
    for (*replay = 0; *replay < plan->replay_count; ++*replay)
        if (has_place(plan, &plan->replays[*replay], kind, machine))
            break;
    if (*replay == plan->replay_count) {
        if (!make_room((void **)&plan->replays, plan->replay_count, sizeof none))
            return false;
        plan->replays[plan->replay_count++] = none;
    }
    plan->replays[*replay].of[kind] = index;
    return true;
}

/* ---- geometries ---- */

static size_t find(const struct geometries *geometries, const struct machine *machine)
{
    for (size_t i = geometries->count; i-- > 0;) /* the last one is the likeliest */
        if (machine_equal(&geometries->list[i].machine, machine))
            return i;
    return NOWHERE;
}

static bool recall(struct plan *plan, enum geometry_kind kind, struct geometry *geometry)
{
    return plan->recall == NULL ||
           plan->recall(plan->context, kind, &geometry->machine, &geometry->kept);
}

bool plan_geometry(struct plan *plan, enum geometry_kind kind,
                   const struct machine *machine, bool extend, size_t *index)
{
    struct geometries *geometries = &plan->geometries[kind];
    struct geometry fresh = {.machine = *machine, .replay = NOWHERE};
    *index = find(geometries, machine);
    if (*index != NOWHERE)
        return true;
    *index = geometries->count;
    if (!extend ||
        !make_room((void **)&geometries->list, geometries->count, sizeof fresh) ||
        !recall(plan, kind, &fresh))
        return false;
    if (fresh.kept == NULL && !join_replay(plan, kind, *index, machine, &fresh.replay))
        return false;
    geometries->list[geometries->count++] = fresh;
    geometries->kept += fresh.kept != NULL;
    return true;
}

void geometries_free(struct plan *plan)
{
    for (enum geometry_kind kind = 0; kind < GEOMETRY_KINDS; kind++) {
        struct geometries *geometries = &plan->geometries[kind];
        for (size_t i = 0; i < geometries->count; i++)
            ledger_free(geometries->list[i].kept);
        free(geometries->list);
    }
    free(plan->replays);
}

size_t plan_kept_replays(const struct plan *plan)
{
    size_t tlbs = plan->geometries[GEOMETRY_TLBS].kept;
    size_t caches = plan->geometries[GEOMETRY_CACHES].kept;
    return (tlbs > caches ? tlbs : caches) + plan->geometries[GEOMETRY_WHOLE].kept;
}

struct machine plan_replay_machine(const struct plan *plan, size_t replay)
{
    const struct joint_replay *joint = &plan->replays[replay];
    const struct machine *whole = machine_of(plan, joint, GEOMETRY_WHOLE);
    const struct machine *tlbs = machine_of(plan, joint, GEOMETRY_TLBS);
    const struct machine *caches = machine_of(plan, joint, GEOMETRY_CACHES);
    struct machine machine = {.clock_khz = 1};
    if (whole != NULL)
        return *whole;
    if (tlbs != NULL)
        machine = *tlbs;
    if (caches != NULL) {
        memcpy(machine.caches, caches->caches, sizeof machine.caches);
        machine.cache_count = caches->cache_count;
        if (tlbs == NULL)
            machine.switching = caches->switching;
    }
    return machine;
}
