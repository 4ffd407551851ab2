/* study.c - crossbill study: a file that names recordings, machines and sweeps; all of it
 * is done by the verbs that a person would use, recordings only where they are missing.
 */
#include "study.h"
#include "cli.h"
#include "kernel-trace/recorder/recorder.h"
#include "reports/report.h"
#include "traces/hash.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define OUTPUT "reports/out"

enum { KEY_TRACES = 256, KEY_EXPLAIN, KEY_LIST };

struct options {
    const char *study;
    const char *report;
    const char *traces;
    bool explain, list;
};

static const struct argp_option option_table[] = {
    {"report", 'r', "FILE", 0, "Where results go (default " OUTPUT "/NAME.db)", 0},
    {"traces", KEY_TRACES, "DIRECTORY", 0,
     "Where recordings are kept (default " OUTPUT "/traces)", 0},
    {"explain", KEY_EXPLAIN, NULL, 0, "Print the commands that it consists of, and stop",
     0},
    {"list", KEY_LIST, NULL, 0, "List the studies that come with crossbill, and stop", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'r':
        options->report = argument;
        return 0;
    case KEY_TRACES:
        options->traces = argument;
        return 0;
    case KEY_EXPLAIN:
        options->explain = true;
        return 0;
    case KEY_LIST:
        options->list = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->study != NULL)
            argp_error(state, "one study at a time");
        options->study = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->study == NULL && !options->list)
            argp_error(state, "which study? (--list has those that come with crossbill)");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "NAME\nFILE.json",
    .doc =
        "Do all of a study: make the recordings that are missing, replay each on every "
        "machine, run its sweeps, and leave a report."
        "\vA study is a JSON file. --explain prints the commands that it stands for; "
        "anyone can run them by hand.",
    .children = cli_children,
};

/* ---- names ---- */

static bool is_path(const char *name)
{
    size_t length = strlen(name);
    return strchr(name, '/') != NULL ||
           (length > 5 && strcmp(name + length - 5, ".json") == 0);
}

static bool find_study(const char *name, char *path, size_t size, struct cb_error *error)
{
    char file[128];
    if (is_path(name))
        return snprintf(path, size, "%s", name) < (int)size;
    snprintf(file, sizeof file, "studies/%s.json", name);
    if (recording_locate(file, path, size, error))
        return true;
    return cb_error_set(error, CB_USAGE,
                        "there is no study '%s'; study --list has them all", name);
}

static int is_study(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && is_path(entry->d_name);
}

static bool list_study(const char *directory, const char *file, struct table *table,
                       struct cb_error *error)
{
    char path[4096 + 256];
    json_error_t wrong;
    snprintf(path, sizeof path, "%s/%s", directory, file);
    json_t *root = json_load_file(path, 0, &wrong);
    if (root == NULL && json_error_code(&wrong) == json_error_cannot_open_file)
        return cb_error_set(error, CB_IO, "%s", wrong.text);
    const char *title = json_string_value(json_object_get(root, "title"));
    table_put(table, "%.*s", (int)(strlen(file) - 5), file);
    table_put(table, "%s", title != NULL ? title : "");
    json_decref(root);
    return true;
}

static bool list_studies(struct cb_error *error)
{
    char directory[4096];
    struct dirent **entries = NULL;
    if (!recording_locate("studies", directory, sizeof directory, error))
        return false;
    int count = scandir(directory, &entries, is_study, alphasort);
    if (count < 0) {
        cb_error_set(error, CB_IO, "cannot be read: %s", strerror(errno));
        return cb_error_in(error, directory);
    }
    struct table *table = table_new("ll");
    bool done = true;
    for (int i = 0; i < count; i++) {
        done = done && list_study(directory, entries[i]->d_name, table, error);
        free(entries[i]);
    }
    free(entries);
    if (done)
        table_print(table, stdout, 0);
    else
        table_drop(table);
    return done;
}

/* ---- doing it ---- */

/* For a shell: what needs quotes gets them. */
static void print_word(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-./=:+,";
    if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
        fputs(word, stdout);
        return;
    }
    putchar('\'');
    for (; *word != '\0'; word++)
        if (*word == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*word);
    putchar('\'');
}

static void print_commands(const struct study *study)
{
    for (size_t i = 0; i < study->count; i++) {
        for (size_t k = 0; k < study->commands[i].argc; k++) {
            if (k > 0)
                putchar(' ');
            print_word(study->commands[i].argv[k]);
        }
        putchar('\n');
    }
}

