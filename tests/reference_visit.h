/* reference_visit.h - what a domain touches from when its work begins to when another's
 * does. Rule 21 of reference.h. */
#ifndef CROSSBILL_TESTS_REFERENCE_VISIT_H
#define CROSSBILL_TESTS_REFERENCE_VISIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of different numbers. */
struct touched {
    uint64_t *numbers;
    size_t count, capacity;
};

/* True if it was not in the list. */
bool touch(struct touched *touched, uint64_t number);

struct visit {
    bool begun;
    uint16_t domain;
    struct touched pages, lines;
};

void visit_end(struct visit *visit);

#endif
