/* trap_user.c - services bound by one trap: structures spin and monolithic. */
#include "kernel-trace/services/service.h"
#include "kernel-trace/services/user.h"

uint32_t service_call(enum service service, uint32_t operation,
                      struct arguments *arguments)
{
    return service_trap(service, operation, arguments);
}
