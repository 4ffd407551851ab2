/* help.c - crossbill help [VERB]. */
#include "cli.h"

struct options {
    char *verb;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
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
    .parser = parse,
    .args_doc = "[VERB]",
    .doc = "Explain a verb, or list them all.",
    .children = cli_children,
};

static int run(int argc, char **argv)
{
    struct options options = {0};
    char program[] = "crossbill", help[] = "--help";
    cli_parse(&argp, argc, argv, &options);
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
