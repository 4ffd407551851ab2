/* service_trap.c - the one crossing of the structures whose services are in the kernel,
 * or at it: the caller's arguments are checked and handed to the structure's binding.
 *
 * In: eax service, ebx operation, esi where struct arguments lies. Out: eax result. */
#include "kernel-trace/kernel/kernel.h"
#include "kernel-trace/structures/structures.h"

static struct thread *give(struct thread *me, uint32_t result)
{
    frame_of(me)->eax = result;
    return me;
}

struct thread *service_trap(struct frame *frame)
{
    struct thread *me = current(frame);
    const struct domain *caller = &domains[me->domain];
    struct arguments *theirs = user_range(caller, frame->esi, sizeof *theirs, true);
    if (!structure.from_user || !theirs)
        return give(me, structure.from_user ? ERROR_BUFFER : ERROR_ARGUMENT);

    struct arguments arguments = *theirs;
    arguments.in = user_range(caller, (uint32_t)arguments.in, arguments.in_bytes, false);
    arguments.out =
        user_range(caller, (uint32_t)arguments.out, arguments.out_bytes, true);
    if (!arguments.in || !arguments.out || arguments.in_bytes > SERVICE_BYTES ||
        arguments.out_bytes > SERVICE_BYTES)
        return give(me, ERROR_BUFFER);

    uint32_t result = structure.from_user(me, frame->eax, frame->ebx, &arguments);
    theirs->out_bytes = arguments.out_bytes;
    return give(me, result);
}

/* What a service in the kernel calls another by. */
uint32_t service_call(enum service service, uint32_t operation,
                      struct arguments *arguments)
{
    return structure.from_service(service, operation, arguments);
}
