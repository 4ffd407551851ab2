/* study.c - crossbill study: a file that names recordings, machines, sweeps and what is
 * to be made of them; study_plan.c turns it into commands, study_run.c runs those.
 */
#include "study.h"
#include "cli.h"
#include "kernel-trace/recorder/recorder.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUT "reports/out"

enum { KEY_TRACES = 256, KEY_ANEW, KEY_EXPLAIN, KEY_LIST };

struct options {
    const char *study;
    const char *report;
    const char *traces;
    bool anew, explain, list;
};

static const struct argp_option option_table[] = {
    {"report", 'r', "FILE", 0, "Where results go (default " OUTPUT "/NAME.db)", 0},
    {"traces", KEY_TRACES, "DIRECTORY", 0,
     "Where recordings are kept (default " OUTPUT "/traces)", 0},
    {"anew", KEY_ANEW, NULL, 0,
     "Do all of it again but the recordings, though nothing has changed", 0},
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
    case KEY_ANEW:
        options->anew = true;
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
        "machine, run its sweeps, measure its claims, and leave a report, its charts and "
        "what else the study asks for."
        "\vA study is a JSON file. --explain prints the commands that it stands for; "
        "anyone can run them by hand. A second time only what is not done is done: what "
        "has not changed is kept. Recordings of another kernel or an older recorder are "
        "made again; results go with the recordings, machines, program or study that "
        "they are from.",
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

/* ---- the commands ---- */

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

static int run(int argc, char **argv)
{
    struct options options = {.traces = OUTPUT "/traces"};
    struct cb_error error;
    struct study study;
    char path[4096], report[4096], machines[4096];
    cli_parse(&argp, argc, argv, &options);
    if (options.list)
        return list_studies(&error) ? CB_DONE : cli_fail(&error);
    if (!find_study(options.study, path, sizeof path, &error) ||
        !cli_machines(machines, sizeof machines, &error))
        return cli_fail(&error);
    const char *base = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    snprintf(report, sizeof report, OUTPUT "/%.*s.db", (int)strcspn(base, "."), base);
    struct study_places places = {.traces = options.traces,
                                  .report = options.report ? options.report : report,
                                  .machines = machines};
    if (!study_load(&study, path, &places, &error))
        return cli_fail(&error);
    int code = CB_DONE;
    if (options.explain)
        print_commands(&study);
    else if (options.report == NULL && !cli_make_directories(OUTPUT, &error))
        code = cli_fail(&error);
    else
        code = study_run(&study, &places, options.anew);
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
