/* process.h - run one program in a process group of its own, with a time limit. Private
 * to the launcher. */
#ifndef CROSSBILL_PROCESS_H
#define CROSSBILL_PROCESS_H

#include "traces/error.h"

#include <signal.h>
#include <sys/types.h>

struct process_plan {
    char *const *arguments; /* ends with NULL; the first is the program, sought in PATH */
    const char *directory;  /* in which it runs */
    const char *output;     /* files for its standard output and error, in `directory` */
    const char *complaints;
    int status_descriptor; /* inherited as STATUS_DESCRIPTOR; -1: none */
    double limit_seconds;
    /* Asked about ten times a second; false kills the process. May be NULL. */
    bool (*watch)(void *context, double seconds);
    void *context;
};

enum process_end {
    PROCESS_EXITED,  /* `number` is its exit status */
    PROCESS_CRASHED, /* by signal `number` */
    PROCESS_LATE,    /* killed: past its limit */
    PROCESS_STOPPED, /* killed: the watch said so */
    PROCESS_SIGNAL   /* killed: we ourselves got signal `number` */
};

struct process_result {
    enum process_end end;
    int number;
    double seconds;
};

/* While a plan runs SIGINT, SIGTERM, SIGHUP and SIGCHLD must be blocked. */
void process_block_signals(sigset_t *before);
void process_restore_signals(const sigset_t *before);

/* False with CB_IO when the program cannot be started. When it returns, no process of
 * the group is left. */
bool process_run(const struct process_plan *plan, const sigset_t *signals,
                 struct process_result *result, struct cb_error *error);

#endif
