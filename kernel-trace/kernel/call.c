/* call.c - kernel calls, and what a fault becomes. */
#include "kernel-trace/kernel/kernel.h"
#include "kernel-trace/structures/structures.h"

#define VECTOR_PROTECTION 13
#define VECTOR_PAGE       14

static bool privileged(const struct thread *thread)
{
    return domains[thread->domain].privileged;
}

static struct thread *give(struct thread *me, uint32_t result)
{
    frame_of(me)->eax = result;
    return me;
}

static uint32_t create(const struct thread *me, uint32_t eip, uint32_t esp)
{
    struct thread *thread = thread_create(me->domain, eip, esp);
    if (!thread)
        return ERROR_FULL;
    ready(thread);
    return thread->id;
}

/* In favour of one thread: so a user's scheduler can have a policy of its own. */
static struct thread *yield(struct thread *me, uint32_t id)
{
    struct thread *next = id ? thread_find(id) : NULL;
    if (id && !next)
        return give(me, ERROR_NO_THREAD);
    if (next && !unready(next))
        return give(me, ERROR_ARGUMENT);
    frame_of(me)->eax = 0;
    ready(me);
    return next ? next : schedule();
}

struct thread *kernel_call(struct frame *frame)
{
    struct thread *me = current(frame);
    switch (frame->eax) {
    case CALL_EXIT:
        thread_end(me);
        return schedule();
    case CALL_YIELD:
        return yield(me, frame->ebx);
    case CALL_RECORD:
        if (!domains[me->domain].announces)
            return give(me, ERROR_DENIED);
        record_start(me);
        return give(me, 0);
    case CALL_PRINT:
        if (!privileged(me))
            return give(me, ERROR_DENIED);
        print_character((char)frame->ebx);
        return give(me, 0);
    case CALL_END:
        if (!privileged(me))
            return give(me, ERROR_DENIED);
        threads_check();
        end(frame->ebx);
    case CALL_THREAD:
        return give(me, create(me, frame->ebx, frame->esi));
    case CALL_BIND:
        return give(me, exokernel_bind(me, frame->ebx, frame->esi));
    case CALL_MAP:
        return give(me, map_page(me, frame->ebx, frame->esi, frame->edi));
    case CALL_FLUSH:
        return give(me, flush_page(me, frame->ebx));
    case CALL_TIMER:
        if (!domains[me->domain].announces)
            return give(me, ERROR_DENIED);
        return give(me, timer_set(frame->ebx) ? 0 : ERROR_ARGUMENT);
    case CALL_LISTEN:
        if (!privileged(me))
            return give(me, ERROR_DENIED);
        timer_listen(frame->ebx ? me : NULL);
        return give(me, 0);
    case CALL_PORT:
        return give(me, mach_port(me));
    }
    return give(me, ERROR_ARGUMENT);
}

static uint32_t wrong(uint32_t selector)
{
    return (selector & 0xffff) ^ USER_DS;
}

/* A user may load a null selector, and short IPC passes it on: the next domain would
 * suffer. So the first access through it mends all four. True: one was wrong; try again.
 */
static bool mend_segments(void)
{
    uint32_t fs, gs;
    __asm__ volatile("movl %%fs, %0; movl %%gs, %1" : "=r"(fs), "=r"(gs));
    __asm__ volatile("movl %0, %%fs; movl %0, %%gs" ::"r"(USER_DS));
    return wrong(fs) | wrong(gs) | wrong(fault_ds) | wrong(fault_es);
}

struct thread *fault(struct frame *frame)
{
    struct thread *me = current(frame);
    uint32_t address = fault_code;
    if (!(frame->cs & 3)) {
        print("exception ");
        print_number(fault_vector);
        print(" at ");
        print_number(frame->eip);
        print("\n");
        panic("the kernel itself faulted");
    }
    if ((fault_vector == VECTOR_PROTECTION || fault_vector == VECTOR_PAGE) &&
        mend_segments())
        return me;
    if (fault_vector == VECTOR_PAGE)
        __asm__ volatile("movl %%cr2, %0" : "=r"(address));

    me->fault[0] = FAULT_LABEL | fault_vector << 8 | (fault_code & 0xff);
    me->fault[1] = address - (fault_vector == VECTOR_PAGE ? domains[me->domain].base : 0);
    me->fault[2] = frame->eip;
    return send_fault(me, domains[me->domain].pager);
}
