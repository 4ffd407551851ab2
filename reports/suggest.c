#include "suggest.h"

#include <string.h>

#define LONGEST 64

/* Levenshtein's distance; longer words than LONGEST are close to nothing. */
static size_t distance(const char *a, const char *b)
{
    size_t rows = strlen(a), columns = strlen(b);
    size_t row[LONGEST + 1];
    if (rows > LONGEST || columns > LONGEST)
        return LONGEST;
    for (size_t c = 0; c <= columns; c++)
        row[c] = c;
    for (size_t r = 1; r <= rows; r++) {
        size_t diagonal = row[0];
        row[0] = r;
        for (size_t c = 1; c <= columns; c++) {
            size_t best = diagonal + (a[r - 1] != b[c - 1]);
            if (row[c] + 1 < best)
                best = row[c] + 1;
            if (row[c - 1] + 1 < best)
                best = row[c - 1] + 1;
            diagonal = row[c];
            row[c] = best;
        }
    }
    return row[columns];
}

const char *suggest_closest(const char *wrong, const char *const *names, size_t count)
{
    const char *closest = NULL;
    size_t least = LONGEST;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(wrong, names[i]);
        if (d < least && 3 * d <= strlen(names[i])) {
            least = d;
            closest = names[i];
        }
    }
    return closest;
}
