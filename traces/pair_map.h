/* pair_map.h - a hash table from one or two 64-bit keys to a few 64-bit values; private
 * to traces/. */
#ifndef CROSSBILL_PAIR_MAP_H
#define CROSSBILL_PAIR_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair_map_entry {
    uint64_t key[2];
    uint64_t value, record;
    bool used;
};

struct pair_map {
    struct pair_map_entry *entries;
    size_t count, room; /* room is 0 or a power of two, at most half full */
};

/* NULL if there is none. */
struct pair_map_entry *pair_map_find(const struct pair_map *map, uint64_t first,
                                     uint64_t second);
/* The entry, made (value and record 0) if there is none; *fresh says so. NULL without
 * memory. Entries move when others are made. */
struct pair_map_entry *pair_map_make(struct pair_map *map, uint64_t first,
                                     uint64_t second, bool *fresh);
void pair_map_free(struct pair_map *map);

#endif
