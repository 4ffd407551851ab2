#include "kernel-trace/recorder/image.h"
#include "kernel-trace/recorder/process.h"
#include "kernel-trace/recorder/recorder.h"
#include "kernel-trace/recorder/status.h"
#include "kernel-trace/recorder/workspace.h"
#include "traces/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONSOLE         "console.txt"
#define COMPLAINTS      "complaints.txt"
#define VERSION         "version.txt"
#define ARGUMENTS       48
#define LINE_SIZE       4096 /* of the kernel's command line */
#define GUEST_IS_WELL   33   /* isa-debug-exit: 2 * 16 + 1 */
#define GUEST_REFUSES   37   /* 2 * 18 + 1: its command line cannot be */
#define VERSION_SECONDS 20

/* One recording under way. */
struct recording {
    const struct recording_request *request;
    const char *cpu;
    char qemu[PATH_MAX]; /* a name to be sought in PATH, or an absolute path */
    char kernel[PATH_MAX], plugin[PATH_MAX];
    uint32_t memory_mib, limit_seconds;
    struct workspace workspace;
    int status_descriptor;
    struct recorder_status *status;
    sigset_t signals; /* as they were */
    char version[256];
    char *header; /* of the trace */
    char line[LINE_SIZE];
    int signal;
    double seconds;
};

/* ---- the request ---- */

static bool is_word(const char *text)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789._-:+/";
    return text != NULL && text[0] != '\0' && text[strspn(text, good)] == '\0';
}

static bool add_setting(struct recording *recording, const char *key, const char *value,
                        struct cb_error *error)
{
    size_t used = strlen(recording->line);
    if (!is_word(key) || !is_word(value))
        return cb_error_set(error, CB_USAGE,
                            "\"%.60s=%.60s\" cannot be handed to the kernel: expected "
                            "letters, digits and . _ - : + / alone",
                            key == NULL ? "" : key, value == NULL ? "" : value);
    int length = snprintf(recording->line + used, LINE_SIZE - used, "%s%s=%s",
                          used == 0 ? "" : " ", key, value);
    if (length < 0 || (size_t)length >= LINE_SIZE - used)
        return cb_error_set(error, CB_USAGE,
                            "the settings are longer than the kernel's command line");
    return true;
}

static bool make_line(struct recording *recording, struct cb_error *error)
{
    const struct recording_request *request = recording->request;
    if (!add_setting(recording, "scenario", request->scenario, error) ||
        !add_setting(recording, "structure", request->structure, error))
        return false;
    for (size_t i = 0; i < request->knob_count; i++)
        if (!add_setting(recording, request->knobs[i].key, request->knobs[i].value,
                         error))
            return false;
    return true;
}

static bool take_path(char to[PATH_MAX], const char *given, const char *name,
                      struct cb_error *error)
{
    if (given == NULL)
        return recording_locate(name, to, PATH_MAX, error);
    if (snprintf(to, PATH_MAX, "%s", given) < PATH_MAX)
        return true;
    cb_error_set(error, CB_IO, "the name is too long");
    return cb_error_in(error, given);
}

/* QEMU runs in another directory, so a path must not depend on this one. */
static bool take_qemu(struct recording *recording, const char *given,
                      struct cb_error *error)
{
    const char *name = given != NULL ? given : RECORDING_QEMU;
    if (strchr(name, '/') == NULL)
        return take_path(recording->qemu, name, NULL, error);
    if (realpath(name, recording->qemu) != NULL)
        return true;
    cb_error_set(error, CB_IO, "cannot run it: %s", strerror(errno));
    return cb_error_in(error, name);
}

