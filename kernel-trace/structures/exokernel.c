/* exokernel.c - the kernel protects disk blocks and page frames and knows nothing of
 * files: the file system is a library in the application. A block is bound to a domain
 * once, and after that each access only compares the owner. */
#include "kernel-trace/structures/structures.h"

#define MOST_BLOCKS 8192
#define NOBODY      0

static uint8_t block_owner[MOST_BLOCKS];
static uint32_t blocks;

void exokernel_init(uint32_t disk_blocks)
{
    blocks = disk_blocks < MOST_BLOCKS ? disk_blocks : MOST_BLOCKS;
}

/* Bind free blocks to the caller; those that are its own stay so. All or none. */
uint32_t exokernel_bind(const struct thread *caller, uint32_t first, uint32_t count)
{
    if (first >= blocks || count > blocks - first)
        return ERROR_ARGUMENT;
    for (uint32_t i = first; i < first + count; i++)
        if (block_owner[i] != NOBODY && block_owner[i] != caller->domain)
            return ERROR_DENIED;
    for (uint32_t i = first; i < first + count; i++)
        block_owner[i] = (uint8_t)caller->domain;
    return 0;
}

/* The domain is no more: its blocks are free. */
void exokernel_release(uint32_t domain)
{
    for (uint32_t i = 0; i < blocks; i++)
        if (block_owner[i] == domain)
            block_owner[i] = NOBODY;
}

/* The frames that a transfer reaches must be bound to the caller too. */
static bool frames_bound(const struct thread *caller, const void *memory, uint32_t bytes)
{
    const struct domain *domain = &domains[caller->domain];
    uint32_t address = (uint32_t)memory - domain->base;
    uint32_t first = address & ~(PAGE_SIZE - 1u);
    for (uint32_t page = first; bytes && page < address + bytes; page += PAGE_SIZE)
        if (frame_owner(user_page(domain, page, false)) != caller->domain)
            return false;
    return true;
}

static uint32_t from_user(const struct thread *caller, uint32_t service,
                          uint32_t operation, struct arguments *arguments)
{
    if (service != SERVICE_STORAGE)
        return SERVICE_DENIED;
    if (operation == STORAGE_SIZE)
        return storage_serve(operation, arguments);
    if (arguments->a >= blocks || block_owner[arguments->a] != caller->domain ||
        !frames_bound(caller, arguments->in, arguments->in_bytes) ||
        !frames_bound(caller, arguments->out, arguments->out_bytes))
        return SERVICE_DENIED;
    return storage_serve(operation, arguments);
}

static void admit(uint32_t domain)
{
    (void)domain; /* who binds a block first, has it */
}

const struct structure exokernel_structure = {from_user, NULL, admit};
