#include "export.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_SIZE (1u << 16)

struct exporter {
    dump_sink *sink;
    void *context;
    size_t used;
    bool stopped;
    char piece[PIECE_SIZE];
};

static void flush(struct exporter *exporter)
{
    if (exporter->used > 0 && !exporter->stopped)
        exporter->stopped =
            !exporter->sink(exporter->context, exporter->piece, exporter->used);
    exporter->used = 0;
}

static size_t din_line(const struct trace_record *record, char line[DUMP_LINE_MAX])
{
    static const char labels[] = {'2', '0', '1'};
    if (record->kind > TRACE_STORE)
        return 0;
    return (size_t)snprintf(line, DUMP_LINE_MAX, "%c %" PRIx64 "\n", labels[record->kind],
                            record->vaddr);
}

static size_t xdin_line(const struct trace_record *record, char line[DUMP_LINE_MAX])
{
    static const char labels[] = {'i', 'r', 'w'};
    if (record->kind > TRACE_STORE)
        return 0;
    return (size_t)snprintf(line, DUMP_LINE_MAX, "%c %" PRIx64 " %x\n",
                            labels[record->kind], record->vaddr, record->size);
}

/* The text's line with commas; an access has an empty detail. */
static size_t csv_line(const struct trace_record *record, char line[DUMP_LINE_MAX])
{
    size_t size = dump_record(record, line);
    for (size_t i = 0; i < size; i++)
        if (line[i] == ' ')
            line[i] = ',';
    if (record->kind > TRACE_STORE)
        return size;
    line[size - 1] = ',';
    line[size++] = '\n';
    return size;
}

static const struct {
    const char *word;
    const char *first;
    size_t (*line)(const struct trace_record *record, char line[DUMP_LINE_MAX]);
} formats[EXPORT_FORMATS] = {
    [EXPORT_DIN] = {"din", "", din_line},
    [EXPORT_XDIN] = {"xdin", "", xdin_line},
    [EXPORT_CSV] = {"csv",
                    "kind,address,physical,size,mode,domain,space,thread,code,detail\n",
                    csv_line},
    [EXPORT_TEXT] = {"text", NULL, NULL},
};

const char *export_format_word(unsigned format)
{
    return format < EXPORT_FORMATS ? formats[format].word : NULL;
}

static bool put_blocks(struct exporter *exporter, const struct trace_reader *reader,
                       enum export_format format, struct cb_error *error)
{
    struct trace_block block;
    bool done = true;
    trace_block_init(&block);
    for (size_t i = 0; done && i < trace_blocks(reader) && !exporter->stopped; i++) {
        done = trace_read_block(reader, i, &block, error);
        for (size_t n = 0; n < block.count; n++) {
            if (PIECE_SIZE - exporter->used < DUMP_LINE_MAX)
                flush(exporter);
            exporter->used +=
                formats[format].line(&block.records[n], exporter->piece + exporter->used);
        }
    }
    flush(exporter);
    trace_block_free(&block);
    return done;
}

bool trace_export(const struct trace_reader *reader, enum export_format format,
                  dump_sink *sink, void *context, struct cb_error *error)
{
    if (format == EXPORT_TEXT)
        return dump_trace(reader, sink, context, error);
    struct exporter *exporter = malloc(sizeof *exporter);
    if (exporter == NULL)
        return cb_error_set(error, CB_IO, "out of memory while exporting a trace");
    exporter->sink = sink;
    exporter->context = context;
    exporter->stopped = false;
    exporter->used = strlen(formats[format].first);
    memcpy(exporter->piece, formats[format].first, exporter->used);
    bool done = put_blocks(exporter, reader, format, error);
    free(exporter);
    return done;
}
