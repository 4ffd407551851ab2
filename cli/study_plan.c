/* study_plan.c - from a study's JSON to the command lines that do it. */
#include "cli.h"
#include "scenario.h"
#include "study.h"
#include "traces/input.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { STUDY_SIZE_MOST = 1 << 20, PRODUCT_MOST = 10000 };

struct plan {
    struct study *study;
    const char *path, *traces, *report;
    struct cb_error *error;
};

/* ---- errors, with the place in the JSON ---- */

static bool refuse(const struct plan *plan, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(const struct plan *plan, const char *place, const char *format, ...)
{
    char sentence[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    cb_error_set(plan->error, CB_USAGE, "%s", sentence);
    cb_error_in(plan->error, plan->path);
    return place[0] == '\0' ? false : cb_error_at_path(plan->error, place);
}

static bool no_memory(const struct plan *plan)
{
    return cb_error_set(plan->error, CB_IO, "out of memory");
}

static bool known_keys(const struct plan *plan, const char *place, json_t *object,
                       const char *const *keys)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        const char *const *known = keys;
        while (*known != NULL && strcmp(*known, key) != 0)
            known++;
        if (*known != NULL)
            continue;
        const char *nearest = cli_nearest(key, keys);
        return refuse(plan, place, "unknown key \"%.60s\"%s%s%s", key,
                      nearest != NULL ? "; did you mean \"" : "",
                      nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
    }
    return true;
}

/* ---- command lines ---- */

static struct command *new_command(const struct plan *plan, const char *verb)
{
    struct study *study = plan->study;
    struct command *more =
        reallocarray(study->commands, study->count + 1, sizeof *study->commands);
    if (more == NULL)
        return NULL;
    study->commands = more;
    struct command *command = &more[study->count++];
    *command = (struct command){0};
    const char *const start[] = {"crossbill", verb};
    for (size_t i = 0; i < 2; i++) {
        void *grown = reallocarray(command->argv, command->argc + 2, sizeof(char *));
        if (grown == NULL)
            return NULL;
        command->argv = grown;
        command->argv[command->argc] = strdup(start[i]);
        if (command->argv[command->argc++] == NULL)
            return NULL;
        command->argv[command->argc] = NULL;
    }
    return command;
}

static bool add(struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool add(struct command *command, const char *format, ...)
{
    char **more = reallocarray(command->argv, command->argc + 2, sizeof *more);
    if (more == NULL)
        return false;
    command->argv = more;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&more[command->argc], format, arguments);
    va_end(arguments);
    if (length < 0)
        more[command->argc] = NULL;
    else
        more[++command->argc] = NULL;
    return length >= 0;
}

/* ---- recordings ---- */

/* What a study may say of a recording: which one, and nothing of how it is made, so that
 * a file from elsewhere can name no program to run. */
static const char *const recording_keys[] = {
    "scenario",
    "structure",
    "pattern",
    "domain",
#define KNOB(name, least, most, initial, line) #name,
    KNOBS(KNOB)
#undef KNOB
        NULL,
};

static size_t choices(const json_t *value)
{
    return json_is_array(value) ? json_array_size(value) : 1;
}

/* The text of a member's choice: a string or a whole number. */
static bool choice_text(const struct plan *plan, const char *place, const char *key,
                        const json_t *value, size_t number, char text[64])
{
    const json_t *chosen = json_is_array(value) ? json_array_get(value, number) : value;
    int length = -1;
    if (json_is_integer(chosen))
        length = snprintf(text, 64, "%lld", (long long)json_integer_value(chosen));
    if (json_is_string(chosen))
        length = snprintf(text, 64, "%s", json_string_value(chosen));
    if (length < 0 || length >= 64 || (length > 0 && text[0] == '-'))
        return refuse(plan, place,
                      "%.40s: expected a short string, a whole number, or a list of them",
                      key);
    return true;
}

struct name {
    char text[512];
    size_t used;
};

/* A file name of nothing but letters, digits and "_-.". */
static void put_name(struct name *name, char separator, const char *part)
{
    if (name->used > 0 && name->used + 1 < sizeof name->text)
        name->text[name->used++] = separator;
    for (; *part != '\0' && name->used + 1 < sizeof name->text; part++) {
        bool plain = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "0123456789.-",
                            *part) != NULL;
        name->text[name->used++] = plain ? *part : '-';
    }
    name->text[name->used] = '\0';
}

/* The command for one of the product's recordings; traces gets its file name. */
static bool plan_recording(const struct plan *plan, const char *place, json_t *recording,
                           size_t number, struct command *traces)
{
    struct command *command = new_command(plan, "record");
    struct name name = {0};
    const char *key;
    json_t *value;
    char text[64];
    if (command == NULL)
        return no_memory(plan);
    json_object_foreach(recording, key, value)
    {
        size_t count = choices(value);
        if (!choice_text(plan, place, key, value, number % count, text))
            return false;
        number /= count;
        bool is_scenario = strcmp(key, "scenario") == 0;
        bool is_structure = strcmp(key, "structure") == 0;
        if (!is_scenario && !is_structure)
            put_name(&name, '_', key);
        put_name(&name, is_scenario || is_structure ? '_' : '-', text);
        if (!(is_scenario ? add(command, "%s", text)
                          : add(command, "--%s=%s", key, text)))
            return no_memory(plan);
    }
    if (!add(command, "--output=%s/%s.xbt", plan->traces, name.text) ||
        !add(traces, "%s/%s.xbt", plan->traces, name.text))
        return no_memory(plan);
    command->trace = strchr(command->argv[command->argc - 1], '=') + 1;
    return true;
}

