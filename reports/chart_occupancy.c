/* chart_occupancy.c - who holds a TLB or cache, when: layers of entries by who used them
 * last, domains from the bottom up, the path on top. What is white is empty. */
#include "chart.h"

#include <string.h>

enum { POSITION, WHAT, ENTRIES, SAMPLES, SWITCHES };

#define PART_QUERY                                                                       \
    "SELECT m.position, m.what, m.entries, (SELECT count(*) FROM occupancy_samples s"    \
    "  WHERE (s.replay, s.extent) = (r.replay, ?3)), (SELECT sum(switches_cr3) FROM"     \
    "  stretch_spans p WHERE p.replay = r.replay)"                                       \
    " FROM replays r JOIN machine_structures m USING (machine)"                          \
    " WHERE (r.replay, m.name) = (?1, ?2)"

/* Who has the most of it has a layer; from the twelfth on they share one. */
#define HOLDERS_QUERY                                                                    \
    "SELECT o.holder, coalesce(d.name, iif(o.holder = 33, 'the path', 'others')),"       \
    " o.holder = 33 FROM occupancy o LEFT JOIN domains d USING (domain)"                 \
    " WHERE (o.replay, o.extent, o.position) = (?1, ?2, ?3) GROUP BY o.holder"           \
    " ORDER BY o.holder = 33, o.holder = 32, d.number"

#define HELD_QUERY                                                                       \
    "SELECT s.sample, (s.at_mcycles - first_value(s.at_mcycles) OVER (ORDER BY"          \
    "  s.sample)) / 1000.0, o.holder, o.entries FROM occupancy_samples s"                \
    " LEFT JOIN occupancy o ON (o.replay, o.extent, o.sample, o.position) ="             \
    "  (s.replay, s.extent, s.sample, ?3) WHERE (s.replay, s.extent) = (?1, ?2)"         \
    " ORDER BY s.sample, o.holder"

/* Layer of a holder: its own, or the last but one, which the smaller ones share. */
static size_t layer_of(const struct grid *holders, double holder)
{
    size_t layer = 0;
    while (layer < holders->rows && grid_number(holders, layer, 0) != holder)
        layer++;
    if (holders->rows > VIZ_MAX_SERIES) {
        bool last = layer + 1 == holders->rows;
        if (last)
            return VIZ_MAX_SERIES - 1;
        if (layer >= VIZ_MAX_SERIES - 2)
            return VIZ_MAX_SERIES - 2;
    }
    return layer;
}

static bool make_layers(const struct grid *holders, struct drawing *drawing,
                        double *values[VIZ_MAX_SERIES], size_t points)
{
    struct arena *arena = &drawing->arena;
    struct viz_area *area = &drawing->chart.area;
    struct viz_layer *layers = arena_array(arena, VIZ_MAX_SERIES, struct viz_layer);
    if (layers == NULL)
        return false;
    for (size_t i = 0; i < holders->rows; i++) {
        size_t layer = layer_of(holders, grid_number(holders, i, 0));
        bool shared = layers[layer].name != NULL;
        layers[layer].name = shared ? "others" : grid_text(holders, i, 1);
        layers[layer].kernel = grid_number(holders, i, 2) == 1;
        if (!shared)
            values[layer] = arena_array(arena, points, double);
        if (values[layer] == NULL)
            return false;
        layers[layer].values = values[layer];
        if (layer >= area->layer_count)
            area->layer_count = layer + 1;
    }
    area->layers = layers;
    return true;
}

/* Two samples can be taken at the same moment, just before and after a flush: then the
 * later moves on by the smallest time there is. */
