/* synth.h - traces made up from a description, for teaching and for tests.
 *
 * A description is a JSON object; all numbers are whole. Members with a default may be
 * left out; others, and unknown ones, are refused.
 *
 *   schema_version   1
 *   scenario         name, for the trace's header
 *   seed             of whatever is random (0)
 *   requests         measured requests
 *   warm_up_requests requests before them (0)
 *   domains          1 to 64 objects:
 *     name             up to 31 bytes
 *     kind             "large" (a page directory of its own), "small" (a window of a
 *                      shared one) or "kernel" (one has it: the path of each crossing)
 *     instructions     in the body of a visit's loop (1 to 100000)
 *     loops            times that the body runs in a visit (1)
 *     accesses         loads and stores among the body's instructions (0 to instructions)
 *     pages            data pages, the working set (1 to 65536)
 *     lines_per_page   64-byte lines used of each page (1 to 64; 1)
 *     order            "cyclic": each access goes to the next page, a visit begins at the
 *                      first; "random": to any page ("cyclic")
 *     reuse_percent    share of the accesses that stay on the page of the one before (0)
 *     store_percent    share of the access instructions that store (0)
 *   pattern          names of domains, one a visit: what one request consists of
 *
 * A visit of a user domain is its loop, whose body a branch closes, and at its end
 * `int 0x30`, unless the next visit is of the same domain. The crossing is: a push, the
 * kernel's loop, a switch of threads and, between address spaces, of CR3, or else of a
 * segment, a pop and iret. A visit of the domain that called last is the reply, any other
 * a call. The instructions are real ones and their bytes are in the trace, as are page
 * tables, so that any machine can replay it.
 */
#ifndef CROSSBILL_SYNTH_H
#define CROSSBILL_SYNTH_H

#include "import.h"

struct synth_result {
    uint64_t records;
    bool stopped; /* by progress; there is no trace */
};

/* Errors in the description are CB_USAGE and name the place in it by its JSON path. The
 * trace appears whole or not at all. Progress counts requests. */
bool trace_synthesise(const char *description, const char *to, import_progress *progress,
                      void *context, struct synth_result *result, struct cb_error *error);
/* The same from text; `name` is for errors. */
bool trace_synthesise_text(const char *text, size_t size, const char *name,
                           const char *to, import_progress *progress, void *context,
                           struct synth_result *result, struct cb_error *error);

#endif
