/* terminal.c - the terminal's width, progress lines, and numbers for people. */
#include "cli.h"
#include "traces/escape.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

int cli_width(void)
{
    enum { USUAL = 80 };
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
        size.ws_col > 0)
        return size.ws_col;
    return USUAL;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void progress_begin(struct progress *progress, const char *what)
{
    double start = now();
    *progress = (struct progress){
        .what = what, .start = start, .shown = start, .visible = isatty(STDERR_FILENO)};
}

/* "1.2 M" */
static char *in_short(char text[16], double value)
{
    if (value >= 1e9)
        snprintf(text, 16, "%.1f G", value * 1e-9);
    else if (value >= 1e6)
        snprintf(text, 16, "%.1f M", value * 1e-6);
    else if (value >= 1e3)
        snprintf(text, 16, "%.1f k", value * 1e-3);
    else
        snprintf(text, 16, "%.0f", value);
    return text;
}

void progress_show(struct progress *progress, uint64_t done, uint64_t all)
{
    double time = now();
    if (!progress->visible || time - progress->shown < 0.2)
        return;
    progress->shown = time;
    char count[16], rate[16];
    double per_second = (double)done / (time - progress->start);
    in_short(rate, per_second);
    if (per_second < 10)
        snprintf(rate, sizeof rate, "%.1f", per_second);
    fprintf(stderr, "\r\033[K%s %s, %s/s", in_short(count, (double)done), progress->what,
            rate);
    if (all > done && per_second > 0)
        fprintf(stderr, ", %.0f %%, %.0f s left", 100 * (double)done / (double)all,
                (double)(all - done) / per_second);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->visible)
        fputs("\r\033[K", stderr);
    progress->visible = false;
}

void *cli_must(void *memory)
{
    if (memory != NULL)
        return memory;
    cli_warn("out of memory");
    exit(CB_IO);
}

char *cli_shown(const char *text)
{
    size_t size = ESCAPE_GROWTH * strlen(text) + 1;
    char *shown = cli_must(malloc(size));
    escape_terminal(shown, size, text);
    return shown;
}

void cli_put(FILE *out, const char *text)
{
    char *shown = cli_shown(text);
    fputs(shown, out);
    free(shown);
}

char *cli_grouped(char text[32], int64_t value)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, value);
    char *to = text;
    for (int i = 0; i < length; i++) {
        bool first = i == 0 || digits[i - 1] == '-';
        if (!first && (length - i) % 3 == 0)
            *to++ = ' ';
        *to++ = digits[i];
    }
    *to = '\0';
    return text;
}

char *cli_cycles(char text[32], int64_t mcycles)
{
    int64_t whole = mcycles / 1000, rest = mcycles % 1000;
    cli_grouped(text, whole);
    if (rest == 0)
        return text;
    char fraction[8];
    snprintf(fraction, sizeof fraction, "%03d", (int)(rest < 0 ? -rest : rest));
    for (size_t i = 3; i > 0 && fraction[i - 1] == '0'; i--)
        fraction[i - 1] = '\0';
    bool lost_sign = mcycles < 0 && whole == 0;
    char copy[32];
    snprintf(copy, sizeof copy, "%s", text);
    snprintf(text, 32, "%s%.26s.%s", lost_sign ? "-" : "", copy, fraction);
    return text;
}
