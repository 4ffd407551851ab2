/* start.S - header and entry of every user program, and the stubs of the kernel's calls.
 *
 * A stub moves a struct message (program.h of this folder) between memory and registers:
 * it exists because of the border, and lies in the program's binding region. */
#include "kernel-trace/kernel/abi.h"
#include "kernel-trace/kernel/program.h"

    .section .header, "aw"
    .long PROGRAM_MAGIC, program_entry
    .long program_work_limit, program_fs_limit, program_text_limit
    .long program_writable, program_limit
    .globl program_launch
    .org LAUNCH_OFFSET
program_launch:

#define MESSAGE_WORDS   0
#define MESSAGE_LENGTHS 12
#define MESSAGE_SEND    16
#define MESSAGE_RECEIVE 20

    .section .text.binding, "ax"
    .globl program_entry
program_entry:
    call main
    movl $CALL_EXIT, %eax
    int $TRAP_KERNEL_CALL

/* uint32_t null_call(void) */
    .balign 16
    .globl null_call
null_call:
    xorl %eax, %eax
    int $TRAP_KERNEL_CALL
    ret

/* The same by sysenter, which keeps neither stack pointer nor instruction pointer.
 *
 * uint32_t null_call_fast(void) */
    .balign 16
    .globl null_call_fast
null_call_fast:
    pushl %ebp
    xorl %eax, %eax
    xorl %ebp, %ebp
    movl %esp, %ecx
    movl $1f, %edx
    sysenter
1:  popl %ebp
    ret

/* uint32_t ipc_NAME_fast(uint32_t partner, struct message *message): words only */
.macro ipc_fast name, operation
    .balign 16
    .globl \name
\name:
    pushl %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    movl 20(%esp), %eax
    movl 24(%esp), %ecx
    movl MESSAGE_WORDS(%ecx), %ebx
    movl MESSAGE_WORDS + 4(%ecx), %esi
    movl MESSAGE_WORDS + 8(%ecx), %edi
    movl $\operation, %ebp
    movl %esp, %ecx
    movl $1f, %edx
    sysenter
1:  movl 24(%esp), %ecx
    movl %ebx, MESSAGE_WORDS(%ecx)
    movl %esi, MESSAGE_WORDS + 4(%ecx)
    movl %edi, MESSAGE_WORDS + 8(%ecx)
    movl $0, MESSAGE_LENGTHS(%ecx)
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret
.endm

    ipc_fast ipc_call_fast, 1
    ipc_fast ipc_reply_wait_fast, 2

/* uint32_t kernel_call(uint32_t call, uint32_t first, uint32_t second, uint32_t third) */
    .balign 16
    .globl kernel_call
kernel_call:
    pushl %ebx
    pushl %esi
    pushl %edi
    movl 16(%esp), %eax
    movl 20(%esp), %ebx
    movl 24(%esp), %esi
    movl 28(%esp), %edi
    int $TRAP_KERNEL_CALL
    popl %edi
    popl %esi
    popl %ebx
    ret

/* uint32_t service_trap(uint32_t service, uint32_t operation, struct arguments *) */
    .balign 16
    .globl service_trap
service_trap:
    pushl %ebx
    pushl %esi
    movl 12(%esp), %eax
    movl 16(%esp), %ebx
    movl 20(%esp), %esi
    int $TRAP_SERVICE
    popl %esi
    popl %ebx
    ret

/* uint32_t mach_trap(uint32_t options, void *message, uint32_t lengths, uint32_t port) */
    .balign 16
    .globl mach_trap
mach_trap:
    pushl %ebx
    pushl %esi
    pushl %edi
    movl 16(%esp), %eax
    movl 20(%esp), %ebx
    movl 24(%esp), %esi
    movl 28(%esp), %edi
    int $TRAP_MACH
    popl %edi
    popl %esi
    popl %ebx
    ret

/* uint32_t ipc_NAME(uint32_t partner, struct message *message) */
.macro ipc name, vector
    .balign 16
    .globl \name
\name:
    pushl %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    movl 20(%esp), %eax
    movl 24(%esp), %ebp
    movl MESSAGE_WORDS(%ebp), %ebx
    movl MESSAGE_WORDS + 4(%ebp), %esi
    movl MESSAGE_WORDS + 8(%ebp), %edi
    movl MESSAGE_LENGTHS(%ebp), %edx
    movl MESSAGE_SEND(%ebp), %ecx
    movl MESSAGE_RECEIVE(%ebp), %ebp
    int $\vector
    movl 24(%esp), %ecx
    movl %ebx, MESSAGE_WORDS(%ecx)
    movl %esi, MESSAGE_WORDS + 4(%ecx)
    movl %edi, MESSAGE_WORDS + 8(%ecx)
    movl %edx, MESSAGE_LENGTHS(%ecx)
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret
.endm

    ipc ipc_call, TRAP_IPC_CALL
    ipc ipc_reply_wait, TRAP_IPC_REPLY_WAIT
    ipc ipc_receive, TRAP_IPC_RECEIVE
    ipc ipc_send, TRAP_IPC_SEND
