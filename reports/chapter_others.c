/* chapter_others.c - what the strikes come to: structure and machine; claims; and where
 * every number comes from. */
#include "document.h"

static void open_chapter(struct document *document, const char *title, const char *id)
{
    struct block *block = document_add(document, BLOCK_CHAPTER, title);
    if (block != NULL)
        block->id = id;
}

/* ---- structure and machine ---- */

/* "l3-small at 1, 2, 4 pages; l3-large at 64 pages" */
#define WINNERS_QUERY                                                                    \
    "SELECT scenario, group_concat(structure || ' at ' || sizes, '; ') FROM"             \
    " (SELECT scenario, variant, structure,"                                             \
    "   group_concat(coalesce(pages, 'any'), ', ') || iif(max(pages) = 1 AND"            \
    "    count(*) = 1, ' page', ' pages') AS sizes, min(pages) AS least"                 \
    "  FROM (SELECT DISTINCT scenario, variant, pages, structure FROM structure_matrix"  \
    "        WHERE machine = ? AND place = 1 AND scenario <> 'null' ORDER BY pages)"     \
    "  GROUP BY scenario, variant, structure ORDER BY scenario, variant, least,"         \
    "   structure)"                                                                      \
    " GROUP BY scenario, variant ORDER BY scenario, variant"

static bool say_winners(struct document *document, const char *machine,
                        struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(document->report, &document->arena, &grid, error, WINNERS_QUERY,
                   sql_text(machine)))
        return false;
    for (size_t row = 0; row < grid.rows; row++)
        document_print(document, BLOCK_ITEM, "Cheapest on %s, scenario %s: %s.", machine,
                       grid_text(&grid, row, 0), grid_text(&grid, row, 1));
    return true;
}

static bool several_structures(struct document *document, bool *several,
                               struct cb_error *error)
{
    int64_t count;
    if (!sql_number_with(document->report, &count, 0,
                         "SELECT count(DISTINCT structure) FROM by_structure", NULL, 0,
                         error))
        return false;
    *several = count > 1;
    return true;
}

bool chapter_matrix(struct document *document, struct cb_error *error)
{
    static const struct column columns[] = {
        {"machine", -1}, {"scenario", -1},    {"pages", 0},      {"structure", -1},
        {"requests", 0}, {"instructions", 0}, {"work", 1},       {"competition", 1},
        {"explicit", 1}, {"implicit", 1},     {"all cycles", 1}, {"space switches", 1}};
    bool several;
    if (!several_structures(document, &several, error))
        return false;
    if (!several)
        return true;
    open_chapter(document, "Which construction wins where", "matrix");
    document_add(
        document, BLOCK_PARAGRAPH,
        "Efficient construction is specific to the processor: what is cheapest on "
        "one machine need not be on another. A request's work is the same in every "
        "structure; what differs is the boundary.");
    for (size_t m = 0; m < document->machine_count; m++)
        if (!say_winners(document, document->machines[m], error))
            return false;
    return document_charts(document, "matrix", NULL, error) &&
           document_charts(document, "structures", NULL, error) &&
           document_table(document, "Cycles of a request, and what they were spent on",
                          true, columns,
                          "SELECT machine, scenario, pages, structure, requests,"
                          " instructions_per_request, work_per_request,"
                          " competition_per_request, explicit_per_request,"
                          " implicit_per_request, cycles_per_request,"
                          " space_switches_per_request FROM by_structure"
                          " ORDER BY machine, scenario, pages, structure",
                          NULL, 0, error);
}

/* ---- sweeps ---- */

bool chapter_sweeps(struct document *document, struct cb_error *error)
{
    static const struct column columns[] = {
        {"machine", -1},  {"scenario", -1},  {"structure", -1}, {"pages", 0},
        {"settings", -1}, {"explicit", 1},   {"implicit", 1},   {"competition", 1},
        {"work", 1},      {"all cycles", 1}, {"refused", -1}};
    int64_t count;
    if (!sql_number_with(document->report, &count, 0, "SELECT count(*) FROM sweep_points",
                         NULL, 0, error))
        return false;
    if (count == 0)
        return true;
    open_chapter(document, "What other machines would do", "sweeps");
    document_add(
        document, BLOCK_PARAGRAPH,
        "The same recordings on machines that differ from a described one in the "
        "figures named. Every point is exact: what a replay of it would give.");
    document_add(document, BLOCK_EXPLORER, "Choose a machine: cycles of a request");
    return document_charts(document, "sweep", NULL, error) &&
           document_charts(document, "misses", NULL, error) &&
           document_table(document, "Points of the sweeps: cycles of a request", true,
                          columns,
                          "SELECT machine, scenario, structure, pages, settings,"
                          " explicit_cycles, implicit_cycles, competition_cycles,"
                          " work_cycles, total_cycles, refused FROM sweep_results"
                          " ORDER BY machine, sweep, point",
                          NULL, 0, error);
}

