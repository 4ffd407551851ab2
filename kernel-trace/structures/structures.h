/* structures.h - how service calls are bound in the structures that have services inside
 * the kernel. Guest only; the bindings of user programs are the *_user.c files here. */
#ifndef CROSSBILL_STRUCTURES_H
#define CROSSBILL_STRUCTURES_H

#include "kernel-trace/kernel/kernel.h"
#include "kernel-trace/services/service.h"

/* The binding in force; NULL where the structure has no such call. */
struct structure {
    /* A user's call; the arguments are checked and can be followed. */
    uint32_t (*from_user)(const struct thread *caller, uint32_t service,
                          uint32_t operation, struct arguments *arguments);
    /* A call of one service by another. */
    uint32_t (*from_service)(enum service service, uint32_t operation,
                             struct arguments *arguments);
    /* May `domain` call the services? At boot, for each that should. */
    void (*admit)(uint32_t domain);
};
extern struct structure structure;

extern const struct structure monolithic_structure, spin_structure, exokernel_structure;

/* mach_message.c: TRAP_MACH, CALL_PORT; at boot, a port that `client` may send to; when a
 * domain has no thread any more */
struct thread *mach_trap(struct frame *frame);
uint32_t mach_port(const struct thread *caller);
void mach_connect(uint32_t server, uint32_t *server_name, uint32_t client,
                  uint32_t *client_name);

/* exokernel.c: CALL_BIND */
uint32_t exokernel_bind(const struct thread *caller, uint32_t first, uint32_t count);
void exokernel_init(uint32_t blocks);
void exokernel_release(uint32_t domain);

#endif
