/* model.h - replay a trace on a machine and say where every cycle went.
 *
 * One replay runs three worlds side by side on the same machine description:
 *   shared  what was recorded: all accesses, all switches, all flushes;
 *   merged  the same work in the same order without any boundary;
 *   solo    each domain's work alone on its own copy of the machine.
 *
 * Units. Everything is counted in integers: events, and cycles in 1/1000 cycle
 * ("millicycles"), since instruction pairing gives half cycles. No floating point.
 *
 * The model is first-order and additive: an access costs its instruction, plus for each
 * component that it had to ask beyond the first level that component's latency. On
 * machines that overlap misses it is an upper bound.
 *
 * Every cycle of the shared world is charged once, to (phase, domain, account), and to
 * the crossing that caused it where there is one:
 *   total = work + competition + explicit + implicit + idle, exactly.
 */
#ifndef CROSSBILL_MODEL_H
#define CROSSBILL_MODEL_H

#include "model/chronicle.h"
#include "model/instruction.h"
#include "model/machine.h"
#include "traces/trace.h"

/* Where an access can spend time beyond an access that hits everywhere. An event at
 *   ITLB, DTLB   is a miss in a first-level TLB (by the kind of access where the TLB is
 *                unified); it costs the second-level TLB's latency, if there is one;
 *   STLB         is a miss in the second-level TLB; it costs the third's, if any;
 *   WALK         is a page walk (a miss in the last TLB); it costs walk.cycles;
 *   L1I, L1D     is a miss in a first-level cache; it costs the second level's latency;
 *   L2, L3       is a miss there; it costs the next level's latency;
 *   MEMORY       is an access that reached memory; it costs memory.latency.
 * A unified first-level cache counts as L1I for fetches and L1D for data. */
enum component {
    COMPONENT_ITLB,
    COMPONENT_DTLB,
    COMPONENT_STLB,
    COMPONENT_WALK,
    COMPONENT_L1I,
    COMPONENT_L1D,
    COMPONENT_L2,
    COMPONENT_L3,
    COMPONENT_MEMORY,
    COMPONENTS
};

/* What asked: an instruction fetch, a load or store, or a page walk's own read. */
enum side { SIDE_FETCH, SIDE_DATA, SIDE_WALK, SIDES };

struct counts {
    int64_t n[SIDES][COMPONENTS];
};

/* Where cycles go. The groups partition the total. */
enum account {
    ACCOUNT_WORK,               /* instructions, and the misses they have even solo */
    ACCOUNT_COMPETITION,        /* competition: merged - solo */
    ACCOUNT_COMPETITION_CREDIT, /* where merged is the cheaper: replacement anomalies */
    ACCOUNT_BORDER,             /* explicit: instructions of the path, by kind */
    ACCOUNT_KERNEL_PATH,
    ACCOUNT_THREAD_SWITCH,
    ACCOUNT_SPACE_SWITCH,
    ACCOUNT_BINDING,
    ACCOUNT_PATH_COLD,      /* implicit: the path's misses: never there before */
    ACCOUNT_PATH_REFILL,    /*   flushed by a switch */
    ACCOUNT_PATH_DISPLACED, /*   evicted by a domain's work */
    ACCOUNT_PATH_CAPACITY,  /*   evicted by the path itself */
    ACCOUNT_REFILL,         /*   isolation (shared - merged): refill after flush */
    ACCOUNT_DISPLACED,      /*   isolation: evicted by others, or by path */
    ACCOUNT_CREDIT_SHARED,  /*   credit: somebody else had already fetched it */
    ACCOUNT_CREDIT_POLICY,  /*   credit: a flush saved an eviction, FIFO/PLRU anomalies */
    ACCOUNT_IDLE,
    ACCOUNTS
};

enum account_group {
    GROUP_WORK,
    GROUP_COMPETITION,
    GROUP_EXPLICIT,
    GROUP_IMPLICIT,
    GROUP_IDLE,
    GROUPS
};

