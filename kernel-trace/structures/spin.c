/* spin.c - services are extensions of the kernel. A call raises an event; the dispatcher
 * asks the guards of each handler of that event, and calls the first handler that all its
 * guards let through.
 *
 * A domain can raise only events of interfaces that were linked into it. Guards see who
 * raises an event and with which arguments: that is where protection is. */
#include "kernel-trace/structures/structures.h"

#define HANDLERS 4
#define GUARDS   2

struct raise {
    uint32_t raiser; /* a domain's number; EXTENSION + service: one of the extensions */
    uint32_t operation;
    const struct arguments *arguments;
};
#define EXTENSION DOMAINS

struct handler {
    bool (*guard[GUARDS])(const struct raise *raise); /* NULL: none */
    uint32_t (*handle)(uint32_t operation, struct arguments *arguments);
    uint32_t extension; /* who it is when it raises events itself */
};

struct event {
    struct handler handler[HANDLERS];
    uint32_t handlers;
};

/* One event per service, and which of them each domain's interfaces hold. */
static struct event events[SERVICES];
static uint8_t linked[DOMAINS];
static uint32_t raiser_now;

static bool guard_users(const struct raise *raise)
{
    return raise->raiser < EXTENSION;
}

/* Only the domain that was linked first may make the file system anew. */
static bool guard_format(const struct raise *raise)
{
    return raise->operation != FS_FORMAT || linked[raise->raiser] & 1u << SERVICES;
}

static bool guard_file_system(const struct raise *raise)
{
    return raise->raiser == EXTENSION + SERVICE_FS;
}

static bool guard_block(const struct raise *raise)
{
    return raise->operation == STORAGE_SIZE ||
           raise->arguments->in_bytes == BLOCK_BYTES ||
           raise->arguments->out_bytes == BLOCK_BYTES;
}

static bool admitted(const struct handler *handler, const struct raise *raise)
{
    for (uint32_t i = 0; i < GUARDS; i++)
        if (handler->guard[i] && !handler->guard[i](raise))
            return false;
    return true;
}

static uint32_t dispatch(struct event *event, const struct raise *raise,
                         struct arguments *arguments)
{
    for (uint32_t i = 0; i < event->handlers; i++) {
        const struct handler *handler = &event->handler[i];
        if (!admitted(handler, raise))
            continue;
        uint32_t before = raiser_now;
        raiser_now = handler->extension;
        uint32_t result = handler->handle(raise->operation, arguments);
        raiser_now = before;
        return result;
    }
    return SERVICE_DENIED;
}

static uint32_t from_user(const struct thread *caller, uint32_t service,
                          uint32_t operation, struct arguments *arguments)
{
    if (service >= SERVICES || !(linked[caller->domain] & 1u << service))
        return SERVICE_DENIED;
    const struct raise raise = {caller->domain, operation, arguments};
    return dispatch(&events[service], &raise, arguments);
}

static uint32_t from_service(enum service service, uint32_t operation,
                             struct arguments *arguments)
{
    const struct raise raise = {raiser_now, operation, arguments};
    return dispatch(&events[service], &raise, arguments);
}

static void install(enum service service, const struct handler *handler)
{
    struct event *event = &events[service];
    if (event->handlers == HANDLERS)
        panic("an event has too many handlers");
    event->handler[event->handlers++] = *handler;
}

/* Link the file system's interface into the domain; the first also installs. */
static void admit(uint32_t domain)
{
    bool first = events[SERVICE_FS].handlers == 0;
    linked[domain] = 1u << SERVICE_FS | (first ? 1u << SERVICES : 0);
    if (!first)
        return;
    install(SERVICE_FS, &(const struct handler){.guard = {guard_users, guard_format},
                                                .handle = fs_serve,
                                                .extension = EXTENSION + SERVICE_FS});
    install(SERVICE_STORAGE,
            &(const struct handler){.guard = {guard_file_system, guard_block},
                                    .handle = storage_serve,
                                    .extension = EXTENSION + SERVICE_STORAGE});
}

const struct structure spin_structure = {from_user, from_service, admit};
