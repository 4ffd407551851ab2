#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ATTEMPTS 100

static bool fail(const char *path, const char *doing, struct cb_error *error)
{
    int reason = errno;
    cb_error_set(error, CB_IO, "cannot %s: %s", doing, strerror(reason));
    return cb_error_in(error, path);
}

/* The path of the directory that holds `path`, to be freed. */
static char *directory_of(const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return NULL;
    char *directory = strdup(dirname(copy));
    free(copy);
    return directory;
}

static char *temporary_name(const char *path, int attempt)
{
    const char *slash = strrchr(path, '/');
    int directory = slash == NULL ? 0 : (int)(slash - path) + 1;
    const char *base = path + directory;
    char *name = NULL;
    /* A name of 255 bytes is the longest a directory takes: the base is cut to fit. */
    if (asprintf(&name, "%.*s.%.200s.%ld-%d.tmp", directory, path, base, (long)getpid(),
                 attempt) < 0)
        return NULL;
    return name;
}

static bool is_special(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
           !S_ISDIR(status.st_mode);
}

/* A file without a name gets one through /proc; false where either is not to be had. */
static bool open_nameless(struct output *output)
{
    char link[32], *directory = directory_of(output->path);
    if (directory == NULL)
        return false;
    int fd = open(directory, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    free(directory);
    if (fd < 0)
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (access(link, F_OK) != 0) {
        close(fd);
        return false;
    }
    output->fd = fd;
    return true;
}

static int create_named(struct output *output)
{
    output->fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    return output->fd;
}

static int link_named(struct output *output)
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", output->fd);
    return linkat(AT_FDCWD, link, AT_FDCWD, output->temporary, AT_SYMLINK_FOLLOW);
}

/* Under a name that nobody has; `make` creates it there and returns -1 on failure. */
static bool take_name(struct output *output, int (*make)(struct output *output))
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        free(output->temporary);
        output->temporary = temporary_name(output->path, attempt);
        if (output->temporary == NULL)
            return false;
        if (make(output) >= 0)
            return true;
        if (errno != EEXIST)
            break;
    }
    int reason = errno;
    free(output->temporary);
    output->temporary = NULL;
    errno = reason;
    return false;
}

static void release(struct output *output)
{
    free(output->temporary);
    free(output->path);
    *output = (struct output){.fd = -1};
}

/* The file that a symbolic link leads to is the target, not the link; one that leads
 * nowhere is replaced. To be freed. */
static char *target_of(const char *path)
{
    struct stat status;
    char *target = NULL;
    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
        errno = 0;
        target = realpath(path, NULL);
        if (target == NULL && errno == ENOMEM)
            return NULL;
    }
    return target != NULL ? target : strdup(path);
}

bool output_open(struct output *output, const char *path, struct cb_error *error)
{
    struct stat status;
    *output = (struct output){.fd = -1, .path = target_of(path)};
    if (output->path == NULL)
        return fail(path, "write", error);
    bool is_directory = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    output->direct = is_special(path);
    if (is_directory)
        errno = EISDIR;
    else if (output->direct)
        output->fd = open(path, O_WRONLY | O_CLOEXEC);
    else if (!open_nameless(output))
        take_name(output, create_named);
    if (output->fd >= 0)
        return true;
    fail(path, "write", error);
    release(output);
    return false;
}

bool output_write(struct output *output, const void *data, size_t size,
                  struct cb_error *error)
{
    const char *from = data;
    while (size > 0) {
        ssize_t done = write(output->fd, from, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return fail(output->path, "write", error);
        from += done;
        size -= (size_t)done;
    }
    return true;
}

/* The rename itself is durable only when the directory is. Some file systems cannot sync
 * a directory; the file is whole either way. */
static void sync_directory(const char *path)
{
    char *directory = directory_of(path);
    if (directory == NULL)
        return;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(directory);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* The file is whole and durable before it gets its name. */
static bool put_in_place(struct output *output, struct cb_error *error)
{
    if (fsync(output->fd) != 0)
        return fail(output->path, "write", error);
    if ((output->temporary == NULL && !take_name(output, link_named)) ||
        rename(output->temporary, output->path) != 0)
        return fail(output->path, "put the finished file in place", error);
    sync_directory(output->path);
    return true;
}

bool output_commit(struct output *output, struct cb_error *error)
{
    bool done = output->direct || put_in_place(output, error);
    bool closed = close(output->fd) == 0;
    if (done && !closed)
        fail(output->path, "write", error);
    if (!done && output->temporary != NULL)
        unlink(output->temporary);
    release(output);
    return done && closed;
}

void output_abandon(struct output *output)
{
    if (output->fd >= 0)
        close(output->fd);
    if (output->temporary != NULL)
        unlink(output->temporary);
    release(output);
}
