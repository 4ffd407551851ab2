#include "spool.h"

#include "output.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <zstd.h>

/* The producer fills two at a time, one of records and one of definitions; the first are
 * made at once, so that later there is one to wait for. */
#define SPOOL_BLOCKS         6
#define SPOOL_BLOCKS_FIRST   3
#define STACK_SIZE           (256u << 10)
#define QUEUE_WITHOUT_THREAD 2 /* leaves enough to fill */

struct index_entry {
    uint64_t offset;
    uint32_t count, type;
};

struct spool {
    struct output output;
    uint64_t offset; /* bytes written */
    ZSTD_CCtx *compressor;
    uint8_t *stored; /* preamble and compressed tokens of one block */
    size_t stored_size;
    struct index_entry *index;
    size_t index_used, index_size;

    struct spool_block blocks[SPOOL_BLOCKS];
    int block_count;
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t queued, freed;
    struct spool_block *free;        /* from here on, under the lock */
    struct spool_block *head, *tail; /* the queue */
    int queued_count;
    bool closing;
    struct cb_error error; /* the first */
    atomic_bool failed;
};

static bool out_of_memory(struct cb_error *error)
{
    return cb_error_set(error, CB_IO, "out of memory while writing a trace");
}

static bool append(struct spool *spool, const void *data, size_t size,
                   struct cb_error *error)
{
    if (!output_write(&spool->output, data, size, error))
        return false;
    spool->offset += size;
    return true;
}

static bool append_block(struct spool *spool, const struct block_header *header,
                         const uint8_t *stored, struct cb_error *error)
{
    uint8_t bytes[BLOCK_HEADER_SIZE];
    struct block_header whole = *header;
    whole.stored_checksum = checksum(stored, whole.stored);
    block_header_put(bytes, &whole);
    return append(spool, bytes, sizeof bytes, error) &&
           append(spool, stored, whole.stored, error);
}

static bool note_in_index(struct spool *spool, const struct spool_block *block,
                          struct cb_error *error)
{
    if (spool->index_used == spool->index_size) {
        size_t size = spool->index_size == 0 ? 64 : 2 * spool->index_size;
        struct index_entry *bigger = realloc(spool->index, size * sizeof *spool->index);
        if (bigger == NULL)
            return out_of_memory(error);
        spool->index = bigger;
        spool->index_size = size;
    }
    spool->index[spool->index_used++] =
        (struct index_entry){spool->offset, block->count, block->type};
    return true;
}

static bool write_block(struct spool *spool, const struct spool_block *block,
                        struct cb_error *error)
{
    struct block_header header = {.type = block->type,
                                  .count = block->count,
                                  .raw = (uint32_t)block->raw_size,
                                  .first = block->first};
    if (!note_in_index(spool, block, error))
        return false;
    if (block->type != BLOCK_RECORDS) {
        header.stored = block->raw_size;
        return append_block(spool, &header, block->raw, error);
    }
    memcpy(spool->stored, block->preamble, PREAMBLE_SIZE);
    size_t packed =
        ZSTD_compress2(spool->compressor, spool->stored + PREAMBLE_SIZE,
                       spool->stored_size - PREAMBLE_SIZE, block->raw, block->raw_size);
    if (ZSTD_isError(packed))
        return cb_error_set(error, CB_IO, "zstd cannot compress a block: %s",
                            ZSTD_getErrorName(packed));
    header.stored = PREAMBLE_SIZE + packed;
    return append_block(spool, &header, spool->stored, error);
}

/* Write what is queued. After an error blocks are still taken and freed, so that nobody
 * waits for ever. The lock is held on entry and on return. */
static void write_queued(struct spool *spool)
{
    for (;;) {
        struct spool_block *block = spool->head;
        if (block == NULL)
            return;
        spool->head = block->next;
        spool->queued_count--;
        pthread_mutex_unlock(&spool->lock);
        if (!atomic_load(&spool->failed) && !write_block(spool, block, &spool->error))
            atomic_store(&spool->failed, true);
        pthread_mutex_lock(&spool->lock);
        block->next = spool->free;
        spool->free = block;
        pthread_cond_signal(&spool->freed);
    }
}

static void *run_thread(void *argument)
{
    struct spool *spool = argument;
    pthread_mutex_lock(&spool->lock);
    while (spool->head != NULL || !spool->closing) {
        write_queued(spool);
        if (!spool->closing)
            pthread_cond_wait(&spool->queued, &spool->lock);
    }
    pthread_mutex_unlock(&spool->lock);
    return NULL;
}

static bool write_file_header(struct spool *spool, const char *json,
                              struct cb_error *error)
{
    size_t size = strlen(json);
    uint8_t *bytes = malloc(FORMAT_FIXED_SIZE + size);
    if (bytes == NULL)
        return out_of_memory(error);
    memcpy(bytes, FORMAT_MAGIC, FORMAT_MAGIC_SIZE);
    put_u32(bytes + 8, TRACE_VERSION);
    put_u32(bytes + 12, (uint32_t)size);
    put_u64(bytes + 16, checksum(json, size));
    memcpy(bytes + FORMAT_FIXED_SIZE, json, size);
    bool done = append(spool, bytes, FORMAT_FIXED_SIZE + size, error);
    free(bytes);
    return done;
}

/* A block more, unless there are enough. */
static bool add_block(struct spool *spool)
{
    if (spool->block_count == SPOOL_BLOCKS)
        return false;
    struct spool_block *block = &spool->blocks[spool->block_count];
    block->raw = malloc(BLOCK_RAW_MAX);
    if (block->raw == NULL)
        return false;
    spool->block_count++;
    block->next = spool->free;
    spool->free = block;
    return true;
}

