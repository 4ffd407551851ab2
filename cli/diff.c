/* diff.c - crossbill diff: two replays, or two reports, and by how much they differ. */
#include "diff.h"
#include "cli.h"
#include "ledger.h"

#include <stdlib.h>
#include <string.h>

enum { SETS = 64 };

struct options {
    const char *files[2];
    size_t file_count;
    struct cli_machines machines;
};

static bool are_reports(const struct options *options)
{
    const char *dot = options->file_count > 0 ? strrchr(options->files[0], '.') : NULL;
    return dot != NULL && strcmp(dot, ".db") == 0;
}

static void check_replays(const struct argp_state *state, const struct options *options)
{
    if (options->machines.count == 0)
        argp_error(state, "on which machine? (--machine NAME)");
    if (options->file_count == 1 && options->machines.count == 1 &&
        options->machines.set_count == 0)
        argp_error(state, "with what? (a second trace, a second --machine, or --set)");
}

static void check_whole(const struct argp_state *state, const struct options *options)
{
    if (options->file_count == 0)
        argp_error(state, "which traces, or which reports?");
    if (!are_reports(options)) {
        check_replays(state, options);
        return;
    }
    if (options->file_count != 2)
        argp_error(state, "with which other report?");
    if (options->machines.count > 0 || options->machines.set_count > 0)
        argp_error(state, "--machine and --set are for traces; reports hold replays");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        options->machines.most = 2;
        state->child_inputs[1] = &options->machines;
        return 0;
    case ARGP_KEY_ARG:
        if (options->file_count == 2)
            argp_error(state, "at most two files");
        options->files[options->file_count++] = argument;
        return 0;
    case ARGP_KEY_END:
        check_whole(state, options);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    CLI_COMMON, {&cli_machines_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .parser = parse,
    .args_doc = "TRACE [TRACE] --machine NAME\nREPORT.db REPORT.db",
    .doc = "Compare two replays, account by account, or two reports: replays, accounts, "
           "claims "
           "and points of sweeps. "
           "The exit code is 1 when something differs."
           "\vThe two sides may differ in the trace, the machine, or what --set "
           "changes of the second side's machine:\n"
           "  crossbill diff small.xbt large.xbt -m pentium-100\n"
           "  crossbill diff t.xbt -m pentium-100 -m i486-50\n"
           "  crossbill diff t.xbt -m pentium-100 -s 'tlb.*.asid_bits=6'",
    .children = children,
};

/* ---- two replays ---- */

struct half {
    struct machine machine;
    bool has_machine;
    struct ledger *ledger;
};

static bool replay_side(struct half *side, const char *path, struct cb_error *error)
{
    struct trace_reader *trace = trace_open(path, error);
    if (trace == NULL)
        return false;
    if (!cli_cut(path, trace_info(trace), error))
        side->ledger = replay(trace, &side->machine, NULL, error);
    trace_close(trace);
    return side->ledger != NULL;
}

/* The first side has the first trace and machine; the second the last of each, and the
 * overrides. */
static bool make_side(struct half *side, const struct options *options, bool second,
                      const char *directory, struct cb_error *error)
{
    const char *name = options->machines.names[second ? options->machines.count - 1 : 0];
    const char *path = options->files[second ? options->file_count - 1 : 0];
    side->has_machine =
        machine_load(&side->machine, name, directory, options->machines.sets,
                     second ? options->machines.set_count : 0, error);
    return side->has_machine && replay_side(side, path, error);
}

static void free_side(struct half *side)
{
    ledger_free(side->ledger);
    if (side->has_machine)
        machine_free(&side->machine);
}

/* Prints a row if the numbers differ, or if they are wanted all the same. */
static bool put_change(struct table *table, const char *name, int64_t before,
                       int64_t after, bool always)
{
    char text[32];
    bool differs = before != after;
    if (!differs && !always)
        return false;
    table_put(table, "%s", name);
    table_put(table, "%s", cli_cycles(text, before));
    table_put(table, "%s", cli_cycles(text, after));
    table_put(table, "%s%s", after > before ? "+" : "", cli_cycles(text, after - before));
    if (before > 0 && differs)
        table_put(table, "%+.1f %%", 100.0 * (double)(after - before) / (double)before);
    else
        table_put(table, "%s", "");
    return differs;
}

static void put_heads(struct table *table, const char *title)
{
    const char *const heads[] = {title, "first", "second", "change", ""};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        table_put(table, "%s", heads[i]);
}

static bool print_accounts(const struct ledger *first, const struct ledger *second)
{
    const enum trace_phase phase = TRACE_PHASE_MEASURED;
    struct table *table = table_new("lrrrr");
    bool found = false;
    int64_t totals[2] = {0};
    put_heads(table, "Cycles, measured");
    for (int group = 0; group < GROUPS; group++) {
        int64_t before = ledger_group_mcycles(first, phase, (enum account_group)group);
        int64_t after = ledger_group_mcycles(second, phase, (enum account_group)group);
        totals[0] += before;
        totals[1] += after;
        found |= put_change(table, account_group_name((enum account_group)group), before,
                            after, true);
        for (int account = 0; account < ACCOUNTS; account++) {
            char name[64];
            if (account_group((enum account)account) != (enum account_group)group)
                continue;
            snprintf(name, sizeof name, "  %s", account_title((enum account)account));
            found |= put_change(
                table, name, ledger_account_mcycles(first, phase, (enum account)account),
                ledger_account_mcycles(second, phase, (enum account)account), false);
        }
    }
    table_rule(table);
    found |= put_change(table, "total", totals[0], totals[1], true);
    table_print(table, stdout, 0);
    return found;
}

static bool print_crossings(const struct ledger *first, const struct ledger *second)
{
    struct table *table = table_new("lrrrr");
    bool found = false;
    put_heads(table, "Median crossing");
    for (int kind = 0; kind < CROSSING_KINDS; kind++) {
        const struct crossing_summary *before =
            &first->phase[TRACE_PHASE_MEASURED].crossings[kind];
        const struct crossing_summary *after =
            &second->phase[TRACE_PHASE_MEASURED].crossings[kind];
        if (before->count > 0 || after->count > 0)
            found |= put_change(table, crossing_kind_name((enum crossing_kind)kind),
                                before->total.median, after->total.median, true);
        found |= before->count != after->count;
    }
    table_print(table, stdout, 0);
    return found;
}

static int diff_replays(const struct options *options)
{
    struct cb_error error;
    char directory[4096];
    struct half sides[2] = {0};
    bool found = false;
    bool done = cli_machines(directory, sizeof directory, &error) &&
                make_side(&sides[0], options, false, directory, &error) &&
                make_side(&sides[1], options, true, directory, &error);
    if (done) {
        found = print_accounts(sides[0].ledger, sides[1].ledger);
        putchar('\n');
        found |= print_crossings(sides[0].ledger, sides[1].ledger);
    }
    free_side(&sides[0]);
    free_side(&sides[1]);
    if (!done)
        return cli_fail(&error);
    return found ? CB_FOUND : CB_DONE;
}

static int run(int argc, char **argv)
{
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    if (!are_reports(&options))
        return diff_replays(&options);
    struct cb_error error;
    bool found = false;
    if (!diff_reports(options.files, &found, &error))
        return cli_fail(&error);
    return found ? CB_FOUND : CB_DONE;
}

const struct verb verb_diff = {
    .name = "diff",
    .line = "Compare two replays or two reports",
    .group = VERBS_MODEL,
    .argp = &argp,
    .run = run,
};
