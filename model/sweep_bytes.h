/* sweep_bytes.h - numbers and long rows of counts as bytes, and back. Internal to model/.
 *
 * A number is 7 bits a byte, the lowest first; all bytes but the last have the top bit. A
 * count that is not zero is the number 2 n, or -2 n - 1 for a negative one; n zeros in a
 * row are the numbers 0 and n - 1, over the ends of calls, up to the next number.
 */
#ifndef CROSSBILL_SWEEP_BYTES_H
#define CROSSBILL_SWEEP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begins as zeros; free(data). */
struct bytes {
    uint8_t *data;
    size_t size, room;
    uint64_t zeros; /* that have not been written yet */
    bool failed;    /* memory ran out */
};

void bytes_add(struct bytes *bytes, const void *data, size_t size);
void bytes_number(struct bytes *bytes, uint64_t number);
void bytes_counts(struct bytes *bytes, const int64_t *counts, size_t n);

/* Reading never goes beyond `end`. What is wrong is remembered, and yields zeros. */
struct bytes_reader {
    const uint8_t *at, *end;
    uint64_t zeros; /* that are still to come */
    bool bad;
};

void read_bytes(struct bytes_reader *reader, void *data, size_t size);
uint64_t read_number(struct bytes_reader *reader);
/* Into counts that are zero; NULL: they are passed over. */
void read_counts(struct bytes_reader *reader, int64_t *counts, size_t n);
/* Whether all was read, and all of it was right. */
bool read_whole(const struct bytes_reader *reader);

#endif
