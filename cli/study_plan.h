/* study_plan.h - what the files share that turn a study into command lines. */
#ifndef CROSSBILL_STUDY_PLAN_H
#define CROSSBILL_STUDY_PLAN_H

#include "study.h"

#include <jansson.h>

struct plan {
    struct study *study;
    const char *path; /* of the study's file */
    const struct study_places *places;
    struct cb_error *error;
};

/* Refuse the file, with a place in it such as "recordings.0"; "" for none. */
bool plan_refuse(const struct plan *plan, const char *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool plan_no_memory(const struct plan *plan);

/* Refuse an object with a key that is none of these. */
bool plan_keys(const struct plan *plan, const char *place, json_t *object,
               const char *const *keys);

/* Refuse what is neither missing nor a list of strings, each of them one of the names if
 * there are names; `what` is "chart". */
bool plan_names(const struct plan *plan, const char *place, const json_t *list,
                const char *what, const char *const *names);

/* One more command of the study: "crossbill VERB"; NULL when memory runs out. It holds
 * until the next one is made. */
struct command *plan_command(const struct plan *plan, enum command_kind kind,
                             const char *verb);
/* Another argument; false when memory runs out. */
bool command_add(struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same, of a file or directory that the command makes: `option` is "--output=". */
bool command_add_output(struct command *command, const char *option, const char *format,
                        ...) __attribute__((format(printf, 3, 4)));
void command_free(struct command *command);

/* study_recordings.c: the commands for one item of "recordings"; the files that they make
 * become arguments of `traces`. */
bool plan_recordings(const struct plan *plan, const char *place, json_t *recording,
                     struct command *traces);

/* study_exports.c: claims, charts and reports. */
bool plan_claims(const struct plan *plan, const json_t *root);
bool plan_exports(const struct plan *plan, const json_t *root);

#endif
