/* mach_message.c - the portable layer of messages: into the kernel, onto a port's queue,
 * and out again. Each message is checked item by item both ways, and its port rights are
 * translated between the names of two spaces. */
#include "kernel-trace/kernel/notes.h"
#include "kernel-trace/structures/mach.h"
#include "kernel-trace/structures/structures.h"

#define BUFFERS     16
#define QUEUE_LIMIT 5
#define HEADER      sizeof(struct mach_header)

static struct kernel_message buffers[BUFFERS];
static struct kernel_message *free_buffers;
static uint32_t buffers_made;

static struct kernel_message *buffer_allocate(void)
{
    struct kernel_message *message = free_buffers;
    if (message)
        free_buffers = message->next;
    else if (buffers_made < BUFFERS)
        message = &buffers[buffers_made++];
    else
        return NULL;
    message->remote = NULL;
    message->local = NULL;
    return message;
}

static void buffer_free(struct kernel_message *message)
{
    message->next = free_buffers;
    free_buffers = message;
}

/* ---- the items of a body ---- */

/* Bytes of an item's data, padded. 0: it cannot be. */
static bool item_bytes(const struct mach_type *type, uint32_t *bytes)
{
    if ((type->element_bits != 8 && type->element_bits != 32) || type->count > MACH_MOST)
        return false;
    if (type->item == MACH_PORTS && type->element_bits != 32)
        return false;
    *bytes = (type->count * (type->element_bits / 8u) + 3) & ~3u;
    return true;
}

/* Names become ports; where one is missing, those before it are given back. */
static uint32_t ports_in(uint32_t space, const struct mach_type *type, uint32_t *words)
{
    for (uint32_t i = 0; i < type->count; i++) {
        struct port *port = right_copyin(space, words[i], type->disposition);
        if (!port) {
            while (i--)
                right_release((struct port *)words[i], type->disposition);
            return MACH_BAD_RIGHT;
        }
        words[i] = (uint32_t)port;
    }
    return MACH_DONE;
}

static void ports_out(uint32_t space, const struct mach_type *type, uint32_t *words)
{
    for (uint32_t i = 0; i < type->count; i++)
        words[i] = right_copyout(space, (struct port *)words[i], type->disposition);
}

static void ports_release(const struct mach_type *type, const uint32_t *words)
{
    for (uint32_t i = 0; i < type->count; i++)
        right_release((struct port *)words[i], type->disposition);
}

enum direction { BODY_IN, BODY_OUT, BODY_DROP };

/* Go through the items: check them, and translate or drop the rights among them. */
static uint32_t body_walk(struct kernel_message *message, uint32_t space,
                          enum direction direction, uint32_t end)
{
    for (uint32_t at = 0; at < end;) {
        struct mach_type *type = (struct mach_type *)(message->body + at);
        uint32_t *words = (uint32_t *)(type + 1);
        uint32_t bytes;
        if (end - at < sizeof *type || !item_bytes(type, &bytes) ||
            bytes > end - at - sizeof *type) {
            if (direction == BODY_IN)
                body_walk(message, space, BODY_DROP, at);
            return MACH_BAD_MESSAGE;
        }
        if (type->item == MACH_PORTS && direction == BODY_IN) {
            uint32_t error = ports_in(space, type, words);
            if (error) {
                body_walk(message, space, BODY_DROP, at);
                return error;
            }
        }
        if (type->item == MACH_PORTS && direction == BODY_OUT)
            ports_out(space, type, words);
        if (type->item == MACH_PORTS && direction == BODY_DROP)
            ports_release(type, words);
        at += sizeof *type + bytes;
    }
    return MACH_DONE;
}

static uint32_t body_bytes(const struct kernel_message *message)
{
    return message->header.size - HEADER;
}

/* ---- headers ---- */

static uint32_t header_in(struct kernel_message *message, uint32_t space)
{
    const struct mach_header *header = &message->header;
    message->local = NULL;
    if (header->remote_disposition != MACH_COPY_SEND &&
        header->remote_disposition != MACH_MOVE_SEND_ONCE)
        return MACH_BAD_DESTINATION;
    if (header->local_disposition != MACH_NO_PORT) {
        if (header->local_disposition != MACH_MAKE_SEND_ONCE)
            return MACH_BAD_REPLY;
        message->local = right_copyin(space, header->local, MACH_MAKE_SEND_ONCE);
        if (!message->local)
            return MACH_BAD_REPLY;
    }
    message->remote = right_copyin(space, header->remote, header->remote_disposition);
    if (message->remote)
        return MACH_DONE;
    if (message->local)
        right_release(message->local, MACH_MAKE_SEND_ONCE);
    return MACH_BAD_DESTINATION;
}

/* What the receiver sees: where the message came in, and where to reply, if that is
 * expected. */
static void header_out(struct kernel_message *message, uint32_t space)
{
    struct mach_header *header = &message->header;
    struct port *port = message->remote;
    right_release(port, header->remote_disposition);
    header->local = port->name;
    header->local_disposition = MACH_NO_PORT;
    if (message->local) {
        header->remote = right_copyout(space, message->local, MACH_MAKE_SEND_ONCE);
        header->remote_disposition = MACH_MOVE_SEND_ONCE;
        NOTE_WORDS(NOTE_IPC_SEND, IPC_IS_CALL, &machine_passed.to, &machine_passed.bytes);
        NOTE_WORDS(NOTE_IPC_RECEIVE, 0, &machine_passed.from, &machine_passed.bytes);
    } else {
        header->remote = 0;
        header->remote_disposition = MACH_NO_PORT;
        NOTE_WORDS(NOTE_IPC_SEND, IPC_IS_REPLY, &machine_passed.to,
                   &machine_passed.bytes);
        NOTE_WORDS(NOTE_IPC_RECEIVE, 0, &machine_passed.from, &machine_passed.bytes);
    }
}

