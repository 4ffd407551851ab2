/* monolithic.c - services are procedures of the kernel: one crossing, then plain calls.
 * Users see the file system alone; what it does with the disk is its own business. */
#include "kernel-trace/structures/structures.h"

static uint32_t from_user(const struct thread *caller, uint32_t service,
                          uint32_t operation, struct arguments *arguments)
{
    (void)caller;
    if (service != SERVICE_FS)
        return SERVICE_DENIED;
    return fs_serve(operation, arguments);
}

static uint32_t from_service(enum service service, uint32_t operation,
                             struct arguments *arguments)
{
    return service == SERVICE_STORAGE ? storage_serve(operation, arguments) : SERVICE_BAD;
}

static void admit(uint32_t domain)
{
    (void)domain; /* every program has the system's calls */
}

const struct structure monolithic_structure = {from_user, from_service, admit};
