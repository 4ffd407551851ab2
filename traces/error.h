/* error.h - one located error, as every fallible call of crossbill reports it.
 *
 * A call that can fail takes a `struct cb_error *` last and returns false or NULL.
 * Nothing below cli/ prints or exits: cli/ formats the error and uses its code as
 * the exit status of the process.
 */
#ifndef CROSSBILL_ERROR_H
#define CROSSBILL_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The values are the program's exit codes. */
enum cb_code {
    CB_DONE = 0,
    CB_FOUND = 1, /* a check or a diff found something */
    CB_USAGE = 2, /* usage, or a machine or study file */
    CB_TRACE = 3, /* a bad trace */
    CB_IO = 4     /* input/output, disk, SQLite, QEMU */
};

#define CB_NOWHERE UINT64_MAX /* "this part of the place is not known" */

struct cb_error {
    enum cb_code code;
    char source[256];  /* file or option; empty: none */
    char path[128];    /* JSON path inside the source; empty: none */
    uint64_t record;   /* number of the record, from 0; or CB_NOWHERE */
    uint64_t byte;     /* offset in the file; or CB_NOWHERE */
    uint64_t line;     /* from 1; or CB_NOWHERE */
    uint64_t column;   /* from 1; or CB_NOWHERE */
    char sentence[512];/* what is wrong and what was expected; no final newline */
};

/* Fill in code and sentence and clear the place. Returns false, so that
 * `return cb_error_set(err, ...)` reads well. `error` may be NULL. */
bool cb_error_set(struct cb_error *error, enum cb_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Say where. Each returns false as well. The source is cut to fit, never overrun. */
bool cb_error_in(struct cb_error *error, const char *source);
bool cb_error_at_byte(struct cb_error *error, uint64_t byte);
bool cb_error_at_record(struct cb_error *error, uint64_t record);
bool cb_error_at_line(struct cb_error *error, uint64_t line, uint64_t column);
bool cb_error_at_path(struct cb_error *error, const char *json_path);

/* "SOURCE: record 7, byte 4096: sentence". Control characters from file names are
 * escaped, so the result is safe on a terminal. */
void cb_error_format(const struct cb_error *error, char *text, size_t size);

#endif
