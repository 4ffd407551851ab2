/* study.h - a study: a JSON file that names recordings, machines, sweeps, claims, charts
 * and reports, turned into the command lines that do all of it, and those run.
 *
 *   {"name": "small-spaces", "title": "...", "schema_version": 1,
 *    "recordings": [{"scenario": "pingpong", "structure": ["l3-small", "l3-large"],
 *                    "pages": [1, 8, 64]}],
 *    "machines": ["i486-50", {"machine": "pentium-100", "set": ["tlb.*.asid_bits=6"]}],
 *    "sweeps": [{"recording": {"scenario": "file", "structure": "mach"},
 *                "machine": "pentium-100", "vary": ["tlb.*.entries=8..512:*2"]}],
 *    "predictions": [{"recording": {"scenario": "pingpong", "structure": "l3-large",
 *                                   "pages": [8, 1, 64]},
 *                     "machine": "pentium-100", "pages": "1..256:*2"}],
 *    "claims": ["border-bound", "refill-bound"],
 *    "charts": ["domain-size", "refill"],
 *    "reports": ["html", "pdf"]}
 *
 * A recording's members are record's options; one with a list stands for one recording of
 * each, and with several lists for the product. Every recording is replayed on every
 * machine; two files of machines must not have one name in them. A prediction takes the
 * footprints of its first recording, and is judged by all of them. `claims` and `charts`
 * may be true: all of them. What a study writes lies beside its report, r.db: the text of
 * the claims in r-claims.txt, charts in the directory r/, and r.html, r.pdf, r.md,
 * r.json, r.folded. A file can name no other place, and no program.
 */
#ifndef CROSSBILL_STUDY_H
#define CROSSBILL_STUDY_H

#include "traces/error.h"

#include <stddef.h>

enum command_kind {
    COMMAND_RECORD, /* makes the trace `output` */
    COMMAND_FILL,   /* puts results into the report */
    COMMAND_EXPORT  /* makes something of the report */
};

/* One command line, as for cli_main(): argv[0] is "crossbill", argv[argc] NULL. */
struct command {
    enum command_kind kind;
    char **argv;
    size_t argc;
    const char *output; /* a file or directory that it makes, in argv; or NULL */
    size_t traces;      /* COMMAND_FILL: the last so many arguments are traces */
};

/* The value of the n-th argument, from 0, that begins with the option, "--machine="; NULL
 * when there is none. */
const char *command_value(const struct command *command, const char *option, size_t n);

struct study {
    char *name;
    char *text; /* of the file */
    struct command *commands;
    size_t count;
};

struct study_places {
    const char *traces;   /* the directory of the recordings */
    const char *report;   /* the report's file */
    const char *machines; /* where machines are looked for; NULL: they are not checked */
};

/* On failure there is nothing to free. */
bool study_load(struct study *study, const char *path, const struct study_places *places,
                struct cb_error *error);
void study_free(struct study *study);

/* Do what is not done yet, or with `anew` all but the recordings that are good; says on
 * standard output what was done. Returns the exit code. */
int study_run(const struct study *study, const struct study_places *places, bool anew);

#endif