static bool make_directories(const char *path, struct cb_error *error)
{
    char part[4096];
    for (size_t i = 1; i <= strlen(path) && i < sizeof part; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (mkdir(part, 0777) != 0 && errno != EEXIST) {
            cb_error_set(error, CB_IO, "cannot be made: %s", strerror(errno));
            return cb_error_in(error, part);
        }
    }
    return true;
}

/* Whether the recording is there, whole, and of the kernel that would be run now: the
 * same command would make the same bytes. */
static bool is_recorded(const char *path, const char *kernel)
{
    struct cb_error ignored;
    struct trace_reader *trace = trace_open(path, &ignored);
    if (trace == NULL)
        return false;
    json_t *header = json_loads(trace_info(trace)->header, 0, NULL);
    const char *hash = json_string_value(json_object_get(header, "kernel_sha256"));
    bool same = trace_info(trace)->cut_at == CB_NOWHERE && hash != NULL &&
                strcmp(hash, kernel) == 0;
    json_decref(header);
    trace_close(trace);
    return same;
}

static bool know_kernel(char hash[HASH_TEXT_SIZE], struct cb_error *error)
{
    char path[4096];
    return recording_locate(RECORDING_KERNEL, path, sizeof path, error) &&
           hash_file(path, hash, error);
}

/* Runs the commands in order; the first that fails ends it, with its code. */
static int run_commands(const struct study *study, const char *kernel)
{
    for (size_t i = 0; i < study->count; i++) {
        const struct command *command = &study->commands[i];
        if (command->trace != NULL && is_recorded(command->trace, kernel))
            continue;
        /* Verbs give argv[0] a name of their own, and parsers may reorder it. */
        char **argv = calloc(command->argc + 1, sizeof *argv);
        if (argv == NULL)
            return CB_IO;
        memcpy(argv, command->argv, command->argc * sizeof *argv);
        int code = cli_main((int)command->argc, argv);
        free(argv);
        fflush(stdout);
        if (code != CB_DONE)
            return code;
    }
    return CB_DONE;
}

/* In the report the study stands as running until all of it is done. */
static bool mark(const struct study *study, const char *path, bool finished,
                 struct cb_error *error)
{
    int64_t number = 0;
    struct report *report = report_open(path, REPORT_WRITE, error);
    bool done = report != NULL &&
                report_begin_study(report, study->name, study->text, &number, error);
    if (done && finished)
        done = report_finish_study(report, number, error) &&
               report_keep_charts(report, error);
    report_close(report);
    return done;
}

static int do_study(const struct study *study, const char *traces, const char *report)
{
    struct cb_error error;
    char kernel[HASH_TEXT_SIZE];
    if (!know_kernel(kernel, &error) || !make_directories(traces, &error) ||
        !mark(study, report, false, &error))
        return cli_fail(&error);
    int code = run_commands(study, kernel);
    if (code != CB_DONE)
        return code;
    if (!mark(study, report, true, &error))
        return cli_fail(&error);
    cli_put(stdout, study->name);
    fputs(" is done; see crossbill report ", stdout);
    cli_put(stdout, report);
    putchar('\n');
    return CB_DONE;
}

static int run(int argc, char **argv)
{
    struct options options = {.traces = OUTPUT "/traces"};
    struct cb_error error;
    struct study study;
    char path[4096], report[4096];
    cli_parse(&argp, argc, argv, &options);
    if (options.list)
        return list_studies(&error) ? CB_DONE : cli_fail(&error);
    if (!find_study(options.study, path, sizeof path, &error))
        return cli_fail(&error);
    const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    snprintf(report, sizeof report, OUTPUT "/%.*s.db", (int)strcspn(base, "."), base);
    const char *to = options.report != NULL ? options.report : report;
    if (!study_load(&study, path, options.traces, to, &error))
        return cli_fail(&error);
    int code = CB_DONE;
    if (options.explain)
        print_commands(&study);
    else if (options.report == NULL && !make_directories(OUTPUT, &error))
        code = cli_fail(&error);
    else
        code = do_study(&study, options.traces, to);
    study_free(&study);
    return code;
}

const struct verb verb_study = {
    .name = "study",
    .line = "Do all that a file of recordings, machines and sweeps names",
    .group = VERBS_REPORTS,
    .argp = &argp,
    .run = run,
};
