/* mach_user.c - services bound by Mach's ports. What a stub generator would make: each
 * call is packed into a typed message, and unpacked and checked at the other side.
 *
 * Request and answer have the same shape: four integers, then bytes. A request's integers
 * are operation, a, b and the room for the answer's bytes; an answer's first is the
 * result. */
#include "kernel-trace/services/serve.h"
#include "kernel-trace/services/user.h"
#include "kernel-trace/structures/mach_abi.h"

struct service_message {
    struct mach_header header;
    struct mach_type integers;
    uint32_t integer[4];
    struct mach_type bytes;
    uint8_t byte[SERVICE_BYTES];
};
#define FIXED (sizeof(struct service_message) - SERVICE_BYTES)

#define REQUEST_ID 2000
#define ANSWER_ID  2100

static void copy(void *to, const void *from, uint32_t bytes)
{
    uint32_t words = bytes / 4, rest = bytes % 4;
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words)::"memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest)::"memory");
}

/* Descriptors for `bytes` bytes. The message's size. */
static uint32_t describe(struct service_message *message, uint32_t bytes)
{
    message->integers = (struct mach_type){MACH_INTEGERS, 32, 0, 4};
    message->bytes = (struct mach_type){MACH_BYTES, 8, 0, bytes};
    message->header.size = FIXED + ((bytes + 3) & ~3u);
    return message->header.size;
}

static bool well_formed(const struct service_message *message, uint32_t id)
{
    return message->header.id == id && message->header.size >= FIXED &&
           message->integers.item == MACH_INTEGERS && message->integers.count == 4 &&
           message->integers.element_bits == 32 && message->bytes.item == MACH_BYTES &&
           message->bytes.element_bits == 8 &&
           message->bytes.count <= message->header.size - FIXED;
}

uint32_t service_call(enum service service, uint32_t operation,
                      struct arguments *arguments)
{
    static struct service_message message __attribute__((aligned(64)));
    static uint32_t reply_port;
    if (!reply_port)
        reply_port = kernel_call(CALL_PORT, 0, 0, 0);

    message.header = (struct mach_header){.remote_disposition = MACH_COPY_SEND,
                                          .local_disposition = MACH_MAKE_SEND_ONCE,
                                          .remote = program_launch.peer[service],
                                          .local = reply_port,
                                          .id = REQUEST_ID + operation};
    message.integer[0] = operation;
    message.integer[1] = arguments->a;
    message.integer[2] = arguments->b;
    message.integer[3] = arguments->out_bytes;
    copy(message.byte, arguments->in, arguments->in_bytes);
    uint32_t size = describe(&message, arguments->in_bytes);
    if (mach_trap(MACH_SEND | MACH_RECEIVE, &message, LENGTHS(size, sizeof message),
                  reply_port) ||
        !well_formed(&message, ANSWER_ID + operation) ||
        message.bytes.count > arguments->out_bytes)
        return SERVICE_BAD;
    copy(arguments->out, message.byte, message.bytes.count);
    arguments->out_bytes = message.bytes.count;
    return message.integer[0];
}

/* Answer a request. The size of the answer. */
static uint32_t answer(uint32_t (*service)(uint32_t, struct arguments *),
                       const struct service_message *request,
                       struct service_message *reply)
{
    uint32_t operation = request->integer[0], bytes = 0;
    struct arguments arguments = {.a = request->integer[1],
                                  .b = request->integer[2],
                                  .in = request->byte,
                                  .in_bytes = request->bytes.count,
                                  .out = reply->byte,
                                  .out_bytes = request->integer[3]};
    reply->integer[0] = SERVICE_BAD;
    if (well_formed(request, REQUEST_ID + operation) &&
        arguments.out_bytes <= SERVICE_BYTES) {
        reply->integer[0] = service(operation, &arguments);
        bytes = service_failed(reply->integer[0]) ? 0 : arguments.out_bytes;
    }
    reply->header = (struct mach_header){.remote_disposition = MACH_MOVE_SEND_ONCE,
                                         .remote = request->header.remote,
                                         .id = ANSWER_ID + operation};
    return describe(reply, bytes);
}

/* Two buffers: an answer goes out of one, and the next request comes into the same. */
void serve(uint32_t (*service)(uint32_t operation, struct arguments *arguments))
{
    static struct service_message buffers[2] __attribute__((aligned(64)));
    struct service_message *request = &buffers[0], *reply = &buffers[1];
    uint32_t port = program_launch.port, most = sizeof *request;
    uint32_t error = mach_trap(MACH_RECEIVE, request, LENGTHS(0u, most), port);

    for (;;) {
        if (error) {
            error = mach_trap(MACH_RECEIVE, request, LENGTHS(0u, most), port);
            continue;
        }
        uint32_t size = answer(service, request, reply);
        error = mach_trap(MACH_SEND | MACH_RECEIVE, reply, LENGTHS(size, most), port);
        struct service_message *received = reply;
        reply = request;
        request = received;
    }
}