/* Whether each scenario of the recording can be recorded with each choice of a member. */
static bool check_member(const struct plan *plan, const char *place,
                         const json_t *recording, const char *key, const json_t *value)
{
    const json_t *scenarios = json_object_get(recording, "scenario");
    char scenario[64], text[64], sentence[SCENARIO_SENTENCE], at[192];
    for (size_t s = 0; s < choices(scenarios); s++) {
        if (!choice_text(plan, place, "scenario", scenarios, s, scenario))
            return false;
        for (size_t i = 0; i < choices(value); i++) {
            if (!choice_text(plan, place, key, value, i, text))
                return false;
            if (scenario_accepts(scenario, key, text, sentence))
                continue;
            int length = snprintf(at, sizeof at, "%s.%s", place, key);
            if (json_is_array(value))
                snprintf(at + length, sizeof at - (size_t)length, ".%zu", i);
            return refuse(plan, at, "%s", sentence);
        }
    }
    return true;
}

static bool plan_recordings(const struct plan *plan, const char *place, json_t *recording,
                            struct command *traces)
{
    const char *key;
    json_t *value;
    size_t product = 1;
    if (!json_is_object(recording) || json_object_get(recording, "scenario") == NULL)
        return refuse(plan, place, "expected an object with at least a scenario");
    if (!known_keys(plan, place, recording, recording_keys))
        return false;
    json_object_foreach(recording, key, value)
    {
        size_t count = choices(value);
        if (count == 0)
            return refuse(plan, place, "%.40s: the list is empty", key);
        if (product > PRODUCT_MOST / count)
            return refuse(plan, place, "these are more than %d recordings", PRODUCT_MOST);
        product *= count;
    }
    json_object_foreach(recording, key, value)
    {
        if (!check_member(plan, place, recording, key, value))
            return false;
    }
    for (size_t i = 0; i < product; i++)
        if (!plan_recording(plan, place, recording, i, traces))
            return false;
    return true;
}

