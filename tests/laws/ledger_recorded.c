/* The fast replay agrees with the naive one on recordings of the kernel, too, on every
 * shipped machine. */
#include "../test.h"

#include "../compare_ledgers.h"
#include "../loaded_trace.h"
#include "../trace_tools.h"

#include <sys/wait.h>
#include <unistd.h>

/* Runs `crossbill record` with these words, ending in NULL. */
static void record(const char *const words[])
{
    const char *program = getenv("CROSSBILL");
    if (program == NULL)
        program = "build/crossbill";
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char *arguments[16];
        size_t count = 0;
        arguments[count++] = strdup(program);
        for (size_t i = 0; words[i] != NULL; i++)
            arguments[count++] = strdup(words[i]);
        arguments[count] = NULL;
        dup2(STDERR_FILENO, STDOUT_FILENO); /* standard output is the test's own */
        execv(program, arguments);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void agree(const struct loaded_trace *trace, const char *name)
{
    struct cb_error error;
    struct machine machine;
    if (!machine_load(&machine, name, "model/machines", NULL, 0, &error))
        fail_msg("%s: %s", name, error.sentence);
    struct reference_ledger *naive = reference_replay(&trace->view, &machine);
    struct ledger *fast = replay(trace->reader, &machine, NULL, &error);
    if (naive == NULL || fast == NULL)
        fail_msg("%s: %s", name, error.sentence);
    assert_int_equal(compare_with_reference(fast, naive, &machine, name), 0);
    ledger_free(fast);
    reference_free(naive);
    machine_free(&machine);
}

static void agree_on_every_machine(const char *path)
{
    struct cb_error error;
    struct loaded_trace trace;
    size_t count;
    trace_load(&trace, path);
    assert_true(trace.view.record_count > 1000);
    char **names = machine_names("model/machines", &count, &error);
    assert_non_null(names);
    for (size_t i = 0; i < count; i++)
        agree(&trace, names[i]);
    assert_true(count >= 4);
    machine_names_free(names, count);
    trace_unload(&trace);
}

static void null_call(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("null.xbt"));
    record((const char *const[]){"record", "null", "--requests=3", "-o", path, NULL});
    agree_on_every_machine(path);
}

static void pingpong_of_large_domains(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("large.xbt"));
    record((const char *const[]){"record", "pingpong", "-s", "l3-large", "--pages=4",
                                 "--requests=1", "-o", path, NULL});
    agree_on_every_machine(path);
}

static void pingpong_of_small_domains(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s", scratch_path("small.xbt"));
    record((const char *const[]){"record", "pingpong", "-s", "l3-small", "--pages=12",
                                 "--requests=1", "-o", path, NULL});
    agree_on_every_machine(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_call),
        cmocka_unit_test(pingpong_of_large_domains),
        cmocka_unit_test(pingpong_of_small_domains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
