/* main.c - boot: command line, memory, tables; then the domains of the scenario and the
 * first thread. */
#include "kernel-trace/kernel/kernel.h"

#define MULTIBOOT_HAS_MEMORY  0x1
#define MULTIBOOT_HAS_COMMAND 0x4
#define MEGABYTE              0x100000

struct multiboot {
    uint32_t flags;
    uint32_t lower_kib, upper_kib;
    uint32_t device;
    uint32_t command; /* physical */
};

extern uint8_t kernel_end[];

void main(uint32_t information);

void main(uint32_t information)
{
    const struct multiboot *boot = physical(information);
    const uint32_t needed = MULTIBOOT_HAS_MEMORY | MULTIBOOT_HAS_COMMAND;
    struct scenario scenario;

    if ((boot->flags & needed) != needed)
        panic("the loader tells neither memory nor command line");
    if (!scenario_parse(physical(boot->command), &scenario))
        end(STATUS_SCENARIO);
    memory_init((uint32_t)kernel_end - KERNEL_BASE, MEGABYTE + boot->upper_kib * 1024);
    if (scenario.largepages && !large_pages_init()) {
        print("command line: this processor has no pages of 4 MB\n");
        end(STATUS_SCENARIO);
    }
    domains[0] = (struct domain){
        .name = "kernel", .extension = true, .base = KERNEL_BASE, .limit = DIRECT_MAP};
    segment_init();
    if (scenario.sysenter && !sysenter_init()) {
        print("command line: this processor has no sysenter\n");
        end(STATUS_SCENARIO);
    }
    declare_domain(0);
    declare_tables();
    workload_start(&scenario);
    enter_user(schedule());
}
