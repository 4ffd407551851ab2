/* recorder_guest.S - a kernel that does what is hard to record, a scenario a letter.
 *
 * Everything is loaded at 0x100000 and mapped twice: for the kernel at 0xc0000000 + x, for
 * the user at x. A scenario is a piece of user code (user_LETTER), entered by the iret at
 * `leave` right after the recording has started; it ends with int $END.
 * tests/unit/recorder_guest.c says which records each must give.
 */
#include "kernel-trace/events.h"

#define BASE    0xc0000000
#define LOW(x)  ((x) - BASE)
#define WINDOW  (BASE + EVENT_WINDOW_PHYSICAL)
#define COMMIT  (WINDOW + EVENT_COMMIT)

#define KERNEL_CS 0x08 /* in the order that sysenter wants */
#define KERNEL_SS 0x10
#define USER_CS   0x1b
#define USER_SS   0x23
#define TSS       0x28

#define END 0x31 /* the vector that ends the guest */

#define NOTE(kind, detail, how, address, offset)                                         \
    661:.pushsection .crossbill, "", @progbits;                                          \
    .long kind, 661b, 0, detail, how, address, 0xffffffff, offset, 0, 0, 0, 1;           \
    .popsection
#define IN(cause, vector, bytes)                                                         \
    NOTE(NOTE_CROSSING_IN, (cause) | (vector) << 8 | (bytes) << 16, 0, 0, 0)
#define OUT(exit) NOTE(NOTE_CROSSING_OUT, exit, 0, 0, 0)
#define CALL      0
#define FAULT     1
#define INTERRUPT 2

    .section .multiboot, "a"
    .long 0x1badb002, 0, -0x1badb002

    .text
    .globl start
start:
    movl 16(%ebx), %esi /* the command line: "kernel.elf scenario=LETTER ..." */
    movb 20(%esi), %al
    movb %al, LOW(scenario)
    cld
    movl $LOW(low_table), %edi /* 0 to 4 MB, for the user */
    movl $7, %eax
    call fill
    movl $LOW(high_table), %edi /* the same, for the kernel */
    movl $3, %eax
    call fill
    movl $LOW(first_table), %edi /* two tables for 4 to 8 MB, taken in turn */
    movl $0x400007, %eax
    call fill
    movl $LOW(second_table), %edi
    movl $0x800007, %eax
    call fill
    movl $0, LOW(first_table) + 4 /* page 0x401000 is not mapped, and behind it is */
    movw $0xcd | END << 8, 0x402000 /* int $END */
    movl $LOW(low_table) + 7, LOW(directory)
    movl $LOW(first_table) + 7, LOW(directory) + 4
    movl $0x800087, LOW(directory) + 8 /* a 4 MB page */
    movl $LOW(high_table) + 3, LOW(directory) + 0x300 * 4
    movl %cr4, %eax
    orl $0x10, %eax
    movl %eax, %cr4
    movl $LOW(directory), %eax
    movl %eax, %cr3
    movl %cr0, %eax
    orl $0x80010000, %eax
    movl %eax, %cr0
    movl $high, %eax
    jmp *%eax
fill:
    movl $1024, %ecx
1:  stosl
    addl $4096, %eax
    loop 1b
    ret

high:
    movl $stack_top, %esp
    movl $tss, %eax
    movw %ax, gdt + TSS + 2
    shrl $16, %eax
    movb %al, gdt + TSS + 4
    movb %ah, gdt + TSS + 7
    lgdt gdt_pointer
    ljmp $KERNEL_CS, $1f
1:  movl $KERNEL_SS, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl $stack_top, tss + 4
    movl $KERNEL_SS, tss + 8
    movl $TSS, %eax
    ltr %ax
    movl $gates, %esi
1:  lodsl
    testl %eax, %eax
    jz 2f
    movl %eax, %edx
    lodsl
    movw %dx, idt(, %eax, 8)
    movl $KERNEL_CS, %ecx
    movw %cx, idt + 2(, %eax, 8)
    movw $0xee00, %dx
    movl %edx, idt + 4(, %eax, 8)
    jmp 1b
