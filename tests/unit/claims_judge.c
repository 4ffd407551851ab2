/* Claims are judged by what replays yield: ledgers made by hand, on real machines that
 * are then perturbed until the verdict changes. */
#include "../test.h"

#include "reports/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS    10 /* crossings of each kind in the ledgers */
#define SWITCHES 20 /* a call and its reply each switch once */

/* What the ledgers made here hold; per crossing or per switch, in cycles. */
struct world {
    const char *sets[4]; /* that the machine is perturbed with */
    size_t set_count;
    int64_t extra_int;     /* further int instructions on the path */
    int64_t implicit_warm; /* of a null call */
    int64_t implicit_page; /* of an IPC, for each page of the domains, up to 32 */
    int64_t mach_misses;   /* of a message in the structure mach, in cycles */
    int64_t refilled;      /* entries per switch, without tags */
    int64_t refill_most;   /* the bound of all stays together */
    enum claim_answer answer;
    struct replayed *replays; /* made so far */
};

struct replayed {
    struct machine machine;
    struct ledger ledger;
    struct ledger_domain domains[LEDGER_PHASES][2];
    struct extents extents;
    struct replayed *next;
};

static void bill(struct crossing_summary *summary, enum account account, int64_t cycles)
{
    summary->account_mcycles[account] += cycles * 1000 * CALLS;
    struct distribution *cost = account_group(account) == GROUP_EXPLICIT
                                    ? &summary->explicit_cost
                                    : &summary->implicit_cost;
    cost->sum += cycles * 1000 * CALLS;
    cost->median += cycles * 1000;
    summary->total.sum += cycles * 1000 * CALLS;
    summary->total.median += cycles * 1000;
}

static int64_t cost(const struct replayed *replayed, enum instruction_class class)
{
    return replayed->machine.instructions[class] / 1000;
}

/* int, 2 cycles of path, iret, 6 cycles of stub. */
static void fill_null(const struct world *world, struct replayed *replayed)
{
    struct crossing_summary *calls =
        &replayed->ledger.phase[TRACE_PHASE_MEASURED].crossings[CROSSING_CALL];
    calls->count = CALLS;
    bill(calls, ACCOUNT_BORDER,
         (1 + world->extra_int) * cost(replayed, INSTRUCTION_INT) +
             cost(replayed, INSTRUCTION_IRET));
    bill(calls, ACCOUNT_KERNEL_PATH, 2);
    bill(calls, ACCOUNT_BINDING, 6);
    bill(calls, ACCOUNT_PATH_DISPLACED, world->implicit_warm);
    replayed->extents.crossing[CROSSING_CALL] = (struct crossing_extent){
        .count = CALLS, .pages = 3 * CALLS, .code_lines = CALLS, .data_lines = 9 * CALLS};
}

static void fill_pingpong(const struct world *world, struct replayed *replayed, int pages)
{
    struct ledger_phase *phase = &replayed->ledger.phase[TRACE_PHASE_MEASURED];
    bool tagged = replayed->machine.tlbs[0].asid_bits > 0;
    phase->requests = CALLS;
    phase->space_switches[TRACE_HOW_CR3] = SWITCHES;
    for (int kind = CROSSING_IPC_CALL; kind <= CROSSING_IPC_REPLY; kind++) {
        struct crossing_summary *way = &phase->crossings[kind];
        way->count = CALLS;
        bill(way, ACCOUNT_BORDER,
             cost(replayed, INSTRUCTION_INT) + cost(replayed, INSTRUCTION_IRET));
        bill(way, ACCOUNT_SPACE_SWITCH, 13 + cost(replayed, INSTRUCTION_MOV_CR3));
        bill(way, ACCOUNT_REFILL, world->implicit_page * (pages > 32 ? 1 : pages));
    }
    struct ledger_domain *kernel = &phase->domains[0];
    kernel->classes[INSTRUCTION_MOV_CR3] = SWITCHES;
    kernel->line[ACCOUNT_SPACE_SWITCH].instruction_mcycles =
        (13 + cost(replayed, INSTRUCTION_MOV_CR3)) * 1000 * SWITCHES;
    /* The ledger has what the bills have. */
    kernel->line[ACCOUNT_BORDER].instruction_mcycles =
        phase->crossings[CROSSING_IPC_CALL].account_mcycles[ACCOUNT_BORDER] * 2;
    phase->domains[1].line[ACCOUNT_REFILL].memory_mcycles =
        phase->crossings[CROSSING_IPC_CALL].account_mcycles[ACCOUNT_REFILL] * 2;
    phase->domains[1].refilled_after_flush[COMPONENT_DTLB] =
        tagged ? 0 : world->refilled * SWITCHES;
    replayed->extents.refill_most = world->refill_most;
    replayed->extents.crossing[CROSSING_IPC_CALL] = (struct crossing_extent){
        .count = CALLS, .code_lines = 11 * CALLS, .code_bytes = 176 * CALLS};
}

