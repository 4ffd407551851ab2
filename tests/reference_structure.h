/* reference_structure.h - one TLB or cache of the naive replay: an array of entries, a
 * clock, and a list of why every key that left did so. Rules 4, 9 and 10 of reference.h.
 */
#ifndef CROSSBILL_TESTS_REFERENCE_STRUCTURE_H
#define CROSSBILL_TESTS_REFERENCE_STRUCTURE_H

#include "model/machine.h"

#define ENTITY_PATH (-1) /* work of domain d is entity d */

/* Number of the page or line, and whose it is where domains or spaces are kept apart. */
struct key {
    uint32_t owner;
    uint64_t number;
    uint64_t size;  /* of a page, in bytes */
    uint64_t frame; /* of a page, where it is in memory */
    uint64_t index; /* the number that decides the set: another one where a cache is
                       indexed by other addresses than it is tagged with */
};

enum whereabouts { COLD, FLUSHED, EVICTED };

/* How a key left last; COLD: it never did. */
struct past {
    struct key key;
    enum whereabouts whereabouts;
    int culprit; /* an entity, if EVICTED */
};

struct entry {
    struct key key;
    bool valid, dirty;
    int user; /* entity of the last use */
    uint64_t filled, used;
};

struct structure {
    uint64_t sets;
    uint32_t ways;
    uint8_t replacement;
    uint64_t random;       /* state of the generator */
    struct entry *entries; /* sets x ways */
    uint8_t *bits;         /* tree bits, `ways` for each set; the root is number 1 */
    uint64_t clock;
    struct past *past;
    size_t past_count, past_capacity;
    int64_t flushes, flushed_entries, write_backs;
};

void structure_start(struct structure *structure, uint64_t sets, uint32_t ways,
                     uint8_t replacement, uint64_t seed);
void structure_end(struct structure *structure);

/* NULL if the key is not there. */
struct entry *structure_find(struct structure *structure, struct key key);
void structure_use(struct structure *structure, struct entry *entry, int user,
                   bool dirty);
/* The key must not be there. What it took the place of; not valid: nothing. */
struct entry structure_fill(struct structure *structure, struct key key, int user,
                            bool dirty);
/* Take a key out of all sets for the reason why another one left. */
void structure_drop(struct structure *structure, struct key key, struct past because);
void structure_flush(struct structure *structure);
/* Only the entries of one owner, and all but those of one owner. */
void structure_flush_owner(struct structure *structure, uint32_t owner);
void structure_flush_others(struct structure *structure, uint32_t owner);
/* By value: the list may move. */
struct past structure_past(const struct structure *structure, struct key key);

#endif
