/* Heatmaps, areas, timelines and distributions, likewise; the long ones are computed. */
#ifndef CROSSBILL_VIZ_OTHER_SAMPLES_H
#define CROSSBILL_VIZ_OTHER_SAMPLES_H

#include <stdint.h>

#include "viz_bars_samples.h"

/* Marsaglia's xorshift: the same numbers on every machine. */
static inline double next_number(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state / 4294967296.0;
}

/* ---- heatmaps ---- */

static const char *const entry_names[] = {"16", "32", "64", "128", "256", "512"};
static const char *const way_names[] = {"1", "2", "4", "8", "full"};
static const double knob_values[] = {
    2210, 1830, 1520,   1204, 1101, 1090, 2150, 1710, 1391, 1130,
    1052, 1049, 2125,   1650, 1280, 1066, 1031, 1030, 2118, 1630,
    1251, 1048, 1027.5, 1027, 2115, 1622, 1244, 1041, 1027, NAN,
};
static const struct viz_chart knobs = {
    .kind = VIZ_HEATMAP,
    .title = "Cost of an IPC by geometry of the D-TLB",
    .subtitle = "Past 128 entries neither knob is worth turning",
    .caption = caption,
    .heatmap = {.x_label = "entries",
                .y_label = "ways",
                .value = {.label = "cost of a call and its reply", .unit = "cycles"},
                .columns = entry_names,
                .column_count = COUNT(entry_names),
                .rows = way_names,
                .row_count = COUNT(way_names),
                .values = knob_values,
                .best = VIZ_LEAST_OF_ALL},
};

static const char *const machine_names[] = {"i486-50",     "pentium-100", "mips-r4000",
                                            "alpha-21064", "powerpc-601", "skylake"};
static const char *const structure_names[] = {
    "l3-small",
    "l3-large",
    "mach",
    "spin",
    "exokernel",
    "monolithic",
    "a structure <with> a long & \"hostile\" name"};
static const double matrix_values[] = {
    640,  331,  512,  720,  290, 210, 520, 540, 410, 690, 350, 305, 5210, 4800,
    3900, 4410, 4012, 1903, 700, 410, 390, 520, 380, 201, 480, 302, 270,  410,
    300,  190,  410,  300,  280, 420, 310, 195, NAN, NAN, NAN, 1e4, 2e5,  NAN};
static const struct viz_chart matrix = {
    .kind = VIZ_HEATMAP,
    .title = "Which construction wins where?",
    .subtitle = "Efficient construction is specific to the processor",
    .caption = caption,
    .heatmap = {.x_label = "machine",
                .y_label = "structure",
                .value = {.label = "cost of a request beyond its work",
                          .unit = "cycles",
                          .scale = VIZ_LOG10},
                .columns = machine_names,
                .column_count = COUNT(machine_names),
                .rows = structure_names,
                .row_count = COUNT(structure_names),
                .values = matrix_values,
                .best = VIZ_LEAST_IN_COLUMN},
};

#define FINE 48
static char fine_text[FINE][8];
static const char *fine_names[FINE];
static double fine_values[FINE * FINE];
static const struct viz_chart fine_grid = {
    .kind = VIZ_HEATMAP,
    .title = "A fine grid",
    .caption = caption,
    .heatmap = {.x_label = "pages of the client",
                .y_label = "pages of the server",
                .value = {.label = "refills", .unit = "entries"},
                .columns = fine_names,
                .column_count = FINE,
                .rows = fine_names,
                .row_count = FINE,
                .values = fine_values},
};

/* ---- area ---- */

#define MOMENTS 120
static double moment[MOMENTS], held[5][MOMENTS];
static const struct viz_layer layers[] = {{"kernel", held[0], true},
                                          {"application", held[1], false},
                                          {"file server", held[2], false},
                                          {"storage server", held[3], false},
                                          {"pager", held[4], false}};
static const struct viz_chart occupancy = {
    .kind = VIZ_AREA,
    .title = "Who holds the data TLB?",
    .subtitle = "Every switch empties it; the application needs most of its turn to get "
                "its entries back",
    .caption = caption,
    .area = {.x = {.label = "time", .unit = "cycles"},
             .y = {.label = "held in the D-TLB", .unit = "entries"},
             .at = moment,
             .point_count = MOMENTS,
             .layers = layers,
             .layer_count = COUNT(layers),
             .capacity = 64},
};

/* ---- timeline ---- */

static const struct viz_lane lanes[] = {{"application", false},
                                        {"file server", false},
                                        {"storage server", false},
                                        {"kernel", true}};
static const struct viz_span spans[] = {
    {0, 0, 900},     {3, 900, 1080},  {1, 1080, 1700}, {3, 1700, 1890}, {2, 1890, 3100},
    {3, 3100, 3270}, {1, 3270, 3900}, {3, 3900, 4080}, {0, 4080, 5600}};
static const struct viz_edge edges[] = {
    {900, 0, 3, "call"},   {1080, 3, 1, NULL}, {1700, 1, 3, "call"},  {1890, 3, 2, NULL},
    {3100, 2, 3, "reply"}, {3270, 3, 1, NULL}, {3900, 1, 3, "reply"}, {4080, 3, 0, NULL}};
static const struct viz_burst bursts[] = {{3, 910, 6},   {1, 1090, 14}, {1, 1200, 5},
                                          {3, 1710, 3},  {2, 1900, 22}, {2, 2200, 8},
                                          {3, 3110, 4},  {1, 3290, 12}, {3, 3910, 3},
                                          {0, 4090, 28}, {0, 4300, 11}, {0, 4800, 2}};
