/* The file: what goes in comes out, once; what is not a report is left alone. */
#include "report_fixture.h"

#include <fcntl.h>
#include <sys/wait.h>

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void test_created_as_a_report(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    assert_int_equal(fixture_number(report, "PRAGMA application_id"),
                     REPORT_APPLICATION_ID);
    assert_int_equal(fixture_number(report, "PRAGMA user_version"), REPORT_VERSION);
    assert_int_equal(fixture_number(report, "SELECT journal_mode = 'delete' "
                                            "FROM pragma_journal_mode"),
                     1);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM pragma_table_list "
                                            "WHERE type = 'table' AND NOT strict AND "
                                            "name NOT LIKE 'sqlite_%'"),
                     0);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM accounts"), ACCOUNTS);
    /* The views name these two. */
    assert_int_equal(fixture_number(report,
                                    "SELECT count(*) FROM accounts WHERE account IN "
                                    "('refill_after_flush', 'path_refill_after_flush')"),
                     2);
    assert_int_equal(fixture_number(report,
                                    "SELECT count(*) FROM crossing_kinds WHERE kind IN "
                                    "('call', 'ipc_call', 'ipc_reply')"),
                     3);
    assert_int_equal(fixture_number(report,
                                    "SELECT count(*) FROM components WHERE component IN "
                                    "('itlb', 'dtlb', 'walk')"),
                     3);
    report_close(report);
    /* And again. */
    report = fixture_open(*state, REPORT_READ);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM replays"), 0);
    report_close(report);
}

static void test_ledger_comes_out(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct machine machine = fixture_machine("old");
    struct fixture_trace trace;
    struct fixture_ledger ledger;
    fixture_trace(&trace, "pingpong", "l3-large", 16);
    fixture_pingpong(&ledger, 16, 180, 16);
    fixture_replay(report, &trace, &machine, &ledger);

    /* Work 100,000; border 200 * 107; kernel path 200 * 73; refill 200 * 16 * 9. */
    assert_int_equal(fixture_number(report, "SELECT total_mcycles FROM replays"),
                     (100000 + 21400 + 14600 + 28800) * 1000);
    assert_int_equal(fixture_number(report, "SELECT sum(instruction_mcycles + "
                                            "memory_mcycles) FROM ledger"),
                     164800000);
    assert_int_equal(fixture_number(report,
                                    "SELECT memory_mcycles FROM ledger JOIN domains "
                                    "USING (domain) WHERE name = 'pong' AND "
                                    "account = 'refill_after_flush'"),
                     28800000);
    assert_int_equal(fixture_number(report, "SELECT events FROM ledger_events "
                                            "WHERE side = 'data' AND component = 'walk'"),
                     3200);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM ledger_events"), 1);
    assert_int_equal(fixture_number(report, "SELECT crossings FROM crossings "
                                            "WHERE kind = 'ipc_reply'"),
                     100);
    assert_int_equal(fixture_number(report, "SELECT median_mcycles FROM "
                                            "crossing_distributions WHERE "
                                            "kind = 'ipc_call' AND quantity = 'total'"),
                     324000);
    assert_int_equal(fixture_number(report,
                                    "SELECT mcycles FROM culprits JOIN domains ON "
                                    "culprit = domain WHERE name = 'ping'"),
                     28800000);
    assert_int_equal(fixture_number(report, "SELECT after_flush FROM refills"), 3200);
    assert_int_equal(fixture_number(report,
                                    "SELECT asked - resident FROM reentries WHERE "
                                    "component = 'dtlb'"),
                     1600);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM reentries"), 1);
    assert_int_equal(fixture_number(report,
                                    "SELECT sum_mcycles FROM crossing_distributions "
                                    "WHERE (kind, quantity) = "
                                    "('ipc_call', 'with_children')"),
                     64800000);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM repairs"), 0);
    assert_int_equal(fixture_number(report, "SELECT flushed_entries FROM "
                                            "structure_counters WHERE name = 'tlb'"),
                     2000);
    assert_int_equal(fixture_number(report, "SELECT executed FROM instructions JOIN "
                                            "domains USING (domain) WHERE name = 'ping' "
                                            "AND class = 'alu_rr'"),
                     40000);
    assert_int_equal(fixture_number(report,
                                    "SELECT event_mcycles FROM machine_components "
                                    "WHERE side = 'data' AND component = 'walk'"),
                     9000);
    report_close(report);
}

