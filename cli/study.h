/* study.h - a study: a JSON file that names recordings, machines and sweeps, turned into
 * the command lines that do all of it.
 *
 *   {"name": "small-spaces", "title": "...",
 *    "recordings": [{"scenario": "pingpong", "structure": ["l3-small", "l3-large"],
 *                    "pages": [1, 8, 64]}],
 *    "machines": ["i486-50", {"machine": "pentium-100", "set": ["tlb.*.asid_bits=6"]}],
 *    "sweeps": [{"recording": {"scenario": "file", "structure": "mach"},
 *                "machine": "pentium-100", "vary": ["tlb.*.entries=8..512:*2"]}],
 *    "predictions": [{"recording": {"scenario": "pingpong", "structure": "l3-large",
 *                                   "pages": [8, 1, 64]},
 *                     "machine": "pentium-100", "pages": "1..256:*2"}],
 *    "claims": true}
 *
 * A recording's members are record's options; one with a list stands for one recording of
 * each, and with several lists for the product. Every recording is replayed on every
 * machine. A prediction takes the footprints of its first recording, and is judged by all
 * of them.
 */
#ifndef CROSSBILL_STUDY_H
#define CROSSBILL_STUDY_H

#include "traces/error.h"

#include <stddef.h>

/* One command line, as for cli_main(): argv[0] is "crossbill", argv[argc] NULL. */
struct command {
    char **argv;
    size_t argc;
    const char *trace; /* the trace that a record command makes; else NULL */
};

struct study {
    char *name;
    char *text; /* of the file */
    struct command *commands;
    size_t count;
};

/* Traces lie in `traces`, results go to `report`. On failure there is nothing to free. */
bool study_load(struct study *study, const char *path, const char *traces,
                const char *report, struct cb_error *error);
void study_free(struct study *study);

#endif
