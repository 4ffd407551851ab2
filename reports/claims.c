/* claims.c - statements of the L3 lesson and of the paper behind it, each with the query
 * that measures it and the rule that judges it.
 *
 * Only machines of the shipped name count (a label with a hash behind it is another
 * machine). A query yields one number, or null where nothing was measured. */
#include "chart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum rule {
    AT_MOST,  /* holds when measured <= low */
    AT_LEAST, /* holds when measured >= low */
    BETWEEN,  /* low <= measured <= high */
    FULLY     /* a share in percent: 100 holds, 0 fails, else partly */
};

struct claim {
    struct report_claim about;
    enum rule rule;
    double low, high;
    const char *unit;
    int decimals;
    const char *query;
};

#define PAPER   "Liedtke 1995, section "
#define LESSON  "the L3 lesson"
#define NULL_OF " FROM crossing_bill WHERE (scenario, kind) = ('null', 'call') AND "

/* One way, with the smallest domains that were recorded. */
#define IPC_OF(machine, structures)                                                      \
    " FROM crossing_bill b WHERE machine = '" machine "' AND phase = 'measured'"         \
    " AND kind IN ('ipc_call', 'ipc_reply') AND structure IN " structures                \
    " AND pages = (SELECT min(pages) FROM crossing_bill c WHERE c.machine = b.machine"   \
    "  AND c.structure = b.structure AND c.kind = 'ipc_call')"

/* The share of sizes at which small domains are the cheaper construction. */
#define SMALL_WINS(machine)                                                              \
    "SELECT 100.0 * sum(s.total_cycles < l.total_cycles) / count(*) FROM domain_size s"  \
    " JOIN domain_size l USING (scenario, variant, machine, pages)"                      \
    " WHERE machine = '" machine "' AND scenario <> 'null'"                              \
    " AND s.structure = 'l3-small' AND l.structure = 'l3-large'"

