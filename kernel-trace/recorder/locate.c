#include "kernel-trace/recorder/recorder.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where `make install` puts data files, from the program's directory: an installed tree
 * can be moved as a whole. */
#define INSTALLED "../lib/crossbill"

static bool is_there(char *path, size_t size, const char *directory, const char *name)
{
    int length = snprintf(path, size, "%s/%s", directory, name);
    return length > 0 && (size_t)length < size && access(path, R_OK) == 0;
}

static bool executable_directory(char *directory, size_t size)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return false;
    path[length] = '\0';
    return snprintf(directory, size, "%s", dirname(path)) < (int)size;
}

bool recording_locate(const char *name, char *path, size_t size, struct cb_error *error)
{
    const char *data = getenv("CROSSBILL_DATA");
    if (data != NULL && data[0] != '\0') {
        if (is_there(path, size, data, name))
            return true;
        cb_error_set(error, CB_IO, "not found in $CROSSBILL_DATA (%.200s)", data);
        return cb_error_in(error, name);
    }
    char beside[PATH_MAX] = "";
    if (executable_directory(beside, sizeof beside) && is_there(path, size, beside, name))
        return true;
    char installed[PATH_MAX + sizeof INSTALLED] = "";
    snprintf(installed, sizeof installed, "%s/" INSTALLED, beside);
    if (is_there(path, size, installed, name))
        return true;
    cb_error_set(error, CB_IO,
                 "found neither in %.200s nor in %.200s; CROSSBILL_DATA names another "
                 "directory",
                 beside, installed);
    return cb_error_in(error, name);
}
