/* pong.c - the server: visits its own pages, calls the next one if the chain goes on, and
 * answers with the words turned about and the bytes that it was sent. */
#include "kernel-trace/services/pong.h"
#include "kernel-trace/services/service.h"

static uint8_t buffer[SERVICE_BYTES] __attribute__((aligned(64)));

void pong(struct visit *mine, uint32_t next)
{
    /* Whoever is called by sysenter alone need not be able to take bytes. */
    bool fast = program_launch.scenario.sysenter && !program_launch.scenario.bytes;
    struct message message = {
        .lengths = LENGTHS(0u, sizeof buffer), .send = buffer, .receive = buffer};
    uint32_t client = ipc_reply_wait(0, &message);
    for (;;) {
        uint32_t first = message.words[0], second = message.words[1];
        uint32_t third = message.words[2], bytes = message.lengths;
        if (mine)
            visit(mine);
        if (next) {
            message.lengths = LENGTHS(bytes, bytes);
            if (fast)
                ipc_call_fast(next, &message);
            else
                ipc_call(next, &message);
        }
        message.words[0] = second;
        message.words[1] = first;
        message.words[2] = third + 1;
        message.lengths = LENGTHS(bytes, sizeof buffer);
        client = fast ? ipc_reply_wait_fast(client, &message)
                      : ipc_reply_wait(client, &message);
    }
}
