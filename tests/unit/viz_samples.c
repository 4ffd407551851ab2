/* Charts with the data that they are made for, and with data that nobody hopes for: no
 * text lies on another or leaves the page, marks stay on the page, and two renders give
 * the same bytes. With VIZ_SAMPLES=DIR in the environment the pictures are left there,
 * to be looked at. */
#include "../test.h"

#include <math.h>

#include "viz/viz.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char caption[] =
    "Machine pentium-100 · trace l3-small/domain-size (41 210 337 records, 0 lost) · "
    "crossbill 0.1.0 · first-order model: misses are not overlapped";

/* ---- bars ---- */

static const struct viz_segment accounts[] = {
    {"border", VIZ_EXPLICIT},
    {"kernel path", VIZ_EXPLICIT},
    {"thread switch", VIZ_EXPLICIT},
    {"space switch", VIZ_EXPLICIT},
    {"binding", VIZ_EXPLICIT},
    {"path, cold", VIZ_IMPLICIT},
    {"path, refill", VIZ_IMPLICIT},
    {"path, displaced", VIZ_IMPLICIT},
    {"path, own capacity", VIZ_IMPLICIT},
    {"refill after flush", VIZ_IMPLICIT},
    {"displaced", VIZ_IMPLICIT},
    {"credit: shared line", VIZ_IMPLICIT},
    {"credit: policy", VIZ_IMPLICIT},
};

static const double call_bill[] = {107, 15, 0, 0, 0, 3, 12, 9, 0, 0, 14, 0, 0};
static const double ipc_bill[] = {107, 61, 22, 4, 18, 6, 88, 41, 3, 412, 96, 0, 0};
static const double reply_bill[] = {107, 58, 22, 4, 9, 2, 71, 38, 3, 388, 82, -31, -6};
static const double fault_bill[] = {121, 143, 44,  8,   31,  40, 130,
                                    66,  12,  590, 203, -44, 0};
static const double tick_bill[] = {107, 34, 0, 0, 0, 1, 22, 31, 0, 0, 41, 0, 0};

static const struct viz_bar kinds[] = {
    {"null call", NULL, call_bill},       {"IPC call", NULL, ipc_bill},
    {"IPC reply", NULL, reply_bill},      {"page fault", NULL, fault_bill},
    {"timer interrupt", NULL, tick_bill},
};

static const struct viz_reference bound[] = {{.at = 107, .label = "trap + return: 107"}};

static const struct viz_chart bill = {
    .kind = VIZ_BARS,
    .title = "The bill of a crossing, by kind",
    .subtitle = "An IPC costs seven null calls, and most of it is refilling the TLB "
                "after the switch, which nobody sees happen",
    .caption = caption,
    .bars = {.value = {.label = "mean cost of a crossing", .unit = "cycles"},
             .segments = accounts,
             .segment_count = COUNT(accounts),
             .bars = kinds,
             .bar_count = COUNT(kinds),
             .references = bound,
             .reference_count = 1},
};

static const struct viz_chart one_bill = {
    .kind = VIZ_BARS,
    .title = "One IPC call",
    .caption = caption,
    .bars = {.value = {.label = "cost", .unit = "cycles"},
             .segments = accounts,
             .segment_count = COUNT(accounts),
             .bars = &kinds[1],
             .bar_count = 1},
};

static const struct viz_segment three_accounts[] = {
    {"work", VIZ_WORK}, {"explicit", VIZ_EXPLICIT}, {"implicit", VIZ_IMPLICIT}};
static const double share_a[] = {5210, 2120, 1830}, share_b[] = {5210, 2480, 4410};
static const struct viz_bar shares[] = {{"l3-small", NULL, share_a},
                                        {"l3-large", NULL, share_b}};
