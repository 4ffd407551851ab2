/* Charts, HTML, Markdown and the summary of a report whose figures are known. */
#include "report_fixture.h"
#include "reports/claims.h"

static struct report *filled(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    fixture_fill(report, "old");
    return report;
}

static char *exported(struct report *report, enum report_format format)
{
    struct report_bytes bytes;
    struct cb_error error = {0};
    if (!report_export(report, format, &bytes, &error))
        fail_msg("%s", error.sentence);
    assert_int_equal(bytes.size, strlen(bytes.data));
    return bytes.data;
}

static int occurrences(const char *text, const char *part)
{
    int count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("missing: %s", part);
}

/* ---- charts ---- */

static void test_charts_of_one_machine(void **state)
{
    static const char *const names[] = {"crossing-bill",
                                        "domain-size",
                                        "refill",
                                        "structures",
                                        "memory",
                                        "matrix",
                                        "equal-cost",
                                        "distribution",
                                        "recovery",
                                        "timeline-old-l3-large",
                                        "timeline-old-l3-small",
                                        "occupancy-old-l3-large-tlb",
                                        "occupancy-old-l3-large-l1",
                                        "occupancy-old-l3-small-tlb",
                                        "sweep",
                                        "misses",
                                        "closed-form"};
    struct report *report = filled(state);
    struct report_chart *charts;
    size_t count;
    assert_true(report_charts(report, &charts, &count, NULL));
    assert_int_equal(count, 17);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(charts[i].name, names[i]);
        /* No i486-50, no sweep, no prediction. */
        assert_int_equal(charts[i].drawable, i < 14 && i != 6);
    }
    free(charts);
    report_close(report);
}

static void test_charts_of_two_machines(void **state)
{
    struct report *report = filled(state);
    fixture_fill(report, "new");
    struct report_chart *charts;
    size_t count;
    assert_true(report_charts(report, &charts, &count, NULL));
    assert_int_equal(count, 30);
    assert_string_equal(charts[2].name, "domain-size-new");
    assert_string_equal(charts[3].name, "domain-size-old");
    assert_string_equal(charts[10].name, "matrix");
    free(charts);
    /* The bare name is the first machine's. */
    struct report_bytes bare, full;
    assert_true(report_draw_chart(report, "domain-size", REPORT_SVG, &bare, NULL));
    assert_true(report_draw_chart(report, "domain-size-new", REPORT_SVG, &full, NULL));
    assert_string_equal(bare.data, full.data);
    free(bare.data);
    free(full.data);
    report_close(report);
}

/* l3-small: 60 instructions a crossing; those of l3-large miss because of the switch. */
static void test_equal_cost(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    fixture_fill(report, "i486-50");
    struct report_bytes svg;
    assert_true(report_draw_chart(report, "equal-cost", REPORT_SVG, &svg, NULL));
    assert_memory_equal(svg.data, "<svg ", 5);
    has(svg.data, "A crossing as instructions and misses");
    free(svg.data);
    report_close(report);
}

static void test_chart_errors(void **state)
{
    const struct fixture *fixture = *state;
    struct report *report = fixture_open(fixture, REPORT_WRITE);
    struct report_bytes bytes;
    struct cb_error error = {0};
    assert_false(report_draw_chart(report, "domain-sise", REPORT_SVG, &bytes, &error));
    assert_int_equal(error.code, CB_USAGE);
    assert_string_equal(error.sentence, "there is no chart 'domain-sise'; did you mean "
                                        "'domain-size'?");
    assert_false(report_draw_chart(report, "domain-size", REPORT_SVG, &bytes, &error));
    assert_int_equal(error.code, CB_USAGE);
    assert_string_equal(error.sentence,
                        "the chart domain-size needs finished replays of requests at two "
                        "or more domain sizes (knob pages), and this report has none");
    report_close(report);
}

static void test_image_formats(void **state)
{
    struct report *report = filled(state);
    struct report_bytes svg, png, pdf;
    assert_true(report_draw_chart(report, "domain-size", REPORT_SVG, &svg, NULL));
    assert_true(report_draw_chart(report, "domain-size", REPORT_PNG, &png, NULL));
    assert_true(report_draw_chart(report, "domain-size", REPORT_PDF, &pdf, NULL));
    assert_memory_equal(svg.data, "<svg ", 5);
    assert_memory_equal(png.data, "\x89PNG\r\n\x1a\n", 8);
    assert_memory_equal(pdf.data, "%PDF-", 5);
    free(svg.data);
    free(png.data);
    free(pdf.data);
    report_close(report);
}

