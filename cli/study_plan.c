/* study_plan.c - from a study's JSON to the command lines that do it: replays, sweeps,
 * and the whole. */
#include "study_plan.h"
#include "cli.h"
#include "model/machine.h"
#include "model/sweep.h"
#include "traces/input.h"

#include <stdlib.h>
#include <string.h>

enum { STUDY_SIZE_MOST = 1 << 20 };

static bool plan_all_recordings(const struct plan *plan, json_t *root,
                                struct command *traces)
{
    json_t *list = json_object_get(root, "recordings"), *recording;
    size_t i;
    if (list != NULL && !json_is_array(list))
        return plan_refuse(plan, "recordings", "expected a list of recordings");
    json_array_foreach(list, i, recording)
    {
        char place[64];
        snprintf(place, sizeof place, "recordings.%zu", i);
        if (!plan_recordings(plan, place, recording, traces))
            return false;
    }
    return true;
}

/* ---- replays and sweeps ---- */

enum { SETS_MOST = 64 };

/* What another part says of this place. Memory that ran out, or a file that cannot be
 * read, is no fault of the study. */
static bool pass_on(const struct plan *plan, const char *place,
                    const struct cb_error *error)
{
    char sentence[1024];
    cb_error_format(error, sentence, sizeof sentence);
    plan_refuse(plan, place, "%s", sentence);
    plan->error->code = error->code;
    return false;
}

/* Results are told apart by the name that a machine has in its file: two files that share
 * one would each take the other's for its own, grown old. */
static bool check_name(const struct plan *plan, const char *place, const char *name,
                       const struct machine *machine)
{
    for (size_t i = 0; i < plan->study->count; i++) {
        const char *other_name =
            command_value(&plan->study->commands[i], "--machine=", 0);
        struct machine other;
        struct cb_error error;
        if (other_name == NULL || strcmp(other_name, name) == 0 ||
            !machine_load(&other, other_name, plan->places->machines, NULL, 0, &error))
            continue;
        bool same = strcmp(other.name, machine->name) == 0;
        machine_free(&other);
        if (same)
            return plan_refuse(plan, place,
                               "%s and %s are both named %s; expected a name for each",
                               other_name, name, machine->name);
    }
    return true;
}

/* Whether there is that machine, with these numbers changed. */
static bool check_machine(const struct plan *plan, const char *place, const char *name,
                          const json_t *sets)
{
    const char *texts[SETS_MOST];
    size_t count = json_array_size(sets);
    struct machine machine;
    struct cb_error error;
    if (plan->places->machines == NULL)
        return true;
    if (count > SETS_MOST)
        return plan_refuse(plan, place, "set: at most %d of them", SETS_MOST);
    for (size_t i = 0; i < count; i++)
        texts[i] = json_string_value(json_array_get(sets, i));
    if (machine_load(&machine, name, plan->places->machines, texts, count, &error)) {
        bool own = check_name(plan, place, name, &machine);
        machine_free(&machine);
        return own;
    }
    /* That the directory of machines has none of that name needs no further place. */
    if (strcmp(error.source, plan->places->machines) == 0)
        error.source[0] = '\0';
    return pass_on(plan, place, &error);
}

/* --machine, and a --set for each change. */
static bool add_machine(const struct plan *plan, const char *place, const json_t *machine,
                        const json_t *sets, struct command *command)
{
    const char *name = json_string_value(machine);
    size_t i;
    const json_t *set;
    char at[96];
    if (name == NULL)
        return plan_refuse(plan, place, "expected the name of a machine");
    snprintf(at, sizeof at, "%s.set", place);
    if (!plan_names(plan, at, sets, "change", NULL) ||
        !check_machine(plan, place, name, sets))
        return false;
    if (!command_add(command, "--machine=%s", name))
        return plan_no_memory(plan);
    json_array_foreach(sets, i, set)
    {
        if (!command_add(command, "--set=%s", json_string_value(set)))
            return plan_no_memory(plan);
    }
    return true;
}

