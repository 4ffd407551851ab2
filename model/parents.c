#include "model/parents.h"

#define REACHED_LEAST 4096 /* fewer entries are not worth making the maps anew */
#define KEY_SHIFT     4    /* below the parent's number: phase and kind of the children */

_Static_assert(LEDGER_PHASES * 8 <= 1 << KEY_SHIFT && CROSSING_KINDS <= 8,
               "phase and kind have room below the number");

void parents_free(struct parents *parents)
{
    map_free(&parents->counts);
    map_free(&parents->sums);
    *parents = (struct parents){0};
}

static uint64_t key_of(uint32_t parent, unsigned phase, unsigned kind)
{
    return (uint64_t)parent << KEY_SHIFT | phase << 3 | kind;
}

static void add(struct map *map, uint64_t key, int64_t value)
{
    map_put(map, key, (uint64_t)((int64_t)map_get(map, key, 0) + value));
}

/* Maps never forget; so now and then they are made anew, of the parents still to come. */
static void forget(struct map *map, uint32_t number)
{
    struct map old = *map;
    *map = (struct map){.failed = old.failed};
    for (size_t i = 0; i < old.capacity; i++)
        if (old.entries[i].key >> KEY_SHIFT < number)
            map_put(map, old.entries[i].key, old.entries[i].value);
    map_free(&old);
}

static void forget_reached(struct parents *parents, uint32_t number)
{
    if (parents->reached < REACHED_LEAST || 2 * parents->reached < parents->counts.count)
        return;
    forget(&parents->counts, number);
    forget(&parents->sums, number);
    parents->reached = 0;
}

/* It is a parent itself: now its kind is known. */
static void take_children(struct parents *parents, const struct parents_bill *bill,
                          struct ledger *ledger)
{
    for (unsigned phase = 0; phase < LEDGER_PHASES; phase++) {
        for (unsigned kind = 0; kind < CROSSING_KINDS; kind++) {
            uint64_t key = key_of(bill->number, phase, kind);
            int64_t count = (int64_t)map_get(&parents->counts, key, 0);
            struct crossing_children *to =
                &ledger->phase[phase].children[bill->kind][kind];
            if (count == 0)
                continue;
            to->count += count;
            to->mcycles += (int64_t)map_get(&parents->sums, key, 0);
            parents->reached++;
        }
    }
}

bool parents_add(struct parents *parents, const struct parents_bill *bill,
                 struct ledger *ledger)
{
    take_children(parents, bill, ledger);
    if (bill->parent == 0) {
        struct crossing_children *to =
            &ledger->phase[bill->phase].children[CROSSING_KINDS][bill->kind];
        to->count++;
        to->mcycles += bill->mcycles;
    } else {
        uint64_t key = key_of(bill->parent, bill->phase, bill->kind);
        add(&parents->counts, key, 1);
        add(&parents->sums, key, bill->mcycles);
    }
    forget_reached(parents, bill->number);
    return !parents->counts.failed && !parents->sums.failed;
}
