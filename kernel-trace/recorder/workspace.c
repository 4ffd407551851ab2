#include "kernel-trace/recorder/workspace.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAST_LINES 4

bool workspace_make(struct workspace *workspace, const char *output,
                    struct cb_error *error)
{
    char copy[PATH_MAX];
    struct stat status;
    workspace->path[0] = '\0';
    if (stat(output, &status) == 0 && !S_ISREG(status.st_mode)) {
        cb_error_set(error, CB_IO, "expected a file to write, found something else");
        return cb_error_in(error, output);
    }
    if (snprintf(copy, sizeof copy, "%s", output) >= (int)sizeof copy ||
        snprintf(workspace->path, sizeof workspace->path, "%s/.crossbill-XXXXXX",
                 dirname(copy)) >= (int)sizeof workspace->path) {
        workspace->path[0] = '\0';
        cb_error_set(error, CB_IO, "the name is too long");
        return cb_error_in(error, output);
    }
    if (mkdtemp(workspace->path) != NULL) {
        workspace->directory = opendir(workspace->path);
        if (workspace->directory != NULL)
            return true;
        rmdir(workspace->path);
    }
    workspace->path[0] = '\0';
    cb_error_set(error, CB_IO, "cannot write there: %s", strerror(errno));
    return cb_error_in(error, output);
}

void workspace_remove(struct workspace *workspace)
{
    if (workspace->path[0] == '\0')
        return;
    DIR *directory = workspace->directory;
    const struct dirent *entry;
    rewinddir(directory);
    while ((entry = readdir(directory)) != NULL)
        unlinkat(dirfd(directory), entry->d_name, 0); /* . and .. refuse */
    closedir(directory);
    rmdir(workspace->path);
    workspace->path[0] = '\0';
}

bool workspace_name(const struct workspace *workspace, const char *name,
                    char path[PATH_MAX], struct cb_error *error)
{
    if (snprintf(path, PATH_MAX, "%s/%s", workspace->path, name) < PATH_MAX)
        return true;
    cb_error_set(error, CB_IO, "the name is too long");
    return cb_error_in(error, workspace->path);
}

bool workspace_write(const struct workspace *workspace, const char *name,
                     const char *text, struct cb_error *error)
{
    char path[PATH_MAX];
    if (!workspace_name(workspace, name, path, error))
        return false;
    FILE *stream = fopen(path, "wbe");
    bool done = stream != NULL && fputs(text, stream) >= 0;
    if (stream != NULL && fclose(stream) != 0)
        done = false;
    if (done)
        return true;
    cb_error_set(error, CB_IO, "cannot write: %s", strerror(errno));
    return cb_error_in(error, path);
}

bool workspace_link(const struct workspace *workspace, const char *name,
                    const char *target, struct cb_error *error)
{
    char path[PATH_MAX], resolved[PATH_MAX];
    if (!workspace_name(workspace, name, path, error))
        return false;
    if (realpath(target, resolved) == NULL) {
        cb_error_set(error, CB_IO, "cannot open: %s", strerror(errno));
        return cb_error_in(error, target);
    }
    if (symlink(resolved, path) == 0)
        return true;
    cb_error_set(error, CB_IO, "cannot make a link: %s", strerror(errno));
    return cb_error_in(error, path);
}

/* Where the last LAST_LINES lines begin. */
static const char *tail_of(const char *text, size_t used)
{
    unsigned lines = 0;
    for (size_t i = used; i-- > 0;)
        if (text[i] == '\n' && ++lines == LAST_LINES)
            return text + i + 1;
    return text;
}

void workspace_last_lines(const struct workspace *workspace, const char *name, char *text,
                          size_t size)
{
    char path[PATH_MAX], buffer[1024];
    text[0] = '\0';
    FILE *stream =
        workspace_name(workspace, name, path, NULL) ? fopen(path, "rbe") : NULL;
    if (stream == NULL)
        return;
    if (fseek(stream, 1 - (long)sizeof buffer, SEEK_END) != 0)
        rewind(stream); /* shorter than the buffer */
    size_t used = fread(buffer, 1, sizeof buffer - 1, stream);
    fclose(stream);
    while (used > 0 && (buffer[used - 1] == '\n' || buffer[used - 1] == '\0'))
        used--;
    buffer[used] = '\0';
    size_t to = 0;
    for (const char *from = tail_of(buffer, used); *from != '\0' && to + 4 < size;
         from++) {
        if (*from == '\n') {
            memcpy(text + to, " | ", 3);
            to += 3;
        } else {
            text[to++] = *from;
        }
    }
    text[to] = '\0';
}
