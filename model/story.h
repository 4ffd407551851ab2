/* story.h - what happened to one ref in the shared world: its event bits with their costs
 * and reasons. */
#ifndef CROSSBILL_STORY_H
#define CROSSBILL_STORY_H

#include "model/hierarchy.h"

/* Who asked, for the cost of an event: the walk's reads are the walker's. */
static inline enum side ref_side(const struct ref *ref, unsigned bit)
{
    if (bit >= EVENT_DIRECTORY && bit < EVENT_LINE)
        return SIDE_WALK;
    return ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
}

/* Of all events of a ref in one world, in millicycles. */
static inline int64_t ref_cost(const struct layout *layout, const struct ref *ref,
                               uint32_t events)
{
    int64_t cost = 0;
    for (uint32_t left = events & EVENT_MASK; left != 0; left &= left - 1) {
        unsigned bit = (unsigned)__builtin_ctz(left);
        cost += layout->cost[ref_side(ref, bit)][bit];
    }
    return cost;
}

/* One ref's reasons, spread out to its event bits. */
struct story {
    struct reason of[EVENTS]; /* of each shared event; by group, of its foreign hit: */
    struct reason foreign[4];
    bool hit_foreign[4];
};

static inline bool event_has_own_reason(unsigned bit)
{
    return bit % 4 != EVENT_MEMORY; /* EVENT_WALK sits in the same place of its group */
}

/* Walk and memory share the reason of the last level asked before them. Returns where the
 * next ref's reasons begin. */
static inline const struct reason *story_tell(struct story *story, uint32_t shared,
                                              const struct reason *next)
{
    for (unsigned group = 0; group < 4; group++) {
        struct reason last = {.why = WHY_COLD, .entity = ENTITY_PATH};
        for (unsigned bit = 4 * group; bit < 4 * group + 4; bit++) {
            if ((shared & 1u << bit) == 0)
                continue;
            if (event_has_own_reason(bit))
                last = *next++;
            story->of[bit] = last;
        }
        story->hit_foreign[group] = (shared & FOREIGN_HIT(group)) != 0;
        if (story->hit_foreign[group])
            story->foreign[group] = *next++;
    }
    return next;
}

#endif
