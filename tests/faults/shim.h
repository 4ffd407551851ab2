/* shim.h - what a test and the shim in the program that it runs have in common: a file
 * that both map, named by the environment variable CROSSBILL_FAULTS. */
#ifndef CROSSBILL_SHIM_H
#define CROSSBILL_SHIM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
    FAULT_NONE,
    FAULT_MEMORY, /* allocations, and what allocates: fopen, threads */
    FAULT_DISK,   /* system calls that write, create, rename, sync or delete files */
    FAULT_READ    /* system calls that read files in `directory`, or open them */
};

enum { STACK_DEPTH = 12, STACKS = 1 << 16 };

struct fault_state {
    enum fault_kind kind;
    long at;    /* which call fails, from 0; -1: none, calls are but counted */
    bool lasts; /* so do all after it */
    int reason; /* errno */
    char directory[256];
    atomic_long calls;
    atomic_long failed;
    atomic_long undeleted; /* of them, those that were to delete a file */
    /* With `tell`, the first call of each stack of callers (their innermost STACK_DEPTH),
     * and how many stacks there are; what has no room is counted in `untold`. */
    bool tell;
    atomic_long untold, stack_count;
    long firsts[STACKS];
    uint64_t stacks[2 * STACKS]; /* open addressing; 0: free */
};

#endif