static bool add_axes(const struct plan *plan, const char *place, const json_t *sweep,
                     struct command *command)
{
    const json_t *axes = json_object_get(sweep, "vary"), *item;
    size_t i;
    char at[96];
    snprintf(at, sizeof at, "%s.vary", place);
    if (json_array_size(axes) == 0)
        return plan_refuse(plan, at, "expected a list of what to vary");
    if (!plan_names(plan, at, axes, "axis", NULL))
        return false;
    json_array_foreach(axes, i, item)
    {
        struct sweep_axis axis;
        struct cb_error error;
        snprintf(at, sizeof at, "%s.vary.%zu", place, i);
        if (!sweep_axis_parse(&axis, json_string_value(item), &error))
            return pass_on(plan, at, &error);
        sweep_axis_free(&axis);
        if (!command_add(command, "--vary=%s", json_string_value(item)))
            return plan_no_memory(plan);
    }
    return true;
}

static bool add_traces(const struct plan *plan, const struct command *traces,
                       struct command *command)
{
    for (size_t i = 0; i < traces->argc; i++)
        if (!command_add(command, "%s", traces->argv[i]))
            return plan_no_memory(plan);
    command->traces = traces->argc;
    return true;
}

static bool plan_replays(const struct plan *plan, const char *place, json_t *machine,
                         const struct command *traces)
{
    static const char *const keys[] = {"machine", "set", NULL};
    bool is_object = json_is_object(machine);
    if (is_object && !plan_keys(plan, place, machine, keys))
        return false;
    struct command *command = plan_command(plan, COMMAND_FILL, "replay");
    if (command == NULL || !command_add(command, "--quiet") ||
        !command_add(command, "--report=%s", plan->places->report))
        return plan_no_memory(plan);
    const json_t *name = is_object ? json_object_get(machine, "machine") : machine;
    const json_t *sets = is_object ? json_object_get(machine, "set") : NULL;
    return add_machine(plan, place, name, sets, command) &&
           add_traces(plan, traces, command);
}

static bool plan_all_replays(const struct plan *plan, json_t *root,
                             const struct command *traces)
{
    json_t *list = json_object_get(root, "machines"), *machine;
    size_t i;
    if (list != NULL && !json_is_array(list))
        return plan_refuse(plan, "machines", "expected a list of machines");
    if (json_array_size(list) > 0 && traces->argc == 0)
        return plan_refuse(plan, "machines", "there are no recordings to replay on them");
    json_array_foreach(list, i, machine)
    {
        char place[64];
        snprintf(place, sizeof place, "machines.%zu", i);
        if (!plan_replays(plan, place, machine, traces))
            return false;
    }
    return true;
}

/* A command about the recordings of one entry, on one machine, into the report. Of its
 * keys the first three are "recording", "machine" and "set"; what the others mean adds
 * `add_more`. */
static bool plan_about(const struct plan *plan, const char *place, json_t *entry,
                       const char *verb, const char *how, const char *const *keys,
                       bool (*add_more)(const struct plan *plan, const char *place,
                                        const json_t *entry, struct command *command))
{
    struct command traces = {0};
    if (!json_is_object(entry))
        return plan_refuse(plan, place, "expected an object");
    char of[96];
    snprintf(of, sizeof of, "%s.recording", place);
    bool done = plan_keys(plan, place, entry, keys) &&
                plan_recordings(plan, of, json_object_get(entry, "recording"), &traces);
    struct command *command = done ? plan_command(plan, COMMAND_FILL, verb) : NULL;
    if (done && (command == NULL || !command_add(command, "%s", how) ||
                 !command_add(command, "--report=%s", plan->places->report)))
        done = plan_no_memory(plan);
    done = done &&
           add_machine(plan, place, json_object_get(entry, "machine"),
                       json_object_get(entry, "set"), command) &&
           add_more(plan, place, entry, command) && add_traces(plan, &traces, command);
    command_free(&traces);
    return done;
}

static bool plan_sweep(const struct plan *plan, const char *place, json_t *sweep)
{
    static const char *const keys[] = {"recording", "machine", "set", "vary", NULL};
    return plan_about(plan, place, sweep, "sweep", "--resume", keys, add_axes);
}

