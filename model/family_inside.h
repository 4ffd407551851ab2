/* family_inside.h - what a family is made of. For family*.c alone. */
#ifndef CROSSBILL_FAMILY_INSIDE_H
#define CROSSBILL_FAMILY_INSIDE_H

#include "model/family.h"
#include "model/family_tally.h"
#include "model/hierarchy.h"

#define NO_NUMBER UINT32_MAX

/* What must be known of a key of the shared world beside its place in the stacks. */
struct shared_key {
    uint64_t space; /* tagged: the address space of the entry */
    bool global;    /* stays when the rest is flushed */
    bool flushed;   /* since it was used last: see flushed_above */
};

/* A domain's page or line, and the shared key that it last was. */
struct own_key {
    uint64_t shared_key;
    uint32_t shared;
};

/* The key that was used last among those of one remainder of their numbers, and by whom:
 * in all columns and worlds that this user asks it comes first, and using it again
 * changes nothing. */
struct latest {
    uint64_t key;
    uint32_t user; /* domain and role */
};

/* An access of a batch that will change something. */
struct waiting {
    const struct ref *ref;
    uint64_t number, key; /* of the page or line, and in the shared world */
    uint32_t moment;
};

#define WAITING 256

struct family {
    struct family_shape shape;
    size_t columns, domains;
    uint64_t *sets; /* [columns] */
    struct stack shared, merged, solo;
    struct map shared_numbers, own_numbers; /* from keys to numbers */
    struct shared_key *shared_keys;
    struct own_key *own_keys;
    size_t shared_capacity, own_capacity;
    uint32_t **flushed_above; /* [column][key] sizes above held it when it was flushed */
    struct tally tally;
    uint32_t *positions[3]; /* [column] of one access, in the three worlds */
    struct tags tags;
    uint64_t space; /* the current one */
    enum trace_phase phase;
    bool logs;
    struct family_miss *log; /* positions are set when a miss is read */
    uint32_t *log_positions; /* [log_count * 3 * columns] */
    size_t log_count, log_room;
    struct latest *latest; /* [latest_mask + 1] */
    uint64_t latest_mask;
    struct waiting waiting[WAITING];
    size_t waiting_count;
    bool failed;
    bool finished; /* only the tally is left */
};

void family_forget_latest(struct family *family);

/* A number for a key that has none yet; NO_NUMBER without memory. */
uint32_t family_new_shared(struct family *family, uint64_t key);
uint32_t family_new_own(struct family *family, uint64_t key);

/* Room for one more miss in the log. */
bool family_log_room(struct family *family);

#endif
