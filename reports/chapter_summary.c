/* chapter_summary.c - what was recorded, on which machine, what dominates, where it
 * turns; and what limits all of it. */
#include "document.h"

#include <string.h>

static const char *plural(double count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

/* ---- warnings ---- */

static bool warn_unfinished(struct document *document, struct cb_error *error)
{
    struct grid grid;
    if (!grid_load_with(document->report, &document->arena, &grid,
                        "SELECT count(*), group_concat(what || ' ' || name, '; ')"
                        " FROM unfinished",
                        NULL, 0, error))
        return false;
    double count = grid_number(&grid, 0, 0);
    if (count > 0)
        document_print(
            document, BLOCK_WARNING,
            "This run ended early. %s %s begun and never finished, and missing "
            "below: %s.",
            number_text(&document->arena, count, 0), plural(count, "was", "were"),
            grid_text(&grid, 0, 1));
    return true;
}

static bool warn_traces(struct document *document, struct cb_error *error)
{
    struct grid grid;
    if (!grid_load_with(document->report, &document->arena, &grid,
                        "SELECT sum(lost), sum(records), sum(lost > 0),"
                        " sum(cut_at_byte IS NOT NULL) FROM traces",
                        NULL, 0, error))
        return false;
    struct arena *arena = &document->arena;
    if (grid_number(&grid, 0, 0) > 0)
        document_print(document, BLOCK_WARNING,
                       "Records were lost: %s in %s of the traces, beside %s that are "
                       "there. What follows counts only the latter.",
                       number_text(arena, grid_number(&grid, 0, 0), 0),
                       number_text(arena, grid_number(&grid, 0, 2), 0),
                       number_text(arena, grid_number(&grid, 0, 1), 0));
    if (grid_number(&grid, 0, 3) > 0)
        document_print(document, BLOCK_WARNING,
                       "%s of the traces %s cut short: replayed up to the last whole "
                       "block.",
                       number_text(arena, grid_number(&grid, 0, 3), 0),
                       plural(grid_number(&grid, 0, 3), "was", "were"));
    return true;
}

static bool warn_repaired(struct document *document, struct cb_error *error)
{
    struct grid grid;
    if (!grid_load_with(
            document->report, &document->arena, &grid,
            "SELECT sum(records), count(*), (SELECT group_concat(title, '; ')"
            " FROM (SELECT sum(records) || ' ' || title AS title FROM repaired"
            "  GROUP BY repair ORDER BY repair)) FROM"
            " (SELECT sum(records) AS records FROM repaired GROUP BY replay)",
            NULL, 0, error))
        return false;
    double replays = grid_number(&grid, 0, 1);
    if (replays > 0)
        document_print(document, BLOCK_WARNING,
                       "Events were out of balance: %s records of %s %s were put right "
                       "before they were charged. By kind: %s.",
                       number_text(&document->arena, grid_number(&grid, 0, 0), 0),
                       number_text(&document->arena, replays, 0),
                       plural(replays, "replay", "replays"), grid_text(&grid, 0, 2));
    return true;
}

/* Which victim a random policy picks is chance, and so is what follows from it. */
static bool warn_random(struct document *document, struct cb_error *error)
{
    struct grid grid;
    if (!grid_load_with(document->report, &document->arena, &grid,
                        "SELECT group_concat(label, '; ') FROM (SELECT DISTINCT label"
                        " FROM machine_structures JOIN machine_labels USING (machine)"
                        " WHERE replacement = 'random' AND machine IN"
                        "  (SELECT machine FROM replays WHERE state = 'done')"
                        " ORDER BY label)",
                        NULL, 0, error))
        return false;
    if (grid_cell(&grid, 0, 0)->type != CELL_NULL)
        document_print(
            document, BLOCK_WARNING,
            "Replacement is random on %s: each figure is one draw, and small "
            "differences there, credits above all, mean nothing by themselves.",
            grid_text(&grid, 0, 0));
    return true;
}

/* ---- sentences ---- */

static const char *sizes_text(struct arena *arena, const struct grid *grid)
{
    double least = grid_number(grid, 0, 3), most = grid_number(grid, 0, 4);
    if (grid_cell(grid, 0, 3)->type == CELL_NULL || least == most)
        return "";
    return arena_print(arena, ", with domains that touch %s to %s pages per visit",
                       number_text(arena, least, 0), number_text(arena, most, 0));
}

static bool say_recorded(struct document *document, struct cb_error *error)
{
    struct arena *arena = &document->arena;
    struct grid grid;
    if (!grid_load_with(
            document->report, arena, &grid,
            "SELECT count(*), coalesce(sum(t.records), 0), sum(t.lost),"
            " min(CAST(json_extract(t.header, '$.knobs.pages') AS INTEGER)),"
            " max(CAST(json_extract(t.header, '$.knobs.pages') AS INTEGER)),"
            " (SELECT group_concat(scenario, ', ') FROM"
            "  (SELECT DISTINCT scenario FROM traces ORDER BY scenario)),"
            " (SELECT group_concat(structure, ', ') FROM"
            "  (SELECT DISTINCT structure FROM traces WHERE structure <> ''"
            "   ORDER BY structure)),"
            " (SELECT group_concat(label || iif(changes = '', ' (' || title || ')', ''),"
            "  '; ') FROM (SELECT label, changes, title FROM machine_labels"
            "   JOIN machines USING (machine)"
            "   ORDER BY label))"
            " FROM traces t",
            NULL, 0, error))
        return false;
    double traces = grid_number(&grid, 0, 0);
    if (traces == 0) {
        document_add(document, BLOCK_PARAGRAPH,
                     "This report is empty: nothing has been "
                     "replayed into it yet.");
        return true;
    }
    document_print(
        document, BLOCK_PARAGRAPH,
        "Recorded: %s %s with %s records of %s%s%s%s; %s. Replayed on %s.",
        number_text(arena, traces, 0), plural(traces, "trace", "traces"),
        number_text(arena, grid_number(&grid, 0, 1), 0), grid_text(&grid, 0, 5),
        grid_text(&grid, 0, 6)[0] == '\0'     ? ""
        : strchr(grid_text(&grid, 0, 6), ',') ? ", in the structures "
                                              : ", in the structure ",
        grid_text(&grid, 0, 6), sizes_text(arena, &grid),
        grid_number(&grid, 0, 2) > 0 ? "records were lost" : "no record was lost",
        grid_text(&grid, 0, 7));
    return true;
}

static bool say_null_call(struct document *document, const char *machine,
                          struct cb_error *error)
{
    struct arena *arena = &document->arena;
    struct grid grid;
    if (!grid_load(document->report, arena, &grid, error,
                   "SELECT median_cycles, min_cycles, max_cycles FROM crossing_bill"
                   " WHERE (machine, scenario, kind, phase) = (?, 'null', 'call',"
                   "  'measured') ORDER BY crossings DESC, median_cycles LIMIT 1",
                   sql_text(machine)))
        return false;
    if (grid.rows > 0)
        document_print(document, BLOCK_ITEM,
                       "A null call costs %s cycles (median; %s to %s).",
                       number_text(arena, grid_number(&grid, 0, 0), 0),
                       number_text(arena, grid_number(&grid, 0, 1), 0),
                       number_text(arena, grid_number(&grid, 0, 2), 0));
    return true;
}

/* What the boundary is to a request: least and most over all replays of this machine. */
static bool say_share(struct document *document, const char *machine,
                      struct cb_error *error)
{
    struct arena *arena = &document->arena;
    struct grid grid;
    if (!grid_load(document->report, arena, &grid, error,
                   "SELECT min(boundary_percent), max(boundary_percent),"
                   " 100.0 * sum(explicit_cycles) / nullif(sum(explicit_cycles +"
                   " implicit_cycles), 0) FROM explicit_implicit"
                   " WHERE machine = ? AND phase = 'measured' AND scenario <> 'null'",
                   sql_text(machine)))
        return false;
    if (grid_cell(&grid, 0, 0)->type == CELL_NULL)
        return true;
    document_print(
        document, BLOCK_ITEM,
        "The boundary takes %s to %s %% of all cycles, by recording. Of its cycles %s %% "
        "are explicit: instructions that only the boundary needs.",
        number_text(arena, grid_number(&grid, 0, 0), 1),
        number_text(arena, grid_number(&grid, 0, 1), 1),
        number_text(arena, grid_number(&grid, 0, 2), 0));
    return true;
}

static bool say_turn(struct document *document, size_t machine, struct cb_error *error)
{
    struct chart_subject subject = document_machine(document, machine);
    struct size_curves curves;
    if (!size_curves_load(&subject, &document->arena, &curves, error))
        return false;
    const char *sentence = crossover_sentence(&document->arena, &curves);
    if (sentence != NULL)
        document_print(document, BLOCK_ITEM, "%s.", sentence);
    return true;
}

bool chapter_summary(struct document *document, struct cb_error *error)
{
    document_add(document, BLOCK_CHAPTER, "Summary");
    if (document->last != NULL)
        document->last->id = "summary";
    if (!warn_unfinished(document, error) || !warn_traces(document, error) ||
        !warn_repaired(document, error) || !warn_random(document, error) ||
        !say_recorded(document, error))
        return false;
    for (size_t m = 0; m < document->machine_count; m++) {
        document_print(document, BLOCK_SECTION, "On %s", document->machines[m]);
        if (!say_null_call(document, document->machines[m], error) ||
            !say_share(document, document->machines[m], error) ||
            !say_turn(document, m, error))
            return false;
    }
    return true;
}
