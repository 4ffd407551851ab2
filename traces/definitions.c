/* definitions.c - reads definition blocks: code locations, domains, regions, tables. */
#include "reader.h"

#include <stdlib.h>

/* Definitions are read from a copy that ends in zeros, so that one that is cut short is
 * noticed after it was read. */
struct source {
    const uint8_t *p, *end;
    uint64_t code_end, distance; /* of the last code location */
    uint32_t codes;              /* defined so far, in the whole file */
    const struct definition_visitor *visitor;
    const char *problem; /* NULL where the visitor stopped it */
};

static bool stop(struct source *source, const char *problem)
{
    source->problem = problem;
    return false;
}

static bool get_number(struct source *source, uint64_t *value)
{
    source->p = get_varint(source->p, value);
    if (source->p != NULL)
        return true;
    source->p = source->end;
    return stop(source, "a number in a definition is malformed");
}

static bool get_code(struct source *source)
{
    uint64_t from_end, change;
    struct trace_code code = {.domain = TRACE_DOMAIN_CURRENT, .role = TRACE_WORK};
    code.length = *source->p++;
    if (code.length > sizeof code.bytes)
        return stop(source, "an instruction is longer than 15 bytes");
    if (!get_number(source, &from_end) || !get_number(source, &change))
        return false;
    code.vaddr = source->code_end + unzigzag(from_end);
    source->distance += unzigzag(change);
    code.paddr = code.vaddr + source->distance;
    source->code_end = code.vaddr + code.length;
    memcpy(code.bytes, source->p, code.length);
    source->p += code.length;
    if (source->codes == TRACE_NO_CODE - 1)
        return stop(source, "more than 4294967294 code locations are defined");
    return source->visitor->code(source->visitor->context, source->codes++, &code);
}

static bool get_name(struct source *source, char name[TRACE_NAME_SIZE])
{
    uint8_t length = *source->p++;
    if (length >= TRACE_NAME_SIZE || memchr(source->p, 0, length) != NULL)
        return stop(source, "a name is too long or has a NUL in it");
    memset(name, 0, TRACE_NAME_SIZE);
    memcpy(name, source->p, length);
    source->p += length;
    return true;
}

static uint64_t get_address(struct source *source)
{
    source->p += 8;
    return get_u64(source->p - 8);
}

static uint16_t get_short(struct source *source)
{
    source->p += 2;
    return get_u16(source->p - 2);
}

static bool get_domain(struct source *source)
{
    struct trace_domain domain = {.id = get_short(source)};
    domain.kind = *source->p++;
    domain.base = get_address(source);
    domain.limit = get_address(source);
    if (domain.id == TRACE_DOMAIN_CURRENT || domain.kind >= TRACE_DOMAIN_KINDS ||
        domain.base > domain.limit)
        return stop(source, "a domain's number, kind or window is out of range");
    return get_name(source, domain.name) &&
           source->visitor->domain(source->visitor->context, &domain);
}

static bool get_region(struct source *source)
{
    struct trace_region region = {.role = *source->p++};
    region.domain = get_short(source);
    region.base = get_address(source);
    region.limit = get_address(source);
    if (region.role >= TRACE_ROLES || region.base >= region.limit)
        return stop(source, "a region is empty or its role is out of range");
    return get_name(source, region.name) &&
           source->visitor->region(source->visitor->context, &region);
}

static bool get_tables(struct source *source)
{
    struct trace_tables tables;
    tables.idt = get_address(source);
    tables.gdt = get_address(source);
    tables.tss = get_address(source);
    tables.idt_physical = get_address(source);
    tables.gdt_physical = get_address(source);
    tables.tss_physical = get_address(source);
    tables.kernel_cs = get_short(source);
    tables.kernel_ss = get_short(source);
    return source->visitor->tables(source->visitor->context, &tables);
}

static bool get_definition(struct source *source)
{
    switch (*source->p++) {
    case DEFINE_CODE:
        return get_code(source);
    case DEFINE_DOMAIN:
        return get_domain(source);
    case DEFINE_REGION:
        return get_region(source);
    case DEFINE_TABLES:
        return get_tables(source);
    }
    return stop(source, "a definition is of an unknown kind");
}

