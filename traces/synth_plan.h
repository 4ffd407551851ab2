/* synth_plan.h - a description of a synthetic trace, read and checked; private. */
#ifndef CROSSBILL_SYNTH_PLAN_H
#define CROSSBILL_SYNTH_PLAN_H

#include "trace.h"

#define SYNTH_DOMAINS_MAX 64
#define SYNTH_PATTERN_MAX 4096

struct synth_domain {
    char name[TRACE_NAME_SIZE];
    enum trace_domain_kind kind;
    uint64_t instructions, loops, accesses, pages, lines_per_page;
    uint64_t reuse_percent, store_percent;
    bool random;
};

struct synth_plan {
    char *scenario;
    uint64_t seed, requests, warm_up_requests;
    struct synth_domain domains[SYNTH_DOMAINS_MAX];
    size_t domain_count;
    size_t kernel; /* index of the kernel's domain */
    size_t pattern[SYNTH_PATTERN_MAX]; /* indices of user domains */
    size_t pattern_count;
};

/* NULL on error. To be freed with synth_plan_free(). */
struct synth_plan *synth_plan_parse(const char *text, size_t size, const char *name,
                                    struct cb_error *error);
void synth_plan_free(struct synth_plan *plan);

#endif
