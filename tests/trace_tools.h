/* trace_tools.h - for tests of traces: a recorder that writes a trace and keeps, in
 * another way than the codec, the records that must be read back. */
#ifndef CROSSBILL_TRACE_TOOLS_H
#define CROSSBILL_TRACE_TOOLS_H

#include "test.h"

#include "traces/trace.h"

struct twin {
    struct trace_writer *writer;
    struct trace_record *expected;
    size_t count, room;
    uint32_t thread;
    uint16_t domain, space;
    uint8_t user;
    uint32_t code;        /* of the last fetch */
    uint8_t lengths[256]; /* of code locations 0..255 */
    uint64_t vaddrs[256], paddrs[256];
    uint32_t codes;
};

/* A directory of this test program's own, removed with all in it when it ends. */
const char *scratch_path(const char *name);

void twin_open(struct twin *twin, const char *path);
void twin_state(struct twin *twin, uint32_t thread, uint16_t domain, uint16_t space,
                bool user);
/* At most 256 locations; owners stay TRACE_DOMAIN_CURRENT. */
uint32_t twin_code(struct twin *twin, uint64_t vaddr, uint64_t paddr, uint8_t length);
void twin_fetch(struct twin *twin, uint32_t code, uint8_t size);
void twin_data(struct twin *twin, enum trace_kind kind, uint64_t vaddr, uint64_t paddr,
               uint8_t size);
void twin_event(struct twin *twin, struct trace_record event);
/* Finishes the trace, reads it back and compares every field of every record. */
void twin_close(struct twin *twin, const char *path);
void twin_free(struct twin *twin);

/* A random trace of `count` records: all kinds, extremes included. */
void twin_random(struct twin *twin, uint64_t seed, size_t count);

uint64_t random_next(uint64_t *state);

/* All records of an open trace, to be freed. */
struct trace_record *read_all(const struct trace_reader *reader, size_t *count);
uint8_t *slurp(const char *path, size_t *size);
void spill(const char *path, const uint8_t *bytes, size_t size);

void assert_same_record(const struct trace_record *got, const struct trace_record *want,
                        size_t number);

#endif
