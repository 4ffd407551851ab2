/* bytes.h - little-endian numbers, variable-length numbers and the checksum of .xbt
 * files; private to traces/. */
#ifndef CROSSBILL_BYTES_H
#define CROSSBILL_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t get_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t get_u32(const uint8_t *p)
{
    return get_u16(p) | (uint32_t)get_u16(p + 2) << 16;
}

static inline uint64_t get_u64(const uint8_t *p)
{
    return get_u32(p) | (uint64_t)get_u32(p + 4) << 32;
}

static inline uint8_t *put_u16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
    return p + 2;
}

static inline uint8_t *put_u32(uint8_t *p, uint32_t value)
{
    return put_u16(put_u16(p, (uint16_t)value), (uint16_t)(value >> 16));
}

static inline uint8_t *put_u64(uint8_t *p, uint64_t value)
{
    return put_u32(put_u32(p, (uint32_t)value), (uint32_t)(value >> 32));
}

/* Signed differences as small unsigned numbers: 0, -1, 1, -2 ... become 0, 1, 2, 3 ... */
static inline uint64_t zigzag(uint64_t difference)
{
    return difference << 1 ^ (0 - (difference >> 63));
}

static inline uint64_t unzigzag(uint64_t value)
{
    return value >> 1 ^ (0 - (value & 1));
}

#define VARINT_MAX 10 /* bytes of the longest variable-length number */

/* Seven bits a byte, least significant first; the top bit says that more follow. */
static inline uint8_t *put_varint(uint8_t *p, uint64_t value)
{
    while (value >= 0x80) {
        *p++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *p++ = (uint8_t)value;
    return p;
}

/* Reads at most VARINT_MAX bytes, which the caller must be able to read. NULL when the
 * number does not fit in 64 bits. */
static inline const uint8_t *get_varint(const uint8_t *p, uint64_t *value)
{
    uint64_t result = *p++;
    if (__builtin_expect(result < 0x80, 1)) {
        *value = result;
        return p;
    }
    result &= 0x7f;
    for (unsigned shift = 7; shift < 64; shift += 7) {
        uint64_t byte = *p++;
        if (shift == 63 && byte > 1)
            return NULL;
        result |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value = result;
            return p;
        }
    }
    return NULL;
}

/* XXH64 with seed 0 (Yann Collet's xxHash specification, version 0.1.1). */
uint64_t checksum(const void *data, size_t size);

#endif
