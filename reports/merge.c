/* merge.c - take over the sweeps and finished replays of another report, found by what
 * they are of: the hashes of trace and machine, and the axes or options. Row numbers
 * differ from file to file. */
#include "merge_replays.h"

#include <stdlib.h>

/* The schema of the other file is called `shard` while it is attached. */
#define NEEDED(what)                                                                     \
    "SELECT " what " FROM shard.sweeps UNION"                                            \
    " SELECT " what " FROM shard.replays WHERE state = 'done'"

static const char *const steps[] = {
    "INSERT INTO main.traces (sha256, scenario, structure, tool, header, version,"
    " file_bytes, records, lost, cut_at_byte)"
    " SELECT sha256, scenario, structure, tool, header, version, file_bytes, records,"
    " lost, cut_at_byte FROM shard.traces"
    " WHERE trace IN (" NEEDED(
        "trace") ")"
                 " AND sha256 NOT IN (SELECT sha256 FROM main.traces) ORDER BY trace",

    "INSERT OR IGNORE INTO main.domains (trace, number, name, kind, base, \"limit\")"
    " SELECT m.trace, d.number, d.name, d.kind, d.base, d.\"limit\" FROM shard.domains d"
    " JOIN shard.traces s ON s.trace = d.trace JOIN main.traces m ON m.sha256 = s.sha256"
    " WHERE s.trace IN (" NEEDED("trace") ") ORDER BY d.domain",

    "INSERT INTO main.machines (sha256, name, title, clock_khz, resolved)"
    " SELECT sha256, name, title, clock_khz, resolved FROM shard.machines"
    " WHERE machine IN (" NEEDED("machine") ")"
                                            " AND sha256 NOT IN (SELECT sha256 FROM "
                                            "main.machines) ORDER BY machine",

    "INSERT OR IGNORE INTO main.machine_figures"
    " SELECT m.machine, f.position, f.path, f.unit, f.value, f.flag, f.source"
    " FROM shard.machine_figures f JOIN shard.machines s ON s.machine = f.machine"
    " JOIN main.machines m ON m.sha256 = s.sha256",

    "INSERT OR IGNORE INTO main.machine_components"
    " SELECT m.machine, c.side, c.component, c.event_mcycles"
    " FROM shard.machine_components c JOIN shard.machines s ON s.machine = c.machine"
    " JOIN main.machines m ON m.sha256 = s.sha256",

    "INSERT OR IGNORE INTO main.machine_structures"
    " SELECT m.machine, t.position, t.name, t.what, t.level, t.holds, t.entries, t.ways,"
    " t.unit_bytes, t.replacement, t.tagged FROM shard.machine_structures t"
    " JOIN shard.machines s ON s.machine = t.machine"
    " JOIN main.machines m ON m.sha256 = s.sha256",

    "INSERT OR IGNORE INTO main.sweeps (trace, machine, axes, state, points)"
    " SELECT mt.trace, mm.machine, s.axes, 'running', s.points FROM shard.sweeps s"
    " JOIN shard.traces st ON st.trace = s.trace"
    " JOIN main.traces mt ON mt.sha256 = st.sha256"
    " JOIN shard.machines sm ON sm.machine = s.machine"
    " JOIN main.machines mm ON mm.sha256 = sm.sha256 ORDER BY s.sweep",

    "CREATE TEMP TABLE same_sweep AS"
    " SELECT s.sweep AS theirs, m.sweep AS ours, s.requests FROM shard.sweeps s"
    " JOIN shard.traces st ON st.trace = s.trace"
    " JOIN main.traces mt ON mt.sha256 = st.sha256"
    " JOIN shard.machines sm ON sm.machine = s.machine"
    " JOIN main.machines mm ON mm.sha256 = sm.sha256"
    " JOIN main.sweeps m"
    " ON (m.trace, m.machine, m.axes) = (mt.trace, mm.machine, s.axes)",

    "UPDATE main.sweeps SET requests = (SELECT requests FROM same_sweep"
    " WHERE ours = sweep) WHERE requests IS NULL"
    " AND sweep IN (SELECT ours FROM same_sweep)",

    "INSERT OR IGNORE INTO main.sweep_axes"
    " SELECT ours, axis, path, length, stride FROM shard.sweep_axes"
    " JOIN same_sweep ON theirs = sweep",

    "INSERT OR IGNORE INTO main.sweep_values"
    " SELECT ours, axis, position, value FROM shard.sweep_values"
    " JOIN same_sweep ON theirs = sweep",

    "DELETE FROM main.sweep_points WHERE (sweep, point) IN"
    " (SELECT ours, point FROM shard.sweep_points JOIN same_sweep ON theirs = sweep)",

    "INSERT INTO main.sweep_points"
    " SELECT ours, point, refused, work_mcycles, competition_mcycles, explicit_mcycles,"
    " implicit_mcycles, idle_mcycles FROM shard.sweep_points"
    " JOIN same_sweep ON theirs = sweep",

    "INSERT INTO main.sweep_accounts SELECT ours, point, account, mcycles"
    " FROM shard.sweep_accounts JOIN same_sweep ON theirs = sweep",

    "INSERT INTO main.sweep_events SELECT ours, point, account_group, component, events"
    " FROM shard.sweep_events JOIN same_sweep ON theirs = sweep",

    "INSERT INTO main.sweep_domains SELECT ours, point, md.domain, t.account, t.mcycles,"
    " t.itlb, t.dtlb, t.stlb, t.walk, t.l1i, t.l1d, t.l2, t.l3, t.memory"
    " FROM shard.sweep_domains t JOIN same_sweep ON theirs = t.sweep"
    " JOIN shard.domains sd ON sd.domain = t.domain"
    " JOIN main.sweeps m ON m.sweep = ours"
    " JOIN main.domains md ON (md.trace, md.number) = (m.trace, sd.number)",

};

