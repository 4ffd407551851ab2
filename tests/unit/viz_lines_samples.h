/* Lines, likewise. */
#ifndef CROSSBILL_VIZ_LINES_SAMPLES_H
#define CROSSBILL_VIZ_LINES_SAMPLES_H

#include "viz_bars_samples.h"

static const double pages[] = {2, 4, 8, 16, 32, 48, 64, 96, 128, 256};
static const double small[] = {331, 349, 391, 470, 640, 842, 1130, 1660, 2190, 4410};
static const double large[] = {540, 561, 598, 668, 812, 956, 1101, 1398, 1688, 2870};
static const double replayed_at[] = {2, 8, 32, 64, 256};
static const double replayed_small[] = {330, 388, 655, 1119, 4430};
static const double replayed_large[] = {544, 601, 808, 1097, 2891};
static const char *const errors[] = {"0 %", "−2 %", NULL, "0 %", "−1 %"};
static const struct viz_series sizes[] = {
    {.name = "l3-small, predicted", .x = pages, .y = small, .count = COUNT(pages)},
    {.name = "l3-large, predicted", .x = pages, .y = large, .count = COUNT(pages)},
    {.name = "l3-small, replayed",
     .x = replayed_at,
     .y = replayed_small,
     .count = COUNT(replayed_at),
     .look = VIZ_POINTS,
     .labels = errors,
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

#endif
