/* input.h - reads a file or standard input as it is or compressed (gzip, xz, zstd: told
 * by its first bytes), in pieces or line by line, in constant memory. */
#ifndef CROSSBILL_INPUT_H
#define CROSSBILL_INPUT_H

#include "error.h"

#define INPUT_LINE_MAX (1u << 20) /* bytes of the longest line; longer ones are refused */

struct input;

enum input_status { INPUT_READ, INPUT_END, INPUT_FAILED };

/* "-" is standard input. NULL on error (CB_IO). */
struct input *input_open(const char *path, struct cb_error *error);
/* From memory, which must outlive it. `name` is for errors. */
struct input *input_memory(const void *bytes, size_t size, const char *name,
                           struct cb_error *error);
void input_close(struct input *input);

/* Up to `size` bytes; fewer only at the end. False on failure: CB_IO, or CB_TRACE where
 * compressed data are damaged. */
bool input_read(struct input *input, void *to, size_t size, size_t *got,
                struct cb_error *error);

/* The next line without its end ("\n" or "\r\n"), followed by a NUL; valid until the next
 * call. The last line need not end. */
enum input_status input_line(struct input *input, const char **line, size_t *length,
                             struct cb_error *error);

const char *input_name(const struct input *input);
uint64_t input_line_number(const struct input *input); /* of the last line; from 1 */
uint64_t input_offset(const struct input *input);      /* uncompressed bytes handed out */
/* For progress: bytes of the file taken in so far, and its size, 0 if unknown. */
uint64_t input_taken(const struct input *input);
uint64_t input_size(const struct input *input);

/* A CB_TRACE error at the last line. Returns false. */
bool input_fail(const struct input *input, struct cb_error *error, const char *format,
                ...) __attribute__((format(printf, 3, 4)));

#endif
