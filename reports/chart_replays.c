/* chart_replays.c - which replays have charts of their own: those that were followed over
 * time. Listed are at most two for each machine, those with most lanes, large domains
 * before small ones before the rest; any other can be asked for by its number. */
#include "chart.h"

#include <stdlib.h>
#include <string.h>

#define LISTED_PER_MACHINE "2"

#define REPLAYS_QUERY                                                                    \
    "WITH followed AS (SELECT l.*, count(DISTINCT s.domain) AS lanes FROM replay_list l" \
    " JOIN stretch_spans s ON s.replay = l.replay WHERE l.state = 'done'"                \
    " GROUP BY l.replay),"                                                               \
    " ranked AS (SELECT *, row_number() OVER (PARTITION BY machine_id ORDER BY"          \
    "  lanes DESC, structure <> 'l3-large', structure <> 'l3-small', structure,"         \
    "  pages DESC, replay) AS place FROM followed)"                                      \
    "SELECT machine_id, r.machine, replay, structure, key || '-' || structure ||"        \
    " iif(count(*) OVER (PARTITION BY machine_id, structure) > 1, '-' || replay, '')"    \
    " FROM ranked r JOIN machine_labels n ON n.machine = r.machine_id"                   \
    " WHERE place <= " LISTED_PER_MACHINE " ORDER BY r.machine, place"

bool chart_replays(struct report *report, struct arena *arena, struct grid *grid,
                   struct cb_error *error)
{
    return grid_load_with(report, arena, grid, REPLAYS_QUERY, NULL, 0, error);
}

#define PARTS_QUERY                                                                      \
    "SELECT name FROM (SELECT m.name, m.what, row_number() OVER (PARTITION BY m.what"    \
    "  ORDER BY m.level, m.holds = 'instructions', m.position) AS place"                 \
    " FROM replays r JOIN machine_structures m USING (machine) WHERE r.replay = ?)"      \
    " WHERE place = 1 ORDER BY what DESC LIMIT ?2"

bool chart_parts(struct report *report, struct arena *arena, int64_t replay, bool first,
                 struct grid *grid, struct cb_error *error)
{
    return grid_load(report, arena, grid, error, PARTS_QUERY, sql_integer(replay),
                     sql_integer(first ? 2 : 1));
}

/* ---- any replay, by its number ---- */

static bool is_part(struct report *report, int64_t replay, const char *part)
{
    int64_t count;
    return sql_number(report, NULL, &count, 0,
                      "SELECT count(*) FROM replays r JOIN machine_structures m"
                      " USING (machine) WHERE (r.replay, m.name) = (?, ?)",
                      sql_integer(replay), sql_text(part)) &&
           count > 0;
}

/* "l2", or "l2-trace". */
static bool read_part(struct report *report, struct arena *arena, const char *text,
                      struct chart_subject *subject)
{
    static const char whole[] = "-trace";
    size_t length = strlen(text), tail = sizeof whole - 1;
    subject->whole = length > tail && strcmp(text + length - tail, whole) == 0;
    if (subject->whole)
        length -= tail;
    subject->part = arena_print(arena, "%.*s", (int)length, text);
    return is_part(report, subject->replay, subject->part);
}

static bool read_replay(struct report *report, struct arena *arena, const char *text,
                        struct chart_subject *subject, const char **rest)
{
    char *end;
    struct grid grid;
    if (text[0] < '0' || text[0] > '9')
        return false;
    subject->report = report;
    subject->replay = strtoll(text, &end, 10);
    *rest = end;
    if (!grid_load(report, arena, &grid, NULL,
                   "SELECT machine_id, machine FROM replay_list WHERE replay = ?",
                   sql_integer(subject->replay)) ||
        grid.rows == 0)
        return false;
    subject->machine = (int64_t)grid_number(&grid, 0, 0);
    subject->label = grid_text(&grid, 0, 1);
    return true;
}

bool chart_of_replay(struct report *report, struct arena *arena, const char *name,
                     struct chart_instance *instance)
{
    size_t count;
    const struct chart_kind *kinds = chart_kinds(&count);
    for (size_t k = 0; k < count; k++) {
        size_t length = strlen(kinds[k].name);
        bool of_part = kinds[k].scope == CHART_PER_PART;
        if ((!of_part && kinds[k].scope != CHART_PER_REPLAY) ||
            strncmp(name, kinds[k].name, length) != 0 || name[length] != '-')
            continue;
        *instance = (struct chart_instance){.kind = &kinds[k], .name = name};
        const char *rest;
        if (!read_replay(report, arena, name + length + 1, &instance->subject, &rest))
            return false;
        if (of_part)
            return rest[0] == '-' &&
                   read_part(report, arena, rest + 1, &instance->subject);
        return rest[0] == '\0';
    }
    return false;
}

/* ---- words ---- */

const char *chart_replay_words(const struct chart_subject *subject,
                               struct drawing *drawing, struct cb_error *error)
{
    struct arena *arena = &drawing->arena;
    struct grid grid;
    if (!grid_load(subject->report, arena, &grid, error,
                   "SELECT scenario, variant, structure, pages FROM replay_list"
                   " WHERE replay = ?",
                   sql_integer(subject->replay)))
        return NULL;
    if (grid.rows == 0)
        return "";
    const char *scenario =
        chart_scenario(arena, grid_text(&grid, 0, 0), grid_text(&grid, 0, 1));
    const char *structure = grid_text(&grid, 0, 2);
    if (grid_cell(&grid, 0, 3)->type == CELL_NULL)
        return arena_print(arena, "%s in %s", scenario, structure);
    double pages = grid_number(&grid, 0, 3);
    return arena_print(arena, "%s in %s, %s %s", scenario, structure,
                       number_text(arena, pages, 0), pages == 1 ? "page" : "pages");
}

bool chart_replay_caption(const struct chart_subject *subject, struct drawing *drawing,
                          struct cb_error *error)
{
    struct arena *arena = &drawing->arena;
    struct grid grid;
    const char *words = chart_replay_words(subject, drawing, error);
    if (words == NULL ||
        !grid_load(subject->report, arena, &grid, error,
                   "SELECT m.title || iif(n.changes = '', '', ', but ' || n.changes),"
                   " t.records, t.lost, s.first_record, s.end_record"
                   " FROM replays r JOIN machines m USING (machine)"
                   " JOIN machine_labels n USING (machine) JOIN traces t"
                   " USING (trace) JOIN stretches s USING (replay) WHERE r.replay = ?",
                   sql_integer(subject->replay)))
        return false;
    if (grid.rows == 0)
        return cb_error_set(error, CB_IO,
                            "the report is damaged: a replay has no stretch");
    const char *extent =
        subject->whole ? "all"
                       : arena_print(arena, "%s to %s of",
                                     number_text(arena, grid_number(&grid, 0, 3), 0),
                                     number_text(arena, grid_number(&grid, 0, 4) - 1, 0));
    double lost = grid_number(&grid, 0, 2);
    drawing->chart.caption = arena_print(
        arena, "%s. %s: %s %s records, %s. crossbill %s", grid_text(&grid, 0, 0), words,
        extent, number_text(arena, grid_number(&grid, 0, 1), 0),
        lost == 0 ? "none lost"
                  : arena_print(arena, "%s LOST", number_text(arena, lost, 0)),
        CROSSBILL_VERSION);
    return true;
}
