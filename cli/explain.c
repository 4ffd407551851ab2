/* explain.c - crossbill explain: the bill of one crossing, item by item, in plain words.
 */
#include "cli.h"
#include "code.h"
#include "model/model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_CROSSING = 256, KEY_WORST, KEY_KIND };

struct options {
    const char *trace;
    struct cli_machines machine;
    uint32_t crossing; /* 0: the dearest */
    int kind;          /* enum crossing_kind, or -1: any */
};

static const struct argp_option option_table[] = {
    {"crossing", KEY_CROSSING, "N", 0, "The N-th crossing of the trace, from 1", 0},
    {"worst", KEY_WORST, NULL, 0, "The dearest one that was measured (the default)", 0},
    {"kind", KEY_KIND, "KIND", 0, "The dearest of this kind, as replay names them", 0},
    {0},
};

static int kind_named(const struct argp_state *state, const char *name)
{
    const char *names[CROSSING_KINDS + 1] = {0};
    for (int kind = 0; kind < CROSSING_KINDS; kind++) {
        names[kind] = crossing_kind_name((enum crossing_kind)kind);
        if (strcmp(names[kind], name) == 0)
            return kind;
    }
    const char *nearest = cli_nearest(name, names);
    argp_error(state, "there is no kind '%s' of crossing%s%s%s", name,
               nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
               nearest != NULL ? "'?" : "");
    return -1;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        options->machine.is_missed = true;
        state->child_inputs[1] = &options->machine;
        state->child_inputs[2] = &options->trace;
        return 0;
    case KEY_CROSSING:
        options->crossing =
            (uint32_t)cli_number(state, "--crossing", argument, 1, UINT32_MAX);
        return 0;
    case KEY_WORST:
        options->crossing = 0;
        return 0;
    case KEY_KIND:
        options->kind = kind_named(state, argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {
    CLI_COMMON, {&cli_machine_argp, 0, NULL, 0}, {&cli_trace_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = option_table,
    .parser = parse,
    .args_doc = "TRACE",
    .doc = "Explain one crossing: which instructions it ran, what it missed, and what "
           "others missed later because of it.",
    .children = children,
};

/* ---- which crossing ---- */

struct choice {
    const struct options *options;
    struct crossing_bill bill;
    int64_t total;
    bool found;
};

static int64_t bill_total(const struct crossing_bill *bill)
{
    int64_t sum = 0;
    for (int account = 0; account < ACCOUNTS; account++)
        sum += bill->mcycles[account];
    return sum;
}

static bool is_wanted(const struct options *options, const struct crossing_bill *bill)
{
    if (options->crossing != 0)
        return bill->number == options->crossing;
    return bill->phase == TRACE_PHASE_MEASURED &&
           (options->kind < 0 || bill->kind == options->kind);
}

static bool on_bill(void *context, const struct crossing_bill *bill)
{
    struct choice *choice = context;
    int64_t total = bill_total(bill);
    if (is_wanted(choice->options, bill) && (!choice->found || total > choice->total)) {
        choice->bill = *bill;
        choice->total = total;
        choice->found = true;
    }
    return true;
}

static bool choose(struct choice *choice, const struct trace_reader *trace,
                   const struct machine *machine, struct cb_error *error)
{
    struct replay_options options = {.on_bill = on_bill, .context = choice};
    struct ledger *ledger = replay(trace, machine, &options, error);
    if (ledger == NULL)
        return false;
    ledger_free(ledger);
    if (choice->found)
        return true;
    cb_error_set(error, CB_USAGE, "the trace has no such crossing");
    return cb_error_in(error, choice->options->trace);
}

/* ---- its bill ---- */

/* What an item is for, said to somebody who has not read the manual. */
static const char *account_sentence(enum account account)
{
    switch (account) {
    case ACCOUNT_BORDER:
        return "the trap into the kernel and the return from it";
    case ACCOUNT_KERNEL_PATH:
        return "the kernel's instructions between them";
    case ACCOUNT_THREAD_SWITCH:
        return "state of one thread saved, of another loaded";
    case ACCOUNT_SPACE_SWITCH:
        return "CR3 or segment registers loaded";
    case ACCOUNT_BINDING:
        return "stubs, dispatch, guards, ports";
    case ACCOUNT_PATH_COLD:
        return "the path touched this for the first time";
    case ACCOUNT_PATH_REFILL:
        return "the path fetched again what a switch had flushed";
    case ACCOUNT_PATH_DISPLACED:
        return "the path fetched again what a domain's work had evicted";
    case ACCOUNT_PATH_CAPACITY:
        return "the path fetched again what it had itself evicted";
    case ACCOUNT_REFILL:
        return "paid later by work: fetched again what this switch flushed";
    case ACCOUNT_DISPLACED:
        return "paid later by work: fetched again what this visit evicted";
    case ACCOUNT_CREDIT_SHARED:
        return "saved: another domain had already fetched it";
    case ACCOUNT_CREDIT_POLICY:
        return "saved: the flush spared evictions";
    case ACCOUNT_WORK:
    case ACCOUNT_COMPETITION:
    case ACCOUNT_COMPETITION_CREDIT:
    case ACCOUNT_IDLE:
    case ACCOUNTS:
        break;
    }
    return "";
}

static int64_t group_total(const struct crossing_bill *bill, enum account_group group)
{
    int64_t sum = 0;
    for (int account = 0; account < ACCOUNTS; account++)
        if (account_group((enum account)account) == group)
            sum += bill->mcycles[account];
    return sum;
}

static void print_items(const struct crossing_bill *bill)
{
    char text[32];
    struct table *table = table_new("lrl");
    for (int account = 0; account < ACCOUNTS; account++) {
        if (bill->mcycles[account] == 0)
            continue;
        table_put(table, "%s", account_title((enum account)account));
        table_put(table, "%s", cli_cycles(text, bill->mcycles[account]));
        table_put(table, "%s", account_sentence((enum account)account));
    }
    table_print(table, stdout, 2);
}

static void print_bill(const struct choice *choice, const struct trace_reader *trace,
                       const struct machine *machine)
{
    const struct crossing_bill *bill = &choice->bill;
    char total[32], path[32], memory[32];
    printf("Crossing %" PRIu32 " of ", bill->number);
    cli_put(stdout, choice->options->trace);
    printf(", at record %" PRIu64 ": %s by thread %" PRIu32 " of ", bill->record,
           crossing_kind_name((enum crossing_kind)bill->kind), bill->thread);
    cli_put(stdout, trace_domain_name(trace, bill->domain));
    if (bill->parent != 0)
        printf(", on behalf of crossing %" PRIu32, bill->parent);
    printf(".\nOn %s it costs %s cycles: %s explicit, %s implicit.\n\n", machine->name,
           cli_cycles(total, choice->total),
           cli_cycles(path, group_total(bill, GROUP_EXPLICIT)),
           cli_cycles(memory, group_total(bill, GROUP_IMPLICIT)));
    print_items(bill);
}

static bool explain(const struct options *options, const struct trace_reader *trace,
                    const struct machine *machine, struct cb_error *error)
{
    struct choice choice = {.options = options};
    if (!choose(&choice, trace, machine, error))
        return false;
    print_bill(&choice, trace, machine);
    putchar('\n');
    return code_print_path(trace, machine, choice.bill.record,
                           group_total(&choice.bill, GROUP_EXPLICIT), error);
}

static int run(int argc, char **argv)
{
    struct options options = {.kind = -1};
    cli_parse(&argp, argc, argv, &options);
    char directory[4096];
    struct cb_error error;
    struct machine machine;
    if (!cli_machines(directory, sizeof directory, &error) ||
        !machine_load(&machine, options.machine.names[0], directory, options.machine.sets,
                      options.machine.set_count, &error))
        return cli_fail(&error);
    struct trace_reader *trace = trace_open(options.trace, &error);
    bool done = trace != NULL && explain(&options, trace, &machine, &error);
    trace_close(trace);
    machine_free(&machine);
    return done ? CB_DONE : cli_fail(&error);
}

const struct verb verb_explain = {
    .name = "explain",
    .line = "Explain the bill of one crossing in plain words",
    .group = VERBS_MODEL,
    .argp = &argp,
    .run = run,
};
