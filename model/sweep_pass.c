#include "model/sweep_pass.h"

#include "model/ledger.h"
#include "model/source.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* A size of a first-level family whose misses go on to a second level. */
struct feeder {
    struct family *family;
    size_t column;
    uint32_t ways;
    size_t next; /* in its log, while a batch is simulated */
};

/* Families that see one stream of askings: all refs, or the misses of a first level. */
struct simulation {
    size_t before; /* index into plan.befores, or NOWHERE */
    struct family **families;
    size_t *needs; /* [count] which need each one is for */
    size_t count;
    enum trace_phase phase;

    struct layout layout; /* of the first level alone */
    struct feeder feeders[MACHINE_LEVELS * 2];
    size_t feeder_count;
    bool passes_all; /* some accesses meet no first level at all */
};

/* ---- setting up ---- */

static struct family *family_of(const struct pass *pass, size_t need)
{
    for (size_t i = 0; i < pass->count; i++)
        for (size_t j = 0; j < pass->simulations[i].count; j++)
            if (pass->simulations[i].needs[j] == need)
                return pass->simulations[i].families[j];
    return NULL;
}

const struct family *pass_family(const struct pass *pass, size_t need)
{
    return family_of(pass, need);
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

/* All first-level families exist by now: see set_up(). */
static bool add_before(const struct pass *pass, struct simulation *simulation,
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
        feeder->family = family_of(pass, before->needs[i]);
        feeder->ways = tlbs ? machine->tlbs[i].ways : machine->caches[i].ways;
        feeder->column =
            family_column(feeder->family, tlbs ? machine_tlb_sets(&machine->tlbs[i])
                                               : machine_cache_sets(&machine->caches[i]));
        family_log(feeder->family, true);
    }
    return true;
}

static bool add_family(struct simulation *simulation, const struct plan *plan,
                       size_t index, size_t domains)
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

static bool add_need(struct pass *pass, const struct plan *plan, size_t index,
                     struct cb_error *error)
{
    const struct need *need = &plan->needs[index];
    struct simulation *simulation = simulation_for(pass, need);
    size_t domains = pass->ledger->domain_count;
    if (need->before != NOWHERE && simulation->count == 0 &&
        !add_before(pass, simulation, &plan->befores[need->before], domains, error))
        return false;
    return add_family(simulation, plan, index, domains) ||
           cb_error_set(error, CB_IO, "out of memory");
}

/* First levels first: those behind them look for them. */
static bool set_up(struct pass *pass, const struct plan *plan, size_t stream,
                   struct cb_error *error)
{
    pass->phase = TRACE_PHASE_MEASURED;
    pass->uncached =
        calloc(LEDGER_PHASES * pass->ledger->domain_count, sizeof *pass->uncached);
    pass->simulations = calloc(plan->need_count + 1, sizeof *pass->simulations);
    if (pass->simulations == NULL || pass->uncached == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (unsigned behind = 0; behind < 2; behind++) {
        for (size_t i = 0; i < plan->need_count; i++)
            if (plan->needs[i].stream == stream &&
                (plan->needs[i].before != NOWHERE) == behind &&
                !add_need(pass, plan, i, error))
                return false;
        if (behind == 0)
            pass->first_count = pass->count;
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
    }
    free(pass->simulations);
    free(pass->uncached);
    ledger_free(pass->ledger);
    *pass = (struct pass){0};
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
        pass->uncached[pass->phase * pass->ledger->domain_count + ref->domain][role]
                      [side]++;
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
                    const struct family_asking *asking, uint32_t number)
{
    for (size_t i = 0; i < simulation->count; i++)
        if (family_serves(simulation->families[i], ref))
            family_access(simulation->families[i], ref, asking, simulation->phase,
                          number);
}

static const struct family_asking all_ask = {
    .shared = true, .merged = true, .solo = true};

static void simulate_all_refs(struct simulation *simulation, const struct batch *batch)
{
    for (size_t i = 0; i < simulation->count; i++)
        family_log_clear(simulation->families[i]);
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->refs[i].kind > REF_STORE)
            event(simulation, &batch->refs[i]);
        else
            ask_all(simulation, &batch->refs[i], &all_ask, (uint32_t)i);
    }
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
                                   .foreign_above = miss->foreign};
    if (!asking.shared && !asking.merged && !asking.solo)
        return;
    enum side side = ref.kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    if (ref.kind == REF_STORE && !miss->buffered)
        ref.kind = REF_LOAD;
    ref.paddr &= ~((UINT64_C(1) << simulation->layout.first_line_shift[side]) - 1);
    ask_all(simulation, &ref, &asking, miss->ref);
}

/* Handle ref number `i` if it is the next in one of the logs. */
static void simulate_miss(struct simulation *simulation, const struct batch *batch,
                          size_t i)
{
    for (size_t f = 0; f < simulation->feeder_count; f++) {
        struct feeder *feeder = &simulation->feeders[f];
        if (feeder->next == family_log_count(feeder->family))
            continue;
        struct family_miss miss = family_logged(feeder->family, feeder->next);
        if (miss.ref != i)
            continue;
        feeder->next++;
        ask_behind(simulation, feeder, &miss, batch->refs[i]);
    }
}