static void test_views(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    fixture_fill(report, "old");
    /* A call there and back at 16 pages, large: 2 * (180 + 16 * 9) = 648 cycles. */
    assert_int_equal(fixture_number(report, "SELECT total_cycles FROM domain_size WHERE "
                                            "structure = 'l3-large' AND pages = 16"),
                     648);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM domain_size"), 8);
    assert_int_equal(fixture_number(report, "SELECT pages_per_visit FROM domain_size "
                                            "WHERE pages = 64"),
                     66);
    assert_int_equal(fixture_number(report,
                                    "SELECT total_cycles FROM crossing_bill WHERE "
                                    "kind = 'call'"),
                     111);
    assert_int_equal(fixture_number(report,
                                    "SELECT cycles FROM crossing_bill_lines WHERE "
                                    "kind = 'call' AND account = 'border'"),
                     107);
    /* 1,000 of work, 2 * 180 explicit, 2 * 144 implicit. */
    assert_int_equal(fixture_number(report,
                                    "SELECT cycles_per_request FROM by_structure "
                                    "WHERE structure = 'l3-large' AND pages = 16"),
                     1648);
    assert_int_equal(fixture_number(report, "SELECT space_switches_per_request FROM "
                                            "by_structure WHERE structure = 'l3-large' "
                                            "AND pages = 16"),
                     2);
    /* At 1 page large wins (1,000 + 378 < 1,560), at 64 small (1,560 < 1,936). */
    assert_int_equal(fixture_number(report, "SELECT place FROM structure_matrix WHERE "
                                            "structure = 'l3-large' AND pages = 1"),
                     1);
    assert_int_equal(fixture_number(report, "SELECT place FROM structure_matrix WHERE "
                                            "structure = 'l3-large' AND pages = 64"),
                     2);
    assert_int_equal(fixture_number(report, "SELECT dtlb_entries FROM refill_per_switch "
                                            "WHERE structure = 'l3-large' AND pages = 4"),
                     4);
    assert_int_equal(fixture_number(report, "SELECT refill_cycles FROM refill_per_switch "
                                            "WHERE structure = 'l3-large' AND pages = 4"),
                     36);
    assert_int_equal(fixture_number(report, "SELECT cycles FROM who_did_it WHERE "
                                            "structure = 'l3-large' AND pages = 4 AND "
                                            "victim = 'pong' AND culprit = 'ping'"),
                     7200);
    /* A call of 180 + 4 * 9 = 216 cycles, and a reply of as many made for it. */
    assert_int_equal(fixture_number(report, "SELECT own_cycles * 1000 + children_cycles "
                                            "FROM rolled_up WHERE kind = 'ipc_call' AND "
                                            "structure = 'l3-large' AND pages = 4"),
                     216216);
    assert_int_equal(fixture_number(report, "SELECT median_cycles FROM rolled_up WHERE "
                                            "kind = 'ipc_call' AND "
                                            "structure = 'l3-large' AND pages = 4"),
                     432);
    /* 100 of each: 21,600 cycles; the calls are made for none, the replies for calls. */
    assert_int_equal(fixture_number(report, "SELECT ipc_call + 10 * all_cycles FROM"
                                            " on_whose_behalf WHERE parent = 'none' AND"
                                            " structure = 'l3-large' AND pages = 4"),
                     11 * 21600);
    assert_int_equal(fixture_number(report,
                                    "SELECT ipc_reply + 10 * all_cycles FROM"
                                    " on_whose_behalf WHERE parent = 'ipc_call' AND"
                                    " ipc_call IS NULL AND crossings = 100 AND"
                                    " structure = 'l3-large' AND pages = 4"),
                     11 * 21600);
    /* 32 of 64 entries survive; without a flush all do. */
    assert_int_equal(fixture_number(report, "SELECT warm_percent FROM warmth WHERE "
                                            "structure = 'l3-large' AND pages = 64"),
                     50);
    assert_int_equal(fixture_number(report, "SELECT warm_percent FROM warmth WHERE "
                                            "structure = 'l3-small' AND pages = 64"),
                     100);
    assert_int_equal(fixture_number(report, "SELECT miss_percent FROM misses LIMIT 1"),
                     10);
    assert_int_equal(fixture_number(report,
                                    "SELECT cycles FROM memory_by_component WHERE "
                                    "structure = 'l3-large' AND pages = 4"),
                     7200);
    assert_int_equal(fixture_number(report, "SELECT variant = 'lines=4' FROM replay_list "
                                            "WHERE pages = 4"),
                     1);
    assert_int_equal(fixture_number(report, "SELECT lines_per_visit FROM by_domain WHERE "
                                            "pages = 4 AND domain = 'ping'"),
                     16);
    report_close(report);
}

