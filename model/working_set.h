/* working_set.h - footprints: the distinct pages and lines that each domain and the path
 * touch per visit, measured once from a trace, for any machine.
 *
 * A visit of a domain lasts from its first work access after another domain's work to the
 * last before the next one's; one of the path is a stretch of path without work between.
 * The measured phase is counted; all of a trace that has none.
 */
#ifndef CROSSBILL_WORKING_SET_H
#define CROSSBILL_WORKING_SET_H

#include "model/model.h"

#define FOOTPRINT_LINES            4 /* lines of 16, 32, 64 and 128 bytes */
#define FOOTPRINT_LINE(size_index) (16u << (size_index))

/* Sums over visits; code, data, and both together (a page or line may be both), indexed
 * by enum machine_holds. */
struct working_set {
    char name[TRACE_NAME_SIZE];
    int64_t visits;
    int64_t flushed; /* of them: visits with a CR3 load since the visit before, or, of the
                        path, in it */
    int64_t pages[3];
    int64_t lines[FOOTPRINT_LINES][3];
    bool resizable; /* a domain in user mode: "what if it were larger?" */
};

struct footprints {
    int64_t requests; /* at least 1: without any, all of it is one */
    int64_t pages;    /* the recording's own number; 0: it has none */
    struct working_set path;
    struct working_set *domains; /* that have visits */
    size_t domain_count;
    int64_t path_instructions[INSTRUCTION_CLASSES]; /* executed on the path */
};

/* False on a damaged trace or without memory. Free them. */
bool footprints_measure(const struct trace_reader *trace, struct footprints *footprints,
                        struct cb_error *error);
void footprints_free(struct footprints *footprints);

#endif
