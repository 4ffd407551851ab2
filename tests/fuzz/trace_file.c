/* A whole trace file, whose checksums are made right, so that what they cover is reached.
 */
#include "support/fuzz.h"

#include "traces/format.h"

#include <stdlib.h>

static void seal_block(uint8_t *block, size_t stored)
{
    put_u64(block + 32, checksum(block + BLOCK_HEADER_SIZE, stored));
    put_u64(block + 40, checksum(block, BLOCK_HEADER_SIZE - 8));
}

static void seal(uint8_t *bytes, size_t size)
{
    if (size < FORMAT_FIXED_SIZE || get_u32(bytes + 12) > size - FORMAT_FIXED_SIZE)
        return;
    size_t at = FORMAT_FIXED_SIZE + get_u32(bytes + 12);
    put_u64(bytes + 16, checksum(bytes + FORMAT_FIXED_SIZE, at - FORMAT_FIXED_SIZE));
    while (size - at >= BLOCK_HEADER_SIZE) {
        uint64_t stored = get_u64(bytes + at + 16);
        if (stored > size - at - BLOCK_HEADER_SIZE)
            break;
        seal_block(bytes + at, (size_t)stored);
        at += BLOCK_HEADER_SIZE + (size_t)stored;
    }
    if (size - at == FOOTER_SIZE) {
        put_u64(bytes + at + 16, size);
        put_u64(bytes + at + 24, checksum(bytes + at, 24));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL)
        return 0;
    memcpy(bytes, data, size);
    seal(bytes, size);
    struct fuzz_file file = fuzz_file_make(bytes, size);
    fuzz_read_trace(file.path);
    fuzz_file_end(&file);
    free(bytes);
    return 0;
}
