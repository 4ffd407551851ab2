/* ping.c - the client: visits its own pages, calls pong, checks the answer. In scenario
 * null it makes null calls instead. */
#include "kernel-trace/services/user.h"

static bool request_pingpong(struct visit *mine, uint32_t pong, uint32_t number)
{
    struct message message = {.words = {number, ~number, number * 3}};
    visit(mine);
    return ipc_call(pong, &message) == pong && message.words[0] == ~number &&
           message.words[1] == number && message.words[2] == number * 3 + 1;
}

static bool request(struct visit *mine, const struct scenario *scenario, uint32_t pong,
                    uint32_t number)
{
    switch ((enum scenario_name)scenario->scenario) {
    case SCENARIO_pingpong:
        return request_pingpong(mine, pong, number);
    case SCENARIO_null:
        return null_call() == 0;
    case SCENARIO_COUNT:
        break;
    }
    return false;
}

void main(void)
{
    struct scenario scenario = program_launch.scenario;
    uint32_t root = program_launch.root;
    uint32_t pong = program_launch.peer[0];
    struct message message = {.lengths = 0};
    struct visit mine;
    bool good = true;

    visit_init(&mine, &program_launch);
    ipc_receive(root, &message);
    kernel_call(CALL_RECORD, 0, 0, 0);
    announce_phase(0);
    for (uint32_t i = 0; i < scenario.warmup + scenario.requests && good; i++) {
        if (i == scenario.warmup)
            announce_phase(1);
        announce_begin(i);
        good = request(&mine, &scenario, pong, i);
        announce_end(i);
    }
    announce_stop();
    message.words[0] = good ? STATUS_DONE : STATUS_WORKLOAD;
    ipc_send(root, &message);
}
