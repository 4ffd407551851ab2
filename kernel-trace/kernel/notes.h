/* notes.h - put notes for the recorder beside the code that they are about.
 *
 * A note is an entry of the never loaded section .crossbill (see events.h): it adds no
 * byte to the code. With CROSSBILL_TWIN all of them vanish, and the code is the same.
 * Notes on one instruction happen in the order in which they are written.
 */
#ifndef CROSSBILL_NOTES_H
#define CROSSBILL_NOTES_H

#include "kernel-trace/events.h"
#include "kernel-trace/kernel/layout.h"

/* enum trace_cause, trace_exit, trace_how and trace_ipc, for the assembler;
 * instrument.c asserts that they are the same. */
#define CAUSE_CALL      0
#define CAUSE_FAULT     1
#define CAUSE_INTERRUPT 2
#define EXIT_IRET       0
#define EXIT_SYSEXIT    1
#define HOW_CR3         1
#define HOW_SEGMENT     2
#define IPC_IS_CALL     0
#define IPC_IS_REPLY    1
#define IPC_IS_SEND     2

#ifdef __ASSEMBLER__

#ifdef CROSSBILL_TWIN
#define REGION(base, limit, role, domain)
#define NOTE(kind, detail, first, second)
#else
/* The code from label `base` to label `limit`. */
#define REGION(base, limit, role, domain)                                                \
    .pushsection .crossbill, "", @progbits;                                              \
    .long NOTE_REGION, base, limit, (role) | (domain) << 16, 0, 0, 0, 0, 0, 0, 0, 0;     \
    .popsection
/* The next instruction. */
#define NOTE(kind, detail, first, second)                                                \
    661:.pushsection .crossbill, "", @progbits;                                          \
    .long kind, 661b, 0, detail, first, second;                                          \
    .popsection
#endif

/* Operands of notes. The current thread is the one whose stack the task state segment
 * names. */
#define NOTHING        OPERAND_CONSTANT, 0, 0, 0
#define BYTES(n)       OPERAND_CONSTANT, 0, 0, n
#define CR3_IN_FORCE   OPERAND_WORD, tss + TSS_CR3, 0, 0
#define CURRENT(field) OPERAND_DEREF, tss + TSS_ESP0, 0xffffffff, field - TCB_SIZE

#define NOTE_IN(cause, vector, bytes)                                                    \
    NOTE(NOTE_CROSSING_IN, (cause) | (vector) << 8 | (bytes) << 16, NOTHING, NOTHING)
#define NOTE_OUT         NOTE(NOTE_CROSSING_OUT, EXIT_IRET, NOTHING, NOTHING)
#define NOTE_THREAD      NOTE(NOTE_THREAD_SWITCH, 0, CURRENT(TCB_ID), CURRENT(TCB_DOMAIN))
#define NOTE_SPACE(how)  NOTE(NOTE_SPACE_SWITCH, how, CR3_IN_FORCE, CURRENT(TCB_DOMAIN))

#else

#ifdef CROSSBILL_TWIN
#define NOTE_WORDS(kind, detail, first, second)                                          \
    __asm__ inline volatile("# %c0 %c1" ::"i"(kind), "i"(detail), "i"(first), "i"(second)\
                            : "memory")
#else
/* The next instruction that the compiler emits; both operands are variables of the
 * kernel, which are up to date in memory there. */
#define NOTE_WORDS(kind, detail, first, second)                                          \
    __asm__ inline volatile("661:.pushsection .crossbill, \"\", @progbits\n"             \
                            ".long %c0, 661b, 0, %c1, %c2, %c3, 0, 0, %c2, %c4, 0, 0\n"  \
                            ".popsection" ::"i"(kind),                                   \
                            "i"(detail), "i"(OPERAND_WORD), "i"(first), "i"(second)      \
                            : "memory")
#endif

#endif
#endif
