/* mach_port.c - ports, and the names by which each space knows its rights to them. */
#include "kernel-trace/structures/mach.h"

#define PORTS   64
#define ENTRIES (1u << MACH_NAME_SHIFT) /* of a space */

enum right { RIGHT_SEND = 1, RIGHT_RECEIVE = 2, RIGHT_SEND_ONCE = 4 };

struct entry {
    struct port *port; /* NULL: free */
    uint32_t rights;
    uint32_t references; /* of the send right */
    uint32_t generation;
};

static struct port ports[PORTS];
static struct entry spaces[DOMAINS][ENTRIES];

static uint32_t name_of(uint32_t space, const struct entry *entry)
{
    uint32_t index = (uint32_t)(entry - spaces[space]);
    return entry->generation << MACH_NAME_SHIFT | index;
}

static struct entry *look_up(uint32_t space, uint32_t name, uint32_t rights)
{
    struct entry *entry = &spaces[space][name % ENTRIES];
    if (!entry->port || entry->generation != name >> MACH_NAME_SHIFT ||
        !(entry->rights & rights))
        return NULL;
    return entry;
}

/* A free entry, under a name that never was. Entry 0 stays free: 0 is no name. */
static struct entry *entry_allocate(uint32_t space, struct port *port, uint32_t rights)
{
    for (uint32_t i = 1; i < ENTRIES; i++) {
        struct entry *entry = &spaces[space][i];
        if (entry->port || entry->generation == MACH_GENERATIONS)
            continue;
        entry->port = port;
        entry->rights = rights;
        entry->references = 1;
        entry->generation++;
        return entry;
    }
    return NULL;
}

static void entry_free(struct entry *entry)
{
    entry->port = NULL;
    entry->rights = 0;
}

/* A port that has neither receiver nor rights is free again. */
static void port_check(struct port *port)
{
    if (!port->active && !port->send_rights && !port->send_once_rights)
        *port = (struct port){.active = false};
}

struct port *port_allocate(uint32_t space, uint32_t *name)
{
    for (uint32_t i = 0; i < PORTS; i++) {
        struct port *port = &ports[i];
        if (port->active || port->send_rights || port->send_once_rights)
            continue;
        struct entry *entry = entry_allocate(space, port, RIGHT_RECEIVE);
        if (!entry)
            return NULL;
        *name = name_of(space, entry);
        *port = (struct port){.active = true, .space = space, .name = *name};
        return port;
    }
    return NULL;
}

struct port *right_receive(uint32_t space, uint32_t name)
{
    struct entry *entry = look_up(space, name, RIGHT_RECEIVE);
    return entry ? entry->port : NULL;
}

/* Take or make the right that a message is to carry. */
struct port *right_copyin(uint32_t space, uint32_t name, enum mach_disposition how)
{
    struct entry *entry;
    struct port *port;
    switch (how) {
    case MACH_NO_PORT:
        return NULL;
    case MACH_COPY_SEND:
        entry = look_up(space, name, RIGHT_SEND);
        if (!entry)
            return NULL;
        entry->port->send_rights++;
        return entry->port;
    case MACH_MOVE_SEND_ONCE:
        entry = look_up(space, name, RIGHT_SEND_ONCE);
        if (!entry)
            return NULL;
        port = entry->port;
        entry_free(entry);
        return port;
    case MACH_MAKE_SEND_ONCE:
        entry = look_up(space, name, RIGHT_RECEIVE);
        if (!entry)
            return NULL;
        entry->port->send_once_rights++;
        return entry->port;
    }
    return NULL;
}

/* Give the right that a message carried to a space: its name there, 0: no room for one.
 */
uint32_t right_copyout(uint32_t space, struct port *port, enum mach_disposition how)
{
    if (how == MACH_COPY_SEND) {
        uint32_t name = right_insert_send(space, port);
        right_release(port, how);
        return name;
    }
    struct entry *entry = entry_allocate(space, port, RIGHT_SEND_ONCE);
    return entry ? name_of(space, entry) : 0;
}

/* A send right, under the name that the space has for one already if it has. */
uint32_t right_insert_send(uint32_t space, struct port *port)
{
    for (uint32_t i = 1; i < ENTRIES; i++) {
        struct entry *entry = &spaces[space][i];
        if (entry->port == port && entry->rights & RIGHT_SEND) {
            entry->references++;
            return name_of(space, entry);
        }
    }
    struct entry *entry = entry_allocate(space, port, RIGHT_SEND);
    if (!entry)
        return 0;
    port->send_rights++;
    return name_of(space, entry);
}

/* A right that a message carried is no more. */
void right_release(struct port *port, enum mach_disposition how)
{
    if (how == MACH_COPY_SEND)
        port->send_rights--;
    else
        port->send_once_rights--;
    port_check(port);
}

/* The space is gone: its ports die, and who waits for its answers is told. */
void space_end(uint32_t space)
{
    for (uint32_t i = 1; i < ENTRIES; i++) {
        struct entry *entry = &spaces[space][i];
        struct port *port = entry->port;
        if (!port)
            continue;
        uint32_t rights = entry->rights;
        entry_free(entry);
        if (rights & RIGHT_SEND)
            right_release(port, MACH_COPY_SEND);
        if (rights & RIGHT_SEND_ONCE) {
            message_notify(port);
            right_release(port, MACH_MOVE_SEND_ONCE);
        }
        if (rights & RIGHT_RECEIVE) {
            port->active = false;
            while (port->first) {
                struct kernel_message *message = port->first;
                port->first = message->next;
                message_discard(message);
            }
            port_check(port);
        }
    }
}
