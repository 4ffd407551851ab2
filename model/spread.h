/* spread.h - a mean and a spread over several draws, in integers.
 *
 * With random replacement one replay is one draw. What can be said of a machine is what
 * several draws with different seeds have in common.
 */
#ifndef CROSSBILL_SPREAD_H
#define CROSSBILL_SPREAD_H

#include "model/machine.h"

/* Whether replay draws: some structure that has a choice replaces at random. */
bool machine_draws(const struct machine *machine);

/* Seeds for the draw of this number, from those of the machine. Draw 0: those themselves.
 */
void machine_reseed(struct machine *machine, uint64_t draw);

/* All zero is none. Exact as long as values lie within 2^53 of each other, up to 1024 of
 * them. */
struct draws {
    int64_t count;
    int64_t first, min, max;
    __int128 sum, squares; /* of the differences to the first */
};

void draws_add(struct draws *draws, int64_t value);

/* Rounded to the nearest; 0 of none. */
int64_t draws_mean(const struct draws *draws);

/* The standard deviation estimated from the sample (n - 1), rounded down; 0 of one. */
int64_t draws_deviation(const struct draws *draws);

#endif
