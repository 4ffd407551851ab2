/* root.c - the first thread: tests the kernel it runs on, lets the workload go, and ends
 * the machine. It is also the pager of all others. */
#include "kernel-trace/services/selftest.h"
#include "kernel-trace/services/user.h"

/* Ask all workers in turn, and hear from each that all is well. */
static bool get_ready(uint32_t workers)
{
    bool good = true;
    for (uint32_t i = 0; i < workers; i++) {
        uint32_t worker = program_launch.peer[i];
        struct message message = {.lengths = 0};
        good = good && !is_error(ipc_send(worker, &message)) &&
               ipc_receive(worker, &message) == worker && message.words[0] == STATUS_DONE;
    }
    return good;
}

/* Let all workers go, and serve as their pager until each has reported. */
static bool run(uint32_t workers)
{
    bool good = true;
    for (uint32_t i = 0; i < workers; i++) {
        struct message message = {.lengths = 0};
        good = good && !is_error(ipc_send(program_launch.peer[i], &message));
    }
    for (uint32_t left = workers; left && good; left--) {
        struct message message = {.lengths = 0};
        ipc_receive(0, &message);
        good = message.words[0] == STATUS_DONE;
    }
    announce_stop();
    return good;
}

void main(void)
{
    if (!self_test())
        kernel_call(CALL_END, STATUS_SELFTEST, 0, 0);
    if (get_ready(program_launch.workers) && run(program_launch.workers)) {
        print("workload: done\n");
        kernel_call(CALL_END, STATUS_DONE, 0, 0);
    }
    print("workload: wrong data, or a thread of it has ended\n");
    kernel_call(CALL_END, STATUS_WORKLOAD, 0, 0);
}
