/* bills.h - what each crossing costs: charges by crossing and account.
 *
 * Two tables, since two threads write: the crossings with their instructions, in order of
 * number; and what was charged to them later, by the misses of others.
 */
#ifndef CROSSBILL_BILLS_H
#define CROSSBILL_BILLS_H

#include "model/model.h"

struct bills;

struct bills *bills_create(void);
void bills_free(struct bills *bills);
bool bills_failed(const struct bills *bills); /* memory ran out */

/* The crossing with the next number; returns it. The bill's mcycles start at 0. */
uint32_t bills_open(struct bills *bills, const struct crossing_bill *crossing);
/* To correct kind or parent of a crossing already open; NULL if there is none. */
struct crossing_bill *bills_crossing(struct bills *bills, uint32_t number);
/* So many instructions, which took so long together. */
void bills_instructions(struct bills *bills, uint32_t number, enum account account,
                        int64_t count, int64_t mcycles);
/* Misses; the number may be one that was never opened (nobody's). */
void bills_charge(struct bills *bills, uint32_t number, enum account account,
                  int64_t mcycles);

/* Hand each whole bill, in order, to `visit` until it returns false. */
bool bills_each(struct bills *bills,
                bool (*visit)(void *context, const struct crossing_bill *bill),
                void *context);
/* Fill in the summaries of both phases. False without memory. */
bool bills_summarise(struct bills *bills, struct ledger *ledger);

#endif
