/* ledger.h - making ledgers. Internal to model/. */
#ifndef CROSSBILL_LEDGER_H
#define CROSSBILL_LEDGER_H

#include "model/model.h"

/* An empty ledger with the trace's domains. Domain 0 is always there: a trace that
 * declares none is one domain. NULL without memory. */
struct ledger *ledger_create(const struct trace_reader *trace,
                             const struct machine *machine);

#endif
