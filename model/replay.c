/* One replay: decode, prepare, three worlds, settle; or, plain, decode and one world.
 *
 * With two threads the first decodes and prepares; the second replays the three worlds
 * and settles. Batches go from one to the other through a small ring, so the result does
 * not depend on timing. */
#include "model/chronicler.h"
#include "model/ledger.h"
#include "model/plain.h"
#include "model/settle.h"
#include "model/source.h"
#include "model/worlds.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/* Enough for one thread to be ahead of the other while its batches are the easier ones. */
#define RING 12

/* What the worlds say of one batch. */
struct verdicts {
    uint32_t shared[BATCH_REFS + BATCH_SLACK];
    uint32_t merged[BATCH_REFS + BATCH_SLACK];
    uint32_t solo[BATCH_REFS + BATCH_SLACK];
    struct reason reasons[(BATCH_REFS + BATCH_SLACK) * REASONS_PER_REF];
};

struct run {
    const struct trace_reader *trace;
    const struct replay_options *options;
    struct layout layout;
    struct ledger *ledger;
    struct bills *bills; /* NULL: plain */
    struct preparer *preparer;
    struct worlds worlds;
    struct settler settler;
    struct verdicts *verdicts;
    bool keeps_chronicle;
    struct chronicler chronicler;

    struct source source;
    uint64_t records_all;

    struct batch *ring; /* [RING] */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t made, used; /* batches, both ever growing; made - used <= RING */
    bool ended;        /* no more will be made */
    bool stopped;      /* the consumer wants no more */
    struct cb_error *error;
    bool failed;
};

static bool asked_to_stop(struct run *run)
{
    const struct replay_options *options = run->options;
    if (options->on_progress != NULL)
        options->on_progress(options->context, source_done(&run->source),
                             run->records_all);
    if (options->should_stop == NULL || !options->should_stop(options->context))
        return false;
    cb_error_set(run->error, CB_IO, "interrupted");
    return true;
}

/* ---- the two halves ---- */

static bool first_half(struct run *run, struct batch *batch)
{
    return source_next(&run->source, batch, run->error) && !asked_to_stop(run);
}

static void second_half(struct run *run, const struct batch *batch)
{
    struct verdicts *verdicts = run->verdicts;
    world_merged(&run->worlds, batch, verdicts->merged);
    world_solo(&run->worlds, batch, verdicts->solo);
    world_shared(&run->worlds, batch, verdicts->shared, verdicts->reasons);
    struct events events = {.shared = verdicts->shared,
                            .merged = verdicts->merged,
                            .solo = verdicts->solo,
                            .reasons = verdicts->reasons};
    settle(&run->settler, batch, &events);
    if (run->keeps_chronicle)
        chronicler_see(&run->chronicler, batch, &events);
}

/* Without a ledger one thread does it all: see source.h. */
static bool run_plain(struct run *run)
{
    struct plain plain = {
        .preparer = run->preparer, .worlds = &run->worlds, .batch = run->ring};
    const struct trace_record *records;
    size_t n;
    while (source_records(&run->source, &records, &n, run->error)) {
        size_t done =
            plain_replay(&plain, records, n, source_done(&run->source), run->error);
        if (done == SIZE_MAX)
            return false;
        run->settler.total = plain.mcycles;
        if (n == 0)
            return true;
        source_take(&run->source, done);
        if (asked_to_stop(run))
            return false;
    }
    return false;
}

static bool run_alone(struct run *run)
{
    do {
        if (!first_half(run, run->ring))
            return false;
        second_half(run, run->ring);
    } while (run->ring->count > 0);
    return true;
}

static void *produce(void *argument)
{
    struct run *run = argument;
    for (bool more = true; more;) {
        pthread_mutex_lock(&run->lock);
        while (run->made - run->used == RING)
            pthread_cond_wait(&run->changed, &run->lock);
        pthread_mutex_unlock(&run->lock);

        struct batch *batch = &run->ring[run->made % RING];
        bool good = first_half(run, batch);
        more = good && batch->count > 0;

        pthread_mutex_lock(&run->lock);
        run->failed |= !good;
        run->ended |= !more;
        run->made += more;
        pthread_cond_signal(&run->changed);
        pthread_mutex_unlock(&run->lock);
    }
    return NULL;
}

static const struct batch *wait_for_batch(struct run *run)
{
    pthread_mutex_lock(&run->lock);
    while (run->made == run->used && !run->ended)
        pthread_cond_wait(&run->changed, &run->lock);
    bool any = run->made != run->used && !run->failed;
    pthread_mutex_unlock(&run->lock);
    return any ? &run->ring[run->used % RING] : NULL;
}

static bool run_in_two(struct run *run)
{
    pthread_t producer;
    if (pthread_create(&producer, NULL, produce, run) != 0)
        return run_alone(run);
    const struct batch *batch;
    while ((batch = wait_for_batch(run)) != NULL) {
        second_half(run, batch);
        pthread_mutex_lock(&run->lock);
        run->used++;
        pthread_cond_signal(&run->changed);
        pthread_mutex_unlock(&run->lock);
    }
    pthread_join(producer, NULL);
    return !run->failed;
}

