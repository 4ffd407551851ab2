/* sweep.h - what the parts of `crossbill sweep` share. */
#ifndef CROSSBILL_CLI_SWEEP_H
#define CROSSBILL_CLI_SWEEP_H

#include "cli.h"
#include "model/sweep.h"

#include <stdio.h>

#define SWEEP_YES   1000000 /* points from which on --yes is asked for */
#define SHARDS_MOST 10000

/* What the command line asks for. */
struct sweep_order {
    struct cli_traces traces;
    struct cli_machines machine;
    const char *varied[SWEEP_AXES]; /* "PATH=VALUES" */
    struct sweep_axis axes[SWEEP_AXES];
    size_t axis_count;
    const char *report;
    bool explain, yes, resume, json, csv, partial, no_submit;
    unsigned shard, shards; /* shard 1..shards; shards 0: all points */
    unsigned slurm;         /* shards to hand to Slurm, or 0 */
    unsigned threads;
};

/* What a recording's header says about it. */
struct recording {
    const char *path, *scenario, *structure;
    char pages[24]; /* empty: the scenario has no such knob */
};

/* All of it (sweep_run.c): check, then plan, print, keep or submit. */
bool sweep_order_run(const struct sweep_order *order, struct cb_error *error);

/* ---- points on standard output (sweep_show.c) ---- */

struct sweep_show;
/* `out` gets a table, CSV or JSON. */
struct sweep_show *sweep_show_new(const struct sweep_order *order, FILE *out);
void sweep_show_trace(struct sweep_show *show, const struct recording *recording);
/* `ledger` NULL: refused, and why. */
void sweep_show_point(struct sweep_show *show, const struct sweep_request *request,
                      uint64_t point, const struct ledger *ledger, const char *refused);
/* Print what is still to print: all went well. */
void sweep_show_end(struct sweep_show *show);
void sweep_show_free(struct sweep_show *show); /* NULL is fine */

/* ---- Slurm (sweep_slurm.c) ---- */

/* Write the scripts of an array job of shards and of the merge into the directory
 * REPORT.slurm, and submit them unless the order says otherwise. */
bool sweep_slurm(const struct sweep_order *order, struct cb_error *error);

#endif