/* Messages: 107 cycles of border; path of 100 cycles and 10 of misses, but in mach 1600,
 * 1002 instructions. */
static void fill_file(const struct world *world, struct replayed *replayed, bool mach)
{
    struct ledger_phase *phase = &replayed->ledger.phase[TRACE_PHASE_MEASURED];
    for (int kind = CROSSING_IPC_CALL; kind <= CROSSING_IPC_REPLY; kind++) {
        struct crossing_summary *way = &phase->crossings[kind];
        way->count = CALLS;
        way->instructions = (mach ? 1002 : 60) * CALLS;
        bill(way, ACCOUNT_BORDER,
             cost(replayed, INSTRUCTION_INT) + cost(replayed, INSTRUCTION_IRET));
        bill(way, ACCOUNT_KERNEL_PATH, mach ? 1600 : 100);
        bill(way, ACCOUNT_PATH_DISPLACED, mach ? world->mach_misses : 10);
    }
}

static enum claim_answer provide(void *context, const char *recording,
                                 const char *machine, struct claim_evidence *evidence,
                                 struct cb_error *error)
{
    struct world *world = context;
    if (world->answer != ANSWER_HERE) {
        cb_error_set(error, CB_IO, "There is no QEMU here");
        return world->answer;
    }
    struct replayed *replayed = calloc(1, sizeof *replayed);
    assert_non_null(replayed);
    replayed->next = world->replays;
    world->replays = replayed;
    char words[160];
    const char *sets[16];
    size_t count = 0;
    snprintf(words, sizeof words, "%s", machine);
    char *rest = words, *name = strsep(&rest, " "), *word;
    for (; count < world->set_count; count++)
        sets[count] = world->sets[count];
    while ((word = strsep(&rest, " ")) != NULL)
        sets[count++] = word;
    assert_true(
        machine_load(&replayed->machine, name, "model/machines", sets, count, NULL));
    replayed->ledger.domain_count = 2;
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        replayed->ledger.phase[phase].domains = replayed->domains[phase];
    replayed->domains[TRACE_PHASE_MEASURED][1].kind = TRACE_DOMAIN_LARGE;
    const char *pages = strstr(recording, "pages=");
    if (strncmp(recording, "file ", 5) == 0)
        fill_file(world, replayed, strstr(recording, " mach ") != NULL);
    else if (pages != NULL)
        fill_pingpong(world, replayed, atoi(pages + strlen("pages=")));
    else
        fill_null(world, replayed);
    *evidence = (struct claim_evidence){.machine = &replayed->machine,
                                        .ledger = &replayed->ledger,
                                        .extents = &replayed->extents};
    return ANSWER_HERE;
}

static const struct claim *claim_named(const char *name)
{
    const struct claim *claim;
    for (size_t i = 0; (claim = claim_at(i)) != NULL; i++)
        if (strcmp(claim->name, name) == 0)
            return claim;
    fail_msg("no claim %s", name);
    return NULL;
}

static struct claim_finding judge(const char *name, struct world *world)
{
    struct claim_finding finding;
    struct claim_provider provider = {.replay = provide, .context = world};
    assert_true(claim_judge(claim_named(name), &provider, &finding, NULL));
    while (world->replays != NULL) {
        struct replayed *next = world->replays->next;
        machine_free(&world->replays->machine);
        free(world->replays);
        world->replays = next;
    }
    return finding;
}

static void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

/* ---- one claim, and what changes its verdict ---- */

static void test_border(void **state)
{
    (void)state;
    struct world world = {0};
    struct claim_finding finding = judge("border-bound", &world);
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    assert_string_equal(finding.figure, "107 cycles");
    assert_string_equal(finding.measured, "107 cycles");
    assert_string_equal(finding.rule, "equal");

    world = (struct world){.sets = {"instructions.int=50"}, .set_count = 1};
    finding = judge("border-bound", &world); /* 50 + 36 */
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);
    assert_string_equal(finding.measured, "86 cycles");
    assert_string_equal(
        finding.reason,
        "int costs 50 cycles on this machine, where the source has 71. "
        "Source of instructions.int in i486-50: set by instructions.int=50.");

    world = (struct world){.sets = {"instructions.int=50", "instructions.iret=20.5"},
                           .set_count = 2};
    finding = judge("border-bound", &world);
    assert_says(finding.reason, "iret costs 20.5 cycles on this machine");

    world = (struct world){.extra_int = 1};
    finding = judge("border-bound", &world); /* 2 x 71 + 36 */
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);
    assert_string_equal(finding.measured, "178 cycles");
    assert_says(finding.reason, "more than one int and one iret");
}

