/* read_block.c - a block from the file to records in memory. */
#include "decoder.h"

#include <stdlib.h>
#include <zstd.h>

/* What a block's scratch points to. Kept from block to block. */
struct scratch {
    ZSTD_DCtx *decompressor;
    uint8_t *stored, *raw;
    size_t stored_size, raw_size;
    struct slot *slots;
    size_t slot_count;
    uint64_t moment; /* the last one of the last block */
};

bool preamble_get(const uint8_t *from, uint32_t codes, struct preamble *preamble)
{
    preamble->state = (struct state){.thread = get_u32(from),
                                     .domain = get_u16(from + 4),
                                     .space = get_u16(from + 6),
                                     .user = from[8]};
    preamble->last_code = get_u32(from + 12);
    for (int kind = 0; kind < TRACE_KINDS; kind++)
        preamble->kinds[kind] = get_u32(from + 16 + 4 * kind);
    preamble->lost = get_u64(from + 16 + 4 * TRACE_KINDS);
    return get_u32(from + 8) <= 1 &&
           (preamble->last_code == TRACE_NO_CODE || preamble->last_code < codes);
}

bool reader_block_state(const struct trace_reader *reader, size_t number,
                        struct state *state, struct cb_error *error)
{
    uint8_t bytes[PREAMBLE_SIZE];
    struct preamble preamble;
    const struct block_place *place = &reader->blocks[number];
    uint64_t at = place->offset + BLOCK_HEADER_SIZE;
    if (!reader_get(reader, bytes, sizeof bytes, at, error))
        return false;
    if (!preamble_get(bytes, place->codes, &preamble))
        return reader_fail(reader, place->offset, error,
                           "the block starts in a state that cannot be");
    *state = preamble.state;
    return true;
}

static bool make_room(uint8_t **buffer, size_t *have, size_t want)
{
    if (want <= *have)
        return true;
    free(*buffer);
    *buffer = malloc(want);
    *have = *buffer == NULL ? 0 : want;
    return *buffer != NULL;
}

static struct scratch *get_scratch(const struct trace_reader *reader,
                                   struct trace_block *block)
{
    struct scratch *scratch = block->scratch;
    if (scratch == NULL) {
        scratch = block->scratch = calloc(1, sizeof *scratch);
        if (scratch == NULL)
            return NULL;
    }
    if (scratch->decompressor == NULL)
        scratch->decompressor = ZSTD_createDCtx();
    size_t slots = (size_t)reader->code_count + 1;
    if (scratch->slot_count < slots) {
        free(scratch->slots);
        scratch->slots = calloc(slots, sizeof *scratch->slots);
        scratch->slot_count = scratch->slots == NULL ? 0 : slots;
    }
    bool whole = scratch->decompressor != NULL && scratch->slots != NULL;
    return whole ? scratch : NULL;
}

static bool unpack(const struct trace_reader *reader, const struct block_place *place,
                   const struct block_header *header, struct scratch *scratch,
                   struct cb_error *error)
{
    size_t packed = (size_t)header->stored - PREAMBLE_SIZE;
    size_t size = ZSTD_decompressDCtx(scratch->decompressor, scratch->raw, header->raw,
                                      scratch->stored + PREAMBLE_SIZE, packed);
    if (ZSTD_isError(size))
        return reader_fail(reader, place->offset, error,
                           "the block does not decompress: %s", ZSTD_getErrorName(size));
    if (size != header->raw)
        return reader_fail(reader, place->offset, error,
                           "the block decompresses to %zu bytes, its header says %u",
                           size, header->raw);
    memset(scratch->raw + size, 0, TOKEN_MAX);
    return true;
}

static bool read_stored(const struct trace_reader *reader,
                        const struct block_place *place, struct block_header *header,
                        struct scratch *scratch, struct cb_error *error)
{
    if (!reader_get_header(reader, place->offset, place->end, header, error))
        return false;
    if (header->type != BLOCK_RECORDS || header->count != place->count ||
        header->first != place->first ||
        place->offset + BLOCK_HEADER_SIZE + header->stored != place->end)
        return reader_fail(reader, place->offset, error,
                           "the block is not the one that the index names");
    if (!make_room(&scratch->stored, &scratch->stored_size, header->stored) ||
        !make_room(&scratch->raw, &scratch->raw_size, header->raw + TOKEN_MAX))
        return reader_out_of_memory(reader, error);
    if (!reader_get(reader, scratch->stored, header->stored,
                    place->offset + BLOCK_HEADER_SIZE, error))
        return false;
    if (checksum(scratch->stored, header->stored) != header->stored_checksum)
        return reader_fail(reader, place->offset, error,
                           "the block is damaged: its checksum is wrong");
    return unpack(reader, place, header, scratch, error);
}

static bool make_room_for_records(struct trace_block *block, size_t count)
{
    if (block->capacity >= count)
        return true;
    free(block->records);
    block->records = malloc(count * sizeof *block->records);
    block->capacity = block->records == NULL ? 0 : count;
    return block->records != NULL;
}

bool trace_read_block(const struct trace_reader *reader, size_t number,
                      struct trace_block *block, struct cb_error *error)
{
    block->count = 0;
    if (number >= reader->block_count)
        return reader_fail(reader, CB_NOWHERE, error,
                           "block %zu was asked for, the trace has %zu", number,
                           reader->block_count);
    const struct block_place *place = &reader->blocks[number];
    struct scratch *scratch = get_scratch(reader, block);
    if (scratch == NULL || !make_room_for_records(block, place->count))
        return reader_out_of_memory(reader, error);
    struct block_header header;
    struct preamble preamble;
    if (!read_stored(reader, place, &header, scratch, error))
        return false;
    if (!preamble_get(scratch->stored, place->codes, &preamble))
        return reader_fail(reader, place->offset, error,
                           "the block starts in a state that cannot be");
    struct decoder decoder = {.codes = reader->codes,
                              .slots = scratch->slots,
                              .code_count = place->codes,
                              .large_pages = reader->info.version >= FORMAT_LARGE_PAGES,
                              .first_moment = scratch->moment + 1,
                              .moment = scratch->moment + 1,
                              .state = preamble.state,
                              .last_code = preamble.last_code,
                              .records = block->records,
                              .count = place->count};
    bool good = tokens_decode(&decoder, scratch->raw, scratch->raw + header.raw) &&
                tokens_agree(&decoder, &preamble);
    scratch->moment = decoder.moment;
    if (!good) {
        reader_fail(reader, place->offset, error, "%s", decoder.problem);
        return cb_error_at_record(error, place->first + decoder.done);
    }
    block->first = place->first;
    block->count = place->count;
    return true;
}

void trace_block_init(struct trace_block *block)
{
    *block = (struct trace_block){.count = 0};
}

void trace_block_free(struct trace_block *block)
{
    struct scratch *scratch = block->scratch;
    if (scratch != NULL) {
        ZSTD_freeDCtx(scratch->decompressor);
        free(scratch->stored);
        free(scratch->raw);
        free(scratch->slots);
        free(scratch);
    }
    free(block->records);
    trace_block_init(block);
}
