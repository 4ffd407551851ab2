/* ping.c - scenarios pingpong, null, call, thread-switch, fault and preempt. */
#include "kernel-trace/services/pager.h"
#include "kernel-trace/services/pong.h"
#include "kernel-trace/services/service.h"
#include "kernel-trace/services/user.h"

struct ping {
    struct visit visit;
    struct scenario scenario;
    uint32_t partner;
};

static uint8_t sent[SERVICE_BYTES] __attribute__((aligned(64)));
static uint8_t received[SERVICE_BYTES] __attribute__((aligned(64)));

/* Call the next domain; what comes back must be what it makes of what was sent. */
static bool ping(struct ping *ping, uint32_t number)
{
    uint32_t bytes = ping->scenario.bytes;
    struct message message = {.words = {number, ~number, number * 3},
                              .lengths = LENGTHS(bytes, bytes),
                              .send = sent,
                              .receive = received};
    if (bytes)
        sent[number % bytes] = (uint8_t)number;
    uint32_t answerer = ping->scenario.sysenter && !bytes
                            ? ipc_call_fast(ping->partner, &message)
                            : ipc_call(ping->partner, &message);
    return answerer == ping->partner && message.words[0] == ~number &&
           message.words[1] == number && message.words[2] == number * 3 + 1 &&
           message.lengths == bytes &&
           (!bytes || received[number % bytes] == (uint8_t)number);
}

/* A plain procedure, for comparison with all that crosses a border. */
__attribute__((noinline)) static uint32_t procedure(uint32_t number)
{
    __asm__ volatile("" : "+r"(number));
    return ~number;
}

/* The pager takes back all pages that it has given: the next visit faults on each. */
static bool take_back(void)
{
    struct message message = {.words = {PAGER_TAKE_BACK, 0, 0}};
    return ipc_call(program_launch.root, &message) == program_launch.root &&
           message.words[0] == 0;
}

static bool request(void *state, uint32_t number)
{
    struct ping *it = state;
    switch ((enum scenario_name)it->scenario.scenario) {
    case SCENARIO_null:
        return (it->scenario.sysenter ? null_call_fast() : null_call()) == 0;
    case SCENARIO_call:
        return procedure(number) == ~number;
    case SCENARIO_pingpong:
        visit(&it->visit);
        return ping(it, number);
    case SCENARIO_thread_switch:
        return ping(it, number);
    case SCENARIO_fault:
        visit(&it->visit);
        return take_back();
    case SCENARIO_preempt:
        visit(&it->visit);
        return true;
    case SCENARIO_file:
    case SCENARIO_compile:
    case SCENARIO_COUNT:
        break;
    }
    return false;
}

static bool nothing(void *state)
{
    (void)state;
    return true;
}

/* For preempt: let the other domain begin. */
static bool wake(uint32_t other)
{
    struct message message = {.lengths = 0};
    return ipc_send(other, &message) == 0;
}

static void partner_thread(void)
{
    pong(NULL, 0);
}

/* For thread-switch: a second thread in this domain. For fault: a cold start. */
static bool set_up(void *state)
{
    static uint8_t stack[1024] __attribute__((aligned(64)));
    struct ping *it = state;
    visit_init(&it->visit,
               &program_launch); /* in scenario fault, not before root hears */
    if (it->scenario.scenario == SCENARIO_fault)
        return take_back();
    if (it->scenario.scenario == SCENARIO_preempt)
        return wake(it->partner);
    if (it->scenario.scenario != SCENARIO_thread_switch)
        return true;
    it->partner = kernel_call(CALL_THREAD, (uint32_t)partner_thread,
                              (uint32_t)(stack + sizeof stack), 0);
    return !is_error(it->partner);
}

void main(void)
{
    static struct ping ping;
    ping.scenario = program_launch.scenario;
    ping.partner = program_launch.peer[0];
    work(set_up, request, nothing, &ping);
}
