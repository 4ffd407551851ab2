/* exokernel_user.c - the file system is a library: calling it is a procedure call. Its
 * disk is an extent of the machine's, the same for each of the workers; a block is bound
 * to this domain when it is used first. */
#include "kernel-trace/services/service.h"
#include "kernel-trace/services/user.h"

static uint32_t extent_first, extent_count;

static uint32_t disk(uint32_t operation, struct arguments *arguments)
{
    uint32_t result = service_trap(SERVICE_STORAGE, operation, arguments);
    if (result != SERVICE_DENIED)
        return result;
    if (kernel_call(CALL_BIND, arguments->a, 1, 0))
        return SERVICE_DENIED;
    return service_trap(SERVICE_STORAGE, operation, arguments);
}

static uint32_t extent(struct arguments *arguments)
{
    uint32_t blocks = service_trap(SERVICE_STORAGE, STORAGE_SIZE, arguments);
    if (service_failed(blocks))
        return blocks;
    extent_count = blocks / program_launch.workers;
    extent_first = extent_count * program_launch.worker;
    return extent_count;
}

uint32_t service_call(enum service service, uint32_t operation,
                      struct arguments *arguments)
{
    if (service == SERVICE_FS)
        return fs_serve(operation, arguments);
    if (operation == STORAGE_SIZE)
        return extent(arguments);
    if (arguments->a >= extent_count)
        return SERVICE_BAD;
    arguments->a += extent_first;
    uint32_t result = disk(operation, arguments);
    arguments->a -= extent_first;
    return result;
}
