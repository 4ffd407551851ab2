/* pong_main.c - pong in a domain of its own. */
#include "kernel-trace/services/pong.h"

void main(void)
{
    static struct visit mine;
    visit_init(&mine, &program_launch);
    pong(&mine, program_launch.peer[0]);
}
