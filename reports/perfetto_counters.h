/* perfetto_counters.h - who holds each TLB and cache, as counters on a time line. Private
 * to perfetto.c. */
#ifndef CROSSBILL_PERFETTO_COUNTERS_H
#define CROSSBILL_PERFETTO_COUNTERS_H

#include "perfetto.h"
#include "text.h"

struct perfetto_counters {
    const struct perfetto_replay *replay; /* NULL: there are none */
    size_t next;                          /* sample of its stretch */
};

/* Whether a sample was taken as things stood before this record, or an earlier one. */
bool perfetto_counters_due(const struct perfetto_counters *counters, uint64_t record);
size_t perfetto_counters_parts(const struct perfetto_counters *counters);
/* Name and arguments of a counter event that has been opened; closes it. */
void perfetto_counters_add(const struct perfetto_counters *counters, size_t part,
                           struct text *text);
void perfetto_counters_next(struct perfetto_counters *counters);

#endif
