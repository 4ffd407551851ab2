/* random_system.h - the small system that a random trace is the trace of: where its code
 * and data lie. random_layout.c builds it, random_trace.c runs it. */
#ifndef CROSSBILL_RANDOM_SYSTEM_H
#define CROSSBILL_RANDOM_SYSTEM_H

#include "random_trace.h"

#define KERNEL_BASE  0xc0000000u
#define BLOCK_BYTES  512
#define BLOCK_STEPS  96
#define WORK_BLOCKS  3
#define KERNEL_PAGES 12
#define USER_MEMORY  0x400000u
#define SPACES       (RANDOM_DOMAINS + 2) /* 1 is shared, 2 .. one for each domain */

#define UNKNOWN 3 /* bytes of an instruction that the trace does not show */

/* What an instruction does to memory, a letter for each access: l load and s store at a
 * new address, w store where the last load was, o load and u store on the stack. */
struct pattern {
    uint8_t length;
    bool branches, repeats;
    const char *data;
    uint8_t bytes[11];
};

struct step {
    uint32_t code;
    uint32_t rest; /* what lies beyond the page's end, or TRACE_NO_CODE */
    uint8_t rest_size;
    uint64_t vaddr;
    const struct pattern *pattern;
};

/* Code of one role, in one region or in none, within a page. */
struct block {
    uint64_t vaddr, paddr;
    struct step steps[BLOCK_STEPS];
    size_t count;
    bool has_region;
    struct trace_region region;
};

struct page {
    uint64_t vaddr, paddr;
};

struct domain {
    uint16_t id, space;
    uint32_t thread;
    struct block work[WORK_BLOCKS], stub;
    struct step straddling; /* from the first page of work into the second */
    struct page *pages;
    struct page stack;
    uint64_t frame; /* that its window's first 4 MiB lie in; 0: pages lie anywhere */
};

enum path_block {
    ENTRY,
    KERNEL,
    THREADS,
    SPACE_LOADS,
    BINDING,
    SERVICE,
    IDLE,
    PATH_BLOCKS
};

struct system {
    struct trace_writer *writer;
    const struct random_shape *shape;
    uint64_t seed;
    struct domain domains[RANDOM_DOMAINS];
    struct block kernel[PATH_BLOCKS];
    struct step leave_step, leave_fast_step;
    struct page kernel_pages[KERNEL_PAGES];
    struct page kernel_stack;
    uint64_t memory; /* next free physical address */
    uint64_t directory[SPACES];
    bool table_seen[SPACES][1024];
    struct domain *current;
    uint16_t space;
    struct page code_page;  /* that is touched as data */
    struct page *last_page; /* for locality */
    uint64_t last_offset;
    unsigned interrupted;
    uint64_t request;
};

/* Draws the system and puts its definitions into the trace. */
void random_lay_out(struct system *system);
void random_tear_down(struct system *system);

uint64_t free_page(struct system *system);
/* A page for this address of the domain. */
uint64_t page_for(struct system *system, const struct domain *domain, uint64_t vaddr);
/* Where the domain's window begins: the same address in every space of its own. */
uint64_t random_window(const struct domain *domain);
/* An instruction at an offset of a block. */
struct step put_step(struct system *system, const struct block *block, uint64_t offset,
                     const struct pattern *pattern);
extern const struct pattern pattern_trap, pattern_enter;

#endif
