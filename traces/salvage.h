/* salvage.h - the good part of a damaged trace.
 *
 * Whole blocks are found wherever they stand; between them a TRACE_LOST record counts
 * what is missing. A block is also lost where it needs code locations that are, and so
 * are the loads and stores after a gap whose instruction is not known. The new trace's
 * header has the member "salvaged"; a trace without damage comes out as it was.
 */
#ifndef CROSSBILL_SALVAGE_H
#define CROSSBILL_SALVAGE_H

#include "trace.h"

struct salvage_result {
    uint64_t records;        /* saved */
    uint64_t lost;           /* known to be missing */
    uint64_t damaged_bytes;  /* of the file, that belong to no whole block */
    bool end_missing;        /* how many more records there were is not known */
};

/* Fails where not even the first bytes are those of a trace (CB_TRACE), or where it
 * cannot read or write (CB_IO). */
bool trace_salvage(const char *from, const char *to, struct salvage_result *result,
                   struct cb_error *error);

#endif
