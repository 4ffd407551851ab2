#include "model/rollup.h"

#include <stdlib.h>

#define REACHED_LEAST 4096 /* fewer entries are not worth making the map anew */

bool rollup_init(struct rollup *rollup)
{
    *rollup = (struct rollup){.block = malloc(ROLLUP_BLOCK * sizeof *rollup->block)};
    return rollup->block != NULL;
}

void rollup_free(struct rollup *rollup)
{
    if (rollup->file != NULL)
        fclose(rollup->file);
    free(rollup->block);
    map_free(&rollup->waiting);
    *rollup = (struct rollup){0};
}

static bool write_block(struct rollup *rollup)
{
    if (rollup->file == NULL && (rollup->file = tmpfile()) == NULL)
        return false;
    return fwrite(rollup->block, sizeof *rollup->block, ROLLUP_BLOCK, rollup->file) ==
           ROLLUP_BLOCK;
}

bool rollup_add(struct rollup *rollup, const struct rollup_item *item)
{
    uint32_t at = rollup->count % ROLLUP_BLOCK;
    if (at == 0 && rollup->count > 0 && !write_block(rollup))
        return false;
    rollup->block[at] = *item;
    rollup->count++;
    return true;
}

/* ---- from the last to the first ---- */

static bool read_block(struct rollup *rollup, uint32_t block)
{
    long at = (long)block * ROLLUP_BLOCK * (long)sizeof *rollup->block;
    return fseek(rollup->file, at, SEEK_SET) == 0 &&
           fread(rollup->block, sizeof *rollup->block, ROLLUP_BLOCK, rollup->file) ==
               ROLLUP_BLOCK;
}

/* The map never forgets; so now and then it is made anew, of the parents still to come:
 * those with numbers below `number`. */
static void forget_reached(struct rollup *rollup, uint32_t number)
{
    struct map old = rollup->waiting;
    if (rollup->reached < REACHED_LEAST || 2 * rollup->reached < old.count)
        return;
    rollup->waiting = (struct map){.failed = old.failed};
    for (size_t i = 0; i < old.capacity; i++)
        if (old.entries[i].key < number)
            map_put(&rollup->waiting, old.entries[i].key, old.entries[i].value);
    map_free(&old);
    rollup->reached = 0;
}

/* Add the children, which all came before, and hand the sum on to the parent. */
static void roll_up(struct rollup *rollup, uint32_t number, struct rollup_item *item)
{
    struct map *waiting = &rollup->waiting;
    int64_t children = (int64_t)map_get(waiting, number, 0);
    rollup->reached += children != 0;
    item->mcycles += children;
    if (item->parent == 0)
        return;
    int64_t siblings = (int64_t)map_get(waiting, item->parent, 0);
    map_put(waiting, item->parent, (uint64_t)(siblings + item->mcycles));
}

bool rollup_each(struct rollup *rollup,
                 bool (*visit)(void *context, const struct rollup_visit *visit),
                 void *context)
{
    for (uint32_t number = rollup->count; number > 0; number--) {
        uint32_t at = (number - 1) % ROLLUP_BLOCK;
        bool in_memory =
            (number - 1) / ROLLUP_BLOCK == (rollup->count - 1) / ROLLUP_BLOCK;
        if (at == ROLLUP_BLOCK - 1 && !in_memory &&
            !read_block(rollup, (number - 1) / ROLLUP_BLOCK))
            return false;
        struct rollup_item *item = &rollup->block[at];
        struct rollup_visit now = {.number = number, .own = item->mcycles, .item = item};
        roll_up(rollup, number, item);
        forget_reached(rollup, number);
        if (rollup->waiting.failed || !visit(context, &now))
            return false;
    }
    return true;
}
