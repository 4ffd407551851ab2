/* synth_layout.c - where the domains of a synthetic trace are, and their code. */
#include "synth_maker.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t code_load[] = {0x8b, 0x06};                   /* mov (%esi),%eax */
static const uint8_t code_store[] = {0x89, 0x06};                  /* mov %eax,(%esi) */
static const uint8_t code_plain[] = {0x01, 0xc8};                  /* add %ecx,%eax */
static const uint8_t code_trap[] = {0xcd, TRAP_VECTOR};            /* int $0x30 */
static const uint8_t code_push[] = {0x50};                         /* push %eax */
static const uint8_t code_pop[] = {0x58};                          /* pop %eax */
static const uint8_t code_return[] = {0xcf};                       /* iret */
static const uint8_t code_save[] = {0x89, 0x25, 0, 0x30, 0, 0xc0}; /* mov %esp,saved */
static const uint8_t code_take[] = {0x8b, 0x25, 0, 0x30, 0, 0xc0}; /* mov saved,%esp */
static const uint8_t code_cr3[] = {0x0f, 0x22, 0xd8};              /* mov %eax,%cr3 */
static const uint8_t code_segment[] = {0x8e, 0xd8};                /* mov %eax,%ds */

static uint64_t pages_for(uint64_t bytes)
{
    return (bytes + PAGE - 1) / PAGE;
}

/* Body, branch (6 bytes) and trap. */
uint64_t synth_code_bytes(const struct synth_domain *domain)
{
    return 2 * domain->instructions + 6 + sizeof code_trap;
}

uint64_t synth_frames(struct maker *maker, uint64_t pages)
{
    uint64_t first = maker->next_frame;
    maker->next_frame += pages;
    return first * PAGE;
}

static void place_kernel(struct maker *maker)
{
    struct maker_domain *kernel = &maker->domains[maker->plan->kernel];
    kernel->code = KERNEL_CODE;
    kernel->data = KERNEL_DATA;
    kernel->code_physical = KERNEL_CODE - KERNEL_BASE;
    kernel->data_physical = KERNEL_DATA - KERNEL_BASE;
    maker->next_frame = kernel->data_physical / PAGE + kernel->plan->pages;
}

static void place_user(struct maker *maker, struct maker_domain *domain)
{
    uint64_t code_pages = pages_for(synth_code_bytes(domain->plan));
    if (domain->plan->kind == TRACE_DOMAIN_LARGE) {
        domain->code = LARGE_BASE;
        domain->data = LARGE_DATA;
        domain->space = maker->spaces++;
    } else {
        domain->code = maker->small_end;
        domain->data = domain->code + code_pages * PAGE;
        maker->small_end = domain->data + domain->plan->pages * PAGE;
    }
    domain->code_physical = synth_frames(maker, code_pages);
    domain->data_physical = synth_frames(maker, domain->plan->pages);
}

bool synth_place(struct maker *maker, const char *name, struct cb_error *error)
{
    const struct synth_plan *plan = maker->plan;
    uint16_t id = 1;
    maker->spaces = FIRST_SPACE;
    maker->small_end = SMALL_BASE;
    place_kernel(maker);
    for (size_t i = 0; i < plan->domain_count; i++) {
        struct maker_domain *domain = &maker->domains[i];
        domain->random = plan->seed + i;
        if (i == plan->kernel)
            continue;
        domain->id = id++;
        place_user(maker, domain);
    }
    for (uint16_t space = 0; space < maker->spaces; space++)
        maker->cr3[space] = synth_frames(maker, 1);
    if (maker->next_frame + TABLES_MAX <= FRAMES_MAX && maker->small_end <= KERNEL_BASE)
        return true;
    cb_error_set(
        error, CB_USAGE,
        "the domains need more than 4 GiB of memory, or the small ones more than "
        "2.75 GiB of addresses");
    cb_error_in(error, name);
    return cb_error_at_path(error, "domains");
}

static void put_region(struct maker *maker, uint64_t base, uint64_t size,
                       enum trace_role role, uint16_t owner, const char *name)
{
    struct trace_region region = {
        .base = base, .limit = base + size, .role = (uint8_t)role, .domain = owner};
    strcpy(region.name, name);
    trace_put_region(maker->writer, &region);
}

/* An instruction at *at, which moves on; in the kernel beyond the path's loop. */
static uint32_t put_code(struct maker *maker, uint64_t *at, uint64_t distance,
                         const uint8_t *bytes, size_t size)
{
    uint32_t code =
        trace_put_code(maker->writer, *at, *at - distance, bytes, (uint8_t)size);
    *at += size;
    return code;
}

