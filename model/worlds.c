#include "model/worlds.h"

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

bool worlds_failed(const struct worlds *worlds)
{
    bool failed = hierarchy_failed(&worlds->shared) ||
                  hierarchy_failed(&worlds->merged) || worlds->warmth.failed;
    for (size_t i = 0; worlds->solo != NULL && i < worlds->domain_count; i++)
        failed |= hierarchy_failed(&worlds->solo[i]);
    return failed;
}

INLINE size_t shared(struct worlds *worlds, const struct batch *batch, uint32_t *events,
                     struct reason *reasons, bool traced)
{
    struct reason *next = reasons;
    for (size_t i = 0; i < batch->count; i++) {
        const struct ref *ref = &batch->refs[i];
        events[i] = 0;
        if (ref->kind > REF_STORE) {
            hierarchy_note(&worlds->shared, ref);
            if (ref->kind == REF_SPACE)
                hierarchy_switch(&worlds->shared, ref, traced);
            if (ref->kind == REF_PHASE)
                worlds->warmth.phase = (enum trace_phase)ref->flags;
            if (ref->kind == REF_MARK)
                chronicler_sample(worlds->chronicler, &worlds->shared, ref, i);
            continue;
        }
        if (traced && (ref->flags & (REF_NEW_PAGE | REF_NEW_LINE)) != 0)
            warmth_note(&worlds->warmth, &worlds->shared, ref);
        struct asker asker = {.excursion = ref->excursion,
                              .entity = ref_is_work(ref) ? ref->domain : ENTITY_PATH};
        events[i] = hierarchy_access(&worlds->shared, ref, &asker, &next, traced);
    }
    return (size_t)(next - reasons);
}

size_t world_shared(struct worlds *worlds, const struct batch *batch, uint32_t *events,
                    struct reason *reasons)
{
    return shared(worlds, batch, events, reasons, true);
}

void world_shared_plain(struct worlds *worlds, const struct batch *batch,
                        uint32_t *events)
{
    struct reason unused[REASONS_PER_REF];
    shared(worlds, batch, events, unused, false);
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
