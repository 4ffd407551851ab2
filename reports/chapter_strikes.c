/* chapter_strikes.c - the four strikes against microkernels, each as the charge, the
 * evidence, the verdict. A verdict follows from the data by a rule that it states.
 *
 * Figures of the charges: J. Liedtke, On Micro-Kernel Construction, SOSP 1995, sections
 * 4.1.1 (107, 123 to 180 and 900 cycles), 4.1.2 (864), 5.2 (250) and 4.2 (0.25). */
#include "document.h"

#include <math.h>
#include <string.h>

#define PAPER "Liedtke, On Micro-Kernel Construction, SOSP 1995"
#define RECOVERY_NOTE                                                                    \
    "A domain is entered when it runs again after the kernel's path or another domain. " \
    "Credits, what others have already fetched for it, are left out; the view "          \
    "recovery_curve has both."
#define TIMELINE_NOTE                                                                    \
    "The first requests of the measured phase. The kernel's lane is path code in "       \
    "kernel "                                                                            \
    "mode; a domain's lane has its work, in whatever mode, and its stubs."
#define OCCUPANCY_NOTE                                                                   \
    "An entry belongs to whoever used it last: the work of a domain, or the path. What " \
    "is white is empty."
#define CYCLES(arena, number) number_text(arena, number, 0)

static void open_chapter(struct document *document, const char *title, const char *id)
{
    struct block *block = document_add(document, BLOCK_CHAPTER, title);
    if (block != NULL)
        block->id = id;
}

static void add_charge(struct document *document, const char *text, const char *source)
{
    struct block *block = document_add(document, BLOCK_CHARGE, text);
    if (block != NULL)
        block->note = source;
}

/* Where the charge is all that there is. */
static void close_chapter(struct document *document)
{
    if (document->last != NULL && document->last->kind == BLOCK_CHARGE)
        document_add(document, BLOCK_PARAGRAPH, "Nothing in this report bears on it.");
}

static void add_verdict(struct document *document, const char *word, const char *text)
{
    struct block *block = document_add(document, BLOCK_VERDICT, text);
    if (block != NULL)
        block->note = word;
}

/* ---- 1. border crossings ---- */

static bool judge_crossing(struct document *document, const char *machine,
                           struct cb_error *error)
{
    struct arena *arena = &document->arena;
    struct grid grid;
    if (!grid_load(document->report, arena, &grid, error,
                   "SELECT b.median_cycles, l.cycles FROM crossing_bill b"
                   " JOIN crossing_bill_lines l ON l.replay = b.replay AND"
                   "  (l.phase, l.kind, l.account) = (b.phase, b.kind, 'border')"
                   " WHERE (b.machine, b.scenario, b.kind, b.phase) ="
                   "  (?, 'null', 'call', 'measured')"
                   " ORDER BY b.crossings DESC, b.median_cycles LIMIT 1",
                   sql_text(machine)))
        return false;
    if (grid.rows == 0)
        return true;
    double whole = grid_number(&grid, 0, 0), border = grid_number(&grid, 0, 1);
    bool dear = whole > 2 * border;
    const char *literature =
        strncmp(machine, "i486", 4) == 0
            ? " On a 486 at 50 MHz L3 had 123 warm and up to 180 cold, and Mach 900."
            : "";
    add_verdict(
        document, dear ? "holds" : "does not hold",
        arena_print(
            arena,
            "On %s a null call costs %s cycles. %s of them are the processor's own: "
            "trap and return, which no kernel avoids; the kernel adds %s.%s Rule: it "
            "holds where the kernel adds more than the processor takes.",
            machine, CYCLES(arena, whole), CYCLES(arena, border),
            CYCLES(arena, whole - border), literature));
    return true;
}

bool chapter_crossings(struct document *document, struct cb_error *error)
{
    static const struct column columns[] = {
        {"machine", -1},     {"structure", -1},      {"kernel calls", 0},
        {"instructions", 1}, {"explicit cycles", 1}, {"implicit cycles", 1},
        {"least", 0},        {"median", 0},          {"most", 0}};
    if (document->machine_count == 0)
        return true;
    open_chapter(document, "First strike: border crossings", "crossings");
    add_charge(
        document,
        "Entering the kernel and returning is dear: the simplest kernel call takes "
        "Mach 900 cycles, where the processor itself needs 107.",
        PAPER ", section 4.1.1, on a 486 at 50 MHz");
    if (!document_table(document,
                        "Null calls in the measured phase: mean cycles of one, and their "
                        "distribution",
                        false, columns,
                        "SELECT machine, structure, crossings, instructions,"
                        " explicit_cycles, implicit_cycles, min_cycles, median_cycles,"
                        " max_cycles FROM crossing_bill WHERE (scenario, kind, phase) ="
                        " ('null', 'call', 'measured')",
                        NULL, 0, error))
        return false;
    for (size_t m = 0; m < document->machine_count; m++)
        if (!judge_crossing(document, document->machines[m], error))
            return false;
    if (!document_charts(document, "equal-cost", NULL, error) ||
        !document_charts(document, "distribution", NULL, error))
        return false;
    close_chapter(document);
    return true;
}

