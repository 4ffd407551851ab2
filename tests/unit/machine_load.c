/* Machine files: what they become, and one sentence for whatever is wrong with them. */
#include "../test.h"
#include "model/machine.h"

static const char base[] =
    "{\"name\": \"m\", \"title\": \"A machine\", \"clock_khz\": 1000,\n"
    " \"tlb\": {\"one\": {\"level\": 1, \"holds\": \"both\", \"entries\": 8, \"ways\": "
    "2,\n"
    "   \"page_sizes\": [4096], \"replacement\": \"lru\"}},\n"
    " \"walk\": {\"kind\": \"fixed\", \"cycles\": 9},\n"
    " \"cache\": {\"l1\": {\"level\": 1, \"holds\": \"both\", \"size\": 1024, \"ways\": "
    "4,\n"
    "   \"line\": 16, \"replacement\": \"fifo\", \"write\": \"back\",\n"
    "   \"write_allocate\": true}},\n"
    " \"memory\": {\"latency\": 2.125},\n"
    " \"switch\": {\"cr3_flushes\": \"all\"},\n"
    " \"instructions\": {\"default\": 1, \"int\": 71}}\n";

/* The base text with its first `from` replaced. */
static const char *with(const char *from, const char *to)
{
    static char text[4096];
    const char *at = strstr(base, from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - base), base, to,
             at + strlen(from));
    return text;
}

static void expect_error(const char *text, const char *set, const char *expected)
{
    struct machine machine;
    struct cb_error error;
    char found[1000];
    assert_false(machine_parse(&machine, text, "m.json", &set, set != NULL, &error));
    assert_null(machine.notes);
    cb_error_format(&error, found, sizeof found);
    assert_string_equal(found, expected);
    assert_int_equal(error.code, CB_USAGE);
}

static void expect_set_error(const char *set, const char *expected)
{
    expect_error(base, set, expected);
}

static struct machine parsed(const char *text, const char *const *sets, size_t count)
{
    struct machine machine;
    struct cb_error error;
    char found[1000] = "";
    if (!machine_parse(&machine, text, "m.json", sets, count, &error)) {
        cb_error_format(&error, found, sizeof found);
        fail_msg("%s", found);
    }
    return machine;
}

static struct machine with_set(const char *set)
{
    return parsed(base, &set, 1);
}

static void reads_every_field(void **state)
{
    (void)state;
    struct machine machine = parsed(base, NULL, 0);
    assert_string_equal(machine.name, "m");
    assert_string_equal(machine.title, "A machine");
    assert_int_equal(machine.clock_khz, 1000);
    assert_int_equal(machine.pairing, MACHINE_PAIRING_NONE);
    assert_int_equal(machine.tlb_count, 1);
    const struct machine_tlb *tlb = &machine.tlbs[0];
    assert_string_equal(tlb->name, "one");
    assert_int_equal(tlb->level, 1);
    assert_int_equal(tlb->holds, MACHINE_BOTH);
    assert_int_equal(tlb->mode, MACHINE_ANY_MODE);
    assert_int_equal(tlb->entries, 8);
    assert_int_equal(tlb->ways, 2);
    assert_int_equal(machine_tlb_sets(tlb), 4);
    assert_int_equal(tlb->page_size_count, 1);
    assert_int_equal(tlb->page_sizes[0], 4096);
    assert_int_equal(tlb->replacement, MACHINE_LRU);
    assert_int_equal(tlb->asid_bits, 0);
    assert_false(tlb->global_pages);
    assert_int_equal(tlb->latency, 0);
    assert_int_equal(machine.walk, MACHINE_WALK_FIXED);
    assert_int_equal(machine.walk_time, 9000);
    assert_int_equal(machine.cache_count, 1);
    const struct machine_cache *cache = &machine.caches[0];
    assert_string_equal(cache->name, "l1");
    assert_int_equal(cache->size, 1024);
    assert_int_equal(cache->ways, 4);
    assert_int_equal(cache->line, 16);
    assert_int_equal(machine_cache_sets(cache), 16);
    assert_int_equal(cache->replacement, MACHINE_FIFO);
    assert_int_equal(cache->write, MACHINE_WRITE_BACK);
    assert_true(cache->write_allocate);
    assert_int_equal(cache->inclusion, MACHINE_NEITHER);
    assert_int_equal(cache->index, MACHINE_PHYSICAL);
    assert_int_equal(cache->tag, MACHINE_PHYSICAL);
    assert_int_equal(machine.memory_latency, 2125);
    assert_int_equal(machine.switching.cr3_flushes, MACHINE_FLUSH_ALL);
    assert_int_equal(machine.switching.tags_run_out, MACHINE_TAGS_FLUSH);
    assert_false(machine.switching.kpti);
    assert_true(machine.switching.process_context_ids);
    assert_int_equal(machine.instructions[INSTRUCTION_INT], 71000);
    assert_int_equal(machine.instructions[INSTRUCTION_NOP], 1000);
    machine_free(&machine);
}

