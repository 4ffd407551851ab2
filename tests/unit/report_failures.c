/* No memory for what a report is made of: allocations of the program's own fail one at a
 * time, by turns alone and with all after them. What is said to be done is what it should
 * be; what is not leaves the report as it was.
 *
 * One in each of FAULTS stretches of all, of fewer where each takes long; "each" are all.
 */
#include "failing_memory.h"
#include "report_readers.h"

#include <limits.h>

static const struct fixture *fixture;
static char original[128], shard[128]; /* what the report is at first; another */
static struct report_bytes wanted;     /* what comes out with memory */

static void some_allocations_fail(bool (*run)(struct cb_error *error), long few)
{
    struct cb_error error;
    failing = LONG_MAX; /* counted, and none fails */
    allocations = 0;
    if (!run(&error))
        fail_msg("%s", error.sentence);
    long count = allocations, tries = tries_of(count, few);
    for (long i = 0; i < tries; i++)
        allocation_fails(i * count / tries + i % (count / tries), i % 2 == 0, run);
    print_message("# %ld allocations, %ld tried\n", count, tries);
}

static bool is_wanted(const struct report_bytes *got)
{
    return got->size == wanted.size &&
           (got->size == 0 || memcmp(got->data, wanted.data, got->size) == 0);
}

/* ---- reports ---- */

static void command(const char *format, const char *first, const char *second)
{
    char text[400];
    snprintf(text, sizeof text, format, first, second);
    assert_int_equal(system(text), 0);
}

/* Made by the fixture, which opens it under its own name. */
static void make_report(const char *path, const char *machine)
{
    struct report *report = fixture_open(fixture, REPORT_WRITE);
    fixture_fill(report, machine);
    report_close(report);
    command("mv %s %s", fixture->path, path);
}

static void make_old_report(const char *path)
{
    command("sqlite3 %s <%s", path, "tests/cases/report_version_1.sql");
    command("sqlite3 %s '%s'", path,
            "pragma application_id = 1480739916; pragma user_version = 1");
}

/* ---- what is read ---- */

static reader *reading;

static bool read_report(struct cb_error *error)
{
    struct report_bytes got = {0};
    struct report *report = report_open(original, REPORT_READ, error);
    bool done = report != NULL && reading(report, &got, error);
    report_close(report);
    if (done && wanted.data == NULL) {
        wanted = got;
        return true;
    }
    if (done && !is_wanted(&got))
        fail_msg("allocation %ld: another result", (long)failing);
    free(got.data);
    return done;
}

static void reads(reader *read, long few)
{
    reading = read;
    some_allocations_fail(read_report, few);
    free(wanted.data);
}

#define READS(name, few)                                                                 \
    static void test_##name(void **state)                                                \
    {                                                                                    \
        (void)state;                                                                     \
        make_report(original, "old");                                                    \
        reads(read_##name, few);                                                         \
    }
READS(csv, 60)
READS(json, 60)
READS(folded, 60)
READS(summary, 60)
READS(chart, 40)
READS(charts, 20)
READS(markdown, 5)
READS(html, 5)
READS(paper, 5)

static void test_old(void **state)
{
    (void)state;
    make_old_report(original);
    reads(read_json, 40);
}

/* ---- what is written ---- */

typedef bool writer(struct report *report, struct cb_error *error);
static writer *writing;
static struct report_bytes before;

/* Everything that the report holds; it is sound. */
static struct report_bytes content(void)
{
    struct report_bytes bytes = {0};
    struct cb_error error;
    struct report *report = report_open(fixture->path, REPORT_READ, &error);
    if (report == NULL || !read_json(report, &bytes, &error))
        fail_msg("%s", error.sentence);
    assert_int_equal(fixture_number(report, "SELECT count(*) FROM pragma_integrity_check"
                                            " WHERE integrity_check <> 'ok'"),
                     0);
    report_close(report);
    return bytes;
}

static bool write_report(struct cb_error *error)
{
    command("cp %s %s", original, fixture->path);
    struct report *report = report_open(fixture->path, REPORT_WRITE, error);
    bool done = report != NULL && writing(report, error);
    report_close(report);
    long at = failing;
    failing = -1;
    struct report_bytes now = content();
    if (done && wanted.data == NULL) {
        wanted = now;
        return true;
    }
    if (done && !is_wanted(&now))
        fail_msg("allocation %ld: another result", at);
    if (!done && !is_wanted(&now) && strcmp(now.data, before.data) != 0)
        fail_msg("allocation %ld: half of it is done", at);
    free(now.data);
    return done;
}

static void writes(writer *write, long few)
{
    command("cp %s %s", original, fixture->path);
    before = content();
    writing = write;
    some_allocations_fail(write_report, few);
    free(before.data);
    free(wanted.data);
}

static bool keep_charts(struct report *report, struct cb_error *error)
{
    return report_keep_charts(report, error);
}

/* An old report is brought up to this version as it is opened. */
static bool open_only(struct report *report, struct cb_error *error)
{
    (void)report;
    (void)error;
    return true;
}

static bool merge(struct report *report, struct cb_error *error)
{
    return report_merge(report, shard, error);
}

static void test_kept_charts(void **state)
{
    (void)state;
    make_report(original, "old");
    writes(keep_charts, 4);
}

static void test_upgrade(void **state)
{
    (void)state;
    make_old_report(original);
    writes(open_only, 20);
}

static void test_merge(void **state)
{
    (void)state;
    make_report(original, "old");
    make_report(shard, "new");
    writes(merge, 20);
}

static int set_up(void **state)
{
    fixture_setup(state);
    fixture = *state;
    wanted = (struct report_bytes){0};
    snprintf(original, sizeof original, "%s.original", fixture->path);
    snprintf(shard, sizeof shard, "%s.shard", fixture->path);
    return 0;
}

static int tear_down(void **state)
{
    failing = -1; /* if the test failed */
    unlink(original);
    unlink(shard);
    return fixture_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(html),    TEST(markdown), TEST(json),        TEST(paper),   TEST(folded),
        TEST(csv),     TEST(chart),    TEST(charts),      TEST(summary), TEST(old),
        TEST(upgrade), TEST(merge),    TEST(kept_charts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