static bool take_request(struct recording *recording,
                         const struct recording_request *request, struct cb_error *error)
{
    recording->request = request;
    recording->cpu = request->cpu != NULL ? request->cpu : RECORDING_CPU;
    recording->memory_mib =
        request->memory_mib != 0 ? request->memory_mib : RECORDING_MEMORY_MIB;
    recording->limit_seconds = request->time_limit_seconds != 0
                                   ? request->time_limit_seconds
                                   : RECORDING_TIME_LIMIT_SECONDS;
    if (!is_word(recording->cpu))
        return cb_error_set(error, CB_USAGE, "\"%.60s\" is no CPU model", recording->cpu);
    if (recording->memory_mib > 2048)
        return cb_error_set(error, CB_USAGE,
                            "expected at most 2048 MiB of memory, found %u",
                            recording->memory_mib);
    return make_line(recording, error) && take_qemu(recording, request->qemu, error) &&
           take_path(recording->kernel, request->kernel, RECORDING_KERNEL, error) &&
           take_path(recording->plugin, request->plugin, RECORDING_PLUGIN, error);
}

/* QEMU would complain about a bad image in its own, longer way. */
static bool check_image(const char *path, struct cb_error *error)
{
    struct image image;
    if (!image_read(&image, path, error))
        return false;
    image_free(&image);
    return true;
}

/* ---- what QEMU finds in its directory ---- */

static bool share_status(struct recording *recording, struct cb_error *error)
{
    int file = memfd_create("crossbill-status", MFD_CLOEXEC);
    /* Above the number that it gets in the child, where dup2() must not meet itself. */
    recording->status_descriptor =
        file < 0 ? -1 : fcntl(file, F_DUPFD_CLOEXEC, STATUS_DESCRIPTOR + 1);
    if (file >= 0)
        close(file);
    void *page = MAP_FAILED;
    if (recording->status_descriptor >= 0 &&
        ftruncate(recording->status_descriptor, sizeof *recording->status) == 0)
        page = mmap(NULL, sizeof *recording->status, PROT_READ | PROT_WRITE, MAP_SHARED,
                    recording->status_descriptor, 0);
    if (page == MAP_FAILED)
        return cb_error_set(error, CB_IO, "cannot share memory with QEMU: %s",
                            strerror(errno));
    recording->status = page;
    recording->status->magic = STATUS_MAGIC;
    return true;
}

static bool set_text(json_t *object, const char *key, const char *value)
{
    return json_object_set_new(object, key, json_string(value)) == 0;
}

/* A knob that is given several times has its values in an array, in their order. */
static bool set_knob(json_t *knobs, const char *key, const char *value)
{
    json_t *before = json_object_get(knobs, key);
    if (before == NULL)
        return set_text(knobs, key, value);
    if (json_is_array(before))
        return json_array_append_new(before, json_string(value)) == 0;
    json_t *both = json_array();
    if (json_array_append(both, before) == 0 &&
        json_array_append_new(both, json_string(value)) == 0)
        return json_object_set_new(knobs, key, both) == 0;
    json_decref(both);
    return false;
}