/* ---- 2. space switches ---- */

static const char *turn_word(const struct size_curves *curves)
{
    const struct size_curve *small = size_curve(curves, "l3-small");
    const struct size_curve *large = size_curve(curves, "l3-large");
    if (small == NULL || large == NULL)
        return "open";
    bool dearer = false, cheaper = false;
    for (size_t i = 0; i < small->count && i < large->count; i++) {
        dearer = dearer || large->total_cycles[i] > small->total_cycles[i];
        cheaper = cheaper || large->total_cycles[i] < small->total_cycles[i];
    }
    if (dearer && cheaper)
        return "depends on the size";
    return dearer ? "holds" : "does not hold";
}

static bool judge_switch(struct document *document, size_t machine,
                         struct cb_error *error)
{
    struct arena *arena = &document->arena;
    struct chart_subject subject = document_machine(document, machine);
    struct size_curves curves;
    struct grid grid;
    if (!size_curves_load(&subject, arena, &curves, error) ||
        !grid_load(document->report, arena, &grid, error,
                   "SELECT pages, refill_cycles + path_refill_cycles AS all_refill,"
                   " itlb_entries + dtlb_entries FROM refill_per_switch"
                   " WHERE machine = ? AND pages IS NOT NULL ORDER BY all_refill DESC,"
                   " pages LIMIT 1",
                   sql_text(subject.label)))
        return false;
    if (grid.rows == 0)
        return true;
    const char *turn = crossover_sentence(arena, &curves);
    double pages = grid_number(&grid, 0, 0);
    add_verdict(
        document, turn_word(&curves),
        arena_print(
            arena,
            "On %s refilling after a CR3 load costs up to %s cycles per switch, at "
            "%s %s per visit, where %s TLB entries are fetched again.%s%s%s",
            subject.label, CYCLES(arena, grid_number(&grid, 0, 1)), CYCLES(arena, pages),
            pages == 1 ? "page" : "pages",
            number_text(arena, grid_number(&grid, 0, 2), 1), turn != NULL ? " " : "",
            turn != NULL ? turn : "", turn != NULL ? "." : ""));
    return true;
}

bool chapter_spaces(struct document *document, struct cb_error *error)
{
    static const struct column sizes[] = {
        {"machine", -1},        {"structure", -1},      {"pages", 0},
        {"pages per visit", 1}, {"explicit cycles", 1}, {"implicit cycles", 1},
        {"of it refill", 1},    {"of it credits", 1},   {"together", 1}};
    static const struct column refills[] = {{"machine", -1},      {"structure", -1},
                                            {"pages", 0},         {"CR3 loads", 0},
                                            {"I-TLB entries", 1}, {"D-TLB entries", 1},
                                            {"work's cycles", 1}, {"path's cycles", 1}};
    if (document->machine_count == 0)
        return true;
    open_chapter(document, "Second strike: switches of address space", "spaces");
    add_charge(
        document,
        "Switching address spaces flushes the TLB: on a Pentium, 864 cycles to fill "
        "its 96 entries again.",
        PAPER ", section 4.1.2. The CR3 load itself takes 1 to 10 cycles; lecture "
              "notes count the 864 as explicit, here they are refill");
    if (!document_charts(document, "domain-size", NULL, error) ||
        !document_charts(document, "refill", NULL, error) ||
        !document_charts(document, "recovery", RECOVERY_NOTE, error) ||
        !document_charts_of_one(document, "timeline", TIMELINE_NOTE, error) ||
        !document_table(document,
                        "What the boundary costs a request, by domain size. Pages: asked "
                        "for; pages per visit: touched, counting code and stack",
                        true, sizes,
                        "SELECT machine, structure, pages, pages_per_visit,"
                        " explicit_cycles, implicit_cycles, refill_cycles, credit_cycles,"
                        " total_cycles FROM domain_size WHERE scenario <> 'null'"
                        " ORDER BY machine, structure, pages",
                        NULL, 0, error) ||
        !document_table(
            document,
            "What one CR3 load loses. Entries are observed: fetched again after "
            "the flush. Cycles are counterfactual: what would not have been "
            "spent without it",
            true, refills,
            "SELECT machine, structure, pages, switches, itlb_entries,"
            " dtlb_entries, refill_cycles, path_refill_cycles"
            " FROM refill_per_switch ORDER BY machine, structure, pages",
            NULL, 0, error))
        return false;
    for (size_t m = 0; m < document->machine_count; m++)
        if (!judge_switch(document, m, error))
            return false;
    close_chapter(document);
    return true;
}

