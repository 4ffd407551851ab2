/* chronicle.h - put what happened when in a replay into the file. Private to this folder.
 */
#ifndef CROSSBILL_REPORT_CHRONICLE_H
#define CROSSBILL_REPORT_CHRONICLE_H

#include "sql.h"

/* Within the transaction that puts in the ledger. `domains` are rows of `domains`, by
 * place in the ledger. Then forget what there is of smaller domains of the same kind. */
bool chronicle_insert(struct report *report, int64_t replay,
                      const struct chronicle *chronicle, const int64_t *domains,
                      struct cb_error *error);

#endif
