/* judge.c - whatever fails, the program ends by itself, with the result that it has
 * without the fault, or with exit code 4 and one sentence. A file is whole, or what it
 * was before; a report is sound, and the same command, run again, makes of it what it
 * should be. */
#include "inside.h"

#include "traces/error.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

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

char *fault_content(const struct fault_case *test)
{
    char command[128];
    size_t size;
    snprintf(command, sizeof command, "report %%o/%s --format json", test->output);
    if (fault_run(command, false) != 0)
        return NULL;
    char *content = fault_load(fault_path(faults.directory, "stdout"), &size);
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
static const char *try_again(const struct fault_case *test, const struct outcome *clean)
{
    char path[256];
    snprintf(path, sizeof path, "%s", fault_path(faults.out, test->output));
    if (access(path, F_OK) == 0 && !is_sound(path))
        return "the report is damaged";
    if (fault_run(test->command, false) != clean->status)
        return "the command run again ends otherwise";
    char *content = fault_content(test);
    bool same = content != NULL && strcmp(content, clean->content) == 0;
    free(content);
    return same ? NULL : "the command run again has another result";
}

/* Of the names and bytes of all files. */
static uint64_t hash_of(const struct outcome *got)
{
    uint64_t hash = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < got->count; i++) {
        const struct file *file = &got->files[i];
        for (size_t k = 0; k <= strlen(file->name); k++)
            hash = (hash ^ (uint8_t)file->name[k]) * 0x100000001b3ull;
        for (size_t k = 0; k < file->size; k++)
            hash = (hash ^ (uint8_t)file->bytes[k]) * 0x100000001b3ull;
    }
    return hash;
}

/* Most runs leave the files of one before them, from which the command goes on as it did
 * then: it need not be run again. */
static const char *judge_report(const struct fault_case *test,
                                const struct outcome *clean, const struct outcome *got)
{
    enum { KNOWN = 256 };
    static const struct fault_case *of;
    static uint64_t known[KNOWN]; /* files that were good */
    static size_t count;
    uint64_t hash = hash_of(got);
    if (of != test)
        count = 0;
    of = test;
    for (size_t i = 0; i < count; i++)
        if (known[i] == hash)
            return NULL;
    const char *wrong = try_again(test, clean);
    if (wrong == NULL && count < KNOWN)
        known[count++] = hash;
    return wrong;
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
    if (!fault_is_report(test))
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

const char *fault_judge(const struct fault_case *test, const struct outcome *clean,
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
    if (wrong == NULL && fault_is_report(test))
        wrong = judge_report(test, clean, got);
    return wrong;
}
