#include "random_system.h"

#include "test.h"

static const struct pattern patterns[] = {
    {0, false, false, "ls", {0}},                     /* not known */
    {1, false, false, "", {0x90}},                    /* nop */
    {2, false, false, "", {0x89, 0xd8}},              /* mov eax, ebx */
    {2, false, false, "", {0x01, 0xd8}},              /* add eax, ebx */
    {5, false, false, "", {0xb8, 1, 2, 3, 4}},        /* mov eax, imm */
    {2, false, false, "", {0xf7, 0xe3}},              /* mul ebx */
    {3, false, false, "", {0x8d, 0x43, 0x04}},        /* lea eax, [ebx+4] */
    {2, false, false, "l", {0x8b, 0x03}},             /* mov eax, [ebx] */
    {2, false, false, "l", {0x03, 0x03}},             /* add eax, [ebx] */
    {6, false, false, "l", {0x8b, 0x83, 1, 2, 3, 4}}, /* mov eax, [ebx+disp] */
    {2, false, false, "s", {0x89, 0x03}},             /* mov [ebx], eax */
    {2, false, false, "lw", {0x01, 0x03}},            /* add [ebx], eax */
    {10, false, false, "s", {0xc7, 0x05, 1, 2, 3, 4, 5, 6, 7, 8}}, /* mov [disp], imm */
    {1, false, false, "u", {0x50}},                                /* push eax */
    {1, false, false, "o", {0x58}},                                /* pop eax */
    {1, false, false, "uuuuuuuu", {0x60}},                         /* pusha */
    {2, true, false, "", {0x74, 0x06}},                            /* jz */
    {2, true, false, "", {0x75, 0xf0}},                            /* jnz */
    {2, true, false, "", {0xe2, 0xf0}},                            /* loop */
    {2, true, false, "", {0xeb, 0x06}},                            /* jmp */
    {5, true, false, "u", {0xe8, 1, 2, 0, 0}},                     /* call */
    {1, true, false, "o", {0xc3}},                                 /* ret */
    {2, false, true, "ls", {0xf3, 0xa5}},                          /* rep movsd */
    {2, false, true, "s", {0xf3, 0xab}},                           /* rep stosd */
    {2, false, false, "", {0x8e, 0xd8}},                           /* mov ds, eax */
    {3, false, false, "", {0x0f, 0x22, 0xd8}},                     /* mov cr3, eax */
};
#define PATTERNS (sizeof patterns / sizeof patterns[0])

const struct pattern pattern_trap = {2, false, false, "", {0xcd, 0x30}};  /* int */
const struct pattern pattern_enter = {2, false, false, "", {0x0f, 0x34}}; /* sysenter */
static const struct pattern leave = {1, false, false, "", {0xcf}};        /* iret */
static const struct pattern leave_fast = {
    2, false, false, "", {0x0f, 0x35}}; /* sysexit */

uint64_t free_page(struct system *system)
{
    system->memory += 4096;
    return system->memory - 4096;
}

uint64_t page_for(struct system *system, const struct domain *domain, uint64_t vaddr)
{
    return domain->frame == 0 ? free_page(system) : domain->frame + vaddr % 0x400000u;
}

struct step put_step(struct system *system, const struct block *block, uint64_t offset,
                     const struct pattern *pattern)
{
    uint64_t vaddr = block->vaddr + offset;
    uint32_t code = trace_put_code(system->writer, vaddr, block->paddr + offset,
                                   pattern->bytes, pattern->length);
    return (struct step){
        .code = code, .rest = TRACE_NO_CODE, .vaddr = vaddr, .pattern = pattern};
}

/* An instruction that begins in one page and ends in the next. */
static struct step put_straddling(struct system *system, uint64_t next_page,
                                  uint64_t paddr, uint64_t next_paddr)
{
    const struct pattern *pattern;
    do
        pattern = &patterns[draw(&system->seed, PATTERNS)];
    while (pattern->length < 2);
    uint64_t here = 1 + draw(&system->seed, pattern->length - 1u);
    struct block end = {.vaddr = next_page - here, .paddr = paddr + 4096 - here};
    struct step step = put_step(system, &end, 0, pattern);
    step.rest = trace_put_code(system->writer, next_page, next_paddr, NULL, 0);
    step.rest_size = (uint8_t)(pattern->length - here);
    return step;
}