2:  lidt idt_pointer

    movl $LOW(user_missing), %ebx /* where the scenario begins */
    movl $scenarios, %esi
1:  lodsl
    testl %eax, %eax
    jz 2f
    movl %eax, %edx
    lodsl
    cmpb %al, scenario
    jne 1b
    movl %edx, %ebx
2:  cmpb $'s', scenario
    jne 3f
    call prepare_sysenter
3:  cmpb $'t', scenario
    je 4f
    cmpb $'T', scenario
    je 4f
    cmpb $'H', scenario
    je 4f
    cmpb $'P', scenario
    jne 5f
4:  call prepare_timer
5:
    movl $idt, WINDOW
    movl $gdt, WINDOW + 4
    movl $tss, WINDOW + 8
    movl $KERNEL_CS, WINDOW + 12
    movl $KERNEL_SS, WINDOW + 16
    movl $EVENT_TABLES, COMMIT
    movl $0, WINDOW
    movl $0, WINDOW + 4
    movl $BASE, WINDOW + 8
    movl $0, WINDOW + 12
    movl $kernel_name, WINDOW + 16
    movl $EVENT_DOMAIN, COMMIT
    movl $1, WINDOW
    movl $1, WINDOW + 4
    movl $0, WINDOW + 8
    movl $BASE, WINDOW + 12
    movl $user_name, WINDOW + 16
    movl $EVENT_DOMAIN, COMMIT
    movl $7, WINDOW
    movl $1, WINDOW + 4
    movl $EVENT_THREAD, COMMIT

    pushl $USER_SS
    pushl $LOW(user_stack_top)
    pushl $0x202 /* interrupts on */
    pushl $USER_CS
    pushl %ebx
    movl $USER_SS, %eax
    movl %eax, %ds
    movl %eax, %es
    movl $LOW(directory), WINDOW
    cmpb $'e', %ss:scenario
    je end
    movl $EVENT_START, COMMIT
leave:
    OUT(0)
    iret

prepare_sysenter:
    xorl %edx, %edx
    movl $KERNEL_CS, %eax
    movl $0x174, %ecx
    wrmsr
    movl $stack_top, %eax
    incl %ecx
    wrmsr
    movl $enter_fast, %eax
    incl %ecx
    wrmsr
    ret

/* Both interrupt controllers, vectors from 0x20, the timer alone let through; the timer
 * every 600 of its ticks, half a millisecond: 500 000 instructions. */
prepare_timer:
    movl $command_bytes, %esi
1:  lodsw
    testl %eax, %eax
    jz 2f
    movzbl %ah, %edx
    outb %al, %dx
    xorl %eax, %eax
    jmp 1b
2:  ret

/* ---- entries ---- */

enter_null:
    IN(CALL, 0x30, 20)
    OUT(0)
    iret

/* A fault in the kernel, on a page that is not mapped. */
enter_nested:
    IN(CALL, 0x32, 20)
    pushl %eax
faulting:
    movl %ss:0xc0c00000, %eax
    popl %eax
    OUT(0)
    iret

/* Steps over the instruction. */
enter_fault:
    IN(FAULT, 14, 24)
    pushl %eax
    addl $6, 8(%esp)
    popl %eax
    addl $4, %esp
    OUT(0)
    iret

enter_timer:
    IN(INTERRUPT, 0x20, 20)
    pushl %eax
    incl %ss:ticks
    movb $0x20, %al
    outb %al, $0x20
    popl %eax
    OUT(0)
    iret

/* Waits in the kernel for three ticks. */
enter_wait:
    IN(CALL, 0x33, 20)
    pushl %eax
    sti
1:  cmpl $3, %ss:ticks
    jb 1b
    cli
    popl %eax
    OUT(0)
    iret

/* The same, asleep. */
enter_sleep:
    IN(CALL, 0x38, 20)
    pushl %eax
    sti
