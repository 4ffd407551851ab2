#include "model/occupancy.h"

#include <stdlib.h>

#define SAMPLES_MOST (OCCUPANCY_SAMPLES + OCCUPANCY_AROUND)

bool occupancy_init(struct occupancy *occupancy, size_t structures)
{
    *occupancy = (struct occupancy){.step = 1};
    occupancy->held = calloc(SAMPLES_MOST * structures * OCCUPANCY_HOLDERS + 1,
                             sizeof *occupancy->held);
    return occupancy->held != NULL;
}

void occupancy_clear(struct occupancy *occupancy)
{
    occupancy->step = 1;
    occupancy->chances = occupancy->count = occupancy->regular = 0;
}

void occupancy_free(struct occupancy *occupancy)
{
    free(occupancy->held);
    occupancy->held = NULL;
}

bool occupancy_chance(struct occupancy *occupancy)
{
    return occupancy->chances++ % occupancy->step == 0;
}

static unsigned holder_of(uint16_t entity)
{
    if (entity == ENTITY_PATH)
        return OCCUPANCY_PATH;
    return entity < OCCUPANCY_DOMAINS ? entity : OCCUPANCY_OTHERS;
}

/* Ghosts and empty slots both have the mark. */
static void count(const struct array *array, uint32_t *held)
{
    size_t slots = (size_t)array->sets * array->ways;
    memset(held, 0, OCCUPANCY_HOLDERS * sizeof *held);
    for (size_t at = 0; at < slots; at++)
        if ((array->keys[at] & KEY_GHOST) == 0)
            held[holder_of(array->slots[at].entity)]++;
}

/* Every second of the regular samples goes: those that a step twice as wide passes over.
 * Their number is even when they are full, so the one that comes next is taken. */
static void thin_out(struct occupancy *occupancy, size_t structures)
{
    size_t size = structures * OCCUPANCY_HOLDERS, kept = 0;
    bool odd = true;
    for (size_t i = 0; i < occupancy->count; i++) {
        bool around = occupancy->samples[i].around_switch;
        odd = around ? odd : !odd;
        if (!around && odd)
            continue;
        occupancy->samples[kept] = occupancy->samples[i];
        memmove(occupancy->held + kept * size, occupancy->held + i * size,
                size * sizeof *occupancy->held);
        kept++;
    }
    occupancy->regular -= occupancy->count - kept;
    occupancy->count = kept;
    occupancy->step *= 2;
}

void occupancy_take(struct occupancy *occupancy, const struct hierarchy *shared,
                    const struct occupancy_sample *sample)
{
    const struct machine *machine = shared->layout->machine;
    size_t structures = machine->tlb_count + machine->cache_count;
    size_t around = occupancy->count - occupancy->regular;
    if (sample->around_switch && around == OCCUPANCY_AROUND)
        return;
    if (!sample->around_switch && occupancy->regular == OCCUPANCY_SAMPLES)
        thin_out(occupancy, structures);
    uint32_t *held = occupancy->held + occupancy->count * structures * OCCUPANCY_HOLDERS;
    for (size_t i = 0; i < machine->tlb_count; i++, held += OCCUPANCY_HOLDERS)
        count(&shared->tlbs[i], held);
    for (size_t i = 0; i < machine->cache_count; i++, held += OCCUPANCY_HOLDERS)
        count(&shared->caches[i], held);
    occupancy->samples[occupancy->count++] = *sample;
    occupancy->regular += !sample->around_switch;
}
