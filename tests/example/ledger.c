/* ledger.c - a program that uses the installed library: read a trace, replay it on a
 * machine, print the ledger.
 *
 *   cc -o ledger ledger.c $(pkg-config --cflags --libs crossbill)
 *   ./ledger TRACE MACHINE.json
 */
#include <model/model.h>

#include <stdio.h>

static int fail(const struct cb_error *error)
{
    char text[1024];
    cb_error_format(error, text, sizeof text);
    fprintf(stderr, "ledger: %s\n", text);
    return (int)error->code;
}

/* One line per domain and account that anything was charged to: millicycles, of both
 * phases together. */
static void print_ledger(const struct ledger *ledger)
{
    for (size_t d = 0; d < ledger->domain_count; d++)
        for (int a = 0; a < ACCOUNTS; a++) {
            int64_t mcycles = 0;
            for (int phase = 0; phase < LEDGER_PHASES; phase++) {
                const struct ledger_line *line =
                    &ledger->phase[phase].domains[d].line[a];
                mcycles += line->instruction_mcycles + line->memory_mcycles;
            }
            if (mcycles != 0)
                printf("%s %s %lld\n", ledger->phase[0].domains[d].name,
                       account_name((enum account)a), (long long)mcycles);
        }
    printf("total %lld\n", (long long)ledger->total_mcycles);
}

static int print_replay(const struct trace_reader *trace, const struct machine *machine)
{
    struct cb_error error;
    struct ledger *ledger = replay(trace, machine, NULL, &error);
    if (ledger == NULL)
        return fail(&error);
    print_ledger(ledger);
    ledger_free(ledger);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: ledger TRACE MACHINE.json\n");
        return CB_USAGE;
    }
    struct cb_error error;
    struct machine machine;
    if (!machine_load(&machine, argv[2], "", NULL, 0, &error))
        return fail(&error);
    struct trace_reader *trace = trace_open(argv[1], &error);
    int status = trace == NULL ? fail(&error) : print_replay(trace, &machine);
    trace_close(trace);
    machine_free(&machine);
    return status;
}
