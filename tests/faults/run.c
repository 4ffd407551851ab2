/* run.c - one run after the other, each with another call that fails.
 *
 * FAULTS is how many calls of each command are tried (8), spread over all by SEED (1):
 * in each of so many stretches one, so that it is all of them where there are no more.
 * FAULTS=each tries every call of a command that makes at most EVERY of them; of one that
 * makes more, the first EVERY, and the first from each stack of callers, which stands for
 * all that come the same way. By turns only the call fails, or all after it too.
 * FAULT_CASE is the one command to try.
 */
#include "inside.h"

#include "traces/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 32, LONGEST = 120 /* seconds of a run */, EVERY = 1000, MOST_SAID = 20 };

struct faults faults;

/* ---- runs ---- */

/* The words of a command line, in `text`. */
static void split(const char *command, char *text, size_t size, char *words[WORDS])
{
    size_t used = 0, count = 1;
    words[0] = text;
    used += (size_t)snprintf(text, size, "%s", faults.program) + 1;
    for (bool new = true; *command != '\0'; command++) {
        if (new)
            words[count++] = text + used;
        new = *command == ' ';
        assert_true(count < WORDS && used + sizeof faults.in < size);
        if (command[0] == '%' && (command[1] == 'i' || command[1] == 'o'))
            used += (size_t)sprintf(text + used, "%s",
                                    *++command == 'i' ? faults.in : faults.out);
        else
            text[used++] = new ? '\0' : *command;
    }
    text[used] = '\0';
    words[count] = NULL;
}

static void become(char *words[WORDS], bool faulty)
{
    static const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    int output = open(fault_path(faults.directory, "stdout"), flags, 0666);
    int said = open(fault_path(faults.directory, "stderr"), flags, 0666);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(said, STDERR_FILENO);
    for (int fd = 3; fd < 20; fd++)
        close(fd);
    if (faulty) {
        setenv("LD_PRELOAD", faults.shim, 1);
        /* The same callers have the same addresses. A child of it must not: see shim.c.
         */
        if (faults.kind == FAULT_MEMORY)
            personality(ADDR_NO_RANDOMIZE);
    }
    alarm(LONGEST);
    execvp(words[0], words);
    _exit(98);
}

