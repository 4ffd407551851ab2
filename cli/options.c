/* options.c - what the parsers of all verbs share. */
#include "cli.h"
#include "traces/escape.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_USAGE = 300 };

/* argp's own --help has no -h, so this takes its place (ARGP_NO_HELP). */
static const struct argp_option common_options[] = {
    {"help", 'h', NULL, 0, "Print this help", -1},
    {NULL, '?', NULL, OPTION_ALIAS | OPTION_HIDDEN, NULL, -1},
    {"usage", KEY_USAGE, NULL, 0, "Print a short usage message", -1},
    {0},
};

static error_t parse_common(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    switch (key) {
    case 'h':
    case '?':
        argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
        return 0;
    case KEY_USAGE:
        argp_state_help(state, stdout, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cli_common_argp = {.options = common_options, .parser = parse_common};

const struct argp_child cli_children[] = {CLI_COMMON, {0}};

/* ---- machines and traces ---- */

#define THE_MACHINE "The machine, or a .json file with a slash in its name"
#define OPTION_SET                                                                       \
    {                                                                                    \
        "set", 's', "PATH=VALUE", 0,                                                     \
            "Change a number of the machine, such as tlb.itlb.entries=64; crossbill "    \
            "machines NAME lists all paths",                                             \
            0                                                                            \
    }

static const struct argp_option machine_options[] = {
    {"machine", 'm', "NAME", 0, THE_MACHINE, 0}, OPTION_SET, {0}};

static const struct argp_option machines_options[] = {
    {"machine", 'm', "NAME", 0, THE_MACHINE "; may be given more than once", 0},
    OPTION_SET,
    {0}};

static const struct argp_option sets_options[] = {OPTION_SET, {0}};

static void add_machine(const struct argp_state *state, struct cli_machines *machines,
                        const char *name)
{
    if (machines->most <= 1 && machines->count == 1)
        argp_error(state, "one machine at a time");
    if (machines->most > 1 && machines->count == machines->most)
        argp_error(state, "--machine: at most %zu of them", machines->most);
    machines->names[machines->count++] = name;
}

static error_t parse_machines(int key, char *argument, struct argp_state *state)
{
    struct cli_machines *machines = state->input;
    switch (key) {
    case 'm':
        add_machine(state, machines, argument);
        return 0;
    case 's':
        if (machines->set_count == CLI_SETS)
            argp_error(state, "--set: at most %d of them", CLI_SETS);
        machines->sets[machines->set_count++] = argument;
        return 0;
    case ARGP_KEY_END:
        if (machines->is_missed && machines->count == 0)
            argp_error(state, "on which machine? (--machine NAME; "
                              "crossbill machines lists them)");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cli_machine_argp = {.options = machine_options,
                                      .parser = parse_machines};
const struct argp cli_machines_argp = {.options = machines_options,
                                       .parser = parse_machines};
const struct argp cli_sets_argp = {.options = sets_options, .parser = parse_machines};

#define WHICH_TRACE "which trace? (crossbill record makes one)"

static error_t parse_trace(int key, char *argument, struct argp_state *state)
{
    const char **trace = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (*trace != NULL)
            argp_error(state, "one trace at a time");
        *trace = argument;
        return 0;
    case ARGP_KEY_END:
        if (*trace == NULL)
            argp_error(state, WHICH_TRACE);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cli_trace_argp = {.parser = parse_trace};

static error_t parse_traces(int key, char *argument, struct argp_state *state)
{
    struct cli_traces *traces = state->input;
    (void)argument;
    switch (key) {
    case ARGP_KEY_ARGS:
        traces->paths = state->argv + state->next;
        traces->count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_END:
        if (traces->count == 0 && !traces->is_optional)
            argp_error(state, WHICH_TRACE);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cli_traces_argp = {.parser = parse_traces};

/* ---- parsing ---- */

/* Line by line to the stream `to`: what argp and getopt say repeats arguments, and they
 * may be names of files. */
static ssize_t write_shown(void *to, const char *bytes, size_t size)
{
    enum { PIECE = 1024 };
    char plain[PIECE + 1], shown[ESCAPE_GROWTH * PIECE + 1];
    for (size_t at = 0; at < size;) {
        const char *end = memchr(bytes + at, '\n', size - at);
        size_t length = end != NULL ? (size_t)(end - bytes) - at : size - at;
        length = length < PIECE ? length : PIECE;
        memcpy(plain, bytes + at, length);
        plain[length] = '\0';
        escape_terminal(shown, sizeof shown, plain);
        fputs(shown, to);
        at += length;
        if (at < size && bytes[at] == '\n') {
            fputc('\n', to);
            at++;
        }
    }
    return (ssize_t)size;
}

void cli_parse_with(const struct argp *argp, int argc, char **argv, unsigned flags,
                    void *options)
{
    FILE *plain = stderr;
    FILE *shown = fopencookie(plain, "w", (cookie_io_functions_t){.write = write_shown});
    if (shown == NULL) {
        cli_warn("out of memory");
        exit(CB_IO);
    }
    setvbuf(shown, NULL, _IONBF, 0); /* a mistake ends the process */
    stderr = shown;
    error_t status = argp_parse(argp, argc, argv, ARGP_NO_HELP | flags, NULL, options);
    stderr = plain;
    fclose(shown);
    if (status == 0)
        return;
    cli_warn("%s", status == ENOMEM ? "out of memory" : strerror(status));
    exit(CB_IO);
}

void cli_parse(const struct argp *argp, int argc, char **argv, void *options)
{
    cli_parse_with(argp, argc, argv, 0, options);
}

bool cli_is_number(const char *text, uint64_t low, uint64_t high, uint64_t *value)
{
    char *end = NULL;
    errno = 0;
    /* strtoull would take "-1" for a large number and leave blanks unnoticed. */
    bool digit = text[0] >= '0' && text[0] <= '9';
    *value = digit ? strtoull(text, &end, 10) : 0;
    return digit && *end == '\0' && errno == 0 && *value >= low && *value <= high;
}

uint64_t cli_number(const struct argp_state *state, const char *what, const char *text,
                    uint64_t low, uint64_t high)
{
    uint64_t value;
    if (!cli_is_number(text, low, high, &value))
        argp_error(state, "%s: '%s' is not a number from %" PRIu64 " to %" PRIu64, what,
                   text, low, high);
    return value;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Insertions, deletions and replacements that turn one word into the other. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    size_t row[LONGEST + 1];
    size_t width = strlen(b);
    if (width > LONGEST || strlen(a) > LONGEST)
        return SIZE_MAX;
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = smallest(row[j] + 1, row[j - 1] + 1, replaced);
        }
    }
    return row[width];
}

const char *cli_nearest(const char *word, const char *const *words)
{
    const char *nearest = NULL;
    size_t least = SIZE_MAX;
    for (; *words != NULL; words++) {
        size_t away = distance(word, *words);
        if (away < least) {
            least = away;
            nearest = *words;
        }
    }
    return least <= 2 && least < strlen(word) ? nearest : NULL;
}
