/* dump.h - a trace as text, complete: import reads it back to the same bytes.
 *
 * One line each, words separated by one blank; addresses and other 64-bit numbers in
 * hexadecimal with 0x, the rest decimal. Names and the header come last in their line; in
 * them a backslash is "\\", and control characters and bytes above 0x7e are "\xNN".
 *
 *   crossbill-text 1                                    the first line
 *   header JSON
 *   domain ID KIND BASE LIMIT NAME                      kernel large small extension
 *   region ROLE OWNER BASE LIMIT NAME                   OWNER is a domain or "current"
 *   tables IDT GDT TSS IDT GDT TSS CS SS                linear, then physical
 *   code NUMBER VADDR PADDR BYTES                       BYTES hexadecimal; "-": unknown
 *   state MODE DOMAIN SPACE THREAD                      before the first record; after a
 *                                                       block that ends in lost records
 *   KIND A B SIZE MODE DOMAIN SPACE THREAD CODE DETAIL  a record
 *
 * KIND is fetch, load, store, crossing_in, crossing_out, thread_switch, space_switch,
 * ipc_send, ipc_receive, page_table, request_begin, request_end, phase or lost; A and B
 * are the record's a and b (accesses: virtual and physical address); MODE is user or
 * kernel; CODE is "-" where there is none; DETAIL, in events only, is a word of that
 * event (call fault interrupt; iret sysexit; none cr3 segment; call reply send; warm_up
 * measured), or a number where the event has no such words.
 * Roles: work border kernel_path thread_switch space_switch binding idle.
 *
 * MODE, DOMAIN, SPACE and THREAD of a record follow from what is before it; they are
 * there to be read.
 */
#ifndef CROSSBILL_DUMP_H
#define CROSSBILL_DUMP_H

#include "trace.h"

#define DUMP_LINE_MAX 256 /* bytes of the longest line of a record, with its NUL */

/* The line of one record, with its newline. Returns its length. */
size_t dump_record(const struct trace_record *record, char line[DUMP_LINE_MAX]);

/* Takes a piece of the text; returns false to stop. */
typedef bool dump_sink(void *context, const char *text, size_t size);

/* The whole text, definitions where they stand in the file. A sink that stops it is no
 * error. */
bool dump_trace(const struct trace_reader *reader, dump_sink *sink, void *context,
                struct cb_error *error);

/* The words above. NULL when out of range. */
const char *trace_kind_word(unsigned kind);
const char *trace_role_word(unsigned role);
const char *trace_domain_kind_word(unsigned kind);
/* NULL where the kind of event has no words, or the detail is none of them. */
const char *trace_detail_word(unsigned kind, unsigned detail);

#endif
