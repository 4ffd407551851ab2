/* faults.h - runs crossbill with one call of it failing, each call in turn, and looks at
 * what is left. */
#ifndef CROSSBILL_FAULTS_H
#define CROSSBILL_FAULTS_H

#include "shim.h"

#include <stddef.h>

/* A command line. In it %i is the directory of the inputs, %o that of the outputs, which
 * is empty before each run but for `output`. */
struct fault_case {
    const char *name;
    const char *command;
    const char *output; /* the file that it makes in %o; NULL: standard output, or many */
    const char *before; /* the input that `output` is a copy of at first; NULL: it is an
                           old file, or, if it is a report, not there */
};

/* The commands; the last has no name. */
extern const struct fault_case fault_cases[];
/* A shell script that makes the inputs in the directory $in, with the program $crossbill.
 */
extern const char fault_inputs[];

/* All cases with this kind of fault, as a test program; returns its exit status. */
int faults_run(enum fault_kind kind);

#endif
