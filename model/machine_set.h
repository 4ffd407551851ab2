/* machine_set.h - overrides "PATH=VALUE" of a machine file. Internal to model/. */
#ifndef CROSSBILL_MACHINE_SET_H
#define CROSSBILL_MACHINE_SET_H

#include <jansson.h>

#include "traces/error.h"

/* The member of the file that lists what was changed: strings "PATH=VALUE", sorted. */
#define MACHINE_CHANGES_KEY "changes"

/* Change the parsed file in place, and list the changes in it. Errors name the override
 * as their source. */
bool machine_set_all(json_t *object, const char *const *sets, size_t set_count,
                     struct cb_error *error);

/* If the error's path is one that an override changed, make that override its source
 * and return true. */
bool machine_set_blame(const char *const *sets, size_t set_count, struct cb_error *error);

#endif
