/* console.c - QEMU's debug console, and the end of the machine. Never on a path. */
#include "kernel-trace/kernel/kernel.h"

#define PORT_CONSOLE 0xe9
#define PORT_EXIT    0xf4

void print_character(char c)
{
    __asm__ volatile("outb %0, %1" ::"a"(c), "Nd"((uint16_t)PORT_CONSOLE));
}

void print(const char *text)
{
    while (*text)
        print_character(*text++);
}

/* Hexadecimal, with 0x. */
void print_number(uint32_t value)
{
    print("0x");
    for (int shift = 28; shift >= 0; shift -= 4)
        print_character("0123456789abcdef"[value >> shift & 15]);
}

void end(uint32_t status)
{
    __asm__ volatile("outl %0, %1" ::"a"(status), "Nd"((uint16_t)PORT_EXIT));
    for (;;)
        __asm__ volatile("cli; hlt");
}

void panic(const char *sentence)
{
    print("panic: ");
    print(sentence);
    print("\n");
    end(STATUS_PANIC);
}
