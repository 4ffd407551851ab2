/* run.c - one run after the other, each with another call that fails.
 *
 * Whatever fails, the program ends by itself, with the result that it has without the
 * fault, or with exit code 4 and one sentence. A file is whole, or what it was before; a
 * report is sound, and the same command, run again, makes of it what it should be.
 *
 * FAULTS is how many calls of each command are tried (8), spread over all by SEED (1):
 * in each of so many stretches one, so that it is all of them where there are no more.
 * FAULTS=each tries every call of a command that makes at most EVERY of them; of one that
 * makes more, the first EVERY, and the first from each stack of callers, which stands for
 * all that come the same way. By turns only the call fails, or all after it too.
 * FAULT_CASE is the one command to try.
 */
#include "faults.h"

#include "../test.h"

#include "traces/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 32, FILES = 64, LONGEST = 120 /* seconds of a run */, EVERY = 1000 };

struct file {
    char name[300];
    char *bytes;
    size_t size;
};

/* What a run left. */
struct outcome {
    int status; /* as waitpid() has it */
    struct file files[FILES];
    size_t count;
    char *output, *said; /* standard output and error */
    size_t output_size, said_size;
    char *content; /* of the report */
};

static struct {
    enum fault_kind kind;
    const char *program, *shim;
    struct fault_state *state;
    char directory[64], in[80], out[80];
    long most; /* calls tried; 0: each */
    uint64_t seed;
} faults;

/* ---- files ---- */

static char *path_of(const char *directory, const char *name)
{
    static char path[2][400];
    static int which;
    which = !which;
    snprintf(path[which], sizeof path[which], "%s/%s", directory, name);
    return path[which];
}

static char *load(const char *path, size_t *size)
{
    struct stat status;
    *size = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0)
        return NULL;
    char *bytes = malloc((size_t)status.st_size + 1);
    assert_non_null(bytes);
    for (ssize_t got;
         (got = read(fd, bytes + *size, (size_t)status.st_size - *size)) > 0;)
        *size += (size_t)got;
    bytes[*size] = '\0';
    close(fd);
    return bytes;
}

static void save(const char *path, const char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    close(fd);
}

static void empty(const char *directory)
{
    char path[sizeof faults.out + 300];
    DIR *entries = opendir(directory);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (unlink(path) == 0)
            continue;
        empty(path); /* a directory that was left */
        rmdir(path);
    }
    if (entries != NULL)
        closedir(entries);
}

static bool is_report(const struct fault_case *test)
{
    const char *name = test->output;
    return name != NULL && strcmp(name + strlen(name) - 3, ".db") == 0;
}

/* The outputs as they are before a run. */
static void start_over(const struct fault_case *test)
{
    size_t size = 4;
    empty(faults.out);
    if (test->output == NULL || (is_report(test) && test->before == NULL))
        return;
    char *bytes = test->before != NULL ? load(path_of(faults.in, test->before), &size)
                                       : strdup("old\n");
    assert_non_null(bytes);
    save(path_of(faults.out, test->output), bytes, size);
    free(bytes);
}

/* How long something took is no result: "in 0.1 s" becomes "in s". */
static void forget_times(char *text, size_t *size)
{
    if (text == NULL)
        return;
    for (char *at = text; (at = strstr(at, " in ")) != NULL;) {
        at += strlen(" in ");
        size_t length = strspn(at, "0123456789.");
        if (length == 0 || strncmp(at + length, " s\n", 3) != 0)
            continue;
        memmove(at, at + length, (size_t)(text + *size - (at + length)) + 1);
        *size -= length;
    }
}

static void collect(struct outcome *outcome)
{
    DIR *entries = opendir(faults.out);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        assert_true(outcome->count < FILES);
        struct file *file = &outcome->files[outcome->count++];
        snprintf(file->name, sizeof file->name, "%s", entry->d_name);
        file->bytes = load(path_of(faults.out, entry->d_name), &file->size);
    }
    closedir(entries);
    outcome->output = load(path_of(faults.directory, "stdout"), &outcome->output_size);
    forget_times(outcome->output, &outcome->output_size);
    outcome->said = load(path_of(faults.directory, "stderr"), &outcome->said_size);
}

static void drop(struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++)
        free(outcome->files[i].bytes);
    free(outcome->output);
    free(outcome->said);
    free(outcome->content);
    *outcome = (struct outcome){0};
}

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
    int output = open(path_of(faults.directory, "stdout"), flags, 0666);
    int said = open(path_of(faults.directory, "stderr"), flags, 0666);
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

static int run(const char *command, bool faulty)
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
    start_over(test);
    outcome->status = run(test->command, true);
    collect(outcome);
}

/* ---- reports ---- */

/* The row numbers of replays and sweeps tell how often they were begun: they are counted
 * anew, in the order in which they come. */
static void number_anew(char *content)
{
    static const char *const words[] = {"\"replay\": ", "\"sweep\": ", "\"study\": "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        long known[1000], count = 0;
        for (char *at = content; (at = strstr(at, words[i])) != NULL;) {
            at += strlen(words[i]);
            long number = strtol(at, NULL, 10), n = 0;
            while (n < count && known[n] != number)
                n++;
            if (n == count && count < 1000)
                known[count++] = number;
            for (size_t k = 0; at[k] >= '0' && at[k] <= '9'; k++)
                at[k] = k == 0 ? (char)('A' + n % 26) : ' ';
        }
    }
}

