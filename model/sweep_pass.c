#include "model/sweep_pass.h"

#include "model/ledger.h"
#include "model/source.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

void pass_free(struct pass *pass)
{
    stages_free(&pass->stages);
    free(pass->uncached);
    ledger_free(pass->ledger);
    *pass = (struct pass){0};
}

const struct family *pass_family(const struct pass *pass, size_t need)
{
    for (size_t i = 0; i < pass->stages.count; i++)
        for (size_t j = 0; j < pass->stages.simulations[i].count; j++)
            if (pass->stages.simulations[i].needs[j] == need)
                return pass->stages.simulations[i].families[j];
    return NULL;
}

/* ---- accesses that no cache stands before ---- */

static int64_t (*uncached_of(const struct pass *pass, const struct ref *ref))[SIDES]
{
    return pass->uncached[pass->phase * pass->ledger->domain_count + ref->domain];
}

static void count_straight(struct pass *pass, const struct ref *ref)
{
    if (ref->kind > REF_LOAD || (ref->flags & REF_CONTINUED) != 0)
        return;
    enum account account = ref_is_work(ref)               ? ACCOUNT_WORK
                           : (ref->flags & REF_IDLE) != 0 ? ACCOUNT_IDLE
                                                          : ACCOUNT_PATH_COLD;
    uncached_of(pass, ref)[account][ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA]++;
}

/* The reads of a walk, in the accounts of settle.c. */
static void count_walk(struct pass *pass, const struct ref *ref,
                       const struct walk_reads *walk)
{
    int64_t(*of)[SIDES] = uncached_of(pass, ref);
    int reads = walk->table == NO_TABLE ? 1 : 2;
    if (!ref_is_work(ref)) {
        bool idle = (ref->flags & REF_IDLE) != 0;
        of[idle ? ACCOUNT_IDLE : ACCOUNT_PATH_COLD][SIDE_WALK] += reads;
        return;
    }
    of[ACCOUNT_WORK][SIDE_WALK] += reads * walk->solo;
    of[ACCOUNT_COMPETITION][SIDE_WALK] += reads * (walk->merged && !walk->solo);
    of[ACCOUNT_COMPETITION_CREDIT][SIDE_WALK] -= reads * (walk->solo && !walk->merged);
    of[walk->refills ? ACCOUNT_REFILL : ACCOUNT_DISPLACED][SIDE_WALK] +=
        reads * (walk->shared && !walk->merged);
    of[walk->foreign ? ACCOUNT_CREDIT_SHARED : ACCOUNT_CREDIT_POLICY][SIDE_WALK] -=
        reads * (walk->merged && !walk->shared);
}

static void count_uncached(struct pass *pass, const struct stage_input *input)
{
    size_t walk = 0;
    for (size_t i = 0; i < input->batch->count; i++) {
        const struct ref *ref = &input->batch->refs[i];
        if (ref->kind == REF_PHASE)
            pass->phase = (enum trace_phase)ref->flags;
        count_straight(pass, ref);
        if (walk < input->walk_count && input->walks[walk].ref == i)
            count_walk(pass, ref, &input->walks[walk++]);
    }
}

int64_t pass_uncached(const struct pass *pass, enum trace_phase phase, size_t domain,
                      enum account account, enum side side)
{
    return pass->uncached[phase * pass->ledger->domain_count + domain][account][side];
}

/* ---- threads: the next batch is prepared while the last one is simulated ---- */

struct crew {
    struct pass *pass;
    struct walker *walker; /* NULL: none whose reads the caches see */
    struct batch *batches; /* [2] */
    unsigned workers;
    pthread_barrier_t ready; /* a batch has been prepared, and the last one simulated */
    /* Workers alone, where there is something to wait for: the walks of the batch are
     * known; all first levels have seen the batch. */
    pthread_barrier_t walked, logged;
    unsigned current;
    bool stop;
};

struct worker {
    struct crew *crew;
    unsigned number;
};

static struct stage_input input_of(const struct crew *crew)
{
    struct stage_input input = {.batch = &crew->batches[crew->current]};
    if (crew->walker != NULL)
        input.walks = walker_reads(crew->walker, &input.walk_count);
    return input;
}

static void walk_first(const struct crew *crew, unsigned worker)
{
    if (worker == 0 && crew->walker != NULL)
        walker_batch(crew->walker, &crew->batches[crew->current]);
}

