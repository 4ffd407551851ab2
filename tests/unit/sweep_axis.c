/* Axes of a sweep: what VALUES mean, and the sentence for each that mean nothing. */
#include "../test.h"

#include "model/sweep.h"

static void gives(const char *expression, const char *path, const char *expected)
{
    struct sweep_axis axis;
    struct cb_error error;
    char got[1024] = "";
    if (!sweep_axis_parse(&axis, expression, &error))
        fail_msg("%s: %s", expression, error.sentence);
    for (size_t i = 0; i < axis.count; i++) {
        strcat(got, i > 0 ? " " : "");
        strcat(got, axis.values[i]);
    }
    assert_string_equal(axis.path, path);
    assert_string_equal(got, expected);
    sweep_axis_free(&axis);
}

static void refuses(const char *expression, const char *sentence)
{
    struct sweep_axis axis;
    struct cb_error error;
    if (sweep_axis_parse(&axis, expression, &error))
        fail_msg("%s was taken", expression);
    assert_int_equal(error.code, CB_USAGE);
    assert_string_equal(error.source, expression);
    assert_string_equal(error.sentence, sentence);
    assert_null(axis.values);
}

static void test_lists(void **state)
{
    (void)state;
    gives("tlb.tlb.entries=8,16,32", "tlb.tlb.entries", "8 16 32");
    gives("a=true,false", "a", "true false");
    gives("a=16K", "a", "16K");
    gives("a=b=c", "a", "b=c"); /* the first equals sign counts */
    gives("walk=fixed:13,hardware:4", "walk", "fixed:13 hardware:4");
}

static void test_ranges(void **state)
{
    (void)state;
    gives("a=1..4", "a", "1 2 3 4");
    gives("a=7..7", "a", "7");
    gives("a=-2..1", "a", "-2 -1 0 1");
    gives("a=10..50:+10", "a", "10 20 30 40 50");
    gives("a=10..49:+10", "a", "10 20 30 40"); /* no step falls on the end */
    gives("a=8..64:*2", "a", "8 16 32 64");
    gives("a=1..30:*3", "a", "1 3 9 27");
    gives("a=1,8..16:*2,full", "a", "1 8 16 full");
    gives("a=4K..16K:*2", "a", "4096 8192 16384"); /* as a machine's sizes */
    gives("a=1K..3K:+1K", "a", "1024 2048 3072");
    gives("a=1M..2M:*2", "a", "1048576 2097152");
    /* The next value would overflow. */
    gives("a=9223372036854775806..9223372036854775807", "a",
          "9223372036854775806 9223372036854775807");
    gives("a=4611686018427387904..9223372036854775807:*2", "a", "4611686018427387904");
}

static void test_refusals(void **state)
{
    (void)state;
    refuses("", "expected PATH=VALUES");
    refuses("a", "expected PATH=VALUES");
    refuses("=1", "expected PATH=VALUES");
    refuses("a=", "an empty value; expected VALUE,VALUE or a range");
    refuses("a=1,,2", "an empty value; expected VALUE,VALUE or a range");
    refuses("a=1,", "an empty value; expected VALUE,VALUE or a range");
    refuses("a=4..1", "the range \"4..1\" is empty; expected FROM to be at most TO");
    static const char *const endless[] = {"1..4:+0", "1..4:+-1", "1..4:*1",
                                          "1..4:*0", "0..4:*2",  "-1..4:*2"};
    static const char *const malformed[] = {"1..",    "..4",
                                            "1..x",   "1..4:2",
                                            "1..4:",  "1..4x",
                                            "1...4",  "1.5..4",
                                            "1..4:+", "1..99999999999999999999"};
    char expression[64], sentence[256];
    for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
        snprintf(expression, sizeof expression, "a=%s", endless[i]);
        snprintf(sentence, sizeof sentence,
                 "the range \"%s\" does not end; expected a step of at least 1, or a "
                 "factor of at least 2 and a start of at least 1",
                 endless[i]);
        refuses(expression, sentence);
    }
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        snprintf(expression, sizeof expression, "a=%s", malformed[i]);
        snprintf(sentence, sizeof sentence,
                 "\"%s\" is no range; expected FROM..TO, FROM..TO:+STEP or "
                 "FROM..TO:*FACTOR in integers",
                 malformed[i]);
        refuses(expression, sentence);
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct sweep_axis axis;
    struct cb_error error;
    assert_true(sweep_axis_parse(&axis, "a=1..65536", &error));
    assert_int_equal(axis.count, 65536);
    assert_string_equal(axis.values[65535], "65536");
    sweep_axis_free(&axis);
    refuses("a=1..65537",
            "more than 65536 values; expected a shorter list or a larger step");
    refuses("a=1..9223372036854775807",
            "more than 65536 values; expected a shorter list or a larger step");
    char long_path[200];
    memset(long_path, 'p', sizeof long_path);
    strcpy(long_path + 96, "=1");
    refuses(long_path, "the path is longer than any path of a machine");
    long_path[95] = '=';
    strcpy(long_path + 96, "1");
    assert_true(sweep_axis_parse(&axis, long_path, &error));
    sweep_axis_free(&axis);
}

/* The last axis varies fastest. */
static void test_grid(void **state)
{
    (void)state;
    struct sweep_axis axes[2];
    struct cb_error error;
    assert_true(sweep_axis_parse(&axes[0], "a=1..3", &error));
    assert_true(sweep_axis_parse(&axes[1], "b=1..4", &error));
    struct sweep_request request = {.axes = axes, .axis_count = 2};
    assert_int_equal(sweep_points(&request), 12);
    size_t indices[2];
    sweep_point_values(&request, 7, indices); /* 7 = 1 * 4 + 3 */
    assert_int_equal(indices[0], 1);
    assert_int_equal(indices[1], 3);
    sweep_axis_free(&axes[0]);
    sweep_axis_free(&axes[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),    cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_grid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
