/* import_champsim.c - ChampSim's 64-byte records. */
#include "importer.h"

#include "bytes.h"

#define RECORD_SIZE   64
#define PIECE_RECORDS 1024
#define STORES_AT     16 /* two addresses; 0: none */
#define LOADS_AT      32 /* four */
#define FETCH_ASSUMED 4
#define DATA_ASSUMED  8

static void read_record(struct importer *importer, const uint8_t *bytes)
{
    importer_fetch(importer, get_u64(bytes), FETCH_ASSUMED, true);
    for (int i = 0; i < 4; i++) {
        uint64_t address = get_u64(bytes + LOADS_AT + 8 * i);
        if (address != 0)
            importer_data(importer, TRACE_LOAD, address, address, DATA_ASSUMED, true);
    }
    for (int i = 0; i < 2; i++) {
        uint64_t address = get_u64(bytes + STORES_AT + 8 * i);
        if (address != 0)
            importer_data(importer, TRACE_STORE, address, address, DATA_ASSUMED, true);
    }
}

static bool goes_on(struct importer *importer)
{
    const struct import_options *options = importer->options;
    if (trace_failed(importer->writer))
        return false;
    importer->result->stopped =
        options->progress != NULL &&
        !options->progress(options->context, input_taken(importer->input),
                           input_size(importer->input));
    return !importer->result->stopped;
}

bool import_champsim(struct importer *importer)
{
    uint8_t bytes[PIECE_RECORDS * RECORD_SIZE];
    size_t size;
    do {
        if (!input_read(importer->input, bytes, sizeof bytes, &size, importer->error))
            return false;
        for (size_t at = 0; at + RECORD_SIZE <= size; at += RECORD_SIZE)
            read_record(importer, bytes + at);
        if (size % RECORD_SIZE != 0)
            return importer_fail(importer, "the file ends within a record of 64 bytes");
    } while (size == sizeof bytes && goes_on(importer));
    return true;
}
