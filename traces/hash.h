/* hash.h - SHA-256 (FIPS 180-4), by which files are named in results. */
#ifndef CROSSBILL_HASH_H
#define CROSSBILL_HASH_H

#include "error.h"

#define HASH_TEXT_SIZE 65 /* 64 hexadecimal digits and a NUL */

struct hash {
    uint32_t state[8];
    uint64_t bytes;
    uint8_t pending[64]; /* the first bytes % 64 of it are in use */
};

void hash_start(struct hash *hash);
void hash_add(struct hash *hash, const void *data, size_t size);
/* Lower-case hexadecimal. */
void hash_finish(struct hash *hash, char text[HASH_TEXT_SIZE]);

/* The hash of a whole file, or CB_IO. */
bool hash_file(const char *path, char text[HASH_TEXT_SIZE], struct cb_error *error);

#endif
