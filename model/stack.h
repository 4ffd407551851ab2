/* stack.h - all sizes of an LRU structure at once: sets of stacks of keys.
 *
 * A stack holds the keys of one set so that a structure of A ways holds the first A of
 * them: the position at which a key is found is the smallest A, less one, that hits
 * (Mattson, Gecsei, Slutz, Traiger 1970). Three things go beyond moving keys to the front:
 *   - a store that does not allocate moves nothing, but makes its key the last used where
 *     it is resident; so keys going down are compared by last use (Mattson's percolation);
 *   - what a flush leaves behind is a hole, and an invalid way is filled before anything
 *     is evicted: a key going down ends in the first hole (Thompson and Smith 1989);
 *   - positions from a column's `depth` on are not kept: no size asked for is larger.
 * Stacks for several numbers of sets stand side by side. Where one number divides the
 * next, a key that is first in the coarser set is first in the finer, and nothing needs
 * to be done there.
 */
#ifndef CROSSBILL_STACK_H
#define CROSSBILL_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STACK_HOLE   UINT32_MAX
#define STACK_ABSENT UINT32_MAX /* a position: nowhere in the stack */

struct stack_key {
    uint64_t used;  /* clock of the last use */
    uint16_t owner; /* who used it last; what that means is the caller's */
};

/* The stacks of one number of sets. */
struct stack_column {
    uint64_t sets;
    uint32_t depth;   /* the most ways asked for */
    uint32_t *keys;   /* [groups * sets * depth] key numbers, or STACK_HOLE */
    uint32_t *length; /* [groups * sets] positions in use, holes among them */
    size_t coarser;   /* index of a column whose sets divide these; SIZE_MAX: none */
};

/* `groups` sets of stacks that share nothing, as many as the solo world has domains. */
struct stack {
    struct stack_column *columns;
    size_t column_count;
    size_t groups;
    struct stack_key *keys; /* [key_count] shared by all columns */
    size_t key_count, key_capacity;
    uint64_t clock;
};

/* Columns by ascending number of sets: `sets` and `depths` have `count` members each. */
bool stack_init(struct stack *stack, const uint64_t *sets, const uint32_t *depths,
                size_t count, size_t groups);
void stack_free(struct stack *stack);

/* Make room for key numbers below `count`. */
bool stack_reserve(struct stack *stack, size_t count);

/* Who left a size: called for each size that evicted `key`, on its way down. */
struct stack_watcher {
    void (*evicted)(void *context, size_t column, uint32_t size, uint32_t key,
                    uint16_t culprit);
    void *context;
};

/* Use `key`, whose page or line has this number. positions[column]: where it was.
 * `moves`: false for a store that does not allocate. `owner` uses it. `watcher` may be
 * NULL. */
void stack_use(struct stack *stack, size_t group, uint32_t key, uint64_t number,
               uint16_t owner, bool moves, const struct stack_watcher *watcher,
               uint32_t *positions);

/* Take out every key for which `leaves` says so; it is told where each one was. */
void stack_flush(struct stack *stack,
                 bool (*leaves)(void *context, size_t column, uint32_t key,
                                uint32_t position),
                 void *context);

#endif
