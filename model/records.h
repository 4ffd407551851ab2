/* records.h - every record of a trace in order, as it is, for what needs no replay.
 * Internal to model/. */
#ifndef CROSSBILL_RECORDS_H
#define CROSSBILL_RECORDS_H

#include "traces/trace.h"

/* Hand each record to `take`. False when a block cannot be read. */
bool records_each(const struct trace_reader *trace,
                  void (*take)(void *context, const struct trace_record *record),
                  void *context, struct cb_error *error);

#endif
