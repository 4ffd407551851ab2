#include "model/stack.h"

#include <stdlib.h>
#include <string.h>

/* ---- setting up ---- */

static size_t coarser_column(const uint64_t *sets, size_t column)
{
    for (size_t i = column; i-- > 0;)
        if (sets[column] % sets[i] == 0)
            return i;
    return SIZE_MAX;
}

static bool is_beside(const struct stack *stack, const struct stack_column *column)
{
    return stack->ordered && stack->watched != STACK_NOBODY &&
           column->depth <= STACK_BESIDE;
}

static bool column_init(const struct stack *stack, struct stack_column *column)
{
    size_t places = stack->groups * column->sets * column->depth;
    column->keys = calloc(places, sizeof *column->keys); /* STACK_END */
    if (column->keys == NULL)
        return false;
    if (stack->watched != STACK_NOBODY)
        column->words = column->depth / 64 + 1;
    if (!is_beside(stack, column))
        return true;
    column->lost = calloc(places, sizeof *column->lost);
    column->owners = calloc(places, sizeof *column->owners);
    return column->lost != NULL && column->owners != NULL;
}

bool stack_init(struct stack *stack, const struct stack_shape *shape)
{
    *stack = (struct stack){.column_count = shape->columns,
                            .groups = shape->groups,
                            .ordered = shape->ordered,
                            .chain = true,
                            .watched = shape->watched};
    stack->columns = calloc(shape->columns, sizeof *stack->columns);
    if (stack->columns == NULL)
        return false;
    for (size_t i = 0; i < shape->columns; i++) {
        struct stack_column *column = &stack->columns[i];
        column->sets = shape->sets[i];
        if ((column->sets & (column->sets - 1)) == 0)
            column->mask = column->sets - 1;
        column->depth = shape->depths[i];
        column->coarser = coarser_column(shape->sets, i);
        stack->chain &= i == 0 || column->coarser == i - 1;
        if (!column_init(stack, column)) {
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
        free(stack->columns[i].lost);
        free(stack->columns[i].owners);
        free(stack->columns[i].lost_of_key);
    }
    free(stack->columns);
    free(stack->keys);
    *stack = (struct stack){0};
}

static bool grow_losses(struct stack *stack, size_t from, size_t to)
{
    for (size_t i = 0; i < stack->column_count; i++) {
        struct stack_column *column = &stack->columns[i];
        if (column->words == 0)
            continue;
        uint64_t *lost = realloc(column->lost_of_key, to * column->words * sizeof *lost);
        if (lost == NULL)
            return false;
        column->lost_of_key = lost;
        memset(lost + from * column->words, 0,
               (to - from) * column->words * sizeof *lost);
    }
    return true;
}

bool stack_reserve(struct stack *stack, size_t count)
{
    if (count > stack->key_capacity) {
        size_t capacity = stack->key_capacity != 0 ? 2 * stack->key_capacity : 1024;
        struct stack_key *keys = realloc(stack->keys, capacity * sizeof *keys);
        if (keys == NULL)
            return false;
        stack->keys = keys;
        if (!grow_losses(stack, stack->key_capacity, capacity))
            return false;
        stack->key_capacity = capacity;
    }
    for (; stack->key_count < count; stack->key_count++)
        stack->keys[stack->key_count] = (struct stack_key){0};
    return true;
}

/* ---- one stack, as a column has many ---- */

struct place {
    uint32_t *keys;
    uint64_t *lost;
    uint16_t *owners;
    uint32_t depth;
};

static inline size_t start_of(const struct stack_column *column, size_t group,
                              uint64_t number)
{
    uint64_t set = column->mask != 0 || column->sets == 1 ? number & column->mask
                                                          : number % column->sets;
    return (group * column->sets + set) * column->depth;
}

static inline struct place place_of(const struct stack_column *column, size_t group,
                                    uint64_t number)
{
    size_t at = start_of(column, group, number);
    return (struct place){.keys = column->keys + at,
                          .lost = column->lost != NULL ? column->lost + at : NULL,
                          .owners = column->owners != NULL ? column->owners + at : NULL,
                          .depth = column->depth};
}

static uint32_t find(const struct place *place, uint32_t from, uint32_t key)
{
    for (uint32_t i = from; i < place->depth && place->keys[i] != STACK_END; i++)
        if (place->keys[i] == key)
            return i;
    return STACK_ABSENT;
}

/* What went down has ended in a hole: larger sizes keep the way that they had free. */
static uint32_t leave_hole(const struct place *place, uint32_t from, uint32_t key)
{
    uint32_t position = find(place, from, key);
    if (position != STACK_ABSENT)
        place->keys[position] = STACK_HOLE;
    return position;
}

/* ---- ordered stacks: found and moved in one go ---- */

/* `key`, not first, comes to the front; all up to its old place go down by one. */
static uint32_t move_to_front(const struct place *place, uint32_t key)
{
    uint32_t *keys = place->keys;
    uint32_t falling = keys[0];
    keys[0] = key;
    for (uint32_t i = 1; i < place->depth && falling != STACK_END; i++) {
        uint32_t here = keys[i];
        if (falling == STACK_HOLE)
            return leave_hole(place, i, key);
        keys[i] = falling;
        if (here == key)
            return i;
        falling = here;
    }
    return STACK_ABSENT;
}

/* The culprit of a key that loses its place is the most recent user with another owner:
 * whoever comes to the front, or else the first other one in the stack, or else nobody
 * but its own owner. Here it matters only whether that is the watched one. */
struct blame {
    uint16_t comer; /* the owner of what comes to the front */
    bool by_comer;  /* whether that is the watched owner */
    bool otherwise; /* whether the culprit of the comer's own keys is, so far */
    bool settled;   /* another owner has been seen */
};

static inline bool watched_did(struct blame *blame, uint16_t owner, uint32_t watched)
{
    if (owner == blame->comer)
        return blame->otherwise;
    if (!blame->settled)
        blame->otherwise = owner == watched;
    blame->settled = true;
    return blame->by_comer;
}

/* The same, of a watched stack: with what stands beside the keys. */
static uint32_t move_watched(const struct stack *stack, struct stack_column *column,
                             const struct place *place, uint32_t key, uint16_t owner)
{
    uint32_t *keys = place->keys;
    uint32_t falling = keys[0];
    keys[0] = key;
    if (falling == STACK_END)
        return STACK_ABSENT;
    uint16_t falling_owner = falling != STACK_HOLE ? stack->keys[falling].owner : 0;
    uint64_t falling_lost = 0;
    bool watched = owner == stack->watched;
    struct blame blame = {.comer = owner, .by_comer = watched, .otherwise = watched};
    uint32_t i = 1;
    for (; i < place->depth; i++) {
        if (falling == STACK_HOLE) {
            uint32_t position = leave_hole(place, i, key);
            if (position != STACK_ABSENT)
                column->lost_of_key[key] = place->lost[position];
            return position;
        }
        uint64_t bit = watched_did(&blame, falling_owner, stack->watched);
        uint32_t here = keys[i];
        uint64_t here_lost = place->lost[i];
        uint16_t here_owner = place->owners[i];
        keys[i] = falling;
        place->lost[i] = falling_lost | bit << i;
        place->owners[i] = falling_owner;
        if (here == key) {
            if (watched)
                column->lost_of_key[key] = here_lost;
            return i;
        }
        if (here == STACK_END)
            return STACK_ABSENT;
        falling = here;
        falling_lost = here_lost;
        falling_owner = here_owner;
    }
    if (falling != STACK_HOLE)
        column->lost_of_key[falling] =
            falling_lost | (uint64_t)watched_did(&blame, falling_owner, stack->watched)
                               << i;
    return STACK_ABSENT;
}

/* ---- any stacks ---- */

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

static void note_lost(struct stack_column *column, uint32_t size, uint32_t key, bool lost)
{
    uint64_t *word = &column->lost_of_key[(size_t)key * column->words + size / 64];
    uint64_t bit = UINT64_C(1) << size % 64;
    *word = lost ? *word | bit : *word & ~bit;
}

/* `key` comes to the front; what was there goes down, and at each size the less recently
 * used of two leaves, until a hole, the key's old position or the end takes it. */
static void percolate(const struct stack *stack, struct stack_column *column,
                      const struct place *place, uint32_t key, uint32_t position)
{
    const struct stack_key *known = stack->keys;
    bool watched = stack->watched != STACK_NOBODY;
    uint32_t *keys = place->keys;
    struct recent recent = {0};
    uint32_t falling = keys[0];
    keys[0] = key;
    uint32_t i = 1;
    for (; falling != STACK_HOLE && falling != STACK_END; i++) {
        if (watched) {
            see(&recent, &known[keys[i - 1]]);
            note_lost(column, i, falling,
                      most_recent_foreign(&recent, known[falling].owner) ==
                          stack->watched);
        }
        if (i == place->depth)
            return;
        uint32_t here = keys[i];
        if (i == position || here == STACK_HOLE || here == STACK_END) {
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

static uint32_t use_unordered(struct stack *stack, struct stack_column *column,
                              const struct place *place, uint32_t key, bool moves)
{
    uint32_t position = find(place, 0, key);
    if (moves && position != 0)
        percolate(stack, column, place, key, position);
    return position;
}

/* ---- from outside ---- */

/* Most of the time would go by waiting for a set's line, column by column. */
#define AHEAD 4

void stack_ahead(const struct stack *stack, size_t group, uint64_t number)
{
    for (size_t i = 0; i < stack->column_count && i < AHEAD; i++) {
        const struct stack_column *column = &stack->columns[i];
        __builtin_prefetch(column->keys + start_of(column, group, number), 1);
    }
}

static uint32_t use_column(struct stack *stack, struct stack_column *column,
                           const struct place *place, uint32_t key, uint16_t owner,
                           bool moves)
{
    if (!stack->ordered)
        return use_unordered(stack, column, place, key, moves);
    if (place->keys[0] == key)
        return 0;
    if (place->lost != NULL)
        return move_watched(stack, column, place, key, owner);
    if (stack->watched == STACK_NOBODY)
        return move_to_front(place, key);
    return use_unordered(stack, column, place, key, moves);
}

size_t stack_use(struct stack *stack, size_t group, uint32_t key, uint64_t number,
                 uint16_t owner, bool moves, uint32_t *positions)
{
    struct stack_key *known = &stack->keys[key];
    struct stack_key before = *known;
    bool resident = false;
    known->used = ++stack->clock;
    known->owner = owner;
    size_t i = 0;
    for (; i < stack->column_count; i++) {
        struct stack_column *column = &stack->columns[i];
        if (column->coarser != SIZE_MAX && positions[column->coarser] == 0) {
            positions[i] = 0;
        } else {
            struct place place = place_of(column, group, number);
            positions[i] = use_column(stack, column, &place, key, owner, moves);
        }
        resident |= positions[i] != STACK_ABSENT;
        if (stack->chain && positions[i] == 0)
            break;
    }
    if (!moves && !resident)
        *known = before;
    return i;
}

bool stack_lost(const struct stack *stack, size_t column, uint32_t key, uint32_t size)
{
    const struct stack_column *is = &stack->columns[column];
    return (is->lost_of_key[(size_t)key * is->words + size / 64] >> size % 64 & 1) != 0;
}

/* Holes at the end are where it ends. */
static void trim(uint32_t *keys, uint32_t length)
{
    while (length > 0 && keys[length - 1] == STACK_HOLE)
        keys[--length] = STACK_END;
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
            const uint64_t *lost =
                column->lost != NULL ? column->lost + set * column->depth : NULL;
            uint32_t p = 0;
            for (; p < column->depth && keys[p] != STACK_END; p++) {
                if (keys[p] == STACK_HOLE || !leaves(context, i, keys[p], p))
                    continue;
                if (lost != NULL && p > 0)
                    column->lost_of_key[keys[p]] = lost[p];
                keys[p] = STACK_HOLE;
            }
            trim(keys, p);
        }
    }
}
