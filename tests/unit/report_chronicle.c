/* What happened when, in the file and out of it: rows, views, and charts of one replay.
 */
#include "report_fixture.h"

static const char *text(struct report *report, const char *query)
{
    static char answer[256];
    struct cb_error error = {0};
    sqlite3_stmt *row = sql_prepare_with(report, query, NULL, 0, &error);
    if (row == NULL || sql_step(report, row, &error) != 1)
        fail_msg("%s: %s", query, error.sentence);
    snprintf(answer, sizeof answer, "%s", sql_column(report, row, 0, NULL));
    sqlite3_finalize(row);
    return answer;
}

/* Replay 3 of the fixture is l3-large at 1 page; 9 at 64. */
static void test_only_the_largest_is_kept_in_detail(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    fixture_fill(report, "old");
    assert_string_equal(text(report, "SELECT group_concat(replay) FROM stretches"),
                        "8,9");
    assert_string_equal(
        text(report, "SELECT group_concat(DISTINCT replay) FROM occupancy"), "8,9");
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM stretch_spans"), 6);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM occupancy_samples"),
                     10);
    /* Recovery and histograms of all eight stay. */
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM recovery"), 16);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM crossing_histograms"),
                     16);
    /* A smaller one again changes nothing; the same again replaces it. */
    struct machine machine = fixture_machine("old");
    struct fixture_trace trace;
    struct fixture_ledger ledger;
    fixture_trace(&trace, "pingpong", "l3-large", 16);
    fixture_pingpong(&ledger, 16, 180, 16);
    fixture_follow(&ledger, 16);
    fixture_replay(report, &trace, &machine, &ledger);
    assert_string_equal(text(report, "SELECT group_concat(replay) FROM stretches"),
                        "8,9");
    fixture_trace(&trace, "pingpong", "l3-large", 64);
    fixture_pingpong(&ledger, 64, 180, 32);
    fixture_follow(&ledger, 32);
    int64_t again = fixture_replay(report, &trace, &machine, &ledger);
    assert_int_equal(fixture_number(report, "SELECT max(replay) FROM stretches"), again);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM stretches"), 2);
    report_close(report);
}

static void test_views(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    fixture_fill(report, "old");
    assert_string_equal(
        text(report,
             "SELECT group_concat(at_cycles || ' ' || lane || ' ' || entered_by ||"
             " ' ' || cycles || ' ' || refilled_after_flush, '; ')"
             " FROM first_requests WHERE structure = 'l3-large'"),
        "0.0 ping begin 10.0 0; 10.0 kernel ipc_call 20.0 0; 30.0 pong return 30.0 32");
    /* Two samples, at which ping holds 0 and 8, pong 0 and 4, the path 2 and 4. */
    assert_string_equal(
        text(report, "SELECT group_concat(holder || ' ' || mean_entries || ' ' ||"
                     " mean_percent, '; ') FROM who_holds WHERE structure = 'l3-large'"
                     " AND name = 'tlb'"),
        "ping 4.0 12.5; pong 2.0 6.25; the path 3.0 9.375");
    assert_string_equal(
        text(report, "SELECT group_concat(at_cycles || ' ' || holder || ' ' || entries,"
                     " '; ') FROM occupancy_over_time WHERE structure = 'l3-large' AND"
                     " name = 'l1' AND extent = 'stretch'"),
        "0.0 ping 8; 20.0 ping 16; 60.0 pong 8; 60.0 the path 8");
    /* 200 entries; the first access has a credit of 9, the next two cost 16 x 9. */
    assert_string_equal(
        text(report, "SELECT group_concat(from_access || ' ' || isolation_per_access ||"
                     " ' ' || credit_per_access || ' ' || cycles_so_far_per_entry, '; ')"
                     " FROM recovery_curve WHERE structure = 'l3-large' AND pages = 16"),
        "1 0.0 -9.0 -9.0; 2 72.0 0.0 135.0");
    assert_string_equal(
        text(report, "SELECT group_concat(from_cycles || ' ' || to_cycles || ' ' ||"
                     " crossings || ' ' || percent, '; ') FROM crossing_costs"
                     " WHERE structure = 'l3-large' AND pages = 1"),
        "168.0 169.0 98 98.0; 1189.0 1189.0 2 2.0");
    report_close(report);
}

static void draws(struct report *report, const char *name, const char *part)
{
    struct report_bytes svg;
    struct cb_error error = {0};
    if (!report_draw_chart(report, name, REPORT_SVG, &svg, &error))
        fail_msg("%s: %s", name, error.sentence);
    if (strstr(svg.data, part) == NULL)
        fail_msg("%s: no '%s' in it", name, part);
    free(svg.data);
}

static void refuses(struct report *report, const char *name, const char *sentence)
{
    struct report_bytes svg;
    struct cb_error error = {0};
    assert_false(report_draw_chart(report, name, REPORT_SVG, &svg, &error));
    assert_int_equal(error.code, CB_USAGE);
    assert_string_equal(error.sentence, sentence);
}

/* The words stand in the SVG's description. */
static void test_charts(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    fixture_fill(report, "old");
    draws(report, "timeline",
          "Where the processor is: pingpong (lines=4) in l3-large, 64 "
          "pages, on old. 1 border crossing. TLB entries and lines "
          "that a stay fetches again: 32 after a flush, 0 after an "
          "eviction");
    draws(report, "timeline-8", "pingpong (lines=4) in l3-small, 64 pages");
    /* ping: 8 to 16 in 20 cycles, to none in 40 more: (240 + 320) / 60 of 32. */
    draws(
        report, "occupancy",
        "Who holds the tlb of old: pingpong (lines=4) in l3-large, 64 pages. On average "
        "ping holds 29.2 %, pong holds 8.3 %, the path holds 8.3 %");
    draws(report, "occupancy-8-l1",
          "Who holds the l1 of old: pingpong (lines=4) in "
          "l3-small");
    /* Over 9000 cycles of the trace: half of the last sample. */
    draws(report, "occupancy-9-tlb-trace",
          "On average ping holds 12.5 %, pong holds 6.2 "
          "%, the path holds 9.4 %");
    draws(report, "recovery",
          "How soon a domain is itself again: pingpong (lines=4), 64 "
          "pages, on old. Dearest: accesses 2 to 3 in l3-large, cr3, "
          "with 144.000 cycles each");
    draws(report, "distribution",
          "l3-large, IPC call: half cost at most 448 cycles, 99 in "
          "100 at most 1468");
    refuses(report, "timeline-99", "there is no chart 'timeline-99'");
    refuses(report, "occupancy-9-l7", "there is no chart 'occupancy-9-l7'");
    refuses(
        report, "timeline-3",
        "the chart timeline-3 needs a finished replay that was followed over time, and "
        "this report has none");
    report_close(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_only_the_largest_is_kept_in_detail,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_views, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_charts, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests_name("report_chronicle", tests, NULL, NULL);
}
