/* claims.c - crossbill claims: statements of the literature beside what was measured. */
#include "claims_provider.h"
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define CLAIMS_SCHEMA_VERSION 1

enum { MOST = 64 }; /* claims named on the command line */

enum { KEY_TRACES = 256, KEY_JSON, KEY_LIST, KEY_NO_RECORDING, KEY_BRIEF, KEY_RENEW };

struct options {
    const char *names[MOST + 1];
    size_t count;
    const char *traces, *report, *output;
    bool json, brief, list, no_recording, renew;
};

static const struct argp_option option_table[] = {
    {"traces", KEY_TRACES, "DIR", 0,
     "Keep recordings here, and use those that are there as they are "
     "(default " CLAIMS_CACHE ", where they are made again for another kernel)",
     0},
    {"renew", KEY_RENEW, NULL, 0, "With --traces: make those of another kernel again", 0},
    {"no-recording", KEY_NO_RECORDING, NULL, 0,
     "Record nothing: claims that need more are not measured", 0},
    {"report", 'r', "FILE", 0, "Add the claims to this report (made if missing)", 0},
    {"output", 'o', "FILE", 0, "Write the text or JSON there", 0},
    {"json", KEY_JSON, NULL, 0, "Print JSON instead of text", 0},
    {"brief", KEY_BRIEF, NULL, 0, "Print a table of the claims, without reasons", 0},
    {"list", KEY_LIST, NULL, 0, "List the claims, and stop", 0},
    {0},
};

static const struct claim *find_claim(const char *name)
{
    const struct claim *claim;
    for (size_t i = 0; (claim = claim_at(i)) != NULL; i++)
        if (strcmp(claim->name, name) == 0)
            return claim;
    return NULL;
}

