/* chronicle.h - what happened when in a replay: a few quantities over time, each in
 * bounded memory however long the trace is.
 *
 *   occupancy   who holds each TLB and cache of the shared world, sampled: over the whole
 *               trace, and finer over a stretch of it;
 *   stretch     where the processor was during that stretch, lane by lane, with what it
 *               missed there;
 *   recovery    what an access of work costs beyond the merged world, by how many
 * accesses of work have gone by since the domain was entered.
 *
 * Time is that of the shared world: millicycles charged since the beginning of the trace.
 * An instruction that waits for what follows it (a branch, a trap) is charged late, so a
 * moment can be early by one instruction.
 *
 * Lanes. The processor is in the kernel's lane while it runs path or idle code in kernel
 * mode, in domain d's while it runs work of d, in whatever mode, or path code in user
 * mode (stubs). A lane is the index of a domain in the ledger; the kernel's is that of
 * the domain with id 0.
 */
#ifndef CROSSBILL_CHRONICLE_H
#define CROSSBILL_CHRONICLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- occupancy ---- */

#define OCCUPANCY_DOMAINS 32 /* told apart; what later ones hold counts together */
#define OCCUPANCY_OTHERS  OCCUPANCY_DOMAINS
#define OCCUPANCY_PATH    (OCCUPANCY_DOMAINS + 1)
#define OCCUPANCY_HOLDERS (OCCUPANCY_DOMAINS + 2)

#define OCCUPANCY_SAMPLES 100 /* of the whole trace, or of a stretch */
#define OCCUPANCY_AROUND  96  /* of a stretch also: just before and after space switches \
                               */

struct occupancy_sample {
    uint64_t record; /* as things stand before this record is replayed */
    int64_t mcycles;
    bool warm_up;       /* phase */
    bool around_switch; /* one of those beside the regular ones */
    uint64_t place;     /* of the ref it was taken at: for those who fill in the time */
};

/* Of the whole trace: the record is drawn, from a fixed sequence, out of each
 * hundredth of the trace, so that no rhythm of the workload is mistaken for a trend. Of a
 * stretch: at regular distances; whenever there are too many, every second goes. */
struct occupancy {
    uint64_t step, chances; /* of so many chances one in `step` was taken */
    size_t count, regular;  /* samples; of them not around a switch */
    struct occupancy_sample samples[OCCUPANCY_SAMPLES + OCCUPANCY_AROUND];
    /* Valid entries of each TLB and cache by who used them last, a domain's work or the
     * path: [(sample * structures + structure) * OCCUPANCY_HOLDERS + holder]. Structures
     * are in the order of ledger.structures, domains in that of the ledger. */
    uint32_t *held;
};

/* ---- stretch ---- */

#define STRETCH_REQUESTS 4      /* of the measured phase, unless another is asked for */
#define STRETCH_RECORDS  131072 /* and no more than these */
#define STRETCH_SPANS    512

/* How a lane was entered. The first six are kinds of crossings (enum crossing_kind). */
enum lane_entry {
    ENTRY_CALL,
    ENTRY_IPC_CALL,
    ENTRY_IPC_REPLY,
    ENTRY_IPC_SEND,
    ENTRY_FAULT,
    ENTRY_INTERRUPT,
    ENTRY_RETURN,    /* a crossing went out */
    ENTRY_PROCEDURE, /* no crossing: a procedure call, or the return from one */
    ENTRY_BEGIN,     /* the stretch begins here */
    LANE_ENTRIES
};
const char *lane_entry_name(enum lane_entry entry); /* "ipc_call" */

/* The processor is in one lane. A span begins where the one before it ends. */
struct chronicle_span {
    uint32_t crossing; /* by which the lane was entered; 0: by none */
    uint16_t lane;
    uint8_t entry; /* enum lane_entry */
    int64_t from_mcycles, to_mcycles;
    int64_t tlb_misses, cache_misses; /* first-level, walks' reads too */
    int64_t refilled_after_flush, refilled_after_eviction; /* as in the ledger */
    int64_t switches_cr3, switches_segment;                /* of spaces */
};

struct chronicle_stretch {
    uint64_t first_record, end_record; /* the first, and the first behind it */
    size_t span_count;
    struct chronicle_span spans[STRETCH_SPANS];
    bool cut; /* there would have been more spans */
};

/* ---- recovery ---- */

#define RECOVERY_BUCKETS 48

/* Bucket b has the accesses number 2^b to 2^(b+1) - 1 since the domain was entered. */
struct recovery_bucket {
    int64_t accesses; /* of work */
    /* shared - merged: what they cost more (isolation), and less (credits, negative). */
    int64_t isolation_mcycles, credit_mcycles;
};

/* A domain is entered with its first access of work after the processor was in another
 * lane. How: by the switches of space since the domain's last access of work; a CR3 load
 * counts for more than a segment load, and that for more than none. */
struct recovery {
    struct recovery_bucket bucket[2][3][RECOVERY_BUCKETS]; /* by enum trace_phase, enum
                                                              trace_how */
    int64_t entries[2][3];
};

struct chronicle {
    size_t structure_count;
    struct occupancy whole, part; /* part: of the stretch */
    struct chronicle_stretch stretch;
    struct recovery recovery;
};

#endif