/* ---- 3. thread switches and IPC ---- */

/* One way, at the smallest domains. */
#define IPC_QUERY                                                                        \
    "SELECT b.structure, avg(b.total_cycles), avg(b.explicit_cycles),"                   \
    " avg(coalesce((SELECT l.cycles FROM crossing_bill_lines l WHERE l.replay = "        \
    "b.replay AND"                                                                       \
    "  (l.phase, l.kind, l.account) = (b.phase, b.kind, 'thread_switch')), 0))"          \
    " FROM crossing_bill b WHERE b.machine = ? AND b.phase = 'measured'"                 \
    " AND b.kind IN ('ipc_call', 'ipc_reply') AND b.pages IS"                            \
    "  (SELECT min(pages) FROM crossing_bill s WHERE (s.machine, s.structure, s.phase) " \
    "="                                                                                  \
    "   (b.machine, b.structure, b.phase) AND s.kind = 'ipc_call')"                      \
    " GROUP BY b.structure ORDER BY b.structure"

static bool judge_ipc(struct document *document, const char *machine,
                      struct cb_error *error)
{
    struct arena *arena = &document->arena;
    struct grid grid;
    if (!grid_load(document->report, arena, &grid, error, IPC_QUERY, sql_text(machine)))
        return false;
    const char *bills = "";
    bool dear = false;
    for (size_t row = 0; row < grid.rows; row++) {
        double whole = grid_number(&grid, row, 1), thread = grid_number(&grid, row, 3);
        dear = dear || thread > 0.1 * whole;
        bills = arena_print(arena, "%s%s %s cycles in %s, of which %s switch the thread",
                            bills, row > 0 ? ";" : "", CYCLES(arena, whole),
                            grid_text(&grid, row, 0), number_text(arena, thread, 1));
    }
    if (grid.rows > 0)
        add_verdict(
            document, dear ? "holds" : "does not hold",
            arena_print(arena,
                        "On %s an IPC with the smallest domains costs, one way:%s."
                        "%s Rule: it holds where that switch is more than a tenth.",
                        machine, bills,
                        strncmp(machine, "i486", 4) == 0
                            ? " L3 had 250 on a 486 at 50 MHz."
                            : ""));
    return true;
}

/* Where there is anybody to cross for. */
#define BEHALF_QUERY                                                                     \
    "SELECT machine, scenario, structure, pages,"                                        \
    " iif(parent = 'none', 'no crossing', parent), crossings, call, ipc_call, "          \
    "ipc_reply,"                                                                         \
    " ipc_send, fault, interrupt, all_cycles FROM on_whose_behalf WHERE phase = "        \
    "'measured' AND replay IN (SELECT replay FROM crossing_parents WHERE phase = "       \
    "'measured' AND parent <> 'none')"                                                   \
    " ORDER BY machine, scenario, structure, pages, replay, parent = 'none' DESC,"       \
    " parent"

