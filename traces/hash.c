#include "hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE (1u << 18)

/* FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the
 * first 64 primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static uint32_t rotate(uint32_t value, unsigned bits)
{
    return value >> bits | value << (32 - bits);
}

static void expand(uint32_t words[64], const uint8_t *chunk)
{
    for (int i = 0; i < 16; i++)
        words[i] = (uint32_t)chunk[4 * i] << 24 | (uint32_t)chunk[4 * i + 1] << 16 |
                   (uint32_t)chunk[4 * i + 2] << 8 | chunk[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = words[i - 15], b = words[i - 2];
        words[i] = words[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) +
                   words[i - 7] + (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
    }
}

static void take_chunk(uint32_t state[8], const uint8_t *chunk)
{
    uint32_t words[64], s[8];
    expand(words, chunk);
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        uint32_t first = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                         choice + constants[i] + words[i];
        uint32_t second =
            (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + majority;
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += first;
        s[0] = first + second;
    }
    for (int i = 0; i < 8; i++)
        state[i] += s[i];
}

void hash_start(struct hash *hash)
{
    *hash = (struct hash){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void hash_add(struct hash *hash, const void *data, size_t size)
{
    const uint8_t *from = data;
    size_t used = hash->bytes % 64;
    hash->bytes += size;
    if (used > 0) {
        size_t part = size < 64 - used ? size : 64 - used;
        memcpy(hash->pending + used, from, part);
        from += part;
        size -= part;
        if (used + part < 64)
            return;
        take_chunk(hash->state, hash->pending);
    }
    for (; size >= 64; size -= 64, from += 64)
        take_chunk(hash->state, from);
    if (size > 0)
        memcpy(hash->pending, from, size);
}

void hash_finish(struct hash *hash, char text[HASH_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t bits = hash->bytes * 8;
    uint8_t padding[72] = {0x80};
    size_t size = 1 + (119 - hash->bytes % 64) % 64;
    for (int i = 0; i < 8; i++)
        padding[size + (size_t)i] = (uint8_t)(bits >> (56 - 8 * i));
    hash_add(hash, padding, size + 8);
    for (int i = 0; i < 64; i++)
        text[i] = digits[hash->state[i / 8] >> (28 - 4 * (i % 8)) & 15];
    text[64] = '\0';
}

static bool add_all(struct hash *hash, int fd, uint8_t *buffer)
{
    for (;;) {
        ssize_t size = read(fd, buffer, READ_SIZE);
        if (size == 0)
            return true;
        if (size > 0)
            hash_add(hash, buffer, (size_t)size);
        else if (errno != EINTR)
            return false;
    }
}

bool hash_file(const char *path, char text[HASH_TEXT_SIZE], struct cb_error *error)
{
    struct hash hash;
    hash_start(&hash);
    uint8_t *buffer = malloc(READ_SIZE);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    bool done = buffer != NULL && fd >= 0 && add_all(&hash, fd, buffer);
    if (done) {
        hash_finish(&hash, text);
    } else {
        cb_error_set(error, CB_IO, "cannot read: %s", strerror(errno));
        cb_error_in(error, path);
    }
    if (fd >= 0)
        close(fd);
    free(buffer);
    return done;
}
