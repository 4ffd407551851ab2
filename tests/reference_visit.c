#include "reference_visit.h"

#include <stdlib.h>

bool touch(struct touched *touched, uint64_t number)
{
    for (size_t i = touched->count; i-- > 0;)
        if (touched->numbers[i] == number)
            return false;
    if (touched->count == touched->capacity) {
        touched->capacity = 2 * touched->capacity + 64;
        touched->numbers =
            realloc(touched->numbers, touched->capacity * sizeof *touched->numbers);
        if (touched->numbers == NULL)
            abort();
    }
    touched->numbers[touched->count++] = number;
    return true;
}

void remember(struct memory *memory, const struct remembered *what)
{
    if (memory->count == memory->capacity) {
        memory->capacity = 2 * memory->capacity + 64;
        memory->list = realloc(memory->list, memory->capacity * sizeof *memory->list);
        if (memory->list == NULL)
            abort();
    }
    memory->list[memory->count++] = *what;
}

void visit_end(struct visit *visit)
{
    free(visit->pages.numbers);
    free(visit->lines.numbers);
    free(visit->pages_by_side.numbers);
    free(visit->lines_by_side.numbers);
    *visit = (struct visit){0};
}