1:  hlt
    cmpl $3, %ss:ticks
    jb 1b
    cli
    popl %eax
    OUT(0)
    iret

/* Stays, with interrupts off and unrecorded, until the timer has ticked. */
enter_pending:
    IN(CALL, 0x3c, 20)
    jmp spin
pending_back:
    OUT(0)
    iret

/* Returns to a page that is not mapped; the fault's entry steps over six bytes of it. */
enter_astray:
    IN(CALL, 0x39, 20)
    movl $0x401ffa, (%esp)
    OUT(0)
    iret

/* Returns to a selector that does not exist: the iret faults, and is done again. */
enter_bad_return:
    IN(CALL, 0x3a, 20)
    movl $0x48, 4(%esp)
bad_return:
    OUT(0)
    iret

enter_protection:
    IN(FAULT, 13, 24)
    pushl %eax
    movl $USER_CS, 24(%esp)
    popl %eax
    addl $4, %esp
    OUT(0)
    iret

enter_fast:
    IN(CALL, 0x80, 0)
    pushl %eax
    popl %eax
    OUT(1)
    sysexit

/* The other table for 4 to 8 MB. */
enter_directory:
    IN(CALL, 0x34, 20)
    movl $LOW(second_table) + 7, %ss:directory + 4
    movl %cr3, %eax
    movl %eax, %cr3
    NOTE(NOTE_SPACE_SWITCH, 1, OPERAND_CONSTANT, 0, LOW(directory))
    OUT(0)
    iret

enter_lost_space:
    IN(CALL, 0x35, 20)
    movl %cr3, %eax
    movl %eax, %cr3
    pushl %eax

/* Nothing is left to handle a fault with. */
enter_reset:
    lidt %ss:nowhere
    ud2

enter_operand:
    IN(CALL, 0x36, 20)
    NOTE(NOTE_THREAD_SWITCH, 0, OPERAND_DEREF, nowhere, 0)
    iret

/* A region that does not show: what is in it, and what it touches. */
enter_silent:
    pushl %eax
    call silent_too
    popl %eax
    iret
silent_too:
    incl %ss:ticks
    ret
spin:
    pushl %ecx
    movl $600000, %ecx
1:  loop 1b
    popl %ecx
    jmp pending_back
silent_end:
    .pushsection .crossbill, "", @progbits
    .long NOTE_REGION, enter_silent, silent_end, EVENT_ROLE_INSTRUMENT
    .long 0, 0, 0, 0, 0, 0, 0, 0
    .long NOTE_REGION, enter_nested, enter_fault, EVENT_ROLE_KERNEL_PATH
    .long 0, 0, 0, 0, 0, 0, 0, 0
    .popsection

end:
    movl $EVENT_STOP, %ss:COMMIT
    movl $status, %esi
    movb %ss:(%esi), %al
    outb %al, $0xf4
1:  jmp 1b

/* ---- the user's side ---- */

    .balign 4096
user_null:
    int $0x30
    int $END
user_nested:
    int $0x32
    int $END
user_timer:
    cmpl $3, LOW(ticks)
    jb user_timer
    int $END
user_wait:
    int $0x33
    int $END
user_sleep:
    int $0x38
    int $END
user_pending:
    int $0x3c
    int $END
user_astray:
    int $0x39
user_bad_return:
    int $0x3a
    int $END
user_fast:
    movl %esp, %ecx
    movl $LOW(fast_back), %edx
    sysenter
fast_back:
    int $END
user_pages:
    movl LOW(edge) - 2, %eax
    movl %eax, LOW(edge) - 1
    movl $2, %ecx
    movl $LOW(edge), %edi
    rep stosl
    movl 0x00800010, %eax /* in the 4 MB page */
    jmp split
user_directory:
    movl 0x00400000, %eax
    int $0x34
    movl 0x00400000, %eax
    int $END
