/* Sweeps in the file: a grid goes in point by point, goes on where it ended, and comes
 * out as it was. */
#include "report_fixture.h"

#include <sys/wait.h>

static const char *const entries[] = {"16", "32", "64"};
static const char *const policies[] = {"lru", "fifo"};
static const struct report_axis axes[] = {
    {"tlb.tlb.entries", entries, 3},
    {"tlb.tlb.replacement", policies, 2},
};

struct ids {
    int64_t trace, machine, sweep;
};

static void begin(struct report *report, struct ids *ids)
{
    struct machine machine = fixture_machine("old");
    struct fixture_trace trace;
    fixture_trace(&trace, "pingpong", "l3-large", 16);
    assert_true(report_add_trace(report, &trace.info, fixture_domains, FIXTURE_DOMAINS,
                                 &ids->trace, NULL));
    assert_true(report_add_machine(report, &machine, &ids->machine, NULL));
    assert_true(report_begin_sweep(report, ids->trace, ids->machine, 0, axes, 2,
                                   &ids->sweep, NULL));
}

/* Point p refills p entries a crossing: 360 explicit and 18 p implicit cycles a request.
 */
static void add(struct report *report, int64_t sweep, int point)
{
    struct fixture_ledger ledger;
    fixture_pingpong(&ledger, 16, 180, point);
    assert_true(
        report_add_point(report, sweep, (uint64_t)point, &ledger.ledger, NULL, NULL));
}

static void test_grid(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct ids ids;
    begin(report, &ids);
    for (int p = 0; p < 5; p++)
        add(report, ids.sweep, p);
    assert_true(report_add_point(report, ids.sweep, 5, NULL, "64 entries, 5 ways", NULL));
    assert_true(report_finish_sweep(report, ids.sweep, NULL));
    report_close(report);

    report = fixture_open(*state, REPORT_READ);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM sweep_results"), 6);
    /* Point 3 = 1 * 2 + 1: the second number of entries, the second policy. */
    assert_int_equal(fixture_number(report,
                                    "SELECT settings = 'tlb.tlb.entries=32 "
                                    "tlb.tlb.replacement=fifo' FROM sweep_results WHERE "
                                    "point = 3"),
                     1);
    assert_int_equal(fixture_number(report, "SELECT implicit_cycles FROM sweep_results "
                                            "WHERE point = 3"),
                     54);
    assert_int_equal(fixture_number(report,
                                    "SELECT total_cycles FROM sweep_results WHERE "
                                    "point = 3"),
                     1414);
    assert_int_equal(fixture_number(report,
                                    "SELECT total_cycles IS NULL AND refused = "
                                    "'64 entries, 5 ways' FROM sweep_results WHERE "
                                    "point = 5"),
                     1);
    assert_int_equal(fixture_number(report, "SELECT events FROM sweep_events WHERE "
                                            "point = 3"),
                     600);
    assert_int_equal(fixture_number(report, "SELECT mcycles FROM sweep_accounts WHERE "
                                            "point = 3 AND account = "
                                            "'refill_after_flush'"),
                     5400000);
    /* 200 refills of 3 entries, 9 cycles each, are the second user domain's. */
    assert_int_equal(fixture_number(report, "SELECT mcycles FROM sweep_domains JOIN "
                                            "domains USING (domain) WHERE point = 3 AND "
                                            "number = 2 AND account = "
                                            "'refill_after_flush' AND walk = 600"),
                     5400000);
    assert_int_equal(fixture_number(report,
                                    "SELECT cycles FROM sweep_by_domain WHERE point = 3 "
                                    "AND account = 'refill_after_flush' AND walk = 6 AND "
                                    "settings = 'tlb.tlb.entries=32 "
                                    "tlb.tlb.replacement=fifo'"),
                     54);
    /* Domains, accounts and events say the same. */
    assert_int_equal(
        fixture_number(report, "SELECT count(*) FROM (SELECT point, account, "
                               "sum(mcycles) AS m FROM sweep_domains GROUP BY 1, 2) d "
                               "JOIN sweep_accounts a ON (a.point, a.account, "
                               "a.mcycles) = (d.point, d.account, d.m)"),
        fixture_number(report, "SELECT count(*) FROM sweep_accounts"));
    assert_int_equal(
        fixture_number(report, "SELECT sum(itlb + dtlb + stlb + walk + l1i + l1d + l2 + "
                               "l3 + memory) FROM sweep_domains"),
        fixture_number(report, "SELECT sum(events) FROM sweep_events"));
    assert_int_equal(fixture_number(report, "SELECT points_done = points AND state = "
                                            "'done' AND varied = 'tlb.tlb.entries, "
                                            "tlb.tlb.replacement' FROM sweep_list"),
                     1);
    report_close(report);
}

