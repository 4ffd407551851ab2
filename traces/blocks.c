/* blocks.c - finds the blocks of a trace: by the index where there is one, else one after
 * another from the start. */
#include "reader.h"

#include <stdlib.h>

static bool known_type(uint32_t type)
{
    return type == BLOCK_DEFINITIONS || type == BLOCK_RECORDS || type == BLOCK_INDEX;
}

/* The sentence that says why a block's sizes cannot be, or NULL. */
static const char *sizes_problem(const struct block_header *header)
{
    if (!known_type(header->type))
        return "a block is of an unknown type";
    if (header->type != BLOCK_RECORDS && header->raw != header->stored)
        return "a block that is never compressed claims to be";
    if (header->type != BLOCK_RECORDS)
        return NULL;
    if (header->count == 0 || header->count > BLOCK_RECORDS_MAX)
        return "a block claims no records, or more than 65536";
    if (header->raw == 0 || header->raw > BLOCK_RAW_MAX)
        return "a block claims to expand beyond 2621440 bytes";
    if (header->stored <= PREAMBLE_SIZE || header->stored > 2 * BLOCK_RAW_MAX)
        return "a block's stored size is out of range";
    return NULL;
}

bool reader_get_header(const struct trace_reader *reader, uint64_t offset, uint64_t limit,
                       struct block_header *header, struct cb_error *error)
{
    uint8_t bytes[BLOCK_HEADER_SIZE];
    if (limit - offset < sizeof bytes)
        return reader_fail(reader, offset, error, "a block's header was expected here");
    if (!reader_get(reader, bytes, sizeof bytes, offset, error))
        return false;
    if (!block_header_get(bytes, header))
        return reader_fail(reader, offset, error,
                           "the block's header is damaged: its checksum is wrong");
    const char *problem = sizes_problem(header);
    if (problem != NULL)
        return reader_fail(reader, offset, error, "%s", problem);
    return true;
}

bool reader_add_block(struct trace_reader *reader, const struct block_place *place,
                      struct cb_error *error)
{
    if (reader->block_count == reader->block_room) {
        size_t room = reader->block_room == 0 ? 64 : 2 * reader->block_room;
        struct block_place *bigger =
            realloc(reader->blocks, room * sizeof *reader->blocks);
        if (bigger == NULL)
            return reader_out_of_memory(reader, error);
        reader->blocks = bigger;
        reader->block_room = room;
    }
    reader->blocks[reader->block_count++] = *place;
    reader->info.records += place->count;
    return true;
}

uint8_t *reader_get_stored(const struct trace_reader *reader, uint64_t offset,
                           const struct block_header *header, struct cb_error *error)
{
    uint8_t *stored = malloc(header->stored == 0 ? 1 : header->stored);
    if (stored == NULL) {
        reader_out_of_memory(reader, error);
        return NULL;
    }
    if (!reader_get(reader, stored, header->stored, offset + BLOCK_HEADER_SIZE, error)) {
        free(stored);
        return NULL;
    }
    if (checksum(stored, header->stored) != header->stored_checksum) {
        reader_fail(reader, offset, error, "the block is damaged: its checksum is wrong");
        free(stored);
        return NULL;
    }
    return stored;
}

/* ---- with an index ---- */

/* The index's offset, or 0 when the file does not end in a footer. */
static bool get_footer(const struct trace_reader *reader, uint64_t start, uint64_t *index,
                       struct cb_error *error)
{
    uint8_t footer[FOOTER_SIZE];
    uint64_t size = reader->info.file_bytes;
    *index = 0;
    if (size - start < BLOCK_HEADER_SIZE + INDEX_TOTALS_SIZE + FOOTER_SIZE)
        return true;
    if (!reader_get(reader, footer, sizeof footer, size - FOOTER_SIZE, error))
        return false;
    if (memcmp(footer, FOOTER_MAGIC, 8) != 0 || get_u64(footer + 16) != size ||
        get_u64(footer + 24) != checksum(footer, 24))
        return true;
    *index = get_u64(footer + 8);
    if (*index >= start && *index <= size - FOOTER_SIZE)
        return true;
    return reader_fail(reader, size - FOOTER_SIZE, error,
                       "the footer names an index outside the file");
}

static bool read_definitions_at(struct trace_reader *reader, const struct block_place *at,
                                struct cb_error *error)
{
    struct block_header header;
    if (!reader_get_header(reader, at->offset, at->end, &header, error))
        return false;
    if (header.type != BLOCK_DEFINITIONS || header.count != at->count ||
        at->offset + BLOCK_HEADER_SIZE + header.stored != at->end)
        return reader_fail(reader, at->offset, error,
                           "the block is not the one that the index names");
    uint8_t *stored = reader_get_stored(reader, at->offset, &header, error);
    bool done =
        stored != NULL && definitions_keep(reader, &header, stored, at->offset, error);
    free(stored);
    return done;
}

static bool take_entry(struct trace_reader *reader, struct block_place *place,
                       uint32_t type, struct cb_error *error)
{
    if (type == BLOCK_DEFINITIONS)
        return read_definitions_at(reader, place, error);
    place->first = reader->info.records;
    place->codes = reader->code_count;
    if (type == BLOCK_RECORDS && place->count > 0 && place->count <= BLOCK_RECORDS_MAX)
        return reader_add_block(reader, place, error);
    return reader_fail(reader, place->offset, error,
                       "the index claims a block that cannot be");
}

