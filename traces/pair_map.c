#include "pair_map.h"

#include <stdlib.h>

static size_t hash(uint64_t first, uint64_t second)
{
    uint64_t mixed = (first ^ second << 40 ^ second >> 24) * 0x9e3779b97f4a7c15ull;
    mixed = (mixed ^ mixed >> 32) * 0xbf58476d1ce4e5b9ull;
    return (size_t)(mixed ^ mixed >> 29);
}

/* The entry with these keys, or the empty one where it belongs. */
static struct pair_map_entry *seek(const struct pair_map *map, uint64_t first,
                                   uint64_t second)
{
    size_t mask = map->room - 1, i = hash(first, second) & mask;
    struct pair_map_entry *entries = map->entries;
    while (entries[i].used && (entries[i].key[0] != first || entries[i].key[1] != second))
        i = (i + 1) & mask;
    return &entries[i];
}

struct pair_map_entry *pair_map_find(const struct pair_map *map, uint64_t first,
                                     uint64_t second)
{
    if (map->room == 0)
        return NULL;
    struct pair_map_entry *entry = seek(map, first, second);
    return entry->used ? entry : NULL;
}

static bool grow(struct pair_map *map)
{
    struct pair_map bigger = {.count = map->count,
                              .room = map->room == 0 ? 64 : 2 * map->room};
    bigger.entries = calloc(bigger.room, sizeof *bigger.entries);
    if (bigger.entries == NULL)
        return false;
    for (size_t i = 0; i < map->room; i++) {
        const struct pair_map_entry *entry = &map->entries[i];
        if (entry->used)
            *seek(&bigger, entry->key[0], entry->key[1]) = *entry;
    }
    free(map->entries);
    *map = bigger;
    return true;
}

struct pair_map_entry *pair_map_make(struct pair_map *map, uint64_t first,
                                     uint64_t second, bool *fresh)
{
    struct pair_map_entry *entry = pair_map_find(map, first, second);
    *fresh = entry == NULL;
    if (entry != NULL)
        return entry;
    if (2 * (map->count + 1) > map->room && !grow(map))
        return NULL;
    entry = seek(map, first, second);
    *entry = (struct pair_map_entry){.key = {first, second}, .used = true};
    map->count++;
    return entry;
}

void pair_map_free(struct pair_map *map)
{
    free(map->entries);
    *map = (struct pair_map){.count = 0};
}
