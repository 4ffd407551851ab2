/* escape.h - texts that others chose, as data on a terminal and in a line of text; and
 * what is well-formed UTF-8 (RFC 3629). */
#ifndef CROSSBILL_ESCAPE_H
#define CROSSBILL_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#define ESCAPE_GROWTH 4 /* at most so many bytes for each one */

/* For a terminal: what would do anything but show a character comes out byte by byte as
 * "\xNN". That is control characters, C1 and those of writing direction too, line and
 * paragraph separators, and bytes that are no UTF-8. At most size - 1 bytes and a NUL are
 * written, nothing is cut within a character or an escape; returns how many bytes. */
size_t escape_terminal(char *to, size_t size, const char *from);

/* For a line of text (dump.h): "\\" for a backslash and "\xNN" for all but printable
 * ASCII. Likewise. */
size_t escape_line(char *to, size_t size, const char *from);
/* The way back. False where `from` is no such text, or too long. */
bool unescape_line(char *to, size_t size, const char *from);

/* Bytes of the well-formed sequence at `s`; 0 if it is not one. Reads no further than the
 * first byte that does not belong to it. */
size_t utf8_length(const char *s);

#endif