static bool get_all(struct source *source, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (source->p >= source->end)
            return stop(source, "the block ends before its last definition");
        if (!get_definition(source))
            return false;
        if (source->p > source->end)
            return stop(source, "the block ends within a definition");
    }
    return source->p == source->end ||
           stop(source, "the block does not end with its last definition");
}

bool definitions_read(const struct trace_reader *reader,
                      const struct block_header *header, const uint8_t *stored,
                      uint64_t offset, const struct definition_visitor *visitor,
                      struct cb_error *error)
{
    uint8_t *copy = calloc(1, header->stored + DEFINITION_MAX);
    if (copy == NULL)
        return reader_out_of_memory(reader, error);
    memcpy(copy, stored, header->stored);
    struct source source = {.p = copy,
                            .end = copy + header->stored,
                            .codes = (uint32_t)header->first,
                            .visitor = visitor};
    bool done = get_all(&source, header->count);
    free(copy);
    if (done)
        return true;
    if (source.problem == NULL)
        return reader_out_of_memory(reader, error);
    return reader_fail(reader, offset, error, "%s", source.problem);
}

/* ---- what the reader keeps of them ---- */

static bool make_room(void **array, size_t *room, size_t used, size_t item)
{
    if (used < *room)
        return true;
    size_t bigger = *room == 0 ? 16 : 2 * *room;
    void *moved = realloc(*array, bigger * item);
    if (moved == NULL)
        return false;
    *array = moved;
    *room = bigger;
    return true;
}

bool definitions_keep_code(void *context, uint32_t number, const struct trace_code *code)
{
    struct trace_reader *reader = context;
    void *codes = reader->codes;
    if (!make_room(&codes, &reader->code_room, number, sizeof *code))
        return false;
    reader->codes = codes;
    reader->codes[number] = *code;
    reader->code_count = number + 1;
    return true;
}

/* A later definition of a domain replaces the earlier. */
static bool keep_domain(void *context, const struct trace_domain *domain)
{
    struct trace_reader *reader = context;
    uint32_t *place = &reader->domain_places[domain->id];
    if (*place == 0) {
        void *domains = reader->domains;
        if (!make_room(&domains, &reader->domain_room, reader->domain_count,
                       sizeof *domain))
            return false;
        reader->domains = domains;
        *place = (uint32_t)++reader->domain_count;
    }
    reader->domains[*place - 1] = *domain;
    return true;
}

static bool keep_region(void *context, const struct trace_region *region)
{
    struct trace_reader *reader = context;
    void *regions = reader->regions;
    if (!make_room(&regions, &reader->region_room, reader->region_count, sizeof *region))
        return false;
    reader->regions = regions;
    reader->regions[reader->region_count++] = *region;
    return true;
}

static bool keep_tables(void *context, const struct trace_tables *tables)
{
    struct trace_reader *reader = context;
    reader->tables = *tables;
    return true;
}

bool definitions_keep(struct trace_reader *reader, const struct block_header *header,
                      const uint8_t *stored, uint64_t offset, struct cb_error *error)
{
    const struct definition_visitor visitor = {.code = definitions_keep_code,
                                               .domain = keep_domain,
                                               .region = keep_region,
                                               .tables = keep_tables,
                                               .context = reader};
    struct definition_place place = {
        .offset = offset, .before = reader->block_count, .header = *header};
    if (header->first != reader->code_count)
        return reader_fail(reader, offset, error,
                           "%u code locations are defined before this block, which "
                           "counts %llu",
                           reader->code_count, (unsigned long long)header->first);
    if (!definitions_read(reader, header, stored, offset, &visitor, error))
        return false;
    void *places = reader->definitions;
    if (!make_room(&places, &reader->definition_room, reader->definition_count,
                   sizeof place))
        return reader_out_of_memory(reader, error);
    reader->definitions = places;
    reader->definitions[reader->definition_count++] = place;
    return true;
}
