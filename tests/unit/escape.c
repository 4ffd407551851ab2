/* What others wrote, on a terminal and in a line of text. */
#include "../test.h"

#include "traces/escape.h"

static void shows(const char *string, const char *expected)
{
    char text[200];
    assert_int_equal(escape_terminal(text, sizeof text, string), strlen(expected));
    assert_string_equal(text, expected);
}

static void a_terminal_only_shows_it(void **state)
{
    (void)state;
    shows("caf\xc3\xa9 \\ \xf0\x9f\x98\x80", "caf\xc3\xa9 \\ \xf0\x9f\x98\x80");
    shows("\x1b]0;title\x07", "\\x1b]0;title\\x07");
    shows("a\r\n\tb\x7f", "a\\x0d\\x0a\\x09b\\x7f");
    /* C1 controls, as a byte and as UTF-8: CSI. */
    shows("\x9b"
          "2J",
          "\\x9b"
          "2J");
    shows("\xc2\x9b"
          "2J",
          "\\xc2\\x9b"
          "2J");
    /* Overlong ESC, a surrogate, beyond U+10FFFF, cut. */
    shows("\xc0\x9b", "\\xc0\\x9b");
    shows("\xed\xa0\x80", "\\xed\\xa0\\x80");
    shows("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
    shows("\xe2\x82", "\\xe2\\x82");
    /* Writing direction, and a line's end. */
    shows("\xe2\x80\xae"
          "cba",
          "\\xe2\\x80\\xae"
          "cba");
    shows("\xe2\x80\xa8", "\\xe2\\x80\\xa8");
}

static void nothing_is_cut_within(void **state)
{
    (void)state;
    char text[8];
    assert_int_equal(escape_terminal(text, 5, "abc\xc3\xa9"), 3);
    assert_string_equal(text, "abc");
    assert_int_equal(escape_terminal(text, 6, "ab\x1b"), 2);
    assert_string_equal(text, "ab");
    assert_int_equal(escape_terminal(text, 1, "ab"), 0);
    assert_string_equal(text, "");
    assert_int_equal(escape_terminal(NULL, 0, "ab"), 0);
}

static void a_line_comes_back(void **state)
{
    (void)state;
    char line[100], back[100];
    assert_int_equal(escape_line(line, sizeof line, "a\\b\x01\xc3\xa9\n"), 20);
    assert_string_equal(line, "a\\\\b\\x01\\xc3\\xa9\\x0a");
    assert_true(unescape_line(back, sizeof back, line));
    assert_string_equal(back, "a\\b\x01\xc3\xa9\n");
    assert_true(unescape_line(back, sizeof back, "\\xFf"));
    assert_string_equal(back, "\xff");
}

static void a_bad_line_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"\\",    "\\y",   "\\x",   "\\x1",
                                      "\\x1g", "\\x00", "a\\x 1"};
    char back[8];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(unescape_line(back, sizeof back, bad[i]));
    assert_true(unescape_line(back, sizeof back, "1234567"));
    assert_false(unescape_line(back, sizeof back, "12345678"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_only_shows_it),
        cmocka_unit_test(nothing_is_cut_within),
        cmocka_unit_test(a_line_comes_back),
        cmocka_unit_test(a_bad_line_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
