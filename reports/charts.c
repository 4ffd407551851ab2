/* charts.c - which charts there are, what they are called, and drawing them. */
#include "chart.h"
#include "suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct chart_kind kinds[] = {
    {.name = "crossing-bill",
     .question = "Where do the cycles of a crossing go?",
     .scope = CHART_PER_MACHINE,
     .needs = "a finished replay with border crossings in its measured phase",
     .build = chart_crossing_bill},
    {.name = "domain-size",
     .question = "How does the cost of the boundary grow with the domains?",
     .scope = CHART_PER_MACHINE,
     .needs = "finished replays of requests at two or more domain sizes (knob pages)",
     .build = chart_domain_size},
    {.name = "refill",
     .question = "How much of the TLB does a switch of address space lose?",
     .scope = CHART_PER_MACHINE,
     .needs = "finished replays with CR3 loads at two or more domain sizes (knob pages)",
     .build = chart_refill},
    {.name = "structures",
     .question = "How do the structures compare?",
     .scope = CHART_PER_MACHINE,
     .needs = "finished replays of requests in two or more structures",
     .build = chart_structures},
    {.name = "memory",
     .question = "How many memory cycles does an instruction cost, and whose are they?",
     .scope = CHART_PER_MACHINE,
     .needs = "finished replays with misses in their measured phase",
     .build = chart_memory},
    {.name = "matrix",
     .question = "Which structure wins on which machine?",
     .needs = "finished replays of requests in two or more structures",
     .scope = CHART_OF_ALL,
     .build = chart_matrix},
    {.name = "equal-cost",
     .question = "Is a crossing dear by instructions or by misses?",
     .needs = "finished replays with border crossings in two or more structures on "
              "i486-50",
     .build = chart_equal_cost},
    {.name = "distribution",
     .question = "How much do crossings of a kind differ in cost?",
     .scope = CHART_PER_MACHINE,
     .needs = "a finished replay with calls in its measured phase",
     .build = chart_distribution},
    {.name = "recovery",
     .question = "How soon after a switch is a domain itself again?",
     .scope = CHART_PER_MACHINE,
     .needs = "a finished replay that was followed over time",
     .build = chart_recovery},
    {.name = "timeline",
     .question = "Where is the processor during a request, and when does it refill?",
     .scope = CHART_PER_REPLAY,
     .needs = "a finished replay that was followed over time",
     .build = chart_timeline},
    {.name = "occupancy",
     .question = "Who holds the TLB or cache, when?",
     .scope = CHART_PER_PART,
     .needs = "a finished replay that was followed over time",
     .build = chart_occupancy},
    {.name = "sweep",
     .question = "What does a figure of the machine bring, everything else equal?",
     .needs = "a sweep over one or two axes",
     .scope = CHART_PER_SWEEP,
     .build = chart_sweep},
    {.name = "misses",
     .question = "Which misses does a figure of the machine save, and whose?",
     .needs = "a sweep over one axis of numbers",
     .scope = CHART_PER_SWEEP,
     .build = chart_misses},
    {.name = "closed-form",
     .question = "How good is the closed form, and where is it not?",
     .scope = CHART_PER_MACHINE,
     .needs = "predictions beside replays (crossbill predict --report)",
     .build = chart_closed_form},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

const struct chart_kind *chart_kinds(size_t *count)
{
    *count = KINDS;
    return kinds;
}

/* ---- which of them a report has ---- */

struct list {
    struct arena *arena;
    struct chart_instance *instances;
    size_t count;
};

/* Charts are files by their names, and a scenario's name is whatever its maker likes. */
static const char *plain_name(struct arena *arena, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789._-+";
    char *copy = arena_take(arena, 1, strlen(name) + 1);
    if (copy == NULL)
        return "";
    strcpy(copy, name);
    for (char *at = copy; *(at += strspn(at, plain)) != '\0';)
        *at = '_';
    return copy;
}

