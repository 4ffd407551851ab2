/* abi.h - what user programs know of the kernel. Shared by assembly and C, guest only.
 *
 * Kernel calls are traps; every operand is in a register.
 *
 *   vector               in                                  out
 *   TRAP_KERNEL_CALL     eax CALL_*, ebx esi edi arguments   eax result
 *   TRAP_IPC_CALL        eax partner: send, then wait for    eax sender or ERROR_*
 *                        that partner's answer               ebx esi edi message
 *   TRAP_IPC_REPLY_WAIT  eax partner (0: none): answer, if   edx bytes received
 *                        it waits; then wait for anyone      (ecx undefined)
 *   TRAP_IPC_RECEIVE     eax partner, 0: anyone
 *   TRAP_IPC_SEND        eax partner: send, wait until taken
 *   TRAP_SERVICE         eax service, ebx operation,         eax result
 *                        esi struct arguments (service.h)
 *   TRAP_MACH            see structures/mach_abi.h           eax result
 *
 *   IPC in: ebx esi edi message; edx bytes to send | most bytes to receive << 16;
 *           ecx where the bytes to send are; ebp where received bytes go.
 */
#ifndef CROSSBILL_ABI_H
#define CROSSBILL_ABI_H

#define TRAP_KERNEL_CALL    0x30
#define TRAP_IPC_CALL       0x31
#define TRAP_IPC_REPLY_WAIT 0x32
#define TRAP_IPC_RECEIVE    0x33
#define TRAP_IPC_SEND       0x34

#define TRAP_SERVICE        0x35
#define TRAP_MACH           0x36
#define TRAPS_END           0x37

#define IPC_SHORT_BYTES 12 /* what the three message registers carry */

#define CALL_NULL   0
#define CALL_EXIT   1 /* this thread is no more */
#define CALL_YIELD  2 /* let thread ebx run, if it is ready; 0: whoever is next */
#define CALL_RECORD 3 /* recording starts; announcing domains only */
#define CALL_PRINT  4 /* character ebx to the debug console; privileged domains only */
#define CALL_END    5 /* end the machine with STATUS_* ebx; privileged domains only */
#define CALL_THREAD 6 /* a new thread of this domain, at ebx with stack esi: its id */
#define CALL_MAP    9  /* into the domain of thread ebx, whose pager the caller is: the
                        * caller's page esi | MAP_*, at address edi */
#define CALL_FLUSH  10 /* take back the caller's page ebx from all who have it from it */
#define CALL_TIMER  11 /* every ebx microseconds, 0: never; announcing domains only */
#define CALL_LISTEN 12 /* ebx 1: this thread is told of ticks, 0: no longer; privileged */
#define CALL_BIND   7 /* exokernel: bind esi disk blocks from ebx to this domain */
#define CALL_PORT   8 /* mach: a new port, on which this domain can receive: its name */

#define MAP_WRITABLE 1
#define MAP_GRANT    2 /* the caller has it no longer */

/* Results of IPC and kernel calls that no thread id equals. */
#define ERROR_FIRST      0xfffffff0
#define ERROR_NO_THREAD  0xfffffff0 /* there is no such thread, or no longer */
#define ERROR_BUFFER     0xfffffff1 /* a message buffer is not (wholly) mapped */
#define ERROR_TOO_LONG   0xfffffff2 /* the receiver does not take so many bytes */
#define ERROR_DENIED     0xfffffff3 /* the caller has no right to this */
#define ERROR_ARGUMENT   0xfffffff4 /* no such operation, or a value that cannot be */
#define ERROR_FULL       0xfffffff5 /* no thread, page or table is left */

/* A fault is a message from the thread that faulted to its pager: ebx FAULT_LABEL |
 * vector << 8 | error code & 0xff, esi linear address (page fault) or error code, edi
 * instruction. The answer's ebx is 0 (try again) or the address to continue at. */
#define FAULT_LABEL      0xfa000000
#define FAULT_LABEL_MASK 0xff000000

/* Ticks come as a message from thread 0: ebx INTERRUPT_LABEL, esi how many. */
#define INTERRUPT_LABEL 0x1e000000
#define TIMER_MOST      50000

/* What the machine's isa-debug-exit device is given: QEMU's status is 2 * value + 1. */
#define STATUS_DONE      0x10 /* 33: all is well */
#define STATUS_SELFTEST  0x11 /* 35: the self-test found the kernel wrong */
#define STATUS_SCENARIO  0x12 /* 37: bad command line */
#define STATUS_PANIC     0x13 /* 39: the kernel caught itself at a mistake */
#define STATUS_STUCK     0x14 /* 41: no thread can ever run again */
#define STATUS_WORKLOAD  0x15 /* 43: the workload found wrong data */

#endif
