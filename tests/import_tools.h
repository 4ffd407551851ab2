/* import_tools.h - what the tests of imports share. The imported trace is
 * scratch_path("imported.xbt"). */
#ifndef CROSSBILL_IMPORT_TOOLS_H
#define CROSSBILL_IMPORT_TOOLS_H

#include "test.h"

#include "trace_tools.h"
#include "traces/export.h"
#include "traces/import.h"

/* To be freed. */
struct text {
    char *bytes;
    size_t used, room;
};
struct text export_file(const char *path, enum export_format format);

bool import_bytes(const void *bytes, size_t size, const struct import_options *options,
                  struct import_result *result, struct cb_error *error);

/* What comes of an import, from the line "state" on: without header and definitions; and
 * check finds nothing in it. */
void gives_with(const struct import_options *options, const char *from,
                const char *records);
void gives(enum import_format format, const char *from, const char *records);
/* Refused with this sentence about this line, and nothing is left. */
void refuses(enum import_format format, const char *from, uint64_t line,
             const char *sentence);

#endif
