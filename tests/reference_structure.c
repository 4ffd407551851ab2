#include "reference_structure.h"

#include <stdlib.h>

static void *allocated(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
        abort();
    return memory;
}

void structure_start(struct structure *structure, uint64_t sets, uint32_t ways,
                     uint8_t replacement, uint64_t seed)
{
    *structure = (struct structure){
        .sets = sets, .ways = ways, .replacement = replacement, .random = seed};
    structure->entries = allocated(sets * ways, sizeof *structure->entries);
    structure->bits = allocated(sets * ways, 1);
}

void structure_end(struct structure *structure)
{
    free(structure->entries);
    free(structure->bits);
    free(structure->past);
}

static bool same_key(struct key a, struct key b)
{
    return a.owner == b.owner && a.number == b.number && a.size == b.size &&
           a.frame == b.frame;
}

static struct entry *set_of(struct structure *structure, struct key key)
{
    return structure->entries + key.index % structure->sets * structure->ways;
}

struct entry *structure_find(struct structure *structure, struct key key)
{
    struct entry *set = set_of(structure, key);
    for (uint32_t way = 0; way < structure->ways; way++)
        if (set[way].valid && same_key(set[way].key, key))
            return &set[way];
    return NULL;
}

/* ---- what became of a key ---- */

struct past structure_past(const struct structure *structure, struct key key)
{
    for (size_t i = 0; i < structure->past_count; i++)
        if (same_key(structure->past[i].key, key))
            return structure->past[i];
    return (struct past){.key = key, .whereabouts = COLD};
}

static void remember(struct structure *structure, struct past past)
{
    for (size_t i = 0; i < structure->past_count; i++) {
        if (same_key(structure->past[i].key, past.key)) {
            structure->past[i] = past;
            return;
        }
    }
    if (structure->past_count == structure->past_capacity) {
        structure->past_capacity = 2 * structure->past_capacity + 64;
        structure->past =
            realloc(structure->past, structure->past_capacity * sizeof past);
        if (structure->past == NULL)
            abort();
    }
    structure->past[structure->past_count++] = past;
}

/* ---- replacement ---- */

/* Walk the tree from the root to the way, turning each bit to the other half. */
static void turn_bits_away(struct structure *structure, uint64_t set, uint32_t way)
{
    uint8_t *bits = structure->bits + set * structure->ways;
    uint32_t node = 1;
    for (uint32_t half = structure->ways / 2; half > 0; half /= 2) {
        bool upper = way & half;
        bits[node] = !upper;
        node = 2 * node + upper;
    }
}

static uint32_t follow_bits(const struct structure *structure, uint64_t set)
{
    const uint8_t *bits = structure->bits + set * structure->ways;
    uint32_t node = 1;
    while (node < structure->ways)
        node = 2 * node + bits[node];
    return node - structure->ways;
}

void structure_use(struct structure *structure, struct entry *entry, int user, bool dirty)
{
    size_t index = (size_t)(entry - structure->entries);
    entry->used = ++structure->clock;
    entry->user = user;
    entry->dirty |= dirty;
    if (structure->replacement == MACHINE_TREE_PLRU)
        turn_bits_away(structure, index / structure->ways,
                       (uint32_t)(index % structure->ways));
}

/* Rule 9: splitmix64. */
static uint64_t next_random(struct structure *structure)
{
    structure->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = structure->random;
    z ^= z >> 30;
    z *= UINT64_C(0xbf58476d1ce4e5b9);
    z ^= z >> 27;
    z *= UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static struct entry *victim_of(struct structure *structure, struct key key)
{
    struct entry *set = set_of(structure, key);
    for (uint32_t way = 0; way < structure->ways; way++)
        if (!set[way].valid)
            return &set[way];
    if (structure->replacement == MACHINE_TREE_PLRU)
        return &set[follow_bits(structure, key.index % structure->sets)];
    if (structure->replacement == MACHINE_RANDOM)
        return &set[next_random(structure) % structure->ways];
    struct entry *victim = set;
    for (uint32_t way = 1; way < structure->ways; way++) {
        bool older = structure->replacement == MACHINE_FIFO
                         ? set[way].filled < victim->filled
                         : set[way].used < victim->used;
        if (older)
            victim = &set[way];
    }
    return victim;
}

/* Who crowded the victim out: rule 10. */
static int culprit_of(struct structure *structure, const struct entry *victim,
                      int incoming)
{
    if (incoming != victim->user)
        return incoming;
    const struct entry *set = set_of(structure, victim->key);
    const struct entry *culprit = victim;
    uint64_t latest = 0;
    for (uint32_t way = 0; way < structure->ways; way++) {
        if (set[way].user != victim->user && set[way].used > latest) {
            culprit = &set[way];
            latest = set[way].used;
        }
    }
    return culprit->user;
}

struct entry structure_fill(struct structure *structure, struct key key, int user,
                            bool dirty)
{
    struct entry *entry = victim_of(structure, key);
    struct entry left = *entry;
    if (left.valid) {
        remember(structure, (struct past){.key = left.key,
                                          .whereabouts = EVICTED,
                                          .culprit = culprit_of(structure, entry, user)});
        structure->write_backs += left.dirty;
    }
    *entry = (struct entry){.key = key, .valid = true};
    structure_use(structure, entry, user, dirty);
    entry->filled = entry->used;
    return left;
}

void structure_drop(struct structure *structure, struct key key, struct past because)
{
    for (uint64_t i = 0; i < structure->sets * structure->ways; i++) {
        struct entry *entry = &structure->entries[i];
        if (!entry->valid || !same_key(entry->key, key))
            continue;
        because.key = key;
        remember(structure, because);
        structure->write_backs += entry->dirty;
        entry->valid = false;
    }
}

static void flush_entry(struct structure *structure, struct entry *entry)
{
    remember(structure, (struct past){.key = entry->key, .whereabouts = FLUSHED});
    entry->valid = false;
    structure->flushed_entries++;
}

void structure_flush(struct structure *structure)
{
    structure->flushes++;
    for (uint64_t i = 0; i < structure->sets * structure->ways; i++)
        if (structure->entries[i].valid)
            flush_entry(structure, &structure->entries[i]);
}

void structure_flush_owner(struct structure *structure, uint32_t owner)
{
    structure->flushes++;
    for (uint64_t i = 0; i < structure->sets * structure->ways; i++)
        if (structure->entries[i].valid && structure->entries[i].key.owner == owner)
            flush_entry(structure, &structure->entries[i]);
}

void structure_flush_others(struct structure *structure, uint32_t owner)
{
    structure->flushes++;
    for (uint64_t i = 0; i < structure->sets * structure->ways; i++)
        if (structure->entries[i].valid && structure->entries[i].key.owner != owner)
            flush_entry(structure, &structure->entries[i]);
}
