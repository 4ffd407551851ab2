/* output.h - files that appear whole or not at all.
 *
 * What is written goes to a temporary file in the target's directory, without a name
 * where the file system can do that, so that nothing is left of it however the process
 * ends; output_commit() makes it durable and renames it over the target. Until then the
 * target is as it was before.
 * A symbolic link is followed. A target that exists and is no regular file (a terminal,
 * /dev/null) is written straight.
 */
#ifndef CROSSBILL_OUTPUT_H
#define CROSSBILL_OUTPUT_H

#include "error.h"

struct output {
    int fd;          /* write here, from offset 0 on */
    char *path;      /* the target */
    char *temporary; /* its name, or NULL while it has none */
    bool direct;     /* the target itself is written */
};

/* On failure (CB_IO) there is nothing to close. */
bool output_open(struct output *output, const char *path, struct cb_error *error);

/* Append all of it; short writes and signals are dealt with. */
bool output_write(struct output *output, const void *data, size_t size,
                  struct cb_error *error);

/* Both end the output and free what it holds. A commit that fails leaves no temporary. */
bool output_commit(struct output *output, struct cb_error *error);
void output_abandon(struct output *output);

#endif