static char *content_of(const struct fault_case *test)
{
    char command[128];
    size_t size;
    snprintf(command, sizeof command, "report %%o/%s --format json", test->output);
    if (run(command, false) != 0)
        return NULL;
    char *content = load(path_of(faults.directory, "stdout"), &size);
    number_anew(content);
    return content;
}

static bool is_sound(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows = NULL;
    bool sound =
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &rows, NULL) == SQLITE_OK &&
        sqlite3_step(rows) == SQLITE_ROW &&
        strcmp((const char *)sqlite3_column_text(rows, 0), "ok") == 0;
    sqlite3_finalize(rows);
    sqlite3_close(db);
    return sound;
}

/* Sound, or not there, and the command run again makes of it what it should be. */
static const char *judge_report(const struct fault_case *test,
                                const struct outcome *clean)
{
    char path[256];
    snprintf(path, sizeof path, "%s", path_of(faults.out, test->output));
    if (access(path, F_OK) == 0 && !is_sound(path))
        return "the report is damaged";
    if (run(test->command, false) != clean->status)
        return "the command run again ends otherwise";
    char *content = content_of(test);
    bool same = content != NULL && strcmp(content, clean->content) == 0;
    free(content);
    return same ? NULL : "the command run again has another result";
}

/* ---- judgement ---- */

static const struct file *find(const struct outcome *outcome, const char *name)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (strcmp(outcome->files[i].name, name) == 0)
            return &outcome->files[i];
    return NULL;
}

static bool same_file(const struct file *a, const struct file *b)
{
    return a != NULL && b != NULL && a->size == b->size &&
           memcmp(a->bytes, b->bytes, a->size) == 0;
}

static bool is_old(const struct fault_case *test, const struct file *file)
{
    return test->output != NULL && strcmp(file->name, test->output) == 0 &&
           file->size == 4 && memcmp(file->bytes, "old\n", 4) == 0;
}

/* A journal may stay where it could not be deleted, or where the program ended at once:
 * SQLite then takes back what is half done. */
static bool belongs_to_report(const struct fault_case *test, const struct file *file)
{
    if (!is_report(test))
        return false;
    const char *rest = file->name + strlen(test->output);
    return strncmp(file->name, test->output, strlen(test->output)) == 0 &&
           (*rest == '\0' || strcmp(rest, "-journal") == 0);
}

/* The recorder's directory, when a file in it could not be deleted. */
static bool could_not_go(const struct file *file)
{
    return faults.state->undeleted > 0 && strncmp(file->name, ".crossbill-", 11) == 0;
}

static const char *judge_files(const struct fault_case *test, const struct outcome *clean,
                               const struct outcome *got, bool done)
{
    for (size_t i = 0; i < got->count; i++) {
        const struct file *file = &got->files[i];
        if (belongs_to_report(test, file) || same_file(file, find(clean, file->name)) ||
            (!done && is_old(test, file)) || could_not_go(file))
            continue;
        return find(clean, file->name) != NULL ? "a file is half-written"
                                               : "something else is left";
    }
    if (done && (got->count < clean->count || got->output_size != clean->output_size ||
                 memcmp(got->output, clean->output, got->output_size) != 0))
        return "it says that it is done, but the result is another";
    return NULL;
}

/* One sentence, after what is said without a fault too; and one more where what was
 * printed could not be written either. */
static const char *judge_words(const struct outcome *clean, const struct outcome *got)
{
    const char *said = got->said;
    if (strncmp(said, clean->said, clean->said_size) == 0)
        said += clean->said_size;
    if (strncmp(said, "crossbill: ", 11) != 0 && strncmp(said, "crossbill ", 10) != 0)
        return "no sentence says why";
    const char *end = strchr(said, '\n');
    if (end == NULL ||
        (end[1] != '\0' && strncmp(end + 1, "crossbill: standard output: ", 28) != 0))
        return "more than a sentence is said";
    for (; *said != '\n'; said++)
        if ((unsigned char)*said < 0x20)
            return "control characters are said";
    return NULL;
}

static const char *judge(const struct fault_case *test, const struct outcome *clean,
                         const struct outcome *got)
{
    if (!WIFEXITED(got->status))
        return WTERMSIG(got->status) == SIGALRM ? "it hangs" : "it crashes";
    bool done = got->status == clean->status;
    if (!done && WEXITSTATUS(got->status) != CB_IO)
        return "the exit code is another";
    const char *wrong = done ? NULL : judge_words(clean, got);
    if (wrong == NULL)
        wrong = judge_files(test, clean, got, done);
    if (wrong == NULL && is_report(test))
        wrong = judge_report(test, clean);
    return wrong;
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
    clean->content = is_report(test) ? content_of(test) : NULL;
    if (is_report(test))
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
        const char *why = judge(test, &clean, &got);
        if (why != NULL && ++wrong <= 5)
            print_error("# %s: call %ld%s, errno %d: %s (status %x)\n#   %s", test->name,
                        at, lasts ? " and all later" : "", reason_of(i), why,
                        (unsigned)got.status, got.said != NULL ? got.said : "");
        drop(&got);
    }
    drop(&clean);
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