static void overrides_change_what_they_name(void **state)
{
    (void)state;
    struct machine machine = with_set("tlb.one.entries=64");
    assert_int_equal(machine.tlbs[0].entries, 64);
    machine_free(&machine);
    machine = with_set("tlb.*.asid_bits=6");
    assert_int_equal(machine.tlbs[0].asid_bits, 6);
    assert_true(machine_tlb_tagged(&machine, &machine.tlbs[0]));
    machine_free(&machine);
    machine = with_set("tlb.one.ways=full");
    assert_int_equal(machine.tlbs[0].ways, 8);
    machine_free(&machine);
    machine = with_set("tlb.one.page_sizes=[4096,4194304]");
    assert_int_equal(machine.tlbs[0].page_sizes[1], 4194304);
    machine_free(&machine);
    machine = with_set("tlb.one.page_sizes=8K");
    assert_int_equal(machine.tlbs[0].page_size_count, 1);
    assert_int_equal(machine.tlbs[0].page_sizes[0], 8192);
    machine_free(&machine);
    machine = with_set("cache.l1.size=8K");
    assert_int_equal(machine.caches[0].size, 8192);
    machine_free(&machine);
    machine = with_set("cache.l1.replacement=tree-plru");
    assert_int_equal(machine.caches[0].replacement, MACHINE_TREE_PLRU);
    machine_free(&machine);
    machine = with_set("walk=software:25.5");
    assert_int_equal(machine.walk, MACHINE_WALK_SOFTWARE);
    assert_int_equal(machine.walk_time, 25500);
    machine_free(&machine);
    machine = with_set("walk=hardware");
    assert_int_equal(machine.walk, MACHINE_WALK_HARDWARE);
    assert_int_equal(machine.walk_time, 9000);
    machine_free(&machine);
    machine = with_set("walk.cycles=13");
    assert_int_equal(machine.walk_time, 13000);
    machine_free(&machine);
    machine = with_set("memory.latency=20");
    assert_int_equal(machine.memory_latency, 20000);
    machine_free(&machine);
    machine = with_set("instructions.mov_cr3=0.001");
    assert_int_equal(machine.instructions[INSTRUCTION_MOV_CR3], 1);
    machine_free(&machine);
    machine = with_set("switch.kpti=true");
    assert_true(machine.switching.kpti);
    machine_free(&machine);
}

static void the_last_override_wins(void **state)
{
    (void)state;
    const char *const sets[] = {"tlb.*.entries=16", "tlb.one.entries=32",
                                "switch.process_context_ids=false",
                                "tlb.one.asid_bits=6"};
    struct machine machine = parsed(base, sets, 4);
    assert_int_equal(machine.tlbs[0].entries, 32);
    assert_false(machine_tlb_tagged(&machine, &machine.tlbs[0]));
    machine_free(&machine);
}

static void an_override_is_its_figure_s_source(void **state)
{
    (void)state;
    struct machine machine = with_set("memory.latency=20");
    size_t count, found = 0;
    struct machine_figure *figures = machine_figures(&machine, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(figures[i].path, "memory.latency") != 0)
            continue;
        found++;
        assert_string_equal(figures[i].source, "set by memory.latency=20");
        assert_int_equal(figures[i].flag, 'A');
        assert_int_equal(figures[i].value, 20000);
        assert_int_equal(figures[i].unit, MACHINE_MILLICYCLES);
    }
    assert_int_equal(found, 1);
    free(figures);
    machine_free(&machine);
}

static void expect_changes(const char *text, const char *const *sets, size_t count,
                           const char *expected)
{
    struct machine machine;
    struct cb_error error;
    char list[1000] = "";
    assert_true(machine_parse(&machine, text, "t.json", sets, count, &error));
    for (size_t i = 0; machine_change(&machine, i) != NULL; i++) {
        strcat(list, machine_change(&machine, i));
        strcat(list, "; ");
    }
    assert_string_equal(list, expected);
    machine_free(&machine);
}

