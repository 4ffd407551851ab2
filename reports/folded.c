/* folded.c - all replays as folded stacks, for flame graphs: one line per account that a
 * domain was charged in, "frame;frame;... value", values in millicycles.
 *
 * Frames: machine, scenario, structure and size, domain, group, account. Credits are
 * negative and have no place in a flame graph: they are left out, and the sums are then
 * those of a world without credits. */
#include "export.h"
#include "sql.h"
#include "text.h"

#define FOLDED_QUERY                                                                     \
    "SELECT l.machine, l.scenario || iif(l.variant = '', '', ' (' || l.variant || ')')," \
    " l.structure || coalesce(', ' || l.pages || ' pages', ''), d.name,"                 \
    " a.account_group, a.title, g.instruction_mcycles + g.memory_mcycles AS mcycles"     \
    " FROM ledger g JOIN replay_list l USING (replay)"                                   \
    " JOIN domains d ON d.domain = g.domain JOIN accounts a ON a.account = g.account"    \
    " WHERE l.state = 'done' AND g.phase = 'measured' AND mcycles > 0"                   \
    " ORDER BY l.machine, l.scenario, l.variant, l.structure, l.pages, l.replay,"        \
    " d.number, a.position"
#define FRAMES 6

static bool add_stack(struct report *report, struct text *text, sqlite3_stmt *row,
                      struct cb_error *error)
{
    for (int column = 0; column < FRAMES; column++) {
        const char *frame = sql_column(report, row, column, error);
        if (frame == NULL)
            return false;
        text_add(text, column > 0 ? ";" : "");
        text_folded(text, frame);
    }
    text_format(text, " %lld\n", (long long)sqlite3_column_int64(row, FRAMES));
    return true;
}

bool export_folded(struct report *report, struct report_bytes *bytes,
                   struct cb_error *error)
{
    struct text text = {0};
    sqlite3_stmt *rows = sql_prepare_with(report, FOLDED_QUERY, NULL, 0, error);
    if (rows == NULL)
        return false;
    int more;
    bool ok = true;
    while (ok && (more = sql_step(report, rows, error)) > 0)
        ok = add_stack(report, &text, rows, error);
    sqlite3_finalize(rows);
    if (ok && more == 0)
        return text_finish(&text, bytes, error);
    text_drop(&text);
    return false;
}
