/* csim.c - the cache of the cache lab.
 *
 * Simulated: which blocks are in which set, and which was used longest ago. Not
 * simulated: anything else: see csim.h. It stands beside the machines of model/ because
 * those have geometries that a processor could have, and this one has any at all: lines
 * of one byte, no levels, no TLB.
 */
#include "model/csim.h"

#include <stdlib.h>

bool csim_check(const struct csim_geometry *geometry, struct cb_error *error)
{
    if (geometry->set_bits > CSIM_BITS_MOST || geometry->block_bits > CSIM_BITS_MOST)
        return cb_error_set(error, CB_USAGE,
                            "%u bits of set and %u of block; expected at most %d of each",
                            geometry->set_bits, geometry->block_bits, CSIM_BITS_MOST);
    if (geometry->lines == 0)
        return cb_error_set(error, CB_USAGE, "0 lines in a set; expected at least one");
    if ((uint64_t)geometry->lines << geometry->set_bits > CSIM_LINES_MOST)
        return cb_error_set(error, CB_USAGE,
                            "2^%u sets of %u lines; expected at most %d lines in all",
                            geometry->set_bits, geometry->lines, CSIM_LINES_MOST);
    return true;
}

/* One line: which block it holds, and when that was last used (0: it holds none). */
struct line {
    uint64_t block, used;
};

struct cache {
    struct csim_geometry geometry;
    struct line *lines; /* [2^set_bits * lines] */
    uint64_t clock;
};

/* The line that holds the block, or else the one that it takes: an empty one, or the one
 * used longest ago. */
static struct line *find_line(struct line *set, unsigned lines, uint64_t block)
{
    struct line *oldest = set;
    for (struct line *line = set; line < set + lines; line++) {
        if (line->used != 0 && line->block == block)
            return line;
        if (line->used < oldest->used)
            oldest = line;
    }
    return oldest;
}

static void access_address(struct cache *cache, uint64_t address,
                           struct csim_counts *counts)
{
    const struct csim_geometry *geometry = &cache->geometry;
    uint64_t block = address >> geometry->block_bits;
    uint64_t set = block & ((UINT64_C(1) << geometry->set_bits) - 1);
    struct line *line =
        find_line(cache->lines + set * geometry->lines, geometry->lines, block);
    bool hit = line->used != 0 && line->block == block;
    counts->hits += hit;
    counts->misses += !hit;
    counts->evictions += !hit && line->used != 0;
    *line = (struct line){.block = block, .used = ++cache->clock};
}

static void run_block(struct cache *cache, const struct trace_block *block,
                      struct csim_counts *counts)
{
    for (size_t i = 0; i < block->count; i++) {
        const struct trace_record *record = &block->records[i];
        if (record->kind == TRACE_LOAD || record->kind == TRACE_STORE)
            access_address(cache, record->vaddr, counts);
    }
}

bool csim_run(const struct trace_reader *trace, const struct csim_geometry *geometry,
              bool (*should_stop)(void *context), void *context,
              struct csim_counts *counts, struct cb_error *error)
{
    struct cache cache = {.geometry = *geometry};
    *counts = (struct csim_counts){0};
    if (!csim_check(geometry, error))
        return false;
    cache.lines =
        calloc((size_t)geometry->lines << geometry->set_bits, sizeof *cache.lines);
    if (cache.lines == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    struct trace_block block;
    trace_block_init(&block);
    bool done = true;
    for (size_t n = 0; done && n < trace_blocks(trace); n++) {
        done = trace_read_block(trace, n, &block, error);
        if (done)
            run_block(&cache, &block, counts);
        if (done && should_stop != NULL && should_stop(context))
            done = cb_error_set(error, CB_IO, "stopped");
    }
    trace_block_free(&block);
    free(cache.lines);
    return done;
}
