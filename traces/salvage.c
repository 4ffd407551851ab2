#include "salvage.h"

#include "reader.h"
#include "writer.h"

#include <jansson.h>
#include <stdlib.h>

#define PIECE        (1u << 16)
#define MISSING_CODE UINT8_MAX /* as a length: the definition is lost */

struct salvage {
    struct trace_reader *reader;
    struct trace_writer *writer;
    struct salvage_result *result;
    struct cb_error *error;
    struct cb_error trouble; /* with the block that was looked at last */
    uint64_t records;        /* of the whole trace, as the index says; 0: unknown */
    bool index_found;
    uint32_t *numbers; /* of code locations, in the new trace */
    uint64_t expected; /* number of the next record */
    uint64_t gap;      /* records missing before it, not yet put */
    bool state_open;   /* at the start, and after a TRACE_LOST of the trace's own */
};

/* ---- finding whole blocks ---- */

/* The offset of the next block mark, or the end. */
static bool find_mark(const struct trace_reader *reader, uint64_t *offset,
                      struct cb_error *error)
{
    uint8_t bytes[PIECE];
    uint64_t end = reader->info.file_bytes;
    while (end - *offset >= 4) {
        uint64_t left = end - *offset;
        size_t size = left < sizeof bytes ? (size_t)left : sizeof bytes;
        if (!reader_get(reader, bytes, size, *offset, error))
            return false;
        for (size_t i = 0; i + 4 <= size; i++)
            if (get_u32(bytes + i) == BLOCK_MARK) {
                *offset += i;
                return true;
            }
        *offset += size - 3;
    }
    *offset = end;
    return true;
}

/* Definitions that are missing before this block leave room for themselves, as far as the
 * file could have held them. */
static bool leave_room(struct trace_reader *reader, uint64_t first,
                       struct cb_error *trouble)
{
    if (first < reader->code_count || first > reader->info.file_bytes / 4)
        return false;
    while (reader->code_count < first) {
        const struct trace_code missing = {.length = MISSING_CODE};
        if (!definitions_keep_code(reader, reader->code_count, &missing))
            return reader_out_of_memory(reader, trouble);
    }
    return true;
}

static bool take_records(struct salvage *salvage, const struct block_header *header,
                         uint64_t offset)
{
    struct trace_reader *reader = salvage->reader;
    const struct block_place place = {.offset = offset,
                                      .end = offset + BLOCK_HEADER_SIZE + header->stored,
                                      .first = header->first,
                                      .count = header->count,
                                      .codes = reader->code_count};
    uint64_t next = reader->block_count == 0
                        ? 0
                        : reader->blocks[reader->block_count - 1].first +
                              reader->blocks[reader->block_count - 1].count;
    /* A number that no file reaches; sums stay far from wrapping around. */
    if (header->first < next || header->first > UINT64_MAX / 2)
        return false;
    return reader_add_block(reader, &place, &salvage->trouble);
}

/* True if the block is whole and was taken. */
static bool take_block(struct salvage *salvage, uint64_t offset, uint64_t *end)
{
    struct trace_reader *reader = salvage->reader;
    uint64_t limit = reader->info.file_bytes;
    struct block_header header;
    if (!reader_get_header(reader, offset, limit, &header, &salvage->trouble) ||
        limit - offset - BLOCK_HEADER_SIZE < header.stored)
        return false;
    *end = offset + BLOCK_HEADER_SIZE + header.stored;
    uint8_t *stored = reader_get_stored(reader, offset, &header, &salvage->trouble);
    if (stored == NULL)
        return false;
    bool taken = true;
    if (header.type == BLOCK_DEFINITIONS)
        taken = leave_room(reader, header.first, &salvage->trouble) &&
                definitions_keep(reader, &header, stored, offset, &salvage->trouble);
    else if (header.type == BLOCK_RECORDS)
        taken = take_records(salvage, &header, offset);
    else
        salvage->records = header.first;
    salvage->index_found = salvage->index_found || header.type == BLOCK_INDEX;
    free(stored);
    return taken;
}

