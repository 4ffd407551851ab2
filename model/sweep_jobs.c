#include "model/sweep_jobs.h"

#include <stdlib.h>

struct name {
    enum job_kind kind;
    size_t index;
};

static size_t name_replay(const struct plan *plan, enum geometry_kind kind, size_t index,
                          struct name *names, size_t count)
{
    size_t replay =
        index != NOWHERE ? plan->geometries[kind].list[index].replay : NOWHERE;
    if (replay == NOWHERE || (count > 0 && names[count - 1].kind == JOB_REPLAY &&
                              names[count - 1].index == replay))
        return count;
    names[count] = (struct name){JOB_REPLAY, replay};
    return count + 1;
}

static size_t names_of(const struct plan *plan, const struct route *route,
                       struct name names[JOBS_OF_POINT])
{
    size_t count = 0;
    if (route->whole != NOWHERE)
        return name_replay(plan, GEOMETRY_WHOLE, route->whole, names, count);
    names[count++] = (struct name){JOB_PASS, route->stream};
    count = name_replay(plan, GEOMETRY_TLBS, route->tlb_replay, names, count);
    return name_replay(plan, GEOMETRY_CACHES, route->cache_replay, names, count);
}

static bool make_room(struct jobs *jobs, const struct name *name)
{
    size_t from = jobs->room[name->kind], to = from != 0 ? from : 16;
    while (to <= name->index)
        to *= 2;
    if (to == from)
        return true;
    size_t *numbers = realloc(jobs->numbers[name->kind], to * sizeof *numbers);
    if (numbers == NULL)
        return false;
    memset(numbers + from, 0, (to - from) * sizeof *numbers);
    jobs->numbers[name->kind] = numbers;
    jobs->room[name->kind] = to;
    return true;
}

/* The number of the job, which is added if there is none of this name; SIZE_MAX without
 * memory. */
static size_t number_of(struct jobs *jobs, const struct name *name)
{
    if (!make_room(jobs, name))
        return SIZE_MAX;
    size_t *number = &jobs->numbers[name->kind][name->index];
    if (*number != 0)
        return *number - 1;
    if ((jobs->count & (jobs->count - 1)) == 0) { /* grow at every power of two */
        size_t room = jobs->count != 0 ? 2 * jobs->count : 1;
        struct job *list = realloc(jobs->list, room * sizeof *list);
        if (list == NULL)
            return SIZE_MAX;
        jobs->list = list;
    }
    jobs->list[jobs->count++] = (struct job){.kind = name->kind, .index = name->index};
    *number = jobs->count;
    return jobs->count - 1;
}

static bool wait_for(struct job *job, uint32_t point)
{
    if ((job->point_count & (job->point_count - 1)) == 0) {
        size_t room = job->point_count != 0 ? 2 * job->point_count : 1;
        uint32_t *points = realloc(job->points, room * sizeof *points);
        if (points == NULL)
            return false;
        job->points = points;
    }
    job->points[job->point_count++] = point;
    return true;
}

bool jobs_add_point(struct jobs *jobs, const struct plan *plan, const struct route *route,
                    uint32_t point)
{
    struct name names[JOBS_OF_POINT];
    size_t count = names_of(plan, route, names), last = 0;
    for (size_t i = 0; i < count; i++) {
        size_t number = number_of(jobs, &names[i]);
        if (number == SIZE_MAX)
            return false;
        jobs->list[number].uses++;
        last = number > last ? number : last;
    }
    return wait_for(count > 0 ? &jobs->list[last] : &jobs->none, point);
}

bool jobs_add_refused(struct jobs *jobs, uint32_t point)
{
    return wait_for(&jobs->none, point);
}

void jobs_free(struct jobs *jobs)
{
    for (size_t i = 0; i < jobs->count; i++) {
        free(jobs->list[i].points);
        free(jobs->list[i].kept);
    }
    free(jobs->none.points);
    free(jobs->list);
    for (size_t kind = 0; kind < JOB_KINDS; kind++)
        free(jobs->numbers[kind]);
    *jobs = (struct jobs){0};
}

size_t jobs_of_route(const struct jobs *jobs, const struct plan *plan,
                     const struct route *route, struct job *of[JOBS_OF_POINT])
{
    struct name names[JOBS_OF_POINT];
    size_t count = names_of(plan, route, names);
    for (size_t i = 0; i < count; i++)
        of[i] = &jobs->list[jobs->numbers[names[i].kind][names[i].index] - 1];
    return count;
}
