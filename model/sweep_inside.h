/* sweep_inside.h - what a sweep is made of. For sweep.c, sweep_run.c and sweep_recall.c
 * alone. */
#ifndef CROSSBILL_SWEEP_INSIDE_H
#define CROSSBILL_SWEEP_INSIDE_H

#include "model/sweep_jobs.h"
#include "model/sweep_point.h"

#include <pthread.h>

struct sweep {
    const struct sweep_request *request;
    const struct sweep_options *options;
    struct cb_error *error;
    struct plan plan;
    struct jobs jobs;
    struct sweep_results results;
    size_t next;          /* of the jobs: the first that has not been run */
    double *fractions;    /* [jobs.count] how far each one is */
    pthread_mutex_t lock; /* of fractions, and of what the options call */
    uint64_t wanted, refused;
    struct sweep_effort effort;
    bool stopped; /* while planning; the error is set */
};

/* ---- sweep_run.c ---- */

/* Run the next jobs, as many as there are threads; what one leaves over, the others have.
 * The error is that of the first that failed; the others may be good all the same. */
bool run_some(struct sweep *sweep);

/* ---- sweep_recall.c ---- */

/* For plan.recall; the context is the sweep. */
bool recall_geometry(void *context, enum geometry_kind kind,
                     const struct machine *machine, struct ledger **kept);
/* The plan is whole: passes whose counts an earlier run has kept are done. */
bool recall_passes(struct sweep *sweep);
/* What a job has come to goes to options.keep_counts; under the lock. */
bool keep_job(const struct sweep *sweep, struct job *job, struct cb_error *error);
/* No point to come needs what this run has kept of the job. */
bool drop_job(struct sweep *sweep, const struct job *job);

#endif
