/* fs_cache.c - the file server's block cache: least recently used goes first. */
#include "kernel-trace/services/fs.h"

#define NOTHING 0xffffffff

struct buffer {
    uint32_t block; /* NOTHING: empty */
    uint32_t used;  /* time of last use */
    bool dirty;
};

static uint8_t bytes[CACHE_BLOCKS][BLOCK_BYTES] __attribute__((aligned(4096)));
static struct buffer buffers[CACHE_BLOCKS];
static uint8_t guess[64]; /* by the block's lowest bits: where it was last found */
static uint32_t now;

static bool write_back(uint32_t i)
{
    struct arguments arguments = {
        .a = buffers[i].block, .in = bytes[i], .in_bytes = BLOCK_BYTES};
    if (!buffers[i].dirty)
        return true;
    if (service_failed(service_call(SERVICE_STORAGE, STORAGE_WRITE, &arguments)))
        return false;
    buffers[i].dirty = false;
    return true;
}

static bool fill(uint32_t i, uint32_t block)
{
    struct arguments arguments = {.a = block, .out = bytes[i], .out_bytes = BLOCK_BYTES};
    return !service_failed(service_call(SERVICE_STORAGE, STORAGE_READ, &arguments));
}

static bool holds(uint32_t i, uint32_t block)
{
    return buffers[i].block == block && buffers[i].used;
}

static uint32_t find(uint32_t block)
{
    if (holds(guess[block % 64], block))
        return guess[block % 64];
    for (uint32_t i = 0; i < CACHE_BLOCKS; i++)
        if (holds(i, block))
            return i;
    return NOTHING;
}

static uint32_t oldest(void)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < CACHE_BLOCKS; i++)
        if (buffers[i].used < buffers[best].used)
            best = i;
    return best;
}

/* A place for the block, with its bytes or not. NOTHING: the disk refused. */
static uint32_t place(uint32_t block, bool with_bytes)
{
    uint32_t i = find(block);
    if (i == NOTHING) {
        i = oldest();
        if (!write_back(i))
            return NOTHING;
        buffers[i].used = 0;
        if (with_bytes && !fill(i, block))
            return NOTHING;
        buffers[i].block = block;
    }
    guess[block % 64] = (uint8_t)i;
    buffers[i].used = ++now;
    return i;
}

void *cache_read(uint32_t block)
{
    uint32_t i = place(block, true);
    return i == NOTHING ? NULL : bytes[i];
}

void *cache_change(uint32_t block)
{
    uint32_t i = place(block, true);
    if (i == NOTHING)
        return NULL;
    buffers[i].dirty = true;
    return bytes[i];
}

void *cache_fresh(uint32_t block)
{
    uint32_t i = place(block, false);
    if (i == NOTHING)
        return NULL;
    buffers[i].dirty = true;
    fs_zero(bytes[i], BLOCK_BYTES);
    return bytes[i];
}

bool cache_sync(void)
{
    for (uint32_t i = 0; i < CACHE_BLOCKS; i++)
        if (buffers[i].used && !write_back(i))
            return false;
    return true;
}

void cache_forget(void)
{
    for (uint32_t i = 0; i < CACHE_BLOCKS; i++)
        buffers[i] = (struct buffer){.used = 0};
    now = 0;
}
