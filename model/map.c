#include "model/map.h"

#include <stdlib.h>

static size_t home(const struct map *map, uint64_t key)
{
    key *= UINT64_C(0x9e3779b97f4a7c15); /* 2^64 over the golden ratio: spreads runs */
    return (size_t)(key >> 20) & (map->capacity - 1);
}

static struct map_entry *find(const struct map *map, uint64_t key)
{
    size_t at = home(map, key);
    while (map->entries[at].key != key && map->entries[at].key != MAP_NO_KEY)
        at = (at + 1) & (map->capacity - 1);
    return &map->entries[at];
}

static bool grow(struct map *map)
{
    struct map bigger = {.capacity = map->capacity != 0 ? map->capacity * 2 : 1024,
                         .count = map->count};
    bigger.entries = malloc(bigger.capacity * sizeof *bigger.entries);
    if (bigger.entries == NULL)
        return false;
    for (size_t i = 0; i < bigger.capacity; i++)
        bigger.entries[i].key = MAP_NO_KEY;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->entries[i].key != MAP_NO_KEY)
            *find(&bigger, map->entries[i].key) = map->entries[i];
    free(map->entries);
    *map = bigger;
    return true;
}

void map_free(struct map *map)
{
    free(map->entries);
    *map = (struct map){0};
}

void map_put(struct map *map, uint64_t key, uint64_t value)
{
    if (!map->failed && map->count * 2 >= map->capacity)
        map->failed = !grow(map);
    if (map->failed)
        return;
    struct map_entry *entry = find(map, key);
    if (entry->key == MAP_NO_KEY)
        map->count++;
    *entry = (struct map_entry){.key = key, .value = value};
}

uint64_t map_get(const struct map *map, uint64_t key, uint64_t missing)
{
    if (map->capacity == 0)
        return missing;
    const struct map_entry *entry = find(map, key);
    return entry->key == MAP_NO_KEY ? missing : entry->value;
}

void map_ahead(const struct map *map, uint64_t key)
{
    if (map->capacity != 0)
        __builtin_prefetch(&map->entries[home(map, key)]);
}
