/* report.h - one SQLite file that holds what was found; all that is shown is drawn from
 * it.
 *
 * The file is described in reports/README.md and, exactly, in reports/schema.sql. It has
 * the application_id REPORT_APPLICATION_ID, a rollback journal (one file to mail), and
 * only STRICT tables. Times in it are integers in millicycles (1/1000 cycle).
 *
 * A file that is not a crossbill report, is damaged, or comes from a newer version is
 * refused with a sentence (CB_IO) and never written to. One of an older version is
 * brought up to this one: in the file when it is opened for writing, else in memory.
 *
 * Every report_add_*, report_begin_* and report_finish_* call is one transaction: the
 * file is sound whenever the process ends. What has begun and has not finished stands in
 * it as `running`, and everything exported says so.
 *
 * The same file gives the same bytes, for every export.
 */
#ifndef CROSSBILL_REPORT_H
#define CROSSBILL_REPORT_H

#include "model/model.h"
#include "model/sweep.h"

#define REPORT_APPLICATION_ID 0x58424c4c /* "XBLL" */
#define REPORT_VERSION        3

struct report;

enum report_mode {
    REPORT_READ, /* the file must exist */
    REPORT_WRITE /* created if it does not exist or is empty; else it must be a report */
};

/* NULL on error. */
struct report *report_open(const char *path, enum report_mode mode,
                           struct cb_error *error);
void report_close(struct report *report); /* NULL is fine */

/* ---- writing: all need REPORT_WRITE, all are CB_IO on failure ---- */

/* Ids are given out through the int64_t pointers; they are row ids of the file, > 0. */

/* A trace is known by its hash: info->sha256 must be filled in (trace_hash). Adding it
 * again gives the same id and changes nothing. */
bool report_add_trace(struct report *report, const struct trace_info *info,
                      const struct trace_domain *domains, size_t domain_count,
                      int64_t *trace, struct cb_error *error);

/* A machine is known by the hash of its resolved JSON, overrides included. */
bool report_add_machine(struct report *report, const struct machine *machine, int64_t *id,
                        struct cb_error *error);

/* ---- studies ---- */

/* A study is known by its name; beginning it again replaces its text and sets it running.
 * The results of former runs stay. `text` is its JSON file. */
bool report_begin_study(struct report *report, const char *name, const char *text,
                        int64_t *study, struct cb_error *error);
bool report_finish_study(struct report *report, int64_t study, struct cb_error *error);

enum report_study_state {
    REPORT_STUDY_ABSENT,
    REPORT_STUDY_OTHER, /* it is there with another text */
    REPORT_STUDY_RUNNING,
    REPORT_STUDY_DONE
};
bool report_study(struct report *report, const char *name, const char *text,
                  enum report_study_state *state, struct cb_error *error);

/* The replays and sweeps that the report has of a trace are the study's from now on. */
bool report_add_to_study(struct report *report, int64_t study, const char *sha256,
                         struct cb_error *error);

/* Delete what is the study's, and the traces and machines of which nothing is left. */
bool report_forget_study(struct report *report, int64_t study, struct cb_error *error);

/* Delete what is of a machine of this one's name and changes that is described otherwise
 * than this one, and the traces of which nothing is left. *machines: so many there
 * were. */
bool report_drop_outdated(struct report *report, const struct machine *machine,
                          int64_t *machines, struct cb_error *error);

/* ---- replays ---- */

/* Say that a replay is about to run. There is one replay of each (trace, machine,
 * options): an earlier one is replaced, its results are deleted. `study` is 0 for none;
 * `options` is a JSON object of what else bears on the result, NULL for nothing. */
bool report_begin_replay(struct report *report, int64_t trace, int64_t machine,
                         int64_t study, const char *options, int64_t *replay,
                         struct cb_error *error);

/* Put in what it yielded, and mark it done. Refused (CB_IO) when the accounts do not add
 * up to ledger->total_mcycles. */
bool report_finish_replay(struct report *report, int64_t replay,
                          const struct ledger *ledger, struct cb_error *error);

/* ---- sweeps ---- */

struct report_axis {
    const char *path;          /* of the machine's figure: "tlb.dtlb.entries" */
    const char *const *values; /* as text, `count` of them */
    size_t count;
};

/* Say that a sweep of a trace on a machine is about to run. The same sweep (trace,
 * machine, axes) begun again goes on: its points are kept. Points are numbered row after
 * row, the last axis varying fastest. */
bool report_begin_sweep(struct report *report, int64_t trace, int64_t machine,
                        int64_t study, const struct report_axis *axes, size_t axis_count,
                        int64_t *sweep, struct cb_error *error);

/* The sweep of this trace (its hash) on this machine, 0 if the report has none. */
bool report_find_sweep(struct report *report, const char *sha256,
                       const struct machine *machine, const struct report_axis *axes,
                       size_t axis_count, int64_t *sweep, struct cb_error *error);

/* Whether the report has this point already. */
bool report_has_point(struct report *report, int64_t sweep, uint64_t point, bool *has,
                      struct cb_error *error);

/* What a point yielded; a `ledger` of NULL says that its machine cannot exist, and
 * `refused` why. Replaces an earlier result of this point. Points are written in
 * transactions of many: those not yet written are, by report_finish_sweep(), by
 * report_close() and by any other call that writes. */