static void add_instance(struct list *list, const struct chart_kind *kind,
                         struct chart_subject subject, const char *name)
{
    list->instances[list->count++] = (struct chart_instance){
        .kind = kind, .subject = subject, .name = plain_name(list->arena, name)};
}

static void list_machines(struct list *list, const struct chart_kind *kind,
                          struct report *report, const struct grid *machines)
{
    for (size_t m = 0; m < machines->rows; m++) {
        const char *label = grid_text(machines, m, 1);
        struct chart_subject subject = {.report = report,
                                        .machine = (int64_t)grid_number(machines, m, 0),
                                        .label = label};
        add_instance(list, kind, subject,
                     machines->rows == 1 ? kind->name
                                         : arena_print(list->arena, "%s-%s", kind->name,
                                                       grid_text(machines, m, 2)));
    }
}

static void list_sweeps(struct list *list, const struct chart_kind *kind,
                        struct report *report, const struct grid *sweeps)
{
    for (size_t i = 0; i < sweeps->rows; i++) {
        struct chart_subject subject = {.report = report,
                                        .machine = (int64_t)grid_number(sweeps, i, 0),
                                        .label = grid_text(sweeps, i, 1),
                                        .sweep = (int64_t)grid_number(sweeps, i, 4)};
        add_instance(list, kind, subject,
                     arena_print(list->arena, "%s-%s-%s", kind->name,
                                 grid_text(sweeps, i, 2), grid_text(sweeps, i, 3)));
    }
}

/* Columns of `replays`: as chart_replays() says; its parts, a grid for each. */
static void list_replays(struct list *list, const struct chart_kind *kind,
                         struct report *report, const struct grid *replays,
                         const struct grid *parts)
{
    for (size_t i = 0; i < replays->rows; i++) {
        struct chart_subject subject = {.report = report,
                                        .machine = (int64_t)grid_number(replays, i, 0),
                                        .label = grid_text(replays, i, 1),
                                        .replay = (int64_t)grid_number(replays, i, 2)};
        const char *name = grid_text(replays, i, 4);
        if (kind->scope == CHART_PER_REPLAY)
            add_instance(list, kind, subject,
                         arena_print(list->arena, "%s-%s", kind->name, name));
        for (size_t p = 0; kind->scope == CHART_PER_PART && p < parts[i].rows; p++) {
            subject.part = grid_text(&parts[i], p, 0);
            add_instance(
                list, kind, subject,
                arena_print(list->arena, "%s-%s-%s", kind->name, name, subject.part));
        }
    }
}

/* Columns: machine, its label, its key, a name, the first sweep. Sweeps of one axis that
 * differ in structure and size alone are one row; the name of others has both. */
#define SWEEPS_QUERY                                                                     \
    "SELECT s.machine, l.machine, key, replace(l.varied, ', ', '-') || iif(axis_count >" \
    " 1,"                                                                                \
    "  '-' || l.structure || coalesce('-' || l.pages, ''), '') AS name, min(l.sweep)"    \
    " FROM sweep_list l JOIN sweeps s USING (sweep)"                                     \
    " JOIN machine_labels n ON n.machine = s.machine JOIN (SELECT sweep,"                \
    "  count(*) AS axis_count FROM sweep_axes GROUP BY sweep) USING (sweep)"             \
    " WHERE l.points_done > 0 GROUP BY s.machine, l.scenario, l.variant, l.varied,"      \
    " iif(axis_count > 1, l.sweep, 0) ORDER BY l.machine, name, min(l.sweep)"

#define PARTS_MOST 2 /* a TLB and a cache */

