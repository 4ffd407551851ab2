/* The inside of blocks: definitions, a preamble and tokens as the input says, in a file
 * that is sound otherwise. The input is: u8 d, d bytes of definitions, u8 their count,
 * u16 the count of records, the preamble, tokens. */
#include "support/fuzz.h"

#include "traces/format.h"

#include <stdlib.h>
#include <zstd.h>

#define ROOM (1u << 20)

static uint8_t *put_block(uint8_t *to, struct block_header header, const uint8_t *stored)
{
    header.stored_checksum = checksum(stored, header.stored);
    block_header_put(to, &header);
    memcpy(to + BLOCK_HEADER_SIZE, stored, header.stored);
    return to + BLOCK_HEADER_SIZE + header.stored;
}

static uint8_t *put_records(uint8_t *to, uint32_t count, const uint8_t *preamble,
                            const uint8_t *tokens, size_t size)
{
    size_t room = PREAMBLE_SIZE + ZSTD_compressBound(size);
    uint8_t *stored = malloc(room);
    if (stored == NULL)
        return to;
    memcpy(stored, preamble, PREAMBLE_SIZE);
    size_t packed =
        ZSTD_compress(stored + PREAMBLE_SIZE, room - PREAMBLE_SIZE, tokens, size, 1);
    to = put_block(to,
                   (struct block_header){.type = BLOCK_RECORDS,
                                         .count = count,
                                         .raw = (uint32_t)size,
                                         .stored = PREAMBLE_SIZE + packed},
                   stored);
    free(stored);
    return to;
}

static size_t build(uint8_t *file, const uint8_t *data, size_t size)
{
    uint8_t *to = file;
    size_t definitions = data[0];
    memcpy(to, FORMAT_MAGIC, FORMAT_MAGIC_SIZE);
    put_u32(to + 8, TRACE_VERSION);
    put_u32(to + 12, 2);
    put_u64(to + 16, checksum("{}", 2));
    memcpy(to + FORMAT_FIXED_SIZE, "{}", 2);
    to += FORMAT_FIXED_SIZE + 2;
    data++;
    to = put_block(to,
                   (struct block_header){.type = BLOCK_DEFINITIONS,
                                         .count = data[definitions],
                                         .raw = (uint32_t)definitions,
                                         .stored = definitions},
                   data);
    data += definitions;
    size -= 4 + definitions + PREAMBLE_SIZE;
    to = put_records(to, get_u16(data + 1), data + 3, data + 3 + PREAMBLE_SIZE, size);
    return (size_t)(to - file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4 || size > ROOM / 4 || size <= 4u + data[0] + PREAMBLE_SIZE)
        return 0;
    uint8_t *bytes = malloc(ROOM);
    if (bytes == NULL)
        return 0;
    struct fuzz_file file = fuzz_file_make(bytes, build(bytes, data, size));
    fuzz_read_trace(file.path);
    fuzz_file_end(&file);
    free(bytes);
    return 0;
}
