/* layout.h - where everything is: the memory map, selectors, and the thread control
 * block. Shared by assembly and C.
 *
 *   linear                                              seen by
 *   0xffffffff +--------------------------------------+
 *              |                                      | nobody
 *   0xc4000000 +--------------------------------------+
 *              | direct map: physical 0 .. 64 MB      | the kernel; the same page tables
 *              | (text at 0xc0100000, thread control  | stand in every directory
 *              | blocks, page tables, event window)   |
 *   0xc0000000 +--------------------------------------+
 *              | window 63                            | small domain 63, through its
 *              | ...                                  | segment: base = window,
 *              | window 1   (4 MB each: one           | limit = what it was given.
 *              | window 0    directory entry)         | In every directory
 *   0x80000000 +--------------------------------------+
 *              |                                      |
 *              | a large domain, base 0, limit 2 GB   | that domain; a directory each
 *              |                                      |
 *   0x00010000 | header page, then the program        |
 *   0x0000f000 | event window, where it is allowed    |
 *   0x00000000 +--------------------------------------+
 *
 * A program is linked at USER_BASE and does not know which kind of domain it runs in: in
 * a small one all its addresses are offsets into the window.
 */
#ifndef CROSSBILL_LAYOUT_H
#define CROSSBILL_LAYOUT_H

#define PAGE_SIZE   4096
#define KERNEL_BASE 0xc0000000 /* kernel virtual = physical + KERNEL_BASE */
#define DIRECT_MAP  0x04000000

#define SMALL_BASE    0x80000000
#define SMALL_WINDOW  0x00400000
#define SMALL_WINDOWS 64
#define LARGE_LIMIT   SMALL_BASE

#define USER_EVENT_PAGE 0x0000f000
#define USER_BASE       0x00010000

/* Selectors, in the order that sysenter wants. One cache line of 16 bytes holds the
 * kernel's pair, one the user's; the user's is rewritten when another window becomes
 * current. There is one user pair only: with a descriptor for each window, a domain could
 * load its neighbour's. */
#define KERNEL_CS     0x10
#define KERNEL_SS     0x18
#define USER_CS       0x23
#define USER_DS       0x2b
#define TSS_SELECTOR  0x08
#define GDT_USER_CODE 0x20
#define GDT_USER_DATA 0x28
#define GDT_ENTRIES   6

#define VECTOR_TIMER 0x20

/* Upper words of user descriptors: present, ring 3, 32 bit, limit in pages, accessed. */
#define DESCRIPTOR_DATA          0x00c0f300
#define DESCRIPTOR_CODE          0x00c0fb00
#define DESCRIPTOR_DATA_TO_CODE  (DESCRIPTOR_DATA ^ DESCRIPTOR_CODE)
#define DESCRIPTOR_KERNEL_DATA   0x00cf9300
#define DESCRIPTOR_KERNEL_CODE   0x00cf9b00

/* The task state segment: the processor reads its stack for traps here. The field for
 * ring 1, which nobody uses, keeps the CR3 value in force: one line for both. */
#define TSS_ESP0 4
#define TSS_SS0  8
#define TSS_CR3  12

/* A thread control block is one page: this structure at the bottom, the thread's kernel
 * stack on top. It is found by masking the stack pointer, and from a thread id by masking
 * the id: index << 12 | generation << 20, so an id is never used twice. */
#define TCB_SIZE    4096
#define TCB_COUNT   64
#define TCB_MASK    0x3f000
#define TCB_FIRST_GENERATION 0x100000

#define TCB_ID      0  /* 0: free */
#define TCB_WAIT    4  /* WAIT_*, or the id of the one thread whose message it awaits */
#define TCB_WINDOW  8  /* upper word of its domain's user data descriptor */
#define TCB_SPACE   12 /* CR3 value of its domain; 0: small, any directory will do */
#define TCB_PARTNER 16 /* who sent the message that it works on */
#define TCB_SENDERS 20 /* first thread that waits to send to it; 0: none */
#define TCB_LIMIT   24 /* lower word of its domain's user data descriptor */
#define TCB_DOMAIN  28 /* its domain's number */

#define WAIT_NOTHING 0 /* runs or could run */
#define WAIT_ANY     1 /* for a message from anyone */
#define WAIT_FAULT   2 /* for its pager's answer to its page fault or exception */
#define WAIT_SEND    3 /* for the receiver to take its message */
#define WAIT_EXITED  4
#define WAIT_PORT    5 /* for a message on a port (structure mach) */

/* What a trap leaves on top of a kernel stack: the processor's five words, and below them
 * the registers in the order of pusha. A thread that does not run has exactly this frame
 * and no kernel stack else, so its stack pointer need not be kept. */
#define FRAME_EDI    0
#define FRAME_ESI    4
#define FRAME_EBP    8
#define FRAME_EBX    16
#define FRAME_EDX    20
#define FRAME_ECX    24
#define FRAME_EAX    28
#define FRAME_EIP    32
#define FRAME_CS     36
#define FRAME_EFLAGS 40
#define FRAME_ESP    44
#define FRAME_SS     48
#define FRAME_SIZE   52
#define REGISTERS    32

/* In a frame's cs, where iret does not look: the thread came by sysenter. */
#define FRAME_BY_SYSENTER 0x10000
#define EFLAGS_USER       0x202 /* interrupts on */
#define EFLAGS_KERNEL     0x002
#define TCB_FRAME    (TCB_SIZE - FRAME_SIZE)

#endif
