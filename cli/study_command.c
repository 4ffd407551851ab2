/* study_command.c - refusals of a study's file, and the command lines that it becomes. */
#include "cli.h"
#include "study_plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- errors, with the place in the JSON ---- */

bool plan_refuse(const struct plan *plan, const char *place, const char *format, ...)
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

bool plan_no_memory(const struct plan *plan)
{
    return cb_error_set(plan->error, CB_IO, "out of memory");
}

bool plan_keys(const struct plan *plan, const char *place, json_t *object,
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
        return plan_refuse(plan, place, "unknown key \"%.60s\"%s%s%s", key,
                           nearest != NULL ? "; did you mean \"" : "",
                           nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
    }
    return true;
}

bool plan_names(const struct plan *plan, const char *place, const json_t *list,
                const char *what, const char *const *names)
{
    size_t i;
    const json_t *item;
    if (list != NULL && !json_is_array(list))
        return plan_refuse(plan, place, "expected a list of strings");
    json_array_foreach(list, i, item)
    {
        char at[128];
        const char *name = json_string_value(item);
        const char *const *known = names;
        snprintf(at, sizeof at, "%s.%zu", place, i);
        if (name == NULL)
            return plan_refuse(plan, at, "expected a string");
        while (known != NULL && *known != NULL && strcmp(*known, name) != 0)
            known++;
        if (known == NULL || *known != NULL)
            continue;
        const char *nearest = cli_nearest(name, names);
        return plan_refuse(plan, at, "there is no %s '%.60s'%s%s%s", what, name,
                           nearest != NULL ? "; did you mean '" : "",
                           nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
    }
    return true;
}

/* ---- command lines ---- */

static bool add_text(struct command *command, const char *format, va_list arguments)
{
    char **more = reallocarray(command->argv, command->argc + 2, sizeof *more);
    if (more == NULL)
        return false;
    command->argv = more;
    int length = vasprintf(&more[command->argc], format, arguments);
    if (length < 0)
        more[command->argc] = NULL;
    else
        more[++command->argc] = NULL;
    return length >= 0;
}

bool command_add(struct command *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool added = add_text(command, format, arguments);
    va_end(arguments);
    return added;
}

const char *command_value(const struct command *command, const char *option, size_t n)
{
    for (size_t i = 0; i < command->argc; i++)
        if (strncmp(command->argv[i], option, strlen(option)) == 0 && n-- == 0)
            return command->argv[i] + strlen(option);
    return NULL;
}

bool command_add_output(struct command *command, const char *option, const char *format,
                        ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return false;
    bool added = command_add(command, "%s%s", option, text);
    free(text);
    if (added)
        command->output = command->argv[command->argc - 1] + strlen(option);
    return added;
}

struct command *plan_command(const struct plan *plan, enum command_kind kind,
                             const char *verb)
{
    struct study *study = plan->study;
    struct command *more =
        reallocarray(study->commands, study->count + 1, sizeof *study->commands);
    if (more == NULL)
        return NULL;
    study->commands = more;
    struct command *command = &more[study->count++];
    *command = (struct command){.kind = kind};
    return command_add(command, "crossbill") && command_add(command, "%s", verb) ? command
                                                                                 : NULL;
}

void command_free(struct command *command)
{
    for (size_t i = 0; i < command->argc; i++)
        free(command->argv[i]);
    free(command->argv);
}
