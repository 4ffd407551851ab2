/* merge_replays.h - take over the finished replays of the report attached as `shard`.
 * Private to this folder. */
#ifndef CROSSBILL_MERGE_REPLAYS_H
#define CROSSBILL_MERGE_REPLAYS_H

#include "sql.h"

/* Traces, their domains and machines have been taken over. Inside a transaction. */
bool merge_replays(struct report *report, struct cb_error *error);

#endif
