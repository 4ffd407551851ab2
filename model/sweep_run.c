/* The passes and replays of a sweep, several side by side. */
#include "model/sweep_inside.h"

#include <unistd.h>

/* One job while it runs. */
struct running {
    struct sweep *sweep;
    size_t number;
    unsigned threads;
    bool started, good;
    pthread_t thread;
    struct cb_error error;
};

static void report_progress(void *context, uint64_t records, uint64_t all)
{
    const struct running *running = context;
    struct sweep *sweep = running->sweep;
    double sum = 0;
    if (sweep->options->on_progress == NULL || all == 0)
        return;
    pthread_mutex_lock(&sweep->lock);
    sweep->fractions[running->number] = (double)records / (double)all;
    for (size_t i = 0; i < sweep->jobs.count; i++)
        sum += sweep->fractions[i];
    sweep->options->on_progress(sweep->options->context, sum / (double)sweep->jobs.count);
    pthread_mutex_unlock(&sweep->lock);
}

static bool stop_job(void *context)
{
    struct sweep *sweep = ((const struct running *)context)->sweep;
    if (sweep->options->should_stop == NULL)
        return false;
    pthread_mutex_lock(&sweep->lock);
    bool stop = sweep->options->should_stop(sweep->options->context);
    pthread_mutex_unlock(&sweep->lock);
    return stop;
}

static bool compute(struct running *running)
{
    struct sweep *sweep = running->sweep;
    const struct sweep_results *results = &sweep->results;
    const struct job *job = &sweep->jobs.list[running->number];
    struct replay_options options = {.threads = running->threads,
                                     .on_progress = report_progress,
                                     .should_stop = stop_job,
                                     .context = running};
    if (job->kind == JOB_PASS)
        return pass_run(&results->passes[job->index], results->trace, &sweep->plan,
                        job->index, &options, &running->error);
    struct machine machine = plan_replay_machine(&sweep->plan, job->index);
    struct ledger **replayed = &results->replayed[job->index];
    *replayed = replay(results->trace, &machine, &options, &running->error);
    return *replayed != NULL;
}

/* What is done is kept at once: others may still run for long. */
static bool keep(struct running *running)
{
    struct sweep *sweep = running->sweep;
    struct job *job = &sweep->jobs.list[running->number];
    pthread_mutex_lock(&sweep->lock);
    bool good = keep_job(sweep, job, &running->error);
    if (job->kind == JOB_PASS)
        sweep->effort.passes++;
    else
        sweep->effort.replays++;
    pthread_mutex_unlock(&sweep->lock);
    return good;
}

static void *run_job(void *argument)
{
    struct running *running = argument;
    running->good = compute(running) && keep(running);
    return NULL;
}

#define SIDE_BY_SIDE 16

static unsigned count_threads(const struct sweep *sweep)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (sweep->options->threads != 0)
        return sweep->options->threads;
    return processors > 0 ? (unsigned)processors : 1;
}

/* The next jobs that are not done yet, at most so many. */
static size_t take_jobs(struct sweep *sweep, struct running *running, size_t most)
{
    size_t count = 0;
    for (; count < most && sweep->next < sweep->jobs.count; sweep->next++)
        if (!sweep->jobs.list[sweep->next].done)
            running[count++] = (struct running){.sweep = sweep, .number = sweep->next};
    return count;
}

bool run_some(struct sweep *sweep)
{
    struct running running[SIDE_BY_SIDE];
    unsigned threads = count_threads(sweep);
    size_t count =
        take_jobs(sweep, running, threads < SIDE_BY_SIDE ? threads : SIDE_BY_SIDE);
    for (size_t i = 0; i < count; i++) {
        running[i].threads = threads / (unsigned)count;
        running[i].started =
            i > 0 && pthread_create(&running[i].thread, NULL, run_job, &running[i]) == 0;
    }
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        if (running[i].started)
            pthread_join(running[i].thread, NULL);
        else
            run_job(&running[i]);
        sweep->jobs.list[running[i].number].done = running[i].good;
        if (good && !running[i].good)
            *sweep->error = running[i].error;
        good &= running[i].good;
    }
    return good;
}