static void test_warm_and_cold(void **state)
{
    (void)state;
    struct world world = {0};
    struct claim_finding finding = judge("null-call-warm", &world);
    assert_string_equal(finding.measured, "115 cycles"); /* 107 + 2 + 6; 123 less 6.5 % */
    assert_string_equal(finding.rule, "equal within 10 %");
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    world.sets[world.set_count++] = "instructions.iret=30"; /* 109: 123 less 11 % */
    assert_int_equal(judge("null-call-warm", &world).verdict, CLAIM_DIFFERS);

    /* 115 + 3 x 9 + 10 x 3: the paper's own misses. */
    world = (struct world){0};
    finding = judge("null-call-cold", &world);
    assert_string_equal(finding.measured, "172 cycles");
    finding = judge("null-call-cold-misses", &world);
    assert_string_equal(finding.measured, "57 cycles");
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    world.sets[world.set_count++] = "walk=fixed:13"; /* 3 x 13 + 10 x 3 */
    finding = judge("null-call-cold-misses", &world);
    assert_string_equal(finding.measured, "69 cycles");
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);
}

/* The lesson's reading of the same 123 cycles stands beside the paper's. */
static void test_lesson(void **state)
{
    (void)state;
    struct world world = {0};
    struct claim_finding finding = judge("null-call-123-has-misses", &world);
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);
    assert_string_equal(finding.measured, "0 of 115 cycles are misses");
    assert_says(finding.reason, "A call that is repeated finds all it needs");
    world.implicit_warm = 8;
    finding = judge("null-call-123-has-misses", &world);
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    assert_string_equal(finding.measured, "8 of 123 cycles are misses");
    assert_says(finding.reason, "The repeated call still misses");
}

/* ---- switches ---- */

static void test_switch(void **state)
{
    (void)state;
    struct world world = {.refilled = 66};
    struct claim_finding finding = judge("switch-itself", &world);
    assert_string_equal(finding.figure, "1 to 10 cycles");
    assert_string_equal(finding.measured, "4 cycles");
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    assert_says(finding.reason, "takes 13 cycles more");
    world.sets[world.set_count++] = "instructions.mov_cr3=200";
    assert_int_equal(judge("switch-itself", &world).verdict, CLAIM_DIFFERS);

    /* 32 + 64 entries at 9 cycles; 66 of them observed. */
    world = (struct world){.refilled = 66};
    finding = judge("full-refill", &world);
    assert_string_equal(finding.measured, "864 cycles");
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    assert_says(finding.reason, "At most 66 entries, 594 cycles,");
    world.sets[world.set_count++] = "tlb.dtlb.entries=128"; /* 160 x 9 */
    finding = judge("full-refill", &world);
    assert_string_equal(finding.measured, "1440 cycles");
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);

    /* 13 + 10 cycles are no 864. */
    world = (struct world){.refilled = 66};
    finding = judge("flush-is-explicit", &world);
    assert_string_equal(finding.measured, "23 cycles");
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);
    assert_says(finding.reason, "the flush itself costs nothing beyond it");
    world.sets[world.set_count++] = "instructions.mov_cr3=851";
    assert_int_equal(judge("flush-is-explicit", &world).verdict, CLAIM_REPRODUCED);
}

static void test_refill(void **state)
{
    (void)state;
    /* 20 switches of 5 entries against a bound of 125. */
    struct world world = {.refilled = 5, .refill_most = 125};
    struct claim_finding finding = judge("refill-bound", &world);
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    assert_string_equal(finding.measured, "at most 80 % of it");
    world.refill_most = 99;
    finding = judge("refill-bound", &world);
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);

    finding = judge("tags-pentium", &world);
    assert_string_equal(finding.measured, "0 entries");
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    assert_says(finding.reason, "5 entries per switch");
    world.sets[world.set_count++] =
        "tlb.*.asid_bits=0"; /* overridden by the claim's own */
    assert_int_equal(judge("tags-pentium", &world).verdict, CLAIM_REPRODUCED);
    assert_int_equal(judge("tags-mips", &world).verdict, CLAIM_DIFFERS);
}

/* ---- Mach ---- */