static const struct viz_chart all_direct = {
    .kind = VIZ_BARS,
    .title = "A request, with segments and with page directories",
    .subtitle = "Segments save the refill",
    .caption = caption,
    .bars = {.value = {.label = "cost of a request", .unit = "cycles"},
             .segments = three_accounts,
             .segment_count = 3,
             .bars = shares,
             .bar_count = 2},
};

static const struct viz_segment sides[] = {{"system cache", VIZ_EXPLICIT},
                                           {"other", VIZ_WORK}};
static const double sed_u[] = {.170, .057}, sed_m[] = {.415, .080};
static const double gcc_u[] = {.130, .304}, gcc_m[] = {.388, .302};
static const double ab_u[] = {.230, .197}, ab_m[] = {.382, .152};
static const struct viz_bar benchmarks[] = {
    {"monolithic", "sed", sed_u}, {"mach", "sed", sed_m},
    {"monolithic", "gcc", gcc_u}, {"mach", "gcc", gcc_m},
    {"monolithic", "ab", ab_u},   {"mach", "ab", ab_m},
};
static const struct viz_chart mcpi = {
    .kind = VIZ_BARS,
    .title = "Memory cycles per instruction",
    .subtitle = "The difference between the systems lies in the system's cache misses",
    .caption = caption,
    .bars = {.value = {.label = "memory cycles per instruction"},
             .segments = sides,
             .segment_count = 2,
             .without_groups = true,
             .bars = benchmarks,
             .bar_count = COUNT(benchmarks)},
};
static const struct viz_chart mcpi_beside = {
    .kind = VIZ_BARS,
    .title = "Memory cycles per instruction, side by side",
    .caption = caption,
    .bars = {.value = {.label = "memory cycles per instruction"},
             .layout = VIZ_SIDE_BY_SIDE,
             .segments = sides,
             .segment_count = 2,
             .without_groups = true,
             .bars = benchmarks,
             .bar_count = COUNT(benchmarks)},
};

static const struct viz_segment every_group[] = {
    {"work", VIZ_WORK},        {"competition", VIZ_COMPETITION},
    {"border", VIZ_EXPLICIT},  {"kernel path", VIZ_EXPLICIT},
    {"refill", VIZ_IMPLICIT},  {"displaced", VIZ_IMPLICIT},
    {"credits", VIZ_IMPLICIT}, {"idle", VIZ_IDLE}};
static const double row_a[] = {9.1e9, 2e8, 1.1e9, 4e8, 7e8, 3e8, 0, 0};
static const double row_b[] = {9.1e9, 2e8, 1.3e9, 6e8, 4.2e9, 9e8, -6e8, 1e9};
static const double row_zero[] = {0, 0, 0, 0, 0, 0, 0, 0};
static const double row_none[] = {NAN, 0, 0, 0, 0, 0, 0, 0};
static const double row_credit[] = {0, 0, 0, 0, 0, 0, -4e8, 0};
static const struct viz_bar twelve[] = {
    {"l3-small", NULL, row_a},
    {"l3-large", NULL, row_b},
    {"mach", NULL, row_b},
    {"spin", NULL, row_a},
    {"exokernel", NULL, row_a},
    {"monolithic", NULL, row_a},
    {"nothing at all", NULL, row_zero},
    {"not measured", NULL, row_none},
    {"credit alone", NULL, row_credit},
    {"<script>alert(\"x\")</script> & a name that goes on and on", NULL, row_a},
    {"\xff\xfe broken \x1b[31m \n\t\xe2\x80\xae reversed", NULL, row_b},
    {"", NULL, row_a},
};
static const struct viz_chart hard_bars = {
    .kind = VIZ_BARS,
    .title = "Twelve rows, some of them hostile: <b>&amp;</b> \x01 and a title so long "
             "that it must be broken into several lines on any page of ordinary width",
    .subtitle = "Zero, none, negative and huge",
    .caption = caption,
    .bars = {.value = {.label = "cost of the run", .unit = "cycles"},
             .segments = every_group,
             .segment_count = COUNT(every_group),
             .bars = twelve,
             .bar_count = COUNT(twelve)},
};