/* ---- setting up and taking down ---- */

static bool use_two_threads(const struct replay_options *options)
{
    if (options->threads != 0)
        return options->threads > 1;
    return sysconf(_SC_NPROCESSORS_ONLN) > 1;
}

static bool set_up_chronicle(struct run *run)
{
    run->keeps_chronicle = true;
    if (!chronicler_init(&run->chronicler, &run->layout, run->ledger->domain_count))
        return false;
    for (size_t i = 0; i < RING; i++) {
        struct batch *batch = &run->ring[i];
        batch->repeated = calloc(BATCH_REFS + BATCH_SLACK + 1, sizeof *batch->repeated);
        if (batch->repeated == NULL)
            return false;
    }
    prepare_marks(run->preparer, run->options);
    run->worlds.chronicler = &run->chronicler;
    return true;
}

static bool set_up(struct run *run, const struct machine *machine)
{
    bool plain = run->options->plain;
    run->ledger = ledger_create(run->trace, machine);
    run->ring = calloc(RING, sizeof *run->ring);
    run->verdicts = calloc(1, sizeof *run->verdicts);
    run->bills = plain ? NULL : bills_create();
    if (run->ledger == NULL || run->ring == NULL || run->verdicts == NULL ||
        (!plain && run->bills == NULL))
        return cb_error_set(run->error, CB_IO, "out of memory");
    if (!layout_init(&run->layout, machine, run->ledger->domain_count, run->error))
        return false;
    run->preparer = preparer_create(run->trace, &run->layout, run->ledger, run->bills,
                                    plain, run->error);
    if (run->preparer == NULL)
        return false;
    if (run->options->lenient)
        prepare_leniently(run->preparer);
    if (!worlds_init(&run->worlds, &run->layout, run->ledger, plain))
        return cb_error_set(run->error, CB_IO, "out of memory");
    if (run->options->chronicle && !plain && !set_up_chronicle(run))
        return cb_error_set(run->error, CB_IO, "out of memory");
    run->settler = (struct settler){.layout = &run->layout,
                                    .ledger = run->ledger,
                                    .bills = run->bills,
                                    .phase = TRACE_PHASE_MEASURED};
    source_init(&run->source, run->trace, run->preparer);
    run->records_all = trace_info(run->trace)->records;
    return true;
}

static bool finish(struct run *run)
{
    worlds_count(&run->worlds);
    bool good = prepare_end(run->preparer) && !worlds_failed(&run->worlds);
    run->ledger->total_mcycles = prepare_total(run->preparer) + run->settler.total;
    if (run->bills != NULL)
        good =
            good && !bills_failed(run->bills) && bills_summarise(run->bills, run->ledger);
    if (!good)
        return cb_error_set(run->error, CB_IO, "out of memory");
    if (run->keeps_chronicle)
        run->ledger->chronicle = chronicler_finish(&run->chronicler, run->records_all,
                                                   run->ledger->total_mcycles);
    if (run->bills == NULL || run->options->on_bill == NULL)
        return true;
    if (!bills_each(run->bills, run->options->on_bill, run->options->context))
        return cb_error_set(run->error, CB_IO, "interrupted");
    return true;
}

static void take_down(struct run *run)
{
    source_free(&run->source);
    preparer_free(run->preparer);
    worlds_free(&run->worlds);
    bills_free(run->bills);
    chronicler_free(&run->chronicler);
    for (size_t i = 0; run->ring != NULL && i < RING; i++)
        free(run->ring[i].repeated);
    free(run->ring);
    free(run->verdicts);
}

struct ledger *replay(const struct trace_reader *trace, const struct machine *machine,
                      const struct replay_options *options, struct cb_error *error)
{
    static const struct replay_options defaults;
    struct run run = {.trace = trace,
                      .options = options != NULL ? options : &defaults,
                      .error = error,
                      .lock = PTHREAD_MUTEX_INITIALIZER,
                      .changed = PTHREAD_COND_INITIALIZER};
    bool good = set_up(&run, machine);
    if (good && run.bills == NULL)
        good = run_plain(&run);
    else if (good)
        good = use_two_threads(run.options) ? run_in_two(&run) : run_alone(&run);
    if (good)
        good = finish(&run);
    if (!good) {
        ledger_free(run.ledger);
        run.ledger = NULL;
    }
    take_down(&run);
    return run.ledger;
}

int64_t component_mcycles(const struct machine *machine, enum side side,
                          enum component component)
{
    struct layout layout;
    if (!layout_init(&layout, machine, 1, NULL))
        return 0;
    for (unsigned bit = 0; bit < EVENTS; bit++)
        if (layout.component[side][bit] == component)
            return layout.cost[side][bit];
    return 0;
}
