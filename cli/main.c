/* main.c - the verb table: find the verb and hand the rest of the line to it. */
#include "cli.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In the order of the first screen. */
/* clang-format off */
static const struct verb *const verbs[] = {
    &verb_record,
    &verb_info,
    &verb_check,
    &verb_dump,
    &verb_import,
    &verb_export,
    &verb_synth,
    &verb_footprint,
    &verb_replay,
    &verb_sweep,
    &verb_merge,
    &verb_predict,
    &verb_explain,
    &verb_diff,
    &verb_machines,
    &verb_claims,
    &verb_study,
    &verb_report,
    &verb_chart,
    &verb_help,
    NULL,
};
/* clang-format on */

static const char *const group_titles[VERB_GROUPS] = {
    [VERBS_TRACES] = "Make and look at traces",
    [VERBS_MODEL] = "Replay them on a machine",
    [VERBS_REPORTS] = "Make reports and charts",
    [VERBS_OTHER] = "Other",
};

const struct verb *const *verb_list(void)
{
    return verbs;
}

const struct verb *verb_find(const char *name)
{
    for (const struct verb *const *v = verbs; *v != NULL; v++)
        if (strcmp((*v)->name, name) == 0)
            return *v;
    return NULL;
}

/* What is left of the command line for the verb. */
struct handover {
    int argc;
    char **argv;
};

enum { KEY_VERSION = 256 };

static const struct argp_option options[] = {
    {"version", KEY_VERSION, NULL, 0, "Print the version", -1},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    struct handover *rest = state->input;
    switch (key) {
    case KEY_VERSION:
        printf("crossbill " CROSSBILL_VERSION "\n");
        exit(CB_DONE);
    case ARGP_KEY_ARG:
        rest->argc = state->argc - state->next + 1;
        rest->argv = state->argv + state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_state_help(state, stderr,
                        ARGP_HELP_SHORT_USAGE | ARGP_HELP_DOC | ARGP_HELP_LONG |
                            ARGP_HELP_EXIT_ERR);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void put_group(FILE *out, enum verb_group group)
{
    bool first = true;
    for (const struct verb *const *v = verbs; *v != NULL; v++) {
        if ((*v)->group != group)
            continue;
        if (first)
            fprintf(out, "\n%s:\n", group_titles[group]);
        first = false;
        fprintf(out, "  %-10s %s\n", (*v)->name, (*v)->line);
    }
}

/* The verbs stand between the introduction and the options. */
static char *help_filter(int key, const char *text, void *input)
{
    (void)input;
    if (key != ARGP_KEY_HELP_PRE_DOC)
        return (char *)(uintptr_t)text;
    char *whole = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&whole, &size);
    if (out == NULL)
        return (char *)(uintptr_t)text;
    fputs(text, out);
    fputs("\nStart here:\n"
          "  crossbill record pingpong --structure l3-large --pages 8 -o t.xbt\n"
          "  crossbill replay t.xbt --machine pentium-100\n"
          "  crossbill explain t.xbt --machine pentium-100\n",
          out);
    for (int group = 0; group < VERB_GROUPS; group++)
        put_group(out, (enum verb_group)group);
    fputs("\nOptions:", out);
    fclose(out);
    return whole;
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "VERB [ARGUMENT...]",
    .doc =
        "An itemised bill for every border crossing: record what a microkernel does,\n"
        "replay the recording on a described processor, see where every cycle went.\n"
        "\v`crossbill help VERB' explains one verb.\n\n"
        "Exit status: 0 done, 1 a check or a diff found something, 2 usage or machine\n"
        "file, 3 bad trace, 4 input/output, 130 or 143 after a signal.",
    .children = cli_children,
    .help_filter = help_filter,
};

static int unknown_verb(const char *name)
{
    const char *names[sizeof verbs / sizeof verbs[0]];
    size_t count = 0;
    for (const struct verb *const *v = verbs; *v != NULL; v++)
        names[count++] = (*v)->name;
    names[count] = NULL;
    const char *nearest = cli_nearest(name, names);
    struct cb_error error;
    if (nearest != NULL)
        cb_error_set(&error, CB_USAGE, "there is no verb '%s'; did you mean '%s'?", name,
                     nearest);
    else
        cb_error_set(&error, CB_USAGE,
                     "there is no verb '%s'; crossbill --help lists them", name);
    return cli_fail(&error);
}

int cli_main(int argc, char **argv)
{
    struct handover rest = {0};
    cli_parse_with(&argp, argc, argv, ARGP_IN_ORDER, &rest);
    const struct verb *verb = verb_find(rest.argv[0]);
    if (verb == NULL)
        return unknown_verb(rest.argv[0]);
    char name[64];
    snprintf(name, sizeof name, "crossbill %s", verb->name);
    rest.argv[0] = name;
    return verb->run(rest.argc, rest.argv);
}

/* Where a standard stream is closed, a file opened later would get its number, and what
 * is printed would end in that file. Reading and writing it fails as before. */
static void keep_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    keep_standard_streams();
    char program[] = "crossbill";
    argp_err_exit_status = CB_USAGE;
    cli_guard_output();
    cli_guard_json();
    if (argc > 0)
        argv[0] = program;
    return cli_main(argc, argv);
}