static bool fill(const struct grid *held, const struct grid *holders,
                 struct drawing *drawing, size_t samples)
{
    struct viz_area *area = &drawing->chart.area;
    double *at = arena_array(&drawing->arena, samples + 1, double);
    double *values[VIZ_MAX_SERIES] = {0};
    if (at == NULL || !make_layers(holders, drawing, values, samples))
        return false;
    for (size_t row = 0; row < held->rows; row++) {
        if (row == 0 || !grid_same(held, row, row - 1, 0)) {
            double time = grid_number(held, row, 1);
            size_t n = area->point_count++;
            at[n] = n > 0 && time <= at[n - 1] ? at[n - 1] + 0.001 : time;
        }
        if (grid_cell(held, row, 2)->type == CELL_NULL)
            continue; /* all of it is empty */
        values[layer_of(holders, grid_number(held, row, 2))][area->point_count - 1] +=
            grid_number(held, row, 3);
    }
    area->at = at;
    return true;
}

/* By the time that lies between the samples. */
static double mean_of(const struct viz_area *area, size_t layer)
{
    const double *at = area->at, *values = area->layers[layer].values;
    double sum = 0, all = at[area->point_count - 1] - at[0];
    for (size_t n = 1; n < area->point_count; n++)
        sum += (values[n] + values[n - 1]) / 2 * (at[n] - at[n - 1]);
    return all > 0 ? sum / all : 0;
}

static const char *finding(struct arena *arena, const struct viz_area *area)
{
    const char *sentence = "On average";
    for (size_t i = 0; i < area->layer_count; i++)
        sentence =
            arena_print(arena, "%s%s %s holds %s %%", sentence, i > 0 ? "," : "",
                        area->layers[i].name,
                        number_text(arena, 100 * mean_of(area, i) / area->capacity, 1));
    return sentence;
}

static bool load(const struct chart_subject *subject, struct drawing *drawing,
                 struct grid *part, struct grid *holders, struct grid *held,
                 struct cb_error *error)
{
    struct report *report = subject->report;
    struct arena *arena = &drawing->arena;
    const char *extent = subject->whole ? "trace" : "stretch";
    if (!grid_load(report, arena, part, error, PART_QUERY, sql_integer(subject->replay),
                   sql_text(subject->part), sql_text(extent)))
        return false;
    if (part->rows == 0)
        return true;
    int64_t position = (int64_t)grid_number(part, 0, POSITION);
    return grid_load(report, arena, holders, error, HOLDERS_QUERY,
                     sql_integer(subject->replay), sql_text(extent),
                     sql_integer(position)) &&
           grid_load(report, arena, held, error, HELD_QUERY, sql_integer(subject->replay),
                     sql_text(extent), sql_integer(position));
}

bool chart_occupancy(const struct chart_subject *subject, struct drawing *drawing,
                     struct cb_error *error)
{
    struct arena *arena = &drawing->arena;
    struct grid part = {0}, holders = {0}, held = {0};
    if (!load(subject, drawing, &part, &holders, &held, error))
        return false;
    if (part.rows == 0 || holders.rows == 0 || grid_number(&part, 0, SAMPLES) < 2)
        return true;
    drawing->empty = false;
    bool tlb = strcmp(grid_text(&part, 0, WHAT), "tlb") == 0;
    const char *words = chart_replay_words(subject, drawing, error);
    if (words == NULL)
        return false;
    drawing->chart = (struct viz_chart){
        .kind = VIZ_AREA,
        .title = arena_print(arena, "Who holds the %s of %s: %s", subject->part,
                             subject->label, words),
        .area = {.x = {.label = subject->whole ? "time since the recording began"
                                               : "time since the stretch began",
                       .unit = "cycles"},
                 .y = {.label = "held by who used them last",
                       .unit = tlb ? "entries" : "lines"},
                 .capacity = grid_number(&part, 0, ENTRIES)}};
    if (!fill(&held, &holders, drawing, (size_t)grid_number(&part, 0, SAMPLES)))
        return cb_error_set(error, CB_IO, "out of memory");
    drawing->chart.subtitle = finding(arena, &drawing->chart.area);
    return chart_replay_caption(subject, drawing, error);
}
