/* sweeps.c - put the points of a sweep into the file, many to a transaction. */
#include "sql.h"
#include "text.h"

#include <stdlib.h>

/* [{"path": ..., "values": [...]}, ...]: what a sweep is known by. */
static bool axes_json(const struct report_axis *axes, size_t count,
                      struct report_bytes *json, struct cb_error *error)
{
    struct text text = {0};
    text_add(&text, "[");
    for (size_t a = 0; a < count; a++) {
        text_add(&text, a > 0 ? ",{\"path\":" : "{\"path\":");
        text_json(&text, axes[a].path);
        text_add(&text, ",\"values\":[");
        for (size_t v = 0; v < axes[a].count; v++) {
            text_add(&text, v > 0 ? "," : "");
            text_json(&text, axes[a].values[v]);
        }
        text_add(&text, "]}");
    }
    text_add(&text, "]");
    return text_finish(&text, json, error);
}

static bool grid_size(const struct report_axis *axes, size_t count, int64_t *points,
                      struct cb_error *error)
{
    *points = 1;
    for (size_t a = 0; a < count; a++)
        if (__builtin_mul_overflow(*points, axes[a].count, points) || *points == 0)
            return cb_error_set(error, CB_IO,
                                "the sweep's axis %s has no values, or the grid too many "
                                "points",
                                axes[a].path);
    return true;
}

static bool insert_axis(struct report *report, int64_t sweep, size_t axis,
                        const struct report_axis *values, int64_t stride,
                        struct cb_error *error)
{
    if (!sql_run(report, error, "INSERT INTO sweep_axes VALUES (?, ?, ?, ?, ?)",
                 sql_integer(sweep), sql_integer((int64_t)axis), sql_text(values->path),
                 sql_integer((int64_t)values->count), sql_integer(stride)))
        return false;
    for (size_t v = 0; v < values->count; v++)
        if (!sql_run(report, error, "INSERT INTO sweep_values VALUES (?, ?, ?, ?)",
                     sql_integer(sweep), sql_integer((int64_t)axis),
                     sql_integer((int64_t)v), sql_text(values->values[v])))
            return false;
    return true;
}

static bool insert_axes(struct report *report, int64_t sweep,
                        const struct report_axis *axes, size_t count, int64_t points,
                        struct cb_error *error)
{
    int64_t stride = points;
    for (size_t a = 0; a < count; a++) {
        stride /= (int64_t)axes[a].count;
        if (!insert_axis(report, sweep, a, &axes[a], stride, error))
            return false;
    }
    return true;
}

static bool begin(struct report *report, int64_t trace, int64_t machine, int64_t study,
                  const struct report_axis *axes, size_t axis_count, const char *json,
                  int64_t points, int64_t *sweep, struct cb_error *error)
{
    if (!sql_forget_charts(report, error) ||
        !sql_number(report, error, sweep, 0,
                    "SELECT sweep FROM sweeps WHERE (trace, machine, axes) = (?, ?, ?)",
                    sql_integer(trace), sql_integer(machine), sql_text(json)))
        return false;
    if (*sweep != 0)
        return sql_run(report, error,
                       "UPDATE sweeps SET state = 'running', study = ? WHERE sweep = ?",
                       study > 0 ? sql_integer(study) : sql_null(), sql_integer(*sweep));
    if (!sql_run(report, error,
                 "INSERT INTO sweeps (trace, machine, study, axes, state, points)"
                 " VALUES (?, ?, ?, ?, 'running', ?)",
                 sql_integer(trace), sql_integer(machine),
                 study > 0 ? sql_integer(study) : sql_null(), sql_text(json),
                 sql_integer(points)))
        return false;
    *sweep = sqlite3_last_insert_rowid(report->db);
    return insert_axes(report, *sweep, axes, axis_count, points, error);
}

bool report_begin_sweep(struct report *report, int64_t trace, int64_t machine,
                        int64_t study, const struct report_axis *axes, size_t axis_count,
                        int64_t *sweep, struct cb_error *error)
{
    struct report_bytes json;
    int64_t points;
    if (!grid_size(axes, axis_count, &points, error) ||
        !axes_json(axes, axis_count, &json, error))
        return false;
    bool ok = sql_begin(report, error);
    if (ok) {
        ok = begin(report, trace, machine, study, axes, axis_count, json.data, points,
                   sweep, error);
        ok = sql_end(report, ok, error);
    }
    free(json.data);
    return ok;
}

bool report_find_sweep(struct report *report, const char *sha256,
                       const struct machine *machine, const struct report_axis *axes,
                       size_t axis_count, int64_t *sweep, struct cb_error *error)
{
    struct report_bytes json;
    char machine_sha256[65], *resolved = sql_machine(machine, machine_sha256, error);
    if (resolved == NULL)
        return false;
    free(resolved);
    if (!axes_json(axes, axis_count, &json, error))
        return false;
    bool ok = sql_number(report, error, sweep, 0,
                         "SELECT s.sweep FROM sweeps s JOIN traces t USING (trace)"
                         " JOIN machines m USING (machine)"
                         " WHERE (t.sha256, m.sha256, s.axes) = (?, ?, ?)",
                         sql_text(sha256), sql_text(machine_sha256), sql_text(json.data));
    free(json.data);
    return ok;
}

