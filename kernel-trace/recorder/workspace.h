/* workspace.h - the private directory in which QEMU works, beside the final output so
 * that what is finished can be renamed into place. Private to the launcher. */
#ifndef CROSSBILL_WORKSPACE_H
#define CROSSBILL_WORKSPACE_H

#include "traces/error.h"

#include <dirent.h>
#include <limits.h>

struct workspace {
    char path[PATH_MAX]; /* "" when there is none */
    DIR *directory;      /* the same, open: removing it must need no memory */
};

bool workspace_make(struct workspace *workspace, const char *output,
                    struct cb_error *error);
/* Remove the directory and the files in it. */
void workspace_remove(struct workspace *workspace);
/* "DIRECTORY/NAME"; false with CB_IO when that is too long. */
bool workspace_name(const struct workspace *workspace, const char *name,
                    char path[PATH_MAX], struct cb_error *error);
bool workspace_write(const struct workspace *workspace, const char *name,
                     const char *text, struct cb_error *error);
/* A link to the file at `target`, by a name that needs no quoting. */
bool workspace_link(const struct workspace *workspace, const char *name,
                    const char *target, struct cb_error *error);
/* The last lines of a file, at most `size` - 1 bytes, joined by " | "; "" if none. */
void workspace_last_lines(const struct workspace *workspace, const char *name, char *text,
                          size_t size);

#endif
