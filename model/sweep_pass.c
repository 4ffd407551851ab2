#include "model/sweep_pass.h"

#include "model/ledger.h"
#include "model/source.h"
#include "model/worlds.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* Families that see one stream of askings: all refs, or the misses of a first level. */
struct simulation {
    size_t before; /* index into plan.befores, or NOWHERE */
    struct family **families;
    size_t *needs; /* [count] which need each one is for */
    size_t count;
    enum trace_phase phase;

    /* A first level, in three worlds, and its events for one batch. */
    struct layout layout;
    struct worlds worlds;
    uint32_t *shared, *merged, *solo;
    struct reason *reasons;
};

/* ---- setting up ---- */

static bool add_before(struct simulation *simulation, const struct before *before,
                       size_t domains, struct cb_error *error)
{
    size_t refs = BATCH_REFS + BATCH_SLACK;
    if (!layout_init(&simulation->layout, &before->machine, domains, error))
        return false;
    simulation->shared = calloc(refs, sizeof *simulation->shared);
    simulation->merged = calloc(refs, sizeof *simulation->merged);
    simulation->solo = calloc(refs, sizeof *simulation->solo);
    simulation->reasons = calloc(refs * REASONS_PER_REF, sizeof *simulation->reasons);
    return (simulation->shared != NULL && simulation->merged != NULL &&
            simulation->solo != NULL && simulation->reasons != NULL &&
            worlds_init(&simulation->worlds, &simulation->layout, domains, false, NULL)) ||
           cb_error_set(error, CB_IO, "out of memory");
}

static bool add_family(struct simulation *simulation, const struct plan *plan, size_t index,
                       size_t domains)
{
    const struct need *need = &plan->needs[index];
    size_t count = simulation->count + 1;
    struct family **families = realloc(simulation->families, count * sizeof *families);
    if (families == NULL)
        return false;
    simulation->families = families;
    size_t *needs = realloc(simulation->needs, count * sizeof *needs);
    if (needs == NULL)
        return false;
    simulation->needs = needs;
    needs[simulation->count] = index;
    families[simulation->count] =
        family_create(&need->shape, need->sets, need->ways, need->columns, domains);
    if (families[simulation->count] == NULL)
        return false;
    simulation->count = count;
    return true;
}

/* Families of all refs each get a simulation of their own, to be spread over threads;
 * those behind one first level share it. */
static struct simulation *simulation_for(struct pass *pass, const struct need *need)
{
    for (size_t i = 0; need->before != NOWHERE && i < pass->count; i++)
        if (pass->simulations[i].before == need->before)
            return &pass->simulations[i];
    struct simulation *fresh = &pass->simulations[pass->count++];
    fresh->before = need->before;
    fresh->phase = TRACE_PHASE_MEASURED;
    return fresh;
}

