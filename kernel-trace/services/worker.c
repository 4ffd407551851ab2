/* worker.c - what every workload's first threads do: get ready, wait for root's go, make
 * their requests, report. Between requests they let each other run. */
#include "kernel-trace/services/user.h"

static void report(bool good)
{
    struct message message = {.words = {good ? STATUS_DONE : STATUS_WORKLOAD, 0, 0}};
    ipc_send(program_launch.root, &message);
}

static void wait_for_go(void)
{
    struct message message = {.lengths = 0};
    ipc_receive(program_launch.root, &message);
}

void work(bool (*set_up)(void *), bool (*request)(void *, uint32_t),
          bool (*verify)(void *), void *state)
{
    uint32_t warm_up = program_launch.scenario.warm_up;
    uint32_t end = warm_up + program_launch.scenario.requests;
    uint32_t worker = program_launch.worker, workers = program_launch.workers;
    bool good;

    wait_for_go();
    if (worker == 0 && program_launch.scenario.timer)
        kernel_call(CALL_TIMER, program_launch.scenario.timer, 0, 0);
    good = set_up(state);
    report(good);
    wait_for_go();
    if (worker == 0) {
        kernel_call(CALL_RECORD, 0, 0, 0);
        announce_phase(0);
    }
    for (uint32_t i = 0; i < end && good; i++) {
        if (i == warm_up && worker == 0)
            announce_phase(1);
        announce_begin(i * workers + worker);
        good = request(state, i);
        announce_end(i * workers + worker);
        if (workers > 1)
            kernel_call(CALL_YIELD, 0, 0, 0);
    }
    if (workers == 1)
        announce_stop();
    report(good && verify(state));
}
