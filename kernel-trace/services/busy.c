/* busy.c - the other domain of scenario preempt: once told to, it computes for ever. */
#include "kernel-trace/services/user.h"

void main(void)
{
    static struct visit mine;
    struct message message = {.lengths = 0};
    visit_init(&mine, &program_launch);
    ipc_receive(0, &message);
    for (;;)
        visit(&mine);
}
