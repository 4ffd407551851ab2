/* cli.h - what the verbs of the command line share.
 *
 * Only cli/ prints and only cli/ ends the process. Data go to standard output, progress
 * and diagnostics to standard error. Exit codes: enum cb_code (traces/error.h), and
 * 128 + signal after a signal.
 */
#ifndef CROSSBILL_CLI_H
#define CROSSBILL_CLI_H

#include "traces/error.h"

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* ---- verbs ---- */

enum verb_group { VERBS_TRACES, VERBS_MODEL, VERBS_REPORTS, VERBS_OTHER, VERB_GROUPS };

/* One verb of the command line: cli/NAME.c defines verb_NAME, cli/main.c lists it. The
 * help screen, the manual page and the shell completion are made from these. */
struct verb {
    const char *name;
    const char *line; /* what it does, in one line, for the first screen */
    enum verb_group group;
    const struct argp *argp;
    /* argv[0] is "crossbill NAME". Returns the exit code. */
    int (*run)(int argc, char **argv);
};

extern const struct verb verb_help;
extern const struct verb verb_record;
extern const struct verb verb_info;
extern const struct verb verb_check;
extern const struct verb verb_dump;
extern const struct verb verb_import;
extern const struct verb verb_synth;
extern const struct verb verb_export;
extern const struct verb verb_replay;
extern const struct verb verb_sweep;
extern const struct verb verb_merge;
extern const struct verb verb_footprint;
extern const struct verb verb_predict;
extern const struct verb verb_explain;
extern const struct verb verb_diff;
extern const struct verb verb_machines;
extern const struct verb verb_claims;
extern const struct verb verb_study;
extern const struct verb verb_report;
extern const struct verb verb_chart;

/* The verb of that name, or NULL. */
const struct verb *verb_find(const char *name);
/* The whole command line, argv[0] included; the exit code. */
int cli_main(int argc, char **argv);
/* All verbs in the order of the first screen; the last is NULL. */
const struct verb *const *verb_list(void);

/* ---- options ---- */

/* Children of every verb's argp: -h, --help, --usage. */
extern const struct argp_child cli_children[];

/* What several verbs take, each as one more child, behind the first:
 *
 *   static const struct argp_child children[] = {
 *       CLI_COMMON, {&cli_machine_argp, 0, NULL, 0}, {&cli_trace_argp, 0, NULL, 0}, {0}};
 *
 * The verb's own parser says at ARGP_KEY_INIT where each puts what it finds, in
 * state->child_inputs: 1, 2, ... in the order of the children. */
extern const struct argp cli_common_argp;
#define CLI_COMMON                                                                       \
    {                                                                                    \
        &cli_common_argp, 0, NULL, -1                                                    \
    }

enum { CLI_MACHINES = 64, CLI_SETS = 64 };

/* --machine and --set. */
struct cli_machines {
    size_t most;    /* machines; 0: one */
    bool is_missed; /* when there is none: a mistake */
    const char *names[CLI_MACHINES];
    size_t count;
    const char *sets[CLI_SETS];
    size_t set_count;
};
extern const struct argp cli_machine_argp;  /* one; a struct cli_machines */
extern const struct argp cli_machines_argp; /* up to `most` */
extern const struct argp cli_sets_argp;     /* --set alone */

extern const struct argp cli_trace_argp; /* TRACE, exactly one; a const char * */

/* TRACE... */
struct cli_traces {
    bool is_optional;
    char **paths;
    size_t count;
};
extern const struct argp cli_traces_argp;

/* Parse a verb's command line into `options`. Ends the process after --help, and with
 * CB_USAGE after a mistake. */
void cli_parse(const struct argp *argp, int argc, char **argv, void *options);
/* The same with some of argp's flags. */
void cli_parse_with(const struct argp *argp, int argc, char **argv, unsigned flags,
                    void *options);

/* The number in `text`, low..high. Ends the process with a usage error that names
 * `what` ("--pages") if it is none. */
uint64_t cli_number(const struct argp_state *state, const char *what, const char *text,
                    uint64_t low, uint64_t high);

/* Whether the text is a number, low..high, and nothing else. */
bool cli_is_number(const char *text, uint64_t low, uint64_t high, uint64_t *value);

/* The word nearest to `word` if it is near enough to be a slip of the fingers, else NULL.
 * `words` ends with NULL. */
const char *cli_nearest(const char *word, const char *const *words);

/* Whether the trace was cut; if so the error says where. */
struct trace_info;
bool cli_cut(const char *path, const struct trace_info *info, struct cb_error *error);

/* The directory, and those that lead to it, where there are none. */
bool cli_make_directories(const char *path, struct cb_error *error);

/* Where the machine files are. */
bool cli_machines(char *directory, size_t size, struct cb_error *error);

/* ---- ends ---- */

/* Print the error on standard error and return its code. */
int cli_fail(const struct cb_error *error);
/* One sentence on standard error, "crossbill: ...". */
void cli_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The memory, if there is any; without, end the process: CB_IO. */
void *cli_must(void *memory);
/* Notice at exit when standard output could not be written: CB_IO. */
void cli_guard_output(void);

/* From now on JSON that cannot be made for lack of memory ends the process: CB_IO. */
void cli_guard_json(void);

/* From now on SIGINT and SIGTERM ask to stop instead of ending the process at once. */
void cli_catch_signals(void);
/* The signal that asked to stop, or 0. */
int cli_signal(void);

/* ---- the terminal ---- */

/* Columns of the terminal that standard output is; 80 when it is none. */
int cli_width(void);

/* A progress line on standard error, with rate and time left; nothing when that is no
 * terminal. */
struct progress {
    const char *what; /* "records" */
    double start, shown;
    bool visible;
};
void progress_begin(struct progress *progress, const char *what);
void progress_show(struct progress *progress, uint64_t done, uint64_t all); /* all 0: ? */
void progress_end(struct progress *progress);

/* A table: cells are put row by row and printed with aligned columns. */
struct table;
/* `columns` has one letter per column: 'l' left, 'r' right. Ends the process when memory
 * runs out, as table_put() does. */
struct table *table_new(const char *columns);
void table_put(struct table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void table_rule(struct table *table); /* a line across, before the next row */
/* Print every row, indented by `indent` blanks, and free the table. */
void table_print(struct table *table, FILE *out, int indent);
/* The same in at most `width` columns of the screen: cells go on in the next line, parted
 * between words. Wider only where the words alone are. */
void table_print_within(struct table *table, FILE *out, int indent, int width);
void table_drop(struct table *table); /* free it unprinted */

/* What stands in a file, for the terminal (traces/escape.h); to be freed. Ends the
 * process when memory runs out. cli_put() prints it. */
char *cli_shown(const char *text);
void cli_put(FILE *out, const char *text);

/* Write the data to the file, whole or not at all; to standard output when path is NULL.
 */
bool cli_write(const char *path, const void *data, size_t size, struct cb_error *error);
/* A string for JSON whatever its bytes: what is not UTF-8 becomes U+FFFD. */
json_t *cli_json_text(const char *text);
/* JSON without what a terminal would obey: all but ASCII is escaped. `flags` are
 * jansson's.
 */
void cli_put_json(FILE *out, const json_t *json, size_t flags);
/* Indented JSON on standard output. */
void cli_print_json(const json_t *json);

/* "12 345 678", for people. Returns `text`. */
char *cli_grouped(char text[32], int64_t value);
/* Millicycles as cycles: "123" or "122.5". Returns `text`. */
char *cli_cycles(char text[32], int64_t mcycles);

#endif