/* jnz to the start of the body */
static uint32_t put_branch(struct maker *maker, uint64_t *at, uint64_t distance,
                           uint64_t start)
{
    uint32_t offset = (uint32_t)(start - (*at + 6));
    const uint8_t bytes[] = {0x0f,
                             0x85,
                             (uint8_t)offset,
                             (uint8_t)(offset >> 8),
                             (uint8_t)(offset >> 16),
                             (uint8_t)(offset >> 24)};
    return put_code(maker, at, distance, bytes, sizeof bytes);
}

/* Accesses are spread evenly over the body. */
static bool is_access(const struct synth_domain *plan, uint64_t i)
{
    return (i + 1) * plan->accesses / plan->instructions >
           i * plan->accesses / plan->instructions;
}

static bool put_body(struct maker *maker, struct maker_domain *domain, uint64_t *at)
{
    const struct synth_domain *plan = domain->plan;
    uint64_t distance = domain->code - domain->code_physical, start = *at;
    domain->body = calloc(plan->instructions, sizeof *domain->body);
    domain->access = calloc(plan->instructions, sizeof *domain->access);
    if (domain->body == NULL || domain->access == NULL)
        return false;
    for (uint64_t i = 0; i < plan->instructions; i++) {
        const uint8_t *bytes = code_plain;
        if (is_access(plan, i)) {
            bool store = synth_random(&domain->random) % 100 < plan->store_percent;
            domain->access[i] = store ? TRACE_STORE : TRACE_LOAD;
            bytes = store ? code_store : code_load;
        }
        domain->body[i] = put_code(maker, at, distance, bytes, sizeof code_plain);
    }
    domain->branch = put_branch(maker, at, distance, start);
    return true;
}

static bool put_user(struct maker *maker, struct maker_domain *domain)
{
    uint64_t at = domain->code;
    struct trace_domain declared = {.id = domain->id,
                                    .kind = (uint8_t)domain->plan->kind,
                                    .base = LARGE_BASE,
                                    .limit = LARGE_LIMIT};
    memcpy(declared.name, domain->plan->name, sizeof declared.name);
    if (domain->plan->kind == TRACE_DOMAIN_SMALL) {
        declared.base = domain->code;
        declared.limit = domain->data + domain->plan->pages * PAGE;
    }
    trace_put_domain(maker->writer, &declared);
    put_region(maker, domain->code_physical, synth_code_bytes(domain->plan), TRACE_WORK,
               domain->id, domain->plan->name);
    if (!put_body(maker, domain, &at))
        return false;
    domain->trap = put_code(maker, &at, domain->code - domain->code_physical, code_trap,
                            sizeof code_trap);
    return true;
}

#define PUT(bytes) put_code(maker, &at, KERNEL_BASE, bytes, sizeof bytes)

static bool put_kernel(struct maker *maker)
{
    struct maker_domain *kernel = &maker->domains[maker->plan->kernel];
    uint64_t at = kernel->code;
    struct trace_domain declared = {.id = 0, .kind = TRACE_DOMAIN_KERNEL};
    memcpy(declared.name, kernel->plan->name, sizeof declared.name);
    trace_put_domain(maker->writer, &declared);
    trace_put_tables(maker->writer, &(struct trace_tables){.idt = KERNEL_BASE,
                                                           .gdt = KERNEL_BASE + 0x1000,
                                                           .tss = KERNEL_BASE + 0x2000,
                                                           .idt_physical = 0,
                                                           .gdt_physical = 0x1000,
                                                           .tss_physical = 0x2000,
                                                           .kernel_cs = 0x08,
                                                           .kernel_ss = 0x10});
    maker->push = PUT(code_push);
    uint64_t path = at, path_end;
    if (!put_body(maker, kernel, &at))
        return false;
    path_end = at;
    maker->save = PUT(code_save);
    maker->take = PUT(code_take);
    uint64_t switched = at;
    maker->load_cr3 = PUT(code_cr3);
    maker->load_segment = PUT(code_segment);
    uint64_t leaving = at;
    maker->pop = PUT(code_pop);
    maker->iret = PUT(code_return);
    uint64_t base = KERNEL_BASE;
    put_region(maker, kernel->code - base, path - kernel->code, TRACE_BORDER, 0, "entry");
    put_region(maker, path - base, path_end - path, TRACE_KERNEL_PATH, 0, "path");
    put_region(maker, path_end - base, switched - path_end, TRACE_THREAD_SWITCHING, 0,
               "thread switch");
    put_region(maker, switched - base, leaving - switched, TRACE_SPACE_SWITCHING, 0,
               "space switch");
    put_region(maker, leaving - base, at - leaving, TRACE_BORDER, 0, "exit");
    return true;
}

#undef PUT

bool synth_define(struct maker *maker)
{
    bool done = put_kernel(maker);
    for (size_t i = 0; done && i < maker->plan->domain_count; i++)
        if (i != maker->plan->kernel)
            done = put_user(maker, &maker->domains[i]);
    return done;
}
