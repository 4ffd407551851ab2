#include "kernel-trace/recorder/process.h"
#include "kernel-trace/recorder/status.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WATCH_NANOSECONDS 100000000

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void awaited_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGCHLD);
}

void process_block_signals(sigset_t *before)
{
    sigset_t set;
    awaited_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, before);
}

void process_restore_signals(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* ---- in the child ---- */

static bool redirect(const char *name, int flags, int descriptor)
{
    int file = open(name, flags, 0600);
    return file >= 0 && dup2(file, descriptor) >= 0;
}

/* Only system calls here: another thread of the parent may have held any lock. */
static void become(const struct process_plan *plan, const sigset_t *signals, pid_t parent,
                   int report)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    if (chdir(plan->directory) == 0 && redirect("/dev/null", O_RDONLY, STDIN_FILENO) &&
        redirect(plan->output, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO) &&
        redirect(plan->complaints, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO) &&
        (plan->status_descriptor < 0 ||
         dup2(plan->status_descriptor, STATUS_DESCRIPTOR) >= 0)) {
        pthread_sigmask(SIG_SETMASK, signals, NULL);
        execvp(plan->arguments[0], plan->arguments);
    }
    int problem = errno;
    if (write(report, &problem, sizeof problem) < 0)
        _exit(126);
    _exit(127);
}

/* ---- in the parent ---- */

static bool start(const struct process_plan *plan, const sigset_t *signals, pid_t *pid,
                  struct cb_error *error)
{
    int report[2], problem = 0;
    if (pipe2(report, O_CLOEXEC) != 0)
        return cb_error_set(error, CB_IO, "cannot make a pipe: %s", strerror(errno));
    pid_t parent = getpid();
    *pid = fork();
    if (*pid == 0) {
        /* Out of the way of STATUS_DESCRIPTOR. */
        int high = fcntl(report[1], F_DUPFD_CLOEXEC, STATUS_DESCRIPTOR + 1);
        become(plan, signals, parent, high);
    }
    int fork_problem = errno;
    close(report[1]);
    if (*pid < 0) {
        close(report[0]);
        return cb_error_set(error, CB_IO, "cannot start a process: %s",
                            strerror(fork_problem));
    }
    setpgid(*pid, *pid);
    ssize_t got;
    do
        got = read(report[0], &problem, sizeof problem);
    while (got < 0 && errno == EINTR);
    close(report[0]);
    if (got != sizeof problem)
        return true; /* the pipe closed itself: the program runs */
    waitpid(*pid, NULL, 0);
    cb_error_set(error, CB_IO, "cannot run it: %s", strerror(problem));
    return cb_error_in(error, plan->arguments[0]);
}

static void kill_group(pid_t pid)
{
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL); /* should it not have reached its group yet */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static bool has_ended(pid_t pid, struct process_result *result)
{
    int status;
    if (waitpid(pid, &status, WNOHANG) != pid)
        return false;
    if (WIFEXITED(status)) {
        result->end = PROCESS_EXITED;
        result->number = WEXITSTATUS(status);
    } else {
        result->end = PROCESS_CRASHED;
        result->number = WTERMSIG(status);
    }
    kill(-pid, SIGKILL); /* whatever it left behind in its group */
    return true;
}

bool process_run(const struct process_plan *plan, const sigset_t *signals,
                 struct process_result *result, struct cb_error *error)
{
    pid_t pid = -1;
    double begun = now();
    if (!start(plan, signals, &pid, error))
        return false;
    sigset_t set;
    awaited_signals(&set);
    const struct timespec tick = {.tv_nsec = WATCH_NANOSECONDS};
    for (;;) {
        int signal = sigtimedwait(&set, NULL, &tick);
        result->seconds = now() - begun;
        if (has_ended(pid, result))
            break;
        if (signal > 0 && signal != SIGCHLD) {
            result->end = PROCESS_SIGNAL;
            result->number = signal;
        } else if (result->seconds > plan->limit_seconds) {
            result->end = PROCESS_LATE;
        } else if (plan->watch != NULL && !plan->watch(plan->context, result->seconds)) {
            result->end = PROCESS_STOPPED;
        } else {
            continue;
        }
        kill_group(pid);
        break;
    }
    return true;
}