static void test_goes_on(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct ids first, second;
    begin(report, &first);
    add(report, first.sweep, 0);
    add(report, first.sweep, 1);
    struct cb_error error = {0};
    assert_false(report_finish_sweep(report, first.sweep, &error));
    assert_string_equal(error.sentence,
                        "4 points of the sweep are missing: it is not done");
    report_close(report);

    report = fixture_open(*state, REPORT_WRITE);
    assert_int_equal(fixture_number(report,
                                    "SELECT count(*) FROM unfinished WHERE what = "
                                    "'sweep'"),
                     1);
    begin(report, &second);
    assert_int_equal(second.sweep, first.sweep);
    bool has;
    assert_true(report_has_point(report, second.sweep, 1, &has, NULL));
    assert_true(has);
    assert_true(report_has_point(report, second.sweep, 2, &has, NULL));
    assert_false(has);
    for (int p = 1; p < 6; p++)
        add(report, second.sweep, p);
    assert_true(report_finish_sweep(report, second.sweep, NULL));
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM sweep_points"), 6);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM sweeps"), 1);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM unfinished"), 0);
    report_close(report);
}

/* ---- counts of an unfinished sweep ---- */

static bool keep(struct report *report, int64_t sweep, const char *key, const char *part,
                 const char *bytes)
{
    struct sweep_counts counts = {.size = strlen(bytes)};
    snprintf(counts.key, sizeof counts.key, "%s", key);
    snprintf(counts.part, sizeof counts.part, "%s", part);
    counts.bytes = strdup(bytes);
    bool ok = report_keep_counts(report, sweep, &counts, 1, NULL);
    free(counts.bytes);
    return ok;
}

static void assert_kept(struct report *report, int64_t sweep, const char *key,
                        size_t index, const char *bytes)
{
    struct sweep_counts counts;
    assert_true(report_load_counts(report, sweep, key, index, &counts, NULL));
    if (bytes == NULL) {
        assert_null(counts.bytes);
        return;
    }
    assert_int_equal(counts.size, strlen(bytes));
    assert_memory_equal(counts.bytes, bytes, counts.size);
    free(counts.bytes);
}

#define KEPT_TABLES "SELECT count(*) FROM sqlite_schema WHERE name = 'sweep_kept'"

/* They are in the file at once, seen by nobody, and leave nothing. */
static void test_keeps_counts(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct report_bytes before, after;
    struct ids ids;
    begin(report, &ids);
    assert_true(report_export(report, REPORT_JSON, &before, NULL));
    assert_kept(report, ids.sweep, "k", 0, NULL);
    assert_true(keep(report, ids.sweep, "k", "a", "one"));
    assert_true(keep(report, ids.sweep, "k", "b", "two"));
    assert_true(keep(report, ids.sweep, "k", "a", "three"));
    assert_true(keep(report, ids.sweep, "l", "a", ""));
    assert_true(report_export(report, REPORT_JSON, &after, NULL));
    assert_string_equal(before.data, after.data);
    free(before.data);
    free(after.data);
    report_close(report);

    report = fixture_open(*state, REPORT_WRITE);
    assert_kept(report, ids.sweep, "k", 0, "three");
    assert_kept(report, ids.sweep, "k", 1, "two");
    assert_kept(report, ids.sweep, "k", 2, NULL);
    assert_kept(report, ids.sweep, "l", 0, "");
    assert_kept(report, ids.sweep + 1, "k", 0, NULL);
    assert_true(report_drop_counts(report, ids.sweep, "k", "a", NULL));
    assert_kept(report, ids.sweep, "k", 0, "two");
    for (int p = 0; p < 6; p++)
        add(report, ids.sweep, p);
    assert_true(report_finish_sweep(report, ids.sweep, NULL));
    assert_int_equal(fixture_number(report, KEPT_TABLES), 0);
    assert_kept(report, ids.sweep, "k", 0, NULL);
    report_close(report);
}

/* Dropped together with a point: neither is lost without the other. */
static void test_drops_with_points(void **state)
{
    const struct fixture *fixture = *state;
    pid_t child = fork();
    if (child == 0) {
        struct report *report = report_open(fixture->path, REPORT_WRITE, NULL);
        struct ids ids;
        begin(report, &ids);
        keep(report, ids.sweep, "k", "a", "one");
        add(report, ids.sweep, 0);
        keep(report, ids.sweep, "k", "b", "two");
        add(report, ids.sweep, 1);
        report_drop_counts(report, ids.sweep, "k", "a", NULL);
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    struct report *report = fixture_open(fixture, REPORT_READ);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM sweep_points"), 1);
    assert_kept(report, 1, "k", 0, "one");
    assert_kept(report, 1, "k", 1, "two");
    report_close(report);
}

/* A table of this name that is somebody else's is not written to. */
static void test_kept_by_others(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct sweep_counts counts = {.key = "k", .part = "a"};
    struct cb_error error = {0};
    struct ids ids;
    begin(report, &ids);
    assert_true(sql_script(report, "CREATE TABLE sweep_kept (mine)", NULL));
    assert_false(report_keep_counts(report, ids.sweep, &counts, 1, &error));
    assert_string_equal(error.sentence,
                        "the report is damaged: its table sweep_kept is not crossbill's");
    assert_int_equal(error.code, CB_IO);
    assert_false(report_load_counts(report, ids.sweep, "k", 0, &counts, NULL));
    report_close(report);
}

/* Killed in the middle: no half of a point, and the file is sound. */
static void test_early_end(void **state)
{
    const struct fixture *fixture = *state;
    pid_t child = fork();
    if (child == 0) {
        struct report *report = report_open(fixture->path, REPORT_WRITE, NULL);
        struct ids ids;
        begin(report, &ids);
        for (int p = 0; p < 4; p++)
            add(report, ids.sweep, p);
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    struct report *report = fixture_open(fixture, REPORT_READ);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM sweep_points"), 0);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM unfinished"), 1);
    report_close(report);
}

