/* storage_main.c - the storage service in a domain of its own. Pages that the command
 * line gives to the domain it visits for each request; behind them is the disk. */
#include "kernel-trace/services/serve.h"
#include "kernel-trace/services/user.h"

static struct visit mine;

static uint32_t visit_and_serve(uint32_t operation, struct arguments *arguments)
{
    visit(&mine);
    return storage_serve(operation, arguments);
}

void main(void)
{
    uint32_t disk = program_launch.arena + program_launch.arena_pages * PAGE_SIZE;
    storage_init((void *)disk, program_launch.disk_pages * (PAGE_SIZE / BLOCK_BYTES));
    if (!program_launch.arena_pages)
        serve(storage_serve);
    visit_init(&mine, &program_launch);
    serve(visit_and_serve);
}
