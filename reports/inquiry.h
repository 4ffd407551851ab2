/* inquiry.h - what the measurements of claims share. Private to this folder.
 *
 * A measurement asks for replays, sets what it found, and says why: in this order. All
 * quantities are in 1/1000. */
#ifndef CROSSBILL_INQUIRY_H
#define CROSSBILL_INQUIRY_H

#include "claims.h"

struct inquiry {
    const struct claim *claim;
    const struct claim_provider *provider;
    struct claim_finding *finding;
    enum claim_answer answer;
    struct cb_error *error;
};

#define THE_486     "i486-50"
#define THE_PENTIUM "pentium-100"

/* Ask for a replay. False when it is not to be had: return false at once. */
bool ask(struct inquiry *inquiry, struct claim_evidence *evidence, const char *machine,
         const char *recording);

/* A client calls a server, both with this many pages. */
bool ask_pingpong(struct inquiry *inquiry, struct claim_evidence *evidence,
                  const char *machine, const char *structure, int pages);
/* The file workload, small. */
bool ask_file(struct inquiry *inquiry, struct claim_evidence *evidence,
              const char *machine, const char *structure);
/* The sizes for which that is worth while, rising. */
#define SIZES 8
extern const int sizes[SIZES];

/* Whether the value is the other, give or take so much of it. */
bool obeys_within(int64_t value, int64_t other, int permille);

/* What was measured; decides whether it agrees. */
void found(struct inquiry *inquiry, int64_t value);
/* The same for RULE_CONDITION: in words. */
void found_that(struct inquiry *inquiry, bool holds, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Add to the reason. */
void because(struct inquiry *inquiry, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Say where the machine has a figure from, when it says so itself. */
void because_figure(struct inquiry *inquiry, const struct machine *machine,
                    const char *path);

/* A number with as many decimals as it needs, at most two, for words. Returns `text`. */
#define NUMBER_SIZE 24
char *number(char text[NUMBER_SIZE], int64_t thousandths);
#define N(thousandths) number((char[NUMBER_SIZE]){0}, thousandths)

/* ---- quantities of the measured phase ---- */

const struct ledger_phase *measured(const struct claim_evidence *evidence);

/* Mean over the crossings of a kind; 0 where there are none. */
int64_t crossing_account(const struct claim_evidence *evidence, enum crossing_kind kind,
                         enum account account);
int64_t crossing_explicit(const struct claim_evidence *evidence, enum crossing_kind kind);
int64_t crossing_median(const struct claim_evidence *evidence, enum crossing_kind kind);
int64_t crossing_implicit(const struct claim_evidence *evidence, enum crossing_kind kind);
int64_t crossing_instructions(const struct claim_evidence *evidence,
                              enum crossing_kind kind);
/* One way: the mean over IPC calls and replies. */
int64_t one_way(const struct claim_evidence *evidence,
                int64_t (*quantity)(const struct claim_evidence *, enum crossing_kind));
int64_t one_way_account(const struct claim_evidence *evidence, enum account account);
int64_t one_way_bytes(const struct claim_evidence *evidence);

/* Switches of address space, by whatever means. */
int64_t switches(const struct claim_evidence *evidence);
/* Mean over them; both instructions and misses. 0 where there are none. */
int64_t switch_account(const struct claim_evidence *evidence, enum account account);
/* Instructions of a class that the kernel executed, per switch. */
int64_t switch_instructions(const struct claim_evidence *evidence,
                            enum instruction_class class);
/* First-level TLB entries fetched again after a flush: all, and those of the path (by
 * what they cost) in cycles, per switch. */
int64_t refilled_entries(const struct claim_evidence *evidence);
int64_t refill_cycles(const struct claim_evidence *evidence);

/* Memory cycles by instructions, of all that was done. */
int64_t memory_cycles_per_instruction(const struct claim_evidence *evidence);

/* The kernel's footprint: mean over calls, whether by IPC or not; both ways if by IPC. */
int64_t call_bytes(const struct claim_evidence *evidence);

/* Per request of the workload. */
/* A count times 1000. */
int64_t request_instructions(const struct claim_evidence *evidence);
int64_t crossings_per_request(const struct claim_evidence *evidence);
int64_t request_cycles(const struct claim_evidence *evidence);
int64_t request_misses(const struct claim_evidence *evidence, enum account account);
int64_t request_group(const struct claim_evidence *evidence, enum account_group group);

/* All first-level TLB entries of a machine, fetched once. */
int64_t full_refill(const struct machine *machine);

/* ---- the measurements, by strike ---- */

extern const struct claim border_claims[], mach_claims[], space_claims[],
    segment_claims[], size_claims[], thread_claims[], memory_claims[];
extern const size_t border_claim_count, mach_claim_count, space_claim_count,
    segment_claim_count, size_claim_count, thread_claim_count, memory_claim_count;

#endif
