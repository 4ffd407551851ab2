/* sweep_plan.h - which families and replays give the counts of all points of a sweep.
 * Internal to model/.
 *
 * With a walker that does not read through the data caches, TLBs and caches do not touch
 * each other, so each half of a machine finds its counts by itself: in families, where
 * all its structures can be swept, or in a replay of its geometry.
 *
 * With one that does, the TLBs still do not see the caches, but the caches see the reads
 * of the TLBs' walks: each geometry of TLBs gives a stream of its own (walker.h), and all
 * caches behind it are families of that stream.
 */
#ifndef CROSSBILL_SWEEP_PLAN_H
#define CROSSBILL_SWEEP_PLAN_H

#include "model/family.h"
#include "model/hierarchy.h"
#include "model/sweep.h"

#define NOWHERE SIZE_MAX

/* What of a machine changes the stream of refs itself, or what instructions count as. */
struct stream_shape {
    bool kpti;
    uint8_t pairing, large_pages;
    bool walks;          /* the walks of these TLBs are read through the data caches: */
    struct machine tlbs; /* them alone, without costs or what makes no difference */
    bool straight;       /* some machine has no cache for fetches, or for data */
};

/* The machine on which a pass over the stream prepares refs. */
struct machine stream_machine(const struct stream_shape *shape);

/* A first level, TLBs or caches, that stands before swept second levels. */
struct before {
    size_t stream;
    struct machine machine;           /* these structures alone, without latencies */
    size_t needs[MACHINE_LEVELS * 2]; /* the family that each of them is a size of */
};

/* One family that some points need. */
struct need {
    size_t stream; /* index into plan.streams */
    size_t before; /* whose misses it sees: index into plan.befores, or NOWHERE */
    struct family_shape shape;
    uint64_t *sets; /* ascending */
    uint32_t *ways; /* the most for each */
    size_t columns;
};

/* What is replayed for its counts: TLBs alone, caches alone, machines whose halves
 * touch. */
enum geometry_kind { GEOMETRY_TLBS, GEOMETRY_CACHES, GEOMETRY_WHOLE, GEOMETRY_KINDS };

struct geometry {
    struct machine machine;
    struct ledger *kept; /* its counts, of an earlier run; NULL: it is to be replayed */
    size_t replay;       /* then: index into plan.replays */
};

struct geometries {
    struct geometry *list;
    size_t count, kept;
};

/* One replay: of a TLB geometry, of a cache geometry or of both, or of a whole. */
struct joint_replay {
    size_t of[GEOMETRY_KINDS]; /* indices into plan.geometries[].list, or NOWHERE */
};

struct plan {
    struct stream_shape *streams;
    struct before *befores;
    struct need *needs;
    size_t stream_count, before_count, need_count;
    struct geometries geometries[GEOMETRY_KINDS];
    struct joint_replay *replays;
    size_t replay_count;
    char why_replays[256];
    /* Gives the counts that an earlier run has kept of a geometry, or NULL in *kept;
     * false: stop. NULL: there was no earlier run. */
    bool (*recall)(void *context, enum geometry_kind kind, const struct machine *machine,
                   struct ledger **kept);
    void *context;
};

/* Where a machine finds its counts. A half that is not replayed has an origin for each of
 * its structures that is asked at all; with a walker, those of the TLBs come with the
 * pass. */
struct route {
    size_t stream; /* NOWHERE, if the whole machine is replayed */
    bool walks;
    size_t whole, tlb_replay, cache_replay;                      /* indices, or NOWHERE */
    size_t tlb_needs[MACHINE_TLBS], cache_needs[MACHINE_CACHES]; /* indices, or NOWHERE */
};

/* Find the machine's counts in the plan. `extend`: what is missing is added; false only
 * without memory, or if recall() is. Else false if something is missing. */
bool plan_route(struct plan *plan, const struct layout *layout, bool extend,
                struct route *route);
void plan_free(struct plan *plan);

/* ---- geometries (sweep_geometry.c) ---- */

/* The number of this one among its kind, NOWHERE if it is missing. `extend` as above. */
bool plan_geometry(struct plan *plan, enum geometry_kind kind,
                   const struct machine *machine, bool extend, size_t *index);
void geometries_free(struct plan *plan);
/* Whether a switch of spaces can flush some cache of the machine. */
bool plan_flushes_caches(const struct machine *machine);

/* Replays that the earlier run has spared. */
size_t plan_kept_replays(const struct plan *plan);
struct machine plan_replay_machine(const struct plan *plan, size_t replay);

#endif
