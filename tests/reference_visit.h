/* reference_visit.h - what a domain touches from when its work begins to when another's
 * does. Rules 21 and 22 of reference.h. */
#ifndef CROSSBILL_TESTS_REFERENCE_VISIT_H
#define CROSSBILL_TESTS_REFERENCE_VISIT_H

#include "reference_world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of different numbers. */
struct touched {
    uint64_t *numbers;
    size_t count, capacity;
};

struct visit {
    bool begun;
    uint16_t domain;
    struct touched pages, lines;
    struct touched pages_by_side, lines_by_side; /* numbers times 2, plus 1 for fetches */
};

/* What the last visit of a domain touched, in order. */
struct remembered {
    struct access access;
    bool page;
    uint64_t paddr; /* of a line */
};

struct memory {
    struct remembered *list;
    size_t count, capacity;
};

void visit_end(struct visit *visit);

#endif