static void drop_reply(struct kernel_message *message)
{
    if (message->local)
        right_release(message->local, MACH_MAKE_SEND_ONCE);
    message->local = NULL;
}

/* Nobody will ever get it. Who waits for an answer is told. */
void message_discard(struct kernel_message *message)
{
    body_walk(message, 0, BODY_DROP, body_bytes(message));
    if (message->local) {
        message_notify(message->local);
        right_release(message->local, MACH_MAKE_SEND_ONCE);
    }
    right_release(message->remote, message->header.remote_disposition);
    buffer_free(message);
}

/* ---- queues ---- */

/* Into the receiver's memory: it waits, or has just asked. */
static uint32_t deliver(struct kernel_message *message, struct thread *to)
{
    const struct frame *frame = frame_of(to);
    uint32_t size = message->header.size;
    bool fits = size <= frame->esi >> 16;
    if (!fits || !machine_writable(to, frame->ebx, size)) {
        message_discard(message);
        return fits ? MACH_BAD_MEMORY : MACH_TOO_LARGE;
    }
    machine_passed = (struct passed){message->sender, to->id, size};
    header_out(message, to->domain);
    body_walk(message, to->domain, BODY_OUT, body_bytes(message));
    machine_copy_out(&message->header, to, frame->ebx, size);
    buffer_free(message);
    return MACH_DONE;
}

/* To the port: to the thread that waits there, or behind what is queued. */
static uint32_t enqueue(struct kernel_message *message, struct thread **woken)
{
    struct port *port = message->remote;
    if (!port->active || port->queued == QUEUE_LIMIT) {
        uint32_t error = port->active ? MACH_QUEUE_FULL : MACH_PORT_DEAD;
        drop_reply(message); /* the sender is told by the error */
        message_discard(message);
        return error;
    }
    if (port->waiting) {
        struct thread *thread = port->waiting;
        port->waiting = NULL;
        machine_unblock(thread, deliver(message, thread));
        *woken = thread;
        return MACH_DONE;
    }
    message->next = NULL;
    if (port->first)
        port->last->next = message;
    else
        port->first = message;
    port->last = message;
    port->queued++;
    return MACH_DONE;
}

/* Tell the holder of a reply port that no reply will come. */
void message_notify(struct port *port)
{
    struct kernel_message *message = buffer_allocate();
    struct thread *woken = NULL;
    if (!message)
        return;
    message->remote = port;
    message->sender = 0;
    message->header = (struct mach_header){.remote_disposition = MACH_MOVE_SEND_ONCE,
                                           .size = HEADER,
                                           .id = MACH_NOTIFY_SEND_ONCE};
    port->send_once_rights++;
    enqueue(message, &woken);
    if (woken)
        ready(woken);
}

/* ---- the trap ---- */

static uint32_t send(const struct thread *me, uint32_t address, uint32_t size,
                     struct thread **woken)
{
    if (size < HEADER || size > MACH_MOST || size & 3)
        return MACH_BAD_MESSAGE;
    struct kernel_message *message = buffer_allocate();
    if (!message)
        return MACH_NO_BUFFER;
    uint32_t error = MACH_BAD_MEMORY;
    if (machine_copy_in(me, address, &message->header, size)) {
        message->header.size = size;
        message->sender = me->id;
        error = header_in(message, me->domain);
    }
    if (error) {
        buffer_free(message);
        return error;
    }
    error = body_walk(message, me->domain, BODY_IN, size - HEADER);
    if (error) {
        message->header.size = HEADER; /* its rights have been given back */
        drop_reply(message);
        message_discard(message);
        return error;
    }
    return enqueue(message, woken);
}

struct thread *mach_trap(struct frame *frame)
{
    struct thread *me = current(frame);
    struct thread *woken = NULL;
    uint32_t options = frame->eax;

    frame->eax = MACH_DONE;
    if (options & MACH_SEND) {
        frame->eax = send(me, frame->ebx, frame->esi & 0xffff, &woken);
        if (frame->eax)
            return me;
    }
    if (!(options & MACH_RECEIVE))
        return machine_continue(me, woken, false);
    struct port *port = right_receive(me->domain, frame->edi);
    if (!port || port->waiting) {
        frame->eax = MACH_BAD_RECEIVE;
        return machine_continue(me, woken, false);
    }
    struct kernel_message *message = port->first;
    if (message) {
        port->first = message->next;
        port->queued--;
        frame->eax = deliver(message, me);
        return machine_continue(me, woken, false);
    }
    port->waiting = me;
    machine_block(me);
    return machine_continue(me, woken, true);
}

/* CALL_PORT: a port of the caller's own. Its name; 0: there is no room. */
uint32_t mach_port(const struct thread *me)
{
    uint32_t name = 0;
    return port_allocate(me->domain, &name) ? name : 0;
}

/* At boot: a port for which `server` receives and, unless 0, `client` may send. */
void mach_connect(uint32_t server, uint32_t *server_name, uint32_t client,
                  uint32_t *client_name)
{
    struct port *port = *server_name ? right_receive(server, *server_name)
                                     : port_allocate(server, server_name);
    if (!port)
        panic("no port for a service");
    *client_name = right_insert_send(client, port);
}
