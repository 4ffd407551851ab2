/* SQLite without memory, at each of its allocations in turn: the sentence says so,
 * whatever was being read, and what is read is never taken for null, damaged or of
 * another version.
 *
 * One allocation at a time, one in each of FAULTS (MOST) stretches of all. */
#include "report_readers.h"

enum { MOST = 80 };

/* SQLite's allocator is one for the whole process, and gets no pointer of ours. */
static sqlite3_mem_methods real;
static long allocations, failing = -1; /* so far; the one that fails, -1 none */

static bool is_due(void)
{
    return allocations++ == failing;
}

static void *allocate(int size)
{
    return is_due() ? NULL : real.xMalloc(size);
}

static void *reallocate(void *old, int size)
{
    return is_due() ? NULL : real.xRealloc(old, size);
}

/* ---- what is read ---- */

static bool read_nothing(struct report *report, struct report_bytes *bytes,
                         struct cb_error *error)
{
    (void)report;
    (void)bytes;
    (void)error;
    return true;
}

/* ---- each allocation ---- */

static bool read_report(const char *path, reader *read, struct report_bytes *bytes,
                        struct cb_error *error)
{
    *bytes = (struct report_bytes){0};
    *error = (struct cb_error){0};
    struct report *report = report_open(path, REPORT_READ, error);
    bool ok = report != NULL && read(report, bytes, error);
    report_close(report);
    return ok;
}

/* Done as ever, or refused for want of memory. */
static void judge(bool ok, const struct report_bytes *got,
                  const struct report_bytes *wanted, const struct cb_error *error,
                  long number)
{
    static const char why[] = "out of memory";
    size_t size = strlen(error->sentence);
    if (ok && (got->size != wanted->size ||
               (got->size > 0 && memcmp(got->data, wanted->data, got->size) != 0)))
        fail_msg("allocation %ld: another result", number);
    if (!ok && (error->code != CB_IO || size < sizeof why - 1 ||
                strcmp(error->sentence + size - (sizeof why - 1), why) != 0))
        fail_msg("allocation %ld: code %d: %s", number, (int)error->code,
                 error->sentence);
}

static void every_allocation(const char *path, reader *read)
{
    struct report_bytes wanted, got;
    struct cb_error error;
    failing = -1;
    allocations = 0;
    assert_true(read_report(path, read, &wanted, &error));
    long count = allocations;
    long tries = tries_of(count, MOST);
    for (long i = 0; i < tries; i++) {
        failing = i * count / tries + i % (count / tries);
        allocations = 0;
        bool ok = read_report(path, read, &got, &error);
        judge(ok, &got, &wanted, &error, failing);
        free(got.data);
    }
    failing = -1;
    print_message("# %ld allocations, %ld tried\n", count, tries);
    free(wanted.data);
}

static void filled(const struct fixture *fixture)
{
    struct report *report = fixture_open(fixture, REPORT_WRITE);
    fixture_fill(report, "old");
    report_close(report);
}

#define CASE(name)                                                                       \
    static void test_##name(void **state)                                                \
    {                                                                                    \
        const struct fixture *fixture = *state;                                          \
        filled(fixture);                                                                 \
        every_allocation(fixture->path, read_##name);                                    \
    }
CASE(nothing)
CASE(csv)
CASE(json)
CASE(folded)
CASE(markdown)
CASE(chart)

#define TEST(name)                                                                       \
    cmocka_unit_test_setup_teardown(test_##name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(nothing), TEST(csv),      TEST(json),
                                       TEST(folded),  TEST(markdown), TEST(chart)};
    sqlite3_mem_methods counted;
    /* Small allocations from a connection's own store would never fail. */
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
        return 1;
    counted = real;
    counted.xMalloc = allocate;
    counted.xRealloc = reallocate;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &counted) != SQLITE_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
