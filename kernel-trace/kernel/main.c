/* main.c - boot: tables, memory, command line; then the domains of the scenario and the
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

#define DECLARE_IMAGE(name) extern const uint8_t image_##name[], image_##name##_end[]
DECLARE_IMAGE(root);
DECLARE_IMAGE(probe);
DECLARE_IMAGE(ping);
DECLARE_IMAGE(pong);
extern uint8_t kernel_end[];

void main(uint32_t information);

/* A program to run: which image, in what kind of domain, with how much to work on. */
struct plan {
    const char *name;
    const uint8_t *image, *image_end;
    bool small;
    bool privileged;
    uint32_t arena_pages;
};

static struct thread *start(const struct plan *plan, const struct scenario *scenario,
                            uint32_t seed)
{
    uint32_t limit = program_arena(plan->image) + plan->arena_pages * PAGE_SIZE;
    uint32_t domain = domain_create(plan->name, plan->small, limit);
    const struct launch launch = {.scenario = *scenario,
                                  .arena_pages = plan->arena_pages,
                                  .lines = scenario->lines,
                                  .seed = scenario->seed + seed};
    if (!domain)
        panic("no room for a domain");
    domains[domain].privileged = plan->privileged;
    struct thread *thread = program_start(
        domain, plan->image, (uint32_t)(plan->image_end - plan->image), &launch);
    if (!thread)
        panic("no memory for a program");
    return thread;
}

#define IMAGE(name) image_##name, image_##name##_end

/* Root says go to the workload's first thread when the self-test is passed, and ends the
 * machine when it is done. */
static void start_all(const struct scenario *scenario)
{
    bool small = scenario->structure == STRUCTURE_l3_small;
    uint32_t pages = scenario->scenario == SCENARIO_null ? 1 : scenario->pages;
    const struct plan workload[] = {
        {"ping", IMAGE(ping), small, true, pages},
        {"pong", IMAGE(pong), small, false, pages},
    };
    const struct plan tests[] = {
        {"probe-small-0", IMAGE(probe), true, false, 2},
        {"probe-small-1", IMAGE(probe), true, false, 2},
        {"probe-large-0", IMAGE(probe), false, false, 2},
        {"probe-large-1", IMAGE(probe), false, false, 2},
    };
    const struct plan root_plan = {"root", IMAGE(root), true, true, 2};
    struct thread *ping = start(&workload[0], scenario, 0);
    struct thread *pong = start(&workload[1], scenario, 1);
    struct thread *root = start(&root_plan, scenario, 0);

    declare_program(ping->domain);
    declare_program(pong->domain);
    domains[ping->domain].pager = root->id;
    domains[pong->domain].pager = root->id;
    launch_of(root->domain)->peer[0] = ping->id;
    launch_of(ping->domain)->peer[0] = pong->id;
    launch_of(ping->domain)->root = root->id;
    for (uint32_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        struct thread *probe = start(&tests[i], scenario, 0);
        domains[probe->domain].pager = root->id;
        launch_of(root->domain)->peer[1 + i] = probe->id;
        ready(probe);
    }
    ready(root);
    ready(ping);
    ready(pong);
}

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
    domains[0] = (struct domain){.name = "kernel", .base = KERNEL_BASE};
    segment_init();
    declare_domain(0);
    declare_tables();
    start_all(&scenario);
    enter_user(schedule());
}
