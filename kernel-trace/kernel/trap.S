/* trap.S - the ways into the kernel's C code and back out: slow calls and faults. */
#include "kernel-trace/kernel/abi.h"
#include "kernel-trace/kernel/notes.h"

    .section .text.path, "ax"

/* ---- in: make the frame of layout.h, and C's segments ---- */

.macro slow_entry name, function
    .balign 16
    .globl enter_slow_\name
enter_slow_\name:
    pusha
    movl $\function, %eax
    jmp enter_c
.endm

    slow_entry kernel_call, kernel_call
    slow_entry ipc_call, ipc_call
    slow_entry ipc_reply_wait, ipc_reply_wait

.macro slow_trap name, vector
    .balign 16
    .globl enter_\name
enter_\name:
    NOTE_IN(CAUSE_CALL, \vector, 20)
    pusha
    movl $\name, %eax
    jmp enter_c
.endm

    slow_trap ipc_receive, TRAP_IPC_RECEIVE
    slow_trap ipc_send, TRAP_IPC_SEND
    slow_trap service_trap, TRAP_SERVICE
    slow_trap mach_trap, TRAP_MACH

/* eax: a C function, given the frame, that returns the thread to go on with. */
enter_c:
    movl $KERNEL_SS, %ecx
    movl %ecx, %ds
    movl %ecx, %es
    cld
    pushl %esp
    call *%eax

/* ---- out: go on with thread eax, whatever ran before ---- */

leave:
    movl %eax, %ebp
    movl %esp, %ecx
    andl $-TCB_SIZE, %ecx
    cmpl %eax, %ecx
    je leave_same
leave_thread:
    leal TCB_SIZE(%ebp), %ecx
    movl %ecx, tss + TSS_ESP0
leave_other:
    NOTE_THREAD
    leal TCB_FRAME(%ebp), %esp
    jmp leave_space
leave_same:
    leal TCB_FRAME(%ebp), %esp
leave_space:
    movl TCB_WINDOW(%ebp), %ecx
    cmpl %ecx, gdt + GDT_USER_DATA + 4
    jne leave_window
    movl TCB_SPACE(%ebp), %ecx
    cmpl %ecx, tss + TSS_CR3
    jne leave_cr3
leave_done:
    REGION(leave_thread, leave_other, EVENT_ROLE_THREAD_SWITCH, 0)
    REGION(leave_space, leave_done, EVENT_ROLE_SPACE_SWITCH, 0)

.macro leave_with_frame name
    movl $USER_DS, %ecx
    movl %ecx, %ds
    movl %ecx, %es
    popa
\name\()_out:
    NOTE_OUT
    iret
\name\()_end:
    REGION(\name\()_out, \name\()_end, EVENT_ROLE_BORDER, 0)
.endm

    leave_with_frame leave_same_space

leave_cr3:
    testl %ecx, %ecx
    jz leave_done
    movl %ecx, tss + TSS_CR3
    movl %ecx, %cr3
leave_cr3_done:
    NOTE_SPACE(HOW_CR3)
    leave_with_frame leave_other_cr3
    REGION(leave_cr3, leave_cr3_done, EVENT_ROLE_SPACE_SWITCH, 0)

leave_window:
    movl %ecx, gdt + GDT_USER_DATA + 4
    xorl $DESCRIPTOR_DATA_TO_CODE, %ecx
    movl %ecx, gdt + GDT_USER_CODE + 4
    movl TCB_LIMIT(%ebp), %ecx
    movl %ecx, gdt + GDT_USER_DATA
    movl %ecx, gdt + GDT_USER_CODE
    movl $USER_DS, %ecx
    movl %ecx, %fs
    movl %ecx, %gs
    movl TCB_SPACE(%ebp), %ecx
    testl %ecx, %ecx
    jz 1f
    cmpl %ecx, tss + TSS_CR3
    jne leave_cr3
1:
leave_window_done:
    NOTE_SPACE(HOW_SEGMENT)
    leave_with_frame leave_other_window
    REGION(leave_window, leave_window_done, EVENT_ROLE_SPACE_SWITCH, 0)

/* From main(), whose stack is nobody's: go on with the first thread. */
    .globl enter_user
enter_user:
    movl 4(%esp), %eax
    jmp leave

/* ---- the timer; and sleep until it comes ---- */

    .balign 16
    .globl enter_timer, idle
enter_timer:
    NOTE_IN(CAUSE_INTERRUPT, VECTOR_TIMER, 20)
    pusha
    testl $3, FRAME_CS(%esp)
    jz 1f
    movl $timer_interrupt, %eax
    jmp enter_c
1:  call timer_interrupt_idle # from idle, with C's segments
    popa
timer_out:
    NOTE_OUT
    iret
timer_end:
    REGION(timer_out, timer_end, EVENT_ROLE_BORDER, 0)

idle:
    sti
    hlt
    cli
    ret
idle_end:
    REGION(idle, idle_end, EVENT_ROLE_IDLE, 0)

/* ---- faults: the error code, if the processor pushes one, leaves the frame ---- */

.macro fault vector, pushed
enter_fault_\vector:
    NOTE_IN(CAUSE_FAULT, \vector, \pushed)
.if \pushed == 24
    popl %ss:fault_code
.else
    movl $0, %ss:fault_code
.endif
    movl $\vector, %ss:fault_vector
    jmp enter_fault
.endm

.irp vector, 0, 1, 2, 3, 4, 5, 6, 7, 9, 15, 16, 18, 19
    fault \vector, 20
.endr
.irp vector, 8, 10, 11, 12, 13, 14, 17
    fault \vector, 24
.endr

enter_fault:
    movw %ds, %ss:fault_ds
    movw %es, %ss:fault_es
    pusha
    movl $fault, %eax
    jmp enter_c

/* Where vector n goes, for segment.c; those between are the processor's reserve. */
    .section .rodata
    .globl fault_entries
fault_entries:
.irp vector, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19
    .long enter_fault_\vector
.endr

    .section .bss
    .balign 16
    .globl fault_code, fault_vector, fault_ds, fault_es
fault_code:
    .skip 4
fault_vector:
    .skip 4
fault_ds:
    .skip 4
fault_es:
    .skip 4
