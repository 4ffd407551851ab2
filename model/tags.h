/* tags.h - which address spaces have a tag (ASID, PCID) of one tagged TLB or cache.
 *
 * Entries are keyed by address space, not by tag, so that a tag dealt out anew never
 * makes one space's entry look like another's; what tags decide is when entries must go.
 */
#ifndef CROSSBILL_TAGS_H
#define CROSSBILL_TAGS_H

#include <stdbool.h>
#include <stdint.h>

#define TAGS_SPACES 65536

struct tags {
    uint32_t count;         /* tags there are; 0: the structure has none */
    uint32_t dealt;
    uint32_t *tag_of;       /* [TAGS_SPACES] tag + 1 of a space; 0: none */
    uint32_t *space_of;     /* [count] */
    uint64_t *last_current; /* [count] when the tag's space was last made current */
    uint64_t clock;
};

/* What must leave the structure because the tags ran out. */
enum tags_flush { TAGS_FLUSH_NOTHING, TAGS_FLUSH_ALL, TAGS_FLUSH_SPACE };

bool tags_init(struct tags *tags, unsigned bits);
void tags_free(struct tags *tags);

/* `space` becomes current. With TAGS_FLUSH_SPACE, *loser is the space that lost its
 * tag. */
enum tags_flush tags_switch(struct tags *tags, uint32_t space, bool recycle,
                            uint32_t *loser);

#endif
