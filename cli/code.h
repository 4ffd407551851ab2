/* code.h - the instructions on the path of a crossing, as a listing. */
#ifndef CROSSBILL_CODE_H
#define CROSSBILL_CODE_H

#include "model/machine.h"
#include "traces/trace.h"

/* Print the path of the crossing whose way in is record number `crossing`: the stub
 * before it, everything up to its way out, and the stub after. `explicit_mcycles` is what
 * its bill says that the path costs. */
bool code_print_path(const struct trace_reader *trace, const struct machine *machine,
                     uint64_t crossing, int64_t explicit_mcycles, struct cb_error *error);

#endif