static const char after[] =
    "DROP TABLE temp.same_sweep;"
    "UPDATE main.sweeps SET state = 'done' WHERE points ="
    " (SELECT count(*) FROM main.sweep_points p WHERE p.sweep = main.sweeps.sweep)";

static bool take_over(struct report *report, struct cb_error *error)
{
    if (!sql_begin(report, error))
        return false;
    bool ok = sql_forget_charts(report, error);
    for (size_t i = 0; ok && i < sizeof steps / sizeof steps[0]; i++)
        ok = sql_script(report, steps[i], error);
    ok = ok && sql_merge_kept(report, error) && sql_script(report, after, error) &&
         sql_tidy_kept(report, error) && merge_replays(report, error);
    return sql_end(report, ok, error);
}

/* An older report has been brought up to this version in memory: its bytes are attached.
 */
static bool attach_bytes(struct report *report, struct report *shard,
                         struct cb_error *error)
{
    if (!sql_script(report, "ATTACH ':memory:' AS shard", error))
        return false;
    sqlite3_int64 size;
    unsigned char *bytes = sqlite3_serialize(shard->db, "main", &size, 0);
    if (bytes != NULL && sqlite3_deserialize(report->db, "shard", bytes, size, size,
                                             SQLITE_DESERIALIZE_FREEONCLOSE) == SQLITE_OK)
        return true;
    sql_script(report, "DETACH shard", NULL);
    return cb_error_set(error, CB_IO, "out of memory");
}

/* Whether it is a report at all is found out as for any other. */
static bool attach(struct report *report, const char *path, struct cb_error *error)
{
    struct report *shard = report_open(path, REPORT_READ, error);
    if (shard == NULL || !sql_flush(report, error)) {
        report_close(shard);
        return false;
    }
    const char *file = sqlite3_db_filename(shard->db, "main");
    bool in_memory = file == NULL || file[0] == '\0';
    bool ok = !in_memory || attach_bytes(report, shard, error);
    report_close(shard);
    return ok &&
           (in_memory || sql_run(report, error, "ATTACH ? AS shard", sql_text(path)));
}

bool report_merge(struct report *report, const char *path, struct cb_error *error)
{
    if (!attach(report, path, error))
        return false;
    bool ok = take_over(report, error);
    return sql_script(report, "DETACH shard", ok ? error : NULL) && ok;
}

bool report_missing_points(struct report *report, int64_t *missing,
                           struct cb_error *error)
{
    return sql_flush(report, error) &&
           sql_number_with(report, missing, 0,
                           "SELECT sum(points - (SELECT count(*) FROM sweep_points p"
                           " WHERE p.sweep = s.sweep)) FROM sweeps s",
                           NULL, 0, error);
}
