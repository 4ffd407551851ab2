/* The launcher, with programs that only pretend to be QEMU: whatever goes wrong is said
 * in one sentence, and nothing is left behind. */
#include "../recorder_tools.h"
#include "../trace_tools.h"
#include "kernel-trace/recorder/recorder.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct event_note note = {.kind = NOTE_CROSSING_OUT,
                                       .address = IMAGE_VIRTUAL};
static char kernel[4096], output[4096];

/* A shell script that answers --version as QEMU does and otherwise runs `body`. */
static const char *pretender(const char *name, const char *body)
{
    const char *path = scratch_path(name);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fprintf(stream,
            "#!/bin/sh\n"
            "if [ \"$1\" = --version ]; then\n"
            "    echo 'QEMU emulator version 7.2.0 (pretended)'\n"
            "    exit 0\n"
            "fi\n"
            "%s\n",
            body);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(chmod(path, 0700), 0);
    return path;
}

static struct recording_request request_for(const char *qemu)
{
    return (struct recording_request){.output = output,
                                      .scenario = "pingpong",
                                      .structure = "l3-small",
                                      .kernel = kernel,
                                      .plugin = kernel, /* never loaded here */
                                      .qemu = qemu};
}

/* Files in the output's directory that a recording would have left there. */
static int leftovers(void)
{
    char directory[4096];
    snprintf(directory, sizeof directory, "%s", output);
    *strrchr(directory, '/') = '\0';
    DIR *stream = opendir(directory);
    assert_non_null(stream);
    int count = 0;
    const struct dirent *entry;
    while ((entry = readdir(stream)) != NULL)
        count += strncmp(entry->d_name, ".crossbill-", 11) == 0;
    closedir(stream);
    return count + (access(output, F_OK) == 0);
}

static void fails(const struct recording_request *request, enum cb_code code,
                  const char *source, const char *sentence)
{
    struct recording_result result;
    struct cb_error error;
    assert_false(record_run(request, &result, &error));
    assert_string_equal(error.sentence, sentence);
    assert_string_equal(error.source, source);
    assert_int_equal(error.code, code);
    assert_int_equal(result.signal, 0);
    assert_int_equal(leftovers(), 0);
}

static void qemu_is_missing(void **state)
{
    (void)state;
    struct recording_request request = request_for("/nonexistent/qemu");
    fails(&request, CB_IO, "/nonexistent/qemu",
          "cannot run it: No such file or directory");
}

static void is_not_qemu(void **state)
{
    (void)state;
    const char *other = scratch_path("other");
    spill(other, (const uint8_t *)"#!/bin/sh\necho other 1.0\n", 25);
    assert_int_equal(chmod(other, 0700), 0);
    struct recording_request request = request_for(other);
    fails(&request, CB_IO, other, "expected QEMU, but --version says \"other 1.0\"");
}

static void qemu_refuses(void **state)
{
    (void)state;
    const char *qemu = pretender("refuses", "echo 'bad option' >&2; exit 1");
    struct recording_request request = request_for(qemu);
    fails(&request, CB_IO, qemu,
          "QEMU ended with status 1 before it loaded the recorder; it said: bad option");
}

/* QEMU runs in a directory of its own: a relative path is still the caller's. */
static void qemu_by_relative_path(void **state)
{
    (void)state;
    char here[4096], there[4096];
    const char *qemu = pretender("relative", "echo no >&2; exit 1");
    snprintf(there, sizeof there, "%s", qemu);
    *strrchr(there, '/') = '\0';
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(there), 0);
    struct recording_request request = request_for("./relative");
    fails(&request, CB_IO, qemu,
          "QEMU ended with status 1 before it loaded the recorder; it said: no");
    assert_int_equal(chdir(here), 0);
}

static void qemu_crashes(void **state)
{
    (void)state;
    const char *qemu = pretender("crashes", "kill -SEGV $$");
    struct recording_request request = request_for(qemu);
    fails(&request, CB_IO, qemu, "QEMU was ended by signal 11");
}

static void guest_runs_on(void **state)
{
    (void)state;
    struct recording_request request =
        request_for(pretender("late", "echo one >console.txt; echo two >>console.txt\n"
                                      "sleep 1000 & sleep 1000"));
    request.time_limit_seconds = 1;
    fails(&request, CB_IO, kernel,
          "the guest still ran after its limit of 1 seconds; it said: one | two");
}

