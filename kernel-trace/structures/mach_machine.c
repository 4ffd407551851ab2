/* mach_machine.c - the machine layer of structure mach: memory and threads. */
#include "kernel-trace/structures/mach.h"

bool machine_copy_in(const struct thread *from, uint32_t address, void *to,
                     uint32_t bytes)
{
    const void *source = user_range(&domains[from->domain], address, bytes, false);
    if (!source)
        return false;
    memcpy(to, source, bytes);
    return true;
}

bool machine_writable(const struct thread *to, uint32_t address, uint32_t bytes)
{
    return user_range(&domains[to->domain], address, bytes, true);
}

/* The receiver's space need not be current: page by page, through the direct map. The
 * memory is known to be writable. */
void machine_copy_out(const void *from, const struct thread *to, uint32_t address,
                      uint32_t bytes)
{
    const uint8_t *source = from;
    while (bytes) {
        uint32_t part = PAGE_SIZE - (address & (PAGE_SIZE - 1));
        part = part < bytes ? part : bytes;
        memcpy(physical(user_page(&domains[to->domain], address, true)), source, part);
        source += part;
        address += part;
        bytes -= part;
    }
}

void machine_block(struct thread *thread)
{
    thread->wait = WAIT_PORT;
}

void machine_unblock(struct thread *thread, uint32_t result)
{
    thread->wait = WAIT_NOTHING;
    frame_of(thread)->eax = result;
}

/* Who runs next: the woken thread directly, when this one waits. */
struct thread *machine_continue(struct thread *self, struct thread *woken, bool blocked)
{
    if (blocked)
        return woken ? woken : schedule();
    if (woken)
        ready(woken);
    return self;
}

struct passed machine_passed;
