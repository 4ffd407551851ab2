#include "fuzz.h"

#include "traces/check.h"
#include "traces/dump.h"
#include "traces/salvage.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct fuzz_file fuzz_file_make(const void *bytes, size_t size)
{
    struct fuzz_file file = {.fd = memfd_create("fuzz", MFD_CLOEXEC)};
    if (file.fd < 0 || write(file.fd, bytes, size) != (ssize_t)size)
        abort();
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
    return file;
}

void fuzz_file_end(struct fuzz_file *file)
{
    close(file->fd);
}

static bool swallow(void *context, const char *text, size_t size)
{
    (void)text;
    *(size_t *)context += size;
    return true;
}

void fuzz_read_trace(const char *path)
{
    struct cb_error error;
    struct salvage_result saved;
    struct check_result found;
    size_t size = 0;
    struct trace_reader *reader = trace_open(path, &error);
    if (reader != NULL) {
        trace_check(reader, NULL, NULL, &found, &error);
        dump_trace(reader, swallow, &size, &error);
        trace_close(reader);
    }
    trace_salvage(path, "/dev/null", &saved, &error);
}