bool chapter_ipc(struct document *document, struct cb_error *error)
{
    static const struct column bills[] = {
        {"machine", -1},  {"scenario", -1}, {"structure", -1},   {"pages", 0},
        {"crossing", -1}, {"count", 0},     {"instructions", 1}, {"explicit", 1},
        {"implicit", 1},  {"mean", 1},      {"median", 0},       {"p90", 0},
        {"p99", 0},       {"most", 0}};
    static const struct column rolled[] = {
        {"machine", -1},  {"scenario", -1}, {"structure", -1}, {"pages", 0},
        {"crossing", -1}, {"count", 0},     {"its own", 1},    {"its children's", 1},
        {"together", 1},  {"median", 0},    {"p90", 0},        {"p99", 0},
        {"most", 0}};
    static const struct column behalf[] = {
        {"machine", -1}, {"scenario", -1},     {"structure", -1},
        {"pages", 0},    {"on behalf of", -1}, {"crossings", 0},
        {"call", 0},     {"ipc_call", 0},      {"ipc_reply", 0},
        {"ipc_send", 0}, {"fault", 0},         {"interrupt", 0},
        {"all", 0}};
    if (document->machine_count == 0)
        return true;
    open_chapter(document, "Third strike: thread switches and IPC", "ipc");
    add_charge(
        document,
        "A service is a thread of its own: each request needs two messages, and each "
        "message a thread switch.",
        PAPER ", section 4.1.3; L3 sends a short message in 250 cycles on a 486 at "
              "50 MHz");
    if (!document_charts(document, "crossing-bill", NULL, error) ||
        !document_table(
            document,
            "The bill of one crossing, by kind, in cycles: mean of the explicit "
            "and implicit part, and how the whole is distributed",
            true, bills,
            "SELECT machine, scenario, structure, pages, kind, crossings,"
            " instructions, explicit_cycles, implicit_cycles, total_cycles,"
            " median_cycles, p90_cycles, p99_cycles, max_cycles"
            " FROM crossing_bill WHERE phase = 'measured'"
            " ORDER BY machine, scenario, structure, pages, replay",
            NULL, 0, error) ||
        !document_table(
            document,
            "Crossings on whose behalf others were made: a crossing's own bill, what "
            "those cost, and how the two together are distributed, in cycles",
            true, rolled,
            "SELECT machine, scenario, structure, pages, kind, crossings, own_cycles,"
            " children_cycles, with_children_cycles, median_cycles, p90_cycles,"
            " p99_cycles, max_cycles FROM rolled_up"
            " WHERE phase = 'measured' AND children_cycles <> 0"
            " ORDER BY machine, scenario, structure, pages, replay",
            NULL, 0, error) ||
        !document_table(
            document,
            "Who crosses on whose behalf: what the crossings of the measured phase cost "
            "themselves, in cycles, a row for the kind that others were made for, a "
            "column for theirs",
            true, behalf, BEHALF_QUERY, NULL, 0, error))
        return false;
    for (size_t m = 0; m < document->machine_count; m++)
        if (!judge_ipc(document, document->machines[m], error))
            return false;
    close_chapter(document);
    return true;
}

/* ---- 4. memory effects ---- */

/* The replay in which the boundary's memory cycles per instruction are highest. */
#define MEMORY_QUERY                                                                     \
    "SELECT l.scenario, l.structure, l.pages, m.boundary / 1000.0 / m.instructions AS "  \
    "b,"                                                                                 \
    " m.everything / 1000.0 / m.instructions FROM replay_list l JOIN"                    \
    " (SELECT x.replay, sum(x.instructions) AS instructions,"                            \
    "  sum(iif(a.account_group IN ('explicit', 'implicit'), x.memory_mcycles, 0))"       \
    "   AS boundary, sum(x.memory_mcycles) AS everything"                                \
    "  FROM ledger x JOIN accounts a ON a.account = x.account"                           \
    "  WHERE x.phase = 'measured' GROUP BY x.replay) m ON m.replay = l.replay"           \
    " WHERE l.machine = ? AND l.state = 'done' AND m.instructions > 0"                   \
    " AND l.scenario IN ('file', 'compile')"                                             \
    " ORDER BY b DESC, l.replay LIMIT 1"

static bool judge_memory(struct document *document, const char *machine,
                         struct cb_error *error)
{
    struct arena *arena = &document->arena;
    struct grid grid;
    if (!grid_load(document->report, arena, &grid, error, MEMORY_QUERY,
                   sql_text(machine)))
        return false;
    if (grid.rows == 0) {
        add_verdict(
            document, "is not judged",
            arena_print(arena,
                        "It is about programs, and no workload of programs (file or "
                        "compile) has been replayed on %s.",
                        machine));
        return true;
    }
    double boundary = grid_number(&grid, 0, 3), everything = grid_number(&grid, 0, 4);
    const char *word = boundary > 0.25   ? "holds"
                       : boundary > 0.05 ? "holds in part"
                                         : "does not hold";
    const char *pages =
        grid_cell(&grid, 0, 2)->type == CELL_NULL
            ? ""
            : arena_print(arena, " with %s %s", grid_text(&grid, 0, 2),
                          grid_number(&grid, 0, 2) == 1 ? "page" : "pages");
    add_verdict(document, word,
                arena_print(arena,
                            "On %s the boundary adds at most %s memory cycles to an "
                            "instruction, in %s, %s%s, where all of memory costs it %s. "
                            "Rule: more than 0.25 holds, more than 0.05 holds in part.",
                            machine, number_text(arena, boundary, 3),
                            grid_text(&grid, 0, 0), grid_text(&grid, 0, 1), pages,
                            number_text(arena, everything, 3)));
    return true;
}