/* ---- lines ---- */

static const double pages[] = {2, 4, 8, 16, 32, 48, 64, 96, 128, 256};
static const double small[] = {331, 349, 391, 470, 640, 842, 1130, 1660, 2190, 4410};
static const double large[] = {540, 561, 598, 668, 812, 956, 1101, 1398, 1688, 2870};
static const double replayed_at[] = {2, 8, 32, 64, 256};
static const double replayed_small[] = {330, 388, 655, 1119, 4430};
static const double replayed_large[] = {544, 601, 808, 1097, 2891};
static const struct viz_series sizes[] = {
    {.name = "l3-small, predicted", .x = pages, .y = small, .count = COUNT(pages)},
    {.name = "l3-large, predicted", .x = pages, .y = large, .count = COUNT(pages)},
    {.name = "l3-small, replayed",
     .x = replayed_at,
     .y = replayed_small,
     .count = COUNT(replayed_at),
     .look = VIZ_POINTS,
     .like = 1},
    {.name = "l3-large, replayed",
     .x = replayed_at,
     .y = replayed_large,
     .count = COUNT(replayed_at),
     .look = VIZ_POINTS,
     .like = 2},
};
static const struct viz_reference limits[] = {
    {.at = 32, .label = "I-TLB reach"}, {.at = 64, .label = "D-TLB reach"},
    {.at = 2, .label = "L1D: 8 KiB"},   {.at = 64, .label = "L2: 256 KiB"},
    {.at = 1e6, .label = "far away"},
};
static const struct viz_crossover turn[] = {
    {.first = 0, .second = 1, .label = "large domains become the cheaper"}};
static const struct viz_chart domain_size = {
    .kind = VIZ_LINES,
    .title = "Cost of an IPC against domain size",
    .subtitle = "Segments win until the domain no longer fits the data TLB",
    .caption = caption,
    .lines = {.x = {.label = "size of the domain", .unit = "pages", .scale = VIZ_LOG2},
              .y = {.label = "cost of a call and its reply", .unit = "cycles"},
              .y_from_zero = true,
              .series = sizes,
              .series_count = COUNT(sizes),
              .references = limits,
              .reference_count = COUNT(limits),
              .crossovers = turn,
              .crossover_count = 1},
};

