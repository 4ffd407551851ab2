/* golden_case.h - a trace of a few records and its ledger as text: tests/golden/README.md
 * describes both files. */
#ifndef CROSSBILL_GOLDEN_CASE_H
#define CROSSBILL_GOLDEN_CASE_H

#include "reference.h"

#define GOLDEN_DOMAINS    8
#define GOLDEN_CROSSINGS  8
#define GOLDEN_STRUCTURES (MACHINE_TLBS + MACHINE_CACHES)

struct golden_domain {
    uint16_t id;
    struct ledger_line line[ACCOUNTS];
    int64_t refilled_after_flush[COMPONENTS];
    int64_t refilled_after_eviction[COMPONENTS];
};

/* Of the fast replay only; the naive one has no bills. */
struct golden_crossing {
    bool given;
    enum crossing_kind kind;
    uint32_t parent;
    uint16_t domain;
    int64_t mcycles[ACCOUNTS];
    int64_t with_children_mcycles; /* 0: not given */
};

struct golden_ledger {
    struct golden_domain domains[LEDGER_PHASES][GOLDEN_DOMAINS];
    size_t domain_count;
    struct golden_crossing crossings[GOLDEN_CROSSINGS]; /* number 1 is the first */
    struct structure_counters structures[GOLDEN_STRUCTURES];
    size_t structure_count; /* 0: none is given, else all that count something are */
    int64_t total_mcycles;
};

/* Both fail the test, with file and line, on a statement that they do not understand. */
void golden_write_trace(const char *text_path, const char *trace_path);
void golden_read_ledger(const char *text_path, const struct reference_trace *trace,
                        struct golden_ledger *ledger);

#endif
