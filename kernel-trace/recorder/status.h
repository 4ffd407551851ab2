/* status.h - the page of memory that launcher and plugin share while QEMU runs.
 *
 * The launcher makes it (an anonymous file, inherited as descriptor STATUS_DESCRIPTOR),
 * the plugin fills it in. Nothing blocks, and what the plugin said last can still be read
 * when QEMU is gone. `state` is written last and read first.
 */
#ifndef CROSSBILL_STATUS_H
#define CROSSBILL_STATUS_H

#include "traces/error.h"

#define STATUS_DESCRIPTOR 3
#define STATUS_MAGIC      0x6c696263u /* the two were built from one source */

/* The names of the plugin's files, in the directory in which QEMU runs. */
#define STATUS_TRACE  "trace.xbt"
#define STATUS_HEADER "header.json"
#define STATUS_KERNEL "kernel.elf"
#define STATUS_PLUGIN "recorder.so"

enum recorder_state {
    RECORDER_ABSENT, /* QEMU has not loaded the plugin */
    RECORDER_LOADED,
    RECORDER_STARTED, /* the guest has said EVENT_START */
    RECORDER_DONE,    /* the trace is complete, under its name */
    RECORDER_FAILED   /* `error` says why; QEMU is to be killed */
};

struct recorder_status {
    uint32_t magic;
    uint32_t state;
    uint64_t records; /* so far; now and then */
    struct cb_error error;
};

#endif
