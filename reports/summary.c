/* summary.c - the findings in about 15 lines of plain text, for a terminal. */
#include "document.h"
#include "text.h"

#include <string.h>

#define WIDTH  78
#define INDENT "               "

/* The place of the last blank of `line` that keeps it within WIDTH columns; 0: none.
 * Bytes that go on with a character take no column. */
static size_t break_at(const char *line, size_t indent)
{
    size_t columns = indent, last = 0;
    for (size_t i = 0; line[i] != '\0'; i++) {
        if (columns > WIDTH)
            return last;
        if (line[i] == ' ')
            last = i;
        if (((unsigned char)line[i] & 0xc0) != 0x80)
            columns++;
    }
    return columns > WIDTH ? last : 0;
}

static void add_clean(struct text *text, const char *first, const char *rest,
                      const char *sentence)
{
    const char *indent = first;
    for (;;) {
        size_t end = break_at(sentence, strlen(indent));
        text_add(text, indent);
        if (end == 0) {
            text_add(text, sentence);
            text_add(text, "\n");
            return;
        }
        text_add_bytes(text, sentence, end);
        text_add(text, "\n");
        sentence += end + 1;
        indent = rest;
    }
}

static void add_wrapped(struct text *text, const char *first, const char *rest,
                        const char *sentence)
{
    struct text clean = {0};
    text_terminal(&clean, sentence);
    text->failed |= clean.failed;
    if (!clean.failed)
        add_clean(text, first, rest, clean.data);
    text_drop(&clean);
}

static const char *cycles(struct arena *arena, double number)
{
    return number_text(arena, number, 0);
}

static bool say_crossing(struct document *d, const char *machine, struct text *text,
                         struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(d->report, &d->arena, &grid, error,
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
    const char *literature = strncmp(machine, "i486", 4) == 0
                                 ? "; bound 107, L3 had 123 to 180, Mach 900"
                                 : "";
    add_wrapped(text, "  null call    ", INDENT,
                arena_print(&d->arena, "%s cycles: %s trap and return, %s kernel%s",
                            cycles(&d->arena, whole), cycles(&d->arena, border),
                            cycles(&d->arena, whole - border), literature));
    return true;
}

/* Of the smallest domains: what a request costs beyond its work. */
static bool say_request(struct document *d, size_t machine, struct text *text,
                        struct cb_error *error)
{
    struct chart_subject subject = document_machine(d, machine);
    struct size_curves curves;
    if (!size_curves_load(&subject, &d->arena, &curves, error))
        return false;
    for (size_t i = curves.count; i-- > 0;) {
        const struct size_curve *curve = &curves.curves[i];
        bool first = i + 1 == curves.count;
        add_wrapped(text, first ? "  request      " : INDENT, INDENT,
                    arena_print(&d->arena,
                                "%s cycles in %s, %s %s: %s explicit, %s implicit",
                                cycles(&d->arena, curve->total_cycles[0]),
                                curve->structure, cycles(&d->arena, curve->pages[0]),
                                curve->pages[0] == 1 ? "page" : "pages",
                                cycles(&d->arena, curve->explicit_cycles[0]),
                                cycles(&d->arena, curve->implicit_cycles[0])));
    }
    return true;
}

static bool say_refill(struct document *d, const char *machine, struct text *text,
                       struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(d->report, &d->arena, &grid, error,
                   "SELECT pages, itlb_entries + dtlb_entries AS entries,"
                   " refill_cycles + path_refill_cycles AS cycles FROM refill_per_switch"
                   " WHERE machine = ? AND pages IS NOT NULL ORDER BY cycles DESC, pages"
                   " LIMIT 1",
                   sql_text(machine)))
        return false;
    if (grid.rows == 0)
        return true;
    const char *sentence =
        grid_number(&grid, 0, 2) == 0
            ? "none: a switch of address space leaves the TLBs as they are"
            : arena_print(&d->arena,
                          "up to %s cycles a switch (%s TLB entries, at %s %s)",
                          cycles(&d->arena, grid_number(&grid, 0, 2)),
                          number_text(&d->arena, grid_number(&grid, 0, 1), 1),
                          grid_text(&grid, 0, 0),
                          grid_number(&grid, 0, 0) == 1 ? "page" : "pages");
    add_wrapped(text, "  refill       ", INDENT, sentence);
    return true;
}

static bool say_turn(struct document *d, size_t machine, struct text *text,
                     struct cb_error *error)
{
    struct chart_subject subject = document_machine(d, machine);
    struct size_curves curves;
    struct crossover c;
    if (!size_curves_load(&subject, &d->arena, &curves, error))
        return false;
    if (!size_crossover(&curves, &c))
        return true;
    const char *sentence =
        c.meetings == 0
            ? arena_print(&d->arena, "no crossover: large costs %s",
                          crossover_gap(&d->arena, &c))
            : arena_print(&d->arena, "%s from between %s and %s pages on%s",
                          c.to_dearer ? "dearer" : "cheaper",
                          number_text(&d->arena, c.before, 0),
                          number_text(&d->arena, c.after, 0),
                          c.by_credit ? ", but only by a credit: flushes spare "
                                        "evictions"
                                      : "");
    add_wrapped(text, "  large domain ", INDENT, sentence);
    return true;
}

/* ---- where there is neither a null call nor a range of sizes ---- */

