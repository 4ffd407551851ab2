#include "model/tags.h"

#include <stdlib.h>
#include <string.h>

bool tags_init(struct tags *tags, unsigned bits)
{
    *tags = (struct tags){.count = 1u << bits};
    tags->tag_of = calloc(TAGS_SPACES, sizeof *tags->tag_of);
    tags->space_of = calloc(tags->count, sizeof *tags->space_of);
    tags->last_current = calloc(tags->count, sizeof *tags->last_current);
    if (tags->tag_of != NULL && tags->space_of != NULL && tags->last_current != NULL)
        return true;
    tags_free(tags);
    return false;
}

void tags_free(struct tags *tags)
{
    free(tags->tag_of);
    free(tags->space_of);
    free(tags->last_current);
    *tags = (struct tags){0};
}

static void give(struct tags *tags, uint32_t tag, uint32_t space)
{
    tags->tag_of[space] = tag + 1;
    tags->space_of[tag] = space;
    tags->last_current[tag] = tags->clock;
}

static uint32_t longest_not_current(const struct tags *tags)
{
    uint32_t best = 0;
    for (uint32_t tag = 1; tag < tags->count; tag++)
        if (tags->last_current[tag] < tags->last_current[best])
            best = tag;
    return best;
}

enum tags_flush tags_switch(struct tags *tags, uint32_t space, bool recycle,
                            uint32_t *loser)
{
    tags->clock++;
    if (tags->tag_of[space] != 0) {
        tags->last_current[tags->tag_of[space] - 1] = tags->clock;
        return TAGS_FLUSH_NOTHING;
    }
    if (tags->dealt < tags->count) {
        give(tags, tags->dealt++, space);
        return TAGS_FLUSH_NOTHING;
    }
    if (recycle) {
        uint32_t tag = longest_not_current(tags);
        *loser = tags->space_of[tag];
        tags->tag_of[*loser] = 0;
        give(tags, tag, space);
        return TAGS_FLUSH_SPACE;
    }
    memset(tags->tag_of, 0, TAGS_SPACES * sizeof *tags->tag_of);
    tags->dealt = 0;
    give(tags, tags->dealt++, space);
    return TAGS_FLUSH_ALL;
}