static void fill_block(struct system *system, struct block *block)
{
    uint64_t offset = draw(&system->seed, 8);
    block->count = 0;
    while (block->count < BLOCK_STEPS) {
        const struct pattern *pattern = &patterns[draw(&system->seed, PATTERNS)];
        if (offset + pattern->length > BLOCK_BYTES - 8)
            break;
        block->steps[block->count++] = put_step(system, block, offset, pattern);
        offset += pattern->length == 0 ? UNKNOWN : pattern->length;
    }
}

static void place_block(struct block *block, uint64_t vaddr, uint64_t paddr)
{
    block->vaddr = vaddr;
    block->paddr = paddr;
}

static void give_region(struct block *block, enum trace_role role, uint16_t domain)
{
    block->has_region = true;
    block->region = (struct trace_region){.base = block->paddr,
                                          .limit = block->paddr + BLOCK_BYTES,
                                          .role = (uint8_t)role,
                                          .domain = domain,
                                          .name = "block"};
}

uint64_t random_window(const struct domain *domain)
{
    return domain->space == 1 ? 0x40000000u + 0x1000000u * domain->id : 0x10000000u;
}

static void lay_out_domain(struct system *system, unsigned number)
{
    const struct random_shape *shape = system->shape;
    struct domain *domain = &system->domains[number];
    domain->id = (uint16_t)(number + 1);
    domain->thread = 10 + number;
    domain->space = (uint16_t)(chance(&system->seed, shape->large) ? number + 2 : 1);
    uint64_t base = random_window(domain);
    if (chance(&system->seed, shape->large_pages))
        domain->frame = 0x20000000u + 0x400000u * number;
    for (unsigned i = 0; i < WORK_BLOCKS; i++) {
        uint64_t offset = BLOCK_BYTES * draw(&system->seed, 8);
        place_block(&domain->work[i], base + 4096 * i + offset,
                    page_for(system, domain, base + 4096 * i) + offset);
        if (chance(&system->seed, 50))
            give_region(&domain->work[i], TRACE_WORK,
                        chance(&system->seed, 50) ? TRACE_DOMAIN_CURRENT : domain->id);
    }
    place_block(&domain->stub, base + 0x10000, page_for(system, domain, base + 0x10000));
    give_region(&domain->stub, TRACE_BINDING, TRACE_DOMAIN_CURRENT);
    domain->stack =
        (struct page){base + 0x20000, page_for(system, domain, base + 0x20000)};
    domain->pages = calloc(shape->pages, sizeof *domain->pages);
    assert_non_null(domain->pages);
    for (unsigned i = 0; i < shape->pages; i++) {
        const struct domain *other = &system->domains[draw(&system->seed, number + 1)];
        uint64_t paddr = other != domain && chance(&system->seed, shape->shared_pages)
                             ? other->pages[i].paddr
                             : page_for(system, domain, base + 0x100000 + 4096 * i);
        domain->pages[i] = (struct page){base + 0x100000 + 4096 * i, paddr};
    }
}

static void lay_out_kernel(struct system *system)
{
    static const uint8_t roles[PATH_BLOCKS] = {
        [ENTRY] = TRACE_BORDER,
        [KERNEL] = TRACE_KERNEL_PATH,
        [THREADS] = TRACE_THREAD_SWITCHING,
        [SPACE_LOADS] = TRACE_SPACE_SWITCHING,
        [BINDING] = TRACE_BINDING,
        [SERVICE] = TRACE_WORK,
        [IDLE] = TRACE_IDLE,
    };
    for (unsigned i = 0; i < PATH_BLOCKS; i++) {
        uint64_t paddr = 0x100000 + 0x1000 * (i / 2) + 0x800 * (i % 2);
        place_block(&system->kernel[i], KERNEL_BASE + paddr, paddr);
        uint16_t owner = chance(&system->seed, 50) ? TRACE_DOMAIN_CURRENT : 0;
        if (i == SERVICE && chance(&system->seed, 50))
            owner = (uint16_t)(1 + draw(&system->seed, system->shape->domains));
        if (i == SERVICE && system->shape->own_services)
            owner = TRACE_DOMAIN_CURRENT;
        give_region(&system->kernel[i], roles[i], owner);
    }
    for (unsigned i = 0; i < KERNEL_PAGES; i++) {
        uint64_t paddr = 0x200000 + 4096 * i;
        system->kernel_pages[i] = (struct page){KERNEL_BASE + paddr, paddr};
    }
    system->kernel_stack = (struct page){KERNEL_BASE + 0x300000, 0x300000};
}