static void test_replaced_not_doubled(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    fixture_fill(report, "old");
    int64_t rows = fixture_number(report, "SELECT count(*) FROM ledger");
    fixture_fill(report, "old");
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM replays"), 9);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM traces"), 9);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM machines"), 1);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM ledger"), rows);
    /* One figure of the machine changed makes it another machine. */
    struct machine other = fixture_machine("old");
    other.tlbs[0].entries = 64;
    int64_t id;
    assert_true(report_add_machine(report, &other, &id, NULL));
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM machines"), 2);
    assert_int_equal(fixture_number(report,
                                    "SELECT count(DISTINCT label) FROM "
                                    "machine_labels WHERE label LIKE 'old-______'"),
                     2);
    report_close(report);
}

static void test_sum_is_checked(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct machine machine = fixture_machine("old");
    struct fixture_trace trace;
    struct fixture_ledger ledger;
    fixture_trace(&trace, "null", "l3-small", 0);
    fixture_null(&ledger);
    ledger.ledger.total_mcycles += 1;
    int64_t trace_id, machine_id, replay;
    assert_true(report_add_trace(report, &trace.info, fixture_domains, FIXTURE_DOMAINS,
                                 &trace_id, NULL));
    assert_true(report_add_machine(report, &machine, &machine_id, NULL));
    assert_true(
        report_begin_replay(report, trace_id, machine_id, 0, NULL, &replay, NULL));
    struct cb_error error = {0};
    assert_false(report_finish_replay(report, replay, &ledger.ledger, &error));
    assert_int_equal(error.code, CB_IO);
    assert_string_equal(error.sentence,
                        "the accounts of this replay come to 111100000 millicycles, its "
                        "total is 111100001: it is not kept");
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM ledger"), 0);
    assert_int_equal(fixture_number(report, "SELECT state = 'running' FROM replays"), 1);
    report_close(report);
}

/* A process that is killed between the beginning and the end of a replay leaves a report
 * that can be read and that says so. */
static void test_early_end(void **state)
{
    const struct fixture *fixture = *state;
    pid_t child = fork();
    if (child == 0) {
        struct report *report = report_open(fixture->path, REPORT_WRITE, NULL);
        struct machine machine = fixture_machine("old");
        struct fixture_trace trace;
        fixture_trace(&trace, "pingpong", "l3-small", 8);
        int64_t trace_id, machine_id, replay;
        if (report == NULL ||
            !report_add_trace(report, &trace.info, fixture_domains, FIXTURE_DOMAINS,
                              &trace_id, NULL) ||
            !report_add_machine(report, &machine, &machine_id, NULL) ||
            !report_begin_replay(report, trace_id, machine_id, 0, NULL, &replay, NULL) ||
            !sql_begin(report, NULL) ||
            !sql_script(report,
                        "UPDATE replays SET state = 'done', total_mcycles = 1, "
                        "lost = 0",
                        NULL))
            _exit(1);
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    struct report *report = fixture_open(fixture, REPORT_READ);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM unfinished WHERE "
                                            "what = 'replay' AND name = "
                                            "'pingpong, l3-small, 8 pages on old'"),
                     1);
    report_close(report);
}

/* ---- files that are no reports ---- */

static void refused(const struct fixture *fixture, enum report_mode mode,
                    const char *sentence)
{
    size_t before, after;
    char *was = read_file(fixture->path, &before);
    struct cb_error error = {0};
    assert_null(report_open(fixture->path, mode, &error));
    assert_int_equal(error.code, CB_IO);
    assert_string_equal(error.source, fixture->path);
    assert_string_equal(error.sentence, sentence);
    char *is = read_file(fixture->path, &after);
    assert_int_equal(before, after);
    assert_memory_equal(was, is, before);
    free(was);
    free(is);
}

static void test_foreign_file(void **state)
{
    const struct fixture *fixture = *state;
    write_file(fixture->path, "not a database", 14);
    refused(fixture, REPORT_WRITE,
            "this is not a crossbill report (nor any SQLite file)");
    refused(fixture, REPORT_READ, "this is not a crossbill report (nor any SQLite file)");
}

static void test_foreign_database(void **state)
{
    const struct fixture *fixture = *state;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE mine (x)", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    refused(fixture, REPORT_WRITE, "this SQLite file is not a crossbill report");
    refused(fixture, REPORT_READ, "this SQLite file is not a crossbill report");
}