static void add_name(const struct argp_state *state, struct options *options,
                     const char *name)
{
    if (find_claim(name) == NULL) {
        const char *names[MOST + 1] = {0};
        for (size_t i = 0; i < MOST && claim_at(i) != NULL; i++)
            names[i] = claim_at(i)->name;
        const char *nearest = cli_nearest(name, names);
        if (nearest != NULL)
            argp_error(state, "there is no claim '%s'; did you mean '%s'?", name,
                       nearest);
        else
            argp_error(state, "there is no claim '%s'; claims --list has them all", name);
    }
    if (options->count == MOST)
        argp_error(state, "at most %d claims", MOST);
    options->names[options->count++] = name;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case KEY_TRACES:
        options->traces = argument;
        return 0;
    case KEY_RENEW:
        options->renew = true;
        return 0;
    case 'o':
        options->output = argument;
        return 0;
    case KEY_NO_RECORDING:
        options->no_recording = true;
        return 0;
    case 'r':
        options->report = argument;
        return 0;
    case KEY_JSON:
        options->json = true;
        return 0;
    case KEY_BRIEF:
        options->brief = true;
        return 0;
    case KEY_LIST:
        options->list = true;
        return 0;
    case ARGP_KEY_ARG:
        add_name(state, options, argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "[CLAIM...]",
    .doc =
        "Measure what the literature says about border crossings, and print each claim "
        "beside what came out."
        "\vWithout CLAIM, all of them. Where the lesson and the paper disagree, both "
        "stand. A flag tells how well the source was read: S in the source itself, T in "
        "a translation of it, 2 in a secondary source, D derived, M remembered and "
        "unverified. Verdicts and reasons are computed from the replays.",
    .children = cli_children,
};

static bool is_chosen(const struct options *options, const char *name)
{
    for (size_t i = 0; i < options->count; i++)
        if (strcmp(options->names[i], name) == 0)
            return true;
    return options->count == 0;
}

/* ---- as text ---- */

#define WIDTH  80
#define INDENT 4
#define LABEL  14 /* columns for "measured" and the like */

/* Words, filled to WIDTH columns; the first line goes on at `column`. */
static void print_filled(FILE *out, const char *text, int indent, int column)
{
    bool fresh = column <= indent; /* nothing to part the next word from */
    if (column == 0)
        column = fprintf(out, "%*s", indent, "");
    while (*text != '\0') {
        int length = (int)strcspn(text, " ");
        if (!fresh && column + 1 + length > WIDTH) {
            column = fprintf(out, "\n%*s", indent, "") - 1;
            fresh = true;
        }
        column += fprintf(out, "%s%.*s", fresh ? "" : " ", length, text);
        fresh = false;
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

static void print_field(FILE *out, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void print_field(FILE *out, const char *label, const char *format, ...)
{
    char *text = NULL;
    va_list list;
    va_start(list, format);
    if (vasprintf(&text, format, list) < 0)
        cli_must(NULL);
    va_end(list);
    int column = fprintf(out, "%*s%-*s", INDENT, "", LABEL - 1, label);
    if (column == INDENT + LABEL - 1)
        column += fprintf(out, " ");
    print_filled(out, text, INDENT + LABEL, column);
    free(text);
}

static const char *strike_title(enum claim_strike strike)
{
    switch (strike) {
    case STRIKE_BORDER_CROSSINGS:
        return "Border crossings";
    case STRIKE_SPACE_SWITCHES:
        return "Switches of address space";
    case STRIKE_THREAD_SWITCHES:
        return "Thread switches and IPC";
    case STRIKE_MEMORY_EFFECTS:
        return "Memory effects";
    }
    return NULL;
}

static const char *verdict_words(enum claim_verdict verdict)
{
    switch (verdict) {
    case CLAIM_REPRODUCED:
        return "reproduced";
    case CLAIM_DIFFERS:
        return "differs";
    case CLAIM_UNVERIFIED:
        return "the source's figure is unverified";
    case CLAIM_NOT_MEASURED:
        return "not measured";
    }
    return NULL;
}

static void print_claim(FILE *out, const struct claim *claim,
                        const struct claim_finding *finding)
{
    bool there = finding->verdict != CLAIM_NOT_MEASURED;
    fprintf(out, "\n%s\n", claim->name);
    print_filled(out, claim->statement, INDENT, 0);
    print_field(out, claim->said_by, "%s [%c: %s]", finding->figure, claim->flag,
                claim->source);
    print_field(out, "measured", "%s [%s]", there ? finding->measured : "-",
                claim->measurement);
    print_field(out, "verdict", "%s [rule: %s]", verdict_words(finding->verdict),
                finding->rule);
    print_field(out, "because", "%s", finding->reason);
}

/* For a column that is narrow. */
static const char *verdict_word(enum claim_verdict verdict)
{
    return verdict == CLAIM_UNVERIFIED ? "unverified" : verdict_words(verdict);
}

static void put_line(struct table *table, const struct claim *claim,
                     const struct claim_finding *finding)
{
    bool there = finding->verdict != CLAIM_NOT_MEASURED;
    table_put(table, "%s", claim->statement);
    table_put(table, "%s [%c]", claim->said_by, claim->flag);
    table_put(table, "%s", finding->figure);
    table_put(table, "%s", there ? finding->measured : "-");
    table_put(table, "%s", verdict_word(finding->verdict));
}

static struct table *lines_begin(void)
{
    static const char *const heads[] = {"statement", "said by", "figure there",
                                        "measured here", "verdict"};
    struct table *table = table_new("lllll");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        table_put(table, "%s", heads[i]);
    table_rule(table);
    return table;
}

static void set_value(json_t *object, const char *key, int64_t thousandths)
{
    json_object_set_new(object, key, json_real((double)thousandths / 1000));
}

static json_t *claim_json(const struct claim *claim, const struct claim_finding *finding)
{
    char flag[2] = {claim->flag, '\0'};
    bool there = finding->verdict != CLAIM_NOT_MEASURED;
    json_t *object = json_pack(
        "{ss ss ss ss ss ss ss ss ss* ss ss ss}", "name", claim->name, "strike",
        claim_strike_name(claim->strike), "statement", claim->statement, "said_by",
        claim->said_by, "source", claim->source, "flag", flag, "figure", finding->figure,
        "measurement", claim->measurement, "measured", there ? finding->measured : NULL,
        "rule", finding->rule, "verdict", claim_verdict_name(finding->verdict), "reason",
        finding->reason);
    if (claim->rule == RULE_CONDITION)
        return object;
    json_object_set_new(object, "unit", json_string(claim_unit_name(claim->unit)));
    set_value(object, "figure_value", claim->figures[0]);
    if (claim->rule == RULE_BETWEEN)
        set_value(object, "figure_high_value", claim->figures[1]);
    if (there)
        set_value(object, "measured_value", finding->value);
    return object;
}

/* ---- all of it ---- */

struct session {
    const struct options *options;
    FILE *out; /* standard output, or memory that goes to --output when it is whole */
    struct provider *provider;
    struct report *report;
    json_t *results;
    struct table *lines; /* --brief */
    int verdicts[CLAIM_NOT_MEASURED + 1];
    int strike; /* of the last claim printed; -1: none */
};

static bool do_claim(struct session *session, const struct claim *claim,
                     struct cb_error *error)
{
    struct claim_finding finding;
    struct claim_provider provider = {.replay = provider_replay,
                                      .context = session->provider};
    if (!claim_judge(claim, &provider, &finding, error))
        return false;
    if (session->report != NULL &&
        !report_add_claim(session->report, claim, &finding, error))
        return false;
    session->verdicts[finding.verdict]++;
    if (session->results != NULL) {
        json_array_append_new(session->results, claim_json(claim, &finding));
        return true;
    }
    if (session->lines != NULL) {
        put_line(session->lines, claim, &finding);
        return true;
    }
    if (session->strike != (int)claim->strike)
        fprintf(session->out, "%s%s\n", session->strike < 0 ? "" : "\n\n",
                strike_title(claim->strike));
    session->strike = (int)claim->strike;
    print_claim(session->out, claim, &finding);
    return true;
}

static bool do_all(struct session *session, struct cb_error *error)
{
    const struct options *options = session->options;
    if (options->report != NULL) {
        session->report = report_open(options->report, REPORT_WRITE, error);
        if (session->report == NULL)
            return false;
    }
    bool done = true;
    const struct claim *claim;
    for (size_t i = 0; done && (claim = claim_at(i)) != NULL; i++)
        if (is_chosen(options, claim->name))
            done = do_claim(session, claim, error);
    report_close(session->report);
    return done;
}

static int list_claims(void)
{
    struct table *table = table_new("lll");
    const struct claim *claim;
    for (size_t i = 0; (claim = claim_at(i)) != NULL; i++) {
        table_put(table, "%s", claim->name);
        table_put(table, "%s", claim->said_by);
        table_put(table, "%s", claim->statement);
    }
    table_print(table, stdout, 0);
    return CB_DONE;
}

static void print_json(FILE *out, json_t *claims)
{
    json_t *all =
        json_pack("{si sO}", "schema_version", CLAIMS_SCHEMA_VERSION, "claims", claims);
    cli_put_json(out, all, JSON_INDENT(2));
    fputc('\n', out);
    json_decref(all);
}

/* What stands below the claims. */
static void print_sum(const struct session *session)
{
    const int *verdicts = session->verdicts;
    if (session->options->json)
        print_json(session->out, session->results);
    else
        fprintf(session->out,
                "\n%d reproduced, %d differ, %d of unverified figures, %d not measured\n",
                verdicts[CLAIM_REPRODUCED], verdicts[CLAIM_DIFFERS],
                verdicts[CLAIM_UNVERIFIED], verdicts[CLAIM_NOT_MEASURED]);
}

/* The width of the terminal counts only for what goes there. */
static void print_lines(struct session *session)
{
    if (session->lines != NULL)
        table_print_within(session->lines, session->out, 0,
                           session->options->output == NULL ? cli_width() : WIDTH);
}

static bool measure(struct session *session, struct cb_error *error)
{
    const struct options *options = session->options;
    char *text = NULL;
    size_t size = 0;
    session->out = options->output == NULL ? stdout : open_memstream(&text, &size);
    if (session->out == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    bool done = do_all(session, error);
    print_lines(session);
    if (done)
        print_sum(session);
    if (options->output != NULL) {
        fclose(session->out);
        done = done && cli_write(options->output, text, size, error);
        free(text);
    }
    return done;
}

static int run(int argc, char **argv)
{
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    if (options.list)
        return list_claims();
    struct cb_error error;
    struct session session = {.options = &options, .strike = -1};
    session.provider =
        provider_create(options.traces, options.traces == NULL || options.renew,
                        !options.no_recording, &error);
    if (session.provider == NULL)
        return cli_fail(&error);
    if (options.json)
        session.results = json_array();
    else if (options.brief)
        session.lines = lines_begin();
    cli_catch_signals();
    bool done = measure(&session, &error);
    json_decref(session.results);
    int signal = cli_signal() != 0 ? cli_signal() : provider_signal(session.provider);
    provider_free(session.provider);
    if (signal != 0)
        return 128 + signal;
    return done ? CB_DONE : cli_fail(&error);
}

const struct verb verb_claims = {
    .name = "claims",
    .line = "Measure what the literature says about border crossings",
    .group = VERBS_REPORTS,
    .argp = &argp,
    .run = run,
};
