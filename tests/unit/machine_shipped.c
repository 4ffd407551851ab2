/* The machines that come with crossbill: each loads, says where each figure comes from,
 * and has the figures that everything else is built on. */
#include "../test.h"
#include "model/machine.h"

#define DIRECTORY "model/machines"

static struct machine load(const char *name)
{
    struct machine machine;
    struct cb_error error;
    char text[1000];
    if (!machine_load(&machine, name, DIRECTORY, NULL, 0, &error)) {
        cb_error_format(&error, text, sizeof text);
        fail_msg("%s", text);
    }
    return machine;
}

static void for_each_machine(void (*check)(const struct machine *machine))
{
    size_t count;
    struct cb_error error;
    char **names = machine_names(DIRECTORY, &count, &error);
    assert_non_null(names);
    assert_true(count >= 4);
    for (size_t i = 0; i < count; i++) {
        struct machine machine = load(names[i]);
        assert_string_equal(machine.name, names[i]);
        check(&machine);
        machine_free(&machine);
    }
    machine_names_free(names, count);
}

static void all_are_there(void **state)
{
    (void)state;
    static const char *const expected[] = {"alpha-21064", "cortex-a53",  "i486-50",
                                           "ideal",       "mips-r3000",  "mips-r4000",
                                           "pentium-100", "pentium-pro", "powerpc-601",
                                           "skylake",     "tiny",        "zen4"};
    size_t count;
    struct cb_error error;
    char **names = machine_names(DIRECTORY, &count, &error);
    assert_non_null(names);
    assert_int_equal(count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(names[i], expected[i]);
    machine_names_free(names, count);
}

static void check_sources(const struct machine *machine)
{
    size_t count;
    struct machine_figure *figures = machine_figures(machine, &count);
    assert_true(count > INSTRUCTION_CLASSES);
    for (size_t i = 0; i < count; i++) {
        if (figures[i].source == NULL || strlen(figures[i].source) < 10)
            fail_msg("%s: %s has no source", machine->name, figures[i].path);
        if (figures[i].flag == 0 || strchr("ST2MDA", figures[i].flag) == NULL)
            fail_msg("%s: %s has no flag", machine->name, figures[i].path);
        /* Nothing that was only remembered passes for a fact. */
        if (figures[i].flag == 'M' && strstr(figures[i].source, "unverified") == NULL)
            fail_msg("%s: %s hides that it is unverified", machine->name,
                     figures[i].path);
        if (figures[i].flag == 'A' && strstr(figures[i].source, "assum") == NULL &&
            strstr(figures[i].source, "chosen") == NULL)
            fail_msg("%s: %s hides that it is assumed", machine->name, figures[i].path);
    }
    free(figures);
}

static void every_figure_has_its_source(void **state)
{
    (void)state;
    for_each_machine(check_sources);
}

/* JSON leads back to an equal machine, and to the same bytes. */
static void check_round_trip(const struct machine *machine)
{
    struct machine again;
    struct cb_error error;
    char *text = machine_to_json(machine);
    assert_non_null(text);
    assert_true(machine_parse(&again, text, "again", NULL, 0, &error));
    assert_true(machine_equal(machine, &again));
    char *second = machine_to_json(&again);
    assert_string_equal(text, second);

    size_t count, again_count;
    struct machine_figure *figures = machine_figures(machine, &count);
    struct machine_figure *again_figures = machine_figures(&again, &again_count);
    for (size_t i = 0, j = 0; i < count; i++, j++) {
        /* What was left to its default is written out: a figure without a source. */
        while (j < again_count && strcmp(figures[i].path, again_figures[j].path) != 0)
            assert_null(again_figures[j++].source);
        assert_true(j < again_count);
        assert_string_equal(figures[i].source, again_figures[j].source);
        assert_int_equal(figures[i].flag, again_figures[j].flag);
        assert_int_equal(figures[i].value, again_figures[j].value);
    }
    free(figures);
    free(again_figures);
    free(text);
    free(second);
    machine_free(&again);
}

static void json_leads_back_to_the_machine(void **state)
{
    (void)state;
    for_each_machine(check_round_trip);
}

static int64_t cost(const struct machine *machine, enum instruction_class class)
{
    return machine->instructions[class];
}

/* Whatever path is listed can be set, to the value that is listed. */
static void check_paths(const struct machine *machine)
{
    size_t count;
    struct machine_figure *figures = machine_figures(machine, &count);
    for (size_t i = 0; i < count; i++) {
        char set[200];
        const char *sets[] = {set};
        bool is_time = figures[i].unit == MACHINE_MILLICYCLES;
        snprintf(set, sizeof set, "%s=%.*f", figures[i].path, is_time ? 3 : 0,
                 (double)figures[i].value / (is_time ? 1000 : 1));
        struct machine again;
        struct cb_error error;
        if (!machine_load(&again, machine->name, DIRECTORY, sets, 1, &error))
            fail_msg("%s: %s: %s", machine->name, set, error.sentence);
        if (strstr(set, "page_sizes") == NULL)
            assert_true(machine_equal(machine, &again));
        machine_free(&again);
    }
    free(figures);
}

static void every_path_can_be_set(void **state)
{
    (void)state;
    for_each_machine(check_paths);
}

/* What the manual shows: its example of a file, and its overrides. */
static void the_manual_s_examples_work(void **state)
{
    (void)state;
    static char manual[1 << 16];
    FILE *file = fopen("model/README.md", "r");
    assert_non_null(file);
    size_t length = fread(manual, 1, sizeof manual - 1, file);
    fclose(file);
    assert_in_range(length, 1, sizeof manual - 2);

    struct machine machine;
    struct cb_error error;
    char *example = strstr(manual, "```json\n");
    assert_non_null(example);
    example += strlen("```json\n");
    char *end = strstr(example, "```");
    assert_non_null(end);
    *end = '\0';
    if (!machine_parse(&machine, example, "model/README.md", NULL, 0, &error))
        fail_msg("at %s: %s", error.path, error.sentence);
    assert_string_equal(machine.name, "tiny");
    machine_free(&machine);

    size_t overrides = 0;
    char set[100];
    const char *set_ptr = set;
    for (const char *at = end + 1; (at = strstr(at, "\n--set ")) != NULL; at++) {
        assert_int_equal(sscanf(at, " --set %99s", set), 1);
        if (!machine_load(&machine, "i486-50", DIRECTORY, &set_ptr, 1, &error))
            fail_msg("%s: %s", set, error.sentence);
        machine_free(&machine);
        overrides++;
    }
    assert_int_equal(overrides, 7);
}

/* Liedtke 1995: a trap takes 71 cycles and its return 36, 107 together; a TLB miss costs
 * 9 and a cache miss 3, so that 3 and 10 of them cost 57. */
static void i486_is_the_papers(void **state)
{
    (void)state;
    struct machine machine = load("i486-50");
    assert_int_equal(machine.clock_khz, 50000);
    assert_int_equal(cost(&machine, INSTRUCTION_INT), 71000);
    assert_int_equal(cost(&machine, INSTRUCTION_IRET), 36000);
    assert_int_equal(cost(&machine, INSTRUCTION_INT) + cost(&machine, INSTRUCTION_IRET),
                     107000);
    assert_int_equal(3 * machine.walk_time + 10 * machine.memory_latency, 57000);
    assert_int_equal(machine.pairing, MACHINE_PAIRING_NONE);
    assert_int_equal(machine.tlb_count, 1);
    assert_int_equal(machine.tlbs[0].entries, 32);
    assert_int_equal(machine.tlbs[0].ways, 4);
    assert_int_equal(machine.tlbs[0].replacement, MACHINE_TREE_PLRU);
    assert_int_equal(machine.cache_count, 1);
    assert_int_equal(machine.caches[0].size, 8192);
    assert_int_equal(machine.caches[0].ways, 4);
    assert_int_equal(machine.caches[0].line, 16);
    assert_int_equal(machine.caches[0].replacement, MACHINE_TREE_PLRU);
    assert_int_equal(machine.caches[0].write, MACHINE_WRITE_THROUGH);
    assert_false(machine.caches[0].write_allocate);
    /* The table of instructions that the null call is summed from. */
    assert_int_equal(cost(&machine, INSTRUCTION_ALU_RR), 1000);
    assert_int_equal(cost(&machine, INSTRUCTION_JCC), 1000);
    assert_int_equal(cost(&machine, INSTRUCTION_JCC_TAKEN), 3000);
    assert_int_equal(cost(&machine, INSTRUCTION_PUSHA), 11000);
    assert_int_equal(cost(&machine, INSTRUCTION_MOV_CR3), 4000);
    assert_int_equal(cost(&machine, INSTRUCTION_MOV_SREG_M), 9000);
    machine_free(&machine);
}

/* The same paper: 32 entries for code and 64 for data at 9 cycles are 864; a trap and its
 * return take 42 + 27 = 69. */
static void pentium_refills_in_864(void **state)
{
    (void)state;
    struct machine machine = load("pentium-100");
    assert_int_equal(machine.clock_khz, 100000);
    assert_int_equal(cost(&machine, INSTRUCTION_INT) + cost(&machine, INSTRUCTION_IRET),
                     69000);
    assert_int_equal(machine.tlb_count, 3);
    assert_string_equal(machine.tlbs[0].name, "dtlb");
    assert_string_equal(machine.tlbs[1].name, "dtlb_large");
    assert_string_equal(machine.tlbs[2].name, "itlb");
    assert_int_equal(
        (machine.tlbs[0].entries + machine.tlbs[2].entries) * machine.walk_time, 864000);
    assert_int_equal(machine.pairing, MACHINE_PAIRING_P5);
    assert_int_equal(machine.cache_count, 3);
    assert_string_equal(machine.caches[2].name, "l2");
    assert_int_equal(machine.caches[2].latency, 7000);
    machine_free(&machine);
}

static void ideal_has_nothing_to_miss_in(void **state)
{
    (void)state;
    struct machine machine = load("ideal");
    assert_int_equal(machine.tlb_count, 0);
    assert_int_equal(machine.cache_count, 0);
    assert_int_equal(machine.walk_time, 0);
    assert_int_equal(machine.memory_latency, 0);
    assert_int_equal(cost(&machine, INSTRUCTION_INT) + cost(&machine, INSTRUCTION_IRET),
                     4000);
    machine_free(&machine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_there),
        cmocka_unit_test(every_figure_has_its_source),
        cmocka_unit_test(json_leads_back_to_the_machine),
        cmocka_unit_test(every_path_can_be_set),
        cmocka_unit_test(the_manual_s_examples_work),
        cmocka_unit_test(i486_is_the_papers),
        cmocka_unit_test(pentium_refills_in_864),
        cmocka_unit_test(ideal_has_nothing_to_miss_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
