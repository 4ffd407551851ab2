/* map.h - a hash map from 64-bit keys to 64-bit values, for what the replay must remember
 * about every page, line or thread of a trace. It never forgets: it grows with the
 * footprint of a trace, not with its length.
 */
#ifndef CROSSBILL_MAP_H
#define CROSSBILL_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAP_NO_KEY UINT64_MAX /* this one cannot be a key */

struct map_entry {
    uint64_t key, value;
};

/* All zero is an empty map. */
struct map {
    struct map_entry *entries;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    bool failed; /* memory ran out: nothing was put since */
};

void map_free(struct map *map);
void map_put(struct map *map, uint64_t key, uint64_t value);
/* The value, or `missing`. */
uint64_t map_get(const struct map *map, uint64_t key, uint64_t missing);

/* This key will soon be asked for: have it brought into the cache. */
void map_ahead(const struct map *map, uint64_t key);

#endif