enum account_group account_group(enum account account);
const char *account_name(enum account account);         /* "refill_after_flush" */
const char *account_title(enum account account);        /* "refill after flush" */
const char *account_group_name(enum account_group group);
const char *component_name(enum component component);   /* "itlb" */
const char *side_name(enum side side);                  /* "fetch" */

/* One line of the ledger: what one domain was charged in one account. */
struct ledger_line {
    struct counts counts;        /* events; negative in the credit accounts */
    int64_t instructions;        /* executed */
    int64_t instruction_mcycles;
    int64_t memory_mcycles;      /* counts times latencies */
};

struct ledger_domain {
    uint16_t id;
    char name[TRACE_NAME_SIZE];
    enum trace_domain_kind kind;
    struct ledger_line line[ACCOUNTS];
    /* Observed, beside the counterfactual: entries fetched again that were there before a
     * flush or an eviction, by component (I-TLB, D-TLB, STLB, caches). */
    int64_t refilled_after_flush[COMPONENTS];
    int64_t refilled_after_eviction[COMPONENTS];
    int64_t classes[INSTRUCTION_CLASSES]; /* instructions executed, by class */
    /* What they were charged as: where instructions pair, the second of a pair counts as
     * nothing, or as its class less that of the first. Times the machine's costs this is
     * line[].instruction_mcycles. */
    int64_t charged[ACCOUNTS][INSTRUCTION_CLASSES];
    int64_t visits;      /* times the domain was entered */
    int64_t visit_pages; /* sum over visits of distinct pages touched */
    int64_t visit_lines; /* sum over visits of distinct first-level data lines touched */
    /* Warmth: of the pages and lines that the visit before touched, those looked up when
     * the domain was entered again, by component (TLBs, caches), and those still
     * there. */
    int64_t warmth_asked[COMPONENTS], warmth_resident[COMPONENTS];
};

/* How one crossing (user -> kernel -> user) came about. */
enum crossing_kind {
    CROSSING_CALL,      /* a call that stays with its caller, such as the null call */
    CROSSING_IPC_CALL,  /* a call to another thread */
    CROSSING_IPC_REPLY, /* its answer */
    CROSSING_IPC_SEND,
    CROSSING_FAULT,
    CROSSING_INTERRUPT,
    CROSSING_KINDS
};
const char *crossing_kind_name(enum crossing_kind kind); /* "ipc_call" */

/* Distribution of a quantity over crossings, in millicycles. A percentile is the smallest
 * value with at least that share of the values at or below it. */
struct distribution {
    int64_t count, sum, min, median, p90, p99, max;
};

/* How often each value occurred: exactly, where there are at most HISTOGRAM_BINS
 * different ones, else in bins of equal width, a power of two millicycles and the
 * smallest that is enough. Bins with nothing in them are left out. */
#define HISTOGRAM_BINS 64
struct histogram_bin {
    int64_t low, high; /* the least and the greatest value that fell into it */
    int64_t count, sum;
};
struct histogram {
    int64_t width;
    size_t count;
    struct histogram_bin *bins; /* rising */
};

/* The crossings of one kind. The cost of a crossing is its bill: what it executed and
 * missed itself, and what others missed later because of it. */
struct crossing_summary {
    int64_t count;
    int64_t instructions; /* of the path */
    int64_t account_mcycles[ACCOUNTS];
    struct distribution total; /* explicit + implicit */
    struct distribution explicit_cost;
    struct distribution implicit_cost;
    struct distribution with_children; /* total, with that of the crossings made on its
                                          behalf, and on theirs, and so on */
};

/* Crossings of one kind that were made on behalf of crossings of another, and what their
 * own bills come to. */
struct crossing_children {
    int64_t count, mcycles;
};

/* Counters of one TLB or cache in the shared world, as a plain simulator has them. */
struct structure_counters {
    char name[MACHINE_NAME_SIZE];
    int64_t accesses[3]; /* by fetch, load, store; page-walk reads count as loads */
    int64_t misses[3];
    int64_t flushes, flushed_entries;
    int64_t write_backs;
};