/* The same list for the same machine: sorted, without what was set again or set to what
 * it was. */
static void a_machine_lists_what_was_changed(void **state)
{
    struct machine machine;
    struct cb_error error;
    (void)state;
    assert_true(machine_load(&machine, "tiny", "model/machines", NULL, 0, &error));
    char *tiny = machine_to_json(&machine);
    assert_null(machine_change(&machine, 0));
    assert_null(strstr(tiny, "changes"));
    machine_free(&machine);

    const char *const one[] = {"walk=fixed:40", "tlb.*.asid_bits=6",
                               "tlb.tlb.asid_bits=8"};
    const char *const other[] = {"tlb.*.asid_bits=6", "tlb.tlb.asid_bits=8",
                                 "walk=fixed:40"};
    const char *both = "tlb.*.asid_bits=6; tlb.tlb.asid_bits=8; walk=fixed:40; ";
    expect_changes(tiny, one, 3, both);
    expect_changes(tiny, other, 3, both);
    const char *const again[] = {"tlb.tlb.asid_bits=8", "tlb.*.asid_bits=6"};
    expect_changes(tiny, again, 2, "tlb.*.asid_bits=6; ");
    const char *const words[] = {"tlb.tlb.replacement=lru", "tlb.tlb.replacement=fifo"};
    expect_changes(tiny, words, 1, "");
    expect_changes(tiny, words, 2, "tlb.tlb.replacement=fifo; ");
    const char *const name[] = {"name=small"};
    expect_changes(tiny, name, 1, "");

    /* It goes with the machine, and grows. */
    assert_true(machine_parse(&machine, tiny, "t.json", words, 2, &error));
    char *changed = machine_to_json(&machine);
    machine_free(&machine);
    expect_changes(changed, NULL, 0, "tlb.tlb.replacement=fifo; ");
    expect_changes(changed, again, 2, "tlb.*.asid_bits=6; tlb.tlb.replacement=fifo; ");
    char *list = strstr(changed, "[\n  \"tlb.tlb.replacement=fifo\"\n ]");
    assert_non_null(list);
    memset(list, ' ', strcspn(list, "]") + 1);
    list[0] = '7';
    expect_error(changed, NULL,
                 "m.json: at changes: expected a list of changes PATH=VALUE");
    free(changed);
    free(tiny);
    expect_set_error("changes=none", "changes=none: changes cannot be set");
}

static void says_where_the_syntax_ends(void **state)
{
    (void)state;
    expect_error("{\"name\": \"m\",\n \"title\" 1}", NULL,
                 "m.json: line 2, column 10: not valid JSON: ':' expected near '1'");
    expect_error("{\"name\": \"m\",\n \"name\": \"n\"}", NULL,
                 "m.json: line 2, column 7: not valid JSON: duplicate object key near "
                 "'\"name\"'");
    expect_error("[1]", NULL, "m.json: expected an object, found [1]");
    /* The place is the number's last digit: it takes columns 58 to 77. */
    expect_error(with("8,", "99999999999999999999,"), NULL,
                 "m.json: line 2, column 77: not valid JSON: too big integer near "
                 "'99999999999999999999'");
}

static void says_which_key(void **state)
{
    (void)state;
    expect_error(with("\"entries\"", "\"entires\""), NULL,
                 "m.json: at tlb.one.entires: unknown key \"entires\"; did you mean "
                 "\"entries\"?");
    expect_error(with("\"walk\"", "\"zzz\""), NULL,
                 "m.json: at zzz: unknown key \"zzz\"");
    expect_error(
        with("\"int\"", "\"itn\""), NULL,
        "m.json: at instructions.itn: unknown key \"itn\"; did you mean \"int\"?");
    expect_error(with("\"entries\": 8, ", ""), NULL,
                 "m.json: at tlb.one.entries: this key is missing");
    expect_error(with("\"memory\": {\"latency\": 2.125},", ""), NULL,
                 "m.json: at memory: this object is missing");
    expect_error(with("\"default\": 1, ", ""), NULL,
                 "m.json: at instructions.unknown: this key is missing");
    expect_error(with("\"level\": 1, \"holds\": \"both\", \"size\"",
                      "\"level\": 2, \"holds\": \"both\", \"size\""),
                 NULL, "m.json: at cache.l1.latency: this key is missing");
    expect_error(with("\"one\"", "\"One.two\""), NULL,
                 "m.json: at tlb: a name here has 1 to 31 small letters, digits and "
                 "underscores, found \"One.two\"");
}

