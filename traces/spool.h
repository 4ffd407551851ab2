/* spool.h - the writer's second half: compresses blocks and appends them to the file, in
 * a thread of its own, so that whoever produces records never waits for the disk unless
 * the queue is full. Private to traces/. */
#ifndef CROSSBILL_SPOOL_H
#define CROSSBILL_SPOOL_H

#include "format.h"

struct spool_block {
    enum block_type type;
    uint32_t count;
    uint64_t first;
    size_t raw_size;
    uint8_t preamble[PREAMBLE_SIZE]; /* of record blocks */
    uint8_t *raw;                    /* BLOCK_RAW_MAX bytes */
    struct spool_block *next;
};

struct spool;

/* Creates the temporary file and writes the file's header. */
struct spool *spool_open(const char *path, const char *json, struct cb_error *error);
/* An empty block to fill; waits while all are queued. */
struct spool_block *spool_take(struct spool *spool);
/* Queue a filled block; it is written before any that is queued later. */
void spool_put(struct spool *spool, struct spool_block *block);
bool spool_failed(const struct spool *spool);
/* Write what is queued, then the index with these totals; commit. Frees the spool. */
bool spool_finish(struct spool *spool, uint64_t records, const uint64_t *kinds,
                  uint64_t lost, struct cb_error *error);
void spool_abandon(struct spool *spool);

#endif
