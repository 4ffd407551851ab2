/* What the files hold, and how they come to be there. */
#include "../test.h"

#include <cairo.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "viz_good_charts.h"

static void svg_numbers_are_short(void **state)
{
    (void)state;
    struct viz_chart chart = good_lines();
    char *svg = svg_of(&chart);
    for (const char *path = strstr(svg, " d=\""); path;
         path = strstr(path + 1, " d=\"")) {
        size_t length = strcspn(path + 4, "\"");
        for (size_t i = 0; i + 3 < length; i++) {
            const char *at = path + 4 + i;
            assert_false(at[0] == '.' && strspn(at + 1, "0123456789") > 2);
        }
    }
    free(svg);
}

static void svg_can_stand_in_a_page(void **state)
{
    (void)state;
    struct viz_chart chart = good_bars();
    char *svg = svg_of(&chart);
    assert_int_equal(strncmp(svg, "<svg ", 5), 0);
    assert_non_null(strstr(svg, " role=\"img\" aria-label=\"Bars &amp; more\">"));
    assert_non_null(strstr(svg, "<desc>Two &lt;bars&gt;</desc>"));
    assert_null(strstr(svg, "style="));
    assert_null(strstr(svg, "<script"));
    /* Ids of another chart are others, so that two can stand in one page. */
    const char *id = strstr(svg, " id=\"cb");
    assert_non_null(id);
    char prefix[32] = "";
    memcpy(prefix, id, strlen(" id=\"cb12345678-"));
    struct viz_chart lines = good_lines();
    char *other = svg_of(&lines);
    assert_null(strstr(other, prefix));
    free(other);
    free(svg);
}

static void names_cannot_break_out_of_an_svg(void **state)
{
    (void)state;
    struct viz_chart chart = good_bars();
    chart.title = "\"><script>alert(1)</script>\xff\x01\xef\xbf\xbe";
    chart.alt = "</desc><script>\x1b";
    char *svg = svg_of(&chart);
    assert_null(strstr(svg, "<script"));
    assert_non_null(
        strstr(svg, "&lt;script&gt;alert(1)&lt;/script&gt;\ufffd\ufffd\ufffd\""));
    assert_non_null(strstr(svg, "<desc>&lt;/desc&gt;&lt;script&gt;\ufffd</desc>"));
    free(svg);
}

static void pdf_has_no_date(void **state)
{
    (void)state;
    struct viz_chart chart = good_bars();
    char *bytes;
    size_t count;
    assert_true(viz_render_memory(&chart, VIZ_PDF, (struct viz_size){0}, &bytes, &count,
                                  NULL, 0));
    assert_memory_equal(bytes, "%PDF-", 5);
    assert_null(memmem(bytes, count, "CreationDate", 12));
    assert_null(memmem(bytes, count, "ModDate", 7));
    free(bytes);
}

static void png_has_the_pixels_asked_for(void **state)
{
    (void)state;
    struct viz_chart chart = good_lines();
    char *bytes;
    size_t count;
    struct viz_size size = {.width = 640, .height = 480, .scale = 3};
    assert_true(viz_render_memory(&chart, VIZ_PNG, size, &bytes, &count, NULL, 0));
    /* Width and height follow the signature and the name of the first chunk. */
    static const unsigned char header[] = {0, 0, 7, 128, 0, 0, 5, 160}; /* 1920 x 1440 */
    assert_memory_equal(bytes + 16, header, 8);
    free(bytes);
}

static void a_file_is_replaced_whole_or_not_at_all(void **state)
{
    (void)state;
    char directory[] = "/tmp/viz-XXXXXX", path[64], why[200];
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/chart.svg", directory);
    struct viz_chart chart = good_bars();
    assert_true(viz_render_file(&chart, VIZ_SVG, (struct viz_size){0}, path, why, 200));
    struct stat before, after;
    assert_int_equal(stat(path, &before), 0);
    assert_true(before.st_size > 1000);
    chart.title = NULL;
    assert_false(viz_render_file(&chart, VIZ_SVG, (struct viz_size){0}, path, why, 200));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    chart = good_bars();
    assert_false(viz_render_file(&chart, VIZ_SVG, (struct viz_size){0},
                                 "/no/such/folder/chart.svg", why, 200));
    assert_string_equal(why, "No such file or directory");
    /* Nothing else is left behind: the folder can be removed. */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0);
}

