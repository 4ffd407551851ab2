/* storage.c - the storage service: a disk of blocks that is memory. */
#include "kernel-trace/services/service.h"

static uint8_t *disk;
static uint32_t disk_blocks;

void storage_init(void *memory, uint32_t blocks)
{
    disk = memory;
    disk_blocks = blocks;
}

static void copy_block(void *to, const void *from)
{
    uint32_t words = BLOCK_BYTES / 4;
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words)::"memory");
}

uint32_t storage_serve(uint32_t operation, struct arguments *arguments)
{
    uint32_t block = arguments->a;
    if (operation == STORAGE_SIZE) {
        arguments->out_bytes = 0;
        return disk_blocks;
    }
    if (block >= disk_blocks)
        return SERVICE_BAD;
    if (operation == STORAGE_READ && arguments->out_bytes >= BLOCK_BYTES) {
        copy_block(arguments->out, disk + block * BLOCK_BYTES);
        arguments->out_bytes = BLOCK_BYTES;
        return BLOCK_BYTES;
    }
    if (operation == STORAGE_WRITE && arguments->in_bytes == BLOCK_BYTES) {
        copy_block(disk + block * BLOCK_BYTES, arguments->in);
        arguments->out_bytes = 0;
        return BLOCK_BYTES;
    }
    return SERVICE_BAD;
}
