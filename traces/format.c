#include "format.h"

void block_header_put(uint8_t *to, const struct block_header *header)
{
    uint8_t *p = put_u32(to, BLOCK_MARK);
    p = put_u32(p, header->type);
    p = put_u32(p, header->count);
    p = put_u32(p, header->raw);
    p = put_u64(p, header->stored);
    p = put_u64(p, header->first);
    p = put_u64(p, header->stored_checksum);
    put_u64(p, checksum(to, BLOCK_HEADER_SIZE - 8));
}

bool block_header_get(const uint8_t *from, struct block_header *header)
{
    *header = (struct block_header){
        .type = get_u32(from + 4),
        .count = get_u32(from + 8),
        .raw = get_u32(from + 12),
        .stored = get_u64(from + 16),
        .first = get_u64(from + 24),
        .stored_checksum = get_u64(from + 32),
    };
    return get_u32(from) == BLOCK_MARK &&
           get_u64(from + 40) == checksum(from, BLOCK_HEADER_SIZE - 8);
}

void preamble_put(uint8_t *to, const struct state *state, uint32_t last_code,
                  const uint32_t *kinds, uint64_t lost)
{
    uint8_t *p = put_u32(to, state->thread);
    p = put_u16(p, state->domain);
    p = put_u16(p, state->space);
    p = put_u32(p, state->user);
    p = put_u32(p, last_code);
    for (int kind = 0; kind < TRACE_KINDS; kind++)
        p = put_u32(p, kinds[kind]);
    put_u64(p, lost);
}
