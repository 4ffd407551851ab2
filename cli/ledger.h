/* ledger.h - show a ledger: as tables for people, as JSON for programs. */
#ifndef CROSSBILL_LEDGER_H
#define CROSSBILL_LEDGER_H

#include "model/model.h"

#include <jansson.h>
#include <stdio.h>

/* What a ledger came from, for the head of the page. */
struct ledger_origin {
    const char *trace; /* as named on the command line */
    const struct trace_info *info;
    const struct machine *machine;
    bool plain;   /* the shared world alone: no accounts */
    bool lenient; /* events out of balance were put right */
};

void ledger_print(const struct ledger *ledger, const struct ledger_origin *origin,
                  enum trace_phase phase, FILE *out);

/* A new reference; NULL when memory runs out. */
json_t *ledger_json(const struct ledger *ledger, const struct ledger_origin *origin);

const char *phase_name(enum trace_phase phase);  /* "warm_up", "measured" */
const char *phase_title(enum trace_phase phase); /* "warm-up", "measured" */

#endif