int fault_run(const char *command, bool faulty)
{
    char text[1024], *words[WORDS];
    int status;
    split(command, text, sizeof text, words);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        become(words, faulty);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void run_with_fault(const struct fault_case *test, long at, bool lasts, int reason,
                           struct outcome *outcome)
{
    struct fault_state *state = faults.state;
    state->kind = faults.kind;
    state->at = at;
    state->lasts = lasts;
    state->reason = reason;
    state->calls = state->failed = state->undeleted = 0;
    snprintf(state->directory, sizeof state->directory, "%s/", faults.directory);
    fault_start_over(test);
    outcome->status = fault_run(test->command, true);
    outcome_collect(outcome);
}

/* ---- each call in turn ---- */

static long count_calls(const struct fault_case *test, struct outcome *clean)
{
    faults.state->tell = faults.kind == FAULT_MEMORY && faults.most == 0;
    faults.state->stack_count = faults.state->untold = 0;
    memset(faults.state->stacks, 0, sizeof faults.state->stacks);
    run_with_fault(test, -1, false, 0, clean);
    faults.state->tell = false;
    if (!WIFEXITED(clean->status) || WEXITSTATUS(clean->status) > CB_FOUND)
        fail_msg("%s: without a fault: %d: %s", test->name, clean->status, clean->said);
    clean->content = fault_is_report(test) ? fault_content(test) : NULL;
    if (fault_is_report(test))
        assert_non_null(clean->content);
    return faults.state->calls;
}

/* splitmix64 */
static uint64_t scatter(uint64_t z)
{
    z += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

/* The i-th call that is tried: one in each of `tries` stretches. */
static long place(long i, long tries, long calls)
{
    long from = i * calls / tries, to = (i + 1) * calls / tries;
    uint64_t draw = scatter(faults.seed + (uint64_t)i * 1000003);
    return from + (long)(draw % (uint64_t)(to - from));
}

/* Each call where that can be done; else the first EVERY and the first of each stack. */
static long list_each(long calls, long *list)
{
    long count = 0;
    bool all = calls <= EVERY || faults.kind != FAULT_MEMORY;
    for (long i = 0; i < calls && (all || i < EVERY); i++)
        list[count++] = i;
    for (long i = 0; !all && i < faults.state->stack_count; i++)
        if (faults.state->firsts[i] >= EVERY)
            list[count++] = faults.state->firsts[i];
    return count;
}

/* The calls to try, which the caller frees. */
static long *list_calls(long calls, long *count)
{
    long *list = calloc((size_t)calls + EVERY + 1, sizeof *list);
    assert_non_null(list);
    if (faults.most == 0) {
        *count = list_each(calls, list);
        return list;
    }
    *count = calls < faults.most ? calls : faults.most;
    for (long i = 0; i < *count; i++)
        list[i] = place(i, *count, calls);
    return list;
}

static int reason_of(long at)
{
    if (faults.kind == FAULT_MEMORY)
        return ENOMEM;
    return faults.kind == FAULT_DISK && at % 2 == 0 ? ENOSPC : EIO;
}

static void every_call_fails(void **state)
{
    const struct fault_case *test = *state;
    struct outcome clean = {0}, got = {0};
    long calls = count_calls(test, &clean), tries, wrong = 0;
    long *list = list_calls(calls, &tries);
    assert_int_equal(faults.state->untold, 0);
    for (long i = 0; i < tries; i++) {
        long at = list[i];
        bool lasts = i % 2 == 0;
        run_with_fault(test, at, lasts, reason_of(i), &got);
        const char *why = fault_judge(test, &clean, &got);
        if (why != NULL && ++wrong <= MOST_SAID)
            print_error("# %s: call %ld%s, errno %d: %s (status %x)\n#   %s", test->name,
                        at, lasts ? " and all later" : "", reason_of(i), why,
                        (unsigned)got.status, got.said != NULL ? got.said : "");
        outcome_drop(&got);
    }
    outcome_drop(&clean);
    free(list);
    print_message("# %s: %ld calls, %ld tried\n", test->name, calls, tries);
    if (wrong > 0)
        fail_msg("%s: %ld of %ld calls", test->name, wrong, tries);
}

/* ---- the beginning and the end ---- */

static void make_directories(void)
{
    char path[128];
    snprintf(faults.directory, sizeof faults.directory, "/tmp/crossbill-test-XXXXXX");
    assert_non_null(mkdtemp(faults.directory));
    snprintf(faults.in, sizeof faults.in, "%s/in", faults.directory);
    snprintf(faults.out, sizeof faults.out, "%s/out", faults.directory);
    assert_true(mkdir(faults.in, 0777) == 0 && mkdir(faults.out, 0777) == 0);
    snprintf(path, sizeof path, "%s/state", faults.directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    assert_true(fd >= 0 && ftruncate(fd, sizeof *faults.state) == 0);
    faults.state =
        mmap(NULL, sizeof *faults.state, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(faults.state != MAP_FAILED);
    close(fd);
    setenv("CROSSBILL_FAULTS", path, 1);
}

static int set_up(void **state)
{
    (void)state;
    char *program = realpath(
        getenv("CROSSBILL") != NULL ? getenv("CROSSBILL") : "build/crossbill", NULL);
    assert_non_null(program);
    make_directories();
    faults.program = program;
    faults.shim = realpath("build/tests/faults/shim.so", NULL);
    assert_non_null(faults.shim);
    setenv("in", faults.in, 1);
    setenv("crossbill", program, 1);
    return system(fault_inputs) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", faults.directory);
    return system(command) == 0 ? 0 : -1;
}

static long number_from(const char *name, long otherwise)
{
    const char *text = getenv(name);
    return text != NULL && *text != '\0' ? strtol(text, NULL, 10) : otherwise;
}

int faults_run(enum fault_kind kind)
{
    struct CMUnitTest tests[64];
    const char *only = getenv("FAULT_CASE");
    size_t count = 0;
    faults.kind = kind;
    const char *most = getenv("FAULTS");
    bool each = most != NULL && strcmp(most, "each") == 0;
    faults.most = each ? 0 : number_from("FAULTS", 8);
    faults.seed = (uint64_t)number_from("SEED", 1);
    for (const struct fault_case *test = fault_cases; test->name != NULL; test++)
        if (only == NULL || strcmp(only, test->name) == 0)
            tests[count++] =
                (struct CMUnitTest){.name = test->name,
                                    .test_func = every_call_fails,
                                    .initial_state = (void *)(uintptr_t)test};
    return _cmocka_run_group_tests("faults", tests, count, set_up, tear_down);
}
