/* explorer.h - sweeps that a reader chooses from, in the HTML report. Private to this
 * folder. */
#ifndef CROSSBILL_EXPLORER_H
#define CROSSBILL_EXPLORER_H

#include "document.h"
#include "text.h"

/* A place for each family of sweeps, which the page's script fills in, and their data as
 * JSON. It stays hidden without the script; what it shows stands in the table as well. */
bool html_explorer(struct text *text, struct document *document, const char *title,
                   struct cb_error *error);

#endif
