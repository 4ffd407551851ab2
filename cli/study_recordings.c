/* study_recordings.c - a study's recordings: the commands that make them. */
#include "scenario.h"
#include "study_plan.h"

#include <stdio.h>
#include <string.h>

enum { PRODUCT_MOST = 10000 };

/* What a study may say of a recording: which one, and nothing of how it is made, so that
 * a file from elsewhere can name no program to run. */
static const char *const recording_keys[] = {
    "scenario",
    "structure",
    "pattern",
    "domain",
#define KNOB(name, option, least, most, initial, line) #name,
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
        return plan_refuse(
            plan, place,
            "%.40s: expected a short string, a whole number, or a list of them", key);
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

/* A sweep may be of a recording that is replayed as well. */
static bool is_planned(const struct plan *plan, const char *file)
{
    for (size_t i = 0; i < plan->study->count; i++) {
        const struct command *command = &plan->study->commands[i];
        if (command->kind == COMMAND_RECORD && command->output != NULL &&
            strcmp(command->output, file) == 0)
            return true;
    }
    return false;
}

/* The command for one of the product's recordings, but for its verb; false when it is
 * none. */
static bool choose_recording(const struct plan *plan, const char *place,
                             json_t *recording, size_t number, struct name *name,
                             struct command *command)
{
    const char *key;
    json_t *value;
    char text[64];
    json_object_foreach(recording, key, value)
    {
        size_t count = choices(value);
        if (!choice_text(plan, place, key, value, number % count, text))
            return false;
        number /= count;
        bool is_scenario = strcmp(key, "scenario") == 0;
        bool is_structure = strcmp(key, "structure") == 0;
        if (!is_scenario && !is_structure)
            put_name(name, '_', key);
        put_name(name, is_scenario || is_structure ? '_' : '-', text);
        if (!(is_scenario ? command_add(command, "%s", text)
                          : command_add(command, "--%s=%s", knob_word(key), text)))
            return plan_no_memory(plan);
    }
    return true;
}

static bool plan_recording(const struct plan *plan, const char *place, json_t *recording,
                           size_t number, struct command *traces)
{
    struct name name = {0};
    char file[4096];
    struct command *command = plan_command(plan, COMMAND_RECORD, "record");
    if (command == NULL)
        return plan_no_memory(plan);
    if (!choose_recording(plan, place, recording, number, &name, command))
        return false;
    snprintf(file, sizeof file, "%s/%s.xbt", plan->places->traces, name.text);
    if (!command_add(traces, "%s", file))
        return plan_no_memory(plan);
    if (is_planned(plan, file)) {
        command_free(command);
        plan->study->count--;
        return true;
    }
    return command_add_output(command, "--output=", "%s", file) || plan_no_memory(plan);
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
            return plan_refuse(plan, at, "%s", sentence);
        }
    }
    return true;
}

bool plan_recordings(const struct plan *plan, const char *place, json_t *recording,
                     struct command *traces)
{
    const char *key;
    json_t *value;
    size_t product = 1;
    if (!json_is_object(recording) || json_object_get(recording, "scenario") == NULL)
        return plan_refuse(plan, place, "expected an object with at least a scenario");
    if (!plan_keys(plan, place, recording, recording_keys))
        return false;
    json_object_foreach(recording, key, value)
    {
        size_t count = choices(value);
        if (count == 0)
            return plan_refuse(plan, place, "%.40s: the list is empty", key);
        if (product > PRODUCT_MOST / count)
            return plan_refuse(plan, place, "these are more than %d recordings",
                               PRODUCT_MOST);
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