static bool set_up(struct pass *pass, const struct plan *plan, size_t stream,
                   struct cb_error *error)
{
    pass->phase = TRACE_PHASE_MEASURED;
    pass->uncached =
        calloc(LEDGER_PHASES * pass->ledger->domain_count, sizeof *pass->uncached);
    pass->simulations = calloc(plan->need_count + 1, sizeof *pass->simulations);
    if (pass->simulations == NULL || pass->uncached == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (size_t i = 0; i < plan->need_count; i++) {
        const struct need *need = &plan->needs[i];
        if (need->stream != stream)
            continue;
        struct simulation *simulation = simulation_for(pass, need);
        bool fresh = simulation->count == 0;
        if (need->before != NOWHERE && fresh &&
            !add_before(simulation, &plan->befores[need->before],
                        pass->ledger->domain_count, error))
            return false;
        if (!add_family(simulation, plan, i, pass->ledger->domain_count))
            return cb_error_set(error, CB_IO, "out of memory");
    }
    return true;
}

void pass_free(struct pass *pass)
{
    for (size_t i = 0; i < pass->count; i++) {
        struct simulation *simulation = &pass->simulations[i];
        for (size_t j = 0; j < simulation->count; j++)
            family_free(simulation->families[j]);
        free(simulation->families);
        free(simulation->needs);
        if (simulation->before != NOWHERE)
            worlds_free(&simulation->worlds);
        free(simulation->shared);
        free(simulation->merged);
        free(simulation->solo);
        free(simulation->reasons);
    }
    free(pass->simulations);
    free(pass->uncached);
    ledger_free(pass->ledger);
    *pass = (struct pass){0};
}

const struct family *pass_family(const struct pass *pass, size_t need)
{
    for (size_t i = 0; i < pass->count; i++)
        for (size_t j = 0; j < pass->simulations[i].count; j++)
            if (pass->simulations[i].needs[j] == need)
                return pass->simulations[i].families[j];
    return NULL;
}

/* ---- accesses that no cache stands before ---- */

static void count_uncached(struct pass *pass, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct ref *ref = &batch->refs[i];
        if (ref->kind == REF_PHASE)
            pass->phase = (enum trace_phase)ref->flags;
        if (ref->kind > REF_LOAD || (ref->flags & REF_CONTINUED) != 0)
            continue;
        unsigned role = ref_is_work(ref) ? 0 : (ref->flags & REF_IDLE) != 0 ? 2 : 1;
        enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
        pass->uncached[pass->phase * pass->ledger->domain_count + ref->domain][role][side]++;
    }
}

int64_t pass_uncached(const struct pass *pass, enum trace_phase phase, size_t domain,
                      enum account account, enum side side)
{
    const int64_t(*of)[2] = pass->uncached[phase * pass->ledger->domain_count + domain];
    if (account == ACCOUNT_WORK)
        return of[0][side];
    if (account == ACCOUNT_PATH_COLD)
        return of[1][side];
    return account == ACCOUNT_IDLE ? of[2][side] : 0;
}

/* ---- one batch ---- */

static void event(struct simulation *simulation, const struct ref *ref)
{
    if (ref->kind == REF_PHASE)
        simulation->phase = (enum trace_phase)ref->flags;
    for (size_t i = 0; ref->kind == REF_SPACE && i < simulation->count; i++)
        family_switch(simulation->families[i], ref);
}

static void ask_all(struct simulation *simulation, const struct ref *ref,
                    const struct family_asking *asking)
{
    for (size_t i = 0; i < simulation->count; i++)
        if (family_serves(simulation->families[i], ref))
            family_access(simulation->families[i], ref, asking, simulation->phase);
}

static void simulate_all_refs(struct simulation *simulation, const struct batch *batch)
{
    static const struct family_asking asking = {.shared = true, .merged = true, .solo = true};
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->refs[i].kind > REF_STORE)
            event(simulation, &batch->refs[i]);
        else
            ask_all(simulation, &batch->refs[i], &asking);
    }
}

/* What a first level's events say of the asking that goes on to the second. */
static struct family_asking asking_behind(const struct simulation *simulation,
                                          const struct ref *ref, size_t i)
{
    bool tlbs = simulation->layout.machine->tlb_count > 0;
    enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    const struct way_down *way =
        tlbs ? &simulation->layout.tlbs[side][(ref->flags & REF_KERNEL) != 0]
             : &simulation->layout.caches[side];
    if (way->count == 0) /* nothing stands before it on this side */
        return (struct family_asking){.shared = true, .merged = true, .solo = true};
    uint32_t missed = tlbs ? EVENT_TLB(0) : 1u << EVENT_LINE | EVENT_BUFFERED;
    uint32_t shared = simulation->shared[i];
    return (struct family_asking){
        .shared = (shared & missed) != 0,
        .merged = (simulation->merged[i] & missed) != 0,
        .solo = (simulation->solo[i] & missed) != 0,
        .silent = !tlbs && ((shared | simulation->merged[i] | simulation->solo[i]) &
                            EVENT_BUFFERED) != 0,
        .foreign_above = (shared & FOREIGN_HIT(tlbs ? 0 : EVENT_LINE / 4)) != 0};
}

