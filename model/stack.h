/* stack.h - all sizes of an LRU structure at once: sets of stacks of keys.
 *
 * A stack holds the keys of one set so that a structure of A ways holds the first A of
 * them: the position at which a key is found is the smallest A, less one, that hits
 * (Mattson, Gecsei, Slutz, Traiger 1970). Three things go beyond moving keys to the
 * front:
 *   - a store that does not allocate moves nothing, but makes its key the last used where
 *     it is resident; so keys going down are compared by last use (Mattson's
 * percolation). Where all uses move, stacks are in order of last use and nothing is
 * compared;
 *   - what a flush leaves behind is a hole, and an invalid way is filled before anything
 *     is evicted: a key going down ends in the first hole (Thompson and Smith 1989);
 *   - positions from a column's `depth` on are not kept: no size asked for is larger.
 * Stacks for several numbers of sets stand side by side. Where one number divides the
 * next, a key that is first in the coarser set is first in the finer, and nothing needs
 * to be done there (Hill and Smith 1989).
 */
#ifndef CROSSBILL_STACK_H
#define CROSSBILL_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STACK_END    0          /* no key has this number: here the stack ends */
#define STACK_HOLE   UINT32_MAX
#define STACK_ABSENT UINT32_MAX /* a position: nowhere in the stack */
#define STACK_NOBODY UINT32_MAX /* no owner is watched */
#define STACK_BESIDE 63         /* the most ways whose losses stand beside their keys */

/* Who used a key last, and when: known to all columns. */
struct stack_key {
    uint64_t used;  /* clock of the last use; ordered stacks do without */
    uint16_t owner; /* what that means is the caller's */
};

/* The stacks of one number of sets. */
struct stack_column {
    uint64_t sets;
    uint64_t mask;    /* sets - 1, where that is a power of two; else 0 and sets > 1 */
    uint32_t depth;   /* the most ways asked for */
    uint32_t words;   /* of lost_of_key for each key */
    size_t coarser;   /* index of a column whose sets divide these; SIZE_MAX: none */
    uint32_t *keys;   /* [groups * sets * depth] key numbers, holes, then STACK_END */
    /* Watched: to whom did a key lose its place? Bit A: to the watched owner, in size A.
     * In ordered stacks of few ways the bits go down beside the key, from position 1 on,
     * and so does its owner; they are put by when the key is found, leaves or falls off
     * the end. `lost` and `owners` are NULL elsewhere. */
    uint64_t *lost;        /* [groups * sets * depth] */
    uint16_t *owners;      /* [groups * sets * depth] */
    uint64_t *lost_of_key; /* [key_capacity * words] */
};

/* `groups` sets of stacks that share nothing, as many as the solo world has domains. */
struct stack {
    struct stack_column *columns;
    size_t column_count;
    size_t groups;
    bool ordered;     /* every use moves its key */
    bool chain;       /* each column's sets are a multiple of those of the one before */
    uint32_t watched; /* an owner, or STACK_NOBODY */
    struct stack_key *keys; /* [key_count] shared by all columns */
    size_t key_count, key_capacity;
    uint64_t clock;
};

struct stack_shape {
    const uint64_t *sets; /* ascending */
    const uint32_t *depths;
    size_t columns;
    size_t groups;
    bool ordered;
    uint32_t watched;
};

bool stack_init(struct stack *stack, const struct stack_shape *shape);
void stack_free(struct stack *stack);

/* Make room for key numbers below `count`. */
bool stack_reserve(struct stack *stack, size_t count);

/* `owner` uses `key`, from 1, whose page or line has this number. positions[column]:
 * where it was. Returns how many columns need looking at: it was first in all further
 * ones. `moves`: false for a store that does not allocate, where the stack is not
 * ordered. */
size_t stack_use(struct stack *stack, size_t group, uint32_t key, uint64_t number,
                 uint16_t owner, bool moves, uint32_t *positions);

/* A key with this number will soon be used: have its first sets brought into the
 * cache. */
void stack_ahead(const struct stack *stack, size_t group, uint64_t number);

/* Whether `key`, just used by the watched owner, had lost its place in this size to that
 * owner. Sizes from 1 up to the position at which it was found, or to where it was before
 * it was flushed. */
bool stack_lost(const struct stack *stack, size_t column, uint32_t key, uint32_t size);

/* Take out every key for which `leaves` says so; it is told where each one was. */
void stack_flush(struct stack *stack,
                 bool (*leaves)(void *context, size_t column, uint32_t key,
                                uint32_t position),
                 void *context);

#endif
