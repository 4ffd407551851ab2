/* map.h - a hash table from one or two 64-bit keys to a few 64-bit values; private to
 * traces/. */
#ifndef CROSSBILL_MAP_H
#define CROSSBILL_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_entry {
    uint64_t key[2];
    uint64_t value, record;
    bool used;
};

struct map {
    struct map_entry *entries;
    size_t count, room; /* room is 0 or a power of two, at most half full */
};

/* NULL if there is none. */
struct map_entry *map_find(const struct map *map, uint64_t first, uint64_t second);
/* The entry, made (value and record 0) if there is none; *fresh says so. NULL without
 * memory. Entries move when others are made. */
struct map_entry *map_make(struct map *map, uint64_t first, uint64_t second, bool *fresh);
void map_free(struct map *map);

#endif
