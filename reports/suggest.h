/* suggest.h - "did you mean ...?" Private to this folder. */
#ifndef CROSSBILL_SUGGEST_H
#define CROSSBILL_SUGGEST_H

#include <stddef.h>

/* The name closest to `wrong`, the first among equals; NULL when none is close: more than
 * a third of its letters would have to change. */
const char *suggest_closest(const char *wrong, const char *const *names, size_t count);

#endif
