/* inside.h - what a run of a command left, and what is to be thought of it. Private to
 * this folder. */
#ifndef CROSSBILL_FAULTS_INSIDE_H
#define CROSSBILL_FAULTS_INSIDE_H

#include "faults.h"

#include "../test.h"

enum { FILES = 64 };

struct file {
    char name[300];
    char *bytes;
    size_t size;
};

/* What a run left. */
struct outcome {
    int status; /* as waitpid() has it */
    struct file files[FILES];
    size_t count;
    char *output, *said; /* standard output and error */
    size_t output_size, said_size;
    char *content; /* of the report */
};

/* One for the program: where it works, and with what. */
extern struct faults {
    enum fault_kind kind;
    const char *program, *shim;
    struct fault_state *state;
    char directory[64], in[80], out[80]; /* in and out are in the directory */
    long most;                           /* calls tried; 0: each */
    uint64_t seed;
} faults;

/* ---- files ---- */

char *fault_path(const char *directory, const char *name); /* of the last two calls */
char *fault_load(const char *path, size_t *size);          /* NULL: it cannot be read */
bool fault_is_report(const struct fault_case *test);
/* The outputs as they are before a run. */
void fault_start_over(const struct fault_case *test);
void outcome_collect(struct outcome *outcome);
void outcome_drop(struct outcome *outcome);

/* ---- runs ---- */

/* Of a command line, as cases.c has them; its status. */
int fault_run(const char *command, bool faulty);

/* ---- judgement ---- */

/* All that the case's report holds, to be freed; NULL: it cannot be read. */
char *fault_content(const struct fault_case *test);
/* What is wrong with it; NULL: nothing. */
const char *fault_judge(const struct fault_case *test, const struct outcome *clean,
                        const struct outcome *got);

#endif
