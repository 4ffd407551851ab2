/* report.c - crossbill report: what a report file holds, as a page, a table or a summary.
 */
#include "reports/report.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_FORMAT = 256, KEY_TABLE, KEY_TABLES, KEY_SUMMARY };

enum form {
    FORM_HTML,
    FORM_PDF,
    FORM_MARKDOWN,
    FORM_JSON,
    FORM_CSV,
    FORM_FOLDED,
    FORM_SUMMARY,
    FORMS
};

struct options {
    const char *report;
    const char *output;
    const char *table;
    int form; /* enum form, or -1: by the output's name */
    bool list;
};

static const struct argp_option option_table[] = {
    {"output", 'o', "FILE", 0,
     "Write here; the ending chooses the format: "
     ".html, .pdf, .md, .json, .csv or .folded",
     0},
    {"format", KEY_FORMAT, "NAME", 0, "html, pdf, md, json, csv, folded or summary", 0},
    {"table", KEY_TABLE, "NAME", 0, "The table or view that csv prints", 0},
    {"tables", KEY_TABLES, NULL, 0, "List the tables and views, and stop", 0},
    {"summary", KEY_SUMMARY, NULL, 0, "Print a summary of a few lines (the default)", 0},
    {0},
};

static const char *const form_names[FORMS + 1] = {
    [FORM_HTML] = "html",       [FORM_PDF] = "pdf", [FORM_MARKDOWN] = "md",
    [FORM_JSON] = "json",       [FORM_CSV] = "csv", [FORM_FOLDED] = "folded",
    [FORM_SUMMARY] = "summary",
};

static int form_named(const char *name)
{
    for (int form = 0; form < FORMS; form++)
        if (strcmp(form_names[form], name) == 0)
            return form;
    return -1;
}

/* By the ending of the output's name; a summary where there is neither. */
static int form_of_output(const struct argp_state *state, const struct options *options)
{
    if (options->table != NULL)
        return FORM_CSV;
    if (options->output == NULL)
        return FORM_SUMMARY;
    const char *dot = strrchr(options->output, '.');
    int form = dot != NULL ? form_named(dot + 1) : -1;
    if (form < 0)
        argp_error(state,
                   "%s: its ending names no format; expected .html, .pdf, .md, .json, "
                   ".csv or .folded, or --format",
                   options->output);
    return form;
}

static void check_whole(const struct argp_state *state, struct options *options)
{
    if (options->report == NULL)
        argp_error(state, "which report? (crossbill replay --report makes one)");
    if (options->form < 0)
        options->form = form_of_output(state, options);
    if (options->form == FORM_CSV && options->table == NULL && !options->list)
        argp_error(state, "csv needs --table NAME (--tables lists them)");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'o':
        options->output = argument;
        return 0;
    case KEY_FORMAT:
        options->form = form_named(argument);
        if (options->form < 0)
            argp_error(state,
                       "--format: '%s' is none of html, pdf, md, json, csv, folded and "
                       "summary",
                       argument);
        return 0;
    case KEY_TABLE:
        options->table = argument;
        return 0;
    case KEY_TABLES:
        options->list = true;
        return 0;
    case KEY_SUMMARY:
        options->form = FORM_SUMMARY;
        return 0;
    case ARGP_KEY_ARG:
        if (options->report != NULL)
            argp_error(state, "one report at a time");
        options->report = argument;
        return 0;
    case ARGP_KEY_END:
        check_whole(state, options);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "REPORT.db",
    .doc =
        "Turn a report file into a page, a table or a few lines."
        "\vThe file itself is an SQLite database: sqlite3 REPORT.db .tables shows what "
        "can be asked.",
    .children = cli_children,
};

static bool list_tables(struct report *report, struct cb_error *error)
{
    char **names = report_tables(report, error);
    if (names == NULL)
        return false;
    for (char **name = names; *name != NULL; name++)
        puts(*name);
    free(names);
    return true;
}

static bool export(struct report *report, const struct options *options,
                   struct report_bytes *bytes, struct cb_error *error)
{
    switch ((enum form)options->form) {
    case FORM_HTML:
        return report_export(report, REPORT_HTML, bytes, error);
    case FORM_MARKDOWN:
        return report_export(report, REPORT_MARKDOWN, bytes, error);
    case FORM_JSON:
        return report_export(report, REPORT_JSON, bytes, error);
    case FORM_PDF:
        return report_export(report, REPORT_PAPER, bytes, error);
    case FORM_FOLDED:
        return report_export(report, REPORT_FOLDED, bytes, error);
    case FORM_CSV:
        return report_csv(report, options->table, bytes, error);
    case FORM_SUMMARY:
        return report_summary(report, bytes, error);
    case FORMS:
        break;
    }
    return cb_error_set(error, CB_USAGE, "no such format");
}

static bool act(struct report *report, const struct options *options,
                struct cb_error *error)
{
    struct report_bytes bytes = {0};
    if (options->list)
        return list_tables(report, error);
    if (!export(report, options, &bytes, error))
        return false;
    bool done = cli_write(options->output, bytes.data, bytes.size, error);
    free(bytes.data);
    return done;
}

static int run(int argc, char **argv)
{
    struct options options = {.form = -1};
    cli_parse(&argp, argc, argv, &options);
    struct cb_error error;
    struct report *report = report_open(options.report, REPORT_READ, &error);
    if (report == NULL)
        return cli_fail(&error);
    bool done = act(report, &options, &error);
    report_close(report);
    return done ? CB_DONE : cli_fail(&error);
}

const struct verb verb_report = {
    .name = "report",
    .line = "Make a page, a table or a summary from a report file",
    .group = VERBS_REPORTS,
    .argp = &argp,
    .run = run,
};
