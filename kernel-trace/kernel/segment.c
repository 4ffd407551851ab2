/* segment.c - the descriptor tables, and which interrupts come. Accessed bits are set
 * beforehand, so that loading a selector never writes to the table. */
#include "kernel-trace/kernel/kernel.h"

#define GATE_INTERRUPT 0x8e00
#define GATE_FOR_USER  0x6000

struct descriptor gdt[GDT_ENTRIES] __attribute__((aligned(16)));
uint32_t tss[26] __attribute__((aligned(128)));
static struct descriptor idt[TRAPS_END] __attribute__((aligned(16)));

void enter_kernel_call(void), enter_ipc_call(void), enter_ipc_reply_wait(void),
    enter_ipc_receive(void), enter_ipc_send(void), enter_service_trap(void),
    enter_mach_trap(void), enter_timer(void), enter_sysenter(void);

/* By vector, from TRAP_KERNEL_CALL. */
static void (*const traps[])(void) = {
    enter_kernel_call, enter_ipc_call,     enter_ipc_reply_wait, enter_ipc_receive,
    enter_ipc_send,    enter_service_trap, enter_mach_trap};
_Static_assert(sizeof traps / sizeof *traps == TRAPS_END - TRAP_KERNEL_CALL, "abi.h");

uint32_t window_low(const struct domain *domain)
{
    return (domain->limit / PAGE_SIZE - 1) & 0xffff;
}

/* Windows begin at multiples of 4 MB, so the base is in the upper word alone. */
uint32_t window_high(const struct domain *domain)
{
    return DESCRIPTOR_DATA | ((domain->limit / PAGE_SIZE - 1) & 0xf0000) |
           (domain->base & 0xff000000) | (domain->base >> 16 & 0xff);
}

static void gate(uint32_t vector, uint32_t entry, uint32_t type)
{
    idt[vector].low = KERNEL_CS << 16 | (entry & 0xffff);
    idt[vector].high = (entry & 0xffff0000) | type;
}

static void load_table(const char *which, const void *table, uint32_t bytes)
{
    struct {
        uint16_t limit;
        uint32_t base;
    } __attribute__((packed)) pointer = {(uint16_t)(bytes - 1), (uint32_t)table};

    if (*which == 'g')
        __asm__ volatile("lgdt %0" ::"m"(pointer));
    else
        __asm__ volatile("lidt %0" ::"m"(pointer));
}

static void port(uint16_t number, uint8_t value)
{
    __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(number));
}

/* Both interrupt controllers: vectors 0x20 .. 0x2f, all requests masked. */
static void controllers_init(void)
{
    const uint8_t words[] = {0x11, 0x20, 0x04, 0x01}, second[] = {0x11, 0x28, 0x02, 0x01};
    for (uint32_t i = 0; i < sizeof words; i++) {
        port(i ? 0x21 : 0x20, words[i]);
        port(i ? 0xa1 : 0xa0, second[i]);
    }
    port(0x21, 0xff);
    port(0xa1, 0xff);
}

void segment_init(void)
{
    const struct domain nobody = {.limit = LARGE_LIMIT};
    const uint32_t task = (uint32_t)tss;

    gdt[KERNEL_CS / 8] = (struct descriptor){0xffff, DESCRIPTOR_KERNEL_CODE};
    gdt[KERNEL_SS / 8] = (struct descriptor){0xffff, DESCRIPTOR_KERNEL_DATA};
    gdt[GDT_USER_DATA / 8] =
        (struct descriptor){window_low(&nobody), window_high(&nobody)};
    gdt[GDT_USER_CODE / 8] = gdt[GDT_USER_DATA / 8];
    gdt[GDT_USER_CODE / 8].high ^= DESCRIPTOR_DATA_TO_CODE;
    gdt[TSS_SELECTOR / 8] =
        (struct descriptor){task << 16 | (sizeof tss - 1),
                            (task & 0xff000000) | 0x8900 | (task >> 16 & 0xff)};
    tss[TSS_SS0 / 4] = KERNEL_SS;
    tss[TSS_CR3 / 4] = (uint32_t)kernel_directory - KERNEL_BASE;
    tss[25] = sizeof tss << 16; /* no port is allowed */

    for (uint32_t i = 0; i < sizeof fault_entries / sizeof *fault_entries; i++)
        gate(i, fault_entries[i], GATE_INTERRUPT);
    for (uint32_t i = 0; i < sizeof traps / sizeof *traps; i++)
        gate(TRAP_KERNEL_CALL + i, (uint32_t)traps[i], GATE_INTERRUPT | GATE_FOR_USER);

    gate(VECTOR_TIMER, (uint32_t)enter_timer, GATE_INTERRUPT);
    controllers_init();
    load_table("gdt", gdt, sizeof gdt);
    load_table("idt", idt, sizeof idt);
    __asm__ volatile("ljmp %0, $1f\n1:\n"
                     "movl %1, %%ds; movl %1, %%es; movl %1, %%ss\n"
                     "movl %2, %%fs; movl %2, %%gs\n"
                     "ltr %w3" ::"i"(KERNEL_CS),
                     "r"(KERNEL_SS), "r"(0), "r"(TSS_SELECTOR)
                     : "memory");
}

#define MSR_SYSENTER_CS  0x174
#define MSR_SYSENTER_ESP 0x175
#define MSR_SYSENTER_EIP 0x176
#define CPUID_SEP        (1u << 11)

#define EFLAGS_ID (1u << 21) /* can be changed where there is cpuid */

/* What cpuid says in edx of function 1; 0 where there is no cpuid. */
uint32_t processor_features(void)
{
    uint32_t before, after, function = 1, features;
    __asm__ volatile("pushfl; popl %0; movl %0, %1; xorl %2, %1; pushl %1; popfl\n"
                     "pushfl; popl %1; pushl %0; popfl"
                     : "=&r"(before), "=&r"(after)
                     : "i"(EFLAGS_ID));
    if (!((before ^ after) & EFLAGS_ID))
        return 0;
    __asm__ volatile("cpuid" : "+a"(function), "=d"(features)::"ebx", "ecx");
    return features;
}

static void write_msr(uint32_t number, uint32_t value)
{
    __asm__ volatile("wrmsr" ::"c"(number), "a"(value), "d"(0));
}

/* Open the way in by sysenter: its stack pointer is the address of the current one.
 * False: this processor has none. */
bool sysenter_init(void)
{
    if (!(processor_features() & CPUID_SEP))
        return false;
    write_msr(MSR_SYSENTER_CS, KERNEL_CS);
    write_msr(MSR_SYSENTER_ESP, (uint32_t)&tss[TSS_ESP0 / 4]);
    write_msr(MSR_SYSENTER_EIP, (uint32_t)enter_sysenter);
    return true;
}
