/* regions.c - which region is the innermost at a code location. */
#include "reader.h"

#include <stdlib.h>

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
