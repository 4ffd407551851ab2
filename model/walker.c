#include "model/walker.h"

#include "model/settle.h"
#include "model/worlds.h"

#include <stdlib.h>

#define REFS (BATCH_REFS + BATCH_SLACK)

struct walker {
    struct worlds worlds;
    struct settler settler;
    struct hierarchy known; /* no structures: the page tables as the walks find them */
    uint32_t events[3][REFS];
    struct reason reasons[(size_t)REFS * REASONS_PER_REF];
    struct walk_reads reads[REFS];
    size_t count;
};

struct walker *walker_create(const struct layout *layout, struct ledger *ledger)
{
    struct walker *walker = calloc(1, sizeof *walker);
    if (walker == NULL)
        return NULL;
    if (!worlds_init(&walker->worlds, layout, ledger, false)) {
        free(walker);
        return NULL;
    }
    walker->settler = (struct settler){
        .layout = layout, .ledger = ledger, .phase = TRACE_PHASE_MEASURED};
    return walker;
}

void walker_free(struct walker *walker)
{
    if (walker == NULL)
        return;
    worlds_free(&walker->worlds);
    map_free(&walker->known.tables);
    free(walker);
}

bool walker_failed(const struct walker *walker)
{
    return walker->known.tables.failed || worlds_failed(&walker->worlds);
}

/* There are no caches: every access looks as if it went to memory. */
static void keep_translation(struct walker *walker, size_t count)
{
    const uint32_t translation = EVENT_TLB(0) | EVENT_TLB(1) | EVENT_TLB(2) | EVENT_WALK;
    for (size_t world = 0; world < 3; world++)
        for (size_t i = 0; i < count; i++)
            walker->events[world][i] &= translation | FOREIGN_HIT(0);
}

/* One ref's walk, if any world made one. The walk's reason in the shared world is that of
 * the last level, just before `end`. */
static void note_walk(struct walker *walker, const struct batch *batch, size_t i,
                      const struct reason *end)
{
    struct walk_reads read = {.ref = (uint32_t)i,
                              .shared = (walker->events[0][i] & EVENT_WALK) != 0,
                              .merged = (walker->events[1][i] & EVENT_WALK) != 0,
                              .solo = (walker->events[2][i] & EVENT_WALK) != 0,
                              .foreign = (walker->events[0][i] & FOREIGN_HIT(0)) != 0};
    if (!read.shared && !read.merged && !read.solo)
        return;
    read.refills = read.shared && end[-1].why == WHY_FLUSHED;
    const struct ref *ref = &batch->refs[i];
    if (walk_addresses(&walker->known, ref->vaddr, (ref->flags & REF_LARGE) != 0,
                       &read.directory, &read.table))
        walker->reads[walker->count++] = read;
}

static void note_walks(struct walker *walker, const struct batch *batch)
{
    const struct reason *next = walker->reasons;
    walker->count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t shared = walker->events[0][i];
        if (batch->refs[i].kind > REF_STORE)
            hierarchy_note(&walker->known, &batch->refs[i]);
        if ((shared | walker->events[1][i] | walker->events[2][i]) == 0)
            continue;
        next += __builtin_popcount(shared & (EVENT_TLB(0) | EVENT_TLB(1) | EVENT_TLB(2)));
        note_walk(walker, batch, i, next);
        next += (shared & FOREIGN_HIT(0)) != 0;
    }
}

void walker_batch(struct walker *walker, const struct batch *batch)
{
    world_merged(&walker->worlds, batch, walker->events[1]);
    world_solo(&walker->worlds, batch, walker->events[2]);
    world_shared(&walker->worlds, batch, walker->events[0], walker->reasons);
    keep_translation(walker, batch->count);
    settle(&walker->settler, batch,
           &(struct events){.shared = walker->events[0],
                            .merged = walker->events[1],
                            .solo = walker->events[2],
                            .reasons = walker->reasons});
    note_walks(walker, batch);
}

const struct walk_reads *walker_reads(const struct walker *walker, size_t *count)
{
    *count = walker->count;
    return walker->reads;
}
