/* service.h - the services, their operations, and the one way to call them. Guest only.
 *
 * A service is a function NAME_serve(operation, arguments): the same object code whether
 * it runs in a domain of its own, in the kernel, or as a library. What stands between a
 * caller and it is service_call(), which is bound differently in each structure.
 */
#ifndef CROSSBILL_SERVICE_H
#define CROSSBILL_SERVICE_H

#include <stdint.h>

enum service { SERVICE_FS, SERVICE_STORAGE, SERVICES };

struct arguments {
    uint32_t a, b;
    const void *in; /* bytes for the service; it only reads them */
    uint32_t in_bytes;
    void *out;          /* bytes from the service */
    uint32_t out_bytes; /* before: the room for them; after: how many there are */
};

/* Most bytes each way in one call. */
#define SERVICE_BYTES 4096

/* The result, or one of SERVICE_ERROR and up. */
uint32_t service_call(enum service service, uint32_t operation,
                      struct arguments *arguments);

#define SERVICE_ERROR    0xfffffe00
#define SERVICE_BAD      0xfffffe00 /* no such operation, or arguments that cannot be */
#define SERVICE_MISSING  0xfffffe01 /* no file of that name, or handle of no file */
#define SERVICE_EXISTS   0xfffffe02
#define SERVICE_NO_SPACE 0xfffffe03
#define SERVICE_NO_DISK  0xfffffe04 /* the storage service refused */
#define SERVICE_DENIED   0xfffffe05 /* the caller may not */

static inline int service_failed(uint32_t result)
{
    return result >= SERVICE_ERROR;
}

/* ---- storage: a disk of blocks, in memory ---- */
#define BLOCK_BYTES 1024

enum storage_operation {
    STORAGE_READ,  /* a: block; out: its bytes */
    STORAGE_WRITE, /* a: block; in: its bytes */
    STORAGE_SIZE   /* result: number of blocks */
};
void storage_init(void *memory, uint32_t blocks);
uint32_t storage_serve(uint32_t operation, struct arguments *arguments);

/* ---- fs: files in one directory, on the storage service ---- */
#define FS_NAME 28 /* bytes of a name, with its final NUL */

enum fs_operation {
    FS_FORMAT, /* make an empty file system on the disk */
    FS_CREATE, /* in: name; result: handle */
    FS_OPEN,   /* in: name; result: handle */
    FS_READ,   /* a: handle, b: offset; out: bytes; result: how many (0: at the end) */
    FS_WRITE,  /* a: handle, b: offset; in: bytes; result: how many */
    FS_LIST,   /* a: place in the directory; out: name; result: next place, 0: none */
    FS_UNLINK, /* in: name */
    FS_SYNC    /* all that is only in the cache goes to the disk */
};
uint32_t fs_serve(uint32_t operation, struct arguments *arguments);

#endif
