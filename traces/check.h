/* check.h - does a trace make sense?
 *
 * Reading finds damage; this finds what is whole and yet cannot have happened. Each
 * finding has the number of the record at which it shows.
 */
#ifndef CROSSBILL_CHECK_H
#define CROSSBILL_CHECK_H

#include "trace.h"

enum check_kind {
    CHECK_CUT,      /* the file was cut; record: the first that is missing */
    CHECK_LOST,     /* a record of lost records */
    CHECK_CROSSING, /* a call into the kernel from the kernel, a return while in user
                       mode, or one to another mode than the entry came from */
    CHECK_DOMAIN,   /* a domain that is not declared; once for each */
    CHECK_MODE,     /* a user-mode fetch of code that belongs to the kernel */
    CHECK_WINDOW,   /* a user-mode access outside the window that its domain declares */
    CHECK_TRANSLATION, /* a page that was elsewhere before, in the same address space,
                          with no store to its page-table entry in between, or one
                          that lies elsewhere than the large page that it is part of */
    CHECK_SPACE,       /* a space with two CR3 values, a CR3 value with two spaces, or
                          accesses under a CR3 value of which no page table is known */
    CHECK_REQUEST,     /* a request that begins in another, ends unbegun, or never ends */
    CHECK_DETAIL,      /* an event whose detail is none of its kind's */
    CHECK_KINDS
};

struct check_finding {
    enum check_kind kind;
    uint64_t record;
    char sentence[192];
};

struct check_result {
    uint64_t records;            /* looked at */
    uint64_t found[CHECK_KINDS]; /* all, reported or not */
};

/* Called with each finding; returns false to stop. May be NULL. */
typedef bool check_report(void *context, const struct check_finding *finding);

/* Reads the whole trace. False only when it cannot be read (a damaged block: CB_TRACE) or
 * without memory; findings are no failure. What it keeps grows with the pages that the
 * trace touches, not with its length. */
bool trace_check(const struct trace_reader *reader, check_report *report, void *context,
                 struct check_result *result, struct cb_error *error);

/* "lost", "crossing" ... */
const char *check_kind_word(enum check_kind kind);

#endif
