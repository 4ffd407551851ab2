/* law_tools.h - try a law on many random pairs of trace and machine.
 *
 * What fails names its seeds, so that one pair can be tried again alone. */
#ifndef CROSSBILL_LAW_TOOLS_H
#define CROSSBILL_LAW_TOOLS_H

#include "loaded_trace.h"
#include "random_trace.h"
#include "test.h"

struct law_pair {
    char what[64]; /* "trace 3 on machine 7" */
    uint64_t seed; /* for further draws */
    struct loaded_trace trace;
    struct machine machine;
};

struct law {
    unsigned traces, machines;                                /* for each trace */
    void (*shape)(struct random_shape *shape);                /* or NULL */
    void (*machine)(struct machine *machine, uint64_t *seed); /* or NULL */
    void (*holds)(struct law_pair *pair);
    bool wild; /* machines of any kind: wild_machine() */
};

void try_law(const struct law *law);

/* The pair's trace, or another, replayed; fails the test if it cannot be. `options` may
 * be NULL. */
struct ledger *law_replay(const struct law_pair *pair, const struct loaded_trace *trace,
                          const struct machine *machine,
                          const struct replay_options *options);

/* The bills of a replay, number n at n - 1: law_keep_bill() as replay_options.on_bill,
 * with one of these, at first empty, as its context. Free the list. */
struct law_bills {
    struct crossing_bill *list;
    size_t count, room;
};
bool law_keep_bill(void *context, const struct crossing_bill *bill);

/* Fails the test, naming the pair and what differs. */
void law_equal(const struct law_pair *pair, const char *what, int64_t got, int64_t want);

/* Sum over all domains and both phases. */
int64_t account_sum(const struct ledger *ledger, enum account account);
int64_t time_of(const struct ledger_line *line);
/* NULL if the ledger has no such domain. */
const struct ledger_domain *ledger_row(const struct ledger *ledger, int phase,
                                       uint16_t id);
int64_t misses_of(const struct structure_counters *counters);
bool same_line(const struct ledger_line *a, const struct ledger_line *b);

#endif