static void test_kept_charts(void **state)
{
    struct report *report = filled(state);
    assert_true(report_keep_charts(report, NULL));
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM charts"), 13);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM charts WHERE "
                                            "svg LIKE '<svg %' AND "
                                            "hex(substr(png, 1, 4)) = '89504E47' AND "
                                            "alt <> '' AND title <> ''"),
                     13);
    /* A new replay makes them stale. */
    int64_t replay;
    assert_true(report_begin_replay(report, 1, 1, 0, NULL, &replay, NULL));
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM charts"), 0);
    report_close(report);
}

/* ---- pages ---- */

/* Small domains: 2 * 280 cycles a request at any size. Large: 360 and 2 * 9 for each
 * page: 432 at 4 pages, 648 at 16, above and below 560. */
#define TURN "Large domains become the dearer construction between 4 and 16 pages"

static void test_html(void **state)
{
    struct report *report = filled(state);
    char *html = exported(report, REPORT_HTML);
    has(html,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'sha256-");
    has(html, "<h2 id=\"summary\">Summary</h2>");
    has(html, "no record was lost");
    has(html, "<li>A null call costs 111 cycles (median; 111 to 111).</li>");
    has(html, "<li>" TURN ".</li>");
    has(html, "<strong>The charge does not hold.</strong> On old a null call costs 111 "
              "cycles. 107 of them are the processor&#39;s own");
    has(html, "<strong>The charge depends on the size.</strong>");
    /* Ids that links go to are there, once. */
    for (const char *at = html; (at = strstr(at, "<a href=\"#")) != NULL; at++) {
        char id[64];
        const char *name = at + strlen("<a href=\"#");
        snprintf(id, sizeof id, " id=\"%.*s\"", (int)strcspn(name, "\""), name);
        assert_int_equal(occurrences(html, id), 1);
    }
    /* Thirteen charts, wide and narrow, each with a text alternative and its data. */
    assert_int_equal(occurrences(html, "<figure "), 13);
    assert_int_equal(occurrences(html, "<svg xmlns"), 26);
    assert_int_equal(occurrences(html, "role=\"img\""), 26);
    assert_int_equal(occurrences(html, "<summary>Data of this chart</summary>"), 13);
    /* Letters are drawn once, for all charts, and each that is referred to is there. */
    assert_int_equal(occurrences(html, "<symbol"), 0);
    assert_int_equal(occurrences(html, "<svg class=\"letters\""), 1);
    for (const char *at = html; (at = strstr(at, "<use ")) != NULL; at++) {
        char id[64];
        assert_memory_equal(at, "<use href=\"#", 12);
        snprintf(id, sizeof id, " id=\"%.*s\"", (int)strcspn(at + 12, "\""), at + 12);
        has(html, id);
    }
    /* Nothing from outside, nothing that the policy would refuse. */
    assert_int_equal(occurrences(html, "http://") + occurrences(html, "https://"),
                     occurrences(html, "http://www.w3.org/"));
    assert_null(strstr(html, " src="));
    assert_null(strstr(html, " style="));
    assert_null(strstr(html, " onclick"));
    assert_int_equal(occurrences(html, "<script>"), 1);
    assert_int_equal(occurrences(html, "<style>"), 1);

    char *again = exported(report, REPORT_HTML);
    assert_string_equal(html, again);
    free(html);
    free(again);
    report_close(report);
}

/* Claims stand by strike, with what was found; a second finding replaces the first. */
static void test_claims(void **state)
{
    struct report *report = filled(state);
    char *html = exported(report, REPORT_HTML);
    assert_null(strstr(html, "statements of the literature"));
    free(html);
    struct claim_finding finding = {.verdict = CLAIM_DIFFERS,
                                    .figure = "107 cycles",
                                    .rule = "equal",
                                    .measured = "86 cycles",
                                    .reason = "int costs <50> cycles."};
    const struct claim *claim = claim_at(0);
    assert_true(report_add_claim(report, claim, &finding, NULL));
    finding.verdict = CLAIM_NOT_MEASURED;
    assert_true(report_add_claim(report, claim_at(1), &finding, NULL));
    finding.verdict = CLAIM_REPRODUCED;
    assert_true(report_add_claim(report, claim, &finding, NULL));
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM claims"), 2);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM claims WHERE"
                                            " verdict = 'not_measured' AND measured IS"
                                            " NULL AND position = 1"),
                     1);
    html = exported(report, REPORT_HTML);
    has(html, "Of 2 statements of the literature on microkernels 1 were measured: 1 are "
              "reproduced, 0 differ");
    has(html, claim->statement);
    has(html, "int costs &lt;50&gt; cycles.");
    free(html);
    /* New replays do not touch them: they rest on replays of their own. */
    int64_t replay;
    assert_true(report_begin_replay(report, 1, 1, 0, NULL, &replay, NULL));
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM claims"), 2);
    report_close(report);
}

