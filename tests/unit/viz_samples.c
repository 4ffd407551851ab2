/* Charts with the data that they are made for, and with data that nobody hopes for: no
 * text lies on another or leaves the page, marks stay on the page, and two renders give
 * the same bytes. With VIZ_SAMPLES=DIR in the environment the pictures are left there,
 * to be looked at. */
#include "../test.h"

#include <math.h>

#include "viz_lines_samples.h"
#include "viz_other_samples.h"

static const struct sample {
    const char *name;
    const struct viz_chart *chart;
} samples[] = {
    {"bill", &bill},
    {"one-bill", &one_bill},
    {"all-direct", &all_direct},
    {"mcpi", &mcpi},
    {"mcpi-beside", &mcpi_beside},
    {"hard-bars", &hard_bars},
    {"domain-size", &domain_size},
    {"miss-ratio", &miss_ratio},
    {"single", &single},
    {"crowd", &crowd},
    {"knobs", &knobs},
    {"matrix", &matrix},
    {"fine-grid", &fine_grid},
    {"occupancy", &occupancy},
    {"lanes", &lanes_chart},
    {"long-lanes", &long_lanes},
    {"histogram", &histogram},
    {"histogram-of-one", &histogram_of_one},
    {"ecdf", &ecdf},
    {"ecdf-of-one", &ecdf_of_one},
};

static bool inside_page(const struct viz_values *values, double x, double y, double w,
                        double h)
{
    return x >= -0.01 && y >= -0.01 && x + w <= values->width + 0.01 &&
           y + h <= values->height + 0.01;
}

static void texts_lie_apart(const struct sample *sample, struct viz_size size)
{
    char why[200];
    struct viz_values *values = viz_values(sample->chart, size, why, sizeof why);
    if (!values)
        fail_msg("%s: %s", sample->name, why);
    for (size_t i = 0; i < values->text_count; i++) {
        const struct viz_text_box *a = &values->texts[i];
        if (!inside_page(values, a->x, a->y, a->w, a->h))
            fail_msg("%s at %g: \"%s\" leaves the page", sample->name, size.width,
                     a->text);
        for (size_t j = 0; j < i; j++) {
            const struct viz_text_box *b = &values->texts[j];
            if (a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h &&
                b->y < a->y + a->h)
                fail_msg("%s at %g: \"%s\" lies on \"%s\"", sample->name, size.width,
                         a->text, b->text);
        }
    }
    for (size_t i = 0; i < values->mark_count; i++) {
        const struct viz_mark *mark = &values->marks[i];
        assert_true(isfinite(mark->x) && isfinite(mark->y));
        assert_true(mark->w >= 0 && mark->h >= 0);
        assert_non_null(mark->label);
        assert_non_null(mark->text);
    }
    assert_true(values->mark_count > 0);
    assert_true(values->row_count > 0);
    viz_values_free(values);
}

static void no_text_lies_on_another(void **state)
{
    (void)state;
    static const double widths[] = {320, 420, 700, 1200};
    for (size_t i = 0; i < COUNT(samples); i++)
        for (size_t w = 0; w < COUNT(widths); w++)
            texts_lie_apart(&samples[i], (struct viz_size){.width = widths[w]});
}

static void two_renders_give_the_same_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++)
        for (enum viz_format format = VIZ_SVG; format <= VIZ_PDF; format++) {
            char *bytes[2], why[200];
            size_t count[2];
            for (int n = 0; n < 2; n++)
                if (!viz_render_memory(samples[i].chart, format,
                                       (struct viz_size){.scale = 1}, &bytes[n],
                                       &count[n], why, sizeof why))
                    fail_msg("%s: %s", samples[i].name, why);
            assert_int_equal(count[0], count[1]);
            assert_memory_equal(bytes[0], bytes[1], count[0]);
            free(bytes[0]);
            free(bytes[1]);
        }
}

static void leave_samples(void **state)
{
    (void)state;
    static const char *const endings[] = {"svg", "png", "pdf"};
    const char *directory = getenv("VIZ_SAMPLES");
    if (!directory)
        return;
    for (size_t i = 0; i < COUNT(samples); i++)
        for (enum viz_format format = VIZ_SVG; format <= VIZ_PDF; format++) {
            char path[300], why[200];
            snprintf(path, sizeof path, "%s/%s.%s", directory, samples[i].name,
                     endings[format]);
            if (!viz_render_file(samples[i].chart, format,
                                 (struct viz_size){.width = 700}, path, why, sizeof why))
                fail_msg("%s: %s", path, why);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_lies_on_another),
        cmocka_unit_test(two_renders_give_the_same_bytes),
        cmocka_unit_test(leave_samples),
    };
    fill_samples();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