static const double entries[] = {8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
static const double ratio_work[] = {.31,  .22,  .14,  .08,   .041,
                                    .019, .008, .003, .0011, .0004};
static const double ratio_path[] = {.22,  .19,  .17,  .16,  .15,
                                    .148, .147, .147, .147, .147};
static const double ratio_disp[] = {.12,  .118, .09,   .07,   .03,
                                    .012, .011, .0107, .0104, .0103};
static const double ratio_comp[] = {.12,   .09,   .085,  .05,   .049,
                                    .0119, .0112, .0108, .0104, NAN};
static const double ratio_low[] = {.10,   .08,   .075,  .04,   .039,
                                   .0105, .0101, .0099, .0097, NAN};
static const double ratio_high[] = {.14,   .10,   .095,  .06,   .059,
                                    .0133, .0123, .0117, .0111, NAN};
static const struct viz_series ratios[] = {
    {.name = "work", .x = entries, .y = ratio_work, .count = 10},
    {.name = "refill after flush", .x = entries, .y = ratio_path, .count = 10},
    {.name = "displaced", .x = entries, .y = ratio_disp, .count = 10},
    {.name = "competition (random, 9 seeds)",
     .x = entries,
     .y = ratio_comp,
     .count = 10,
     .low = ratio_low,
     .high = ratio_high,
     .look = VIZ_LINE_AND_POINTS},
};
static const struct viz_reference sizes_of_caches[] = {
    {.at = 64, .label = "Pentium D-TLB"},
    {.at = 96, .label = "Pentium, both TLBs"},
    {.at = 48, .label = "R4000"},
    {.at = 32, .label = "486"},
    {.at = 1536, .label = "Skylake, second level"},
    {.at = 4096, .label = "the largest that was swept"},
    {.at = .05, .label = "1 in 20", .horizontal = true},
};
static const struct viz_chart miss_ratio = {
    .kind = VIZ_LINES,
    .title = "Which TLB is large enough?",
    .subtitle = "Past 128 entries only the refill after a flush is left, and no size "
                "takes that away",
    .caption = caption,
    .lines = {.x = {.label = "D-TLB size", .unit = "entries", .scale = VIZ_LOG2},
              .y = {.label = "misses per access",
                    .scale = VIZ_LOG10,
                    .numbers = VIZ_PERCENT},
              .series = ratios,
              .series_count = COUNT(ratios),
              .references = sizes_of_caches,
              .reference_count = COUNT(sizes_of_caches)},
};

static const double one_x[] = {4096}, one_y[] = {-12.5};
static const struct viz_series one_point[] = {
    {.name = "a single point", .x = one_x, .y = one_y, .count = 1}};
static const struct viz_chart single = {
    .kind = VIZ_LINES,
    .title = "A single point",
    .lines = {.x = {.label = "size", .scale = VIZ_LOG2, .numbers = VIZ_BYTES},
              .y = {.label = "saved", .unit = "cycles"},
              .series = one_point,
              .series_count = 1},
};

static const double many_y[12][3] = {
    {5, 9, 20}, {5, 9, 20.1}, {5, 9, 20.2}, {5, 9, 20.3}, {5, 9, 20.4}, {5, 9, 20.5},
    {4, 8, 0},  {3, 7, 0},    {2, 6, 0},    {1, 5, 0},    {1, 4, 0},    {1, 3, 0}};
static const double many_x[] = {0, 50, 100};
static const struct viz_series many[] = {
    {.name = "series one", .x = many_x, .y = many_y[0], .count = 3},
    {.name = "series two", .x = many_x, .y = many_y[1], .count = 3},
    {.name = "series three", .x = many_x, .y = many_y[2], .count = 3},
    {.name = "series four", .x = many_x, .y = many_y[3], .count = 3},
    {.name = "series five", .x = many_x, .y = many_y[4], .count = 3},
    {.name = "series six, with a very long name that cannot fit",
     .x = many_x,
     .y = many_y[5],
     .count = 3,
     .look = VIZ_STEPS},
    {.name = "series seven", .x = many_x, .y = many_y[6], .count = 3},
    {.name = "series eight",
     .x = many_x,
     .y = many_y[7],
     .count = 3,
     .look = VIZ_LINE_AND_POINTS},
    {.name = "series nine", .x = many_x, .y = many_y[8], .count = 3},
    {.name = "series ten", .x = many_x, .y = many_y[9], .count = 3},
    {.name = "series eleven", .x = many_x, .y = many_y[10], .count = 3},
    {.name = "series twelve", .x = many_x, .y = many_y[11], .count = 3},
};
static const struct viz_crossover meetings[] = {{.first = 6, .second = 7},
                                                {.first = 0, .second = 11}};
static const struct viz_chart crowd = {
    .kind = VIZ_LINES,
    .title = "Twelve series",
    .subtitle = "Six of them end at the same place, and six at another",
    .caption = caption,
    .lines = {.x = {.label = "accesses since the switch"},
              .y = {.label = "extra cycles per access", .unit = "cycles"},
              .series = many,
              .series_count = 12,
              .crossovers = meetings,
              .crossover_count = 2},
};

/* ---- what must hold for each ---- */

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
    static const double widths[] = {320, 400, 700, 760, 1200};
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
                if (!viz_render_memory(samples[i].chart, format, (struct viz_size){0},
                                       &bytes[n], &count[n], why, sizeof why))
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
    return cmocka_run_group_tests(tests, NULL, NULL);
}
