/* fs.c - the file service: names, handles and operations. A handle is the inode's number
 * and, above it, its generation: the handle of an unlinked file stays wrong. */
#include "kernel-trace/services/fs.h"

#define HANDLE_SHIFT 8        /* INODES fit below */
#define HANDLE_MOST  0x3fffff /* generations above it would look like errors */

static uint32_t handle_of(uint32_t number)
{
    const struct inode *inode = inode_read(number);
    if (!inode)
        return SERVICE_NO_DISK;
    return number | (inode->generation & HANDLE_MOST) << HANDLE_SHIFT;
}

/* The inode that a handle means, or 0. */
static uint32_t inode_of(uint32_t handle)
{
    uint32_t number = handle & ((1u << HANDLE_SHIFT) - 1);
    const struct inode *inode = number ? inode_read(number) : NULL;
    if (!inode || !inode->used || handle != handle_of(number))
        return 0;
    return number;
}

/* The caller's name, padded with NULs. False: empty, or too long. */
static bool take_name(const struct arguments *arguments, char name[FS_NAME])
{
    uint32_t length = arguments->in_bytes;
    if (length == 0 || length >= FS_NAME)
        return false;
    fs_zero(name, FS_NAME);
    fs_copy(name, arguments->in, length);
    return name[0] != 0;
}

static bool same_name(const char *a, const char *b)
{
    for (uint32_t i = 0; i < FS_NAME; i++) {
        if (a[i] != b[i])
            return false;
        if (!a[i])
            return true;
    }
    return true;
}

#define ENTRIES_PER (BLOCK_BYTES / sizeof(struct entry))
_Static_assert(sizeof(struct entry) == 32, "entries fill blocks");
_Static_assert(sizeof(struct inode) == INODE_BYTES, "inodes fill blocks");

static uint32_t directory_size(void)
{
    const struct inode *directory = inode_read(DIRECTORY);
    return directory ? directory->size / sizeof(struct entry) : 0;
}

/* Entry i of the directory, in the cache. */
static const struct entry *entry_at(uint32_t i)
{
    uint32_t block = block_at(DIRECTORY, i / ENTRIES_PER);
    const struct entry *entries = block == NO_BLOCK ? NULL : cache_read(block);
    return entries ? entries + i % ENTRIES_PER : NULL;
}

/* Find the name: its inode and its place; or 0 and that of a free entry, or the end. */
static uint32_t look_up(const char *name, uint32_t *place)
{
    uint32_t count = directory_size();
    const struct entry *entry = NULL;
    *place = count;
    for (uint32_t i = 0; i < count; i++) {
        entry = entry && i % ENTRIES_PER ? entry + 1 : entry_at(i);
        if (!entry)
            return 0;
        if (!entry->inode) {
            if (*place == count)
                *place = i;
        } else if (same_name(entry->name, name)) {
            *place = i;
            return entry->inode;
        }
    }
    return 0;
}

static uint32_t create(const struct arguments *arguments)
{
    struct entry entry;
    uint32_t place;
    if (!take_name(arguments, entry.name))
        return SERVICE_BAD;
    if (look_up(entry.name, &place))
        return SERVICE_EXISTS;
    entry.inode = inode_allocate();
    if (!entry.inode)
        return SERVICE_NO_SPACE;
    if (file_write(DIRECTORY, place * sizeof entry, &entry, sizeof entry) !=
        sizeof entry) {
        inode_free(entry.inode);
        return SERVICE_NO_SPACE;
    }
    return handle_of(entry.inode);
}

static uint32_t open(const struct arguments *arguments)
{
    char name[FS_NAME];
    uint32_t place;
    if (!take_name(arguments, name))
        return SERVICE_BAD;
    uint32_t number = look_up(name, &place);
    return number ? handle_of(number) : SERVICE_MISSING;
}

static uint32_t unlink(const struct arguments *arguments)
{
    char name[FS_NAME];
    struct entry entry;
    uint32_t place;
    if (!take_name(arguments, name))
        return SERVICE_BAD;
    uint32_t number = look_up(name, &place);
    if (!number)
        return SERVICE_MISSING;
    inode_free(number);
    fs_zero(&entry, sizeof entry);
    file_write(DIRECTORY, place * sizeof entry, &entry, sizeof entry);
    return 0;
}

static uint32_t list(struct arguments *arguments)
{
    uint32_t count = directory_size();
    if (arguments->out_bytes < FS_NAME)
        return SERVICE_BAD;
    for (uint32_t i = arguments->a; i < count; i++) {
        const struct entry *entry = entry_at(i);
        if (!entry)
            return SERVICE_NO_DISK;
        if (!entry->inode)
            continue;
        fs_copy(arguments->out, entry->name, FS_NAME);
        arguments->out_bytes = FS_NAME;
        return i + 1;
    }
    arguments->out_bytes = 0;
    return 0;
}

static uint32_t read(struct arguments *arguments)
{
    uint32_t number = inode_of(arguments->a);
    uint32_t room = arguments->out_bytes;
    arguments->out_bytes = 0;
    if (!number)
        return SERVICE_MISSING;
    uint32_t bytes = file_read(number, arguments->b, arguments->out, room);
    if (!service_failed(bytes))
        arguments->out_bytes = bytes;
    return bytes;
}

static uint32_t write(const struct arguments *arguments)
{
    uint32_t number = inode_of(arguments->a);
    if (!number)
        return SERVICE_MISSING;
    return file_write(number, arguments->b, arguments->in, arguments->in_bytes);
}

uint32_t fs_serve(uint32_t operation, struct arguments *arguments)
{
    if (operation == FS_READ)
        return read(arguments);
    if (operation == FS_LIST)
        return list(arguments);
    arguments->out_bytes = 0;
    switch (operation) {
    case FS_FORMAT:
        return blocks_format() ? 0 : SERVICE_NO_DISK;
    case FS_CREATE:
        return create(arguments);
    case FS_OPEN:
        return open(arguments);
    case FS_WRITE:
        return write(arguments);
    case FS_UNLINK:
        return unlink(arguments);
    case FS_SYNC:
        return cache_sync() ? 0 : SERVICE_NO_DISK;
    }
    return SERVICE_BAD;
}
