/* chart_words.c - the words around the numbers, the same in charts and in sentences. */
#include "chart.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum viz_group chart_group(const char *account_group)
{
    static const enum viz_group groups[GROUPS] = {
        [GROUP_WORK] = VIZ_WORK,         [GROUP_COMPETITION] = VIZ_COMPETITION,
        [GROUP_EXPLICIT] = VIZ_EXPLICIT, [GROUP_IMPLICIT] = VIZ_IMPLICIT,
        [GROUP_IDLE] = VIZ_IDLE,
    };
    for (int g = 0; g < GROUPS; g++)
        if (strcmp(account_group_name((enum account_group)g), account_group) == 0)
            return groups[g];
    return VIZ_IDLE;
}

const char *chart_scenario(struct arena *arena, const char *scenario, const char *variant)
{
    if (variant[0] == '\0')
        return scenario;
    return arena_print(arena, "%s (%s)", scenario, variant);
}

const char *kind_title(const char *kind, const char *scenario)
{
    static const struct {
        const char *kind, *title;
    } titles[] = {
        {"call", "kernel call"},  {"ipc_call", "IPC call"}, {"ipc_reply", "IPC reply"},
        {"ipc_send", "IPC send"}, {"fault", "fault"},       {"interrupt", "interrupt"},
    };
    if (strcmp(kind, "call") == 0 && strcmp(scenario, "null") == 0)
        return "null call";
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (strcmp(titles[i].kind, kind) == 0)
            return titles[i].title;
    return kind;
}

const char *number_text(struct arena *arena, double number, int decimals)
{
    struct text text = {0};
    struct report_bytes bytes;
    text_number(&text, number, decimals, "\u202f");
    if (!text_finish(&text, &bytes, NULL)) {
        arena->failed = true;
        return "";
    }
    const char *copy = arena_print(arena, "%s", bytes.data);
    free(bytes.data);
    return copy;
}

static const char *lost_text(struct arena *arena, double lost)
{
    if (lost == 0)
        return "none lost";
    return arena_print(arena, "%s LOST", number_text(arena, lost, 0));
}

/* What was done to the traces before they could be replayed: "" where nothing was. */
static const char *repaired_text(struct arena *arena, double repaired, double cut)
{
    const char *right = repaired == 0 ? ""
                                      : arena_print(arena, ", %s PUT RIGHT",
                                                    number_text(arena, repaired, 0));
    if (cut == 0)
        return right;
    return arena_print(arena, "%s, %s %s CUT SHORT", right, number_text(arena, cut, 0),
                       cut == 1 ? "trace" : "traces");
}

/* Of the traces that a chart is made from. */
#define TRACES_QUERY                                                                     \
    "SELECT count(*), coalesce(sum(records), 0), coalesce(sum(lost), 0),"                \
    " coalesce(sum(cut_at_byte IS NOT NULL), 0),"                                        \
    " (SELECT coalesce(sum(p.records), 0) FROM repairs p JOIN replays r USING (replay)"  \
    "  WHERE ?2 = 0 AND state = 'done' AND (?1 = 0 OR machine = ?1))"                    \
    " FROM traces WHERE trace IN (SELECT trace FROM replays"                             \
    " WHERE ?2 = 0 AND state = 'done' AND (?1 = 0 OR machine = ?1)"                      \
    " UNION ALL SELECT s.trace FROM sweeps s JOIN sweeps f"                              \
    " ON (f.machine, f.axes) = (s.machine, s.axes) WHERE f.sweep = ?2)"

bool chart_caption(const struct chart_subject *subject, struct drawing *drawing,
                   struct cb_error *error)
{
    struct arena *arena = &drawing->arena;
    struct grid traces, machines;
    if (!grid_load(subject->report, arena, &traces, error, TRACES_QUERY,
                   sql_integer(subject->machine), sql_integer(subject->sweep)) ||
        !grid_load(subject->report, arena, &machines, error,
                   "SELECT group_concat(iif(?1 = 0, label, title || iif(changes = '', '',"
                   " ', but ' || changes)), '; ') FROM"
                   " (SELECT label, title, changes FROM machines JOIN machine_labels"
                   "  USING (machine) WHERE ?1 = 0 OR machine = ?1 ORDER BY label)",
                   sql_integer(subject->machine)))
        return false;
    double count = grid_number(&traces, 0, 0);
    drawing->chart.caption = arena_print(
        arena, "%s. %s %s, %s records, %s%s. crossbill %s", grid_text(&machines, 0, 0),
        number_text(arena, count, 0), count == 1 ? "trace" : "traces",
        number_text(arena, grid_number(&traces, 0, 1), 0),
        lost_text(arena, grid_number(&traces, 0, 2)),
        repaired_text(arena, grid_number(&traces, 0, 4), grid_number(&traces, 0, 3)),
        CROSSBILL_VERSION);
    return true;
}
