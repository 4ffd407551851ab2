/* sample.c - write a report page that has everything: two machines, all charts, a sweep,
 * names that try to be markup. Its figures are made up (see report_fixture.h).
 *
 *   sample PAGE.html */
#include "../unit/report_fixture.h"

static const char *const entries[] = {"16", "32", "64"};
static const char *const policies[] = {"lru", "fifo"};
static const struct report_axis axes[] = {
    {"tlb.tlb.entries", entries, 3},
    {"tlb.tlb.replacement", policies, 2},
};

static void add_sweep(struct report *report)
{
    struct machine machine = fixture_machine("old");
    struct fixture_trace trace;
    struct fixture_ledger ledger;
    int64_t trace_id, machine_id, sweep;
    fixture_trace(&trace, "pingpong", "l3-large", 16);
    assert_true(report_add_trace(report, &trace.info, fixture_domains, FIXTURE_DOMAINS,
                                 &trace_id, NULL));
    assert_true(report_add_machine(report, &machine, &machine_id, NULL));
    assert_true(
        report_begin_sweep(report, trace_id, machine_id, 0, axes, 2, &sweep, NULL));
    for (int point = 0; point < 6; point++) {
        fixture_pingpong(&ledger, 16, 180, point);
        assert_true(
            report_add_point(report, sweep, (uint64_t)point, &ledger.ledger, NULL, NULL));
    }
    assert_true(report_finish_sweep(report, sweep, NULL));
}

static void add_hostile(struct report *report)
{
    struct machine machine = fixture_machine("old");
    struct fixture_trace trace;
    struct fixture_ledger ledger;
    fixture_trace(&trace, "hostile", "x", 4);
    trace.info.structure = "</script><script>document.title='injected'</script>";
    trace.info.scenario = "\"><img src=https://example.com/x onerror=alert(1)>";
    fixture_pingpong(&ledger, 4, 180, 4);
    fixture_replay(report, &trace, &machine, &ledger);
}

static int write_page(const char *path, const struct report_bytes *page)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return 1;
    size_t written = fwrite(page->data, 1, page->size, file);
    return fclose(file) != 0 || written != page->size;
}

int main(int argc, char **argv)
{
    void *state;
    struct report_bytes page;
    struct cb_error error = {0};
    if (argc != 2)
        return 2;
    fixture_setup(&state);
    struct report *report = fixture_open(state, REPORT_WRITE);
    fixture_fill(report, "old");
    fixture_fill(report, "new");
    add_sweep(report);
    add_hostile(report);
    bool ok = report_export(report, REPORT_HTML, &page, &error);
    report_close(report);
    fixture_teardown(&state);
    if (!ok) {
        fprintf(stderr, "%s\n", error.sentence);
        return 1;
    }
    int status = write_page(argv[1], &page);
    free(page.data);
    return status;
}