static void say_structure(struct document *d, const char *head, const char *rank,
                          const struct grid *grid, size_t row, struct text *text)
{
    double is_explicit = grid_number(grid, row, 2), implicit = grid_number(grid, row, 3);
    add_wrapped(text, head, INDENT,
                arena_print(&d->arena,
                            "%s%s: the boundary costs a request %s cycles, %s explicit, "
                            "%s implicit",
                            rank, grid_text(grid, row, 1),
                            cycles(&d->arena, is_explicit + implicit),
                            cycles(&d->arena, is_explicit), cycles(&d->arena, implicit)));
}

/* A name for the start of a line, which add_wrapped() takes as it is. */
static const char *clean_name(struct document *d, const char *name, struct text *text)
{
    struct text clean = {0};
    text_terminal(&clean, name);
    text->failed |= clean.failed;
    const char *copy = clean.failed ? "" : arena_print(&d->arena, "%s", clean.data);
    text_drop(&clean);
    return copy;
}

/* The least and the dearest structure of the scenario with the most of them. */
static bool say_structures(struct document *d, const char *machine, struct text *text,
                           struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(d->report, &d->arena, &grid, error,
                   "SELECT scenario, structure, explicit_per_request,"
                   " implicit_per_request FROM by_structure b WHERE machine = ?1 AND"
                   " (scenario, variant) = (SELECT scenario, variant FROM by_structure"
                   "  WHERE machine = ?1 GROUP BY 1, 2"
                   "  ORDER BY count(DISTINCT structure) DESC, 1, 2 LIMIT 1)"
                   " AND pages IS (SELECT min(pages) FROM by_structure WHERE machine = ?1"
                   "  AND (scenario, variant) = (b.scenario, b.variant))"
                   " ORDER BY explicit_per_request + implicit_per_request, structure",
                   sql_text(machine)))
        return false;
    if (grid.rows == 0)
        return true;
    const char *head =
        arena_print(&d->arena, "  %-12s ", clean_name(d, grid_text(&grid, 0, 0), text));
    if (strlen(head) > strlen(INDENT))
        head = arena_print(&d->arena, "%s\n%s", head, INDENT);
    if (grid.rows == 1) {
        say_structure(d, head, "", &grid, 0, text);
        return true;
    }
    say_structure(d, head, "least in ", &grid, 0, text);
    say_structure(d, INDENT, "most in ", &grid, grid.rows - 1, text);
    return true;
}

/* Of what has no requests at all, such as an imported trace. */
static bool say_whole(struct document *d, const char *machine, struct text *text,
                      struct cb_error *error)
{
    struct grid grid;
    if (!grid_load(d->report, &d->arena, &grid, error,
                   "SELECT count(DISTINCT replay), sum(total_cycles), sum(work_cycles),"
                   " sum(competition_cycles), sum(explicit_cycles), sum(implicit_cycles)"
                   " FROM explicit_implicit WHERE machine = ?",
                   sql_text(machine)))
        return false;
    if (grid.rows == 0 || grid_number(&grid, 0, 0) < 1)
        return true;
    double replays = grid_number(&grid, 0, 0);
    add_wrapped(text, "  cycles       ", INDENT,
                arena_print(&d->arena,
                            "%s in %s %s: %s work, %s competition, %s explicit, %s "
                            "implicit; no requests are marked in it",
                            cycles(&d->arena, grid_number(&grid, 0, 1)),
                            number_text(&d->arena, replays, 0),
                            replays == 1 ? "replay" : "replays",
                            cycles(&d->arena, grid_number(&grid, 0, 2)),
                            cycles(&d->arena, grid_number(&grid, 0, 3)),
                            cycles(&d->arena, grid_number(&grid, 0, 4)),
                            cycles(&d->arena, grid_number(&grid, 0, 5))));
    return true;
}

/* Something of every machine. */
static bool say_otherwise(struct document *d, const char *machine, struct text *text,
                          struct cb_error *error)
{
    size_t before = text->size;
    return say_structures(d, machine, text, error) &&
           (text->size > before || say_whole(d, machine, text, error));
}

static bool say_all(struct document *document, struct text *text, struct cb_error *error)
{
    /* The first paragraphs and warnings are those of the report's own summary. */
    for (struct block *b = document->first; b != NULL; b = b->next)
        if (b->kind == BLOCK_PARAGRAPH || b->kind == BLOCK_WARNING)
            add_wrapped(text, b->kind == BLOCK_WARNING ? "! " : "",
                        b->kind == BLOCK_WARNING ? "  " : "", b->text);
    for (size_t m = 0; m < document->machine_count; m++) {
        text_terminal(text, document->machines[m]);
        text_add(text, "\n");
        size_t heading = text->size;
        if (!say_crossing(document, document->machines[m], text, error) ||
            !say_request(document, m, text, error) ||
            !say_refill(document, document->machines[m], text, error) ||
            !say_turn(document, m, text, error))
            return false;
        if (text->size == heading &&
            !say_otherwise(document, document->machines[m], text, error))
            return false;
    }
    return true;
}

bool report_summary(struct report *report, struct report_bytes *bytes,
                    struct cb_error *error)
{
    struct document document;
    struct text text = {0};
    if (!document_open(report, &document, error))
        return false;
    bool ok = chapter_summary(&document, error) && say_all(&document, &text, error);
    if (document_end(&document, ok, error))
        return text_finish(&text, bytes, error);
    text_drop(&text);
    return false;
}