/* The last worker, who has the fewest families, counts what comes by. */
static void simulate_first_levels(const struct crew *crew, unsigned worker)
{
    const struct stages *stages = &crew->pass->stages;
    struct stage_input input = input_of(crew);
    if (worker + 1 == crew->workers && crew->pass->uncached != NULL)
        count_uncached(crew->pass, &input);
    for (size_t i = worker; i < stages->first_count; i += crew->workers)
        simulate_first(&stages->simulations[i], &input);
}

static void simulate_second_levels(const struct crew *crew, unsigned worker)
{
    const struct stages *stages = &crew->pass->stages;
    struct stage_input input = input_of(crew);
    for (size_t i = stages->first_count + worker; i < stages->count; i += crew->workers)
        simulate_behind(&stages->simulations[i], &input);
}

static void *work(void *argument)
{
    const struct worker *worker = argument;
    struct crew *crew = worker->crew;
    for (;;) {
        pthread_barrier_wait(&crew->ready);
        if (crew->stop)
            return NULL;
        walk_first(crew, worker->number);
        if (crew->walker != NULL)
            pthread_barrier_wait(&crew->walked);
        simulate_first_levels(crew, worker->number);
        if (crew->pass->stages.count > crew->pass->stages.first_count)
            pthread_barrier_wait(&crew->logged);
        simulate_second_levels(crew, worker->number);
        pthread_barrier_wait(&crew->ready);
    }
}

static bool goes_on(const struct source *source, const struct replay_options *options,
                    struct cb_error *error)
{
    if (options->on_progress != NULL)
        options->on_progress(options->context, source_done(source),
                             trace_info(source->trace)->records);
    if (options->should_stop == NULL || !options->should_stop(options->context))
        return true;
    return cb_error_set(error, CB_IO, "interrupted");
}

static bool prepare_all(struct crew *crew, struct source *source,
                        const struct replay_options *options, struct cb_error *error)
{
    unsigned next = 0;
    bool good = source_next(source, &crew->batches[next], error);
    while (good && crew->batches[next].count > 0) {
        crew->current = next;
        pthread_barrier_wait(&crew->ready);
        next ^= 1;
        good = source_next(source, &crew->batches[next], error) &&
               goes_on(source, options, error);
        pthread_barrier_wait(&crew->ready);
    }
    crew->stop = true;
    pthread_barrier_wait(&crew->ready);
    return good;
}

static unsigned count_workers(const struct pass *pass,
                              const struct replay_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned workers = options->threads;
    if (workers == 0)
        workers = processors > 0 ? (unsigned)processors : 1;
    if (workers > pass->stages.count)
        workers = (unsigned)pass->stages.count;
    if (workers > 64)
        workers = 64;
    return workers > 0 ? workers : 1;
}

/* One batch after the other. */
static bool run_alone(struct crew *crew, struct source *source,
                      const struct replay_options *options, struct cb_error *error)
{
    crew->workers = 1;
    for (;;) {
        if (!source_next(source, &crew->batches[0], error))
            return false;
        if (crew->batches[0].count == 0)
            return true;
        walk_first(crew, 0);
        simulate_first_levels(crew, 0);
        simulate_second_levels(crew, 0);
        if (!goes_on(source, options, error))
            return false;
    }
}

static bool run_crew(struct crew *crew, struct source *source,
                     const struct replay_options *options, struct cb_error *error)
{
    pthread_t threads[64];
    struct worker workers[64];
    if (options->threads == 1)
        return run_alone(crew, source, options, error);
    pthread_barrier_init(&crew->ready, NULL, crew->workers + 1);
    pthread_barrier_init(&crew->walked, NULL, crew->workers);
    pthread_barrier_init(&crew->logged, NULL, crew->workers);
    unsigned started = 0;
    for (; started < crew->workers; started++) {
        workers[started] = (struct worker){.crew = crew, .number = started};
        if (pthread_create(&threads[started], NULL, work, &workers[started]) != 0)
            break;
    }
    bool all = started == crew->workers;
    bool good = all && prepare_all(crew, source, options, error);
    if (!all) { /* those that wait can only be let go by being ended */
        for (unsigned i = 0; i < started; i++)
            pthread_cancel(threads[i]);
    }
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&crew->ready);
    pthread_barrier_destroy(&crew->walked);
    pthread_barrier_destroy(&crew->logged);
    return all ? good : run_alone(crew, source, options, error);
}

