/* chart.h - from the rows of a report to the description of a chart. Private to this
 * folder. */
#ifndef CROSSBILL_CHART_H
#define CROSSBILL_CHART_H

#include "grid.h"
#include "viz/viz.h"

/* What a chart is about. */
struct chart_subject {
    struct report *report;
    int64_t machine;   /* row of `machines`; 0: all of them */
    const char *label; /* its name as shown */
    int64_t sweep;     /* of a chart of sweeps: the first of them; 0 else */
    int64_t replay;    /* of a chart of one replay; 0 else */
    const char *part;  /* of it: a TLB or cache by name; NULL else */
    bool whole;        /* over the whole trace, not its stretch */
};

/* A chart described. All that it points to is the arena's. */
struct drawing {
    struct arena arena;
    struct viz_chart chart;
    bool empty; /* the report has no data for it; `chart` is unset */
};

typedef bool chart_builder(const struct chart_subject *subject, struct drawing *drawing,
                           struct cb_error *error);

struct chart_kind {
    const char *name, *question;
    enum {
        CHART_OF_ALL,
        CHART_PER_MACHINE,
        CHART_PER_SWEEP,  /* sweeps of one axis that differ in the trace share a chart */
        CHART_PER_REPLAY, /* of replays that were followed over time: chart_replays.c */
        CHART_PER_PART    /* and of their TLBs and caches */
    } scope;
    const char *needs; /* "a scenario with a knob `pages`, ..." */
    chart_builder *build;
};
const struct chart_kind *chart_kinds(size_t *count);

chart_builder chart_crossing_bill, chart_domain_size, chart_refill, chart_structures,
    chart_matrix, chart_memory, chart_equal_cost, chart_sweep, chart_misses,
    chart_closed_form, chart_timeline, chart_occupancy, chart_recovery,
    chart_distribution;

/* One chart of this report. */
struct chart_instance {
    const struct chart_kind *kind;
    struct chart_subject subject;
    const char *name; /* of the kind, and of the machine where there are several */
};

/* False on failure only; see drawing->empty. The caller frees drawing->arena. */
bool chart_build(const struct chart_instance *instance, struct drawing *drawing,
                 struct cb_error *error);

/* CB_IO, with what viz had to say. */
bool chart_failed(const struct chart_instance *instance, const char *why,
                  struct cb_error *error);

/* Every chart that could be asked for, whether or not there is data for it. */
bool chart_list(struct report *report, struct arena *arena,
                struct chart_instance **instances, size_t *count, struct cb_error *error);

/* "i486-50, 50 MHz. 18 traces, 1 234 567 records, none lost. crossbill 0.1.0" */
bool chart_caption(const struct chart_subject *subject, struct drawing *drawing,
                   struct cb_error *error);

/* ---- replays that were followed over time ---- */

/* The few that are listed and shown: of each machine those that say most, in a column
 * each `machine_id`, `machine`, `replay`, `structure`, and a `name` for use in a chart's.
 */
bool chart_replays(struct report *report, struct arena *arena, struct grid *grid,
                   struct cb_error *error);
/* The parts of a replay that are shown: a TLB that holds data, and of a machine's first
 * replay a cache. Column: name. */
bool chart_parts(struct report *report, struct arena *arena, int64_t replay, bool first,
                 struct grid *grid, struct cb_error *error);
/* "timeline-7", "occupancy-7-l2" or "occupancy-7-l2-trace": of any replay. False if it is
 * no such name, or there is no such replay or part. */
bool chart_of_replay(struct report *report, struct arena *arena, const char *name,
                     struct chart_instance *instance);

/* "pingpong, l3-large, 16 pages", NULL on failure; the caption of such a chart, with its
 * own trace. */
const char *chart_replay_words(const struct chart_subject *subject,
                               struct drawing *drawing, struct cb_error *error);
bool chart_replay_caption(const struct chart_subject *subject, struct drawing *drawing,
                          struct cb_error *error);

/* viz group of an account group's name. */
enum viz_group chart_group(const char *account_group);

/* "pingpong", or "pingpong, lines=4" */
const char *chart_scenario(struct arena *arena, const char *scenario,
                           const char *variant);

/* "IPC call" for "ipc_call"; in scenario `null`, "null call" for "call". */
const char *kind_title(const char *kind, const char *scenario);

/* A number as in running text, digits grouped by thin spaces: "12 345.6". */
const char *number_text(struct arena *arena, double number, int decimals);

/* Where the closed form is good on a machine and where it is not; NULL when nothing is
 * predicted there, or nothing replayed to judge it by. */
bool closed_form_words(const struct chart_subject *subject, struct arena *arena,
                       const char **words, struct cb_error *error);

/* ---- cost against domain size, used in words as well ---- */

struct size_curve {
    const char *structure;
    size_t count; /* sizes, rising */
    double *pages, *explicit_cycles, *implicit_cycles, *total_cycles;
    double *credit_cycles; /* of the implicit ones; zero or less */
};

struct size_curves {
    const char *scenario, *variant;
    size_t count;
    struct size_curve *curves; /* by name of structure */
};

/* The scenario of this machine with the most sizes. count 0: there is none. */
bool size_curves_load(const struct chart_subject *subject, struct arena *arena,
                      struct size_curves *curves, struct cb_error *error);

/* The machine's TLBs and caches as lines across a chart of these sizes. */
bool chart_limits(const struct chart_subject *subject, const struct size_curves *curves,
                  struct drawing *drawing, struct cb_error *error);

/* The curve of a structure, or NULL. */
const struct size_curve *size_curve(const struct size_curves *curves,
                                    const char *structure);

/* Where the cost of l3-large overtakes that of l3-small, or falls below it. */
struct crossover {
    const struct size_curve *small, *large;
    size_t meetings;      /* 0: they do not cross in this range; the rest is unset */
    double pages, cycles; /* the first meeting, on straight lines between sizes */
    double before, after; /* the sizes recorded on either side of it */
    bool to_dearer;       /* large is the cheaper before it */
    bool by_credit;       /* beyond it large is the cheaper only because flushes spare
                             evictions: without credits, it would be the dearer */
};

/* False when the two are not both there. */
bool size_crossover(const struct size_curves *curves, struct crossover *crossover);

/* One sentence without a full stop: where they cross, or that they do not, with the gap.
 * NULL when they are not both there. */
const char *crossover_sentence(struct arena *arena, const struct size_curves *curves);

/* "108 cycles more at 1 page and 95 cycles less at 256 pages" */
const char *crossover_gap(struct arena *arena, const struct crossover *crossover);

#endif
