/* fuzz.h - what the fuzz targets share. A target is one file tests/fuzz/NAME.c that
 * defines LLVMFuzzerTestOneInput, and a folder tests/fuzz/seeds/NAME. `make fuzz` runs it
 * under libFuzzer; `make test` runs it on its seeds and on a few thousand mutations that
 * are the same every time (support/driver.c). */
#ifndef CROSSBILL_FUZZ_H
#define CROSSBILL_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file in memory with these bytes, opened by its path. */
struct fuzz_file {
    int fd;
    char path[32];
};
struct fuzz_file fuzz_file_make(const void *bytes, size_t size);
void fuzz_file_end(struct fuzz_file *file);

/* Opens, reads, checks, dumps and salvages a trace, whatever comes of it. */
void fuzz_read_trace(const char *path);

#endif
