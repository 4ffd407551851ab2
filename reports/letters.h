/* letters.h - the letters of a page's charts, drawn once. Private to this folder.
 *
 * Cairo draws text as outlines and puts those of each chart into the chart. On a page
 * with many charts they are most of its bytes; here each outline, and each word, stands
 * in the page once, and charts refer to it. */
#ifndef CROSSBILL_LETTERS_H
#define CROSSBILL_LETTERS_H

#include "arena.h"
#include "text.h"

struct letters_table {
    const char **keys; /* the arena's; NULL: free */
    unsigned *numbers;
    size_t capacity, count;
};

struct letters {
    struct arena arena;
    struct letters_table outlines, words;
    struct text drawn; /* the elements to refer to */
};

/* Add `size` bytes of a chart as viz renders it, with references in place of outlines. */
void letters_add_chart(struct letters *letters, struct text *text, const char *svg,
                       size_t size);
/* What all charts so far refer to; false when memory ran out. */
bool letters_add_all(struct letters *letters, struct text *text);
void letters_free(struct letters *letters);

#endif
