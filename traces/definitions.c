/* definitions.c - the reader's code locations, domains, regions and tables. */
#include "reader.h"

#include <stdlib.h>

/* Room for one more; `want` is a guess at how many will come. */
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

/* Definitions are read from a copy that ends in zeros, so that one that is cut short is
 * noticed after it was read. */
struct source {
    const uint8_t *p, *end;
    uint64_t code_end, distance; /* of the last code location */
    const char *problem;
};

static const char malformed[] = "a definition is malformed";

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
    return stop(source, malformed);
}

static bool get_code(struct trace_reader *reader, struct source *source)
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
    void *codes = reader->codes;
    if (reader->code_count == TRACE_NO_CODE - 1 ||
        !make_room(&codes, &reader->code_room, reader->code_count, sizeof code))
        return stop(source, NULL);
    reader->codes = codes;
    reader->codes[reader->code_count++] = code;
    return true;
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

/* A later definition of a domain replaces the earlier. */
static bool keep_domain(struct trace_reader *reader, const struct trace_domain *domain)
{
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

static bool get_domain(struct trace_reader *reader, struct source *source)
{
    struct trace_domain domain = {.id = get_short(source)};
    domain.kind = *source->p++;
    domain.base = get_address(source);
    domain.limit = get_address(source);
    if (domain.id == TRACE_DOMAIN_CURRENT || domain.kind >= TRACE_DOMAIN_KINDS ||
        domain.base > domain.limit)
        return stop(source, "a domain's number, kind or window is out of range");
    return get_name(source, domain.name) &&
           (keep_domain(reader, &domain) || stop(source, NULL));
}

static bool get_region(struct trace_reader *reader, struct source *source)
{
    struct trace_region region = {.role = *source->p++};
    region.domain = get_short(source);
    region.base = get_address(source);
    region.limit = get_address(source);
    if (region.role >= TRACE_ROLES || region.base >= region.limit)
        return stop(source, "a region is empty or its role is out of range");
    if (!get_name(source, region.name))
        return false;
    void *regions = reader->regions;
    if (!make_room(&regions, &reader->region_room, reader->region_count, sizeof region))
        return stop(source, NULL);
    reader->regions = regions;
    reader->regions[reader->region_count++] = region;
    return true;
}

static bool get_tables(struct trace_reader *reader, struct source *source)
{
    struct trace_tables *tables = &reader->tables;
    tables->idt = get_address(source);
    tables->gdt = get_address(source);
    tables->tss = get_address(source);
    tables->idt_physical = get_address(source);
    tables->gdt_physical = get_address(source);
    tables->tss_physical = get_address(source);
    tables->kernel_cs = get_short(source);
    tables->kernel_ss = get_short(source);
    return true;
}

static bool get_definition(struct trace_reader *reader, struct source *source)
{
    switch (*source->p++) {
    case DEFINE_CODE:
        return get_code(reader, source);
    case DEFINE_DOMAIN:
        return get_domain(reader, source);
    case DEFINE_REGION:
        return get_region(reader, source);
    case DEFINE_TABLES:
        return get_tables(reader, source);
    }
    return stop(source, "a definition is of an unknown kind");
}

static bool get_all(struct trace_reader *reader, struct source *source, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (source->p >= source->end)
            return stop(source, "the block ends before its last definition");
        if (!get_definition(reader, source))
            return false;
        if (source->p > source->end)
            return stop(source, "the block ends within a definition");
    }
    return source->p == source->end ||
           stop(source, "the block does not end with its last definition");
}

bool definitions_read(struct trace_reader *reader, const struct block_header *header,
                      const uint8_t *stored, uint64_t offset, struct cb_error *error)
{
    if (header->first != reader->code_count)
        return reader_fail(reader, offset, error,
                           "%u code locations are defined before this block, which "
                           "counts %llu",
                           reader->code_count, (unsigned long long)header->first);
    uint8_t *copy = calloc(1, header->stored + DEFINITION_MAX);
    if (copy == NULL)
        return reader_out_of_memory(reader, error);
    memcpy(copy, stored, header->stored);
    struct source source = {.p = copy, .end = copy + header->stored};
    bool done = get_all(reader, &source, header->count);
    free(copy);
    if (done)
        return true;
    if (source.problem == NULL)
        return reader_out_of_memory(reader, error);
    return reader_fail(reader, offset, error, "%s", source.problem);
}

