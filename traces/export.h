/* export.h - traces in the formats of other tools.
 *
 * din   LABEL ADDRESS: label 0 load, 1 store, 2 fetch; sizes are lost
 * xdin  r, w or i, ADDRESS SIZE, hexadecimal
 * csv   a line of column names, then a row for each record: kind, address (an event's a),
 *       physical (its b), size, mode, domain, space, thread, code, detail
 * text  everything: see dump.h
 * Only csv and text have events. Addresses are virtual.
 */
#ifndef CROSSBILL_EXPORT_H
#define CROSSBILL_EXPORT_H

#include "dump.h"

enum export_format { EXPORT_DIN, EXPORT_XDIN, EXPORT_CSV, EXPORT_TEXT, EXPORT_FORMATS };

/* A sink that stops it is no error. */
bool trace_export(const struct trace_reader *reader, enum export_format format,
                  dump_sink *sink, void *context, struct cb_error *error);

/* "din", ... NULL when out of range. */
const char *export_format_word(unsigned format);

#endif