static void test_html_injection(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct machine machine = fixture_machine("<b>old</b>");
    struct fixture_trace trace;
    struct fixture_ledger ledger;
    fixture_trace(&trace, "pingpong", "x", 4);
    trace.info.structure = "</title><script>alert(1)</script>";
    trace.info.scenario = "\"><img src=x onerror=alert(1)>";
    fixture_pingpong(&ledger, 4, 180, 4);
    strcpy(ledger.domains[1][1].name, "<i>ping</i>");
    fixture_replay(report, &trace, &machine, &ledger);
    char *html = exported(report, REPORT_HTML);
    assert_int_equal(occurrences(html, "<script>"), 1);
    assert_null(strstr(html, "<img"));
    assert_null(strstr(html, "<b>"));
    assert_null(strstr(html, "<i>"));
    has(html, "&lt;b&gt;old&lt;/b&gt;");
    free(html);
    char *markdown = exported(report, REPORT_MARKDOWN);
    assert_null(strstr(markdown, "<script"));
    assert_null(strstr(markdown, "<img"));
    free(markdown);
    report_close(report);
}

static void test_html_stamps(void **state)
{
    struct report *report = filled(state);
    struct fixture_trace trace;
    int64_t id, replay;
    fixture_trace(&trace, "pingpong", "l3-small", 128);
    trace.info.lost = 7;
    trace.info.cut_at = 2048;
    assert_true(report_add_trace(report, &trace.info, fixture_domains, FIXTURE_DOMAINS,
                                 &id, NULL));
    assert_true(report_begin_replay(report, id, 1, 0, NULL, &replay, NULL));
    struct machine machine = fixture_machine("dice");
    struct fixture_ledger ledger;
    machine.tlbs[0].replacement = MACHINE_RANDOM;
    fixture_trace(&trace, "pingpong", "l3-small", 4);
    fixture_pingpong(&ledger, 4, 280, 0);
    ledger.ledger.repairs[REPAIR_NESTING] = 5;
    fixture_replay(report, &trace, &machine, &ledger);
    char *html = exported(report, REPORT_HTML);
    has(html, "<p class=\"warning\" role=\"note\">Replacement is random on dice: each "
              "figure is one draw");
    has(html,
        "<p class=\"warning\" role=\"note\">This run ended early. 1 was begun and "
        "never finished, and missing below: replay pingpong, l3-small, 128 pages on "
        "old.</p>");
    has(html,
        "<p class=\"warning\" role=\"note\">Records were lost: 7 in 1 of the traces, "
        "beside 10\u202f000 that are there.");
    has(html, "1 of the traces was cut short");
    has(html,
        "<p class=\"warning\" role=\"note\">Events were out of balance: 5 records of "
        "1 replay were put right before they were charged. By kind: 5 crossings "
        "nested too deeply: the outermost has gone out.</p>");
    free(html);
    /* On each chart of what was put right, and on no other. */
    char *markdown = exported(report, REPORT_MARKDOWN);
    has(markdown, "the machine dice. 1 trace, 1000 records, none lost, 5 PUT RIGHT. "
                  "crossbill");
    has(markdown, "the machine old. 9 traces, 9000 records, none lost. crossbill");
    assert_null(strstr(markdown, "the machine dice. 1 trace, 1000 records, none lost. "));
    free(markdown);
    report_close(report);
}

