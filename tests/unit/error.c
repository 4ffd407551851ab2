/* The located error: its place is printed in full and never harms a terminal. */
#include "../test.h"
#include "traces/error.h"

static void sets_code_and_sentence(void **state)
{
    (void)state;
    struct cb_error error;
    assert_false(cb_error_set(&error, CB_TRACE, "expected %d, found %d", 3, 4));
    assert_int_equal(error.code, CB_TRACE);
    char text[200];
    cb_error_format(&error, text, sizeof text);
    assert_string_equal(text, "expected 3, found 4");
}

static void formats_every_place(void **state)
{
    (void)state;
    struct cb_error error;
    cb_error_set(&error, CB_TRACE, "bad");
    cb_error_in(&error, "a.xbt");
    cb_error_at_record(&error, 7);
    cb_error_at_byte(&error, 4096);
    char text[200];
    cb_error_format(&error, text, sizeof text);
    assert_string_equal(text, "a.xbt: record 7, byte 4096: bad");

    cb_error_set(&error, CB_USAGE, "bad");
    cb_error_in(&error, "m.json");
    cb_error_at_line(&error, 3, 9);
    cb_error_at_path(&error, "cache.l1d.size");
    cb_error_format(&error, text, sizeof text);
    assert_string_equal(text, "m.json: line 3, column 9, at cache.l1d.size: bad");
}

static void escapes_control_characters(void **state)
{
    (void)state;
    struct cb_error error;
    cb_error_set(&error, CB_IO, "no");
    cb_error_in(&error, "a\x1b[2Jb\n");
    char text[200];
    cb_error_format(&error, text, sizeof text);
    assert_string_equal(text, "a\\x1b[2Jb\\x0a: no");
}

static void is_cut_never_overrun(void **state)
{
    (void)state;
    struct cb_error error;
    char long_name[1000];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    cb_error_set(&error, CB_IO, "%s", long_name);
    cb_error_in(&error, long_name);
    char text[10];
    cb_error_format(&error, text, sizeof text);
    assert_string_equal(text, "xxxxxxxxx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_code_and_sentence),
        cmocka_unit_test(formats_every_place),
        cmocka_unit_test(escapes_control_characters),
        cmocka_unit_test(is_cut_never_overrun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