/* QEMU gets an argument vector: what a user gives is one argument, whatever is in it. */
static void hands_over_arguments(void **state)
{
    (void)state;
    const char *qemu =
        pretender("arguments", "for argument; do case $argument in *=*) shown=$argument;;"
                               " esac; done; echo \"$shown\" >&2; exit 1");
    struct recording_request request = request_for(qemu);
    struct recording_knob knobs[] = {{"pages", "16"}, {"pattern", "random"}};
    request.knobs = knobs;
    request.knob_count = 2;
    fails(&request, CB_IO, qemu,
          "QEMU ended with status 1 before it loaded the recorder; it said: "
          "scenario=pingpong structure=l3-small pages=16 pattern=random");
}

static void request_cannot_be(void **state)
{
    (void)state;
    struct recording_request request = request_for("/nonexistent/qemu");
    struct recording_knob knob = {"pages", "1 structure=mach"};
    request.knobs = &knob;
    request.knob_count = 1;
    fails(&request, CB_USAGE, "",
          "\"pages=1 structure=mach\" cannot be handed to the kernel: expected letters, "
          "digits and . _ - : + / alone");
    knob = (struct recording_knob){"", "1"};
    fails(
        &request, CB_USAGE, "",
        "\"=1\" cannot be handed to the kernel: expected letters, digits and . _ - : + / "
        "alone");
}

static void files_cannot_be(void **state)
{
    (void)state;
    struct recording_request request = request_for(NULL);
    request.output = "/nonexistent/a.xbt";
    fails(&request, CB_IO, "/nonexistent/a.xbt",
          "cannot write there: No such file or directory");
    request.output = "/tmp";
    fails(&request, CB_IO, "/tmp", "expected a file to write, found something else");
    request = request_for(NULL);
    request.kernel = "/nonexistent/kernel.elf";
    fails(&request, CB_IO, "/nonexistent/kernel.elf",
          "cannot open the kernel image: No such file or directory");
}

static void interrupt(void *context, uint64_t records, double seconds)
{
    (void)records;
    (void)seconds;
    bool *sent = context;
    if (!*sent)
        raise(SIGINT); /* blocked meanwhile: it waits to be taken */
    *sent = true;
}

static void a_signal_ends_it(void **state)
{
    (void)state;
    bool sent = false;
    struct recording_request request = request_for(pretender("waits", "sleep 1000"));
    request.progress = interrupt;
    request.context = &sent;
    struct recording_result result;
    struct cb_error error;
    assert_false(record_run(&request, &result, &error));
    assert_int_equal(result.signal, SIGINT);
    assert_string_equal(error.sentence, "interrupted (Interrupt)");
    assert_int_equal(leftovers(), 0);
}

static void locates_data(void **state)
{
    (void)state;
    char path[4096], expected[4096];
    struct cb_error error;
    snprintf(expected, sizeof expected, "%s", kernel);
    *strrchr(expected, '/') = '\0';
    assert_int_equal(setenv("CROSSBILL_DATA", expected, 1), 0);
    assert_true(recording_locate("kernel.elf", path, sizeof path, &error));
    assert_string_equal(path, kernel);
    assert_false(recording_locate("other.elf", path, sizeof path, &error));
    assert_string_equal(error.source, "other.elf");
    assert_int_equal(error.code, CB_IO);
    assert_int_equal(unsetenv("CROSSBILL_DATA"), 0);
}

int main(void)
{
    struct test_image image;
    snprintf(kernel, sizeof kernel, "%s", scratch_path("kernel.elf"));
    snprintf(output, sizeof output, "%s", scratch_path("out.xbt"));
    image_make(&image, &note, 1);
    image_spill(&image, sizeof image, kernel);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qemu_is_missing),      cmocka_unit_test(is_not_qemu),
        cmocka_unit_test(qemu_refuses),         cmocka_unit_test(qemu_by_relative_path),
        cmocka_unit_test(qemu_crashes),         cmocka_unit_test(guest_runs_on),
        cmocka_unit_test(hands_over_arguments), cmocka_unit_test(request_cannot_be),
        cmocka_unit_test(files_cannot_be),      cmocka_unit_test(a_signal_ends_it),
        cmocka_unit_test(locates_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