static void test_empty_report(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    char *html = exported(report, REPORT_HTML);
    has(html, "This report is empty: nothing has been replayed into it yet.");
    assert_null(strstr(html, "<figure"));
    assert_null(strstr(html, "The charge"));
    free(html);
    char *markdown = exported(report, REPORT_MARKDOWN);
    has(markdown, "This report is empty");
    free(markdown);
    report_close(report);
}

static void test_markdown(void **state)
{
    struct report *report = filled(state);
    char *markdown = exported(report, REPORT_MARKDOWN);
    has(markdown, "## Summary\n");
    has(markdown, "* " TURN ".\n");
    has(markdown, "| old | l3-small | 100 | 40 | 111 | 0 | 111 | 111 | 111 |\n");
    /* 360 explicit and 2 * 16 * 9 implicit. */
    has(markdown,
        "| old | l3-large | 16 | 18 | 360 | 288 | 288 | 0 | 648 |\n");
    free(markdown);
    report_close(report);
}

static void test_paper(void **state)
{
    struct report *report = filled(state);
    struct report_bytes paper, again;
    assert_true(report_export(report, REPORT_PAPER, &paper, NULL));
    assert_memory_equal(paper.data, "%PDF-", 5);
    assert_memory_equal(paper.data + paper.size - 6, "%%EOF\n", 6);
    assert_true(report_export(report, REPORT_PAPER, &again, NULL));
    assert_int_equal(paper.size, again.size);
    assert_memory_equal(paper.data, again.data, paper.size);
    free(paper.data);
    free(again.data);
    report_close(report);
}

static void test_folded(void **state)
{
    struct report *report = fixture_open(*state, REPORT_WRITE);
    struct machine machine = fixture_machine("old");
    struct fixture_trace trace;
    struct fixture_ledger ledger;
    fixture_trace(&trace, "pingpong", "l3-large", 16);
    fixture_pingpong(&ledger, 16, 180, 16);
    fixture_charge(&ledger, 2, ACCOUNT_CREDIT_POLICY, 0, -5000, 0);
    fixture_replay(report, &trace, &machine, &ledger);
    char *folded = exported(report, REPORT_FOLDED);
    const char *frames = "old;pingpong (lines=4);l3-large, 16 pages;";
    char expected[1024];
    snprintf(expected, sizeof expected,
             "%skernel;explicit;border 21400000\n%skernel;explicit;kernel path 14600000\n"
             "%sping;work;work 50000000\n%spong;work;work 50000000\n"
             "%spong;implicit;refill after flush 28800000\n",
             frames, frames, frames, frames, frames);
    assert_string_equal(folded, expected);
    free(folded);
    report_close(report);
}

static void test_summary(void **state)
{
    struct report *report = filled(state);
    struct report_bytes bytes;
    assert_true(report_summary(report, &bytes, NULL));
    assert_string_equal(
        bytes.data,
        "Recorded: 9 traces with 9000 records of null, pingpong, in the structures\n"
        "l3-large, l3-small, with domains that touch 1 to 64 pages per visit; no record\n"
        "was lost. Replayed on old (the machine old).\n"
        "old\n"
        "  null call    111 cycles: 107 trap and return, 4 kernel\n"
        "  request      560 cycles in l3-small, 1 page: 560 explicit, 0 implicit\n"
        "               378 cycles in l3-large, 1 page: 360 explicit, 18 implicit\n"
        "  refill       up to 288 cycles a switch (32.0 TLB entries, at 64 pages)\n"
        "  large domain dearer from between 4 and 16 pages on\n");
    free(bytes.data);
    report_close(report);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_charts_of_one_machine),
        TEST(test_charts_of_two_machines),
        TEST(test_equal_cost),
        TEST(test_chart_errors),
        TEST(test_image_formats),
        TEST(test_kept_charts),
        TEST(test_html),
        TEST(test_claims),
        TEST(test_html_injection),
        TEST(test_html_stamps),
        TEST(test_empty_report),
        TEST(test_markdown),
        TEST(test_paper),
        TEST(test_folded),
        TEST(test_summary),
    };
    return cmocka_run_group_tests_name("report_pages", tests, NULL, NULL);
}
