/* csim.h - replay --csim. */
#ifndef CROSSBILL_CLI_CSIM_H
#define CROSSBILL_CLI_CSIM_H

#include "model/csim.h"

/* Simulate the cache lab's cache on the whole trace and print its counts. */
bool csim_print(const struct trace_reader *trace, const struct csim_geometry *geometry,
                struct cb_error *error);

#endif
