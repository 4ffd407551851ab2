#include "model/records.h"

bool records_each(const struct trace_reader *trace,
                  void (*take)(void *context, const struct trace_record *record),
                  void *context, struct cb_error *error)
{
    struct trace_block block;
    trace_block_init(&block);
    bool read = true;
    for (size_t i = 0; read && i < trace_blocks(trace); i++) {
        read = trace_read_block(trace, i, &block, error);
        for (size_t r = 0; read && r < block.count; r++)
            take(context, &block.records[r]);
    }
    trace_block_free(&block);
    return read;
}