/* How a trace whose events are out of balance was put right: options.lenient. */
enum repair {
    REPAIR_CROSSING_OUT, /* goes out, but none came in: left out */
    REPAIR_CALL,         /* comes in from kernel mode: those before it have gone out */
    REPAIR_NESTING,      /* too many have come in: the outermost has gone out */
    REPAIR_DOMAIN,       /* access of a domain not declared: charged to domain 0 */
    REPAIRS
};
const char *repair_name(enum repair repair);  /* "crossing_out" */
const char *repair_title(enum repair repair); /* what was found, and what was done */

#define LEDGER_PHASES 2 /* enum trace_phase: warm-up, measured */

struct ledger_phase {
    struct ledger_domain *domains; /* ledger.domain_count of them */
    struct crossing_summary crossings[CROSSING_KINDS];
    struct histogram histograms[CROSSING_KINDS]; /* of what a crossing costs in total */
    /* Who crosses on whose behalf: at [kind of the parent][kind of the crossing]; at
     * [CROSSING_KINDS] those without a parent. In the crossing's own phase. */
    struct crossing_children children[CROSSING_KINDS + 1][CROSSING_KINDS];
    /* Who did it: isolation charged to domain v whose culprit ran for domain c, at
     * [v * (domain_count + 1) + c]; c == domain_count is the path itself. */
    int64_t *culprit_mcycles;
    int64_t records;
    int64_t requests;
    int64_t space_switches[3]; /* by enum trace_how */
    int64_t thread_switches;
};

struct ledger {
    size_t domain_count;
    struct ledger_phase phase[LEDGER_PHASES];
    struct structure_counters structures[MACHINE_TLBS + MACHINE_CACHES];
    size_t structure_count;
    int64_t total_mcycles; /* of the shared world, both phases; summed independently of
                              the accounts: `total = sum of accounts` is a check */
    int64_t lost;          /* records lost in the trace */
    int64_t repairs[REPAIRS]; /* records put right; all zero unless lenient */
    struct chronicle *chronicle; /* NULL unless it was asked for */
};

/* One crossing's bill, handed to replay_options.on_bill in order of number. */
struct crossing_bill {
    uint32_t number; /* from 1, in trace order */
    uint32_t parent; /* the crossing on whose behalf the thread ran; 0: none */
    uint32_t thread;
    uint16_t domain; /* that was left */
    uint8_t kind;    /* enum crossing_kind */
    uint8_t phase;   /* enum trace_phase */
    uint64_t record; /* number of its first record */
    int64_t instructions;
    int64_t mcycles[ACCOUNTS]; /* only explicit and implicit accounts are ever nonzero */
};

struct replay_options {
    bool plain;       /* the shared world only, no ledger: counters and total alone */
    bool lenient;     /* put events out of balance right, and count them */
    bool chronicle;   /* keep what happened when: ledger->chronicle */
    /* Its stretch, by records; 0 of them: the first requests of the measured phase. */
    uint64_t stretch_first, stretch_records;
    unsigned threads; /* 0: as many as there are processors */
    void (*on_progress)(void *context, uint64_t records_done, uint64_t records_all);
    bool (*on_bill)(void *context, const struct crossing_bill *bill); /* false: stop */
    bool (*should_stop)(void *context); /* asked now and then; true: stop with CB_IO */
    void *context;
};

/* NULL on error: a damaged trace; crossings out of balance, unless lenient (CB_TRACE,
 * with the record and what was expected).
 * `options` may be NULL. */
struct ledger *replay(const struct trace_reader *trace, const struct machine *machine,
                      const struct replay_options *options, struct cb_error *error);
void ledger_free(struct ledger *ledger);

int64_t ledger_repairs(const struct ledger *ledger); /* of all kinds */

/* Sums over the domains of one phase. */
int64_t ledger_account_mcycles(const struct ledger *ledger, enum trace_phase phase,
                               enum account account);
int64_t ledger_group_mcycles(const struct ledger *ledger, enum trace_phase phase,
                             enum account_group group);

/* What one event at this component costs an access of this side, in millicycles. */
int64_t component_mcycles(const struct machine *machine, enum side side,
                          enum component component);

#endif