static const struct claim claims[] = {
    {.about = {.name = "trap-and-return",
               .strike = "border_crossings",
               .statement = "On a 486, entering the kernel takes 71 cycles and returning "
                            "36: no kernel crosses the border in less",
               .source = PAPER "4.1.1",
               .flag = 'T',
               .claimed = "107 cycles",
               .rule = "at least 107"},
     .rule = AT_LEAST,
     .low = 107,
     .unit = "cycles",
     .query = "SELECT min(median_cycles)" NULL_OF
              "machine = 'i486-50' AND phase = 'measured'"},
    {.about = {.name = "null-call-warm",
               .strike = "border_crossings",
               .statement =
                   "A kernel can be built that adds little: L3 enters and returns "
                   "in 123 cycles, warm",
               .source = PAPER "4.1.1",
               .flag = 'T',
               .claimed = "123 cycles",
               .rule = "at most 123, in the median"},
     .rule = AT_MOST,
     .low = 123,
     .unit = "cycles",
     .query = "SELECT min(median_cycles)" NULL_OF
              "machine = 'i486-50' AND phase = 'measured'"},
    {.about = {.name = "null-call-cold",
               .strike = "border_crossings",
               .statement =
                   "With a cold TLB and cache the same call takes up to 180 cycles",
               .source = PAPER "4.1.1",
               .flag = 'T',
               .claimed = "up to 180 cycles",
               .rule = "the dearest one, warm-up included, at most 180"},
     .rule = AT_MOST,
     .low = 180,
     .unit = "cycles",
     .query = "SELECT max(max_cycles)" NULL_OF
              "machine = 'i486-50' AND structure IN ('l3-small', 'l3-large')"},
    {.about = {.name = "mach-call",
               .strike = "border_crossings",
               .statement = "Mach needs 900 cycles for the simplest kernel call",
               .source = PAPER "4.1.1",
               .flag = 'T',
               .claimed = "900 cycles",
               .rule = "at least 900; the structure here is smaller than Mach"},
     .rule = AT_LEAST,
     .low = 900,
     .unit = "cycles",
     .query = "SELECT min(median_cycles)" NULL_OF
              "machine = 'i486-50' AND phase = 'measured' AND structure = 'mach'"},
    {.about = {.name = "pentium-reload",
               .strike = "space_switches",
               .statement = "On a Pentium a flush costs 864 cycles of refill: 32 and 64 "
                            "entries at 9 cycles each",
               .source = PAPER "4.1.2; " LESSON " counts them as explicit",
               .flag = 'T',
               .claimed = "864 cycles",
               .rule = "the most that came back after a switch, at least 864"},
     .rule = AT_LEAST,
     .low = 864,
     .unit = "cycles",
     .query = "SELECT max((itlb_entries + dtlb_entries) * event_mcycles / 1000.0)"
              " FROM refill_per_switch r JOIN replay_list l USING (replay)"
              " JOIN machine_components c ON c.machine = l.machine_id"
              " AND (c.side, c.component) = ('data', 'walk')"
              " WHERE r.machine = 'pentium-100'"},
    {.about = {.name = "refill-bound",
               .strike = "space_switches",
               .statement = "After a switch at most min(n, s) entries come back, for n "
                            "pages in use and a TLB of s entries",
               .source = PAPER "4.1.2",
               .flag = 'T',
               .claimed = "no more than the TLB holds",
               .rule = "in every replay with CR3 loads"},
     .rule = FULLY,
     .unit = "% of replays",
     .query = "SELECT 100.0 * sum(itlb_entries + dtlb_entries <="
              "  (SELECT sum(entries) FROM machine_structures s"
              "   WHERE s.machine = l.machine_id AND what = 'tlb' AND level = 1))"
              " / count(*) FROM refill_per_switch r JOIN replay_list l USING (replay)"},
    {.about = {.name = "small-spaces-pentium",
               .strike = "space_switches",
               .statement = "On a Pentium small spaces by segments beat page directories",
               .source = PAPER "4.1.2",
               .flag = 'T',
               .claimed = "15 cycles a switch against a flush",
               .rule = "at every domain size; partly: at some"},
     .rule = FULLY,
     .unit = "% of sizes",
     .query = SMALL_WINS("pentium-100")},
    {.about = {.name = "directories-486",
               .strike = "space_switches",
               .statement = "On a 486 it is the other way round: page directories beat "
                            "segments",
               .source = PAPER "4.1.2",
               .flag = 'T',
               .claimed = "72 to 288 cycles against 338, both ways",
               .rule = "at every domain size; partly: at some"},
     .rule = FULLY,
     .unit = "% of sizes",
     .query = "SELECT 100.0 - (" SMALL_WINS("i486-50") ")"},
    {.about = {.name = "switch-50",
               .strike = "space_switches",
               .statement =
                   "Properly built, a switch of address space costs less than 50 "
                   "cycles on a Pentium",
               .source = PAPER "4.1.2",
               .flag = 'T',
               .claimed = "below 50 cycles",
               .rule = "space switch of an IPC between small domains, at most 50"},
     .rule = AT_MOST,
     .low = 50,
     .unit = "cycles",
     .query = "SELECT max(cycles) FROM crossing_bill_lines WHERE account = 'space_switch'"
              " AND machine = 'pentium-100' AND structure = 'l3-small'"
              " AND phase = 'measured' AND kind IN ('ipc_call', 'ipc_reply')"},
    {.about = {.name = "tagged-tlb",
               .strike = "space_switches",
               .statement = "With a tagged TLB, as of the MIPS R4000, a switch loses "
                            "nothing",
               .source = PAPER "4.1.2 (that it is tagged); the figure 0 as remembered "
                               "from its Table 1, unverified",
               .flag = 'M',
               .claimed = "0 cycles",
               .rule = "refill after flush, at most 0"},
     .rule = AT_MOST,
     .low = 0,
     .unit = "cycles",
     .query = "SELECT max(refill_cycles + path_refill_cycles) FROM refill_per_switch"
              " WHERE machine = 'mips-r4000'"},
    {.about = {.name = "ipc-250",
               .strike = "thread_switches",
               .statement = "L3 sends a message of 8 bytes in 250 cycles on a 486",
               .source = PAPER "5.2",
               .flag = 'T',
               .claimed = "250 cycles one way",
               .rule = "IPC between large domains, at most 250"},
     .rule = AT_MOST,
     .low = 250,
     .unit = "cycles",
     .query = "SELECT avg(total_cycles)" IPC_OF("i486-50", "('l3-large')")},
    {.about = {.name = "hundred-calls",
               .strike = "thread_switches",
               .statement = "A protected call costs about a hundred procedure calls",
               .source = LESSON "; not in the paper",
               .flag = '2',
               .claimed = "about 100 times",
               .rule = "call and reply by what call and ret cost, 50 to 200"},
     .rule = BETWEEN,
     .low = 50,
     .high = 200,
     .unit = "times",
     .query = "SELECT (SELECT 2 * avg(total_cycles)" IPC_OF(
         "i486-50",
         "('l3-small', 'l3-large')") ") / (SELECT sum(value) / 1000.0 FROM"
                                     " machine_figures f JOIN machine_labels l USING "
                                     "(machine) WHERE label = 'i486-50'"
                                     " AND path IN ('instructions.call', "
                                     "'instructions.ret'))"},
    {.about = {.name = "mach-mcpi",
               .strike = "memory_effects",
               .statement =
                   "Under Mach a program spends up to 0.25 memory cycles more on "
                   "an instruction than under Ultrix",
               .source = PAPER "4.2, after Chen and Bershad 1993",
               .flag = 'T',
               .claimed = "up to 0.25 cycles",
               .rule = "structure mach less monolithic, at most 0.25"},
     .rule = AT_MOST,
     .low = 0.25,
     .unit = "cycles per instruction",
     .decimals = 3,
     .query = "SELECT max(m.memory_cycles_per_instruction -"
              " u.memory_cycles_per_instruction) FROM by_structure m JOIN by_structure u"
              " USING (scenario, variant, pages, machine)"
              " WHERE (m.structure, u.structure) = ('mach', 'monolithic')"},
};
#define CLAIMS (sizeof claims / sizeof claims[0])

