/* boot.S - from the multiboot loader to main(), in the higher half. */
#include "kernel-trace/kernel/layout.h"

#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 0x2 /* tell the size of memory */

#define CR0_PG 0x80000000
#define CR0_WP 0x00010000
#define CR0_EM 0x00000004 /* no floating point: its first use is a fault */

    .section .multiboot, "a"
    .balign 4
    .long MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

    .section .text.boot, "ax"
    .globl start, start_physical
    .set start_physical, start - KERNEL_BASE
start:
    cli
    cld
    # The direct map: DIRECT_MAP / PAGE_SIZE entries, present and writable, kernel only.
    movl $(direct_tables - KERNEL_BASE), %edi
    movl $0x003, %eax
    movl $(DIRECT_MAP / PAGE_SIZE), %ecx
1:  stosl
    addl $PAGE_SIZE, %eax
    loop 1b
    # Its tables stand at KERNEL_BASE, and until main() is reached at 0 too.
    movl $(direct_tables - KERNEL_BASE + 0x003), %eax
    movl $(kernel_directory - KERNEL_BASE), %edi
    movl $(DIRECT_MAP >> 22), %ecx
1:  movl %eax, (%edi)
    movl %eax, (KERNEL_BASE >> 20)(%edi)
    addl $4, %edi
    addl $PAGE_SIZE, %eax
    loop 1b
    movl $(kernel_directory - KERNEL_BASE), %eax
    movl %eax, %cr3
    movl %cr0, %eax
    orl $(CR0_PG | CR0_WP | CR0_EM), %eax
    movl %eax, %cr0
    movl $high, %eax
    jmp *%eax
high:
    movl $boot_stack_top, %esp
    xorl %ebp, %ebp
    pushl %ebx # multiboot information, physical
    call main
1:  hlt
    jmp 1b

    .section .bss
    .balign PAGE_SIZE
    .globl direct_tables, kernel_directory
direct_tables:
    .skip DIRECT_MAP >> 22 << 12
kernel_directory:
    .skip PAGE_SIZE
    .skip PAGE_SIZE
boot_stack_top:
