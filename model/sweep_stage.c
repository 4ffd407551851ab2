#include "model/sweep_stage.h"

#include <stdlib.h>

/* ---- setting up ---- */

static struct family *family_of(const struct stages *stages, size_t need)
{
    for (size_t i = 0; i < stages->count; i++)
        for (size_t j = 0; j < stages->simulations[i].count; j++)
            if (stages->simulations[i].needs[j] == need)
                return stages->simulations[i].families[j];
    return NULL;
}

static bool some_meet_nothing(const struct layout *layout, bool tlbs)
{
    for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++) {
        if (!tlbs && layout->caches[side].count == 0)
            return true;
        for (unsigned kernel = 0; tlbs && kernel < 2; kernel++)
            if (layout->tlbs[side][kernel].count == 0)
                return true;
    }
    return false;
}

/* All first-level families exist by now: see stages_init(). */
static bool add_before(const struct stages *stages, struct simulation *simulation,
                       const struct before *before, size_t domains,
                       struct cb_error *error)
{
    const struct machine *machine = &before->machine;
    bool tlbs = machine->tlb_count > 0;
    if (!layout_init(&simulation->layout, machine, domains, error))
        return false;
    simulation->passes_all = some_meet_nothing(&simulation->layout, tlbs);
    for (size_t i = 0; i < (tlbs ? machine->tlb_count : machine->cache_count); i++) {
        if (before->needs[i] == NOWHERE) /* nobody asks it */
            continue;
        struct feeder *feeder = &simulation->feeders[simulation->feeder_count++];
        feeder->family = family_of(stages, before->needs[i]);
        feeder->ways = tlbs ? machine->tlbs[i].ways : machine->caches[i].ways;
        feeder->column =
            family_column(feeder->family, tlbs ? machine_tlb_sets(&machine->tlbs[i])
                                               : machine_cache_sets(&machine->caches[i]));
        family_log(feeder->family, true);
    }
    return true;
}

static bool put_family(struct simulation *simulation, size_t need, struct family *family)
{
    size_t count = simulation->count + 1;
    struct family **families = realloc(simulation->families, count * sizeof *families);
    if (families == NULL)
        return false;
    simulation->families = families;
    size_t *needs = realloc(simulation->needs, count * sizeof *needs);
    if (needs == NULL)
        return false;
    simulation->needs = needs;
    needs[simulation->count] = need;
    families[simulation->count] = family;
    simulation->count = count;
    return true;
}

static bool add_family(struct simulation *simulation, const struct plan *plan,
                       size_t index, size_t domains)
{
    const struct need *need = &plan->needs[index];
    struct family *family =
        family_create(&need->shape, need->sets, need->ways, need->columns, domains);
    if (family != NULL && put_family(simulation, index, family))
        return true;
    family_free(family);
    return false;
}

/* Families of all refs each get a simulation of their own, to be spread over threads;
 * those behind one first level share it. */
static struct simulation *simulation_for(struct stages *stages, const struct need *need)
{
    for (size_t i = 0; need->before != NOWHERE && i < stages->count; i++)
        if (stages->simulations[i].before == need->before)
            return &stages->simulations[i];
    struct simulation *fresh = &stages->simulations[stages->count++];
    fresh->before = need->before;
    return fresh;
}

static bool add_need(struct stages *stages, const struct plan *plan, size_t index,
                     size_t domains, struct cb_error *error)
{
    const struct need *need = &plan->needs[index];
    struct simulation *simulation = simulation_for(stages, need);
    if (need->before != NOWHERE && simulation->count == 0 &&
        !add_before(stages, simulation, &plan->befores[need->before], domains, error))
        return false;
    return add_family(simulation, plan, index, domains) ||
           cb_error_set(error, CB_IO, "out of memory");
}

