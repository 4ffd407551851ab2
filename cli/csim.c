/* csim.c - the one line that replay --csim prints. */
#include "csim.h"
#include "cli.h"

#include <inttypes.h>

static bool should_stop(void *context)
{
    (void)context;
    return cli_signal() != 0;
}

bool csim_print(const struct trace_reader *trace, const struct csim_geometry *geometry,
                struct cb_error *error)
{
    struct csim_counts counts;
    if (!csim_run(trace, geometry, should_stop, NULL, &counts, error))
        return false;
    printf("hits:%" PRIu64 " misses:%" PRIu64 " evictions:%" PRIu64 "\n", counts.hits,
           counts.misses, counts.evictions);
    return true;
}