/* What is wrong is the file's fault, not for lack of memory or a disk that fails. */
static bool is_damage(struct salvage *salvage)
{
    if (salvage->trouble.code != CB_IO)
        return true;
    if (salvage->error != NULL)
        *salvage->error = salvage->trouble;
    return false;
}

static bool find_blocks(struct salvage *salvage, uint64_t offset)
{
    uint64_t size = salvage->reader->info.file_bytes;
    while (offset < size && !(salvage->index_found && size - offset == FOOTER_SIZE)) {
        uint64_t end, next = offset;
        if (take_block(salvage, offset, &end)) {
            offset = end;
            continue;
        }
        if (!is_damage(salvage))
            return false;
        next++;
        if (!find_mark(salvage->reader, &next, salvage->error))
            return false;
        salvage->result->damaged_bytes += next - offset;
        offset = next;
    }
    return true;
}

/* ---- writing them again ---- */

static bool put_code(void *context, uint32_t number, const struct trace_code *code)
{
    struct salvage *salvage = context;
    salvage->numbers[number] = trace_put_code(salvage->writer, code->vaddr, code->paddr,
                                              code->bytes, code->length);
    return true;
}

static bool put_domain(void *context, const struct trace_domain *domain)
{
    struct salvage *salvage = context;
    trace_put_domain(salvage->writer, domain);
    return true;
}

static bool put_region(void *context, const struct trace_region *region)
{
    struct salvage *salvage = context;
    trace_put_region(salvage->writer, region);
    return true;
}

static bool put_tables(void *context, const struct trace_tables *tables)
{
    struct salvage *salvage = context;
    trace_put_tables(salvage->writer, tables);
    return true;
}

static bool put_definitions(struct salvage *salvage, const struct definition_place *place)
{
    const struct definition_visitor visitor = {.code = put_code,
                                               .domain = put_domain,
                                               .region = put_region,
                                               .tables = put_tables,
                                               .context = salvage};
    uint8_t *stored =
        reader_get_stored(salvage->reader, place->offset, &place->header, salvage->error);
    bool done =
        stored != NULL && definitions_read(salvage->reader, &place->header, stored,
                                           place->offset, &visitor, salvage->error);
    free(stored);
    return done;
}

static bool codes_are_known(const struct salvage *salvage,
                            const struct trace_block *block)
{
    const struct trace_reader *reader = salvage->reader;
    for (size_t i = 0; i < block->count; i++) {
        const struct trace_record *record = &block->records[i];
        if (record->kind <= TRACE_STORE && record->code != TRACE_NO_CODE &&
            reader->codes[record->code].length == MISSING_CODE)
            return false;
    }
    return true;
}

static void put_loss(struct salvage *salvage)
{
    trace_put_event(salvage->writer,
                    &(struct trace_record){.kind = TRACE_LOST, .a = salvage->gap});
    salvage->result->lost += salvage->gap;
    salvage->gap = 0;
}

/* The number of loads and stores at the start of the block that belong to a fetch before
 * it. */
static size_t orphans_of(const struct trace_block *block)
{
    size_t orphans = 0;
    for (size_t i = 0; i < block->count; i++) {
        const struct trace_record *record = &block->records[i];
        if (record->kind == TRACE_FETCH)
            break;
        if (record->kind <= TRACE_STORE && record->code != TRACE_NO_CODE)
            orphans = i + 1;
    }
    return orphans;
}

/* Events among the orphans change the state: it becomes that of the first record kept. */
static void skip_orphans(const struct trace_block *block, size_t orphans,
                         struct state *state)
{
    for (size_t i = 0; i < orphans; i++) {
        const struct trace_record *record = &block->records[i];
        if (record->kind > TRACE_STORE)
            state_event(state, (enum trace_kind)record->kind, record->a, record->b);
    }
}

/* Before a block: what is missing, and the state after it. *skipped: orphans. */
static bool put_gap(struct salvage *salvage, size_t number,
                    const struct trace_block *block, size_t *skipped)
{
    struct state state;
    *skipped = 0;
    if (salvage->gap == 0 && !salvage->state_open)
        return true;
    if (!reader_block_state(salvage->reader, number, &state, salvage->error))
        return false;
    if (salvage->gap > 0) {
        *skipped = orphans_of(block);
        skip_orphans(block, *skipped, &state);
        salvage->gap += *skipped;
        put_loss(salvage);
    }
    trace_put_state(salvage->writer, state.thread, state.domain, state.space,
                    state.user != 0);
    return true;
}

