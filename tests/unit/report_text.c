/* What leaves the report as text: each target's escaping, and numbers. */
#include "../test.h"

#include "reports/text.h"

#include <math.h>

static void expect(struct text *text, const char *expected)
{
    struct report_bytes bytes;
    assert_true(text_finish(text, &bytes, NULL));
    assert_string_equal(bytes.data, expected);
    assert_int_equal(bytes.size, strlen(expected));
    free(bytes.data);
}

static void check(void (*escape)(struct text *, const char *), const char *string,
                  const char *expected)
{
    struct text text = {0};
    escape(&text, string);
    expect(&text, expected);
}

static void test_markup(void **state)
{
    (void)state;
    check(text_markup, "plain \xc3\xa9 text", "plain \xc3\xa9 text");
    check(text_markup, "</svg><script>alert('1' & \"2\")</script>",
          "&lt;/svg&gt;&lt;script&gt;alert(&#39;1&#39; &amp; "
          "&quot;2&quot;)&lt;/script&gt;");
    check(text_markup, "a\x01\x7f\xff", "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    /* Overlong '<', a surrogate, and a sequence cut by the end of the string. */
    check(text_markup, "\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd");
    check(text_markup, "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    check(text_markup, "x\xe2\x82", "x\xef\xbf\xbd\xef\xbf\xbd");
    check(text_markup, "", "");
}

static void test_csv(void **state)
{
    (void)state;
    check(text_csv, "ping-pong", "ping-pong");
    check(text_csv, "a,b", "\"a,b\"");
    check(text_csv, "say \"hi\"", "\"say \"\"hi\"\"\"");
    check(text_csv, "two\nlines", "\"two\nlines\"");
    check(text_csv, " padded ", "\" padded \"");
    /* Negative numbers stay numbers; anything else that starts like a formula does not
     * start like one any more. */
    check(text_csv, "-12.5", "-12.5");
    check(text_csv, "+1e3", "+1e3");
    check(text_csv, "=1+1", "\"'=1+1\"");
    check(text_csv, "-1+cmd|' /C calc'!A0", "\"'-1+cmd|' /C calc'!A0\"");
    check(text_csv, "@SUM(A1)", "\"'@SUM(A1)\"");
    check(text_csv, "\t=1", "\"'\t=1\"");
    check(text_csv, "-", "\"'-\"");
    check(text_csv,
          "\xef\xbc\x9d"
          "1",
          "\"'\xef\xbc\x9d"
          "1\""); /* a wide = */
    check(text_csv, "bad\x02", "bad\xef\xbf\xbd");
}

static void test_json(void **state)
{
    (void)state;
    check(text_json, "l3-small", "\"l3-small\"");
    check(text_json, "a\"b\\c\n\t\r", "\"a\\\"b\\\\c\\n\\t\\u000d\"");
    check(text_json, "</script><!--", "\"\\u003c/script\\u003e\\u003c!--\"");
    check(text_json, "\xe2\x80\xa8", "\"\\u2028\"");
    check(text_json, "\x80", "\"\xef\xbf\xbd\"");
}

static void test_markdown(void **state)
{
    (void)state;
    check(text_markdown, "l3-small", "l3-small");
    check(text_markdown, "a|b\nc", "a\\|b c");
    check(text_markdown, "[x](http://y) *z* <b>", "\\[x\\](http://y) \\*z\\* &lt;b&gt;");
    check(text_markdown, "- item", "\\- item");
    check(text_markdown, "# head", "\\# head");
    check(text_markdown, "12. item", "12\\. item");
    check(text_markdown, "12.\titem", "12\\. item");
    check(text_markdown, "12)", "12\\)");
    check(text_markdown, "12.5 cycles", "12.5 cycles");
}

static void test_folded(void **state)
{
    (void)state;
    check(text_folded, "a b;c\n", "a b_c_");
    check(text_folded, "\x7f\xff", "\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_terminal(void **state)
{
    (void)state;
    check(text_terminal, "caf\xc3\xa9\x1b[2J", "caf\xc3\xa9\\x1b[2J");
}

static void check_number(double number, int decimals, const char *expected)
{
    struct text text = {0};
    text_number(&text, number, decimals, ",");
    expect(&text, expected);
}

static void test_numbers(void **state)
{
    (void)state;
    check_number(111, 0, "111");
    check_number(9999, 1, "9999.0");
    check_number(12345.64, 1, "12,345.6");
    check_number(-1234567, 0,
                 "\xe2\x88\x92"
                 "1,234,567");
    check_number(-0.01, 1, "0.0");
    check_number(NAN, 1, "\xe2\x80\x93");
}

static void test_reals(void **state)
{
    (void)state;
    struct text text = {0};
    text_real(&text, 0.1);
    text_add(&text, " ");
    text_real(&text, 1000);
    text_add(&text, " ");
    text_real(&text, 1.0 / 3);
    text_add(&text, " ");
    text_real(&text, 1e300);
    text_add(&text, " ");
    text_real(&text, INFINITY);
    expect(&text, "0.1 1000 0.3333333333333333 1e+300 null");
}

static void test_growth(void **state)
{
    (void)state;
    struct text text = {0};
    for (int i = 0; i < 3000; i++)
        text_format(&text, "%s", "abc");
    assert_int_equal(text.size, 9000);
    assert_memory_equal(text.data + 8997, "abc", 4);
    text_drop(&text);
    assert_null(text.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markup),  cmocka_unit_test(test_csv),
        cmocka_unit_test(test_json),    cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_reals),
        cmocka_unit_test(test_folded),  cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_growth),
    };
    return cmocka_run_group_tests_name("report_text", tests, NULL, NULL);
}
