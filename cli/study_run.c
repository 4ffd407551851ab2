/* study_run.c - a study's commands, run by the verbs that a person would use; those alone
 * that are not done yet.
 *
 * Done, and still good, is
 *   a recording    that the kernel and the recorder would make again just so
 *                  (recordings.h);
 *   what is in     when the report is later than the program, the machine files and the
 *   the report     recordings, and holds the study with this very text. Else all that is
 *                  the study's goes, so that nothing old stands beside what is new; and
 *                  so does what is of a machine as it was described before;
 *   an output      while the report is good, when it is there.
 * A study that was interrupted goes on: its recordings and the points of its sweeps are
 * kept.
 */
#include "cli.h"
#include "kernel-trace/recorder/recorder.h"
#include "recordings.h"
#include "reports/report.h"
#include "study.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct run {
    const struct study *study;
    const struct study_places *places;
    struct recorder recorder;
    bool remade; /* a recording was made */
};

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Verbs give argv[0] a name of their own, and parsers may reorder it. */
static int run_command(const struct command *command)
{
    char **argv = cli_must(calloc(command->argc + 1, sizeof *argv));
    memcpy(argv, command->argv, command->argc * sizeof *argv);
    int code = cli_main((int)command->argc, argv);
    free(argv);
    fflush(stdout);
    return code;
}

/* ---- recordings ---- */

static int record_missing(struct run *run)
{
    for (size_t i = 0; i < run->study->count; i++) {
        const struct command *command = &run->study->commands[i];
        if (command->kind != COMMAND_RECORD)
            continue;
        if (access(command->output, F_OK) == 0) {
            struct cb_error error;
            const char *why;
            if (!recording_look(command->output, &run->recorder, &why, &error))
                return cli_fail(&error);
            if (why == NULL)
                continue;
            cli_warn("%s: %s; recording it again", command->output, why);
        }
        int code = run_command(command);
        if (code != CB_DONE)
            return code;
        run->remade = true;
    }
    return CB_DONE;
}

/* ---- is what the report holds still good? ---- */

/* When a file last came to be what it is; of one that is not there, never. */
static struct timespec changed(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_mtim : (struct timespec){0};
}

/* A package keeps the time at which its program was built: what counts is when it came.
 */
static struct timespec program_changed(void)
{
    struct stat status;
    if (stat("/proc/self/exe", &status) != 0)
        return (struct timespec){0};
    return time_after(status.st_ctim, status.st_mtim) ? status.st_ctim : status.st_mtim;
}

static void take_later(struct timespec *latest, struct timespec other)
{
    if (time_after(other, *latest))
        *latest = other;
}

static struct timespec machines_changed(const char *directory)
{
    struct timespec latest = changed(directory);
    char path[PATH_MAX];
    DIR *entries = opendir(directory);
    const struct dirent *entry;
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        take_later(&latest, changed(path));
    }
    if (entries != NULL)
        closedir(entries);
    return latest;
}

/* Of all that the results follow from. */
static struct timespec inputs_changed(const struct run *run)
{
    static const char option[] = "--machine=";
    struct timespec latest = program_changed();
    take_later(&latest, machines_changed(run->places->machines));
    for (size_t i = 0; i < run->study->count; i++) {
        const struct command *command = &run->study->commands[i];
        if (command->kind == COMMAND_RECORD)
            take_later(&latest, changed(command->output));
        for (size_t k = 0; k < command->argc; k++)
            if (strncmp(command->argv[k], option, strlen(option)) == 0)
                take_later(&latest, changed(command->argv[k] + strlen(option)));
    }
    return latest;
}

static bool look_at_report(const struct run *run, enum report_study_state *state,
                           struct cb_error *error)
{
    const char *path = run->places->report;
    struct stat status;
    /* What is empty was begun, and nothing came of it. */
    bool there = stat(path, &status) == 0 && status.st_size > 0;
    bool late = there && time_after(changed(path), inputs_changed(run));
    *state = REPORT_STUDY_ABSENT;
    if (!there)
        return true;
    struct report *report = report_open(path, REPORT_READ, error);
    bool done = report != NULL &&
                report_study(report, run->study->name, run->study->text, state, error);
    report_close(report);
    if (!late && *state != REPORT_STUDY_ABSENT)
        *state = REPORT_STUDY_OTHER;
    return done;
}

