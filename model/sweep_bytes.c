#include "model/sweep_bytes.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

static void append(struct bytes *bytes, const void *data, size_t size)
{
    if (bytes->failed)
        return;
    if (size > bytes->room - bytes->size) {
        size_t room = 2 * bytes->room + size + 64;
        uint8_t *grown = realloc(bytes->data, room);
        if (grown == NULL) {
            bytes->failed = true;
            return;
        }
        bytes->data = grown;
        bytes->room = room;
    }
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static void append_number(struct bytes *bytes, uint64_t number)
{
    uint8_t digits[10];
    size_t count = 0;
    for (; number > 0x7f; number >>= 7)
        digits[count++] = (uint8_t)(number | 0x80);
    digits[count++] = (uint8_t)number;
    append(bytes, digits, count);
}

static void end_zeros(struct bytes *bytes)
{
    if (bytes->zeros == 0)
        return;
    append_number(bytes, 0);
    append_number(bytes, bytes->zeros - 1);
    bytes->zeros = 0;
}

void bytes_add(struct bytes *bytes, const void *data, size_t size)
{
    end_zeros(bytes);
    append(bytes, data, size);
}

void bytes_number(struct bytes *bytes, uint64_t number)
{
    end_zeros(bytes);
    append_number(bytes, number);
}

void bytes_counts(struct bytes *bytes, const int64_t *counts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t count = (uint64_t)counts[i];
        if (count == 0)
            bytes->zeros++;
        else
            bytes_number(bytes, count << 1 ^ -(count >> 63));
    }
}

/* ---- reading ---- */

static uint64_t digits(struct bytes_reader *reader)
{
    uint64_t number = 0;
    for (unsigned shift = 0; !reader->bad && shift < 64; shift += 7) {
        if (reader->at == reader->end)
            break;
        uint8_t digit = *reader->at++;
        number |= (uint64_t)(digit & 0x7f) << shift;
        if (digit < 0x80 && (shift < 63 || digit < 2))
            return number;
    }
    reader->bad = true;
    return 0;
}

/* What is no count comes after all counts. */
static void expect_no_zeros(struct bytes_reader *reader)
{
    reader->bad |= reader->zeros > 0;
}

void read_bytes(struct bytes_reader *reader, void *data, size_t size)
{
    expect_no_zeros(reader);
    reader->bad |= size > (size_t)(reader->end - reader->at);
    if (reader->bad) {
        memset(data, 0, size);
        return;
    }
    memcpy(data, reader->at, size);
    reader->at += size;
}

uint64_t read_number(struct bytes_reader *reader)
{
    expect_no_zeros(reader);
    return digits(reader);
}

void read_counts(struct bytes_reader *reader, int64_t *counts, size_t n)
{
    for (size_t i = 0; i < n && !reader->bad;) {
        if (reader->zeros > 0) {
            uint64_t pass = reader->zeros < n - i ? reader->zeros : n - i;
            reader->zeros -= pass;
            i += (size_t)pass;
            continue;
        }
        uint64_t number = digits(reader);
        if (number == 0) {
            reader->zeros = digits(reader) + 1;
            reader->bad |= reader->zeros == 0;
            continue;
        }
        if (counts != NULL)
            counts[i] = (int64_t)(number >> 1 ^ -(number & 1));
        i++;
    }
}

bool read_whole(const struct bytes_reader *reader)
{
    return !reader->bad && reader->zeros == 0 && reader->at == reader->end;
}
