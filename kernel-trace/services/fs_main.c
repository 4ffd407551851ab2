/* fs_main.c - the file service in a domain of its own. Pages that the command line gives
 * to the domain it visits for each request, beside what the file system needs. */
#include "kernel-trace/services/serve.h"
#include "kernel-trace/services/user.h"

static struct visit mine;

static uint32_t visit_and_serve(uint32_t operation, struct arguments *arguments)
{
    visit(&mine);
    return fs_serve(operation, arguments);
}

void main(void)
{
    if (!program_launch.arena_pages)
        serve(fs_serve);
    visit_init(&mine, &program_launch);
    serve(visit_and_serve);
}