/* ---- what goes into it ---- */

/* The results of these recordings are the study's. */
static bool take_results(const struct run *run, struct report *report, int64_t number,
                         struct cb_error *error)
{
    char hash[HASH_TEXT_SIZE];
    for (size_t i = 0; i < run->study->count; i++) {
        const struct command *command = &run->study->commands[i];
        if (command->kind != COMMAND_RECORD || access(command->output, F_OK) != 0)
            continue;
        if (!hash_file(command->output, hash, error) ||
            !report_add_to_study(report, number, hash, error))
            return false;
    }
    return true;
}

enum step { STEP_BEGIN, STEP_AFRESH, STEP_END };

/* In the report the study stands as running until all of it is done. */
static bool mark(const struct run *run, enum step step, struct cb_error *error)
{
    const struct study *study = run->study;
    int64_t number = 0;
    struct report *report = report_open(run->places->report, REPORT_WRITE, error);
    bool done = report != NULL &&
                report_begin_study(report, study->name, study->text, &number, error) &&
                take_results(run, report, number, error);
    if (done && step == STEP_AFRESH)
        done = report_forget_study(report, number, error);
    if (done && step == STEP_END)
        done = report_keep_charts(report, error) &&
               report_finish_study(report, number, error);
    report_close(report);
    return done;
}

/* ---- machines that are not what they were ---- */

/* The machine of a command, as its own verb will load it. */
static bool load_machine(const struct run *run, const struct command *command,
                         struct machine *machine, struct cb_error *error)
{
    const char *sets[CLI_SETS];
    size_t count = 0;
    while (count < CLI_SETS &&
           (sets[count] = command_value(command, "--set=", count)) != NULL)
        count++;
    return machine_load(machine, command_value(command, "--machine=", 0),
                        run->places->machines, sets, count, error);
}

static bool drop_of(const struct run *run, struct report *report,
                    const struct command *command, struct cb_error *error)
{
    struct machine machine;
    int64_t dropped = 0;
    if (!load_machine(run, command, &machine, error))
        return false;
    bool ok = report_drop_outdated(report, &machine, &dropped, error);
    if (ok && dropped > 0)
        cli_warn(
            "%s: the machine %s%s%s is described otherwise by now; its older results "
            "are dropped",
            run->places->report, machine.name,
            machine_change(&machine, 0) != NULL ? ", changed by " : "",
            machine_change(&machine, 0) != NULL ? command_value(command, "--set=", 0)
                                                : "");
    machine_free(&machine);
    return ok;
}

/* Whoever put them into the report: one machine does not stand in it twice, as it was and
 * as it is. */
static bool drop_outdated(const struct run *run, struct cb_error *error)
{
    struct report *report = report_open(run->places->report, REPORT_WRITE, error);
    bool ok = report != NULL;
    for (size_t i = 0; ok && i < run->study->count; i++) {
        const struct command *command = &run->study->commands[i];
        if (command->kind == COMMAND_FILL &&
            command_value(command, "--machine=", 0) != NULL)
            ok = drop_of(run, report, command, error);
    }
    report_close(report);
    return ok;
}

/* Make the recordings, and see to it that the report holds nothing that is not good any
 * more; *filled says whether it holds all that it should. */