bool report_has_point(struct report *report, int64_t sweep, uint64_t point, bool *has,
                      struct cb_error *error)
{
    int64_t found;
    if (!sql_number(report, error, &found, 0,
                    "SELECT count(*) FROM sweep_points WHERE (sweep, point) = (?, ?)",
                    sql_integer(sweep), sql_integer((int64_t)point)))
        return false;
    *has = found > 0;
    return true;
}

/* ---- points ---- */

/* One statement for all rows of a kind: a large grid has many. */
static bool insert_accounts(struct report *report, int64_t sweep, int64_t point,
                            const struct ledger *ledger, struct cb_error *error)
{
    sqlite3_stmt *insert =
        sql_prepare(report, error, "INSERT INTO sweep_accounts VALUES (?, ?, ?, ?)",
                    sql_integer(sweep), sql_integer(point));
    bool ok = insert != NULL;
    for (int a = 0; ok && a < ACCOUNTS; a++) {
        int64_t mcycles =
            ledger_account_mcycles(ledger, TRACE_PHASE_MEASURED, (enum account)a);
        if (mcycles != 0)
            ok = sql_again(report, error, insert, 3,
                           sql_text(account_name((enum account)a)), sql_integer(mcycles));
    }
    sqlite3_finalize(insert);
    return ok;
}

static void sum_events(const struct ledger *ledger, int64_t events[GROUPS][COMPONENTS])
{
    const struct ledger_phase *phase = &ledger->phase[TRACE_PHASE_MEASURED];
    for (size_t d = 0; d < ledger->domain_count; d++)
        for (int a = 0; a < ACCOUNTS; a++)
            for (int s = 0; s < SIDES; s++)
                for (int c = 0; c < COMPONENTS; c++)
                    events[account_group((enum account)a)][c] +=
                        phase->domains[d].line[a].counts.n[s][c];
}

static bool insert_events(struct report *report, int64_t sweep, int64_t point,
                          const struct ledger *ledger, struct cb_error *error)
{
    int64_t events[GROUPS][COMPONENTS] = {{0}};
    sum_events(ledger, events);
    sqlite3_stmt *insert =
        sql_prepare(report, error, "INSERT INTO sweep_events VALUES (?, ?, ?, ?, ?)",
                    sql_integer(sweep), sql_integer(point));
    bool ok = insert != NULL;
    for (int g = 0; g < GROUPS; g++)
        for (int c = 0; ok && c < COMPONENTS; c++)
            if (events[g][c] != 0)
                ok = sql_again(report, error, insert, 3,
                               sql_text(account_group_name((enum account_group)g)),
                               sql_text(component_name((enum component)c)),
                               sql_integer(events[g][c]));
    sqlite3_finalize(insert);
    return ok;
}

/* ---- domains ---- */

/* One that the trace did not declare is added, as for a replay. */
static bool add_missing_domains(struct report *report, int64_t sweep,
                                const struct ledger *ledger, struct cb_error *error)
{
    int64_t known;
    if (!sql_number(report, error, &known, 0,
                    "SELECT count(*) FROM domains JOIN sweeps USING (trace)"
                    " WHERE sweep = ?",
                    sql_integer(sweep)))
        return false;
    for (size_t d = 0; known < (int64_t)ledger->domain_count && d < ledger->domain_count;
         d++) {
        const struct ledger_domain *domain = &ledger->phase[0].domains[d];
        if (!sql_run(report, error,
                     "INSERT OR IGNORE INTO domains (trace, number, name, kind)"
                     " SELECT trace, ?, ?, ? FROM sweeps WHERE sweep = ?",
                     sql_integer(domain->id), sql_text(domain->name),
                     sql_text(sql_domain_kind(domain->kind)), sql_integer(sweep)))
            return false;
    }
    return true;
}

/* Whether there is anything to keep of the line, summed over sides. */
static bool sum_line(const struct ledger_line *line, int64_t *mcycles,
                     int64_t events[COMPONENTS])
{
    *mcycles = line->instruction_mcycles + line->memory_mcycles;
    bool any = *mcycles != 0;
    for (int c = 0; c < COMPONENTS; c++) {
        events[c] = 0;
        for (int s = 0; s < SIDES; s++)
            events[c] += line->counts.n[s][c];
        any |= events[c] != 0;
    }
    return any;
}

