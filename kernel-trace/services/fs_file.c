/* fs_file.c - blocks, inodes, and the bytes of a file. */
#include "kernel-trace/services/fs.h"

/* An empty file system: superblock, bitmap with the blocks before the data in use, and
 * the directory's inode. */
bool blocks_format(void)
{
    struct arguments arguments = {.a = 0};
    uint32_t blocks = service_call(SERVICE_STORAGE, STORAGE_SIZE, &arguments);
    if (service_failed(blocks) || blocks <= FIRST_DATA || blocks > BLOCK_BYTES * 8)
        return false;
    cache_forget();
    for (uint32_t i = 0; i < FIRST_DATA; i++)
        if (!cache_fresh(i))
            return false;
    struct superblock *superblock = cache_change(0);
    if (!superblock)
        return false;
    *superblock = (struct superblock){FS_MAGIC, blocks};
    uint32_t *bitmap = cache_change(BITMAP_BLOCK);
    if (!bitmap)
        return false;
    bitmap[0] = (1u << FIRST_DATA) - 1;
    struct inode *directory = inode_change(DIRECTORY);
    if (!directory)
        return false;
    directory->used = 1;
    return true;
}

static uint32_t disk_blocks(void)
{
    const struct superblock *superblock = cache_read(0);
    return superblock && superblock->magic == FS_MAGIC ? superblock->blocks : 0;
}

/* The first free block, zeroed. NO_BLOCK: the disk is full. */
static uint32_t block_allocate(void)
{
    uint32_t blocks = disk_blocks();
    uint32_t *bitmap = cache_change(BITMAP_BLOCK);
    if (!bitmap)
        return NO_BLOCK;
    for (uint32_t word = 0; word * 32 < blocks; word++) {
        if (bitmap[word] == 0xffffffff)
            continue;
        uint32_t bit = 0;
        while (bitmap[word] & 1u << bit)
            bit++;
        uint32_t block = word * 32 + bit;
        if (block >= blocks)
            break;
        bitmap[word] |= 1u << bit;
        return cache_fresh(block) ? block : NO_BLOCK;
    }
    return NO_BLOCK;
}

static void block_free(uint32_t block)
{
    uint32_t *bitmap = block == NO_BLOCK ? NULL : cache_change(BITMAP_BLOCK);
    if (bitmap)
        bitmap[block / 32] &= ~(1u << block % 32);
}

struct inode *inode_read(uint32_t number)
{
    struct inode *block =
        number < INODES ? cache_read(INODE_BLOCK + number / INODES_PER) : NULL;
    return block ? block + number % INODES_PER : NULL;
}

struct inode *inode_change(uint32_t number)
{
    struct inode *block =
        number < INODES ? cache_change(INODE_BLOCK + number / INODES_PER) : NULL;
    return block ? block + number % INODES_PER : NULL;
}

/* 0: none is left. */
uint32_t inode_allocate(void)
{
    for (uint32_t number = 1; number < INODES; number++) {
        struct inode *inode = inode_read(number);
        if (!inode)
            return 0;
        if (inode->used)
            continue;
        inode = inode_change(number);
        uint32_t generation = inode->generation + 1;
        *inode = (struct inode){.used = 1, .generation = generation};
        return number;
    }
    return 0;
}

void inode_free(uint32_t number)
{
    const struct inode *inode = inode_read(number);
    if (!inode)
        return;
    struct inode old = *inode;
    for (uint32_t i = 0; i < DIRECT; i++)
        block_free(old.direct[i]);
    for (uint32_t i = 0; old.indirect != NO_BLOCK && i < PER_INDIRECT; i++) {
        const uint32_t *indirect = cache_read(old.indirect);
        if (indirect)
            block_free(indirect[i]);
    }
    block_free(old.indirect);
    struct inode *changed = inode_change(number);
    if (changed)
        *changed = (struct inode){.generation = old.generation};
}

/* The disk block of the file's block `index`; NO_BLOCK: none yet. */
uint32_t block_at(uint32_t number, uint32_t index)
{
    const struct inode *inode = inode_read(number);
    if (!inode || index >= FILE_BLOCKS)
        return NO_BLOCK;
    if (index < DIRECT)
        return inode->direct[index];
    if (inode->indirect == NO_BLOCK)
        return NO_BLOCK;
    const uint32_t *indirect = cache_read(inode->indirect);
    return indirect ? indirect[index - DIRECT] : NO_BLOCK;
}

/* The same, made if need be. */
static uint32_t block_for(uint32_t number, uint32_t index)
{
    uint32_t block = block_at(number, index);
    if (block != NO_BLOCK || index >= FILE_BLOCKS)
        return block;
    block = block_allocate();
    if (block == NO_BLOCK)
        return NO_BLOCK;
    if (index < DIRECT) {
        struct inode *inode = inode_change(number);
        if (inode)
            inode->direct[index] = block;
        return inode ? block : NO_BLOCK;
    }
    const struct inode *inode = inode_read(number);
    uint32_t indirect = inode ? inode->indirect : NO_BLOCK;
    if (indirect == NO_BLOCK) {
        indirect = block_allocate();
        struct inode *changed = indirect == NO_BLOCK ? NULL : inode_change(number);
        if (!changed)
            return NO_BLOCK;
        changed->indirect = indirect;
    }
    uint32_t *table = cache_change(indirect);
    if (table)
        table[index - DIRECT] = block;
    return table ? block : NO_BLOCK;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t file_read(uint32_t number, uint32_t offset, void *to, uint32_t bytes)
{
    const struct inode *inode = inode_read(number);
    if (!inode)
        return SERVICE_NO_DISK;
    bytes = offset >= inode->size ? 0 : least(bytes, inode->size - offset);
    for (uint32_t done = 0; done < bytes;) {
        uint32_t at = (offset + done) % BLOCK_BYTES;
        uint32_t part = least(BLOCK_BYTES - at, bytes - done);
        uint32_t block = block_at(number, (offset + done) / BLOCK_BYTES);
        const uint8_t *from = block == NO_BLOCK ? NULL : cache_read(block);
        if (from)
            fs_copy((uint8_t *)to + done, from + at, part);
        else if (block == NO_BLOCK)
            fs_zero((uint8_t *)to + done, part);
        else
            return SERVICE_NO_DISK;
        done += part;
    }
    return bytes;
}

/* How many bytes were written: fewer than asked for when the disk is full. */
uint32_t file_write(uint32_t number, uint32_t offset, const void *from, uint32_t bytes)
{
    uint32_t done = 0;
    if (offset > FILE_BLOCKS * BLOCK_BYTES)
        return SERVICE_BAD;
    while (done < bytes) {
        uint32_t at = (offset + done) % BLOCK_BYTES;
        uint32_t part = least(BLOCK_BYTES - at, bytes - done);
        uint32_t block = block_for(number, (offset + done) / BLOCK_BYTES);
        uint8_t *to = block == NO_BLOCK ? NULL : cache_change(block);
        if (!to)
            break;
        fs_copy(to + at, (const uint8_t *)from + done, part);
        done += part;
    }
    struct inode *inode = inode_change(number);
    if (!inode)
        return SERVICE_NO_DISK;
    if (offset + done > inode->size)
        inode->size = offset + done;
    return done || !bytes ? done : SERVICE_NO_SPACE;
}
