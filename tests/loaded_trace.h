/* loaded_trace.h - a trace of a few thousand records, whole in memory, for the naive
 * replay, and rewritten with parts left out or renamed. */
#ifndef CROSSBILL_LOADED_TRACE_H
#define CROSSBILL_LOADED_TRACE_H

#include "reference.h"

struct loaded_trace {
    struct trace_reader *reader;
    struct trace_record *records;
    struct reference_trace view; /* lives until trace_unload() */
};

/* Both assert that they can. */
void trace_load(struct loaded_trace *trace, const char *path);
void trace_unload(struct loaded_trace *trace);

/* What a rewriting does to each record; false leaves it out. The record's kind, domain
 * and role are told apart by the caller; data are left out with their instruction. */
struct rewriting {
    bool (*keep)(const struct rewriting *rewriting, const struct loaded_trace *trace,
                 struct trace_record *record);
    uint16_t (*rename)(const struct rewriting *rewriting, uint16_t domain); /* or NULL */
    bool without_tables;
    uint16_t domain; /* for the two above */
    bool in_space_0; /* until the first space switch */
};

void trace_rewrite(const struct loaded_trace *trace, const char *path,
                   const struct rewriting *rewriting);

#endif
