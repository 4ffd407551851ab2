/* help.c - crossbill help [VERB]; also the manual page and the shell completion. */
#include "cli.h"
#include "manual.h"

enum { KEY_MANUAL = 256, KEY_COMPLETION };

struct options {
    char *verb;
    bool manual, completion;
};

static const struct argp_option option_table[] = {
    {"manual", KEY_MANUAL, NULL, 0, "Print the manual page, for man", 0},
    {"completion", KEY_COMPLETION, NULL, 0, "Print the completion for bash", 0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case KEY_MANUAL:
        options->manual = true;
        return 0;
    case KEY_COMPLETION:
        options->completion = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->verb != NULL)
            argp_error(state, "one verb at a time");
        options->verb = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "[VERB]",
    .doc = "Explain a verb, or list them all."
           "\vTo read the manual without installing it:\n"
           "  crossbill help --manual | man -l -\n"
           "To complete words in this shell:\n"
           "  eval \"$(crossbill help --completion)\"",
    .children = cli_children,
};

static int run(int argc, char **argv)
{
    struct options options = {0};
    char program[] = "crossbill", help[] = "--help";
    cli_parse(&argp, argc, argv, &options);
    if (options.manual)
        manual_page(stdout);
    if (options.completion)
        manual_completion(stdout);
    if (options.manual || options.completion)
        return CB_DONE;
    if (options.verb == NULL)
        return cli_main(2, (char *[]){program, help, NULL});
    return cli_main(3, (char *[]){program, options.verb, help, NULL});
}

const struct verb verb_help = {
    .name = "help",
    .line = "Explain a verb",
    .group = VERBS_OTHER,
    .argp = &argp,
    .run = run,
};