/* Nothing that differs between two recordings of one scenario: no time, path or host. */
static bool make_header(struct recording *recording, struct cb_error *error)
{
    const struct recording_request *request = recording->request;
    char hash[HASH_TEXT_SIZE];
    if (!hash_file(recording->kernel, hash, error))
        return false;
    json_t *header = json_object(), *knobs = json_object();
    bool done = set_text(header, "scenario", request->scenario) &&
                set_text(header, "structure", request->structure) &&
                set_text(header, "tool", "crossbill " CROSSBILL_VERSION) &&
                set_text(header, "kernel_sha256", hash) &&
                set_text(header, "qemu", recording->version) &&
                set_text(header, "cpu", recording->cpu) &&
                json_object_set_new(header, "memory_mib",
                                    json_integer(recording->memory_mib)) == 0;
    for (size_t i = 0; done && i < request->knob_count; i++)
        done = set_knob(knobs, request->knobs[i].key, request->knobs[i].value);
    done = done && json_object_set(header, "knobs", knobs) == 0;
    recording->header = done ? json_dumps(header, JSON_COMPACT) : NULL;
    json_decref(knobs);
    json_decref(header);
    if (recording->header == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    return true;
}

static bool furnish(struct recording *recording, struct cb_error *error)
{
    return workspace_link(&recording->workspace, STATUS_KERNEL, recording->kernel,
                          error) &&
           workspace_link(&recording->workspace, STATUS_PLUGIN, recording->plugin,
                          error) &&
           share_status(recording, error) &&
           workspace_write(&recording->workspace, STATUS_HEADER, recording->header,
                           error);
}

/* ---- QEMU ---- */

struct arguments {
    char *list[ARGUMENTS];
    size_t count;
    bool failed;
};

static void add_text(struct arguments *arguments, char *text)
{
    if (text == NULL || arguments->count + 1 >= ARGUMENTS) {
        free(text);
        arguments->failed = true;
        return;
    }
    arguments->list[arguments->count++] = text;
}

/* An option and its value, which may be NULL. */
static void add(struct arguments *arguments, const char *option, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add(struct arguments *arguments, const char *option, const char *format, ...)
{
    add_text(arguments, strdup(option));
    if (format == NULL)
        return;
    char *value;
    va_list values;
    va_start(values, format);
    if (vasprintf(&value, format, values) < 0)
        value = NULL;
    va_end(values);
    add_text(arguments, value);
}

static void free_arguments(struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->count; i++)
        free(arguments->list[i]);
}

/* Virtual time is the number of instructions, and nothing of the host is let in: the same
 * image and scenario run the same way every time. The memory is a file mapping that the
 * plugin finds by its name and reads in place. */
static void qemu_arguments(struct arguments *list, const struct recording *recording)
{
    add(list, recording->qemu, NULL);
    add(list, "-accel", "tcg");
    add(list, "-nodefaults", NULL);
    add(list, "-no-user-config", NULL);
    add(list, "-display", "none");
    add(list, "-nic", "none");
    add(list, "-no-reboot", NULL);
    add(list, "-rtc", "base=2000-01-01,clock=vm");
    add(list, "-icount", "shift=0,sleep=off");
    add(list, "-machine", "pc,memory-backend=ram");
    add(list, "-object", "memory-backend-memfd,id=ram,share=on,size=%uM",
        recording->memory_mib);
    add(list, "-m", "%uM", recording->memory_mib);
    add(list, "-cpu", "%s", recording->cpu);
    add(list, "-device", "isa-debug-exit,iobase=0xf4,iosize=4");
    add(list, "-chardev", "file,id=console,path=%s", CONSOLE);
    add(list, "-device", "isa-debugcon,iobase=0xe9,chardev=console");
    add(list, "-plugin", "./%s", STATUS_PLUGIN);
    add(list, "-kernel", "%s", STATUS_KERNEL);
    add(list, "-append", "%s", recording->line);
}

static bool watch(void *context, double seconds)
{
    struct recording *recording = context;
    struct recorder_status *status = recording->status;
    if (__atomic_load_n(&status->state, __ATOMIC_ACQUIRE) == RECORDER_FAILED)
        return false;
    if (recording->request->progress != NULL)
        recording->request->progress(recording->request->context,
                                     __atomic_load_n(&status->records, __ATOMIC_RELAXED),
                                     seconds);
    return true;
}

static bool interrupted(struct recording *recording, int signal, struct cb_error *error)
{
    recording->signal = signal;
    return cb_error_set(error, CB_IO, "interrupted (%s)", strsignal(signal));
}

/* "QEMU emulator version 7.2.9 (Debian ...)" */
static bool ask_version(struct recording *recording, struct cb_error *error)
{
    static const char before[] = "QEMU emulator version ";
    char option[] = "--version";
    char *arguments[] = {recording->qemu, option, NULL};
    struct process_result result;
    if (!process_run(&(struct process_plan){.arguments = arguments,
                                            .directory = recording->workspace.path,
                                            .output = VERSION,
                                            .complaints = COMPLAINTS,
                                            .status_descriptor = -1,
                                            .limit_seconds = VERSION_SECONDS},
                     &recording->signals, &result, error))
        return false;
    if (result.end == PROCESS_SIGNAL)
        return interrupted(recording, result.number, error);
    char path[PATH_MAX], text[256] = "";
    if (!workspace_name(&recording->workspace, VERSION, path, error))
        return false;
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return cb_error_set(error, CB_IO, "what QEMU says cannot be read: %s",
                            strerror(errno));
    if (fgets(text, sizeof text, stream) == NULL)
        text[0] = '\0';
    fclose(stream);
    text[strcspn(text, "\n")] = '\0';
    if (strncmp(text, before, sizeof before - 1) == 0) {
        snprintf(recording->version, sizeof recording->version, "%s",
                 text + sizeof before - 1);
        return true;
    }
    cb_error_set(error, CB_IO, "expected QEMU, but --version says \"%.80s\"", text);
    return cb_error_in(error, recording->qemu);
}

/* In a directory that is gone before JSON is made: without memory for that the program
 * ends at once (cli_guard_json), and would leave it. */
static bool learn_version(struct recording *recording, struct cb_error *error)
{
    bool done =
        workspace_make(&recording->workspace, recording->request->output, error) &&
        ask_version(recording, error);
    workspace_remove(&recording->workspace);
    return done;
}

/* ---- how it ended ---- */

/* The plugin knows files by their names in the workspace; say them as the user does. */
static bool plugin_failed(const struct recording *recording, struct cb_error *error)
{
    struct cb_error told = recording->status->error;
    if (error == NULL)
        return false;
    told.source[sizeof told.source - 1] = '\0';
    told.sentence[sizeof told.sentence - 1] = '\0';
    *error = told;
    if (strcmp(told.source, STATUS_KERNEL) == 0)
        return cb_error_in(error, recording->kernel);
    return cb_error_in(error, recording->request->output);
}

static bool guest_failed(const struct recording *recording, struct cb_error *error,
                         const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool guest_failed(const struct recording *recording, struct cb_error *error,
                         const char *format, ...)
{
    char what[160], console[300];
    va_list values;
    va_start(values, format);
    vsnprintf(what, sizeof what, format, values);
    va_end(values);
    workspace_last_lines(&recording->workspace, CONSOLE, console, sizeof console);
    cb_error_set(error, CB_IO, "%s%s%s", what,
                 console[0] == '\0' ? "" : "; it said: ", console);
    return cb_error_in(error, recording->kernel);
}

static bool qemu_failed(const struct recording *recording, struct cb_error *error,
                        const char *format, int number)
{
    char what[160], complaint[300];
    snprintf(what, sizeof what, format, number);
    workspace_last_lines(&recording->workspace, COMPLAINTS, complaint, sizeof complaint);
    cb_error_set(error, CB_IO, "%s%s%s", what,
                 complaint[0] == '\0' ? "" : "; it said: ", complaint);
    return cb_error_in(error, recording->qemu);
}

/* The last thing that the guest said, alone: a sentence about what was asked of it. */
static bool guest_refused(const struct recording *recording, struct cb_error *error)
{
    char console[300];
    workspace_last_lines(&recording->workspace, CONSOLE, console, sizeof console);
    const char *last = strrchr(console, '|');
    return cb_error_set(error, CB_USAGE, "the kernel refuses it: %s",
                        last == NULL ? console : last + 2);
}

static bool judge_exit(const struct recording *recording, enum recorder_state state,
                       int number, struct cb_error *error)
{
    if (state == RECORDER_ABSENT)
        return qemu_failed(recording, error,
                           "QEMU ended with status %d before it loaded "
                           "the recorder",
                           number);
    if (number == GUEST_IS_WELL && state == RECORDER_DONE)
        return true;
    if (number == GUEST_REFUSES)
        return guest_refused(recording, error);
    if (number == 0)
        return guest_failed(recording, error,
                            "the guest reset the machine, as a triple fault does");
    if (number % 2 == 1 && number > 1)
        return guest_failed(recording, error,
                            "the guest ended with status %d, expected %d", number,
                            GUEST_IS_WELL);
    return qemu_failed(recording, error, "QEMU ended with status %d", number);
}

static bool judge(struct recording *recording, const struct process_result *result,
                  struct cb_error *error)
{
    enum recorder_state state =
        __atomic_load_n(&recording->status->state, __ATOMIC_ACQUIRE);
    if (result->end == PROCESS_SIGNAL)
        return interrupted(recording, result->number, error);
    bool guest_ended_badly = result->end == PROCESS_EXITED && result->number % 2 == 1 &&
                             result->number > GUEST_IS_WELL;
    if (state == RECORDER_FAILED && !guest_ended_badly)
        return plugin_failed(recording, error);
    switch (result->end) {
    case PROCESS_EXITED:
        return judge_exit(recording, state, result->number, error);
    case PROCESS_CRASHED:
        return qemu_failed(recording, error, "QEMU was ended by signal %d",
                           result->number);
    case PROCESS_LATE:
        return guest_failed(recording, error,
                            "the guest still ran after its limit of %u seconds",
                            recording->limit_seconds);
    case PROCESS_STOPPED:
    case PROCESS_SIGNAL:
        break;
    }
    return plugin_failed(recording, error);
}

static bool run_qemu(struct recording *recording, struct cb_error *error)
{
    struct arguments arguments = {0};
    struct process_result result;
    qemu_arguments(&arguments, recording);
    bool done = !arguments.failed;
    if (!done)
        cb_error_set(error, CB_IO, "out of memory");
    done = done &&
           process_run(
               &(struct process_plan){.arguments = arguments.list,
                                      .directory = recording->workspace.path,
                                      .output = "output.txt",
                                      .complaints = COMPLAINTS,
                                      .status_descriptor = recording->status_descriptor,
                                      .limit_seconds = recording->limit_seconds,
                                      .watch = watch,
                                      .context = recording},
               &recording->signals, &result, error);
    free_arguments(&arguments);
    if (!done)
        return false;
    recording->seconds = result.seconds;
    return judge(recording, &result, error);
}

/* ---- the recording ---- */

static bool keep_trace(const struct recording *recording, struct recording_result *result,
                       struct cb_error *error)
{
    const char *output = recording->request->output;
    char path[PATH_MAX];
    struct stat status;
    if (!workspace_name(&recording->workspace, STATUS_TRACE, path, error))
        return false;
    if (stat(path, &status) != 0 || rename(path, output) != 0) {
        cb_error_set(error, CB_IO, "cannot write: %s", strerror(errno));
        return cb_error_in(error, output);
    }
    result->records = recording->status->records;
    result->file_bytes = (uint64_t)status.st_size;
    result->seconds = recording->seconds;
    if (recording->request->progress != NULL)
        recording->request->progress(recording->request->context, result->records,
                                     result->seconds);
    return true;
}

static void clean_up(struct recording *recording)
{
    workspace_remove(&recording->workspace);
    if (recording->status != NULL)
        munmap(recording->status, sizeof *recording->status);
    if (recording->status_descriptor >= 0)
        close(recording->status_descriptor);
    process_restore_signals(&recording->signals);
    free(recording->header);
}

bool record_run(const struct recording_request *request, struct recording_result *result,
                struct cb_error *error)
{
    struct recording_result unwanted;
    if (result == NULL)
        result = &unwanted;
    *result = (struct recording_result){0};
    struct recording *recording = calloc(1, sizeof *recording);
    if (recording == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    recording->status_descriptor = -1;
    process_block_signals(&recording->signals);
    bool done = take_request(recording, request, error) &&
                check_image(recording->kernel, error) &&
                learn_version(recording, error) && make_header(recording, error) &&
                workspace_make(&recording->workspace, request->output, error) &&
                furnish(recording, error) && run_qemu(recording, error) &&
                keep_trace(recording, result, error);
    result->signal = recording->signal;
    clean_up(recording);
    free(recording);
    return done;
}
