/* memory.c - page frames and page directories. The kernel reaches any frame through the
 * direct map, so it never maps a page for itself. */
#include "kernel-trace/kernel/kernel.h"

#define PRESENT  0x1
#define WRITABLE 0x2
#define USER     0x4
#define LARGE    0x80 /* in a directory: the page itself, of 4 MB, and no table */

#define CPUID_PSE (1u << 3)
#define CR4_PSE   0x10

static uint32_t next_frame, frames_end;
static uint8_t owners[DIRECT_MAP / PAGE_SIZE]; /* by frame: its domain's number */

void memory_init(uint32_t first_free, uint32_t memory_end)
{
    next_frame = (first_free + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1u);
    frames_end = memory_end < DIRECT_MAP ? memory_end : DIRECT_MAP;
    kernel_directory[0] = 0;
    for (uint32_t i = 1; i < DIRECT_MAP >> 22; i++)
        kernel_directory[i] = 0; /* the identity map that boot.S needed */
}

/* The direct map by pages of 4 MB instead of tables, before any directory is made after
 * this one. False: this processor has none. */
bool large_pages_init(void)
{
    if (!(processor_features() & CPUID_PSE))
        return false;
    __asm__ volatile("movl %%cr4, %%eax; orl %0, %%eax; movl %%eax, %%cr4" ::"i"(CR4_PSE)
                     : "eax");
    for (uint32_t i = 0; i < DIRECT_MAP >> 22; i++)
        kernel_directory[(KERNEL_BASE >> 22) + i] = i << 22 | PRESENT | WRITABLE | LARGE;
    __asm__ volatile("movl %%cr3, %%eax; movl %%eax, %%cr3" ::: "eax", "memory");
    return true;
}

void *physical(uint32_t address)
{
    return (void *)(address + KERNEL_BASE);
}

/* `count` adjoining frames, zeroed; 0 when there are not so many left. */
uint32_t page_allocate(uint32_t count)
{
    if (count > (frames_end - next_frame) / PAGE_SIZE)
        return 0;
    uint32_t frame = next_frame;
    next_frame += count * PAGE_SIZE;
    memset(physical(frame), 0, count * PAGE_SIZE);
    return frame;
}

/* Frames belong to the domain that got them first; 0, the kernel, has the rest. */
void frames_give(uint32_t frame, uint32_t count, uint32_t domain)
{
    memset(&owners[frame / PAGE_SIZE], (int)domain, count);
}

uint32_t frame_owner(uint32_t address)
{
    return owners[address / PAGE_SIZE];
}

/* A directory with the kernel's part and all windows, and nothing in the large part. */
uint32_t directory_create(void)
{
    uint32_t frame = page_allocate(1);
    if (!frame)
        return 0;
    uint32_t *directory = physical(frame);
    for (uint32_t i = SMALL_BASE >> 22; i < 1024; i++)
        directory[i] = kernel_directory[i];
    return frame;
}

/* The entry of the window at `base`, in every directory there is. */
static void window_set(uint32_t base, uint32_t entry)
{
    kernel_directory[base >> 22] = entry;
    for (uint32_t i = 1; i < DOMAINS; i++)
        if (domains[i].directory)
            ((uint32_t *)physical(domains[i].directory))[base >> 22] = entry;
}

bool window_create(uint32_t base)
{
    uint32_t table = page_allocate(1);
    if (table)
        window_set(base, table | PRESENT | WRITABLE | USER);
    return table;
}

static void forget(uint32_t linear)
{
    __asm__ volatile("invlpg (%0)" ::"r"(linear) : "memory");
}

/* Nobody can reach what was there, not even through the TLB. */
void window_end(uint32_t base, uint32_t limit)
{
    window_set(base, 0);
    for (uint32_t offset = 0; offset < limit; offset += PAGE_SIZE)
        forget(base + offset);
}

/* The page table entry for a linear address, or NULL where there is no table. */
static uint32_t *table_entry(uint32_t directory, uint32_t linear)
{
    uint32_t entry = ((uint32_t *)physical(directory))[linear >> 22];
    if (!(entry & PRESENT))
        return NULL;
    uint32_t *table = physical(entry & ~(PAGE_SIZE - 1u));
    return &table[linear / PAGE_SIZE % 1024];
}

bool map(const struct domain *domain, uint32_t address, uint32_t page, bool writable)
{
    uint32_t linear = domain->base + address;
    uint32_t *entry = table_entry(domain->directory, linear);
    if (!entry) {
        uint32_t table = page_allocate(1);
        if (!table)
            return false;
        uint32_t *directory = physical(domain->directory);
        directory[linear >> 22] = table | PRESENT | WRITABLE | USER;
        entry = table_entry(domain->directory, linear);
    }
    *entry = page | PRESENT | USER | (writable ? WRITABLE : 0);
    return true;
}

void unmap(const struct domain *domain, uint32_t address)
{
    uint32_t *entry = table_entry(domain->directory, domain->base + address);
    if (entry)
        *entry = 0;
    forget(domain->base + address);
}

/* Where a user address of the domain lies, or 0 if the domain could not access it so. */
uint32_t user_page(const struct domain *domain, uint32_t address, bool write)
{
    if (address >= domain->limit)
        return 0;
    uint32_t *entry = table_entry(domain->directory, domain->base + address);
    uint32_t needed = PRESENT | USER | (write ? WRITABLE : 0);
    if (!entry || (*entry & needed) != needed)
        return 0;
    return (*entry & ~(PAGE_SIZE - 1u)) | (address & (PAGE_SIZE - 1u));
}

/* Words, then the bytes that are left. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    void *start = to;
    size_t words = bytes / 4, rest = bytes % 4;
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words)::"memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest)::"memory");
    return start;
}

void *memset(void *to, int value, size_t bytes)
{
    void *start = to;
    size_t words = bytes / 4, rest = bytes % 4;
    uint32_t word = (uint8_t)value * 0x01010101u;
    __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(word) : "memory");
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(rest) : "a"(word) : "memory");
    return start;
}
