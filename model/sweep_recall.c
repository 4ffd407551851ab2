/* What a sweep keeps for a later run of its own, and takes from an earlier one. */
#include "model/sweep_inside.h"
#include "model/sweep_kept.h"

#include <stdlib.h>

static const struct {
    const char *name;
    unsigned parts;
} kinds[GEOMETRY_KINDS] = {
    [GEOMETRY_TLBS] = {"replay, TLBs", KEPT_TLBS},
    [GEOMETRY_CACHES] = {"replay, caches", KEPT_CACHES},
    [GEOMETRY_WHOLE] = {"replay", KEPT_INSTRUCTIONS | KEPT_TLBS | KEPT_CACHES},
};

static bool no_memory(struct cb_error *error)
{
    return cb_error_set(error, CB_IO, "out of memory");
}

static bool stream_key(const struct sweep *sweep, size_t stream, char key[65])
{
    const struct stream_shape *shape = &sweep->plan.streams[stream];
    struct machine machine = stream_machine(shape);
    return kept_key(sweep->results.trace, shape->walks ? "pass, walks" : "pass", &machine,
                    key);
}

/* ---- taking ---- */

/* The next of what is kept under the key. False: stop; bytes NULL: there is no more. */
static bool load(struct sweep *sweep, const char *key, size_t index,
                 struct sweep_counts *counts)
{
    const struct sweep_options *options = sweep->options;
    *counts = (struct sweep_counts){.bytes = NULL};
    if (options->load_counts(options->context, key, index, counts))
        return true;
    sweep->stopped = true;
    return cb_error_set(sweep->error, CB_IO, "interrupted");
}

bool recall_geometry(void *context, enum geometry_kind kind,
                     const struct machine *machine, struct ledger **kept)
{
    struct sweep *sweep = context;
    struct sweep_counts counts;
    char key[65];
    *kept = NULL;
    if (!kept_key(sweep->results.trace, kinds[kind].name, machine, key))
        return false;
    for (size_t i = 0; *kept == NULL; i++) {
        if (!load(sweep, key, i, &counts))
            return false;
        if (counts.bytes == NULL)
            return true;
        enum kept_fit fit =
            kept_read_ledger(&counts, key, kinds[kind].parts, sweep->results.trace, kept);
        sweep->effort.damaged += fit == KEPT_IS_DAMAGED;
        free(counts.bytes);
    }
    return true;
}

static bool recall_pass(struct sweep *sweep, size_t stream, const char (*names)[65])
{
    struct job *job = &sweep->jobs.list[sweep->jobs.numbers[JOB_PASS][stream] - 1];
    struct sweep_counts counts;
    char key[65];
    if (!stream_key(sweep, stream, key))
        return no_memory(sweep->error);
    for (size_t i = 0; !job->done; i++) {
        if (!load(sweep, key, i, &counts))
            return false;
        if (counts.bytes == NULL)
            return true;
        enum kept_fit fit =
            kept_read_pass(&counts, key, &sweep->plan, stream, names,
                           sweep->results.trace, &sweep->results.passes[stream]);
        sweep->effort.damaged += fit == KEPT_IS_DAMAGED;
        job->done = fit == KEPT_FITS;
        free(counts.bytes);
    }
    sweep->effort.kept_passes++;
    return true;
}

bool recall_passes(struct sweep *sweep)
{
    const struct plan *plan = &sweep->plan;
    if (sweep->options->load_counts == NULL)
        return true;
    char(*names)[65] = calloc(plan->need_count + 1, sizeof *names);
    bool good = names != NULL;
    for (size_t i = 0; good && i < plan->need_count; i++)
        good = kept_name(plan, &plan->needs[i], names[i]);
    if (!good)
        no_memory(sweep->error);
    for (size_t i = 0; good && i < plan->stream_count; i++)
        good = recall_pass(sweep, i, (const char(*)[65])names);
    free(names);
    return good;
}

/* ---- keeping ---- */

/* What the job's counts are kept under. */
static bool key_job(const struct sweep *sweep, const struct job *job,
                    struct sweep_counts counts[GEOMETRY_KINDS], size_t *count,
                    enum geometry_kind kind_of[GEOMETRY_KINDS])
{
    *count = 0;
    if (job->kind == JOB_PASS)
        return stream_key(sweep, job->index, counts[(*count)++].key);
    const struct joint_replay *replay = &sweep->plan.replays[job->index];
    for (enum geometry_kind kind = 0; kind < GEOMETRY_KINDS; kind++) {
        if (replay->of[kind] == NOWHERE)
            continue;
        const struct geometries *geometries = &sweep->plan.geometries[kind];
        if (!kept_key(sweep->results.trace, kinds[kind].name,
                      &geometries->list[replay->of[kind]].machine, counts[*count].key))
            return false;
        kind_of[(*count)++] = kind;
    }
    return true;
}

static bool write_job(const struct sweep *sweep, const struct job *job,
                      struct sweep_counts *counts, size_t count,
                      const enum geometry_kind *kind_of)
{
    if (job->kind == JOB_PASS)
        return kept_write_pass(counts, &sweep->results.passes[job->index], &sweep->plan,
                               job->index);
    for (size_t i = 0; i < count; i++)
        if (!kept_write_ledger(&counts[i], sweep->results.replayed[job->index],
                               kinds[kind_of[i]].parts))
            return false;
    return true;
}

/* Remember where, to drop it there. */
static bool note_places(struct job *job, const struct sweep_counts *counts, size_t count)
{
    job->kept = calloc(count, sizeof *job->kept);
    if (job->kept == NULL)
        return false;
    job->kept_count = count;
    for (size_t i = 0; i < count; i++) {
        memcpy(job->kept[i].key, counts[i].key, sizeof counts[i].key);
        memcpy(job->kept[i].part, counts[i].part, sizeof counts[i].part);
    }
    return true;
}

bool keep_job(const struct sweep *sweep, struct job *job, struct cb_error *error)
{
    const struct sweep_options *options = sweep->options;
    struct sweep_counts counts[GEOMETRY_KINDS] = {{.bytes = NULL}};
    enum geometry_kind kind_of[GEOMETRY_KINDS];
    size_t count;
    if (options->keep_counts == NULL)
        return true;
    bool good = (key_job(sweep, job, counts, &count, kind_of) &&
                 write_job(sweep, job, counts, count, kind_of) &&
                 note_places(job, counts, count)) ||
                no_memory(error);
    if (good && !options->keep_counts(options->context, counts, count))
        good = cb_error_set(error, CB_IO, "interrupted");
    for (size_t i = 0; i < GEOMETRY_KINDS; i++)
        free(counts[i].bytes);
    return good;
}

bool drop_job(struct sweep *sweep, const struct job *job)
{
    const struct sweep_options *options = sweep->options;
    for (size_t i = 0; options->drop_counts != NULL && i < job->kept_count; i++)
        if (!options->drop_counts(options->context, job->kept[i].key, job->kept[i].part))
            return cb_error_set(sweep->error, CB_IO, "interrupted");
    return true;
}