/* The next ref that is an event, or was missed by a size of the first level. */
static size_t next_of_interest(const struct simulation *simulation,
                               const struct batch *batch, size_t event_index)
{
    size_t next =
        event_index < batch->event_count ? batch->events[event_index] : SIZE_MAX;
    for (size_t f = 0; f < simulation->feeder_count; f++) {
        const struct feeder *feeder = &simulation->feeders[f];
        if (feeder->next == family_log_count(feeder->family))
            continue;
        size_t ref = family_logged(feeder->family, feeder->next).ref;
        next = ref < next ? ref : next;
    }
    return next;
}

static void simulate_misses(struct simulation *simulation, const struct batch *batch)
{
    size_t event_index = 0;
    for (size_t f = 0; f < simulation->feeder_count; f++)
        simulation->feeders[f].next = 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (!simulation->passes_all) {
            i = next_of_interest(simulation, batch, event_index);
            if (i == SIZE_MAX)
                return;
        }
        if (batch->refs[i].kind > REF_STORE) {
            event(simulation, &batch->refs[i]);
            event_index++;
        } else if (simulation->passes_all && meets_nothing(simulation, &batch->refs[i])) {
            ask_all(simulation, &batch->refs[i], &all_ask, (uint32_t)i);
        } else {
            simulate_miss(simulation, batch, i);
        }
    }
}

/* ---- threads: the next batch is prepared while the last one is simulated ---- */

struct crew {
    struct pass *pass;
    struct batch *batches; /* [2] */
    unsigned workers;
    pthread_barrier_t ready;  /* a batch has been prepared, and the last one simulated */
    pthread_barrier_t logged; /* workers alone: all first levels have seen the batch */
    unsigned current;
    bool stop;
};

struct worker {
    struct crew *crew;
    unsigned number;
};

static void simulate_first_levels(const struct crew *crew, unsigned worker)
{
    for (size_t i = worker; i < crew->pass->first_count; i += crew->workers)
        simulate_all_refs(&crew->pass->simulations[i], &crew->batches[crew->current]);
}

static void simulate_second_levels(const struct crew *crew, unsigned worker)
{
    for (size_t i = crew->pass->first_count + worker; i < crew->pass->count;
         i += crew->workers)
        simulate_misses(&crew->pass->simulations[i], &crew->batches[crew->current]);
}

static void *work(void *argument)
{
    const struct worker *worker = argument;
    struct crew *crew = worker->crew;
    for (;;) {
        pthread_barrier_wait(&crew->ready);
        if (crew->stop)
            return NULL;
        simulate_first_levels(crew, worker->number);
        pthread_barrier_wait(&crew->logged);
        simulate_second_levels(crew, worker->number);
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
        if (good && options->should_stop != NULL &&
            options->should_stop(options->context))
            good = cb_error_set(error, CB_IO, "interrupted");
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
        simulate_first_levels(crew, 0);
        simulate_second_levels(crew, 0);
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
    pthread_barrier_init(&crew->logged, NULL, crew->workers);
    unsigned started = 0;
    for (; started < crew->workers; started++) {
        workers[started] = (struct worker){.crew = crew, .number = started};
        if (pthread_create(&threads[started], NULL, work, &workers[started]) != 0)
            break;
    }
    bool all = started == crew->workers;
    bool good = all && prepare_all(crew, source, trace_info(source->trace)->records,
                                   options, error);
    if (!all) { /* those that wait can only be let go by being ended */
        for (unsigned i = 0; i < started; i++)
            pthread_cancel(threads[i]);
    }
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&crew->ready);
    pthread_barrier_destroy(&crew->logged);
    return all ? good : run_alone(crew, source, options, error);
}

/* ---- one pass ---- */

static bool serves(const struct need *need, enum side side)
{
    return need->shape.serves[side][0] || need->shape.serves[side][1];
}

/* Whether a fetch from the line of the last one can be left out: every first level that
 * fetches ask is theirs alone, and there is a cache, so that none is counted by itself. */
static bool fetches_stay_apart(const struct plan *plan, size_t stream)
{
    bool cached = false;
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
    layout->fetches_apart = fetches_stay_apart(plan, stream);
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

static bool families_failed(const struct pass *pass)
{
    for (size_t i = 0; i < pass->count; i++)
        for (size_t j = 0; j < pass->simulations[i].count; j++)
            if (family_failed(pass->simulations[i].families[j]))
                return true;
    return false;
}

bool pass_run(struct pass *pass, const struct trace_reader *trace,
              const struct plan *plan, size_t stream,
              const struct replay_options *options, struct cb_error *error)
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
    source_init(&source, trace, preparer, options->threads != 1);
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