static bool insert_line(struct report *report, sqlite3_stmt *insert, int number,
                        enum account account, const struct ledger_line *line,
                        struct cb_error *error)
{
    int64_t mcycles, events[COMPONENTS];
    struct sql_value values[3 + COMPONENTS];
    if (!sum_line(line, &mcycles, events))
        return true;
    values[0] = sql_integer(number);
    values[1] = sql_text(account_name(account));
    values[2] = sql_integer(mcycles);
    for (int c = 0; c < COMPONENTS; c++)
        values[3 + c] = sql_integer(events[c]);
    return sql_again_with(report, insert, 3, values, 3 + COMPONENTS, error);
}

static bool insert_domains(struct report *report, int64_t sweep, int64_t point,
                           const struct ledger *ledger, struct cb_error *error)
{
    if (!add_missing_domains(report, sweep, ledger, error))
        return false;
    sqlite3_stmt *insert =
        sql_prepare(report, error,
                    "INSERT INTO sweep_domains SELECT ?1, ?2, d.domain, ?4, ?5, ?6, ?7,"
                    " ?8, ?9, ?10, ?11, ?12, ?13, ?14 FROM sweeps s JOIN domains d"
                    " ON (d.trace, d.number) = (s.trace, ?3) WHERE s.sweep = ?1",
                    sql_integer(sweep), sql_integer(point));
    bool ok = insert != NULL;
    for (size_t d = 0; ok && d < ledger->domain_count; d++) {
        const struct ledger_domain *domain =
            &ledger->phase[TRACE_PHASE_MEASURED].domains[d];
        for (int a = 0; ok && a < ACCOUNTS; a++)
            ok = insert_line(report, insert, domain->id, (enum account)a,
                             &domain->line[a], error);
    }
    sqlite3_finalize(insert);
    return ok;
}

static struct sql_value group_value(const struct ledger *ledger, enum account_group group)
{
    return sql_integer(ledger_group_mcycles(ledger, TRACE_PHASE_MEASURED, group));
}

static bool insert_result(struct report *report, int64_t sweep, int64_t point,
                          const struct ledger *ledger, struct cb_error *error)
{
    return sql_run(
               report, error,
               "INSERT INTO sweep_points VALUES (?, ?, NULL, ?, ?, ?, ?, ?)",
               sql_integer(sweep), sql_integer(point), group_value(ledger, GROUP_WORK),
               group_value(ledger, GROUP_COMPETITION),
               group_value(ledger, GROUP_EXPLICIT), group_value(ledger, GROUP_IMPLICIT),
               group_value(ledger, GROUP_IDLE)) &&
           insert_accounts(report, sweep, point, ledger, error) &&
           insert_events(report, sweep, point, ledger, error) &&
           insert_domains(report, sweep, point, ledger, error) &&
           sql_run(report, error, "UPDATE sweeps SET requests = ? WHERE sweep = ?",
                   sql_integer(ledger->phase[TRACE_PHASE_MEASURED].requests),
                   sql_integer(sweep));
}

static bool insert_refusal(struct report *report, int64_t sweep, int64_t point,
                           const char *refused, struct cb_error *error)
{
    return sql_run(report, error,
                   "INSERT INTO sweep_points (sweep, point, refused) VALUES (?, ?, ?)",
                   sql_integer(sweep), sql_integer(point),
                   sql_text(refused != NULL ? refused : "refused"));
}

bool report_add_point(struct report *report, int64_t sweep, uint64_t point,
                      const struct ledger *ledger, const char *refused,
                      struct cb_error *error)
{
    if (!sql_add_begin(report, error))
        return false;
    bool ok =
        sql_run(report, error, "DELETE FROM sweep_points WHERE (sweep, point) = (?, ?)",
                sql_integer(sweep), sql_integer((int64_t)point)) &&
        (ledger != NULL ? insert_result(report, sweep, (int64_t)point, ledger, error)
                        : insert_refusal(report, sweep, (int64_t)point, refused, error));
    return sql_add_end(report, ok, error);
}

bool report_keep_points(struct report *report, struct cb_error *error)
{
    return sql_flush(report, error);
}

bool report_finish_sweep(struct report *report, int64_t sweep, struct cb_error *error)
{
    int64_t missing;
    if (!sql_flush(report, error) ||
        !sql_number(report, error, &missing, 0,
                    "SELECT points - (SELECT count(*) FROM sweep_points p"
                    " WHERE p.sweep = s.sweep) FROM sweeps s WHERE sweep = ?",
                    sql_integer(sweep)))
        return false;
    if (missing > 0) {
        cb_error_set(error, CB_IO, "%lld points of the sweep are missing: it is not done",
                     (long long)missing);
        return cb_error_in(error, report->path);
    }
    if (!sql_begin(report, error))
        return false;
    bool ok = sql_run(report, error, "UPDATE sweeps SET state = 'done' WHERE sweep = ?",
                      sql_integer(sweep)) &&
              sql_tidy_kept(report, error);
    return sql_end(report, ok, error);
}
