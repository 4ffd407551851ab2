/* random_trace.h - traces and machines drawn from a seed, to try laws on.
 *
 * A random trace is that of a small system: some domains, each in an address space of its
 * own or in a window of a shared one, with a thread each; code of every role, made of
 * real instructions; null calls, nested IPC with replies, faults, interrupts, also from
 * the kernel itself and from idle; page tables, phases, requests and losses. The same
 * seed and shape give the same bytes. */
#ifndef CROSSBILL_RANDOM_TRACE_H
#define CROSSBILL_RANDOM_TRACE_H

#include "model/machine.h"
#include "traces/trace.h"

/* Uniform in 0 .. below - 1; below > 0. */
uint64_t draw(uint64_t *seed, uint64_t below);
bool chance(uint64_t *seed, unsigned percent);

#define RANDOM_DOMAINS 6 /* besides the kernel */

struct random_shape {
    size_t records;          /* about so many */
    unsigned domains;        /* 1 .. RANDOM_DOMAINS, besides the kernel */
    unsigned large;          /* percent of domains with a page directory of their own */
    unsigned pages;          /* data pages of a domain, 1 .. 64 */
    unsigned spread;         /* bytes of a page that are touched, 64 .. 4096 */
    unsigned locality;       /* percent of accesses that go where the last one went */
    unsigned shared_pages;   /* percent of pages that are another domain's too */
    unsigned work;           /* instructions of a stretch of work, at most */
    unsigned path;           /* instructions of a stretch of path, at most */
    unsigned depth;          /* of IPC nesting */
    unsigned code_as_data;   /* percent of data accesses that go to code */
    unsigned unaligned;      /* percent */
    unsigned unknown_tables; /* percent of page tables that the trace does not show */
    unsigned large_pages; /* percent of directory entries that lead to large pages, where
                             what lies there is one stretch of memory */
    bool tables;          /* descriptor tables are known */
    unsigned table_changes; /* permille of touches at which a page table moves */
    bool own_services;      /* work in the kernel is that of whoever called it */
    bool never_leaves;      /* one domain, only its work */
    bool phases;
    bool interrupts;
    bool tells_first_space;  /* as recordings do, imported traces do not */
};

struct random_shape random_shape(uint64_t seed);
/* Asserts that the trace could be written. */
void random_trace_write(const char *path, uint64_t seed,
                        const struct random_shape *shape);

/* Levels that keep apart, and no chance: every other policy and kind of geometry. */
struct machine random_machine(uint64_t seed);
/* A machine of any kind that can exist: random replacement, enforced inclusion,
 * write-backs that are written, virtual caches and kernel page-table isolation, too. */
struct machine wild_machine(uint64_t seed);

#endif
