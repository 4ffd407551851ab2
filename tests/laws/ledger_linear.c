/* Every charge is linear in every latency and every instruction cost, and the total never
 * falls when one of them rises: three points on a line for each figure of a machine. */
#include "../law_tools.h"

#define STEP 700

/* The figures that time depends on: walk, memory, each level's latency, each class. */
static size_t figure_count(const struct machine *machine)
{
    return 2 + machine->tlb_count + machine->cache_count + INSTRUCTION_CLASSES;
}

/* NULL for the latency of a first level, which nothing asks. */
static int64_t *figure(struct machine *machine, size_t number)
{
    if (number == 0)
        return &machine->walk_time;
    if (number == 1)
        return &machine->memory_latency;
    number -= 2;
    if (number < machine->tlb_count)
        return machine->tlbs[number].level == 1 ? NULL : &machine->tlbs[number].latency;
    number -= machine->tlb_count;
    if (number < machine->cache_count)
        return machine->caches[number].level == 1 ? NULL
                                                  : &machine->caches[number].latency;
    return &machine->instructions[number - machine->cache_count];
}

static void check_points(const struct law_pair *pair, struct ledger *const ledgers[3])
{
    int64_t totals[3];
    for (int i = 0; i < 3; i++)
        totals[i] = ledgers[i]->total_mcycles;
    law_equal(pair, "the total's second step", totals[2] - totals[1],
              totals[1] - totals[0]);
    if (totals[1] < totals[0])
        fail_msg("%s: the total falls as a cost rises", pair->what);
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        for (size_t i = 0; i < ledgers[0]->domain_count; i++) {
            for (int account = 0; account < ACCOUNTS; account++) {
                const struct ledger_line *lines[3];
                for (int n = 0; n < 3; n++)
                    lines[n] = &ledgers[n]->phase[phase].domains[i].line[account];
                law_equal(pair, account_name((enum account)account),
                          time_of(lines[2]) - time_of(lines[1]),
                          time_of(lines[1]) - time_of(lines[0]));
                if (memcmp(&lines[0]->counts, &lines[2]->counts, sizeof lines[0]->counts))
                    fail_msg("%s: a cost changes counts", pair->what);
            }
        }
    }
}

static void is_linear_in(struct law_pair *pair, size_t number)
{
    struct machine machine = pair->machine;
    int64_t *value = figure(&machine, number);
    if (value == NULL)
        return;
    struct ledger *ledgers[3];
    for (int i = 0; i < 3; i++) {
        ledgers[i] = law_replay(pair, &pair->trace, &machine, NULL);
        *value += STEP;
    }
    check_points(pair, ledgers);
    for (int i = 0; i < 3; i++)
        ledger_free(ledgers[i]);
}

/* All figures of memory, and some of the many instruction costs. */
static void is_linear(struct law_pair *pair)
{
    size_t memory = figure_count(&pair->machine) - INSTRUCTION_CLASSES;
    for (size_t number = 0; number < memory; number++)
        is_linear_in(pair, number);
    static const enum instruction_class common[] = {
        INSTRUCTION_MOV_RM, INSTRUCTION_JCC,          INSTRUCTION_JCC_TAKEN,
        INSTRUCTION_INT,    INSTRUCTION_IRET,         INSTRUCTION_INTERRUPT,
        INSTRUCTION_FAULT,  INSTRUCTION_REP_MOVS_EACH};
    size_t class = common[draw(&pair->seed, sizeof common / sizeof common[0])];
    is_linear_in(pair, memory + class);
    is_linear_in(pair, memory + draw(&pair->seed, INSTRUCTION_CLASSES));
}

static void charges_are_linear_in_every_cost(void **state)
{
    (void)state;
    const struct law law = {30, 2, NULL, NULL, is_linear, true};
    try_law(&law);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charges_are_linear_in_every_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
