/* outcome.c - the files before a run, and after it. */
#include "inside.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

char *fault_path(const char *directory, const char *name)
{
    static char path[2][400];
    static int which;
    which = !which;
    snprintf(path[which], sizeof path[which], "%s/%s", directory, name);
    return path[which];
}

char *fault_load(const char *path, size_t *size)
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

bool fault_is_report(const struct fault_case *test)
{
    const char *name = test->output;
    return name != NULL && strcmp(name + strlen(name) - 3, ".db") == 0;
}

void fault_start_over(const struct fault_case *test)
{
    size_t size = 4;
    empty(faults.out);
    if (test->output == NULL || (fault_is_report(test) && test->before == NULL))
        return;
    char *bytes = test->before != NULL
                      ? fault_load(fault_path(faults.in, test->before), &size)
                      : strdup("old\n");
    assert_non_null(bytes);
    save(fault_path(faults.out, test->output), bytes, size);
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

void outcome_collect(struct outcome *outcome)
{
    DIR *entries = opendir(faults.out);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        assert_true(outcome->count < FILES);
        struct file *file = &outcome->files[outcome->count++];
        snprintf(file->name, sizeof file->name, "%s", entry->d_name);
        file->bytes = fault_load(fault_path(faults.out, entry->d_name), &file->size);
    }
    closedir(entries);
    outcome->output =
        fault_load(fault_path(faults.directory, "stdout"), &outcome->output_size);
    forget_times(outcome->output, &outcome->output_size);
    outcome->said =
        fault_load(fault_path(faults.directory, "stderr"), &outcome->said_size);
}

void outcome_drop(struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++)
        free(outcome->files[i].bytes);
    free(outcome->output);
    free(outcome->said);
    free(outcome->content);
    *outcome = (struct outcome){0};
}