static void says_what_was_expected(void **state)
{
    (void)state;
    expect_error(with("8,", "0,"), NULL,
                 "m.json: at tlb.one.entries: expected a whole number from 1 to 1048576, "
                 "found 0");
    expect_error(with("8,", "-8,"), NULL,
                 "m.json: at tlb.one.entries: expected a whole number from 1 to 1048576, "
                 "found -8");
    expect_error(with("8,", "8.0,"), NULL,
                 "m.json: at tlb.one.entries: expected a whole number from 1 to 1048576, "
                 "found 8.0");
    expect_error(
        with("1024", "1073741825"), NULL,
        "m.json: at cache.l1.size: expected a whole number from 1 to 1073741824, "
        "found 1073741825");
    expect_error(
        with("2.125", "-1"), NULL,
        "m.json: at memory.latency: expected cycles from 0 to 1000000, found -1");
    expect_error(
        with("2.125", "2.1255"), NULL,
        "m.json: at memory.latency: expected cycles with at most three decimals, "
        "found 2.1255");
    expect_error(with("2.125", "\"2\""), NULL,
                 "m.json: at memory.latency: expected cycles from 0 to 1000000, found "
                 "\"2\"");
    expect_error(with("\"ways\": 2", "\"ways\": \"all\""), NULL,
                 "m.json: at tlb.one.ways: expected a number of ways or \"full\", found "
                 "\"all\"");
    expect_error(
        with("\"lru\"", "\"plru\""), NULL,
        "m.json: at tlb.one.replacement: expected lru, tree-plru, fifo or random, "
        "found \"plru\"; did you mean \"tree-plru\"?");
    expect_error(with("true", "1"), NULL,
                 "m.json: at cache.l1.write_allocate: expected true or false, found 1");
    expect_error(
        with("[4096]", "[]"), NULL,
        "m.json: at tlb.one.page_sizes: expected a page size or an array of 1 to 4");
    expect_error(with("\"name\": \"m\"", "\"name\": \"\""), NULL,
                 "m.json: at name: expected a line of 1 to 31 bytes, found \"\"");
    expect_error(
        with("9}", "{\"value\": 9, \"flag\": \"X\"}}"), NULL,
        "m.json: at walk.cycles.flag: expected one of S, T, 2, M, D and A, found "
        "\"X\"");
    expect_error(with("9}", "{\"source\": \"x\"}}"), NULL,
                 "m.json: at walk.cycles: an object that stands for a figure needs a "
                 "\"value\"");
    expect_error(with("9}", "{\"value\": 9, \"source\": 4}}"), NULL,
                 "m.json: at walk.cycles.source: expected a line that says where figures "
                 "come from, found 4");
}

static void refuses_what_cannot_exist(void **state)
{
    (void)state;
    expect_set_error(
        "tlb.one.entries=9",
        "tlb.one.entries=9: at tlb.one: 9 entries do not divide into sets of "
        "2 ways");
    expect_set_error(
        "tlb.one.page_sizes=[5000]",
        "tlb.one.page_sizes=[5000]: at tlb.one: page sizes are powers of two "
        "from 4096 up, not 5000");
    expect_set_error("tlb.one.page_sizes=[8192,4096]",
                     "tlb.one.page_sizes=[8192,4096]: at tlb.one: page sizes stand in "
                     "ascending order");
    expect_set_error("tlb.one.latency=1",
                     "tlb.one.latency=1: at tlb.one: a first level adds no latency: what "
                     "hits there costs its instruction alone");
    expect_set_error(
        "cache.l1.size=1000",
        "cache.l1.size=1000: at cache.l1: 1000 bytes do not divide into sets "
        "of 4 ways of 16 bytes");
    expect_set_error(
        "cache.l1.line=24",
        "cache.l1.line=24: at cache.l1: a line is a power of two of 4 to 4096 "
        "bytes, not 24");
    expect_set_error(
        "cache.l1.inclusion=inclusive",
        "cache.l1.inclusion=inclusive: at cache.l1: inclusion is towards the "
        "level before, and level 1 has none");
    expect_set_error(
        "cache.l1.asid_bits=6",
        "cache.l1.asid_bits=6: at cache.l1: asid_bits belong to virtual tags; "
        "this cache's are physical");
    const char *const sets[] = {"cache.l1.ways=8", "cache.l1.replacement=tree-plru",
                                "cache.l1.size=3072", "cache.l1.ways=6"};
    struct machine machine;
    struct cb_error error;
    assert_false(machine_parse(&machine, base, "m.json", sets, 4, &error));
    assert_string_equal(error.sentence,
                        "tree-plru needs 1, 2, 4, 8, 16, 32 or 64 ways, not 6");
}