bool report_add_point(struct report *report, int64_t sweep, uint64_t point,
                      const struct ledger *ledger, const char *refused,
                      struct cb_error *error);

/* The calls of struct sweep_options that keep counts for a later run, of this sweep. What
 * is kept is in the file when report_keep_counts() returns, and goes when the sweep is
 * done; no view, page or export shows it. What is dropped goes with the points that are
 * added before, in one transaction. */
bool report_keep_counts(struct report *report, int64_t sweep,
                        const struct sweep_counts *counts, size_t count,
                        struct cb_error *error);
bool report_load_counts(struct report *report, int64_t sweep, const char *key,
                        size_t index, struct sweep_counts *counts,
                        struct cb_error *error);
bool report_drop_counts(struct report *report, int64_t sweep, const char *key,
                        const char *part, struct cb_error *error);

/* Write the points that are not yet in the file. */
bool report_keep_points(struct report *report, struct cb_error *error);

/* Mark it done. Refused (CB_IO) while points are missing. */
bool report_finish_sweep(struct report *report, int64_t sweep, struct cb_error *error);

/* Take over the sweeps of the report at `path`, with their traces and machines: what a
 * shard has computed. Points that are here too are replaced; a sweep that has all its
 * points is done. Replays and studies are left where they are. */
bool report_merge(struct report *report, const char *path, struct cb_error *error);

/* Points that are still missing, of all sweeps together. */
bool report_missing_points(struct report *report, int64_t *missing,
                           struct cb_error *error);

/* ---- the closed form ---- */

/* What a request of domains of `pages` pages is predicted to cost, in millicycles. */
struct report_prediction {
    int64_t pages;
    int64_t trace; /* that has this size, and is replayed in this report; 0: none */
    int64_t explicit_mcycles;
    int64_t isolation_mcycles[2]; /* TLBs, caches */
    int64_t path_mcycles[2], competition_mcycles[2];
};

/* Predictions from `footprints` (the JSON that crossbill footprint writes) for a machine,
 * with the order assumed ("any", "cyclic"). Those of the same three are replaced. `trace`
 * is where the footprints were measured, 0 for none. */
bool report_add_predictions(struct report *report, int64_t machine, int64_t trace,
                            const char *footprints, const char *order,
                            const struct report_prediction *points, size_t count,
                            struct cb_error *error);

/* What a request cost in the replay of a trace on a machine; *found is whether there is
 * one that is done, with requests in its measured phase. */
bool report_replayed(struct report *report, int64_t trace, int64_t machine, bool *found,
                     double *explicit_cycles, double *implicit_cycles,
                     struct cb_error *error);

/* ---- conclusions ---- */

/* Draw every chart that the data allows and keep it in the file as SVG and PNG. Results
 * that change afterwards remove them again, so a kept chart is never stale. */
bool report_keep_charts(struct report *report, struct cb_error *error);

/* ---- exporting ---- */

/* The caller frees `data`. It has a NUL behind it, which `size` does not count; text ends
 * with a newline. To write it to a file: traces/output.h. */
struct report_bytes {
    char *data;
    size_t size;
};

enum report_format {
    REPORT_HTML, /* one self-contained page */
    REPORT_MARKDOWN,
    REPORT_JSON,  /* every table and view */
    REPORT_PAPER, /* PDF, A4 */
    REPORT_FOLDED /* stacks for flame graphs; values in millicycles */
};

bool report_export(struct report *report, enum report_format format,
                   struct report_bytes *bytes, struct cb_error *error);

/* About 15 lines of plain text, at most 80 columns: the crossing in cycles, the refill
 * per switch, where large domains overtake small ones. */
bool report_summary(struct report *report, struct report_bytes *bytes,
                    struct cb_error *error);

/* One table or view as CSV (RFC 4180). CB_USAGE for a name that is none, with the closest
 * one. */
bool report_csv(struct report *report, const char *table, struct report_bytes *bytes,
                struct cb_error *error);
/* The names that report_csv knows, in order, NULL at the end. Free the array alone. */
char **report_tables(struct report *report, struct cb_error *error);

/* ---- charts ---- */

/* A chart that one may ask this report for. */
struct report_chart {
    char name[96];    /* "domain-size", or "domain-size-i486-50" where there are several
                         machines; "domain-size" is the first of them then */
    const char *kind; /* "domain-size"; constant, as is the next */
    const char *question; /* that it answers */
    bool drawable;        /* the report has the data for it */
};

/* The name of kind `index` of charts, which every report may be asked for; NULL past the
 * last. */
const char *report_chart_kind(size_t index);

/* *count of them; the caller frees the array. */
bool report_charts(struct report *report, struct report_chart **charts, size_t *count,
                   struct cb_error *error);

enum report_image { REPORT_SVG, REPORT_PNG, REPORT_PDF };

/* CB_USAGE for a name that is none (with the closest one), and, with a sentence that says
 * what is missing, for a report without the data that the chart needs. */
bool report_draw_chart(struct report *report, const char *name, enum report_image image,
                       struct report_bytes *bytes, struct cb_error *error);

#endif
