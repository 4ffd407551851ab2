/* path.S - the ways in and out of the kernel: the null call and short IPC.
 *
 * Everything here runs with interrupts off and with the user's ds, es, fs and gs: the
 * kernel's data is reached through ss, which the trap has loaded (addresses by ebp and
 * esp use it by themselves; the others say ss:). A path that only passes a message thus
 * loads no segment register unless the receiver's window is another one.
 *
 * Registers and stack at a trap: see layout.h (FRAME_*) and abi.h.
 */
#include "kernel-trace/kernel/abi.h"
#include "kernel-trace/kernel/notes.h"

    .section .text.path, "ax"

/* ---- the null call: 4 instructions from trap to return ---- */

    .balign 16
    .globl enter_kernel_call
enter_kernel_call:
    NOTE_IN(CAUSE_CALL, TRAP_KERNEL_CALL, 20)
    testl %eax, %eax
    jnz enter_slow_kernel_call
null_out:
    NOTE_OUT
    iret
null_end:
    REGION(null_out, null_end, EVENT_ROLE_BORDER, 0)

/* ---- leave for the current thread, in whose frame esp stands ----
 *
 * eax, ebx, esi and edi carry the message. A macro, so that the instruction after a
 * switch belongs to that switch alone and can carry its note. */
.macro leave_with_message name, exit
.ifc \exit, sysexit
    testl $FRAME_BY_SYSENTER, FRAME_CS(%esp) # did it come by sysenter?
    jz \name\()_iret
    movl FRAME_EIP(%esp), %edx
    movl FRAME_ESP(%esp), %ecx
    movl FRAME_EBP(%esp), %ebp
\name\()_out_fast:
    sti # takes effect after the next instruction
    NOTE(NOTE_CROSSING_OUT, EXIT_SYSEXIT, NOTHING, NOTHING)
    sysexit
\name\()_end_fast:
    REGION(\name\()_out_fast, \name\()_end_fast, EVENT_ROLE_BORDER, 0)
\name\()_iret:
.endif
    xorl %edx, %edx # no bytes but those in registers
    movl FRAME_EBP(%esp), %ebp
    addl $REGISTERS, %esp
\name\()_out:
    NOTE_OUT
    iret
\name\()_end:
    REGION(\name\()_out, \name\()_end, EVENT_ROLE_BORDER, 0)
.endm

/* ---- send a short message to thread eax and wait for one ----
 *
 * The receiver must exist and already wait for this thread or for anyone; whatever is not
 * so simple goes the slow way through ipc.c, with all registers as they came. */
.macro short_ipc name, how, exit
    subl $REGISTERS, %esp
    movl %ebp, FRAME_EBP(%esp)
    movl %edx, FRAME_EDX(%esp)

    movl %eax, %ebp # ebp: the receiver's control block
    andl $TCB_MASK, %ebp
    leal tcbs(%ebp), %ebp
    cmpl %eax, TCB_ID(%ebp)
    jne \name\()_undo
    movl %esp, %ecx # ecx: ours
    andl $-TCB_SIZE, %ecx
    movl %ss:TCB_ID(%ecx), %edx # edx: our id
    cmpl %edx, TCB_WAIT(%ebp)
    je 1f
    cmpl $WAIT_ANY, TCB_WAIT(%ebp)
    jne \name\()_undo
1:
.if \how == IPC_IS_CALL
    movl %eax, %ss:TCB_WAIT(%ecx)
.else
    cmpl $0, %ss:TCB_SENDERS(%ecx) # someone waits already: take that message instead
    jne \name\()_undo
    movl $WAIT_ANY, %ss:TCB_WAIT(%ecx)
.endif
    movl $WAIT_NOTHING, TCB_WAIT(%ebp)
    movl %edx, TCB_PARTNER(%ebp)
    movl %edx, %eax

\name\()_thread:
    leal TCB_FRAME(%ebp), %esp
    leal TCB_SIZE(%ebp), %ecx
    movl %ecx, %ss:tss + TSS_ESP0
\name\()_space:
    NOTE(NOTE_IPC_SEND, \how, CURRENT(TCB_ID), BYTES(IPC_SHORT_BYTES))
    NOTE_THREAD
    NOTE(NOTE_IPC_RECEIVE, 0, CURRENT(TCB_PARTNER), BYTES(IPC_SHORT_BYTES))
    movl TCB_WINDOW(%ebp), %ecx
    cmpl %ecx, %ss:gdt + GDT_USER_DATA + 4
    jne switch_window_\exit
    movl TCB_SPACE(%ebp), %ecx
    cmpl %ecx, %ss:tss + TSS_CR3
    jne switch_space_\exit