/* Set counts that are no power of two are geometry like any other: 3072 bytes in 4 ways
 * of 16 are 48 sets. */
static void any_set_count_is_taken(void **state)
{
    (void)state;
    struct machine machine = with_set("cache.l1.size=3072");
    assert_int_equal(machine_cache_sets(&machine.caches[0]), 48);
    machine_free(&machine);
    machine = with_set("tlb.one.entries=14");
    assert_int_equal(machine_tlb_sets(&machine.tlbs[0]), 7);
    machine_free(&machine);
}

/* Two levels, or two at one level, put together by hand. */
static void refuses_what_does_not_fit_together(void **state)
{
    (void)state;
    struct machine machine = parsed(base, NULL, 0);
    struct cb_error error;
    machine.tlb_count = machine.cache_count = 2;
    machine.tlbs[1] = machine.tlbs[0];
    machine.caches[1] = machine.caches[0];
    strcpy(machine.tlbs[1].name, "two");
    strcpy(machine.caches[1].name, "l2");
    assert_false(machine_check(&machine, &error));
    assert_string_equal(error.path, "tlb.two");
    assert_string_equal(error.sentence,
                        "an access could ask \"one\" or this one: both are "
                        "of level 1 and hold the same");
    machine.tlbs[1].level = 3;
    assert_false(machine_check(&machine, &error));
    assert_string_equal(error.sentence, "level 3 without a level 2");
    machine.tlbs[1].level = 2;
    machine.tlbs[1].latency = 7000;
    assert_false(machine_check(&machine, &error));
    assert_string_equal(error.path, "cache.l2");
    assert_string_equal(error.sentence,
                        "an access could ask \"l1\" or this one: both are "
                        "of level 1 and hold the same");
    machine.caches[1].level = 2;
    assert_true(machine_check(&machine, &error));
    machine.caches[1].line = 8;
    assert_false(machine_check(&machine, &error));
    assert_string_equal(error.sentence,
                        "its lines of 8 bytes cannot fill those of \"l1\", "
                        "of 16 bytes");
    machine.caches[1].line = 32;
    machine.caches[1].inclusion = MACHINE_EXCLUSIVE;
    assert_false(machine_check(&machine, &error));
    assert_string_equal(error.sentence,
                        "exclusive needs the lines of \"l1\", of 16 bytes");
    machine.caches[1].inclusion = MACHINE_INCLUSIVE;
    assert_true(machine_check(&machine, &error));
    machine.caches[0].index = MACHINE_VIRTUAL;
    assert_false(machine_check(&machine, &error));
    assert_string_equal(error.sentence,
                        "inclusive and exclusive need physical addresses in \"l1\"");
    machine.caches[1].inclusion = MACHINE_NEITHER;
    machine.caches[0].write_backs = MACHINE_WRITE_BACKS_WRITTEN;
    assert_true(machine_check(&machine, &error)); /* indexed by virtual addresses alone */
    machine.caches[1].index = MACHINE_VIRTUAL;
    assert_false(machine_check(&machine, &error));
    assert_string_equal(error.sentence,
                        "write-backs of \"l1\" are written by physical address, and one "
                        "of the two goes by virtual ones");
    machine.caches[1].index = machine.caches[0].index = MACHINE_PHYSICAL;
    machine.caches[1].line = 16;
    machine.caches[1].inclusion = MACHINE_EXCLUSIVE;
    assert_false(machine_check(&machine, &error));
    assert_string_equal(
        error.sentence,
        "exclusive takes all that leaves \"l1\", whose write_backs cannot "
        "be written beside");
    machine.caches[1].inclusion = MACHINE_NEITHER;
    machine.caches[0].holds = MACHINE_INSTRUCTIONS;
    assert_true(machine_check(&machine, &error));
    machine.caches[1].holds = MACHINE_DATA;
    assert_false(machine_check(&machine, &error));
    assert_string_equal(error.sentence, "level 2 without a level 1");
    machine_free(&machine);
}