/* First levels first: those behind them look for them. */
bool stages_init(struct stages *stages, const struct plan *plan, size_t stream,
                 size_t domains, struct cb_error *error)
{
    stages->simulations = calloc(plan->need_count + 1, sizeof *stages->simulations);
    if (stages->simulations == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (unsigned behind = 0; behind < 2; behind++) {
        for (size_t i = 0; i < plan->need_count; i++)
            if (plan->needs[i].stream == stream &&
                (plan->needs[i].before != NOWHERE) == behind &&
                !add_need(stages, plan, i, domains, error))
                return false;
        if (behind == 0)
            stages->first_count = stages->count;
    }
    return true;
}

bool stages_put(struct stages *stages, size_t need, struct family *family)
{
    if (stages->simulations == NULL) {
        stages->simulations = calloc(1, sizeof *stages->simulations);
        if (stages->simulations == NULL)
            return false;
        stages->count = 1;
    }
    return put_family(&stages->simulations[0], need, family);
}

void stages_free(struct stages *stages)
{
    for (size_t i = 0; i < stages->count; i++) {
        struct simulation *simulation = &stages->simulations[i];
        for (size_t j = 0; j < simulation->count; j++)
            family_free(simulation->families[j]);
        free(simulation->families);
        free(simulation->needs);
    }
    free(stages->simulations);
    *stages = (struct stages){0};
}

bool stages_failed(const struct stages *stages)
{
    for (size_t i = 0; i < stages->count; i++)
        for (size_t j = 0; j < stages->simulations[i].count; j++)
            if (family_failed(stages->simulations[i].families[j]))
                return true;
    return false;
}

void stages_finish(struct stages *stages)
{
    for (size_t i = 0; i < stages->count; i++)
        for (size_t j = 0; j < stages->simulations[i].count; j++)
            family_finish(stages->simulations[i].families[j]);
}

/* ---- the first levels ---- */

void simulate_first(struct simulation *simulation, const struct stage_input *input)
{
    for (size_t i = 0; i < simulation->count; i++) {
        family_log_clear(simulation->families[i]);
        family_batch(simulation->families[i], input->batch->refs, input->batch->count,
                     input->walks, input->walk_count);
    }
}

/* ---- behind them ---- */

static void ask(struct simulation *simulation, const struct ref *ref,
                const struct family_asking *asking)
{
    for (size_t i = 0; i < simulation->count; i++)
        if (family_serves(simulation->families[i], ref))
            family_access(simulation->families[i], ref, asking, 0);
}

static bool meets_nothing(const struct simulation *simulation, const struct ref *ref)
{
    const struct layout *layout = &simulation->layout;
    enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    if (layout->machine->tlb_count > 0)
        return layout->tlbs[side][(ref->flags & REF_KERNEL) != 0].count == 0;
    return layout->caches[side].count == 0;
}

/* The access as it comes to the second level: for the first level's line, and as a read
 * if the first level is filled by it. */
static void ask_behind(struct simulation *simulation, const struct feeder *feeder,
                       const struct family_miss *miss, struct ref ref)
{
    size_t columns = family_columns(feeder->family);
    const uint32_t *position = miss->position + feeder->column;
    struct family_asking asking = {.shared = position[0] >= feeder->ways,
                                   .merged = position[columns] >= feeder->ways,
                                   .solo = position[2 * columns] >= feeder->ways,
                                   .silent = miss->buffered,
                                   .foreign_above = miss->foreign,
                                   .walk = miss->walk};
    if (!asking.shared && !asking.merged && !asking.solo)
        return;
    enum side side = ref.kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    if (ref.kind == REF_STORE && !miss->buffered)
        ref.kind = REF_LOAD;
    ref.paddr &= ~((UINT64_C(1) << simulation->layout.first_line_shift[side]) - 1);
    ask(simulation, &ref, &asking);
}

/* What a first level missed at this moment. Each is served by one of them at most. */
static void simulate_miss(struct simulation *simulation, const struct ref *ref,
                          uint32_t moment)
{
    for (size_t f = 0; f < simulation->feeder_count; f++) {
        struct feeder *feeder = &simulation->feeders[f];
        if (feeder->next == family_log_count(feeder->family))
            continue;
        struct family_miss miss = family_logged(feeder->family, feeder->next);
        if (miss.moment != moment)
            continue;
        feeder->next++;
        ask_behind(simulation, feeder, &miss,
                   miss.walk != NULL ? walk_ref(ref, miss.walk, moment % 4) : *ref);
    }
}

static void event(struct simulation *simulation, const struct ref *ref)
{
    for (size_t i = 0; i < simulation->count; i++)
        family_event(simulation->families[i], ref);
}

/* The next moment at which there is an event, or a size of the first level has missed. */
static uint32_t next_of_interest(const struct simulation *simulation,
                                 const struct batch *batch, size_t event_index)
{
    uint32_t next = event_index < batch->event_count
                        ? MOMENT(batch->events[event_index], 0)
                        : UINT32_MAX;
    for (size_t f = 0; f < simulation->feeder_count; f++) {
        const struct feeder *feeder = &simulation->feeders[f];
        if (feeder->next == family_log_count(feeder->family))
            continue;
        uint32_t moment = family_logged(feeder->family, feeder->next).moment;
        next = moment < next ? moment : next;
    }
    return next;
}

static void simulate_misses(struct simulation *simulation, const struct batch *batch)
{
    size_t event_index = 0;
    for (;;) {
        uint32_t moment = next_of_interest(simulation, batch, event_index);
        if (moment == UINT32_MAX)
            return;
        const struct ref *ref = &batch->refs[moment / 4];
        if (ref->kind > REF_STORE) {
            event(simulation, ref);
            event_index++;
        } else {
            simulate_miss(simulation, ref, moment);
        }
    }
}

/* ---- behind them, where some accesses come straight ---- */

static void come_straight(struct simulation *simulation, const struct ref *ref,
                          const struct walk_reads *walk, uint32_t moment)
{
    struct family_asking asking = {.shared = walk == NULL || walk->shared,
                                   .merged = walk == NULL || walk->merged,
                                   .solo = walk == NULL || walk->solo,
                                   .walk = walk};
    struct ref is = walk != NULL ? walk_ref(ref, walk, moment % 4) : *ref;
    if (meets_nothing(simulation, &is))
        ask(simulation, &is, &asking);
    else
        simulate_miss(simulation, ref, moment);
}

static void simulate_all(struct simulation *simulation, const struct stage_input *input)
{
    size_t walk = 0;
    for (uint32_t i = 0; i < input->batch->count; i++) {
        const struct ref *ref = &input->batch->refs[i];
        if (ref->kind > REF_STORE) {
            event(simulation, ref);
            continue;
        }
        if (walk < input->walk_count && input->walks[walk].ref == i) {
            const struct walk_reads *reads = &input->walks[walk++];
            come_straight(simulation, ref, reads, MOMENT(i, READ_DIRECTORY));
            if (reads->table != NO_TABLE)
                come_straight(simulation, ref, reads, MOMENT(i, READ_TABLE));
        }
        come_straight(simulation, ref, NULL, MOMENT(i, READ_LINE));
    }
}

void simulate_behind(struct simulation *simulation, const struct stage_input *input)
{
    for (size_t f = 0; f < simulation->feeder_count; f++)
        simulation->feeders[f].next = 0;
    if (simulation->passes_all)
        simulate_all(simulation, input);
    else
        simulate_misses(simulation, input->batch);
}