static int prepare(struct run *run, bool anew, bool *filled)
{
    struct cb_error error;
    enum report_study_state state = REPORT_STUDY_ABSENT;
    if (!look_at_report(run, &state, &error))
        return cli_fail(&error);
    /* What is not good goes before the recordings that it is of are made again, or nobody
     * would know any more that it was the study's. */
    if (state == REPORT_STUDY_OTHER && !mark(run, STEP_AFRESH, &error))
        return cli_fail(&error);
    if (state == REPORT_STUDY_RUNNING && !mark(run, STEP_BEGIN, &error))
        return cli_fail(&error);
    int code = record_missing(run);
    if (code != CB_DONE)
        return code;
    *filled = state == REPORT_STUDY_DONE && !run->remade && !anew;
    if (!*filled && (!drop_outdated(run, &error) ||
                     !mark(run, run->remade || anew ? STEP_AFRESH : STEP_BEGIN, &error)))
        return cli_fail(&error);
    return CB_DONE;
}

/* ---- the commands ---- */

static void say_filled(const struct command *command, double seconds)
{
    const char *machine = command_value(command, "--machine=", 0), *set;
    if (machine != NULL) {
        printf("%s of %zu recording%s on ", command->argv[1], command->traces,
               command->traces == 1 ? "" : "s");
        cli_put(stdout, machine);
        for (size_t i = 0; (set = command_value(command, "--set=", i)) != NULL; i++) {
            putchar(' ');
            cli_put(stdout, set);
        }
        printf(" in %.1f s\n", seconds);
    } else {
        printf("%s in %.1f s\n", command->argv[1], seconds);
    }
}

static int fill(const struct run *run, bool filled)
{
    struct cb_error error;
    bool changed_it = !filled;
    for (size_t i = 0; i < run->study->count; i++) {
        const struct command *command = &run->study->commands[i];
        bool missing = command->output != NULL && access(command->output, F_OK) != 0;
        if (command->kind != COMMAND_FILL || (filled && !missing))
            continue;
        double start = seconds_now();
        int code = run_command(command);
        if (code != CB_DONE)
            return code;
        changed_it = true;
        say_filled(command, seconds_now() - start);
        if (!mark(run, STEP_BEGIN, &error))
            return cli_fail(&error);
    }
    return !changed_it || mark(run, STEP_END, &error) ? CB_DONE : cli_fail(&error);
}

/* What prints to standard output is done every time. */
static int export(const struct run *run, bool filled)
{
    for (size_t i = 0; i < run->study->count; i++) {
        const struct command *command = &run->study->commands[i];
        bool missing = command->output == NULL || access(command->output, F_OK) != 0;
        if (command->kind != COMMAND_EXPORT || (filled && !missing))
            continue;
        int code = run_command(command);
        if (code != CB_DONE)
            return code;
    }
    return CB_DONE;
}

/* A line for each thing that the verb has made. */
static void put_places(const struct run *run, const char *verb, const char *what,
                       struct table *table)
{
    for (size_t i = 0; i < run->study->count; i++) {
        const struct command *command = &run->study->commands[i];
        if (command->output == NULL || strcmp(command->argv[1], verb) != 0)
            continue;
        table_put(table, "%s%s", command->output, strcmp(verb, "chart") == 0 ? "/" : "");
        table_put(table, "%s", what);
    }
}

static void say_places(const struct run *run)
{
    struct table *table = table_new("ll");
    put_places(run, "report", "the report", table);
    put_places(run, "chart", "the directory of its charts", table);
    put_places(run, "claims", "its claims, with reasons", table);
    table_put(table, "%s", run->places->report);
    table_put(table, "its numbers (sqlite3 reads it)");
    putchar('\n');
    table_print(table, stdout, 0);
}

int study_run(const struct study *study, const struct study_places *places, bool anew)
{
    struct run run = {.study = study, .places = places};
    struct cb_error error;
    bool filled = false;
    if (!recorder_know(&run.recorder, &error) ||
        !cli_make_directories(places->traces, &error))
        return cli_fail(&error);
    int code = prepare(&run, anew, &filled);
    if (code == CB_DONE)
        code = fill(&run, filled);
    if (code == CB_DONE) {
        cli_put(stdout, study->name);
        puts(filled ? " was done, and nothing has changed since (--anew does it again)\n"
                    : " is done\n");
        code = export(&run, filled);
    }
    if (code == CB_DONE)
        say_places(&run);
    return code;
}