static void simulate_misses(struct simulation *simulation, const struct batch *batch)
{
    world_shared(&simulation->worlds, batch, simulation->shared, simulation->reasons);
    world_merged(&simulation->worlds, batch, simulation->merged);
    world_solo(&simulation->worlds, batch, simulation->solo);
    for (size_t i = 0; i < batch->count; i++) {
        struct ref ref = batch->refs[i];
        if (ref.kind > REF_STORE) {
            event(simulation, &ref);
            continue;
        }
        struct family_asking asking = asking_behind(simulation, &ref, i);
        if (!asking.shared && !asking.merged && !asking.solo)
            continue;
        enum side side = ref.kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
        if (ref.kind == REF_STORE && !asking.silent)
            ref.kind = REF_LOAD; /* the first level is filled: it reads */
        ref.paddr &= ~((UINT64_C(1) << simulation->layout.first_line_shift[side]) - 1);
        ask_all(simulation, &ref, &asking);
    }
}

static void simulate(struct simulation *simulation, const struct batch *batch)
{
    if (simulation->before == NOWHERE)
        simulate_all_refs(simulation, batch);
    else
        simulate_misses(simulation, batch);
}

/* ---- threads: the next batch is prepared while the last one is simulated ---- */

struct crew {
    struct pass *pass;
    struct batch *batches; /* [2] */
    unsigned workers;
    pthread_barrier_t ready; /* a batch has been prepared, and the last one simulated */
    unsigned current;
    bool stop;
};

struct worker {
    struct crew *crew;
    unsigned number;
};

static void simulate_share(const struct crew *crew, unsigned worker)
{
    for (size_t i = worker; i < crew->pass->count; i += crew->workers)
        simulate(&crew->pass->simulations[i], &crew->batches[crew->current]);
}

static void *work(void *argument)
{
    const struct worker *worker = argument;
    struct crew *crew = worker->crew;
    for (;;) {
        pthread_barrier_wait(&crew->ready);
        if (crew->stop)
            return NULL;
        simulate_share(crew, worker->number);
        pthread_barrier_wait(&crew->ready);
    }
}

static bool prepare_all(struct crew *crew, struct source *source, uint64_t records,
                        const struct replay_options *options, struct cb_error *error)
{
    unsigned next = 0;
    bool good = source_next(source, &crew->batches[next], error);
    while (good && crew->batches[next].count > 0) {
        crew->current = next;
        pthread_barrier_wait(&crew->ready);
        count_uncached(crew->pass, &crew->batches[next]);
        next ^= 1;
        good = source_next(source, &crew->batches[next], error);
        if (options->on_progress != NULL)
            options->on_progress(options->context, source_done(source), records);
        if (good && options->should_stop != NULL && options->should_stop(options->context))
            good = cb_error_set(error, CB_IO, "interrupted");
        pthread_barrier_wait(&crew->ready);
    }
    crew->stop = true;
    pthread_barrier_wait(&crew->ready);
    return good;
}

static unsigned count_workers(const struct pass *pass, const struct replay_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned workers = options->threads;
    if (workers == 0)
        workers = processors > 0 ? (unsigned)processors : 1;
    if (workers > pass->count)
        workers = (unsigned)pass->count;
    return workers > 0 ? workers : 1;
}

/* Without threads to be had: one batch after the other. */
static bool run_alone(struct crew *crew, struct source *source,
                      const struct replay_options *options, struct cb_error *error)
{
    crew->workers = 1;
    for (;;) {
        if (!source_next(source, &crew->batches[0], error))
            return false;
        if (crew->batches[0].count == 0)
            return true;
        simulate_share(crew, 0);
        count_uncached(crew->pass, &crew->batches[0]);
        if (options->should_stop != NULL && options->should_stop(options->context))
            return cb_error_set(error, CB_IO, "interrupted");
    }
}