user_window: /* a phase, then a request */
    movl $1, EVENT_WINDOW_PHYSICAL
    movl $EVENT_PHASE, EVENT_WINDOW_PHYSICAL + EVENT_COMMIT
    movl $9, EVENT_WINDOW_PHYSICAL
    nop
    movl $EVENT_REQUEST_BEGIN, EVENT_WINDOW_PHYSICAL + EVENT_COMMIT
    movl $EVENT_REQUEST_END, EVENT_WINDOW_PHYSICAL + EVENT_COMMIT
    int $END
user_silent:
    int $0x37
    int $END

/* ---- and what must fail ---- */

user_lost_space:
    int $0x35
user_operand:
    int $0x36
user_start_twice:
    movl $EVENT_START, EVENT_WINDOW_PHYSICAL + EVENT_COMMIT
    int $END
user_copy:
    movl $LOW(edge), %esi
    movl $EVENT_WINDOW_PHYSICAL, %edi
    movsl
    int $END
user_bad_event:
    movl $99, EVENT_WINDOW_PHYSICAL + EVENT_COMMIT
    int $END
user_bad_size:
    movb $1, EVENT_WINDOW_PHYSICAL
    int $END
user_bad_domain:
    movl $EVENT_DOMAIN, EVENT_WINDOW_PHYSICAL + EVENT_COMMIT /* without limits */
    int $END
user_bad_status:
    movb $0x13, LOW(status)
    int $END
user_missing:
    int $0x3b

    .balign 4096
    .skip 4094
split: /* two bytes here, three on the next page */
    movl $0x11111111, %eax
split_after:
    int $END

    .data
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff
    .quad 0x00cff3000000ffff, 0x0000890000000067
gdt_pointer:
    .word 47
    .long gdt
idt_pointer:
    .word 0x7ff
    .long idt
    .balign 4
gates:
    .long enter_null, 0x30, end, END, enter_nested, 0x32, enter_fault, 14
    .long enter_timer, 0x20, enter_wait, 0x33, enter_directory, 0x34
    .long enter_lost_space, 0x35, enter_operand, 0x36, enter_silent, 0x37
    .long enter_sleep, 0x38, enter_astray, 0x39, enter_bad_return, 0x3a
    .long enter_protection, 13, enter_reset, 0x3b, enter_pending, 0x3c, 0
scenarios:
    .long LOW(user_null), 'c', LOW(user_nested), 'n', LOW(user_timer), 't'
    .long LOW(user_wait), 'T', LOW(user_fast), 's', LOW(user_pages), 'p'
    .long LOW(user_directory), 'd', LOW(user_window), 'w', LOW(user_silent), 'i'
    .long LOW(user_sleep), 'H', LOW(user_astray), 'a', LOW(user_bad_return), 'b'
    .long LOW(user_pending), 'P'
    .long LOW(user_lost_space), 'L', LOW(user_operand), 'O', LOW(user_start_twice), '2'
    .long LOW(user_copy), 'C', LOW(user_bad_event), 'E', LOW(user_bad_size), 'B'
    .long LOW(user_bad_domain), 'D', LOW(user_bad_status), 'S', 0
command_bytes: /* value, port */
    .byte 0x11, 0x20, 0x20, 0x21, 4, 0x21, 1, 0x21, 0xfe, 0x21
    .byte 0x34, 0x43, 600 % 256, 0x40, 600 / 256, 0x40, 0, 0
nowhere:
    .long 0xf0000000, 0
ticks:
    .long 0
status:
    .byte 0x10
kernel_name:
    .asciz "kernel"
user_name:
    .asciz "user"

    .bss
    .balign 4096
idt:
    .skip 2048
tss:
    .skip 104
scenario:
    .skip 1
    .balign 4096
directory:
    .skip 4096
low_table:
    .skip 4096
high_table:
    .skip 4096
first_table:
    .skip 4096
second_table:
    .skip 4096
    .skip 4096
stack_top:
    .skip 4096
edge:
    .skip 4096
user_stack_top:
