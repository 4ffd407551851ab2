/* fs_main.c - the file service in a domain of its own. */
#include "kernel-trace/services/serve.h"
#include "kernel-trace/services/user.h"

void main(void)
{
    serve(fs_serve);
}
