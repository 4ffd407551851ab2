/* diff.h - compare two report files. */
#ifndef CROSSBILL_DIFF_H
#define CROSSBILL_DIFF_H

#include "traces/error.h"

/* Print what differs between two report files: sums and accounts of replays, claims, and
 * points of sweeps; and how much is equal. *found says whether anything differs. Replays
 * are the same ones when scenario, structure, machine and phase are. */
bool diff_reports(const char *const paths[2], bool *found, struct cb_error *error);

#endif
