/* reader.h - the reader's state; private to traces/. */
#ifndef CROSSBILL_READER_H
#define CROSSBILL_READER_H

#include "format.h"

#include <stdio.h>

struct block_place {
    uint64_t offset, end; /* in the file */
    uint64_t first;
    uint32_t count;
    uint32_t codes; /* code locations defined before it */
};

struct definition_place {
    uint64_t offset;
    size_t before; /* the number of the block of records that comes next */
    struct block_header header;
};

struct trace_reader {
    int fd;
    char *path;
    struct trace_info info;
    char *header, *scenario, *structure, *tool; /* what info points to */

    struct trace_code *codes;
    uint32_t code_count;
    size_t code_room;
    struct trace_domain *domains;
    size_t domain_count, domain_room;
    uint32_t *domain_places; /* by id: index in domains + 1, or 0 */
    struct trace_region *regions;
    size_t region_count, region_room;
    struct trace_tables tables;

    struct block_place *blocks; /* of records */
    size_t block_count, block_room;
    struct definition_place *definitions;
    size_t definition_count, definition_room;
};

/* Opens a trace whose header may be damaged beyond its version; no block is looked for
 * yet. reader->header is NULL where it is lost. *start: where blocks may begin. */
struct trace_reader *reader_open_damaged(const char *path, uint64_t *start,
                                         struct cb_error *error);
/* Adds a block of records to the list. */
bool reader_add_block(struct trace_reader *reader, const struct block_place *place,
                      struct cb_error *error);

/* Reads exactly `size` bytes; CB_IO, or CB_TRACE where the file ends before. */
bool reader_get(const struct trace_reader *reader, void *to, size_t size, uint64_t offset,
                struct cb_error *error);
/* A CB_TRACE error at this byte of the file. Returns false. */
bool reader_fail(const struct trace_reader *reader, uint64_t byte, struct cb_error *error,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));
bool reader_out_of_memory(const struct trace_reader *reader, struct cb_error *error);

/* Reads and checks the header of the block at `offset`, which ends by `limit`. */
bool reader_get_header(const struct trace_reader *reader, uint64_t offset, uint64_t limit,
                       struct block_header *header, struct cb_error *error);

/* The bytes stored in the block, checked against its checksum; to be freed. */
uint8_t *reader_get_stored(const struct trace_reader *reader, uint64_t offset,
                           const struct block_header *header, struct cb_error *error);

/* Is told each definition; returns false when out of memory. */
struct definition_visitor {
    bool (*code)(void *context, uint32_t number, const struct trace_code *code);
    bool (*domain)(void *context, const struct trace_domain *domain);
    bool (*region)(void *context, const struct trace_region *region);
    bool (*tables)(void *context, const struct trace_tables *tables);
    void *context;
};

bool definitions_read(const struct trace_reader *reader,
                      const struct block_header *header, const uint8_t *stored,
                      uint64_t offset, const struct definition_visitor *visitor,
                      struct cb_error *error);
/* Takes in the definitions of one block's stored bytes. */
bool definitions_keep(struct trace_reader *reader, const struct block_header *header,
                      const uint8_t *stored, uint64_t offset, struct cb_error *error);
/* One code location, whose number is reader->code_count. False without memory. */
bool definitions_keep_code(void *reader, uint32_t number, const struct trace_code *code);
/* Gives every code location the role and owner of its innermost region. */
bool definitions_resolve(struct trace_reader *reader, struct cb_error *error);

/* Fills in reader->blocks, definitions and totals. */
bool reader_find_blocks(struct trace_reader *reader, uint64_t offset,
                        struct cb_error *error);

/* The state and totals before a block's tokens. */
struct preamble {
    struct state state;
    uint32_t last_code;
    uint32_t kinds[TRACE_KINDS];
    uint64_t lost;
};
/* False when a value cannot be; `codes` is the number of code locations known. */
bool preamble_get(const uint8_t *from, uint32_t codes, struct preamble *preamble);
/* The state before the first record of a block. */
bool reader_block_state(const struct trace_reader *reader, size_t number,
                        struct state *state, struct cb_error *error);

#endif