const char *report_verdict_name(enum report_verdict verdict)
{
    switch (verdict) {
    case REPORT_HOLDS:
        return "holds";
    case REPORT_FAILS:
        return "fails";
    case REPORT_PARTLY:
        return "partly";
    case REPORT_NOT_MEASURED:
        break;
    }
    return "not_measured";
}

static enum report_verdict judge(const struct claim *claim, double measured)
{
    bool holds = false;
    switch (claim->rule) {
    case AT_MOST:
        holds = measured <= claim->low;
        break;
    case AT_LEAST:
        holds = measured >= claim->low;
        break;
    case BETWEEN:
        holds = measured >= claim->low && measured <= claim->high;
        break;
    case FULLY:
        if (measured > 0 && measured < 100)
            return REPORT_PARTLY;
        holds = measured >= 100;
        break;
    }
    return holds ? REPORT_HOLDS : REPORT_FAILS;
}

static bool measure(struct report *report, struct arena *arena, const struct claim *claim,
                    struct report_claim *result, struct cb_error *error)
{
    struct grid grid;
    *result = claim->about;
    result->verdict = REPORT_NOT_MEASURED;
    if (!grid_load_with(report, arena, &grid, claim->query, NULL, 0, error))
        return false;
    if (grid.rows == 0 || grid_cell(&grid, 0, 0)->type != CELL_NUMBER)
        return true;
    double measured = grid_number(&grid, 0, 0);
    snprintf(result->measured, sizeof result->measured, "%s %s",
             number_text(arena, measured, claim->decimals), claim->unit);
    result->verdict = judge(claim, measured);
    return true;
}

bool report_claims(struct report *report, struct report_claim **list, size_t *count,
                   struct cb_error *error)
{
    struct arena arena = {0};
    struct report_claim *results = calloc(CLAIMS, sizeof *results);
    bool ok = results != NULL || cb_error_set(error, CB_IO, "out of memory");
    for (size_t i = 0; ok && i < CLAIMS; i++)
        ok = measure(report, &arena, &claims[i], &results[i], error);
    arena_free(&arena);
    if (!ok) {
        free(results);
        return false;
    }
    *list = results;
    *count = CLAIMS;
    return true;
}

static bool keep(struct report *report, size_t position, const struct report_claim *claim,
                 struct cb_error *error)
{
    const char flag[2] = {claim->flag, '\0'};
    bool measured = claim->verdict != REPORT_NOT_MEASURED;
    return sql_run(report, error,
                   "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   sql_text(claim->name), sql_integer((int64_t)position),
                   sql_text(claim->strike), sql_text(claim->statement),
                   sql_text(claim->source), sql_text(flag), sql_text(claim->claimed),
                   sql_text(claim->rule), sql_text(measured ? claim->measured : NULL),
                   sql_text(report_verdict_name(claim->verdict)));
}

bool report_keep_claims(struct report *report, struct cb_error *error)
{
    struct report_claim *list;
    size_t count;
    if (!report_claims(report, &list, &count, error))
        return false;
    bool ok = sql_begin(report, error);
    if (ok) {
        ok = sql_script(report, "DELETE FROM claims", error);
        for (size_t i = 0; ok && i < count; i++)
            ok = keep(report, i, &list[i], error);
        ok = sql_end(report, ok, error);
    }
    free(list);
    return ok;
}
