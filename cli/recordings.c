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

static bool look_at_header(const struct trace_info *info, const struct recorder *recorder,
                           const char **why, struct cb_error *error)
{
    json_error_t where;
    json_t *header = json_loads(info->header, 0, &where);
    if (header == NULL && json_error_code(&where) == json_error_out_of_memory)
        return cb_error_set(error, CB_IO, "out of memory");
    const char *kernel = json_string_value(json_object_get(header, "kernel_sha256"));
    bool same_kernel = kernel != NULL && strcmp(kernel, recorder->kernel) == 0;
    json_decref(header);
    if (info->cut_at != CB_NOWHERE)
        *why = "cut short";
    else if (!same_kernel)
        *why = "made with another kernel";
    else if (strcmp(info->tool, "crossbill " CROSSBILL_VERSION) != 0)
        *why = "made by another version";
    return true;
}

bool recording_look(const char *path, const struct recorder *recorder, const char **why,
                    struct cb_error *error)
{
    struct stat status;
    *why = NULL;
    struct trace_reader *trace = trace_open(path, error);
    if (trace == NULL && error->code == CB_IO)
        return false;
    if (trace == NULL) {
        *why = "no trace";
        return true;
    }
    bool looked = look_at_header(trace_info(trace), recorder, why, error);
    trace_close(trace);
    if (looked && *why == NULL && stat(path, &status) == 0 &&
        time_after(recorder->built, status.st_mtim))
        *why = "older than the recorder";
    return looked;
}
