/* merge_replays.c - replays are known by their trace, machine and options; one that the
 * report has already stays as it is: a replay done twice is the same. What hangs on a
 * replay is found in the schema, every table with a column `replay`. */
#include "merge_replays.h"
#include "arena.h"
#include "grid.h"

static const char *const before[] = {
    "CREATE TEMP TABLE new_replay AS SELECT s.replay AS theirs, mt.trace, mm.machine,"
    " s.options, s.total_mcycles, s.lost FROM shard.replays s"
    " JOIN shard.traces st ON st.trace = s.trace"
    " JOIN main.traces mt ON mt.sha256 = st.sha256"
    " JOIN shard.machines sm ON sm.machine = s.machine"
    " JOIN main.machines mm ON mm.sha256 = sm.sha256"
    " WHERE s.state = 'done' AND NOT EXISTS (SELECT 1 FROM main.replays o"
    " WHERE (o.trace, o.machine, o.options) = (mt.trace, mm.machine, s.options)"
    " AND o.state = 'done')",

    /* Here begun and not finished, there done. */
    "DELETE FROM main.replays WHERE (trace, machine, options) IN"
    " (SELECT trace, machine, options FROM new_replay)",

    "INSERT INTO main.replays (trace, machine, options, state, total_mcycles, lost)"
    " SELECT trace, machine, options, 'done', total_mcycles, lost FROM new_replay"
    " ORDER BY theirs",

    "CREATE TEMP TABLE same_replay (theirs INTEGER PRIMARY KEY, ours INTEGER)",
    "INSERT INTO same_replay SELECT n.theirs, o.replay FROM new_replay n"
    " JOIN main.replays o USING (trace, machine, options)",

    "CREATE TEMP TABLE same_domain (theirs INTEGER PRIMARY KEY, ours INTEGER)",
    "INSERT INTO same_domain SELECT sd.domain, md.domain FROM shard.domains sd"
    " JOIN shard.traces st ON st.trace = sd.trace"
    " JOIN main.traces mt ON mt.sha256 = st.sha256"
    " JOIN main.domains md ON (md.trace, md.number) = (mt.trace, sd.number)",
};

static const char after[] = "DROP TABLE temp.new_replay; DROP TABLE temp.same_replay;"
                            " DROP TABLE temp.same_domain";

/* Names are the schema's own. Replays and domains have other row numbers here. */
static bool copy_table(struct report *report, struct arena *arena, const char *table,
                       struct cb_error *error)
{
    struct grid columns;
    if (!grid_load(report, arena, &columns, error,
                   "SELECT group_concat('\"' || c.name || '\"', ', '), group_concat("
                   " CASE WHEN c.name = 'replay' THEN 'r.ours'"
                   " WHEN c.name IN (SELECT \"from\" FROM pragma_foreign_key_list(?)"
                   "  WHERE \"table\" = 'domains')"
                   " THEN '(SELECT ours FROM same_domain WHERE theirs = t.\"' ||"
                   "  c.name || '\")' ELSE 't.\"' || c.name || '\"' END, ', ')"
                   " FROM pragma_table_info(?) c",
                   sql_text(table), sql_text(table)))
        return false;
    const char *statement =
        arena_print(arena,
                    "INSERT INTO main.\"%s\" (%s) SELECT %s FROM shard.\"%s\" t"
                    " JOIN same_replay r ON r.theirs = t.replay",
                    table, grid_text(&columns, 0, 0), grid_text(&columns, 0, 1), table);
    return sql_script(report, statement, error);
}

/* In the order of the schema: rows refer to rows of tables before theirs. */
static bool copy_tables(struct report *report, struct arena *arena,
                        struct cb_error *error)
{
    struct grid tables;
    bool ok = grid_load_with(
        report, arena, &tables,
        "SELECT s.name FROM main.sqlite_schema s JOIN pragma_table_info(s.name) c"
        " WHERE s.type = 'table' AND s.name <> 'replays' AND c.name = 'replay'"
        " AND s.name IN (SELECT name FROM shard.sqlite_schema) ORDER BY s.rowid",
        NULL, 0, error);
    for (size_t i = 0; ok && i < tables.rows; i++)
        ok = copy_table(report, arena, grid_text(&tables, i, 0), error);
    return ok;
}

bool merge_replays(struct report *report, struct cb_error *error)
{
    struct arena arena = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof before / sizeof before[0]; i++)
        ok = sql_script(report, before[i], error);
    ok = ok && copy_tables(report, &arena, error) && sql_script(report, after, error);
    return arena_end(&arena, ok, error);
}
