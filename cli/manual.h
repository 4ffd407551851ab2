/* manual.h - the manual page and the shell completion, made from the verb table. */
#ifndef CROSSBILL_MANUAL_H
#define CROSSBILL_MANUAL_H

#include <argp.h>
#include <stdio.h>

/* crossbill(1) for man. */
void manual_page(FILE *out);

/* For bash. Names of machines, scenarios and so on are asked of crossbill itself when
 * they are wanted, so the file need not change with them. */
void manual_completion(FILE *out);

/* An argp's own options and then those of its children, in the order of --help. */
void manual_options(const struct argp *argp,
                    void (*visit)(void *, const struct argp_option *), void *context);

#endif