static void links_and_pipes_stay_what_they_are(void **state)
{
    (void)state;
    char directory[] = "/tmp/viz-XXXXXX", file[64], link[64], pipe[64], start[5] = "";
    assert_non_null(mkdtemp(directory));
    snprintf(file, sizeof file, "%s/file", directory);
    snprintf(link, sizeof link, "%s/link", directory);
    snprintf(pipe, sizeof pipe, "%s/pipe", directory);
    struct viz_chart chart = good_bars();
    struct stat what;
    assert_int_equal(close(creat(file, 0600)), 0);
    assert_int_equal(symlink("file", link), 0);
    assert_true(viz_render_file(&chart, VIZ_SVG, (struct viz_size){0}, link, NULL, 0));
    assert_int_equal(lstat(link, &what), 0);
    assert_true(S_ISLNK(what.st_mode));
    assert_int_equal(lstat(file, &what), 0);
    assert_true(what.st_size > 1000);

    assert_int_equal(mkfifo(pipe, 0600), 0);
    int end = open(pipe, O_RDWR | O_NONBLOCK); /* so that neither side waits */
    assert_true(end >= 0);
    assert_true(viz_render_file(&chart, VIZ_SVG, (struct viz_size){0}, pipe, NULL, 0));
    assert_int_equal(read(end, start, 4), 4);
    assert_string_equal(start, "<svg");
    assert_int_equal(lstat(pipe, &what), 0);
    assert_true(S_ISFIFO(what.st_mode));
    close(end);
    char why[200];
    assert_false(viz_render_file(&chart, VIZ_SVG, (struct viz_size){0}, directory, why,
                                 sizeof why));
    assert_string_equal(why, "Is a directory");
    assert_int_equal(unlink(pipe) | unlink(link) | unlink(file) | rmdir(directory), 0);
}

static void a_chart_can_be_drawn_on_another_page(void **state)
{
    (void)state;
    struct viz_chart chart = good_bars();
    struct viz_size size = {.width = 500};
    struct viz_values *values = viz_values(&chart, size, NULL, 0);
    cairo_surface_t *page = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 600, 800);
    cairo_t *cairo = cairo_create(page);
    cairo_translate(cairo, 40, 60);
    double height = 0, x = 0, y = 0;
    assert_true(viz_draw(&chart, size, cairo, &height, NULL, 0));
    assert_true(height == values->height);
    cairo_user_to_device(cairo, &x, &y);
    assert_true(x == 40 && y == 60); /* left as it was */
    /* Paper inside, and still black outside. */
    cairo_surface_flush(page);
    const unsigned char *pixels = cairo_image_surface_get_data(page);
    int stride = cairo_image_surface_get_stride(page);
    assert_int_equal(pixels[62 * stride + 4 * 42], 255);
    assert_int_equal(pixels[58 * stride + 4 * 42], 0);
    assert_int_equal(pixels[62 * stride + 4 * 38], 0);
    cairo_destroy(cairo);
    cairo_surface_destroy(page);
    viz_values_free(values);
}

static void *draw_many(void *context)
{
    (void)context;
    struct viz_chart chart = good_lines();
    char *first = svg_of(&chart);
    for (int i = 0; i < 20; i++) {
        char *again = svg_of(&chart);
        bool same = strcmp(first, again) == 0;
        free(again);
        if (!same) {
            free(first);
            return NULL;
        }
    }
    return first;
}

static void threads_draw_the_same(void **state)
{
    (void)state;
    pthread_t threads[3];
    struct viz_chart chart = good_lines();
    char *alone = svg_of(&chart);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, draw_many, NULL), 0);
    for (int i = 0; i < 3; i++) {
        void *drawn;
        assert_int_equal(pthread_join(threads[i], &drawn), 0);
        assert_non_null(drawn);
        assert_string_equal(drawn, alone);
        free(drawn);
    }
    free(alone);
}

static bool refuse_bytes(void *context, const void *bytes, size_t count)
{
    (void)context;
    (void)bytes;
    (void)count;
    return false;
}

static void a_writer_may_fail(void **state)
{
    (void)state;
    struct viz_chart chart = good_bars();
    char why[200];
    assert_false(viz_render(&chart, VIZ_SVG, (struct viz_size){0}, refuse_bytes, NULL,
                            why, sizeof why));
    assert_string_equal(why, "the chart could not be written");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(svg_numbers_are_short),
        cmocka_unit_test(svg_can_stand_in_a_page),
        cmocka_unit_test(names_cannot_break_out_of_an_svg),
        cmocka_unit_test(pdf_has_no_date),
        cmocka_unit_test(png_has_the_pixels_asked_for),
        cmocka_unit_test(a_file_is_replaced_whole_or_not_at_all),
        cmocka_unit_test(links_and_pipes_stay_what_they_are),
        cmocka_unit_test(a_chart_can_be_drawn_on_another_page),
        cmocka_unit_test(threads_draw_the_same),
        cmocka_unit_test(a_writer_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
