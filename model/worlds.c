#include "model/worlds.h"

#include "model/story.h"

#include <stdlib.h>

bool worlds_init(struct worlds *worlds, const struct layout *layout,
                 struct ledger *ledger, bool plain)
{
    size_t domain_count = ledger->domain_count;
    *worlds =
        (struct worlds){.layout = layout, .domain_count = domain_count, .plain = plain};
    bool good = hierarchy_init(&worlds->shared, layout, true, ledger->structures);
    if (!plain) {
        good = good && warmth_init(&worlds->warmth, ledger);
        good = good && hierarchy_init(&worlds->merged, layout, false, NULL);
        worlds->solo = calloc(domain_count, sizeof *worlds->solo);
        good = good && worlds->solo != NULL;
        for (size_t i = 0; good && i < domain_count; i++)
            good = hierarchy_init(&worlds->solo[i], layout, false, NULL);
    }
    if (!good)
        worlds_free(worlds);
    return good;
}

void worlds_free(struct worlds *worlds)
{
    hierarchy_free(&worlds->shared);
    hierarchy_free(&worlds->merged);
    for (size_t i = 0; worlds->solo != NULL && i < worlds->domain_count; i++)
        hierarchy_free(&worlds->solo[i]);
    free(worlds->solo);
    warmth_free(&worlds->warmth);
    *worlds = (struct worlds){0};
}

void worlds_count(struct worlds *worlds)
{
    hierarchy_count(&worlds->shared);
}

bool worlds_failed(const struct worlds *worlds)
{
    bool failed = hierarchy_failed(&worlds->shared) ||
                  hierarchy_failed(&worlds->merged) || worlds->warmth.failed;
    for (size_t i = 0; worlds->solo != NULL && i < worlds->domain_count; i++)
        failed |= hierarchy_failed(&worlds->solo[i]);
    return failed;
}

/* A ref that is no access. */
static void shared_event(struct worlds *worlds, const struct batch *batch, size_t i,
                         bool traced)
{
    const struct ref *ref = &batch->refs[i];
    hierarchy_note(&worlds->shared, ref);
    if (ref->kind == REF_SPACE)
        hierarchy_switch(&worlds->shared, ref, traced);
    if (ref->kind == REF_PHASE)
        worlds->warmth.phase = (enum trace_phase)ref->flags;
    if (ref->kind == REF_MARK)
        chronicler_sample(worlds->chronicler, &worlds->shared, ref, i);
}

size_t world_shared(struct worlds *worlds, const struct batch *batch, uint32_t *events,
                    struct reason *reasons)
{
    struct reason *next = reasons;
    for (size_t i = 0; i < batch->count; i++) {
        const struct ref *ref = &batch->refs[i];
        events[i] = 0;
        if (ref->kind > REF_STORE) {
            shared_event(worlds, batch, i, true);
            continue;
        }
        if ((ref->flags & (REF_NEW_PAGE | REF_NEW_LINE)) != 0)
            warmth_note(&worlds->warmth, &worlds->shared, ref);
        struct asker asker = {.excursion = ref->excursion,
                              .entity = ref_is_work(ref) ? ref->domain : ENTITY_PATH};
        events[i] = hierarchy_access(&worlds->shared, ref, &asker, &next, true);
    }
    return (size_t)(next - reasons);
}

int64_t world_shared_plain(struct worlds *worlds, const struct batch *batch)
{
    const struct asker anybody = {0};
    struct reason unused[REASONS_PER_REF], *next = unused;
    int64_t mcycles = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct ref *ref = &batch->refs[i];
        if (ref->kind > REF_STORE) {
            shared_event(worlds, batch, i, false);
            continue;
        }
        uint32_t events = hierarchy_access(&worlds->shared, ref, &anybody, &next, false);
        if (events != 0)
            mcycles += ref_cost(worlds->layout, ref, events);
    }
    return mcycles;
}

int64_t world_shared_further(struct worlds *worlds, const struct ref *ref)
{
    const struct asker anybody = {0};
    struct reason unused[REASONS_PER_REF], *next = unused;
    uint32_t events =
        hierarchy_access_further(&worlds->shared, ref, &anybody, &next, false);
    return events == 0 ? 0 : ref_cost(worlds->layout, ref, events);
}

/* Nobody's work sees anybody else's keys: the domain is part of them. */
void world_merged(struct worlds *worlds, const struct batch *batch, uint32_t *events)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct ref *ref = &batch->refs[i];
        struct reason unused[REASONS_PER_REF], *next = unused;
        events[i] = 0;
        if (ref->kind > REF_STORE)
            hierarchy_note(&worlds->merged, ref);
        if (!ref_is_work(ref))
            continue;
        struct asker asker = {.domain = ref->domain};
        events[i] = hierarchy_access(&worlds->merged, ref, &asker, &next, false);
    }
}

void world_solo(struct worlds *worlds, const struct batch *batch, uint32_t *events)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct ref *ref = &batch->refs[i];
        struct reason unused[REASONS_PER_REF], *next = unused;
        events[i] = 0;
        if (ref->kind > REF_STORE)
            for (size_t domain = 0; domain < worlds->domain_count; domain++)
                hierarchy_note(&worlds->solo[domain], ref);
        if (!ref_is_work(ref))
            continue;
        struct asker asker = {0};
        events[i] =
            hierarchy_access(&worlds->solo[ref->domain], ref, &asker, &next, false);
    }
}