static bool plan_all_recordings(const struct plan *plan, json_t *root,
                                struct command *traces)
{
    json_t *list = json_object_get(root, "recordings"), *recording;
    size_t i;
    if (list != NULL && !json_is_array(list))
        return refuse(plan, "recordings", "expected a list of recordings");
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

static bool add_texts(const struct plan *plan, const char *place, const char *option,
                      const json_t *list, struct command *command)
{
    size_t i;
    json_t *text;
    if (list != NULL && !json_is_array(list))
        return refuse(plan, place, "%s: expected a list of strings", option);
    json_array_foreach(list, i, text)
    {
        if (!json_is_string(text))
            return refuse(plan, place, "%s: expected a list of strings", option);
        if (!add(command, "--%s=%s", option, json_string_value(text)))
            return no_memory(plan);
    }
    return true;
}

static bool add_machine(const struct plan *plan, const char *place, const json_t *name,
                        struct command *command)
{
    if (!json_is_string(name))
        return refuse(plan, place, "expected the name of a machine");
    return add(command, "--machine=%s", json_string_value(name)) || no_memory(plan);
}

static bool add_traces(const struct plan *plan, const struct command *traces,
                       struct command *command)
{
    for (size_t i = 0; i < traces->argc; i++)
        if (!add(command, "%s", traces->argv[i]))
            return no_memory(plan);
    return true;
}

static bool plan_replays(const struct plan *plan, const char *place, json_t *machine,
                         const struct command *traces)
{
    static const char *const keys[] = {"machine", "set", NULL};
    bool is_object = json_is_object(machine);
    if (is_object && !known_keys(plan, place, machine, keys))
        return false;
    struct command *command = new_command(plan, "replay");
    if (command == NULL || !add(command, "--quiet") ||
        !add(command, "--report=%s", plan->report))
        return no_memory(plan);
    return add_machine(plan, place,
                       is_object ? json_object_get(machine, "machine") : machine,
                       command) &&
           (!is_object ||
            add_texts(plan, place, "set", json_object_get(machine, "set"), command)) &&
           add_traces(plan, traces, command);
}

static bool plan_all_replays(const struct plan *plan, json_t *root,
                             const struct command *traces)
{
    json_t *list = json_object_get(root, "machines"), *machine;
    size_t i;
    if (list != NULL && !json_is_array(list))
        return refuse(plan, "machines", "expected a list of machines");
    if (json_array_size(list) > 0 && traces->argc == 0)
        return refuse(plan, "machines", "there are no recordings to replay on them");
    json_array_foreach(list, i, machine)
    {
        char place[64];
        snprintf(place, sizeof place, "machines.%zu", i);
        if (!plan_replays(plan, place, machine, traces))
            return false;
    }
    return true;
}

/* A list of strings, or one string. */
static bool add_option(const struct plan *plan, const char *place, const char *option,
                       const json_t *value, struct command *command)
{
    if (!json_is_string(value))
        return add_texts(plan, place, option, value, command);
    return add(command, "--%s=%s", option, json_string_value(value)) || no_memory(plan);
}

/* A command about the recordings of one entry, on one machine, into the report. Of its
 * keys the first two are these, the others options of the verb. */
static bool plan_about(const struct plan *plan, const char *place, json_t *entry,
                       const char *verb, const char *how, const char *const *keys)
{
    struct command traces = {0};
    if (!json_is_object(entry))
        return refuse(plan, place, "expected an object");
    char of[96];
    snprintf(of, sizeof of, "%s.recording", place);
    bool done = known_keys(plan, place, entry, keys) &&
                plan_recordings(plan, of, json_object_get(entry, "recording"), &traces);
    struct command *command = done ? new_command(plan, verb) : NULL;
    if (done && (command == NULL || !add(command, "%s", how) ||
                 !add(command, "--report=%s", plan->report)))
        done = no_memory(plan);
    done = done && add_machine(plan, place, json_object_get(entry, "machine"), command);
    for (size_t i = 2; done && keys[i] != NULL; i++)
        done = add_option(plan, place, keys[i], json_object_get(entry, keys[i]), command);
    done = done && add_traces(plan, &traces, command);
    for (size_t i = 0; i < traces.argc; i++)
        free(traces.argv[i]);
    free(traces.argv);
    return done;
}

static bool plan_sweep(const struct plan *plan, const char *place, json_t *sweep)
{
    static const char *const keys[] = {"recording", "machine", "set", "vary", NULL};
    return plan_about(plan, place, sweep, "sweep", "--resume", keys);
}

/* The footprints are those of the first recording. */
static bool plan_prediction(const struct plan *plan, const char *place,
                            json_t *prediction)
{
    static const char *const keys[] = {"recording", "machine", "set",
                                       "pages",     "order",   NULL};
    return plan_about(plan, place, prediction, "predict", "--quiet", keys);
}

static bool plan_each(const struct plan *plan, json_t *root, const char *key,
                      bool (*one)(const struct plan *plan, const char *place,
                                  json_t *entry))
{
    json_t *list = json_object_get(root, key), *entry;
    size_t i;
    if (list != NULL && !json_is_array(list))
        return refuse(plan, key, "expected a list of %s", key);
    json_array_foreach(list, i, entry)
    {
        char place[64];
        snprintf(place, sizeof place, "%s.%zu", key, i);
        if (!one(plan, place, entry))
            return false;
    }
    return true;
}

static bool plan_claims(const struct plan *plan, json_t *root)
{
    const json_t *claims = json_object_get(root, "claims");
    if (claims != NULL && !json_is_boolean(claims))
        return refuse(plan, "claims", "expected true or false");
    if (!json_is_true(claims))
        return true;
    struct command *command = new_command(plan, "claims");
    return (command != NULL && add(command, "--report=%s", plan->report)) ||
           no_memory(plan);
}

/* ---- the whole ---- */

static bool plan_study(const struct plan *plan, json_t *root)
{
    static const char *const keys[] = {"name",        "title",    "schema_version",
                                       "recordings",  "machines", "sweeps",
                                       "predictions", "claims",   NULL};
    const char *name = json_string_value(json_object_get(root, "name"));
    if (!json_is_object(root))
        return refuse(plan, "", "expected an object");
    if (!known_keys(plan, "", root, keys))
        return false;
    if (name == NULL || name[0] == '\0')
        return refuse(plan, "name", "expected a string");
    plan->study->name = strdup(name);
    if (plan->study->name == NULL)
        return no_memory(plan);
    struct command traces = {0};
    bool done = plan_all_recordings(plan, root, &traces) &&
                plan_all_replays(plan, root, &traces) &&
                plan_each(plan, root, "sweeps", plan_sweep) &&
                plan_each(plan, root, "predictions", plan_prediction) &&
                plan_claims(plan, root);
    for (size_t i = 0; i < traces.argc; i++)
        free(traces.argv[i]);
    free(traces.argv);
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

bool study_load(struct study *study, const char *path, const char *traces,
                const char *report, struct cb_error *error)
{
    *study = (struct study){0};
    struct plan plan = {
        .study = study, .path = path, .traces = traces, .report = report, .error = error};
    json_error_t where;
    study->text = read_text(path, error);
    if (study->text == NULL)
        return false;
    json_t *root = json_loads(study->text, JSON_REJECT_DUPLICATES, &where);
    bool done = root != NULL;
    if (!done) {
        refuse(&plan, "", "not valid JSON: %s", where.text);
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
    for (size_t i = 0; i < study->count; i++) {
        for (size_t k = 0; k < study->commands[i].argc; k++)
            free(study->commands[i].argv[k]);
        free(study->commands[i].argv);
    }
    free(study->commands);
    free(study->name);
    free(study->text);
    *study = (struct study){0};
}