/* ---- regions ---- */

/* The addresses at which regions begin and end cut the address line into pieces; each
 * piece has one innermost region. Regions are painted smallest first, each over what is
 * still bare; `next_bare` leads past what is painted. */
struct pieces {
    uint64_t *starts;
    size_t count;
    uint32_t *region; /* index + 1, or 0: bare */
    uint32_t *next_bare;
};

static int compare_addresses(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

struct sized_region {
    uint64_t size;
    uint32_t number;
};

/* Of two that are as large as each other the later one is the inner one. */
static int compare_sizes(const void *a, const void *b)
{
    const struct sized_region *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    return x->number > y->number ? -1 : 1;
}

/* The piece that holds the address; the count of pieces if it is before the first. */
static size_t find_piece(const struct pieces *pieces, uint64_t address)
{
    size_t low = 0, high = pieces->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pieces->starts[middle] <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? pieces->count : low - 1;
}

static uint32_t bare_from(struct pieces *pieces, uint32_t piece)
{
    uint32_t bare = piece;
    while (pieces->next_bare[bare] != bare)
        bare = pieces->next_bare[bare];
    while (pieces->next_bare[piece] != bare) {
        uint32_t next = pieces->next_bare[piece];
        pieces->next_bare[piece] = bare;
        piece = next;
    }
    return bare;
}

static void paint(struct pieces *pieces, const struct trace_region *region,
                  uint32_t number)
{
    uint32_t end = (uint32_t)find_piece(pieces, region->limit);
    uint32_t piece = bare_from(pieces, (uint32_t)find_piece(pieces, region->base));
    while (piece < end) {
        pieces->region[piece] = number + 1;
        pieces->next_bare[piece] = piece + 1;
        piece = bare_from(pieces, piece);
    }
}

static void cut(struct pieces *pieces, const struct trace_region *regions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pieces->starts[2 * i] = regions[i].base;
        pieces->starts[2 * i + 1] = regions[i].limit;
    }
    qsort(pieces->starts, 2 * count, sizeof *pieces->starts, compare_addresses);
    size_t used = 0;
    for (size_t i = 0; i < 2 * count; i++)
        if (used == 0 || pieces->starts[used - 1] != pieces->starts[i])
            pieces->starts[used++] = pieces->starts[i];
    pieces->count = used;
    for (uint32_t i = 0; i <= used; i++)
        pieces->next_bare[i] = i;
}

static void paint_all(struct pieces *pieces, struct sized_region *order,
                      const struct trace_region *regions, size_t count)
{
    for (uint32_t i = 0; i < count; i++)
        order[i] = (struct sized_region){regions[i].limit - regions[i].base, i};
    qsort(order, count, sizeof *order, compare_sizes);
    for (size_t i = 0; i < count; i++)
        paint(pieces, &regions[order[i].number], order[i].number);
}

static void give_roles(struct trace_reader *reader, const struct pieces *pieces)
{
    for (uint32_t i = 0; i < reader->code_count; i++) {
        struct trace_code *code = &reader->codes[i];
        size_t piece = find_piece(pieces, code->paddr);
        if (piece == pieces->count || pieces->region[piece] == 0)
            continue;
        const struct trace_region *region = &reader->regions[pieces->region[piece] - 1];
        code->role = region->role;
        code->domain = region->domain;
    }
}

bool definitions_resolve(struct trace_reader *reader, struct cb_error *error)
{
    size_t count = reader->region_count;
    if (count == 0)
        return true;
    struct pieces pieces = {.starts = calloc(2 * count, sizeof *pieces.starts),
                            .region = calloc(2 * count + 1, sizeof *pieces.region),
                            .next_bare = calloc(2 * count + 1, sizeof *pieces.next_bare)};
    struct sized_region *order = calloc(count, sizeof *order);
    bool done = pieces.starts != NULL && pieces.region != NULL &&
                pieces.next_bare != NULL && order != NULL && count < UINT32_MAX / 4;
    if (done) {
        cut(&pieces, reader->regions, count);
        paint_all(&pieces, order, reader->regions, count);
        give_roles(reader, &pieces);
    } else {
        reader_out_of_memory(reader, error);
    }
    free(pieces.starts);
    free(pieces.region);
    free(pieces.next_bare);
    free(order);
    return done;
}