\name\()_done:
    leave_with_message \name, \exit

\name\()_undo:
    movl FRAME_EBP(%esp), %ebp
    movl FRAME_EDX(%esp), %edx
    addl $REGISTERS, %esp
    jmp enter_slow_\name
    REGION(\name\()_thread, \name\()_space, EVENT_ROLE_THREAD_SWITCH, 0)
    REGION(\name\()_space, \name\()_done, EVENT_ROLE_SPACE_SWITCH, 0)
.endm

.macro short_ipc_by_int name, vector, how
    .balign 16
    .globl enter_\name
enter_\name:
    NOTE_IN(CAUSE_CALL, \vector, 20)
    testl $0xffff, %edx # bytes in memory to send?
    jnz enter_slow_\name
    short_ipc \name, \how, iret
.endm

    short_ipc_by_int ipc_call, TRAP_IPC_CALL, IPC_IS_CALL
    short_ipc_by_int ipc_reply_wait, TRAP_IPC_REPLY_WAIT, IPC_IS_REPLY

/* ---- make the space of thread ebp current: ecx is its window or its CR3 value ----
 *
 * When the window changes, the descriptors are rewritten and every data segment register
 * is loaded again: fs and gs too, since what they hold would still reach the old window.
 * cs and ss follow with the iret. */
.macro space_switches exit
    .balign 16
switch_space_\exit:
    testl %ecx, %ecx # in the same small window already
    jz 1f
    movl %ecx, %ss:tss + TSS_CR3
    movl %ecx, %cr3
switch_space_done_\exit:
    NOTE_SPACE(HOW_CR3)
    leave_with_message other_space_\exit, \exit
1:  leave_with_message same_window_\exit, \exit
    REGION(switch_space_\exit, switch_space_done_\exit, EVENT_ROLE_SPACE_SWITCH, 0)

    .balign 16
switch_window_\exit:
    movl %ecx, %ss:gdt + GDT_USER_DATA + 4
    xorl $DESCRIPTOR_DATA_TO_CODE, %ecx
    movl %ecx, %ss:gdt + GDT_USER_CODE + 4
    movl TCB_LIMIT(%ebp), %ecx
    movl %ecx, %ss:gdt + GDT_USER_DATA
    movl %ecx, %ss:gdt + GDT_USER_CODE
    movl $USER_DS, %ecx
    movl %ecx, %ds
    movl %ecx, %es
    movl %ecx, %fs
    movl %ecx, %gs
    movl TCB_SPACE(%ebp), %ecx
    testl %ecx, %ecx
    jz 1f
    cmpl %ecx, %ss:tss + TSS_CR3
    jne switch_space_\exit
1:
switch_window_done_\exit:
    NOTE_SPACE(HOW_SEGMENT)
    leave_with_message other_window_\exit, \exit
    REGION(switch_window_\exit, switch_window_done_\exit, EVENT_ROLE_SPACE_SWITCH, 0)
.endm

    space_switches iret

/* ---- the same by sysenter, on processors that have it ----
 *
 * esp points to the task state segment's stack pointer (see sysenter_init), ecx and edx
 * are where the user's stack and its next instruction are, ebp says what it wants: 0 the
 * null call, 1 call, 2 reply and wait. sysexit makes flat segments, so this way is open
 * only where all domains are large. */
    .balign 16
    .globl enter_sysenter
enter_sysenter:
    NOTE_IN(CAUSE_CALL, 0, 0)
    testl %ebp, %ebp
    jnz 1f
sysenter_null_out:
    sti
    NOTE(NOTE_CROSSING_OUT, EXIT_SYSEXIT, NOTHING, NOTHING)
    sysexit
1:
sysenter_frame:
    movl (%esp), %esp
    pushl $EFLAGS_KERNEL # sysenter leaves the user's NT as it is, at which an iret fails
    popfl
    pushl $USER_DS
    pushl %ecx
    pushl $EFLAGS_USER
    pushl $(USER_CS | FRAME_BY_SYSENTER)
    pushl %edx
    xorl %edx, %edx # no bytes to send, none to receive
sysenter_framed:
    cmpl $2, %ebp
    je sys_reply_wait
    short_ipc sys_call, IPC_IS_CALL, sysexit
sys_reply_wait:
    short_ipc sys_reply_wait, IPC_IS_REPLY, sysexit
    .set enter_slow_sys_call, enter_slow_ipc_call
    .set enter_slow_sys_reply_wait, enter_slow_ipc_reply_wait
    REGION(sysenter_null_out, sysenter_frame, EVENT_ROLE_BORDER, 0)
    REGION(sysenter_frame, sysenter_framed, EVENT_ROLE_BORDER, 0)

    space_switches sysexit