static const struct viz_chart lanes_chart = {
    .kind = VIZ_TIMELINE,
    .title = "One read, through two servers",
    .subtitle = "The application pays for the switch after it is over",
    .caption = caption,
    .timeline = {.time = {.label = "time", .unit = "cycles"},
                 .lanes = lanes,
                 .lane_count = COUNT(lanes),
                 .spans = spans,
                 .span_count = COUNT(spans),
                 .edges = edges,
                 .edge_count = COUNT(edges),
                 .bursts = bursts,
                 .burst_count = COUNT(bursts),
                 .burst_label = "TLB entries refilled"},
};

#define TURNS 3000
static struct viz_span long_spans[TURNS];
static struct viz_edge long_edges[TURNS];
static struct viz_burst long_bursts[TURNS];
static const struct viz_chart long_lanes = {
    .kind = VIZ_TIMELINE,
    .title = "Three thousand turns",
    .caption = caption,
    .timeline = {.time = {.label = "time", .unit = "cycles"},
                 .lanes = lanes,
                 .lane_count = COUNT(lanes),
                 .spans = long_spans,
                 .span_count = TURNS,
                 .edges = long_edges,
                 .edge_count = TURNS,
                 .bursts = long_bursts,
                 .burst_count = TURNS,
                 .burst_label = "TLB entries refilled"},
};

/* ---- distributions ---- */

#define DRAWS 4000
static double drawn[3][DRAWS];
static const struct viz_sample drawn_samples[] = {
    {.name = "null call", .values = drawn[0], .count = DRAWS},
    {.name = "IPC call", .values = drawn[1], .count = DRAWS},
    {.name = "page fault", .values = drawn[2], .count = DRAWS},
};
static const double cold_costs[] = {123, 180, 432}, cold_counts[] = {9100, 880, 20};
static const struct viz_sample counted_sample = {
    .name = "null call", .values = cold_costs, .counts = cold_counts, .count = 3};
static const struct viz_chart histogram = {
    .kind = VIZ_DISTRIBUTION,
    .title = "What crossings cost",
    .subtitle = "The mean hides two populations: warm calls and those after a flush",
    .caption = caption,
    .distribution = {.x = {.label = "cost of a crossing",
                           .unit = "cycles",
                           .scale = VIZ_LOG2},
                     .samples = drawn_samples,
                     .sample_count = COUNT(drawn_samples)},
};
static const struct viz_chart histogram_of_one = {
    .kind = VIZ_DISTRIBUTION,
    .title = "What a null call costs",
    .caption = caption,
    .distribution = {.x = {.label = "cost of a crossing", .unit = "cycles"},
                     .samples = &counted_sample,
                     .sample_count = 1},
};
static const struct viz_chart ecdf = {
    .kind = VIZ_DISTRIBUTION,
    .title = "What crossings cost, cumulated",
    .caption = caption,
    .distribution = {.x = {.label = "cost of a crossing",
                           .unit = "cycles",
                           .scale = VIZ_LOG2},
                     .look = VIZ_ECDF,
                     .samples = drawn_samples,
                     .sample_count = COUNT(drawn_samples)},
};
static const struct viz_chart ecdf_of_one = {
    .kind = VIZ_DISTRIBUTION,
    .title = "What an IPC call costs, cumulated",
    .caption = caption,
    .distribution = {.x = {.label = "cost of a crossing", .unit = "cycles"},
                     .look = VIZ_ECDF,
                     .samples = &drawn_samples[1],
                     .sample_count = 1},
};

/* ---- what is computed ---- */

static inline void fill_grid(void)
{
    for (int i = 0; i < FINE; i++) {
        snprintf(fine_text[i], sizeof fine_text[i], "%d", 2 * i + 2);
        fine_names[i] = fine_text[i];
        for (int j = 0; j < FINE; j++)
            fine_values[i * FINE + j] = fmin(64, 2 * i + 2) + fmin(64, 2 * j + 2);
    }
}

/* Each domain in turn takes entries until the TLB is full, then a switch empties it. */
static inline void fill_occupancy(void)
{
    for (int n = 0; n < MOMENTS; n++) {
        int since = n % 24, who = 1 + n / 24 % 4;
        moment[n] = n * 250;
        for (int i = 0; i < 5; i++)
            held[i][n] = 0;
        held[0][n] = fmin(6, since + 1);
        held[who][n] = fmin(64 - held[0][n], since * (who == 1 ? 5 : 2));
    }
}

static inline void fill_turns(void)
{
    uint32_t state = 1;
    double at = 0;
    for (size_t i = 0; i < TURNS; i++) {
        size_t lane = i % 2 ? 3 : (size_t)(next_number(&state) * 3), before = 3;
        if (i > 0)
            before = long_spans[i - 1].lane;
        double length = i % 2 ? 150 : 400 + 3000 * next_number(&state);
        long_spans[i] = (struct viz_span){lane, at, at + length};
        long_edges[i] = (struct viz_edge){at, before, lane, "call"};
        long_bursts[i] = (struct viz_burst){lane, at, 1 + 27 * next_number(&state)};
        at += length;
    }
}

static inline void fill_draws(void)
{
    uint32_t state = 7;
    for (size_t i = 0; i < DRAWS; i++) {
        double a = next_number(&state), b = next_number(&state);
        drawn[0][i] = floor(122 + (a < 0.1 ? 57 * b : 3 * b));
        drawn[1][i] = floor(420 + 90 * (a + b) + (a > 0.7 ? 400 : 0));
        drawn[2][i] = floor(900 + 500 * a / (0.1 + b));
    }
}

static inline void fill_samples(void)
{
    fill_grid();
    fill_occupancy();
    fill_turns();
    fill_draws();
}

#endif
