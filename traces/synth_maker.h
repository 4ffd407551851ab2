/* synth_maker.h - a synthetic trace in the making; private to traces/.
 *
 * Linear addresses                       physical
 *   04000000  a large domain's code        frames after the kernel's,
 *   10000000  its data                     in the order of the domains
 *   10000000  windows of small domains
 *   c0000000  kernel: tables and stack,    address - c0000000
 *   c0100000  its code,
 *   c0400000  its data
 */
#ifndef CROSSBILL_SYNTH_MAKER_H
#define CROSSBILL_SYNTH_MAKER_H

#include "synth_plan.h"

#define PAGE         4096u
#define LINE         64u
#define LARGE_BASE   0x04000000u
#define LARGE_DATA   0x10000000u
#define LARGE_LIMIT  0x20000000u
#define SMALL_BASE   0x10000000u
#define KERNEL_BASE  0xc0000000u
#define KERNEL_CODE  0xc0100000u
#define KERNEL_DATA  0xc0400000u
#define KERNEL_STACK 0xc0004000u /* top */
#define KERNEL_SAVED 0xc0003000u /* where stack pointers are saved */
#define FRAMES_MAX   (1u << 20)  /* 4 GiB */
#define TABLES_MAX   8192        /* frames for page tables */
#define TRAP_VECTOR  0x30
#define TRAP_PUSHED  20
#define FIRST_SPACE  1
#define CALLS_MAX    SYNTH_PATTERN_MAX
#define DOMAIN_SLOT  4 /* bytes in which a domain's stack pointer is saved */

struct maker_domain {
    const struct synth_domain *plan;
    uint16_t id, space;
    uint64_t code, data;                   /* linear */
    uint64_t code_physical, data_physical; /* contiguous */
    uint32_t *body;                        /* code location of each instruction */
    uint8_t *access;                       /* of each: 0, or enum trace_kind */
    uint32_t branch, trap;
    uint64_t random;
    uint64_t page, next_page;
};

struct maker {
    const struct synth_plan *plan;
    struct trace_writer *writer;
    struct maker_domain domains[SYNTH_DOMAINS_MAX];
    size_t current; /* whose thread runs */
    uint64_t next_frame;
    uint64_t small_end;
    uint16_t spaces;
    uint64_t cr3[SYNTH_DOMAINS_MAX + 1];
    bool space_seen[SYNTH_DOMAINS_MAX + 1];
    uint64_t kernel_tables[1024]; /* by directory index; 0: none */
    uint32_t push, save, take, load_cr3, load_segment, pop, iret;
    size_t calls[CALLS_MAX];
    size_t call_count;
};

/* splitmix64 */
static inline uint64_t synth_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

/* Gives every domain and space its addresses, or CB_USAGE where they do not fit. */
bool synth_place(struct maker *maker, const char *name, struct cb_error *error);
/* Puts domains, regions, tables and code locations. False without memory. */
bool synth_define(struct maker *maker);
/* Page frames that nobody has yet; the physical address of the first. */
uint64_t synth_frames(struct maker *maker, uint64_t pages);
/* Bytes of a domain's code. */
uint64_t synth_code_bytes(const struct synth_domain *domain);

#endif
