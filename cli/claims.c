/* claims.c - crossbill claims: statements of the literature beside what was measured. */
#include "claims_provider.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 64 }; /* claims named on the command line */

enum { KEY_TRACES = 256, KEY_JSON, KEY_LIST, KEY_NO_RECORDING };

struct options {
    const char *names[MOST + 1];
    size_t count;
    const char *traces, *report;
    bool json, list, no_recording;
};

static const struct argp_option option_table[] = {
    {"traces", KEY_TRACES, "DIR", 0,
     "Keep recordings here, and use those that are there as they are "
     "(default " CLAIMS_CACHE ", where they are made again for another kernel)",
     0},
    {"no-recording", KEY_NO_RECORDING, NULL, 0,
     "Record nothing: claims that need more are not measured", 0},
    {"report", 'r', "FILE", 0, "Add the claims to this report (made if missing)", 0},
    {"json", KEY_JSON, NULL, 0, "Print JSON instead of text", 0},
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
    case KEY_NO_RECORDING:
        options->no_recording = true;
        return 0;
    case 'r':
        options->report = argument;
        return 0;
    case KEY_JSON:
        options->json = true;
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

#define WIDTH 80

/* Words, filled to WIDTH columns. */
static void print_filled(const char *text, int indent)
{
    int column = 0;
    while (*text != '\0') {
        int length = (int)strcspn(text, " ");
        if (column > 0 && column + 1 + length > WIDTH) {
            putchar('\n');
            column = 0;
        }
        column += column == 0 ? printf("%*s", indent, "") : printf(" ");
        column += printf("%.*s", length, text);
        text += length;
        text += strspn(text, " ");
    }
    if (column > 0)
        putchar('\n');
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

static void print_claim(const struct claim *claim, const struct claim_finding *finding)
{
    printf("\n%s: %s\n", claim->name, claim->statement);
    struct table *table = table_new("ll");
    table_put(table, "%s says", claim->said_by);
    table_put(table, "%s  [%c]", finding->figure, claim->flag);
    table_put(table, "measured");
    table_put(table, "%s",
              finding->verdict == CLAIM_NOT_MEASURED ? "-" : finding->measured);
    table_put(table, "verdict");
    table_put(table, "%s (rule: %s)", verdict_words(finding->verdict), finding->rule);
    table_print(table, stdout, 4);
    print_filled(finding->reason, 4);
}

static json_t *claim_json(const struct claim *claim, const struct claim_finding *finding)
{
    char flag[2] = {claim->flag, '\0'};
    bool there = finding->verdict != CLAIM_NOT_MEASURED;
    return json_pack("{ss ss ss ss ss ss ss ss ss* ss ss ss}", "name", claim->name,
                     "strike", claim_strike_name(claim->strike), "statement",
                     claim->statement, "said_by", claim->said_by, "source", claim->source,
                     "flag", flag, "figure", finding->figure, "measurement",
                     claim->measurement, "measured", there ? finding->measured : NULL,
                     "rule", finding->rule, "verdict",
                     claim_verdict_name(finding->verdict), "reason", finding->reason);
}

/* ---- all of it ---- */

struct session {
    const struct options *options;
    struct provider *provider;
    struct report *report;
    json_t *results;
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
    if (session->strike != (int)claim->strike)
        printf("%s%s\n", session->strike < 0 ? "" : "\n\n", strike_title(claim->strike));
    session->strike = (int)claim->strike;
    print_claim(claim, &finding);
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

static int run(int argc, char **argv)
{
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    if (options.list)
        return list_claims();
    struct cb_error error;
    struct session session = {.options = &options, .strike = -1};
    session.provider = provider_create(options.traces, !options.no_recording, &error);
    if (session.provider == NULL)
        return cli_fail(&error);
    if (options.json)
        session.results = json_array();
    cli_catch_signals();
    bool done = do_all(&session, &error);
    if (done && options.json)
        cli_print_json(session.results);
    else if (done)
        printf("\n%d reproduced, %d differ, %d of unverified figures, %d not measured\n",
               session.verdicts[CLAIM_REPRODUCED], session.verdicts[CLAIM_DIFFERS],
               session.verdicts[CLAIM_UNVERIFIED], session.verdicts[CLAIM_NOT_MEASURED]);
    json_decref(session.results);
    provider_free(session.provider);
    if (cli_signal() != 0)
        return 128 + cli_signal();
    return done ? CB_DONE : cli_fail(&error);
}

const struct verb verb_claims = {
    .name = "claims",
    .line = "Measure what the literature says about border crossings",
    .group = VERBS_REPORTS,
    .argp = &argp,
    .run = run,
};
