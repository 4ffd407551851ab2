/* mach.h - inside structure mach: a portable layer of ports and messages above a machine
 * layer of memory and threads. Guest kernel only. */
#ifndef CROSSBILL_MACH_H
#define CROSSBILL_MACH_H

#include "kernel-trace/kernel/kernel.h"
#include "kernel-trace/structures/mach_abi.h"

struct port;

/* A message in the kernel. In its header and items, names have become ports. */
struct kernel_message {
    struct kernel_message *next;
    struct port *remote, *local;
    uint32_t sender; /* thread */
    struct mach_header header;
    uint8_t body[MACH_MOST - sizeof(struct mach_header)];
};

struct port {
    bool active;
    uint32_t space; /* domain whose it is to receive */
    uint32_t name;  /* its name there */
    uint32_t send_rights, send_once_rights;
    struct kernel_message *first, *last;
    uint32_t queued;
    struct thread *waiting; /* for a message */
};

/* mach_port.c: rights by name. NULL: there is no such right in the space. */
struct port *port_allocate(uint32_t space, uint32_t *name);
struct port *right_receive(uint32_t space, uint32_t name);
struct port *right_copyin(uint32_t space, uint32_t name, enum mach_disposition how);
uint32_t right_copyout(uint32_t space, struct port *port, enum mach_disposition how);
uint32_t right_insert_send(uint32_t space, struct port *port);
void right_release(struct port *port, enum mach_disposition how);
void space_end(uint32_t space);

/* mach_message.c */
void message_discard(struct kernel_message *message);
void message_notify(struct port *port);

/* mach_machine.c: what depends on the processor and the kernel below */
bool machine_copy_in(const struct thread *from, uint32_t address, void *to,
                     uint32_t bytes);
bool machine_writable(const struct thread *to, uint32_t address, uint32_t bytes);
void machine_copy_out(const void *from, const struct thread *to, uint32_t address,
                      uint32_t bytes);
void machine_block(struct thread *thread);
void machine_unblock(struct thread *thread, uint32_t result);
struct thread *machine_continue(struct thread *self, struct thread *woken, bool blocked);

/* The message that passed last: threads and bytes, for notes. */
struct passed {
    uint32_t from, to, bytes;
};
extern struct passed machine_passed;

#endif
