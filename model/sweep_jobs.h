/* sweep_jobs.h - the passes and replays of a sweep in the order in which points need
 * them, and which points each of them is the last to wait for. Internal to model/. */
#ifndef CROSSBILL_SWEEP_JOBS_H
#define CROSSBILL_SWEEP_JOBS_H

#include "model/sweep_plan.h"

enum job_kind {
    JOB_PASS,   /* index: of the stream */
    JOB_REPLAY, /* index: into plan.replays */
    JOB_KINDS
};

struct job {
    enum job_kind kind;
    size_t index;
    bool done;
    struct sweep_counts *kept; /* where its counts are kept, without them */
    size_t kept_count;
    uint64_t uses;    /* by points that have not been handed over */
    uint32_t *points; /* those that need nothing after this job, in order */
    size_t point_count;
};

struct jobs {
    struct job *list;
    size_t count;
    size_t *numbers[JOB_KINDS]; /* [kind][index] number of the job + 1; 0: none yet */
    size_t room[JOB_KINDS];
    struct job none; /* the points that need nothing at all */
};

#define JOBS_OF_POINT 3

/* A point to come: what its route names becomes jobs, if it is not yet. What an earlier
 * run has kept of a replay is no job. False without memory. */
bool jobs_add_point(struct jobs *jobs, const struct plan *plan, const struct route *route,
                    uint32_t point);
bool jobs_add_refused(struct jobs *jobs, uint32_t point);
void jobs_free(struct jobs *jobs);

/* Those of a route. Returns how many. */
size_t jobs_of_route(const struct jobs *jobs, const struct plan *plan,
                     const struct route *route, struct job *of[JOBS_OF_POINT]);

#endif