static bool add_ranges(const struct plan *plan, const char *place,
                       const json_t *prediction, struct command *command)
{
    static const char *const options[] = {"pages", "order"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        char at[96];
        const json_t *value = json_object_get(prediction, options[i]);
        snprintf(at, sizeof at, "%s.%s", place, options[i]);
        if (value != NULL && !json_is_string(value))
            return plan_refuse(plan, at, "expected a string");
        if (value != NULL &&
            !command_add(command, "--%s=%s", options[i], json_string_value(value)))
            return plan_no_memory(plan);
    }
    return true;
}

/* The footprints are those of the first recording. */
static bool plan_prediction(const struct plan *plan, const char *place,
                            json_t *prediction)
{
    static const char *const keys[] = {"recording", "machine", "set",
                                       "pages",     "order",   NULL};
    return plan_about(plan, place, prediction, "predict", "--quiet", keys, add_ranges);
}

static bool plan_each(const struct plan *plan, json_t *root, const char *key,
                      bool (*one)(const struct plan *plan, const char *place,
                                  json_t *entry))
{
    json_t *list = json_object_get(root, key), *entry;
    size_t i;
    if (list != NULL && !json_is_array(list))
        return plan_refuse(plan, key, "expected a list of %s", key);
    json_array_foreach(list, i, entry)
    {
        char place[64];
        snprintf(place, sizeof place, "%s.%zu", key, i);
        if (!one(plan, place, entry))
            return false;
    }
    return true;
}

/* ---- the whole ---- */

static bool plan_study(const struct plan *plan, json_t *root)
{
    static const char *const keys[] = {
        "name",        "title",  "schema_version", "recordings", "machines", "sweeps",
        "predictions", "claims", "charts",         "reports",    NULL};
    const char *name = json_string_value(json_object_get(root, "name"));
    if (!json_is_object(root))
        return plan_refuse(plan, "", "expected an object");
    if (!plan_keys(plan, "", root, keys))
        return false;
    if (name == NULL || name[0] == '\0')
        return plan_refuse(plan, "name", "expected a string");
    plan->study->name = strdup(name);
    if (plan->study->name == NULL)
        return plan_no_memory(plan);
    struct command traces = {0};
    bool done = plan_all_recordings(plan, root, &traces) &&
                plan_all_replays(plan, root, &traces) &&
                plan_each(plan, root, "sweeps", plan_sweep) &&
                plan_each(plan, root, "predictions", plan_prediction) &&
                plan_claims(plan, root) && plan_exports(plan, root);
    command_free(&traces);
    return done;
}

static char *read_text(const char *path, struct cb_error *error)
{
    struct input *input = input_open(path, error);
    size_t got = 0;
    char *text = malloc(STUDY_SIZE_MOST + 1);
    if (input == NULL || text == NULL)
        goto failed;
    if (!input_read(input, text, STUDY_SIZE_MOST, &got, error))
        goto failed;
    text[got] = '\0';
    input_close(input);
    return text;
failed:
    if (input != NULL && text == NULL)
        cb_error_set(error, CB_IO, "out of memory");
    input_close(input);
    free(text);
    return NULL;
}

bool study_load(struct study *study, const char *path, const struct study_places *places,
                struct cb_error *error)
{
    *study = (struct study){0};
    struct plan plan = {.study = study, .path = path, .places = places, .error = error};
    json_error_t where;
    study->text = read_text(path, error);
    if (study->text == NULL)
        return false;
    json_t *root = json_loads(study->text, JSON_REJECT_DUPLICATES, &where);
    bool done = root != NULL;
    if (!done) {
        plan_refuse(&plan, "", "not valid JSON: %s", where.text);
        cb_error_at_line(error, (uint64_t)where.line, (uint64_t)where.column);
    }
    done = done && plan_study(&plan, root);
    json_decref(root);
    if (!done)
        study_free(study);
    return done;
}

void study_free(struct study *study)
{
    for (size_t i = 0; i < study->count; i++)
        command_free(&study->commands[i]);
    free(study->commands);
    free(study->name);
    free(study->text);
    *study = (struct study){0};
}