static void test_too_large(void **state)
{
    static const char *const none[] = {""};
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct ids ids;
    begin(report, &ids);
    struct report_axis empty = {"tlb.tlb.ways", none, 0};
    struct cb_error error = {0};
    assert_false(report_begin_sweep(report, ids.trace, ids.machine, 0, &empty, 1,
                                    &ids.sweep, &error));
    assert_string_equal(error.sentence, "the sweep's axis tlb.tlb.ways has no values, or "
                                        "the grid too many points");
    report_close(report);
}

/* The page has the grid as data for its script, and a chart and a table without it. */
static void test_page(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct ids ids;
    struct report_bytes html, svg;
    begin(report, &ids);
    for (int p = 0; p < 5; p++)
        add(report, ids.sweep, p);
    assert_true(report_add_point(report, ids.sweep, 5, NULL, "</script><b>no", NULL));
    assert_true(report_finish_sweep(report, ids.sweep, NULL));
    assert_true(report_export(report, REPORT_HTML, &html, NULL));
    const char *data = strstr(html.data, "<script type=\"application/json\"");
    assert_non_null(data);
    assert_non_null(strstr(data,
                           "{\"machine\":\"old\",\"scenario\":\"pingpong (lines=4)\","
                           "\"axes\":[{\"path\":\"tlb.tlb.entries\",\"values\":"
                           "[\"16\",\"32\",\"64\"]},{\"path\":"
                           "\"tlb.tlb.replacement\",\"values\":[\"lru\",\"fifo\"]}],"
                           "\"series\":[\n{\"name\":\"l3-large, 16 pages\","
                           "\"points\":[[1000,0,360,0],[1000,0,360,18],"
                           "[1000,0,360,36],[1000,0,360,54],[1000,0,360,72]]}]}"));
    assert_non_null(strstr(html.data, ">tlb.tlb.entries=32 tlb.tlb.replacement=fifo"));
    assert_non_null(strstr(html.data, "&lt;/script&gt;&lt;b&gt;no"));
    free(html.data);
    assert_true(report_draw_chart(
        report, "sweep-old-tlb.tlb.entries-tlb.tlb.replacement-l3-large-16", REPORT_SVG,
        &svg, NULL));
    free(svg.data);
    report_close(report);
}

/* One axis of numbers has a line for each recording, and a miss curve: each crossing of
 * point p walks p times, so that a request does 2 p walks. */
static void test_miss_curve(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct ids ids;
    struct report_bytes svg;
    begin(report, &ids);
    assert_true(
        report_begin_sweep(report, ids.trace, ids.machine, 0, axes, 1, &ids.sweep, NULL));
    for (int p = 0; p < 3; p++)
        add(report, ids.sweep, p);
    assert_true(report_finish_sweep(report, ids.sweep, NULL));
    assert_true(
        report_draw_chart(report, "misses-old-tlb.tlb.entries", REPORT_SVG, &svg, NULL));
    assert_non_null(strstr(svg.data, "tlb.tlb.entries: page walks, by account"));
    free(svg.data);
    assert_true(
        report_draw_chart(report, "sweep-old-tlb.tlb.entries", REPORT_SVG, &svg, NULL));
    free(svg.data);
    assert_true(report_csv(report, "sweep_events", &svg, NULL));
    assert_string_equal(svg.data, "sweep,point,account_group,component,events\r\n"
                                  "2,1,implicit,walk,200\r\n2,2,implicit,walk,400\r\n");
    free(svg.data);
    report_close(report);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_grid),           TEST(test_goes_on),
        TEST(test_early_end),      TEST(test_too_large),
        TEST(test_page),           TEST(test_miss_curve),
        TEST(test_keeps_counts),   TEST(test_drops_with_points),
        TEST(test_kept_by_others),
    };
    return cmocka_run_group_tests_name("report_sweep", tests, NULL, NULL);
}