static void alter(const struct fixture *fixture, const char *statements)
{
    report_close(fixture_open(fixture, REPORT_WRITE));
    sqlite3 *db;
    assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, statements, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_newer_version(void **state)
{
    alter(*state, "PRAGMA user_version = 7");
    refused(*state, REPORT_READ,
            "this report is of version 7, from a newer crossbill; "
            "expected at most version 3");
}

static void test_missing_table(void **state)
{
    alter(*state, "DROP VIEW domain_size");
    refused(*state, REPORT_READ,
            "the report is damaged: its tables are not those of its version");
}

static void test_own_views_are_welcome(void **state)
{
    alter(*state, "CREATE VIEW mine AS SELECT count(*) AS replays FROM replays");
    struct report *report = fixture_open(*state, REPORT_READ);
    assert_int_equal(fixture_number(report, "SELECT replays FROM mine"), 0);
    report_close(report);
}

static void test_damaged(void **state)
{
    const struct fixture *fixture = *state;
    struct report *report = fixture_open(fixture, REPORT_WRITE);
    fixture_fill(report, "old");
    report_close(report);
    size_t size;
    char *bytes = read_file(fixture->path, &size);
    /* Everything behind the first page overwritten: the schema does not fit into one. */
    memset(bytes + 4096, 0xa5, size - 4096);
    write_file(fixture->path, bytes, size);
    free(bytes);
    struct cb_error error = {0};
    assert_null(report_open(fixture->path, REPORT_READ, &error));
    assert_int_equal(error.code, CB_IO);
    assert_non_null(strstr(error.sentence, "the report is damaged"));
}

/* A report with any one byte changed is read or refused, and nothing worse. */
static void test_any_byte_changed(void **state)
{
    const struct fixture *fixture = *state;
    report_close(fixture_open(fixture, REPORT_WRITE));
    size_t size;
    char *bytes = read_file(fixture->path, &size);
    for (size_t i = 0; i < size; i += 997) {
        char was = bytes[i];
        bytes[i] = (char)(was ^ 0x41);
        write_file(fixture->path, bytes, size);
        struct cb_error error = {0};
        struct report *report = report_open(fixture->path, REPORT_READ, &error);
        if (report == NULL)
            assert_int_equal(error.code, CB_IO);
        report_close(report);
        bytes[i] = was;
    }
    free(bytes);
}

static void test_missing_and_empty(void **state)
{
    const struct fixture *fixture = *state;
    struct cb_error error = {0};
    assert_null(report_open(fixture->path, REPORT_READ, &error));
    assert_string_equal(error.sentence,
                        "the report cannot be opened: No such file or directory");
    write_file(fixture->path, "", 0);
    refused(fixture, REPORT_READ, "this file is empty: expected a crossbill report");
    report_close(fixture_open(fixture, REPORT_WRITE));
    report_close(fixture_open(fixture, REPORT_READ));
}

static void test_percentiles(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    assert_int_equal(fixture_number(report, "SELECT median(column1) FROM "
                                            "(VALUES (5), (1), (3), (NULL))"),
                     3);
    assert_int_equal(fixture_number(report, "SELECT median(column1) FROM "
                                            "(VALUES (1), (2), (3), (4))"),
                     2);
    assert_int_equal(fixture_number(report, "SELECT percentile(column1, 0.9) FROM "
                                            "(VALUES (1), (2), (3), (4), (5), (6), (7), "
                                            "(8), (9), (10))"),
                     9);
    assert_int_equal(fixture_number(report, "SELECT percentile(column1, 1) FROM "
                                            "(VALUES (9007199254740993), (2))"),
                     INT64_C(9007199254740993));
    assert_int_equal(fixture_number(report, "SELECT median(column1) IS NULL FROM "
                                            "(VALUES (NULL))"),
                     1);
    int64_t number;
    struct cb_error error = {0};
    assert_false(
        sql_number_with(report, &number, 0, "SELECT percentile(1, 2)", NULL, 0, &error));
    assert_string_equal(error.sentence,
                        "SQLite: the share of percentile() is not in 0 to 1");
    report_close(report);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_created_as_a_report),
        TEST(test_ledger_comes_out),
        TEST(test_views),
        TEST(test_replaced_not_doubled),
        TEST(test_sum_is_checked),
        TEST(test_early_end),
        TEST(test_foreign_file),
        TEST(test_foreign_database),
        TEST(test_newer_version),
        TEST(test_missing_table),
        TEST(test_own_views_are_welcome),
        TEST(test_damaged),
        TEST(test_any_byte_changed),
        TEST(test_missing_and_empty),
        TEST(test_percentiles),
    };
    return cmocka_run_group_tests_name("report_store", tests, NULL, NULL);
}
