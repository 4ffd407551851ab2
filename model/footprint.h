/* footprint.h - working sets: the distinct pages and lines that a domain's work touches
 * per visit. A visit lasts from the first work access of a domain after another domain's
 * work to the last before the next one's.
 */
#ifndef CROSSBILL_FOOTPRINT_H
#define CROSSBILL_FOOTPRINT_H

#include "model/map.h"

#define FOOTPRINT_FILTER 4096 /* lines of this visit that need not be looked up again */

struct footprint {
    struct map pages, lines; /* to the last visit that touched them, and the sides that
                                did: 1 fetch, 2 data */
    struct {
        uint64_t line, seen; /* visit and sides, as in the maps */
    } filter[FOOTPRINT_FILTER];
    uint64_t visit; /* number of the current one, from 1 */
    uint16_t domain;
    uint8_t line_shift;
};

/* What one access adds to the sums of its domain; and whether page and line are new to
 * its side, too. */
struct footprint_step {
    bool visit, page, line;
    bool page_of_side, line_of_side;
};

void footprint_init(struct footprint *footprint, uint8_t line_shift);
void footprint_free(struct footprint *footprint);

/* Whether this visit has touched the line on this side, as far as is easily known; then
 * to touch it again adds nothing. `side`: 1 fetch, 2 data. Lines are taken by their
 * physical address, below 2^48. */
static inline bool footprint_knows(const struct footprint *footprint, uint16_t domain,
                                   uint64_t paddr, unsigned side)
{
    uint64_t line = paddr >> footprint->line_shift;
    size_t at = line % FOOTPRINT_FILTER;
    uint64_t seen = footprint->filter[at].seen;
    return domain == footprint->domain && footprint->filter[at].line == line &&
           seen >> 2 == footprint->visit && (seen & side) != 0;
}

struct footprint_step footprint_touch(struct footprint *footprint, uint16_t domain,
                                      uint64_t vaddr, uint64_t paddr, unsigned side);

#endif