static bool run_crew(struct crew *crew, struct source *source,
                     const struct replay_options *options, struct cb_error *error)
{
    pthread_t threads[64];
    struct worker workers[64];
    if (crew->workers > 64)
        crew->workers = 64;
    pthread_barrier_init(&crew->ready, NULL, crew->workers + 1);
    unsigned started = 0;
    for (; started < crew->workers; started++) {
        workers[started] = (struct worker){.crew = crew, .number = started};
        if (pthread_create(&threads[started], NULL, work, &workers[started]) != 0)
            break;
    }
    bool all = started == crew->workers;
    bool good = all && prepare_all(crew, source, trace_info(source->trace)->records, options,
                                   error);
    if (!all) { /* those that wait can only be let go by being ended */
        for (unsigned i = 0; i < started; i++)
            pthread_cancel(threads[i]);
    }
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&crew->ready);
    return all ? good : run_alone(crew, source, options, error);
}

/* ---- one pass ---- */

/* The stream is that of a machine with the finest lines of all, so that each family sees
 * each of its own lines; what a coarser family sees twice in a row changes nothing. */
static void refine_lines(struct layout *layout, const struct plan *plan, size_t stream)
{
    layout->fetches_apart = false;
    layout->first_line_shift[SIDE_FETCH] = layout->first_line_shift[SIDE_DATA] = PAGE_SHIFT;
    for (size_t i = 0; i < plan->need_count; i++)
        for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++) {
            const struct need *need = &plan->needs[i];
            const struct family_shape *shape = &need->shape;
            if (need->stream != stream || shape->is_tlb ||
                !(shape->serves[side][0] || shape->serves[side][1]))
                continue;
            if (need->before == NOWHERE && shape->shift < layout->first_line_shift[side])
                layout->first_line_shift[side] = shape->shift;
        }
}

static bool families_failed(const struct pass *pass)
{
    for (size_t i = 0; i < pass->count; i++) {
        if (pass->simulations[i].before != NOWHERE &&
            worlds_failed(&pass->simulations[i].worlds))
            return true;
        for (size_t j = 0; j < pass->simulations[i].count; j++)
            if (family_failed(pass->simulations[i].families[j]))
                return true;
    }
    return false;
}

bool pass_run(struct pass *pass, const struct trace_reader *trace, const struct plan *plan,
              size_t stream, const struct replay_options *options, struct cb_error *error)
{
    struct machine machine = {.clock_khz = 1,
                              .pairing = plan->streams[stream].pairing,
                              .switching = {.kpti = plan->streams[stream].kpti}};
    struct layout layout;
    struct source source = {0};
    struct preparer *preparer = NULL;
    struct crew crew = {.pass = pass};
    bool good = false;
    pass->ledger = ledger_create(trace, &machine);
    crew.batches = calloc(2, sizeof *crew.batches);
    if (pass->ledger == NULL || crew.batches == NULL) {
        cb_error_set(error, CB_IO, "out of memory");
        goto out;
    }
    if (!layout_init(&layout, &machine, pass->ledger->domain_count, error) ||
        !set_up(pass, plan, stream, error))
        goto out;
    refine_lines(&layout, plan, stream);
    preparer = preparer_create(trace, &layout, pass->ledger, NULL, false, error);
    if (preparer == NULL)
        goto out;
    source_init(&source, trace, preparer);
    crew.workers = count_workers(pass, options);
    good = run_crew(&crew, &source, options, error);
    if (good && (!prepare_end(preparer) || families_failed(pass)))
        good = cb_error_set(error, CB_IO, "out of memory");
    for (size_t i = 0; good && i < pass->count; i++)
        for (size_t j = 0; j < pass->simulations[i].count; j++)
            family_finish(pass->simulations[i].families[j]);
out:
    source_free(&source);
    preparer_free(preparer);
    free(crew.batches);
    return good;
}