static void says_which_override(void **state)
{
    (void)state;
    expect_set_error("tlb.*.asid_bits=17",
                     "tlb.*.asid_bits=17: at tlb.one.asid_bits: expected a whole number "
                     "from 0 to 16, found 17");
    expect_set_error("tlb.oen.entries=8",
                     "tlb.oen.entries=8: the machine has no \"oen\"; "
                     "did you mean \"one\"?");
    expect_set_error("tlbs.one.entries=8", "tlbs.one.entries=8: the machine has no "
                                           "\"tlbs\"; did you mean \"tlb\"?");
    expect_set_error("memory.latncy=8", "memory.latncy=8: at memory.latncy: unknown key "
                                        "\"latncy\"; did you mean \"latency\"?");
    expect_set_error("walk=fast:9", "walk=fast:9: at walk.kind: expected fixed, hardware "
                                    "or software, found \"fast\"");
    expect_set_error("clock_khz", "clock_khz: expected PATH=VALUE, as in "
                                  "tlb.*.entries=64");
    expect_set_error("tlb.one.page_sizes=[4096,\n8192]",
                     "tlb.one.page_sizes=[4096,\\x0a8192]: expected PATH=VALUE, as in "
                     "tlb.*.entries=64");
    expect_set_error("a..b=1", "a..b=1: expected PATH=VALUE, as in tlb.*.entries=64");
    expect_error(
        with("71", "{\"value\": 71}"), "instructions.int.value=3",
        "instructions.int.value=3: \"int\" is a figure: nothing stands below it");
    expect_error(
        with("\"one\": {\"level\": 1, \"holds\": \"both\", \"entries\": 8, "
             "\"ways\": 2,\n   \"page_sizes\": [4096], \"replacement\": \"lru\"}",
             ""),
        "tlb.*.entries=8", "tlb.*.entries=8: \"*\" matches nothing in this machine");
}

static void finds_machines_by_name(void **state)
{
    (void)state;
    struct machine machine;
    struct cb_error error;
    char text[1000];
    assert_true(machine_load(&machine, "tiny", "model/machines", NULL, 0, &error));
    assert_string_equal(machine.name, "tiny");
    machine_free(&machine);
    assert_true(
        machine_load(&machine, "model/machines/tiny.json", "nowhere", NULL, 0, &error));
    machine_free(&machine);
    assert_false(machine_load(&machine, "i486", "model/machines", NULL, 0, &error));
    cb_error_format(&error, text, sizeof text);
    assert_string_equal(text,
                        "model/machines: there is no machine \"i486\"; did you mean "
                        "\"i486-50\"?");
    assert_int_equal(error.code, CB_USAGE);
    assert_false(machine_load(&machine, "none.json", "model/machines", NULL, 0, &error));
    cb_error_format(&error, text, sizeof text);
    assert_string_equal(text, "none.json: cannot be opened: No such file or directory");
    assert_int_equal(error.code, CB_IO);
    assert_false(machine_load(&machine, "x", "no/such/place", NULL, 0, &error));
    cb_error_format(&error, text, sizeof text);
    assert_string_equal(text,
                        "no/such/place: cannot list machines: No such file or directory");
    assert_false(machine_load(&machine, "./model", "model/machines", NULL, 0, &error));
    cb_error_format(&error, text, sizeof text);
    assert_string_equal(text, "./model: cannot be read: Is a directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(overrides_change_what_they_name),
        cmocka_unit_test(the_last_override_wins),
        cmocka_unit_test(an_override_is_its_figure_s_source),
        cmocka_unit_test(a_machine_lists_what_was_changed),
        cmocka_unit_test(says_where_the_syntax_ends),
        cmocka_unit_test(says_which_key),
        cmocka_unit_test(says_what_was_expected),
        cmocka_unit_test(refuses_what_cannot_exist),
        cmocka_unit_test(any_set_count_is_taken),
        cmocka_unit_test(refuses_what_does_not_fit_together),
        cmocka_unit_test(says_which_override),
        cmocka_unit_test(finds_machines_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
