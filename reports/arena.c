#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct arena_piece {
    struct arena_piece *next;
    max_align_t memory[];
};

void *arena_take(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    struct arena_piece *piece = NULL;
    if (!__builtin_mul_overflow(count, size, &bytes) &&
        !__builtin_add_overflow(bytes, sizeof *piece, &bytes))
        piece = calloc(1, bytes);
    if (piece == NULL) {
        arena->failed = true;
        return NULL;
    }
    piece->next = arena->pieces;
    arena->pieces = piece;
    return piece->memory;
}

const char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : arena_take(arena, 1, (size_t)length + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text != NULL ? text : "";
}

void arena_free(struct arena *arena)
{
    for (struct arena_piece *next, *piece = arena->pieces; piece != NULL; piece = next) {
        next = piece->next;
        free(piece);
    }
    *arena = (struct arena){0};
}

bool arena_end(struct arena *arena, bool ok, struct cb_error *error)
{
    bool failed = arena->failed;
    arena_free(arena);
    return ok && failed ? cb_error_set(error, CB_IO, "out of memory") : ok;
}
