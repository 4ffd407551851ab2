#include "recordings.h"

#include "kernel-trace/recorder/recorder.h"
#include "traces/trace.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

bool time_after(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

bool recorder_know(struct recorder *recorder, struct cb_error *error)
{
    char path[PATH_MAX];
    struct stat status;
    if (!recording_locate(RECORDING_KERNEL, path, sizeof path, error) ||
        !hash_file(path, recorder->kernel, error) ||
        !recording_locate(RECORDING_PLUGIN, path, sizeof path, error))
        return false;
    if (stat(path, &status) != 0) {
        cb_error_set(error, CB_IO, "cannot be looked at: %s", strerror(errno));
        return cb_error_in(error, path);
    }
    recorder->built = status.st_mtim;
    return true;
}

static const char *why_by_header(const struct trace_info *info,
                                 const struct recorder *recorder)
{
    json_t *header = json_loads(info->header, 0, NULL);
    const char *kernel = json_string_value(json_object_get(header, "kernel_sha256"));
    bool same_kernel = kernel != NULL && strcmp(kernel, recorder->kernel) == 0;
    json_decref(header);
    if (info->cut_at != CB_NOWHERE)
        return "cut short";
    if (!same_kernel)
        return "made with another kernel";
    if (strcmp(info->tool, "crossbill " CROSSBILL_VERSION) != 0)
        return "made by another version";
    return NULL;
}

const char *recording_stale(const char *path, const struct recorder *recorder)
{
    struct cb_error ignored;
    struct stat status;
    struct trace_reader *trace = trace_open(path, &ignored);
    if (trace == NULL)
        return "no trace";
    const char *why = why_by_header(trace_info(trace), recorder);
    trace_close(trace);
    if (why == NULL && stat(path, &status) == 0 &&
        time_after(recorder->built, status.st_mtim))
        return "older than the recorder";
    return why;
}
