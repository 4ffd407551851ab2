/* program.h - what the kernel's loader and a user program tell each other. Guest only.
 *
 * A program is a flat image whose first page, at USER_BASE, holds a program_header, then
 * room for a launch, then functions that only serve the recorder. The loader copies the
 * image, fills in the launch, and adds a stack and an arena behind it:
 *
 *   USER_BASE   header, launch, instrument functions    writable
 *               text: work, then binding (stubs)       read only
 *   writable    data, bss                               writable
 *   limit       guard page, not mapped
 *               stack, STACK_PAGES                      writable
 *   arena       launch.arena_pages pages to visit       writable
 *               launch.disk_pages pages of disk         writable
 */
#ifndef CROSSBILL_PROGRAM_H
#define CROSSBILL_PROGRAM_H

#define PROGRAM_MAGIC  0x4c494258 /* "XBIL" */
#define LAUNCH_OFFSET  0x40
#define STACK_PAGES    2
#define SELFTEST_PAGES 2 /* root's first arena pages; its tests give one away */

#ifndef __ASSEMBLER__
#include "kernel-trace/scenarios.h"

#include <stdint.h>

struct program_header {
    uint32_t magic;
    uint32_t entry;
    uint32_t work_limit; /* its own work: from the second page to here */
    uint32_t fs_limit;   /* then the file service's, where it is a library */
    uint32_t text_limit; /* then stubs, whose only purpose is the border */
    uint32_t writable;               /* page aligned */
    uint32_t limit;                  /* of bss */
};

#define PEERS 12 /* at least the workers and the probes */
struct launch {
    struct scenario scenario;
    uint32_t arena, arena_pages, lines; /* to visit */
    uint32_t disk_pages;                /* behind them: the storage service's disk */
    uint32_t demand; /* not 0: the arena is not mapped; the pager's is to be used there */
    uint32_t seed;
    uint32_t root;            /* the thread that says go */
    uint32_t worker, workers; /* which of how many make requests */
    uint32_t formats;         /* 1: it makes the file system that it uses */
    uint32_t peer[PEERS];     /* whom it works with: enum service, or probes */
    uint32_t port;            /* mach: name of the port where it receives requests */
};
_Static_assert(LAUNCH_OFFSET + sizeof(struct launch) <= 0x400, "program.ld");
#endif

#endif
