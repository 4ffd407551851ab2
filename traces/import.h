/* import.h - traces of other tools become crossbill traces.
 *
 * Everything is streamed: a file, or "-" for standard input, as it is or compressed with
 * gzip, xz or zstd. What a format does not tell is assumed, and the trace's header says
 * what (member "assumptions"); addresses whose physical side is unknown are their own
 * physical addresses, and instructions have no bytes. An access that crosses a page is
 * cut in two; one whose size is assumed is cut off at the page's end.
 *
 * din          LABEL ADDRESS [...]: label 0 load, 1 store, 2 fetch; 3 and 4 (other and
 *              flush) are skipped. Address hexadecimal. Sizes are assumed to be 4
 * xdin         LABEL ADDRESS SIZE [...]: label r load, w store, i fetch, m load; c and v
 *              (copy back, invalidate) are skipped. Address and size hexadecimal
 * lackey       what Valgrind's lackey prints with --trace-mem=yes: "I  ADDRESS,SIZE", and
 *              " L", " S", " M" (a load and a store) likewise
 * csv          a first line with column names, in any order: kind and address, and where
 *              present physical, size, mode, domain, space, thread, code, detail. A row
 *              is an access or an event as in dump.h, an event's a and b in the columns
 *              address and physical; numbers decimal or 0x hexadecimal. Sizes are assumed
 *              to be 4 where there are none. Where an access happens in another mode,
 *              domain, space or thread than the row before, the crossings and switches
 *              that lead there are made up. The column code is not read
 * champsim     64-byte records: address, two bytes of branch, six of registers, two
 *              addresses stored to, four loaded from. Sizes are assumed to be 4 (fetches)
 *              and 8 (data), loads to come before stores
 * drmemtrace   what DynamoRIO's drmemtrace prints as its "view": lines with ifetch, read
 *              and write. Markers of a system call's or a context switch's own trace are
 *              crossings, those of physical addresses are heeded, others are skipped.
 *              Threads are the tool's
 * execlog      what QEMU's execlog plugin prints: CPU, ADDRESS, OPCODE, "TEXT" and for
 *              each access ", load" or ", store" and its address. Sizes are assumed to be
 *              4; one CPU is taken
 * text         what dump.h describes; it gives the same bytes again
 *
 * Domains. Without any, a trace is one domain in user mode. Domains may be given windows:
 * a fetch in a domain's window happens in that domain (in a trace without fetches, a load
 * or store), the smallest window deciding; outside all windows nothing changes. Or lines
 * may mark them, in all formats but champsim and text: lines that begin with "#" or with
 * Valgrind's "**PID**" or "==PID==" and then have "crossbill:" and
 *   domain NAME                     what follows happens there; a new name is a new
 *                                   domain with an address space of its own, but
 *                                   "kernel" is the kernel
 *   crossing_in CAUSE, crossing_out call, fault or interrupt
 *   request_begin N, request_end N, phase PHASE
 * On the way from one user domain to another there is a crossing in, a thread switch
 * (each domain has a thread of its own), a space switch where both are not in one address
 * space, and a crossing out.
 */
#ifndef CROSSBILL_IMPORT_H
#define CROSSBILL_IMPORT_H

#include "input.h"
#include "trace.h"

enum import_format {
    IMPORT_DIN,
    IMPORT_XDIN,
    IMPORT_LACKEY,
    IMPORT_CSV,
    IMPORT_CHAMPSIM,
    IMPORT_DRMEMTRACE,
    IMPORT_EXECLOG,
    IMPORT_TEXT,
    IMPORT_FORMATS
};

/* Called now and then with the bytes taken in and their sum (0: unknown); returns false
 * to stop. */
typedef bool import_progress(void *context, uint64_t done, uint64_t all);

struct import_options {
    enum import_format format;
    const char *scenario; /* for the header; NULL: the input's name */
    /* Domains with their windows (limit > base) or without, the kernel's id being 0, the
     * others' from 1 to 999. Not for text. */
    const struct trace_domain *domains;
    size_t domain_count;
    uint32_t cpu; /* execlog: the one that is taken */
    import_progress *progress;
    void *context;
};

struct import_result {
    uint64_t records;          /* of the trace */
    uint64_t skipped;          /* lines or records of the input that are none here */
    const char *assumptions;   /* what was assumed, a sentence, or NULL */
    bool stopped;              /* by progress; there is no trace */
};

/* `to` appears whole or not at all. Errors name the input's line or byte. */
bool trace_import(const char *from, const char *to, const struct import_options *options,
                  struct import_result *result, struct cb_error *error);
/* The same from an open input. */
bool trace_import_input(struct input *input, const char *to,
                        const struct import_options *options,
                        struct import_result *result, struct cb_error *error);

/* "din", ... NULL when out of range. */
const char *import_format_word(unsigned format);

#endif