static void test_mach(void **state)
{
    (void)state;
    /* 107 + 1600 + 93 against 107 + 100 + 10. */
    struct world world = {.mach_misses = 93};
    struct claim_finding finding = judge("mach-900", &world);
    assert_string_equal(finding.measured, "1800 cycles");
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);
    assert_says(finding.reason, "A message is more than the simplest call");
    finding = judge("improvement", &world); /* 1800 / 217 = 8.29 */
    assert_string_equal(finding.measured, "8.29 times");
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    finding = judge("mach-instructions", &world); /* 1600 by 1000 */
    assert_string_equal(finding.measured, "1.6 cycles per instruction");
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);

    /* 1500 cycles of instructions more; misses 83 more, or 1501 more. */
    finding = judge("mach-footprint", &world);
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);
    assert_says(finding.reason, "83 of them are misses, 1500 are instructions");
    world.mach_misses = 1511;
    assert_int_equal(judge("mach-footprint", &world).verdict, CLAIM_REPRODUCED);

    /* 270 x 3 and 90 x 9; a dearer memory makes 270 misses too many. */
    world = (struct world){0};
    finding = judge("mach-misses", &world);
    assert_string_equal(finding.measured, "810 cycles, 810 cycles");
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    world.sets[world.set_count++] = "memory.latency=4";
    finding = judge("mach-misses", &world);
    assert_string_equal(finding.measured, "1080 cycles, 810 cycles");
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);
}

/* ---- explicit and implicit ---- */

static void test_sizes(void **state)
{
    (void)state;
    /* A call and its reply: explicit 2 x (107 + 13 + 4) = 248; implicit 2 x 10 a page up
     * to 32 pages, and then 20 again: it turns between 8 (160) and 16 (320). */
    struct world world = {.implicit_page = 10};
    struct claim_finding finding = judge("small-explicit-486", &world);
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    assert_string_equal(finding.measured, "1 page: explicit 248, implicit 20");
    finding = judge("large-implicit-486", &world);
    assert_int_equal(finding.verdict, CLAIM_DIFFERS);
    assert_string_equal(finding.measured, "128 pages: explicit 248, implicit 20");
    assert_says(finding.reason, "It turns between 8 and 16 pages.");
    assert_says(finding.reason, "From 32 pages (640 cycles) it falls again");

    world.implicit_page = 1;
    finding = judge("large-implicit-486", &world);
    assert_says(finding.reason,
                "Implicit overtakes explicit at no size; it is highest at "
                "32 pages, 64 cycles.");
    world.implicit_page = 200;
    assert_int_equal(judge("small-explicit-486", &world).verdict, CLAIM_DIFFERS);
    finding = judge("large-implicit-486", &world);
    assert_int_equal(finding.verdict, CLAIM_REPRODUCED);
    assert_says(finding.reason, "Implicit is ahead from 1 page on.");
}

/* ---- what may not be shown as a fact, and what cannot be measured ---- */

static void test_unverified(void **state)
{
    (void)state;
    struct world world = {0};
    struct claim_finding finding = judge("border-bound-pentium", &world);
    assert_int_equal(finding.verdict, CLAIM_UNVERIFIED);
    assert_true(finding.agrees);
    assert_says(finding.reason, "as remembered, unverified");
    assert_says(finding.reason, "What was measured agrees with it.");
    world.sets[world.set_count++] = "instructions.int=43";
    finding = judge("border-bound-pentium", &world);
    assert_int_equal(finding.verdict, CLAIM_UNVERIFIED);
    assert_says(finding.reason, "What was measured does not agree.");
}

static void test_absent_and_failed(void **state)
{
    (void)state;
    struct world world = {.answer = ANSWER_ABSENT};
    struct claim_finding finding = judge("border-bound", &world);
    assert_int_equal(finding.verdict, CLAIM_NOT_MEASURED);
    assert_string_equal(finding.measured, "");
    assert_string_equal(finding.reason, "There is no QEMU here.");

    world.answer = ANSWER_FAILED;
    struct claim_provider provider = {.replay = provide, .context = &world};
    struct cb_error error = {0};
    assert_false(claim_judge(claim_named("border-bound"), &provider, &finding, &error));
    assert_string_equal(error.sentence, "There is no QEMU here");
}

/* ---- the list ---- */

static void test_list(void **state)
{
    (void)state;
    const struct claim *claim;
    int strike = -1;
    for (size_t i = 0; (claim = claim_at(i)) != NULL; i++) {
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(claim->name, claim_at(j)->name);
        assert_true((int)claim->strike >= strike); /* by strike */
        strike = (int)claim->strike;
        assert_non_null(strchr("ST2MD", claim->flag));
        assert_true(claim->figure != NULL || claim->rule != RULE_CONDITION);
        assert_int_equal(claim->condition != NULL, claim->rule == RULE_CONDITION);
        assert_true(claim->tolerance_permille == 0 || claim->rule == RULE_EQUAL);
        assert_non_null(claim->source);
        assert_non_null(claim->said_by);
        assert_non_null(claim->measurement);
    }
    assert_int_equal(strike, STRIKE_MEMORY_EFFECTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_border),
        cmocka_unit_test(test_warm_and_cold),
        cmocka_unit_test(test_lesson),
        cmocka_unit_test(test_switch),
        cmocka_unit_test(test_refill),
        cmocka_unit_test(test_mach),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_unverified),
        cmocka_unit_test(test_absent_and_failed),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
