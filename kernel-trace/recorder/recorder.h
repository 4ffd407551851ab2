/* recorder.h - record a scenario: run the instrumented kernel under QEMU into a trace.
 *
 * record_run() starts qemu-system-i386 with the recorder plugin, waits for the guest to
 * end by itself, and leaves a complete trace at `output` or nothing at all: QEMU works in
 * a private directory beside the output, which is removed whatever happens, and only the
 * trace of a guest that ended well is renamed to its final name.
 *
 * Errors: CB_USAGE for a request that cannot be (a knob with a blank in it, a scenario
 * that the kernel refuses), CB_IO for everything else that QEMU, the guest, the disk or
 * the clock can do; one sentence each, with the last lines of the guest's console where
 * the guest failed.
 *
 * Signals: SIGINT, SIGTERM and SIGHUP are blocked in the calling thread meanwhile. When
 * one arrives QEMU is killed, the private directory removed, and record_run() fails with
 * result->signal set; the caller exits with 128 + signal. Threads that the caller has
 * already started must have these signals blocked.
 */
#ifndef CROSSBILL_RECORDER_H
#define CROSSBILL_RECORDER_H

#include "traces/error.h"

#include <stddef.h>
#include <stdint.h>

#define RECORDING_KERNEL "kernel/crossbill-kernel.elf"
#define RECORDING_PLUGIN "crossbill-recorder.so"

#define RECORDING_MEMORY_MIB         64
#define RECORDING_TIME_LIMIT_SECONDS 600
#define RECORDING_CPU                "pentium"
#define RECORDING_QEMU               "qemu-system-i386"

/* One knob of the scenario, handed to the kernel as "key=value". Keys and values are not
 * empty and consist of letters, digits and . _ - : + / alone. */
struct recording_knob {
    const char *key;
    const char *value;
};

/* All strings are the caller's and only read. Zero or NULL means the default. */
struct recording_request {
    const char *output;                 /* where the trace goes; required */
    const char *scenario;               /* required */
    const char *structure;              /* required */
    const struct recording_knob *knobs; /* in this order on the kernel's command line */
    size_t knob_count;
    const char *kernel; /* ELF image; default: recording_locate(RECORDING_KERNEL) */
    const char *plugin; /* default: recording_locate(RECORDING_PLUGIN) */
    const char *qemu;   /* program; default RECORDING_QEMU, looked up in PATH */
    const char *cpu;    /* QEMU's CPU model; default RECORDING_CPU */
    uint32_t memory_mib;
    uint32_t time_limit_seconds;
    /* Called about ten times a second, and once at the end. */
    void (*progress)(void *context, uint64_t records, double seconds);
    void *context;
};

struct recording_result {
    uint64_t records;
    uint64_t file_bytes;
    double seconds;
    int signal; /* the signal that ended the recording; 0: none */
};

/* `result` may be NULL. On failure only result->signal means anything. */
bool record_run(const struct recording_request *request, struct recording_result *result,
                struct cb_error *error);

/* Where a data file of crossbill lies: in the directory $CROSSBILL_DATA when that is set,
 * else beside the running executable (a build directory), else where `make install` put
 * it. False with CB_IO, and a sentence that names the places, when it is in none. */
bool recording_locate(const char *name, char *path, size_t size, struct cb_error *error);

#endif
