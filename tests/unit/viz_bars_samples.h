/* Bars with the data that they are made for, and with data that nobody hopes for. The
 * numbers are made up. */
#ifndef CROSSBILL_VIZ_BARS_SAMPLES_H
#define CROSSBILL_VIZ_BARS_SAMPLES_H

#include <math.h>

#include "viz/viz.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char caption[] =
    "Machine pentium-100 · trace l3-small/domain-size (41 210 337 records, 0 lost) · "
    "crossbill 0.1.0 · first-order model: misses are not overlapped";

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
static const double sort_a[] = {.15, .05}, sort_b[] = {.35, .1};
static const double build_a[] = {.1, .3}, build_b[] = {.4, .31};
static const double copy_a[] = {.2, .2}, copy_b[] = {.3, .15};
static const struct viz_bar benchmarks[] = {
    {"monolithic", "sort", sort_a},   {"mach", "sort", sort_b},
    {"monolithic", "build", build_a}, {"mach", "build", build_b},
    {"monolithic", "copy", copy_a},   {"mach", "copy", copy_b},
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

#endif
