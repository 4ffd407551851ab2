/* arena.h - memory that is freed all at once. Private to this folder.
 *
 * Running out of memory is kept in `failed`; what is handed out then is NULL. */
#ifndef CROSSBILL_ARENA_H
#define CROSSBILL_ARENA_H

#include "traces/error.h"

#include <stdbool.h>
#include <stddef.h>

struct arena_piece;

struct arena {
    struct arena_piece *pieces;
    bool failed;
};

/* Zeroed. */
void *arena_take(struct arena *arena, size_t count, size_t size);
#define arena_array(arena, count, type) ((type *)arena_take(arena, count, sizeof(type)))

/* Never NULL: "" when memory ran out. */
const char *arena_print(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void arena_free(struct arena *arena);
/* Frees it and returns `ok`; or false, with CB_IO, if memory has run out. */
bool arena_end(struct arena *arena, bool ok, struct cb_error *error);

#endif
