/* compare_ledgers.h - two ledgers side by side; what differs is named in full. */
#ifndef CROSSBILL_COMPARE_LEDGERS_H
#define CROSSBILL_COMPARE_LEDGERS_H

#include "reference.h"

/* Prints each difference, after `what` (a seed), and returns how many there are. */
int compare_with_reference(const struct ledger *fast,
                           const struct reference_ledger *naive,
                           const struct machine *machine, const char *what);

#endif
