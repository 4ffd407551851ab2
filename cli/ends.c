/* ends.c - how the process ends: errors, signals, unwritten output. */
#include "cli.h"
#include "traces/escape.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cli_fail(const struct cb_error *error)
{
    char text[1024];
    cb_error_format(error, text, sizeof text);
    fprintf(stderr, "crossbill: %s\n", text);
    return (int)error->code;
}

void cli_warn(const char *format, ...)
{
    enum { LONGEST = 8192 };
    char plain[LONGEST], text[ESCAPE_GROWTH * LONGEST];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(plain, sizeof plain, format, arguments);
    va_end(arguments);
    escape_terminal(text, sizeof text, plain);
    fprintf(stderr, "crossbill: %s\n", text);
}

/* A full disk shows itself only when the buffer is written out, after main() returned. */
static void close_output(void)
{
    bool failed = ferror(stdout) != 0;
    errno = 0;
    if (fclose(stdout) != 0 || failed) {
        cli_warn("standard output: %s",
                 errno != 0 ? strerror(errno) : "not all of it could be written");
        _exit(CB_IO);
    }
}

/* jansson cannot say that it lacks memory: texts would be no JSON, and objects would lack
 * members. Where it asks for memory nothing is half-done that the next run would not take
 * back. */
static void *allocate(size_t size)
{
    return cli_must(malloc(size));
}

void cli_guard_json(void)
{
    json_set_alloc_funcs(allocate, free);
}

void cli_guard_output(void)
{
    if (atexit(close_output) != 0)
        abort();
}

/* A signal handler can reach nothing but a variable of the file. */
static volatile sig_atomic_t caught;

static void remember(int number)
{
    caught = number;
}

static void catch_one(int number)
{
    struct sigaction old;
    /* A second one ends the process at once, for a verb that is slow to stop. */
    struct sigaction action = {.sa_handler = remember,
                               .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
    if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

void cli_catch_signals(void)
{
    catch_one(SIGINT);
    catch_one(SIGTERM);
}

int cli_signal(void)
{
    return caught;
}
