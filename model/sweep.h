/* sweep.h - one trace, many machines: the whole grid of some machine parameters.
 *
 * Every point of the grid gets the ledger that replay() would give it, exactly, without a
 * replay each. What differs only in latencies and instruction costs shares its counts.
 * All numbers of sets and ways of an LRU structure come from one pass (family.h); a
 * second level is swept on the misses of each distinct first level. A walker that reads
 * through the data caches makes each geometry of TLBs feed them another stream: one pass
 * for each, which gives all sizes of the caches behind it. What is no stack algorithm
 * (tree-PLRU, FIFO, random), virtual caches, enforced inclusion, write-backs that are
 * written and third levels are replayed, once per distinct geometry.
 */
#ifndef CROSSBILL_SWEEP_H
#define CROSSBILL_SWEEP_H

#include "model/model.h"

#define SWEEP_AXES   16
#define SWEEP_VALUES 65536 /* of one axis */
#define SWEEP_POINTS UINT64_C(100000000)

/* One swept parameter: a path of the machine as for overrides, and its values as text. */
struct sweep_axis {
    char path[96];
    char **values;
    size_t count;
};

/* "PATH=VALUES"; values are a list of texts and ranges, separated by commas:
 *   8,16,32   true,false   lru,fifo   1..16   8..1024:*2   10..50:+10   4K..1M:*2
 * A range of integers includes its end where a step falls on it. Refused, with a
 * sentence: no values, a range that is empty or does not end, too many values. Free the
 * axis. */
bool sweep_axis_parse(struct sweep_axis *axis, const char *expression,
                      struct cb_error *error);
void sweep_axis_free(struct sweep_axis *axis);

struct sweep_request {
    const char *machine; /* as for machine_load() */
    const char *directory;
    const char *const *sets;
    size_t set_count;
    const struct sweep_axis *axes; /* the last one varies fastest */
    size_t axis_count;
};

uint64_t sweep_points(const struct sweep_request *request);
/* The value of each axis at a point: indices into axis.values. */
void sweep_point_values(const struct sweep_request *request, uint64_t point,
                        size_t *indices);

/* What has to be done for one trace, and why. */
struct sweep_plan {
    uint64_t points;   /* that are wanted */
    uint64_t refused;  /* of them: machines that cannot exist */
    uint64_t families; /* structures swept in all sizes at once */
    uint64_t passes;   /* over the trace, for families */
    uint64_t walking;  /* of them: each for one geometry of TLBs, whose walks are read
                        * through the data caches */
    uint64_t replays;  /* over the trace, each for one geometry */
    uint64_t kept_passes,
        kept_replays;      /* of them: an earlier run has kept their counts */
    char why_replays[256]; /* the first reason; empty without replays */
};

/* The counts of a finished pass, or of the TLBs or the caches of a finished replay, as
 * they are kept for a later run. All that they depend on is in the key: the content of
 * the trace, this version of crossbill, what was simulated; latencies and instruction
 * costs are not. The part tells passes of one key apart that swept other sizes. Both are
 * 64 hexadecimal digits. The bytes (specified in sweep_kept.h) carry their key and a
 * checksum. */
struct sweep_counts {
    char key[65], part[65];
    void *bytes;
    size_t size;
};

/* What a sweep has done. */
struct sweep_effort {
    uint64_t passes, replays;           /* computed, from beginning to end */
    uint64_t kept_passes, kept_replays; /* spared: an earlier run has kept their counts */
    uint64_t damaged; /* kept counts that are not what was kept; they were not used */
};

struct sweep_options {
    unsigned threads; /* 0: as many as there are processors */
    /* Points that need not be computed: done before, or another shard's. NULL: all are.
     */
    bool (*wants)(void *context, uint64_t point);
    /* Each point as soon as what it needs has been computed: in order of points, or, with
     * `any_order`, all points at once that a pass or replay was the last to be needed
     * for. These are handed over even if the sweep is told to stop meanwhile, so that in
     * any order nothing is lost but the passes and replays that are under way. `ledger`
     * is NULL for a machine that cannot exist, and `refused` says why. The ledger has
     * accounts, counts and totals; no crossings, no counters of structures, no culprits,
     * no visits, no warmth. False: stop. */
    bool (*on_point)(void *context, uint64_t point, const struct ledger *ledger,
                     const struct cb_error *refused);
    bool any_order;
    /* For sweeps that are interrupted and go on. All three may be NULL. With any of them,
     * trace_hash() must have been called for the trace.
     *
     * A pass or replay has ended: keep its counts, all `count` of them or none, so that
     * they are still there if the process ends now; a former one with key and part of one
     * goes. Called by several threads, one at a time. False: stop. */
    bool (*keep_counts)(void *context, const struct sweep_counts *counts, size_t count);
    /* Number `index` (from 0) of what is kept under the key, in any order. bytes NULL in
     * *counts: there are not so many. Else the bytes will be freed; key and part do not
     * matter. What is damaged or of something else is not used. False: stop. */
    bool (*load_counts)(void *context, const char *key, size_t index,
                        struct sweep_counts *counts);
    /* What this run kept there, no point to come needs. False: stop. */
    bool (*drop_counts)(void *context, const char *key, const char *part);
    struct sweep_effort *effort; /* filled in by sweep_run(); NULL: not wanted */
    /* Called by several threads, one at a time. */
    void (*on_progress)(void *context, double done); /* 0 .. 1 */
    bool (*should_stop)(void *context);
    void *context;
};

/* Plan only. */
bool sweep_explain(const struct sweep_request *request, const struct trace_reader *trace,
                   const struct sweep_options *options, struct sweep_plan *plan,
                   struct cb_error *error);
bool sweep_run(const struct sweep_request *request, const struct trace_reader *trace,
               const struct sweep_options *options, struct cb_error *error);

#endif
