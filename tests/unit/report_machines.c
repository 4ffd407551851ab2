/* Machines of one name in one report: what they are called. */
#include "report_fixture.h"

#include "reports/grid.h"

/* A machine changed, and its row: the label is to be `label`. */
static void expect_label(struct report *report, const char *const *sets, size_t count,
                         const char *label)
{
    struct machine machine;
    struct cb_error error;
    struct arena arena = {0};
    struct grid grid;
    int64_t id;
    assert_true(machine_load(&machine, "tiny", "model/machines", sets, count, &error));
    assert_true(report_add_machine(report, &machine, &id, &error));
    machine_free(&machine);
    assert_true(grid_load(report, &arena, &grid, &error,
                          "SELECT label FROM machine_labels WHERE machine = ?",
                          sql_integer(id)));
    assert_string_equal(grid_text(&grid, 0, 0), label);
    arena_free(&arena);
}

static void test_labels(void **state)
{
    static const char *const few[] = {"tlb.*.asid_bits=6", "memory.latency=7"};
    static const char *const many[] = {"tlb.*.asid_bits=6", "tlb.*.entries=8",
                                       "memory.latency=7", "instructions.int=3"};
    static const char *const others[] = {"tlb.*.asid_bits=6", "tlb.*.entries=16",
                                         "memory.latency=7", "instructions.int=3"};
    static const char *const one[] = {"tlb.tlb.page_sizes=[4096,     4194304]"};
    struct report *report = fixture_open(*state, REPORT_WRITE);
    expect_label(report, NULL, 0, "tiny");
    expect_label(report, few, 1, "tiny, tlb.*.asid_bits=6");
    expect_label(report, few, 2, "tiny, memory.latency=7, tlb.*.asid_bits=6");
    expect_label(report, many, 4, "tiny, instructions.int=3 and 3 more");
    expect_label(report, one, 1, "tiny, tlb.tlb.page_sizes=[4096,     41943…");
    /* Those that the same words would stand for have a part of their hash, too. */
    struct machine machine;
    int64_t id;
    assert_true(machine_load(&machine, "tiny", "model/machines", others, 4, NULL));
    assert_true(report_add_machine(report, &machine, &id, NULL));
    machine_free(&machine);
    assert_int_equal(
        fixture_number(report, "SELECT count(DISTINCT label) FROM machine_labels"
                               " WHERE label LIKE 'tiny, instructions.int=3 and 3 more-"
                               "______'"),
        2);
    assert_int_equal(fixture_number(report, "SELECT count(DISTINCT key) = 6 AND"
                                            " count(DISTINCT label) = 6"
                                            " FROM machine_labels"),
                     1);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM machine_labels WHERE"
                                            " changes = 'instructions.int=3, "
                                            "memory.latency=7, tlb.*.asid_bits=6, "
                                            "tlb.*.entries=16'"),
                     1);
    /* The key of the machine as it was stays its name. */
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM machine_labels WHERE"
                                            " key = 'tiny' OR key LIKE 'tiny-______'"),
                     6);
    /* Even if the marks of two are alike. */
    assert_true(sql_script(
        report, "UPDATE machines SET sha256 = 'abcdef' || substr(sha256, 7)", NULL));
    assert_int_equal(fixture_number(report, "SELECT count(DISTINCT key) = 6 AND"
                                            " count(DISTINCT label) = 6"
                                            " FROM machine_labels"),
                     1);
    report_close(report);
}

/* Before version 3 nothing but the sources of its figures told what was changed; nor was
 * there a table of who crosses on whose behalf, which stays empty. */
static void test_labels_of_version_2(void **state)
{
    static const char *const sets[] = {"tlb.*.asid_bits=6", "tlb.tlb.replacement=fifo"};
    struct report *report = fixture_open(*state, REPORT_WRITE);
    expect_label(report, sets, 2, "tiny, tlb.*.asid_bits=6 and 1 more");
    assert_true(sql_script(report,
                           "UPDATE machines SET resolved = json_remove(resolved,"
                           " '$.changes'); DROP VIEW machine_changes;"
                           "DROP VIEW on_whose_behalf; DROP TABLE crossing_parents;"
                           "DROP VIEW machine_labels; CREATE VIEW machine_labels AS"
                           " SELECT machine, name AS label FROM machines;"
                           "PRAGMA user_version = 2",
                           NULL));
    report_close(report);
    for (int i = 0; i < 2; i++) {
        report = fixture_open(*state, i == 0 ? REPORT_READ : REPORT_WRITE);
        assert_int_equal(fixture_number(report, "SELECT count(*) FROM machine_labels"
                                                " WHERE label = 'tiny, "
                                                "tlb.*.asid_bits=6'"),
                         1);
        assert_int_equal(fixture_number(report, "SELECT count(*) FROM on_whose_behalf"),
                         0);
        report_close(report);
    }
    report = fixture_open(*state, REPORT_READ);
    assert_int_equal(fixture_number(report, "PRAGMA user_version"), 3);
    report_close(report);
}

#define TEST(function)                                                                   \
    cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_labels),
        TEST(test_labels_of_version_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