/* ---- one pass ---- */

static bool serves(const struct need *need, enum side side)
{
    const struct family_shape *shape = &need->shape;
    return shape->serves[side][0] || shape->serves[side][1] ||
           shape->large_shift[side][0] != 0 || shape->large_shift[side][1] != 0;
}

/* Whether a fetch from the line of the last one can be left out: every first level that
 * fetches ask is theirs alone, and there is a cache, so that none is counted by itself.
 */
static bool fetches_stay_apart(const struct plan *plan, size_t stream,
                               const struct layout *layout)
{
    bool cached = false;
    for (unsigned kernel = 0; kernel < 2; kernel++) { /* a walker's TLBs */
        const struct way_down *way = &layout->tlbs[SIDE_FETCH][kernel];
        const struct large_way *large = &layout->large_tlbs[SIDE_FETCH][kernel];
        const struct machine_tlb *tlbs = layout->machine->tlbs;
        if (way->count > 0 && (tlbs[way->index[0]].holds != MACHINE_INSTRUCTIONS ||
                               tlbs[large->index[0]].holds != MACHINE_INSTRUCTIONS))
            return false;
    }
    for (size_t i = 0; i < plan->need_count; i++) {
        const struct need *need = &plan->needs[i];
        if (need->stream != stream || need->before != NOWHERE ||
            !serves(need, SIDE_FETCH))
            continue;
        if (serves(need, SIDE_DATA))
            return false;
        cached |= !need->shape.is_tlb;
    }
    return cached;
}

/* The stream is that of a machine with the finest lines of all, so that each family sees
 * each of its own lines; what a coarser family sees twice in a row changes nothing. */
static void refine_lines(struct layout *layout, const struct plan *plan, size_t stream)
{
    layout->fetches_apart = fetches_stay_apart(plan, stream, layout);
    layout->first_line_shift[SIDE_FETCH] = layout->first_line_shift[SIDE_DATA] =
        PAGE_SHIFT;
    for (size_t i = 0; i < plan->need_count; i++)
        for (enum side side = SIDE_FETCH; side <= SIDE_DATA; side++) {
            const struct need *need = &plan->needs[i];
            const struct family_shape *shape = &need->shape;
            if (need->stream != stream || shape->is_tlb || !serves(need, side))
                continue;
            if (need->before == NOWHERE && shape->shift < layout->first_line_shift[side])
                layout->first_line_shift[side] = shape->shift;
        }
}

static bool set_up(struct pass *pass, struct crew *crew, struct layout *layout,
                   const struct plan *plan, size_t stream, struct cb_error *error)
{
    size_t domains = pass->ledger->domain_count;
    pass->phase = TRACE_PHASE_MEASURED;
    if (plan->streams[stream].straight) {
        pass->uncached = calloc(LEDGER_PHASES * domains, sizeof *pass->uncached);
        if (pass->uncached == NULL)
            return cb_error_set(error, CB_IO, "out of memory");
    }
    if (!layout_init(layout, layout->machine, domains, error) ||
        !stages_init(&pass->stages, plan, stream, domains, error))
        return false;
    refine_lines(layout, plan, stream);
    if (!plan->streams[stream].walks)
        return true;
    crew->walker = walker_create(layout, pass->ledger);
    return crew->walker != NULL || cb_error_set(error, CB_IO, "out of memory");
}

bool pass_run(struct pass *pass, const struct trace_reader *trace,
              const struct plan *plan, size_t stream,
              const struct replay_options *options, struct cb_error *error)
{
    struct machine machine = stream_machine(&plan->streams[stream]);
    struct layout layout = {.machine = &machine};
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
    if (!set_up(pass, &crew, &layout, plan, stream, error))
        goto out;
    preparer = preparer_create(trace, &layout, pass->ledger, NULL, false, error);
    if (preparer == NULL)
        goto out;
    prepare_without_visits(preparer);
    source_init(&source, trace, preparer);
    crew.workers = count_workers(pass, options);
    good = run_crew(&crew, &source, options, error);
    if (good && (!prepare_end(preparer) || stages_failed(&pass->stages) ||
                 (crew.walker != NULL && walker_failed(crew.walker))))
        good = cb_error_set(error, CB_IO, "out of memory");
    if (good)
        stages_finish(&pass->stages);
out:
    source_free(&source);
    preparer_free(preparer);
    walker_free(crew.walker);
    free(crew.batches);
    return good;
}