static bool take_entries(struct trace_reader *reader, const uint8_t *entries,
                         uint32_t count, uint64_t start, uint64_t end,
                         struct cb_error *error)
{
    uint64_t expected = start;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *entry = entries + (size_t)i * INDEX_ENTRY_SIZE;
        struct block_place place = {
            .offset = get_u64(entry), .end = end, .count = get_u32(entry + 8)};
        if (i + 1 < count)
            place.end = get_u64(entry + INDEX_ENTRY_SIZE);
        if (place.offset != expected || place.end > end || place.end < place.offset ||
            place.end - place.offset < BLOCK_HEADER_SIZE)
            return reader_fail(reader, end, error,
                               "the index's offsets are out of order");
        if (!take_entry(reader, &place, get_u32(entry + 12), error))
            return false;
        expected = place.end;
    }
    if (expected != end)
        return reader_fail(reader, end, error, "the index does not cover the file");
    return true;
}

/* What the index counts must add up; a sum that wraps around has a part above the whole.
 */
static bool take_totals(struct trace_reader *reader, const uint8_t *totals)
{
    uint64_t left = reader->info.records;
    for (int kind = 0; kind < TRACE_KINDS; kind++) {
        uint64_t count = get_u64(totals + 8 * kind);
        if (count > left)
            return false;
        left -= count;
        reader->info.kinds[kind] = count;
    }
    reader->info.lost = get_u64(totals + 8 * TRACE_KINDS);
    return left == 0;
}

static bool read_index(struct trace_reader *reader, uint64_t start, uint64_t index,
                       struct cb_error *error)
{
    struct block_header header;
    uint64_t limit = reader->info.file_bytes - FOOTER_SIZE;
    if (!reader_get_header(reader, index, limit, &header, error))
        return false;
    if (header.type != BLOCK_INDEX ||
        index + BLOCK_HEADER_SIZE + header.stored != limit ||
        header.stored != INDEX_TOTALS_SIZE + (uint64_t)header.count * INDEX_ENTRY_SIZE)
        return reader_fail(reader, index, error, "the index has not the size it claims");
    uint8_t *stored = reader_get_stored(reader, index, &header, error);
    bool done = stored != NULL && take_entries(reader, stored + INDEX_TOTALS_SIZE,
                                               header.count, start, index, error);
    if (done && (header.first != reader->info.records || !take_totals(reader, stored)))
        done = reader_fail(reader, index, error,
                           "the index's totals are not those of its blocks");
    free(stored);
    return done;
}

/* ---- without ---- */

static bool take_preamble(struct trace_reader *reader, const struct block_header *header,
                          const uint8_t *stored, uint64_t offset, struct cb_error *error)
{
    struct preamble preamble;
    uint64_t sum = 0;
    if (!preamble_get(stored, reader->code_count, &preamble))
        return reader_fail(reader, offset, error,
                           "the block starts in a state that cannot be");
    for (int kind = 0; kind < TRACE_KINDS; kind++) {
        sum += preamble.kinds[kind];
        reader->info.kinds[kind] += preamble.kinds[kind];
    }
    if (sum != header->count)
        return reader_fail(reader, offset, error,
                           "the kinds that the block counts are not all its records");
    reader->info.lost += preamble.lost;
    return true;
}

static bool take_records(struct trace_reader *reader, const struct block_header *header,
                         const uint8_t *stored, uint64_t offset, struct cb_error *error)
{
    struct block_place place = {.offset = offset,
                                .end = offset + BLOCK_HEADER_SIZE + header->stored,
                                .first = header->first,
                                .count = header->count,
                                .codes = reader->code_count};
    if (header->first != reader->info.records)
        return reader_fail(reader, offset, error,
                           "the block's first record is number %llu, %llu was expected",
                           (unsigned long long)header->first,
                           (unsigned long long)reader->info.records);
    return take_preamble(reader, header, stored, offset, error) &&
           reader_add_block(reader, &place, error);
}

static bool take_block(struct trace_reader *reader, const struct block_header *header,
                       uint64_t offset, struct cb_error *error)
{
    uint8_t *stored = reader_get_stored(reader, offset, header, error);
    bool done = stored != NULL;
    if (done && header->type == BLOCK_DEFINITIONS)
        done = definitions_keep(reader, header, stored, offset, error);
    if (done && header->type == BLOCK_RECORDS)
        done = take_records(reader, header, stored, offset, error);
    free(stored);
    return done;
}

/* After the index only the footer may come. */
static bool check_tail(struct trace_reader *reader, uint64_t offset,
                       struct cb_error *error)
{
    if (reader->info.file_bytes - offset >= FOOTER_SIZE)
        return reader_fail(reader, offset, error,
                           "the footer is damaged, or bytes follow it");
    reader->info.cut_at = offset;
    return true;
}

static bool scan(struct trace_reader *reader, uint64_t offset, struct cb_error *error)
{
    uint64_t size = reader->info.file_bytes;
    for (;;) {
        struct block_header header;
        if (size - offset < BLOCK_HEADER_SIZE)
            break;
        if (!reader_get_header(reader, offset, size, &header, error))
            return false;
        if (size - offset - BLOCK_HEADER_SIZE < header.stored)
            break;
        if (!take_block(reader, &header, offset, error))
            return false;
        offset += BLOCK_HEADER_SIZE + header.stored;
        if (header.type == BLOCK_INDEX)
            return check_tail(reader, offset, error);
    }
    reader->info.cut_at = offset;
    return true;
}

bool reader_find_blocks(struct trace_reader *reader, uint64_t offset,
                        struct cb_error *error)
{
    uint64_t index;
    if (!get_footer(reader, offset, &index, error))
        return false;
    if (index == 0)
        return scan(reader, offset, error);
    return read_index(reader, offset, index, error);
}
