#include "model/stack.h"

#include <stdlib.h>

static size_t coarser_column(const uint64_t *sets, size_t column)
{
    for (size_t i = column; i-- > 0;)
        if (sets[column] % sets[i] == 0)
            return i;
    return SIZE_MAX;
}

bool stack_init(struct stack *stack, const uint64_t *sets, const uint32_t *depths,
                size_t count, size_t groups)
{
    *stack = (struct stack){.column_count = count, .groups = groups};
    stack->columns = calloc(count, sizeof *stack->columns);
    if (stack->columns == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct stack_column *column = &stack->columns[i];
        column->sets = sets[i];
        column->depth = depths[i];
        column->coarser = coarser_column(sets, i);
        column->keys = malloc(groups * sets[i] * depths[i] * sizeof *column->keys);
        column->length = calloc(groups * sets[i], sizeof *column->length);
        if (column->keys == NULL || column->length == NULL) {
            stack_free(stack);
            return false;
        }
    }
    return true;
}

void stack_free(struct stack *stack)
{
    for (size_t i = 0; stack->columns != NULL && i < stack->column_count; i++) {
        free(stack->columns[i].keys);
        free(stack->columns[i].length);
    }
    free(stack->columns);
    free(stack->keys);
    *stack = (struct stack){0};
}

bool stack_reserve(struct stack *stack, size_t count)
{
    if (count > stack->key_capacity) {
        size_t capacity = stack->key_capacity != 0 ? 2 * stack->key_capacity : 1024;
        struct stack_key *keys = realloc(stack->keys, capacity * sizeof *keys);
        if (keys == NULL)
            return false;
        stack->keys = keys;
        stack->key_capacity = capacity;
    }
    for (; stack->key_count < count; stack->key_count++)
        stack->keys[stack->key_count] = (struct stack_key){0};
    return true;
}

static uint32_t find(const uint32_t *keys, uint32_t length, uint32_t key)
{
    for (uint32_t i = 0; i < length; i++)
        if (keys[i] == key)
            return i;
    return STACK_ABSENT;
}

/* The two most recent users among the keys seen so far, with different owners: the most
 * recent foreign one, for whichever owner, is one of them. */
struct recent {
    uint64_t used[2];
    uint16_t owner[2];
    unsigned count;
};

static void see(struct recent *recent, const struct stack_key *key)
{
    if (recent->count > 0 && recent->owner[0] == key->owner) {
        if (key->used > recent->used[0])
            recent->used[0] = key->used;
        return;
    }
    if (recent->count == 0 || key->used > recent->used[0]) {
        recent->used[1] = recent->used[0];
        recent->owner[1] = recent->owner[0];
        recent->used[0] = key->used;
        recent->owner[0] = key->owner;
        recent->count += recent->count < 2;
        return;
    }
    if (recent->count == 1 || key->used > recent->used[1]) {
        recent->used[1] = key->used;
        recent->owner[1] = key->owner;
        recent->count = 2;
    }
}

/* The most recent user that is not `owner`, or `owner` if there is none. */
static uint16_t most_recent_foreign(const struct recent *recent, uint16_t owner)
{
    if (recent->count > 0 && recent->owner[0] != owner)
        return recent->owner[0];
    return recent->count > 1 ? recent->owner[1] : owner;
}

/* `key` comes to the front; what was there goes down, and at each size the less recently
 * used of two leaves, until a hole, the key's old position or the end takes it. */
static void percolate(struct stack *stack, size_t at, uint32_t *keys, uint32_t *length,
                      uint32_t key, uint32_t position,
                      const struct stack_watcher *watcher)
{
    uint32_t depth = stack->columns[at].depth;
    const struct stack_key *known = stack->keys;
    struct recent recent = {0};
    uint32_t falling = *length > 0 ? keys[0] : STACK_HOLE;
    keys[0] = key;
    if (*length == 0)
        *length = 1;
    uint32_t i = 1;
    for (; falling != STACK_HOLE; i++) {
        if (watcher != NULL) {
            see(&recent, &known[keys[i - 1]]);
            watcher->evicted(watcher->context, at, i, falling,
                             most_recent_foreign(&recent, known[falling].owner));
        }
        if (i == depth)
            return;
        if (i == *length)
            keys[(*length)++] = STACK_HOLE;
        uint32_t here = keys[i];
        if (i == position || here == STACK_HOLE) {
            keys[i] = falling;
            falling = STACK_HOLE;
        } else if (known[here].used < known[falling].used) {
            keys[i] = falling;
            falling = here;
        }
    }
    if (position != STACK_ABSENT && i <= position)
        keys[position] = STACK_HOLE; /* larger sizes keep the way that they had free */
}

void stack_use(struct stack *stack, size_t group, uint32_t key, uint64_t number,
               uint16_t owner, bool moves, const struct stack_watcher *watcher,
               uint32_t *positions)
{
    struct stack_key *known = &stack->keys[key];
    struct stack_key before = *known;
    bool resident = false;
    known->used = ++stack->clock;
    known->owner = owner;
    for (size_t i = 0; i < stack->column_count; i++) {
        struct stack_column *column = &stack->columns[i];
        if (column->coarser != SIZE_MAX && positions[column->coarser] == 0) {
            positions[i] = 0;
            resident = true;
            continue;
        }
        size_t set = group * column->sets + number % column->sets;
        uint32_t *keys = column->keys + set * column->depth;
        positions[i] = find(keys, column->length[set], key);
        resident |= positions[i] != STACK_ABSENT;
        if (moves && positions[i] != 0)
            percolate(stack, i, keys, &column->length[set], key, positions[i], watcher);
    }
    if (!moves && !resident)
        *known = before;
}

static void trim(const uint32_t *keys, uint32_t *length)
{
    while (*length > 0 && keys[*length - 1] == STACK_HOLE)
        (*length)--;
}

void stack_flush(struct stack *stack,
                 bool (*leaves)(void *context, size_t column, uint32_t key,
                                uint32_t position),
                 void *context)
{
    for (size_t i = 0; i < stack->column_count; i++) {
        struct stack_column *column = &stack->columns[i];
        for (size_t set = 0; set < stack->groups * column->sets; set++) {
            uint32_t *keys = column->keys + set * column->depth;
            uint32_t length = column->length[set];
            for (uint32_t p = 0; p < length; p++)
                if (keys[p] != STACK_HOLE && leaves(context, i, keys[p], p))
                    keys[p] = STACK_HOLE;
            trim(keys, &column->length[set]);
        }
    }
}