/* A column for each level. */
#define WARMTH_QUERY                                                                     \
    "SELECT machine, scenario, structure, pages, domain,"                                \
    " max(iif(component = 'itlb', warm_percent, NULL)),"                                 \
    " max(iif(component = 'dtlb', warm_percent, NULL)),"                                 \
    " max(iif(component = 'stlb', warm_percent, NULL)),"                                 \
    " max(iif(component = 'l1i', warm_percent, NULL)),"                                  \
    " max(iif(component = 'l1d', warm_percent, NULL)),"                                  \
    " max(iif(component = 'l2', warm_percent, NULL)),"                                   \
    " max(iif(component = 'l3', warm_percent, NULL))"                                    \
    " FROM warmth WHERE phase = 'measured' GROUP BY replay, domain"                      \
    " ORDER BY machine, scenario, structure, pages, replay, domain"
#define PARTS_QUERY                                                                      \
    "SELECT machine, scenario, structure, pages, account_group,"                         \
    " sum(iif(component = 'itlb', cycles, NULL)),"                                       \
    " sum(iif(component = 'dtlb', cycles, NULL)),"                                       \
    " sum(iif(component = 'stlb', cycles, NULL)),"                                       \
    " sum(iif(component = 'walk', cycles, NULL)),"                                       \
    " sum(iif(component = 'l1i', cycles, NULL)),"                                        \
    " sum(iif(component = 'l1d', cycles, NULL)),"                                        \
    " sum(iif(component = 'l2', cycles, NULL)),"                                         \
    " sum(iif(component = 'l3', cycles, NULL)),"                                         \
    " sum(iif(component = 'memory', cycles, NULL)),"                                     \
    " sum(cycles) FROM memory_by_component"                                              \
    " WHERE phase = 'measured' AND account_group <> 'work'"                              \
    " GROUP BY replay, account_group"                                                    \
    " ORDER BY machine, scenario, structure, pages, replay, account_group"

bool chapter_memory(struct document *document, struct cb_error *error)
{
    static const struct column parts[] = {
        {"machine", -1},    {"scenario", -1}, {"structure", -1}, {"pages", 0},
        {"charged as", -1}, {"I-TLB", 0},     {"D-TLB", 0},      {"second TLB", 0},
        {"walks", 0},       {"L1I", 0},       {"L1D", 0},        {"L2", 0},
        {"L3", 0},          {"memory", 0},    {"all", 0}};
    static const struct column culprits[] = {
        {"machine", -1}, {"scenario", -1}, {"structure", -1}, {"pages", 0},
        {"victim", -1},  {"culprit", -1},  {"cycles", 0}};
    static const struct column warm[] = {
        {"machine", -1}, {"scenario", -1}, {"structure", -1}, {"pages", 0},
        {"domain", -1},  {"I-TLB", 1},     {"D-TLB", 1},      {"second TLB", 1},
        {"L1I", 1},      {"L1D", 1},       {"L2", 1},         {"L3", 1}};
    if (document->machine_count == 0)
        return true;
    open_chapter(document, "Fourth strike: memory effects", "memory");
    add_charge(
        document,
        "Many small domains lose locality: programs spend up to 0.25 memory cycles "
        "more on an instruction under Mach than under Ultrix.",
        PAPER ", section 4.2, after Chen and Bershad 1993");
    if (!document_charts(document, "memory", NULL, error) ||
        !document_charts_of_one(document, "occupancy", OCCUPANCY_NOTE, error) ||
        !document_table(document,
                        "Where the memory cycles of the measured phase go. A miss is "
                        "charged to what had to be asked; credits are negative",
                        true, parts, PARTS_QUERY, NULL, 0, error) ||
        !document_table(
            document,
            "Who cost whom: cycles that the victim's work lost, by who held the "
            "processor when its entries went",
            true, culprits,
            "SELECT machine, scenario, structure, pages, victim, culprit,"
            " cycles FROM who_did_it"
            " ORDER BY machine, scenario, structure, pages, cycles DESC",
            NULL, 0, error))
        return false;
    if (!document_table(
            document,
            "Warmth: of the pages and lines of a domain's visit, how many per "
            "cent are still there when it is entered again",
            true, warm, WARMTH_QUERY, NULL, 0, error))
        return false;
    for (size_t m = 0; m < document->machine_count; m++)
        if (!judge_memory(document, document->machines[m], error))
            return false;
    close_chapter(document);
    return true;
}
