/* user_memory.c - reach the memory of the domain whose thread runs, or copy to and from
 * that of another. The kernel never follows a user's pointer without having looked. */
#include "kernel-trace/kernel/kernel.h"

/* Where the kernel finds the bytes of the domain that is current, NULL: some of them it
 * may not access so. */
void *user_range(const struct domain *domain, uint32_t address, uint32_t bytes,
                 bool write)
{
    if (!bytes)
        return (void *)KERNEL_BASE; /* never followed */
    if (address + bytes < address)
        return NULL;
    for (uint32_t page = address & ~(PAGE_SIZE - 1u); page < address + bytes;
         page += PAGE_SIZE)
        if (!user_page(domain, page, write))
            return NULL;
    return (void *)(domain->base + address);
}

/* Page by page, through the direct map: neither need be current. */
bool user_copy(const struct domain *from, uint32_t source, const struct domain *to,
               uint32_t target, uint32_t bytes)
{
    while (bytes) {
        uint32_t in = PAGE_SIZE - (source & (PAGE_SIZE - 1));
        uint32_t out = PAGE_SIZE - (target & (PAGE_SIZE - 1));
        uint32_t part = in < out ? in : out;
        part = part < bytes ? part : bytes;
        uint32_t readable = user_page(from, source, false);
        uint32_t writable = user_page(to, target, true);
        if (!readable || !writable)
            return false;
        memcpy(physical(writable), physical(readable), part);
        source += part;
        target += part;
        bytes -= part;
    }
    return true;
}