static void put_region_of(struct system *system, const struct block *block)
{
    if (block->has_region)
        trace_put_region(system->writer, &block->region);
}

static void declare(struct system *system)
{
    struct trace_domain kernel = {.id = 0,
                                  .kind = TRACE_DOMAIN_KERNEL,
                                  .base = KERNEL_BASE,
                                  .limit = 1ull << 32,
                                  .name = "kernel"};
    trace_put_domain(system->writer, &kernel);
    for (unsigned i = 0; i < system->shape->domains; i++) {
        const struct domain *domain = &system->domains[i];
        struct trace_domain declared = {.id = domain->id,
                                        .kind = domain->space == 1 ? TRACE_DOMAIN_SMALL
                                                                   : TRACE_DOMAIN_LARGE,
                                        .base = random_window(domain),
                                        .limit = random_window(domain) + 0x1000000};
        snprintf(declared.name, sizeof declared.name, "domain%u", domain->id);
        trace_put_domain(system->writer, &declared);
        for (unsigned block = 0; block < WORK_BLOCKS; block++)
            put_region_of(system, &domain->work[block]);
        put_region_of(system, &domain->stub);
    }
    struct trace_region all = {.base = 0x100000,
                               .limit = 0x110000,
                               .role = TRACE_KERNEL_PATH,
                               .domain = 0,
                               .name = "kernel"};
    trace_put_region(system->writer, &all);
    for (unsigned i = 0; i < PATH_BLOCKS; i++)
        put_region_of(system, &system->kernel[i]);
    if (!system->shape->tables)
        return;
    struct trace_tables tables = {.idt = KERNEL_BASE + 0x3000,
                                  .idt_physical = 0x3000,
                                  .gdt = KERNEL_BASE + 0x4010,
                                  .gdt_physical = 0x4010,
                                  .tss = KERNEL_BASE + 0x4100,
                                  .tss_physical = 0x4100,
                                  .kernel_cs = 0x08,
                                  .kernel_ss = 0x10};
    trace_put_tables(system->writer, &tables);
}

static void fill_code(struct system *system)
{
    for (unsigned i = 0; i < system->shape->domains; i++) {
        for (unsigned block = 0; block < WORK_BLOCKS; block++)
            fill_block(system, &system->domains[i].work[block]);
        fill_block(system, &system->domains[i].stub);
        const struct block *work = system->domains[i].work;
        system->domains[i].straddling = put_straddling(
            system, random_window(&system->domains[i]) + 4096,
            work[0].paddr & ~UINT64_C(4095), work[1].paddr & ~UINT64_C(4095));
    }
    for (unsigned i = 0; i < PATH_BLOCKS; i++)
        fill_block(system, &system->kernel[i]);
    system->leave_step =
        put_step(system, &system->kernel[ENTRY], BLOCK_BYTES - 1, &leave);
    system->leave_fast_step =
        put_step(system, &system->kernel[KERNEL], BLOCK_BYTES + 4, &leave_fast);
}

void random_lay_out(struct system *system)
{
    for (unsigned i = 0; i < SPACES; i++)
        system->directory[i] = free_page(system);
    for (unsigned i = 0; i < system->shape->domains; i++)
        lay_out_domain(system, i);
    lay_out_kernel(system);
    declare(system);
    fill_code(system);
}

void random_tear_down(struct system *system)
{
    for (unsigned i = 0; i < system->shape->domains; i++)
        free(system->domains[i].pages);
}