/* ---- the closed form ---- */

static bool say_closed_form(struct document *document, size_t machine,
                            struct cb_error *error)
{
    struct chart_subject subject = document_machine(document, machine);
    const char *words;
    if (!closed_form_words(&subject, &document->arena, &words, error))
        return false;
    if (words != NULL)
        document_print(document, BLOCK_ITEM, "On %s, %s.", subject.label, words);
    return true;
}

bool chapter_closed_form(struct document *document, struct cb_error *error)
{
    static const struct column columns[] = {{"machine", -1},
                                            {"structure", -1},
                                            {"from pages", 0},
                                            {"order", -1},
                                            {"pages", 0},
                                            {"explicit predicted", 1},
                                            {"explicit replayed", 1},
                                            {"implicit predicted", 1},
                                            {"implicit replayed", 1},
                                            {"together predicted", 1},
                                            {"together replayed", 1},
                                            {"error, %", 1}};
    int64_t count;
    if (!sql_number_with(document->report, &count, 0,
                         "SELECT count(*) FROM prediction_points", NULL, 0, error))
        return false;
    if (count == 0)
        return true;
    open_chapter(document, "The closed form", "closed-form");
    document_add(
        document, BLOCK_PARAGRAPH,
        "What a request costs, computed from the pages and lines that a visit touches, "
        "measured at one size, and from the machine's figures: no replay, and nothing "
        "fitted. After a flush each entry that was used is fetched again; without one "
        "it survives by chance, less likely the more others have touched. Replays of "
        "the sizes that were recorded say how far off that is.");
    for (size_t m = 0; m < document->machine_count; m++)
        if (!say_closed_form(document, m, error))
            return false;
    return document_charts(document, "closed-form", NULL, error) &&
           document_table(document,
                          "Cycles of a request: predicted, and replayed where it was "
                          "recorded. The error is that of the two together",
                          true, columns,
                          "SELECT machine, structure, from_pages, visit_order, pages,"
                          " explicit_cycles, replayed_explicit_cycles, implicit_cycles,"
                          " replayed_implicit_cycles, total_cycles,"
                          " replayed_total_cycles, error_percent FROM closed_form"
                          " ORDER BY machine, structure, prediction, pages",
                          NULL, 0, error);
}

/* ---- claims ---- */

/* The claims of one strike: what came out, and below it why. */
static bool add_claims(struct document *document, const char *strike, const char *title,
                       struct cb_error *error)
{
    static const struct column verdicts[] = {{"statement", -1}, {"who says so", -1},
                                             {"it says", -1},   {"measured", -1},
                                             {"verdict", -1},   {"flag", -1}};
    static const struct column reasons[] = {{"statement", -1},
                                            {"what was measured", -1},
                                            {"reproduced if", -1},
                                            {"why", -1},
                                            {"source", -1}};
    int64_t count;
    if (!sql_number(document->report, error, &count, 0,
                    "SELECT count(*) FROM claims WHERE strike = ?", sql_text(strike)))
        return false;
    if (count == 0)
        return true;
    document_add(document, BLOCK_SECTION, title);
    return document_table(document,
                          "Flag: S read in the source, T in a translation of it, 2 in a "
                          "secondary source, D derived, M remembered and unverified",
                          false, verdicts,
                          "SELECT statement, said_by, claimed, coalesce(measured, ''),"
                          " replace(verdict, '_', ' '), flag FROM claims"
                          " WHERE strike = ? ORDER BY position",
                          SQL_VALUES(sql_text(strike)), 1, error) &&
           document_table(document, "Why", true, reasons,
                          "SELECT statement, measurement, rule, reason, source"
                          " FROM claims WHERE strike = ? ORDER BY position",
                          SQL_VALUES(sql_text(strike)), 1, error);
}

