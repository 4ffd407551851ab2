/* sweep_kept.h - counts of passes and replays as bytes, to be kept for a later run.
 * Internal to model/.
 *
 *   64 bytes   the key that they are kept under, in hexadecimal digits
 *   ...        the counts: see sweep_bytes.h for numbers and rows of counts
 *   64 bytes   SHA-256 of all before, in hexadecimal digits
 *
 * They are valid if and only if the key is the one that was asked for, the checksum is
 * right, and the counts are all that is between, with nothing over. The counts of a
 * replay are a number, of the domains, and a row: see each_count() for what is in it.
 * Those of a pass are the same, and then
 *
 *   1 or 0     whether there is a row of accesses that no cache stands before
 *   its row    [phase][domain][account][side]
 *   a number   of families, and for each
 *     64 bytes   its name: a hash of its shape and of the first level before it
 *     a number   of columns, and for each its sets and the most ways
 *     a row      for each column: [phase][domain][side][account][0 to the most ways]
 *
 * A pass that is kept can be taken for one that needs less: fewer families, fewer sizes.
 */
#ifndef CROSSBILL_SWEEP_KEPT_H
#define CROSSBILL_SWEEP_KEPT_H

#include "model/sweep_pass.h"

#define KEPT_DIGITS 64

/* Which of a ledger's counts: those that a point takes from there. */
enum kept_part { KEPT_INSTRUCTIONS = 1, KEPT_TLBS = 2, KEPT_CACHES = 4 };

enum kept_fit { KEPT_FITS, KEPT_IS_OTHER, KEPT_IS_DAMAGED };

/* The key of what was simulated on this trace; `kind` is a word. False without memory, as
 * all here. */
bool kept_key(const struct trace_reader *trace, const char *kind,
              const struct machine *machine, char key[65]);
/* The name of a need's family. */
bool kept_name(const struct plan *plan, const struct need *need, char name[65]);

/* counts->key is set; fill in the rest. Free the bytes. */
bool kept_write_ledger(struct sweep_counts *counts, struct ledger *ledger,
                       unsigned parts);
bool kept_write_pass(struct sweep_counts *counts, const struct pass *pass,
                     const struct plan *plan, size_t stream);

/* What is not fit to be used leaves nothing to free. */
enum kept_fit kept_read_ledger(const struct sweep_counts *counts, const char *key,
                               unsigned parts, const struct trace_reader *trace,
                               struct ledger **ledger);
/* `names`: of all needs of the plan. */
enum kept_fit kept_read_pass(const struct sweep_counts *counts, const char *key,
                             const struct plan *plan, size_t stream,
                             const char (*names)[65], const struct trace_reader *trace,
                             struct pass *pass);

/* Put in front of and behind the counts what makes them valid. */
bool kept_seal(struct sweep_counts *counts, const void *bytes, size_t size);

#endif
