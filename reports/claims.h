/* claims.h - statements of the literature on border crossings, each beside what was
 * measured.
 *
 * A claim is data: who says what, where, and how well that source was read; what is
 * measured for it; and the rule by which both are compared. The only numbers typed in are
 * the sources' own. Everything else is computed from replays, which a claim asks for by
 * name; the caller provides them (cli/claims.c records and replays, a test makes them
 * up).
 *
 * Recordings and machines are named by words apart by blanks: scenario, structure, knobs
 * ("pingpong l3-large pages=8"), and name, overrides ("pentium-100 tlb.*.asid_bits=6").
 */
#ifndef CROSSBILL_CLAIMS_H
#define CROSSBILL_CLAIMS_H

#include "model/extents.h"
#include "report.h"

/* The lesson's four strikes against microkernels. */
enum claim_strike {
    STRIKE_BORDER_CROSSINGS,
    STRIKE_SPACE_SWITCHES,
    STRIKE_THREAD_SWITCHES,
    STRIKE_MEMORY_EFFECTS
};
const char *claim_strike_name(enum claim_strike strike); /* "border_crossings" */

enum claim_verdict {
    CLAIM_REPRODUCED,
    CLAIM_DIFFERS,
    CLAIM_UNVERIFIED,  /* the source's figure is only remembered; it is compared all the
                          same, and the reason says how that came out */
    CLAIM_NOT_MEASURED /* a replay that it needs is not to be had */
};
const char *claim_verdict_name(enum claim_verdict verdict); /* "not_measured" */

enum claim_unit {
    UNIT_CYCLES,
    UNIT_ENTRIES,
    UNIT_MISSES,
    UNIT_BYTES,
    UNIT_PERCENT,
    UNIT_TIMES,
    UNIT_CYCLES_PER_INSTRUCTION
};

const char *claim_unit_name(enum claim_unit unit); /* "cycles" */

enum claim_rule {
    RULE_EQUAL,    /* figures[0], give or take tolerance_permille of it */
    RULE_AT_MOST,  /* figures[0] */
    RULE_AT_LEAST, /* figures[0] */
    RULE_BETWEEN,  /* figures[0] and figures[1] */
    RULE_CONDITION /* what `condition` says */
};

#define CLAIM_FIGURES 4

struct inquiry;

struct claim {
    const char *name; /* "border-bound" */
    enum claim_strike strike;
    const char *statement;
    const char *said_by; /* "paper", "lesson": which of the two, where they disagree */
    const char *source;
    char flag; /* as a machine's figures have it: see model/machine.h */
    int64_t figures[CLAIM_FIGURES]; /* the source's own, in 1/1000 of the unit */
    enum claim_unit unit;
    const char *figure; /* in words where one number does not say it; else NULL */
    const char *measurement;
    enum claim_rule rule;
    int tolerance_permille;
    const char *condition;
    /* Sets the finding's value (or text) and reason. False: the answer stands in the
     * inquiry. */
    bool (*measure)(struct inquiry *inquiry);
};

#define CLAIM_TEXT   160
#define CLAIM_REASON 640

struct claim_finding {
    enum claim_verdict verdict;
    bool agrees;             /* by the rule */
    int64_t value;           /* in 1/1000 of the claim's unit; unless RULE_CONDITION */
    char figure[CLAIM_TEXT]; /* "107 cycles" */
    char rule[CLAIM_TEXT];   /* "equal within 10 %" */
    char measured[CLAIM_TEXT];
    char reason[CLAIM_REASON]; /* sentences; chosen by computed conditions */
};

/* One replay. All of it is the provider's and lives as long as the claims are judged. */
struct claim_evidence {
    const struct machine *machine;
    const struct ledger *ledger;
    const struct extents *extents;
};

enum claim_answer {
    ANSWER_HERE,
    ANSWER_ABSENT, /* there is no such recording, and none can be made: the error's
                      sentence says why */
    ANSWER_FAILED
};

struct claim_provider {
    enum claim_answer (*replay)(void *context, const char *recording, const char *machine,
                                struct claim_evidence *evidence, struct cb_error *error);
    void *context;
};

/* All of them, by strike; NULL after the last. */
const struct claim *claim_at(size_t number);

/* False, with what the provider said, when a replay failed. */
bool claim_judge(const struct claim *claim, const struct claim_provider *provider,
                 struct claim_finding *finding, struct cb_error *error);

/* Put the claim, one of claim_at(), into the report; an earlier one of that name is
 * replaced. */
bool report_add_claim(struct report *report, const struct claim *claim,
                      const struct claim_finding *finding, struct cb_error *error);

#endif
