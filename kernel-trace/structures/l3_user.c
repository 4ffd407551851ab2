/* l3_user.c - services bound by the kernel's IPC: structures l3-small and l3-large.
 *
 * A call's words: operation | room for the answer << 8, a, b. Its bytes, if any, are
 * copied by the kernel from the caller's memory to the server's and back. */
#include "kernel-trace/services/serve.h"
#include "kernel-trace/services/user.h"

uint32_t service_call(enum service service, uint32_t operation,
                      struct arguments *arguments)
{
    struct message message = {
        .words = {operation | arguments->out_bytes << 8, arguments->a, arguments->b},
        .lengths = LENGTHS(arguments->in_bytes, arguments->out_bytes),
        .send = arguments->in,
        .receive = arguments->out};
    uint32_t server = ipc_call(program_launch.peer[service], &message);
    if (is_error(server))
        return SERVICE_BAD;
    arguments->out_bytes = message.lengths;
    return message.words[0];
}

void serve(uint32_t (*service)(uint32_t operation, struct arguments *arguments))
{
    static uint8_t in[SERVICE_BYTES] __attribute__((aligned(64)));
    static uint8_t out[SERVICE_BYTES] __attribute__((aligned(64)));
    struct message message = {
        .lengths = LENGTHS(0u, sizeof in), .send = out, .receive = in};
    uint32_t client = ipc_reply_wait(0, &message);

    for (;;) {
        uint32_t room = message.words[0] >> 8;
        struct arguments arguments = {.a = message.words[1],
                                      .b = message.words[2],
                                      .in = in,
                                      .in_bytes = message.lengths,
                                      .out = out,
                                      .out_bytes = room < sizeof out ? room : sizeof out};
        message.words[0] = service(message.words[0] & 0xff, &arguments);
        uint32_t bytes = service_failed(message.words[0]) ? 0 : arguments.out_bytes;
        message.lengths = LENGTHS(bytes, sizeof in);
        client = ipc_reply_wait(client, &message);
    }
}
