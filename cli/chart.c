/* chart.c - crossbill chart: one chart of a report file, as SVG, PNG or PDF. */
#include "cli.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_LIST = 256, KEY_KEEP, KEY_ALL };

struct options {
    const char *report;
    char *const *charts; /* names; those of kinds with --all */
    size_t chart_count;
    const char *output;
    const char *directory; /* --all */
    enum report_image image;
    bool list, keep;
};

static const struct argp_option option_table[] = {
    {"output", 'o', "FILE", 0, "Write here; the ending chooses: .svg, .png or .pdf", 0},
    {"list", KEY_LIST, NULL, 0,
     "List the charts that the report has the data for, and "
     "what they answer",
     0},
    {"all", KEY_ALL, "DIRECTORY", 0,
     "Draw all of these there, as SVG and PNG, or those that are named, alone or by kind",
     0},
    {"keep", KEY_KEEP, NULL, 0, "Draw all charts and keep them in the report file", 0},
    {0},
};

static enum report_image image_of(const struct argp_state *state, const char *output)
{
    const char *dot = strrchr(output, '.');
    if (dot != NULL && strcmp(dot, ".svg") == 0)
        return REPORT_SVG;
    if (dot != NULL && strcmp(dot, ".png") == 0)
        return REPORT_PNG;
    if (dot == NULL || strcmp(dot, ".pdf") != 0)
        argp_error(state, "%s: its ending names no format; expected .svg, .png or .pdf",
                   output);
    return REPORT_PDF;
}

static void check_whole(const struct argp_state *state, struct options *options)
{
    if (options->report == NULL)
        argp_error(state, "which report? (crossbill replay --report makes one)");
    if (options->directory != NULL)
        return;
    if (options->chart_count > 1 ||
        (options->chart_count > 0 && (options->list || options->keep)))
        argp_error(state, "one chart at a time, or --all DIRECTORY");
    if (options->list || options->keep)
        return;
    if (options->chart_count == 0)
        argp_error(state, "which chart? (--list has them)");
    if (options->output == NULL)
        argp_error(state, "where to? (-o FILE)");
    options->image = image_of(state, options->output);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case 'o':
        options->output = argument;
        return 0;
    case KEY_LIST:
        options->list = true;
        return 0;
    case KEY_ALL:
        options->directory = argument;
        return 0;
    case KEY_KEEP:
        options->keep = true;
        return 0;
    case ARGP_KEY_ARGS:
        options->report = state->argv[state->next];
        options->charts = state->argv + state->next + 1;
        options->chart_count = (size_t)(state->argc - state->next - 1);
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
    .args_doc = "REPORT.db CHART -o FILE\nREPORT.db --list\nREPORT.db --all DIRECTORY "
                "[CHART...]\n"
                "REPORT.db --keep",
    .doc = "Draw charts of a report file."
           "\vTime lines and occupancies are listed for two replays of each machine. Any "
           "other that the report has followed over time can be asked for by its number "
           "in the view replay_list: timeline-7; occupancy-7-l2 for a TLB or cache by "
           "name, or occupancy-7-l2-trace over the whole recording.",
    .children = cli_children,
};

static bool list_charts(struct report *report, struct cb_error *error)
{
    size_t count = 0;
    struct report_chart *charts = NULL;
    if (!report_charts(report, &charts, &count, error))
        return false;
    struct table *table = table_new("ll");
    for (size_t i = 0; i < count; i++) {
        if (!charts[i].drawable)
            continue;
        table_put(table, "%s", charts[i].name);
        table_put(table, "%s", charts[i].question);
    }
    table_print(table, stdout, 0);
    free(charts);
    return true;
}

static bool draw_one(struct report *report, const char *name, enum report_image image,
                     const char *path, struct cb_error *error)
{
    struct report_bytes bytes = {0};
    if (!report_draw_chart(report, name, image, &bytes, error))
        return false;
    bool done = cli_write(path, bytes.data, bytes.size, error);
    free(bytes.data);
    return done;
}

static bool draw_both(struct report *report, const char *name, const char *directory,
                      struct cb_error *error)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.svg", directory, name);
    if (!draw_one(report, name, REPORT_SVG, path, error))
        return false;
    snprintf(path, sizeof path, "%s/%s.png", directory, name);
    return draw_one(report, name, REPORT_PNG, path, error);
}

static bool is_of(const struct report_chart *chart, const char *name)
{
    return strcmp(chart->name, name) == 0 || strcmp(chart->kind, name) == 0;
}

static bool is_drawable(const struct report_chart *charts, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (charts[i].drawable && is_of(&charts[i], name))
            return true;
    return false;
}

/* Nothing is drawn when one of the names is none; drawing it says why. */
static bool check_names(struct report *report, const struct options *options,
                        const struct report_chart *charts, size_t count,
                        struct cb_error *error)
{
    struct report_bytes bytes = {0};
    for (size_t i = 0; i < options->chart_count; i++) {
        if (is_drawable(charts, count, options->charts[i]))
            continue;
        bool drawn =
            report_draw_chart(report, options->charts[i], REPORT_SVG, &bytes, error);
        free(bytes.data);
        if (!drawn)
            return false;
    }
    return true;
}

static bool is_chosen(const struct options *options, const struct report_chart *chart)
{
    for (size_t i = 0; i < options->chart_count; i++)
        if (is_of(chart, options->charts[i]))
            return chart->drawable;
    return chart->drawable && options->chart_count == 0;
}

static bool draw_all(struct report *report, const struct options *options,
                     struct cb_error *error)
{
    size_t count = 0;
    struct report_chart *charts = NULL;
    if (!report_charts(report, &charts, &count, error))
        return false;
    bool done = check_names(report, options, charts, count, error) &&
                cli_make_directories(options->directory, error);
    for (size_t i = 0; done && i < count; i++)
        if (is_chosen(options, &charts[i]))
            done = draw_both(report, charts[i].name, options->directory, error);
    free(charts);
    return done;
}

static bool act(struct report *report, const struct options *options,
                struct cb_error *error)
{
    if (options->list)
        return list_charts(report, error);
    if (options->directory != NULL)
        return draw_all(report, options, error);
    if (options->keep)
        return report_keep_charts(report, error);
    return draw_one(report, options->charts[0], options->image, options->output, error);
}

static int run(int argc, char **argv)
{
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    struct cb_error error;
    /* To read first: opening to write would make a report where there is none. */
    struct report *report = report_open(options.report, REPORT_READ, &error);
    if (report != NULL && options.keep) {
        report_close(report);
        report = report_open(options.report, REPORT_WRITE, &error);
    }
    if (report == NULL)
        return cli_fail(&error);
    bool done = act(report, &options, &error);
    report_close(report);
    return done ? CB_DONE : cli_fail(&error);
}

const struct verb verb_chart = {
    .name = "chart",
    .line = "Draw charts of a report file",
    .group = VERBS_REPORTS,
    .argp = &argp,
    .run = run,
};
