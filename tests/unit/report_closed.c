/* The closed form in a report: what is predicted stands beside what is replayed. */
#include "report_fixture.h"

#define FOOTPRINTS "{\"pages\":4,\"requests\":1}"

static void predict(struct report *report)
{
    /* Ping-pong between large domains of 1, 4, 16 and 64 pages is replayed at 378, 432,
     * 648 and 936 cycles, 360 of them explicit. */
    struct report_prediction points[] = {
        {.pages = 1,
         .explicit_mcycles = 360000,
         .isolation_mcycles = {10000, 5000},
         .path_mcycles = {2000, 1000}},
        {.pages = 4, .explicit_mcycles = 360000, .isolation_mcycles = {72000, 0}},
        {.pages = 16,
         .explicit_mcycles = 340000,
         .isolation_mcycles = {0, 0},
         .path_mcycles = {360000, 0}},
        {.pages = 64,
         .explicit_mcycles = 360000,
         .isolation_mcycles = {1044000, 0},
         .competition_mcycles = {7000, 3000}},
        {.pages = 128, .explicit_mcycles = 360000, .isolation_mcycles = {2000000, 0}}};
    struct cb_error error = {0};
    for (size_t i = 0; i < 4; i++) {
        struct fixture_trace trace;
        fixture_trace(&trace, "pingpong", "l3-large", (int)points[i].pages);
        assert_true(report_add_trace(report, &trace.info, fixture_domains,
                                     FIXTURE_DOMAINS, &points[i].trace, &error));
    }
    if (!report_add_predictions(report, 1, points[1].trace, FOOTPRINTS, "any", points, 5,
                                &error))
        fail_msg("%s", error.sentence);
}

static void test_beside_replays(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    fixture_fill(report, "old");
    predict(report);
    predict(report); /* again: replaced */
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM predictions"), 1);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM closed_form"), 5);
    assert_int_equal(fixture_number(report, "SELECT total_cycles FROM closed_form WHERE "
                                            "pages = 1"),
                     378);
    assert_int_equal(fixture_number(report, "SELECT implicit_cycles FROM closed_form "
                                            "WHERE pages = 16"),
                     360);
    assert_int_equal(fixture_number(report, "SELECT replayed_total_cycles FROM "
                                            "closed_form WHERE pages = 64"),
                     936);
    assert_int_equal(fixture_number(report, "SELECT error_percent FROM closed_form WHERE "
                                            "pages = 64"),
                     50);
    assert_int_equal(fixture_number(report, "SELECT competition_cycles FROM closed_form "
                                            "WHERE pages = 64"),
                     10);
    assert_int_equal(fixture_number(report, "SELECT replayed_total_cycles IS NULL FROM "
                                            "closed_form WHERE pages = 128"),
                     1);
    assert_int_equal(fixture_number(report, "SELECT from_pages FROM closed_form WHERE "
                                            "structure = 'l3-large' LIMIT 1"),
                     4);
    report_close(report);
}

static void test_what_is_replayed(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    fixture_fill(report, "old");
    predict(report);
    int64_t trace = fixture_number(report, "SELECT trace FROM replay_list WHERE "
                                           "structure = 'l3-large' AND pages = 16");
    bool found;
    double explicit_cycles, implicit_cycles;
    assert_true(report_replayed(report, trace, 1, &found, &explicit_cycles,
                                &implicit_cycles, NULL));
    assert_true(found);
    assert_true(explicit_cycles == 360);
    assert_true(implicit_cycles == 288);
    assert_true(report_replayed(report, trace, 2, &found, &explicit_cycles,
                                &implicit_cycles, NULL));
    assert_false(found);
    report_close(report);
}

static void test_shown(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct report_bytes bytes;
    struct cb_error error = {0};
    fixture_fill(report, "old");
    assert_false(report_draw_chart(report, "closed-form", REPORT_SVG, &bytes, &error));
    assert_string_equal(error.sentence,
                        "the chart closed-form needs predictions beside replays "
                        "(crossbill predict --report), and this report has none");
    predict(report);
    assert_true(report_draw_chart(report, "closed-form", REPORT_SVG, &bytes, &error));
    free(bytes.data);
    assert_true(report_export(report, REPORT_MARKDOWN, &bytes, &error));
    assert_non_null(strstr(
        bytes.data, "\n* On old, l3-large is within 10\u00a0% of its replays at 1 to "
                    "16 pages, and off most at 64 pages (+50\u00a0%).\n"));
    assert_non_null(strstr(bytes.data,
                           "| old | l3-large | 4 | any | 64 | 360 | 360 | "
                           "1044 | 576 | 1404 | 936 | 50 |"));
    free(bytes.data);
    assert_true(report_export(report, REPORT_JSON, &bytes, &error));
    assert_non_null(strstr(bytes.data, "\"footprints\": " FOOTPRINTS));
    free(bytes.data);
    report_close(report);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_beside_replays),
        TEST(test_what_is_replayed),
        TEST(test_shown),
    };
    return cmocka_run_group_tests_name("report_closed", tests, NULL, NULL);
}
