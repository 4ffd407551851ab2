/* predictions.c - put what the closed form predicts into the file. */
#include "sql.h"

static bool insert_point(struct report *report, int64_t prediction,
                         const struct report_prediction *point, struct cb_error *error)
{
    return sql_run(
        report, error,
        "INSERT INTO prediction_points VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        sql_integer(prediction), sql_integer(point->pages),
        point->trace > 0 ? sql_integer(point->trace) : sql_null(),
        sql_integer(point->explicit_mcycles), sql_integer(point->isolation_mcycles[0]),
        sql_integer(point->isolation_mcycles[1]), sql_integer(point->path_mcycles[0]),
        sql_integer(point->path_mcycles[1]), sql_integer(point->competition_mcycles[0]),
        sql_integer(point->competition_mcycles[1]));
}

bool report_add_predictions(struct report *report, int64_t machine, int64_t trace,
                            const char *footprints, const char *order,
                            const struct report_prediction *points, size_t count,
                            struct cb_error *error)
{
    if (!sql_begin(report, error))
        return false;
    bool ok = sql_forget_charts(report, error) &&
              sql_run(report, error,
                      "DELETE FROM predictions WHERE (machine, footprints, visit_order) ="
                      " (?, ?, ?)",
                      sql_integer(machine), sql_text(footprints), sql_text(order)) &&
              sql_run(report, error,
                      "INSERT INTO predictions (machine, trace, footprints, visit_order)"
                      " VALUES (?, ?, ?, ?)",
                      sql_integer(machine), trace > 0 ? sql_integer(trace) : sql_null(),
                      sql_text(footprints), sql_text(order));
    int64_t prediction = sqlite3_last_insert_rowid(report->db);
    for (size_t i = 0; ok && i < count; i++)
        ok = insert_point(report, prediction, &points[i], error);
    return sql_end(report, ok, error);
}

bool report_replayed(struct report *report, int64_t trace, int64_t machine, bool *found,
                     double *explicit_cycles, double *implicit_cycles,
                     struct cb_error *error)
{
    sqlite3_stmt *row = sql_prepare(
        report, error,
        "SELECT explicit_per_request, implicit_per_request FROM by_structure"
        " WHERE replay = (SELECT replay FROM replays WHERE (trace, machine, options) ="
        " (?, ?, '{}') AND state = 'done')",
        sql_integer(trace), sql_integer(machine));
    if (row == NULL)
        return false;
    int more = sql_step(report, row, error);
    *found = more > 0;
    if (*found) {
        *explicit_cycles = sqlite3_column_double(row, 0);
        *implicit_cycles = sqlite3_column_double(row, 1);
    }
    sqlite3_finalize(row);
    return more >= 0;
}
