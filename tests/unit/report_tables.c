/* CSV and JSON of the tables, the queries of reports/README.md, and sameness. */
#include "report_fixture.h"

#include "reports/export.h"
#include "reports/suggest.h"

#include <jansson.h>

static struct report *filled(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    fixture_fill(report, "old");
    return report;
}

static void test_csv(void **state)
{
    struct report *report = filled(state);
    struct report_bytes bytes;
    assert_true(report_csv(report, "refill_per_switch", &bytes, NULL));
    const char *expected =
        "replay,scenario,variant,structure,pages,machine,switches,itlb_entries,"
        "dtlb_entries,refill_cycles,path_refill_cycles\r\n"
        "3,pingpong,lines=4,l3-large,1,old,200,0,1,9,0\r\n"
        "5,pingpong,lines=4,l3-large,4,old,200,0,4,36,0\r\n"
        "7,pingpong,lines=4,l3-large,16,old,200,0,16,144,0\r\n"
        "9,pingpong,lines=4,l3-large,64,old,200,0,32,288,0\r\n";
    assert_memory_equal(bytes.data, expected, strlen(expected));
    free(bytes.data);

    struct cb_error error = {0};
    assert_false(report_csv(report, "domain_sizes", &bytes, &error));
    assert_int_equal(error.code, CB_USAGE);
    assert_string_equal(error.sentence,
                        "a report has no table or view 'domain_sizes'; did "
                        "you mean 'domain_size'?");
    assert_false(report_csv(report, "x\"; DROP TABLE replays; --", &bytes, &error));
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM replays"), 9);
    report_close(report);
}

static void test_names_inject_nothing(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct machine machine = fixture_machine("old");
    struct fixture_trace trace;
    struct fixture_ledger ledger;
    fixture_trace(&trace, "null", "l3-small", 0);
    trace.info.scenario = "=cmd(1),\"x\"";
    trace.info.structure = "</script>'); DROP TABLE traces; --";
    fixture_null(&ledger);
    fixture_replay(report, &trace, &machine, &ledger);
    struct report_bytes bytes;
    assert_true(report_csv(report, "replay_list", &bytes, NULL));
    assert_non_null(strstr(bytes.data, "\r\n1,\"'=cmd(1),\"\"x\"\"\",,</script>'); DROP "
                                       "TABLE traces; --,"));
    free(bytes.data);
    assert_true(report_export(report, REPORT_JSON, &bytes, NULL));
    assert_null(strstr(bytes.data, "</script>"));
    json_t *root = json_loads(bytes.data, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    const char *structure = json_string_value(json_object_get(
        json_array_get(json_object_get(json_object_get(root, "tables"), "traces"), 0),
        "structure"));
    assert_string_equal(structure, "</script>'); DROP TABLE traces; --");
    json_decref(root);
    free(bytes.data);
    report_close(report);
}

static void test_json(void **state)
{
    struct report *report = filled(state);
    struct report_bytes bytes, again;
    assert_true(report_export(report, REPORT_JSON, &bytes, NULL));
    json_t *root = json_loads(bytes.data, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_int_equal(json_integer_value(json_object_get(root, "schema_version")),
                     REPORT_VERSION);
    json_t *tables = json_object_get(root, "tables");
    /* All tables and views of the schema, user tables not counted. */
    assert_int_equal(json_object_size(tables),
                     fixture_number(report, "SELECT count(*) FROM sqlite_schema WHERE "
                                            "type IN ('table', 'view') AND "
                                            "name NOT LIKE 'sqlite_%'"));
    json_t *row = json_array_get(json_object_get(tables, "domain_size"), 2);
    assert_int_equal(json_integer_value(json_object_get(row, "pages")), 16);
    assert_true(json_number_value(json_object_get(row, "total_cycles")) == 648);
    /* Text that is JSON in the file is JSON here. */
    json_t *trace = json_array_get(json_object_get(tables, "traces"), 1);
    assert_string_equal(
        json_string_value(json_object_get(
            json_object_get(json_object_get(trace, "header"), "knobs"), "pages")),
        "1");
    assert_true(json_is_null(json_object_get(trace, "cut_at_byte")));
    json_decref(root);

    assert_true(report_export(report, REPORT_JSON, &again, NULL));
    assert_int_equal(bytes.size, again.size);
    assert_memory_equal(bytes.data, again.data, bytes.size);
    free(bytes.data);
    free(again.data);
    report_close(report);
}

/* Every query of the README runs, and all but a few answer something. */
static void run_block(struct report *report, const char *sql, const char *end, int *count)
{
    while (sql < end) {
        sqlite3_stmt *statement;
        if (sqlite3_prepare_v2(report->db, sql, (int)(end - sql), &statement, &sql) !=
            SQLITE_OK)
            fail_msg("%s", sqlite3_errmsg(report->db));
        if (statement == NULL)
            continue; /* the blanks behind the last */
        int code = sqlite3_step(statement);
        bool may_be_empty = strstr(sqlite3_sql(statement), "FROM unfinished") != NULL ||
                            strstr(sqlite3_sql(statement), "FROM claims") != NULL ||
                            strstr(sqlite3_sql(statement), "FROM repaired") != NULL ||
                            strstr(sqlite3_sql(statement), "FROM closed_form") != NULL ||
                            strstr(sqlite3_sql(statement), "cut_at_byte") != NULL ||
                            strstr(sqlite3_sql(statement), "machine_changes") != NULL ||
                            strstr(sqlite3_sql(statement), "FROM sweep_") != NULL;
        if (code != SQLITE_ROW && !(may_be_empty && code == SQLITE_DONE))
            fail_msg("no answer: %s", sqlite3_sql(statement));
        sqlite3_finalize(statement);
        (*count)++;
    }
}

static void test_readme(void **state)
{
    struct report *report = filled(state);
    FILE *file = fopen("reports/README.md", "rb");
    assert_non_null(file);
    static char text[65536];
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    int count = 0;
    for (const char *at = text; (at = strstr(at, "```sql\n")) != NULL;) {
        const char *sql = at + strlen("```sql\n");
        const char *end = strstr(sql, "```");
        assert_non_null(end);
        run_block(report, sql, end, &count);
        at = end + 3;
    }
    assert_int_equal(count, 34);
    report_close(report);
}

static void test_every_table_is_explained(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    FILE *file = fopen("reports/README.md", "rb");
    assert_non_null(file);
    static char text[65536];
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    char **tables = report_tables(report, NULL);
    assert_non_null(tables);
    for (size_t i = 0; tables[i] != NULL; i++)
        if (strstr(text, tables[i]) == NULL)
            fail_msg("reports/README.md does not mention %s", tables[i]);
    free(tables);
    report_close(report);
}

static void test_suggestions(void **state)
{
    (void)state;
    const char *const names[] = {"domain-size", "refill", "matrix"};
    assert_string_equal(suggest_closest("domain-sise", names, 3), "domain-size");
    assert_string_equal(suggest_closest("refil", names, 3), "refill");
    assert_null(suggest_closest("bananas", names, 3));
    assert_null(suggest_closest("", names, 3));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_csv),
        TEST(test_names_inject_nothing),
        TEST(test_json),
        TEST(test_readme),
        TEST(test_every_table_is_explained),
        cmocka_unit_test(test_suggestions),
    };
    return cmocka_run_group_tests_name("report_tables", tests, NULL, NULL);
}
