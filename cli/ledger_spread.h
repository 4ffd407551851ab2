/* ledger_spread.h - show what several draws of one replay have in common. */
#ifndef CROSSBILL_LEDGER_SPREAD_H
#define CROSSBILL_LEDGER_SPREAD_H

#include "ledger.h"
#include "model/spread.h"

/* All zero is none. */
struct ledger_spread {
    struct draws total;
    struct draws groups[LEDGER_PHASES][GROUPS];
};

void ledger_spread_add(struct ledger_spread *spread, const struct ledger *ledger);

void ledger_spread_print(const struct ledger_spread *spread,
                         const struct ledger_origin *origin, enum trace_phase phase,
                         FILE *out);

/* A new reference; NULL when memory runs out. */
json_t *ledger_spread_json(const struct ledger_spread *spread,
                           const struct ledger_origin *origin);

#endif