bool chapter_claims(struct document *document, struct cb_error *error)
{
    static const char *const strikes[][2] = {
        {"border_crossings", "Border crossings"},
        {"space_switches", "Switches of address space"},
        {"thread_switches", "Thread switches and IPC"},
        {"memory_effects", "Memory effects"}};
    struct grid grid;
    if (!grid_load_with(document->report, &document->arena, &grid,
                        "SELECT count(*), sum(verdict <> 'not_measured'),"
                        " sum(verdict = 'reproduced'), sum(verdict = 'differs')"
                        " FROM claims",
                        NULL, 0, error))
        return false;
    if (grid_number(&grid, 0, 0) < 1)
        return true;
    open_chapter(document, "Claims", "claims");
    document_print(document, BLOCK_PARAGRAPH,
                   "Of %s statements of the literature on microkernels %s were measured: "
                   "%s are reproduced, %s differ; the figures of the others are only "
                   "remembered. Where the lesson and the paper disagree both stand.",
                   grid_text(&grid, 0, 0), grid_text(&grid, 0, 1), grid_text(&grid, 0, 2),
                   grid_text(&grid, 0, 3));
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof strikes / sizeof strikes[0]; i++)
        ok = add_claims(document, strikes[i][0], strikes[i][1], error);
    return ok;
}

/* ---- provenance ---- */

static bool add_figures(struct document *document, size_t machine, struct cb_error *error)
{
    static const struct column columns[] = {
        {"figure", -1}, {"value", 3}, {"unit", -1}, {"flag", -1}, {"source", -1}};
    return document_table(
        document,
        arena_print(&document->arena,
                    "Every figure of %s, and where it comes from. Flag: S read in the "
                    "source, T in a translation of it, 2 in a secondary source, M "
                    "remembered and unverified, D derived, A an assumption",
                    document->machines[machine]),
        true, columns,
        "SELECT path, iif(unit = 'millicycles', value / 1000.0, value),"
        " iif(unit = 'millicycles', 'cycles', unit), flag, source"
        " FROM machine_figures WHERE machine = ? ORDER BY position",
        SQL_VALUES(sql_integer(document->machine_ids[machine])), 1, error);
}

static void add_method(struct document *document)
{
    document_add(document, BLOCK_SECTION, "How the numbers come about");
    document_add(
        document, BLOCK_PARAGRAPH,
        "Each trace is replayed in three worlds on the same machine: shared, as it "
        "was recorded; merged, the same work in the same order with no boundary at "
        "all; and solo, each domain alone on a machine of its own. Every cycle of "
        "the shared world is charged once.");
    document_add(
        document, BLOCK_ITEM,
        "Explicit: the instructions of the path, which exist only because of the "
        "boundary.");
    document_add(
        document, BLOCK_ITEM,
        "Implicit: the path's own misses, and for the work what shared costs more "
        "than merged. Where it costs less, that is a credit, and negative.");
    document_add(
        document, BLOCK_ITEM,
        "Competition: what merged costs more than solo. It is the price of sharing "
        "a processor in any structure, and not the boundary's fault.");
    document_add(
        document, BLOCK_PARAGRAPH,
        "The model is first-order and additive: every miss costs its latency, one "
        "after the other. On machines that overlap misses it is an upper bound. "
        "Instruction costs are looked up by class from the recorded bytes.");
}

bool chapter_provenance(struct document *document, struct cb_error *error)
{
    static const struct column traces[] = {{"scenario", -1},
                                           {"knobs", -1},
                                           {"structure", -1},
                                           {"records", 0},
                                           {"lost", 0},
                                           {"written by", -1},
                                           {"SHA-256 of the trace", -1},
                                           {"SHA-256 of the kernel", -1}};
    static const struct column machines[] = {{"machine", -1},
                                             {"title", -1},
                                             {"changed by --set", -1},
                                             {"clock, MHz", 1},
                                             {"SHA-256, resolved", -1}};
    open_chapter(document, "Provenance", "provenance");
    add_method(document);
    document_add(document, BLOCK_SECTION, "What was recorded, and replayed on what");
    if (!document_table(document, "Traces", true, traces,
                        "SELECT scenario,"
                        " coalesce((SELECT group_concat(key || '=' || value, ' ') FROM"
                        "  json_each(header, '$.knobs')), ''), structure, records, lost,"
                        " tool, sha256, json_extract(header, '$.kernel_sha256')"
                        " FROM traces ORDER BY scenario, structure,"
                        " CAST(json_extract(header, '$.knobs.pages') AS INTEGER), trace",
                        NULL, 0, error) ||
        !document_table(
            document, "Machines", false, machines,
            "SELECT label, title, changes, clock_khz / 1000.0, sha256 FROM machines"
            " JOIN machine_labels USING (machine) ORDER BY label",
            NULL, 0, error))
        return false;
    for (size_t m = 0; m < document->machine_count; m++)
        if (!add_figures(document, m, error))
            return false;
    document_print(
        document, BLOCK_PARAGRAPH,
        "Written by crossbill %s from a report of version %d. Everything here is "
        "computed from that one file.",
        CROSSBILL_VERSION, REPORT_VERSION);
    return true;
}