static void put_record(struct salvage *salvage, const struct trace_record *record)
{
    struct trace_writer *writer = salvage->writer;
    if (record->kind == TRACE_FETCH)
        trace_put_fetch(writer, salvage->numbers[record->code], record->size);
    else if (record->kind <= TRACE_STORE)
        trace_put_data(writer, (enum trace_kind)record->kind, record->vaddr,
                       record->paddr, record->size);
    else
        trace_put_event(writer, record);
}

static bool put_block(struct salvage *salvage, size_t number, struct trace_block *block)
{
    const struct block_place *place = &salvage->reader->blocks[number];
    size_t skipped;
    salvage->gap += place->first - salvage->expected;
    salvage->expected = place->first + place->count;
    if (!trace_read_block(salvage->reader, number, block, &salvage->trouble) ||
        !codes_are_known(salvage, block)) {
        salvage->gap += place->count;
        return is_damage(salvage);
    }
    if (!put_gap(salvage, number, block, &skipped))
        return false;
    for (size_t i = skipped; i < block->count; i++)
        put_record(salvage, &block->records[i]);
    salvage->state_open = block->records[block->count - 1].kind == TRACE_LOST;
    salvage->result->records += block->count - skipped;
    return true;
}

static bool put_blocks(struct salvage *salvage, struct trace_block *block)
{
    const struct trace_reader *reader = salvage->reader;
    size_t next = 0;
    for (size_t i = 0; i <= reader->block_count; i++) {
        for (; next < reader->definition_count && reader->definitions[next].before == i;
             next++)
            if (!put_definitions(salvage, &reader->definitions[next]))
                return false;
        if (i < reader->block_count && !put_block(salvage, i, block))
            return false;
    }
    if (salvage->index_found && salvage->records > salvage->expected)
        salvage->gap += salvage->records - salvage->expected;
    if (salvage->gap > 0)
        trace_put_event(salvage->writer,
                        &(struct trace_record){.kind = TRACE_LOST, .a = salvage->gap});
    salvage->result->lost += salvage->gap;
    salvage->result->end_missing = !salvage->index_found;
    return true;
}

/* The old header, with a mark where anything is missing. */
static char *make_header(const struct salvage *salvage)
{
    const struct trace_reader *reader = salvage->reader;
    const char *old = reader->header == NULL ? "{}" : reader->header;
    if (salvage->result->damaged_bytes == 0 && salvage->index_found)
        return strdup(old);
    json_t *json = json_loads(old, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) {
        json_decref(json);
        json = json_object();
    }
    json_object_set_new(json, "salvaged", json_true());
    char *header = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(json);
    return header;
}

static bool write_all(struct salvage *salvage, const char *to)
{
    struct trace_block block;
    char *header = make_header(salvage);
    size_t codes = (size_t)salvage->reader->code_count + 1;
    salvage->numbers = calloc(codes, sizeof *salvage->numbers);
    if (header == NULL || salvage->numbers == NULL) {
        free(header);
        return reader_out_of_memory(salvage->reader, salvage->error);
    }
    salvage->writer = trace_create(to, header, salvage->error);
    free(header);
    if (salvage->writer == NULL)
        return false;
    trace_block_init(&block);
    bool done = put_blocks(salvage, &block);
    trace_block_free(&block);
    if (done)
        return trace_finish(salvage->writer, salvage->error);
    trace_abandon(salvage->writer);
    return false;
}

bool trace_salvage(const char *from, const char *to, struct salvage_result *result,
                   struct cb_error *error)
{
    uint64_t start;
    struct salvage salvage = {.result = result, .error = error, .state_open = true};
    *result = (struct salvage_result){.records = 0};
    salvage.reader = reader_open_damaged(from, &start, error);
    if (salvage.reader == NULL)
        return false;
    bool done = find_blocks(&salvage, start) && write_all(&salvage, to);
    free(salvage.numbers);
    trace_close(salvage.reader);
    return done;
}
