/* failing_memory.h - an allocator for one test program, whose own code it refuses memory;
 * libraries have their own ideas of what to do without. To be included once.
 *
 * Allocations of all threads are counted: where more than one runs at a time, numbers
 * change places from run to run. */
#ifndef CROSSBILL_FAILING_MEMORY_H
#define CROSSBILL_FAILING_MEMORY_H

#include "../test.h"

#include "traces/error.h"

#include <errno.h>
#include <stdatomic.h>

/* glibc's own allocator under the names that this program's replace. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_long allocations, failing = -1; /* so far; the one that fails; -1: none */
static atomic_bool lasting, failed;           /* lasting: so do all after it */

extern const char __executable_start, etext;

static bool fails_now(const void *caller)
{
    const char *at = caller;
    if (failing < 0 || at < &__executable_start || at >= &etext)
        return false;
    long number = allocations++;
    if (number != failing && !(lasting && number > failing))
        return false;
    failed = true;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails_now(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails_now(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails_now(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

/* With the n-th allocation failing, from 0; false: there are not so many. A failure may be
 * got over: `run` looks itself at what it then has. */
static bool allocation_fails(long n, bool all_later, bool (*run)(struct cb_error *error))
{
    struct cb_error error = {.code = CB_DONE};
    failed = false;
    lasting = all_later;
    allocations = 0;
    failing = n;
    bool done = run(&error);
    failing = -1;
    if (!failed) {
        assert_true(done);
        return false;
    }
    if (!done && (error.code != CB_IO || error.sentence[0] == '\0'))
        fail_msg("allocation %ld: code %d: %s", n, (int)error.code, error.sentence);
    return true;
}

/* Each in turn, and each with all after it. */
static inline void each_allocation_fails(bool (*run)(struct cb_error *error))
{
    long n = 0;
    while (allocation_fails(n, false, run) && allocation_fails(n, true, run))
        n++;
    assert_true(n > 0);
    print_message("# %ld allocations\n", n);
}

#endif
