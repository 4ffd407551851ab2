/* fs.h - the file system's layout on disk, and what its files share. Guest only.
 *
 *   block 0               superblock
 *   block 1               which blocks are in use, a bit each
 *   blocks 2 .. 9         inodes, 64 bytes each; inode 0 is the directory
 *   blocks 10 ..          data
 *
 * The directory is a file of 32-byte entries. A file's blocks are NO_BLOCK until written;
 * reading there gives zeros.
 */
#ifndef CROSSBILL_FS_H
#define CROSSBILL_FS_H

#include "kernel-trace/services/service.h"

#include <stdbool.h>
#include <stddef.h>

#define FS_MAGIC        0x62737866 /* "fxsb" */
#define BITMAP_BLOCK    1
#define INODE_BLOCK     2
#define INODE_BLOCKS    8
#define FIRST_DATA      (INODE_BLOCK + INODE_BLOCKS)
#define INODE_BYTES     64
#define INODES_PER      (BLOCK_BYTES / INODE_BYTES)
#define INODES          (INODE_BLOCKS * INODES_PER)
#define DIRECT          12
#define PER_INDIRECT    (BLOCK_BYTES / 4)
#define FILE_BLOCKS     (DIRECT + PER_INDIRECT)
#define NO_BLOCK        0
#define DIRECTORY       0 /* its inode */
#define CACHE_BLOCKS    32

struct superblock {
    uint32_t magic;
    uint32_t blocks;
};

struct inode {
    uint32_t used;
    uint32_t size;
    uint32_t generation; /* a handle of an earlier file of this inode is told apart */
    uint32_t direct[DIRECT];
    uint32_t indirect;
};

struct entry {
    uint32_t inode; /* 0: free */
    char name[FS_NAME];
};

/* fs_cache.c: blocks of the disk in memory, written back when their place is needed. The
 * pointer is good until the next call; NULL: the storage service refused. */
void *cache_read(uint32_t block);   /* to look at */
void *cache_change(uint32_t block); /* to change in part */
void *cache_fresh(uint32_t block);  /* zeroed, without reading it first */
bool cache_sync(void);
void cache_forget(void);

/* fs_file.c: inodes and their bytes */
struct inode *inode_read(uint32_t number);
struct inode *inode_change(uint32_t number);
uint32_t inode_allocate(void);
void inode_free(uint32_t number);
uint32_t file_read(uint32_t number, uint32_t offset, void *to, uint32_t bytes);
uint32_t file_write(uint32_t number, uint32_t offset, const void *from, uint32_t bytes);
uint32_t block_at(uint32_t number, uint32_t index);
bool blocks_format(void);

static inline void fs_copy(void *to, const void *from, uint32_t bytes)
{
    uint32_t words = bytes / 4, rest = bytes % 4;
    __asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words)::"memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest)::"memory");
}

static inline void fs_zero(void *to, uint32_t bytes)
{
    uint32_t words = bytes / 4;
    __asm__ volatile("rep stosl" : "+D"(to), "+c"(words) : "a"(0) : "memory");
}

#endif