static bool load_replays(struct report *report, struct arena *arena, struct grid *replays,
                         struct grid **parts, struct cb_error *error)
{
    if (!chart_replays(report, arena, replays, error))
        return false;
    *parts = arena_array(arena, replays->rows + 1, struct grid);
    if (*parts == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (size_t i = 0; i < replays->rows; i++)
        if (!chart_parts(report, arena, (int64_t)grid_number(replays, i, 2),
                         i == 0 || !grid_same(replays, i, i - 1, 0), &(*parts)[i], error))
            return false;
    return true;
}

bool chart_list(struct report *report, struct arena *arena,
                struct chart_instance **instances, size_t *count, struct cb_error *error)
{
    struct grid machines, sweeps, replays, *parts = NULL;
    if (!grid_load_with(report, arena, &machines,
                        "SELECT machine, label, key FROM machine_labels WHERE machine IN"
                        " (SELECT machine FROM replays WHERE state = 'done')"
                        " ORDER BY label",
                        NULL, 0, error) ||
        !grid_load_with(report, arena, &sweeps, SWEEPS_QUERY, NULL, 0, error) ||
        !load_replays(report, arena, &replays, &parts, error))
        return false;
    struct list list = {.arena = arena};
    list.instances = arena_array(
        arena, KINDS * (machines.rows + sweeps.rows + PARTS_MOST * replays.rows + 1),
        struct chart_instance);
    if (list.instances == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (size_t k = 0; k < KINDS; k++) {
        size_t before = list.count;
        if (kinds[k].scope == CHART_PER_MACHINE)
            list_machines(&list, &kinds[k], report, &machines);
        else if (kinds[k].scope == CHART_PER_SWEEP)
            list_sweeps(&list, &kinds[k], report, &sweeps);
        else if (kinds[k].scope != CHART_OF_ALL)
            list_replays(&list, &kinds[k], report, &replays, parts);
        if (list.count == before)
            add_instance(&list, &kinds[k],
                         (struct chart_subject){.report = report, .label = ""},
                         kinds[k].name);
    }
    if (arena->failed)
        return cb_error_set(error, CB_IO, "out of memory");
    *instances = list.instances;
    *count = list.count;
    return true;
}

bool chart_build(const struct chart_instance *instance, struct drawing *drawing,
                 struct cb_error *error)
{
    *drawing = (struct drawing){.empty = true};
    if (!instance->kind->build(&instance->subject, drawing, error))
        return false;
    if (drawing->arena.failed)
        return cb_error_set(error, CB_IO, "out of memory");
    return true;
}

bool chart_failed(const struct chart_instance *instance, const char *why,
                  struct cb_error *error)
{
    cb_error_set(error, CB_IO, "the chart %s cannot be drawn: %s", instance->name, why);
    return cb_error_in(error, instance->subject.report->path);
}

/* ---- listing ---- */

const char *report_chart_kind(size_t index)
{
    return index < KINDS ? kinds[index].name : NULL;
}

bool report_charts(struct report *report, struct report_chart **charts, size_t *count,
                   struct cb_error *error)
{
    struct arena arena = {0};
    struct chart_instance *instances;
    struct report_chart *list = NULL;
    bool ok = chart_list(report, &arena, &instances, count, error);
    if (ok && (list = calloc(*count + 1, sizeof *list)) == NULL)
        ok = cb_error_set(error, CB_IO, "out of memory");
    for (size_t i = 0; ok && i < *count; i++) {
        struct drawing drawing;
        ok = chart_build(&instances[i], &drawing, error);
        snprintf(list[i].name, sizeof list[i].name, "%s", instances[i].name);
        list[i].kind = instances[i].kind->name;
        list[i].question = instances[i].kind->question;
        list[i].drawable = ok && !drawing.empty;
        ok = arena_end(&drawing.arena, ok, error);
    }
    ok = arena_end(&arena, ok, error);
    if (ok)
        *charts = list;
    else
        free(list);
    return ok;
}

/* ---- drawing one ---- */

static const struct chart_instance *
find(const char *name, const struct chart_instance *instances, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(instances[i].name, name) == 0)
            return &instances[i];
    for (size_t i = 0; i < count; i++)
        if (strcmp(instances[i].kind->name, name) == 0)
            return &instances[i];
    return NULL;
}

static bool no_such_chart(const char *name, struct arena *arena,
                          const struct chart_instance *instances, size_t count,
                          struct cb_error *error)
{
    const char **names = arena_array(arena, count + 1, const char *);
    const char *closest = NULL;
    for (size_t i = 0; names != NULL && i < count; i++)
        names[i] = instances[i].name;
    if (names != NULL)
        closest = suggest_closest(name, names, count);
    if (closest != NULL)
        return cb_error_set(error, CB_USAGE, "there is no chart '%s'; did you mean '%s'?",
                            name, closest);
    return cb_error_set(error, CB_USAGE, "there is no chart '%s'", name);
}

static bool render(const struct chart_instance *instance, const struct drawing *drawing,
                   enum viz_format format, struct report_bytes *bytes,
                   struct cb_error *error)
{
    char why[256];
    if (!viz_render_memory(&drawing->chart, format, (struct viz_size){0}, &bytes->data,
                           &bytes->size, why, sizeof why))
        return chart_failed(instance, why, error);
    return true;
}

static enum viz_format image_format(enum report_image image)
{
    switch (image) {
    case REPORT_SVG:
        return VIZ_SVG;
    case REPORT_PNG:
        return VIZ_PNG;
    case REPORT_PDF:
        break;
    }
    return VIZ_PDF;
}

bool report_draw_chart(struct report *report, const char *name, enum report_image image,
                       struct report_bytes *bytes, struct cb_error *error)
{
    struct arena arena = {0};
    struct drawing drawing = {0};
    struct chart_instance *instances;
    size_t count;
    bool ok = chart_list(report, &arena, &instances, &count, error);
    const struct chart_instance *instance = ok ? find(name, instances, count) : NULL;
    struct chart_instance asked;
    if (ok && instance == NULL && chart_of_replay(report, &arena, name, &asked))
        instance = &asked;
    if (ok && instance == NULL)
        ok = no_such_chart(name, &arena, instances, count, error);
    if (ok && arena.failed) /* before there is a picture that would be lost */
        ok = cb_error_set(error, CB_IO, "out of memory");
    ok = ok && chart_build(instance, &drawing, error);
    if (ok && drawing.empty) {
        cb_error_set(error, CB_USAGE, "the chart %s needs %s, and this report has none",
                     name, instance->kind->needs);
        ok = cb_error_in(error, report->path);
    }
    ok = ok && render(instance, &drawing, image_format(image), bytes, error);
    ok = arena_end(&drawing.arena, ok, error);
    return arena_end(&arena, ok, error);
}

/* ---- keeping them ---- */

static const char *in_words(struct arena *arena, const struct viz_chart *chart)
{
    if (chart->alt != NULL)
        return chart->alt;
    if (chart->subtitle == NULL)
        return chart->title;
    return arena_print(arena, "%s. %s.", chart->title, chart->subtitle);
}

static bool keep(const struct chart_instance *instance, struct drawing *drawing,
                 struct cb_error *error)
{
    const struct viz_chart *chart = &drawing->chart;
    struct report_bytes svg = {0}, png = {0};
    bool ok = render(instance, drawing, VIZ_SVG, &svg, error) &&
              render(instance, drawing, VIZ_PNG, &png, error) &&
              sql_run(instance->subject.report, error,
                      "INSERT OR REPLACE INTO charts VALUES (?, ?, ?, ?, ?)",
                      sql_text(instance->name), sql_text(chart->title),
                      sql_text(in_words(&drawing->arena, chart)), sql_text(svg.data),
                      sql_blob(png.data, png.size));
    free(svg.data);
    free(png.data);
    return ok;
}

bool report_keep_charts(struct report *report, struct cb_error *error)
{
    struct arena arena = {0};
    struct chart_instance *instances;
    size_t count = 0;
    bool ok = sql_begin(report, error);
    if (!ok)
        return false;
    ok = sql_script(report, "DELETE FROM charts", error) &&
         chart_list(report, &arena, &instances, &count, error);
    for (size_t i = 0; ok && i < count; i++) {
        struct drawing drawing;
        ok = chart_build(&instances[i], &drawing, error) &&
             (drawing.empty || keep(&instances[i], &drawing, error));
        ok = arena_end(&drawing.arena, ok, error);
    }
    return sql_end(report, arena_end(&arena, ok, error), error);
}
