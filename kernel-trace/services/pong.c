/* pong.c - the server: visits its own pages and answers with the words turned about. */
#include "kernel-trace/services/user.h"

void main(void)
{
    struct message message = {.lengths = 0};
    struct visit mine;
    visit_init(&mine, &program_launch);

    uint32_t client = ipc_reply_wait(0, &message);
    for (;;) {
        uint32_t first = message.words[0];
        visit(&mine);
        message.words[0] = message.words[1];
        message.words[1] = first;
        message.words[2]++;
        message.lengths = 0;
        client = ipc_reply_wait(client, &message);
    }
}