static bool allocate(struct spool *spool, struct cb_error *error)
{
    spool->compressor = ZSTD_createCCtx();
    spool->stored_size = PREAMBLE_SIZE + ZSTD_compressBound(BLOCK_RAW_MAX);
    spool->stored = malloc(spool->stored_size);
    if (spool->compressor == NULL || spool->stored == NULL)
        return out_of_memory(error);
    ZSTD_CCtx_setParameter(spool->compressor, ZSTD_c_compressionLevel, 1);
    for (int i = 0; i < SPOOL_BLOCKS_FIRST; i++)
        if (!add_block(spool))
            return out_of_memory(error);
    return true;
}

/* Signals belong to the threads of the program that uses this. */
static bool start_thread(struct spool *spool)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    spool->running = pthread_create(&spool->thread, &attributes, run_thread, spool) == 0;
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return spool->running;
}

struct spool *spool_open(const char *path, const char *json, struct cb_error *error)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (spool == NULL) {
        out_of_memory(error);
        return NULL;
    }
    pthread_mutex_init(&spool->lock, NULL);
    pthread_cond_init(&spool->queued, NULL);
    pthread_cond_init(&spool->freed, NULL);
    spool->output.fd = -1;
    if (allocate(spool, error) && output_open(&spool->output, path, error) &&
        write_file_header(spool, json, error))
        return spool;
    spool_abandon(spool);
    return NULL;
}

struct spool_block *spool_take(struct spool *spool)
{
    pthread_mutex_lock(&spool->lock);
    while (spool->free == NULL && !add_block(spool)) {
        if (spool->running)
            pthread_cond_wait(&spool->freed, &spool->lock);
        else
            write_queued(spool);
    }
    struct spool_block *block = spool->free;
    spool->free = block->next;
    pthread_mutex_unlock(&spool->lock);
    block->raw_size = 0;
    block->count = 0;
    block->next = NULL;
    return block;
}

void spool_put(struct spool *spool, struct spool_block *block)
{
    pthread_mutex_lock(&spool->lock);
    block->next = NULL;
    if (spool->head == NULL)
        spool->head = block;
    else
        spool->tail->next = block;
    spool->tail = block;
    spool->queued_count++;
    /* A short trace needs no thread, and a system without another to give goes on. */
    if (spool->running)
        pthread_cond_signal(&spool->queued);
    else if (spool->queued_count > QUEUE_WITHOUT_THREAD && !start_thread(spool))
        write_queued(spool);
    pthread_mutex_unlock(&spool->lock);
}

bool spool_failed(const struct spool *spool)
{
    return atomic_load(&spool->failed);
}

static void stop_thread(struct spool *spool)
{
    pthread_mutex_lock(&spool->lock);
    spool->closing = true;
    if (spool->running)
        pthread_cond_signal(&spool->queued);
    else
        write_queued(spool);
    pthread_mutex_unlock(&spool->lock);
    if (spool->running)
        pthread_join(spool->thread, NULL);
    spool->running = false;
}

static bool write_footer(struct spool *spool, uint64_t index_offset,
                         struct cb_error *error)
{
    uint8_t footer[FOOTER_SIZE];
    memcpy(footer, FOOTER_MAGIC, 8);
    put_u64(footer + 8, index_offset);
    put_u64(footer + 16, spool->offset + FOOTER_SIZE);
    put_u64(footer + 24, checksum(footer, 24));
    return append(spool, footer, sizeof footer, error);
}

static bool write_index(struct spool *spool, uint64_t records, const uint64_t *kinds,
                        uint64_t lost, struct cb_error *error)
{
    size_t size = INDEX_TOTALS_SIZE + spool->index_used * INDEX_ENTRY_SIZE;
    if (size > UINT32_MAX)
        return cb_error_set(error, CB_IO, "a trace holds at most %u blocks",
                            UINT32_MAX / INDEX_ENTRY_SIZE);
    uint8_t *bytes = malloc(size), *p = bytes;
    if (bytes == NULL)
        return out_of_memory(error);
    for (int kind = 0; kind < TRACE_KINDS; kind++)
        p = put_u64(p, kinds[kind]);
    p = put_u64(p, lost);
    for (size_t i = 0; i < spool->index_used; i++) {
        p = put_u64(p, spool->index[i].offset);
        p = put_u32(p, spool->index[i].count);
        p = put_u32(p, spool->index[i].type);
    }
    struct block_header header = {.type = BLOCK_INDEX,
                                  .count = (uint32_t)spool->index_used,
                                  .raw = (uint32_t)size,
                                  .stored = size,
                                  .first = records};
    uint64_t offset = spool->offset;
    bool done =
        append_block(spool, &header, bytes, error) && write_footer(spool, offset, error);
    free(bytes);
    return done;
}

static void release(struct spool *spool)
{
    for (int i = 0; i < SPOOL_BLOCKS; i++)
        free(spool->blocks[i].raw);
    pthread_cond_destroy(&spool->queued);
    pthread_cond_destroy(&spool->freed);
    pthread_mutex_destroy(&spool->lock);
    ZSTD_freeCCtx(spool->compressor);
    free(spool->stored);
    free(spool->index);
    free(spool);
}

bool spool_finish(struct spool *spool, uint64_t records, const uint64_t *kinds,
                  uint64_t lost, struct cb_error *error)
{
    stop_thread(spool);
    bool done = !spool_failed(spool);
    if (!done && error != NULL)
        *error = spool->error;
    done = done && write_index(spool, records, kinds, lost, error);
    if (done)
        done = output_commit(&spool->output, error);
    else
        output_abandon(&spool->output);
    release(spool);
    return done;
}

void spool_abandon(struct spool *spool)
{
    atomic_store(&spool->failed, true);
    stop_thread(spool);
    output_abandon(&spool->output);
    release(spool);
}
