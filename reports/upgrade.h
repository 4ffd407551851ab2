/* upgrade.h - reports of older versions, brought up to this one. Private to this folder.
 */
#ifndef CROSSBILL_UPGRADE_H
#define CROSSBILL_UPGRADE_H

#include "sql.h"

/* Replace the open file by a copy in memory: what is to be read only is not written to.
 */
bool upgrade_in_memory(struct report *report, struct cb_error *error);

typedef bool closed_sets_filler(struct report *report, struct cb_error *error);

/* In one transaction. Refused (CB_IO) when the tables are not those of the version that
 * the file says it has. `fill` puts in the closed sets, as for a file that is new. */
bool upgrade(struct report *report, closed_sets_filler *fill, struct cb_error *error);

#endif
