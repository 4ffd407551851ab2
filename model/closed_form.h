/* closed_form.h - what a crossing costs, from footprints alone, without replaying.
 *
 * A structure of s entries in S = s / w sets of w ways. A visit uses n entries; since
 * they were used last, others have used F.
 *
 *   after a flush       min(n, s) entries are fetched again, each for m cycles.
 *                       Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.1.2.
 *
 *   without a flush     each of the n and of the F falls into any set alike, so that in
 *                       one set there are a ~ binomial(n, 1/S) and b ~ binomial(F, 1/S).
 *     any order         Others take up min(b, w) ways; of the visit's there remain
 *                       min(a, w - min(b, w)). Survivors: S times its expectation,
 *                         S sum(j = 0 .. w-1) P(a > j) P(b < w - j).
 *                       Thiebaut and Stone, Footprints in the Cache, ACM TOCS 5(4), 1987:
 *                       their reload transient is n less this, for n that fit.
 *     cyclic            Where a visit uses its entries in the same order each time, n - 1
 * + F others come between two uses of any of them, and it survives least-recently-used
 * replacement if fewer than w of those fall into its set: n P(binomial(n - 1 + F, 1/S) <
 * w). Hill and Smith, Evaluating Associativity in CPU Caches, IEEE TC 38(12), 1989, after
 * A. J. Smith 1978; the intervals of Agarwal, Horowitz and Hennessy, An Analytical Cache
 * Model, ACM TOCS 7(2), 1989, are our visits.
 *
 * The ledger's accounts follow from it. Per visit, with the others' work W between two
 * visits and the path P: misses alone  m0 = n - survivors(n, 0), merged  m1 =
 * n - survivors(n, W), shared  m2 = n after a flush, else n - survivors(n, W + P).
 * Competition is m1 - m0, isolation m2 - m1; the path's own misses are all implicit.
 *
 * Nothing is fitted. What is left out: what is touched once only (cold), walks that miss
 * in the caches, stores that do not allocate, other replacement than LRU, credits, how
 * pages lie (here at random), virtual caches.
 */
#ifndef CROSSBILL_CLOSED_FORM_H
#define CROSSBILL_CLOSED_FORM_H

#include "model/working_set.h"

enum closed_form_order { CLOSED_FORM_ANY_ORDER, CLOSED_FORM_CYCLIC };

/* Expectations, so n and F need not be whole. */
double closed_form_refill(double own, double entries);
double closed_form_survivors(double own, double others, uint64_t sets, uint32_t ways,
                             enum closed_form_order order);

/* Cycles per request. */
struct prediction {
    double explicit_cost; /* without pairing */
    double isolation[2];  /* of work: TLBs, caches */
    double path[2];       /* the path's misses */
    double competition[2];
    double refill; /* after flushes: sum of min(n, s) entries, of all first-level TLBs */
};

double prediction_implicit(const struct prediction *prediction);

/* `extra_pages` data pages more (or less, < 0) in each visit of a resizable domain, its
 * data lines in proportion. False, with a sentence, for line sizes that were not
 * measured. */
bool closed_form_predict(const struct footprints *footprints,
                         const struct machine *machine, double extra_pages,
                         enum closed_form_order order, struct prediction *prediction,
                         struct cb_error *error);

#endif
