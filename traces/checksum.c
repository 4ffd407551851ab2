#include "bytes.h"

/* The names and the order of the steps are those of the xxHash specification. */
#define PRIME_1 0x9E3779B185EBCA87ull
#define PRIME_2 0xC2B2AE3D27D4EB4Full
#define PRIME_3 0x165667B19E3779F9ull
#define PRIME_4 0x85EBCA77C2B2AE63ull
#define PRIME_5 0x27D4EB2F165667C5ull

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t mix_lane(uint64_t lane, uint64_t input)
{
    return rotate(lane + input * PRIME_2, 31) * PRIME_1;
}

static uint64_t merge_lane(uint64_t hash, uint64_t lane)
{
    return (hash ^ mix_lane(0, lane)) * PRIME_1 + PRIME_4;
}

static uint64_t take_stripes(const uint8_t **data, size_t *left)
{
    uint64_t lanes[4] = {PRIME_1 + PRIME_2, PRIME_2, 0, 0 - PRIME_1};
    const uint8_t *p = *data;
    for (; *left >= 32; *left -= 32, p += 32)
        for (int i = 0; i < 4; i++)
            lanes[i] = mix_lane(lanes[i], get_u64(p + 8 * i));
    *data = p;
    uint64_t hash = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) +
                    rotate(lanes[3], 18);
    for (int i = 0; i < 4; i++)
        hash = merge_lane(hash, lanes[i]);
    return hash;
}

uint64_t checksum(const void *data, size_t size)
{
    const uint8_t *p = data;
    size_t left = size;
    uint64_t hash = size >= 32 ? take_stripes(&p, &left) : PRIME_5;
    hash += size;
    for (; left >= 8; left -= 8, p += 8)
        hash = rotate(hash ^ mix_lane(0, get_u64(p)), 27) * PRIME_1 + PRIME_4;
    for (; left >= 4; left -= 4, p += 4)
        hash = rotate(hash ^ get_u32(p) * PRIME_1, 23) * PRIME_2 + PRIME_3;
    for (; left > 0; left--, p++)
        hash = rotate(hash ^ *p * PRIME_5, 11) * PRIME_1;
    hash = (hash ^ hash >> 33) * PRIME_2;
    hash = (hash ^ hash >> 29) * PRIME_3;
    return hash ^ hash >> 32;
}
