/* storage_main.c - the storage service in a domain of its own; its arena is the disk. */
#include "kernel-trace/services/serve.h"
#include "kernel-trace/services/user.h"

void main(void)
{
    storage_init((void *)program_launch.arena,
                 program_launch.arena_pages * (PAGE_SIZE / BLOCK_BYTES));
    serve(storage_serve);
}
