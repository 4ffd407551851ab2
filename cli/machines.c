/* machines.c - crossbill machines: which there are, and every number of one. */
#include "cli.h"
#include "model/machine.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_JSON = 256 };

struct options {
    const char *machine;         /* NULL: list them */
    struct cli_machines changes; /* --set alone */
    bool json;
};

static const struct argp_option option_table[] = {
    {"json", KEY_JSON, NULL, 0, "Print JSON: of a machine, the file it resolves to", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[1] = &options->changes;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->machine != NULL)
            argp_error(state, "one machine at a time");
        options->machine = argument;
        return 0;
    case ARGP_KEY_END:
        if (options->machine == NULL && options->changes.set_count > 0)
            argp_error(state, "--set: of which machine?");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    CLI_COMMON, {&cli_sets_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "[NAME]",
    .doc = "List the machines, or print every number of one with its source."
           "\vA flag stands before each source: S read in the source itself, T in a "
           "translation, 2 in a secondary source, D derived by arithmetic, A assumed, M "
           "remembered and unverified. Words, such as replacement policies, are in "
           "--json. Any PATH that is printed can be given to --set, "
           "here and with replay.",
    .children = children,
};

/* ---- the list ---- */

static int is_machine(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 5 &&
           strcmp(entry->d_name + length - 5, ".json") == 0;
}

static bool load_named(struct machine *machine, const char *file, const char *directory,
                       struct cb_error *error)
{
    char name[256];
    snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - 5), file);
    return machine_load(machine, name, directory, NULL, 0, error);
}

static void put_listed(const struct machine *machine, struct table *table, json_t *array)
{
    if (array != NULL) {
        json_array_append_new(array, json_pack("{s:s, s:s, s:I}", "name", machine->name,
                                               "title", machine->title, "clock_khz",
                                               (json_int_t)machine->clock_khz));
        return;
    }
    table_put(table, "%s", machine->name);
    table_put(table, "%s", machine->title);
}

static bool list_machines(const char *directory, bool json, struct cb_error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_machine, alphasort);
    if (count < 0) {
        cb_error_set(error, CB_IO, "%s; expected the directory of the machine files",
                     strerror(errno));
        return cb_error_in(error, directory);
    }
    struct table *table = table_new("ll");
    json_t *array = json ? json_array() : NULL;
    bool done = true;
    for (int i = 0; i < count; i++) {
        struct machine machine;
        if (done && (done = load_named(&machine, entries[i]->d_name, directory, error))) {
            put_listed(&machine, table, array);
            machine_free(&machine);
        }
        free(entries[i]);
    }
    free(entries);
    if (done && json)
        cli_print_json(array);
    table_print(table, stdout, 0);
    json_decref(array);
    return done;
}

/* ---- one machine ---- */

static void put_value(struct table *table, const struct machine_figure *figure)
{
    char text[32];
    switch (figure->unit) {
    case MACHINE_COUNT:
        table_put(table, "%s", cli_grouped(text, figure->value));
        return;
    case MACHINE_BYTES:
        table_put(table, "%s bytes", cli_grouped(text, figure->value));
        return;
    case MACHINE_KHZ:
        table_put(table, "%s kHz", cli_grouped(text, figure->value));
        return;
    case MACHINE_MILLICYCLES:
        table_put(table, figure->value == 1000 ? "%s cycle " : "%s cycles",
                  cli_cycles(text, figure->value));
        return;
    }
}

static bool print_figures(const struct machine *machine, struct cb_error *error)
{
    size_t count = 0;
    struct machine_figure *figures = machine_figures(machine, &count);
    if (figures == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    printf("%s: %s\n\n", machine->name, machine->title);
    struct table *table = table_new("lrll");
    for (size_t i = 0; i < count; i++) {
        table_put(table, "%s", figures[i].path);
        put_value(table, &figures[i]);
        table_put(table, "%c", figures[i].flag != 0 ? figures[i].flag : '-');
        table_put(table, "%s", figures[i].source != NULL ? figures[i].source : "");
    }
    table_print(table, stdout, 0);
    free(figures);
    return true;
}

static bool print_json(const struct machine *machine, struct cb_error *error)
{
    char *text = machine_to_json(machine);
    if (text == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    size_t length = strlen(text);
    fputs(text, stdout);
    if (length == 0 || text[length - 1] != '\n')
        putchar('\n');
    free(text);
    return true;
}

static bool print_machine(const struct options *options, const char *directory,
                          struct cb_error *error)
{
    struct machine machine;
    if (!machine_load(&machine, options->machine, directory, options->changes.sets,
                      options->changes.set_count, error))
        return false;
    bool done =
        options->json ? print_json(&machine, error) : print_figures(&machine, error);
    machine_free(&machine);
    return done;
}

static int run(int argc, char **argv)
{
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    char directory[4096];
    struct cb_error error;
    if (!cli_machines(directory, sizeof directory, &error))
        return cli_fail(&error);
    bool done = options.machine == NULL ? list_machines(directory, options.json, &error)
                                        : print_machine(&options, directory, &error);
    return done ? CB_DONE : cli_fail(&error);
}

const struct verb verb_machines = {
    .name = "machines",
    .line = "List the machines, or the numbers of one with their sources",
    .group = VERBS_MODEL,
    .argp = &argp,
    .run = run,
};
