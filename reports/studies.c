/* studies.c - studies in a report: their state, and which results are theirs. */
#include "report.h"
#include "sql.h"
#include "text.h"
#include "traces/hash.h"

#include <stdlib.h>

bool report_begin_study(struct report *report, const char *name, const char *text,
                        int64_t *study, struct cb_error *error)
{
    if (!sql_begin(report, error))
        return false;
    bool ok =
        sql_run(report, error,
                "INSERT INTO studies (name, definition, state) VALUES (?, ?, 'running')"
                " ON CONFLICT (name) DO UPDATE SET definition = excluded.definition,"
                " state = 'running'",
                sql_text(name), sql_text(text)) &&
        sql_number(report, error, study, 0, "SELECT study FROM studies WHERE name = ?",
                   sql_text(name));
    return sql_end(report, ok, error);
}

bool report_finish_study(struct report *report, int64_t study, struct cb_error *error)
{
    return sql_flush(report, error) &&
           sql_run(report, error, "UPDATE studies SET state = 'done' WHERE study = ?",
                   sql_integer(study));
}

bool report_study(struct report *report, const char *name, const char *text,
                  enum report_study_state *state, struct cb_error *error)
{
    int64_t same = 0, done = 0;
    if (!sql_number(report, error, &same, -1,
                    "SELECT definition = ? FROM studies WHERE name = ?", sql_text(text),
                    sql_text(name)) ||
        !sql_number(report, error, &done, 0,
                    "SELECT state = 'done' FROM studies WHERE name = ?", sql_text(name)))
        return false;
    *state = same < 0    ? REPORT_STUDY_ABSENT
             : same == 0 ? REPORT_STUDY_OTHER
             : done == 0 ? REPORT_STUDY_RUNNING
                         : REPORT_STUDY_DONE;
    return true;
}

bool report_add_to_study(struct report *report, int64_t study, const char *sha256,
                         struct cb_error *error)
{
    if (!sql_begin(report, error))
        return false;
    bool ok = sql_run(report, error,
                      "UPDATE replays SET study = ?1 WHERE trace ="
                      " (SELECT trace FROM traces WHERE sha256 = ?2)",
                      sql_integer(study), sql_text(sha256)) &&
              sql_run(report, error,
                      "UPDATE sweeps SET study = ?1 WHERE trace ="
                      " (SELECT trace FROM traces WHERE sha256 = ?2)",
                      sql_integer(study), sql_text(sha256));
    return sql_end(report, ok, error);
}

static bool drop_unused(struct report *report, struct cb_error *error)
{
    return sql_script(report,
                      "DELETE FROM traces WHERE trace NOT IN"
                      " (SELECT trace FROM replays UNION SELECT trace FROM sweeps"
                      "  UNION SELECT trace FROM predictions WHERE trace NOT NULL);"
                      "DELETE FROM machines WHERE machine NOT IN"
                      " (SELECT machine FROM replays UNION SELECT machine FROM sweeps"
                      "  UNION SELECT machine FROM predictions)",
                      error);
}

bool report_forget_study(struct report *report, int64_t study, struct cb_error *error)
{
    if (!sql_begin(report, error))
        return false;
    bool ok = sql_forget_charts(report, error) &&
              sql_run(report, error,
                      "DELETE FROM predictions WHERE trace IN"
                      " (SELECT trace FROM replays WHERE study = ?1 UNION"
                      "  SELECT trace FROM sweeps WHERE study = ?1)",
                      sql_integer(study)) &&
              sql_run(report, error, "DELETE FROM replays WHERE study = ?",
                      sql_integer(study)) &&
              sql_run(report, error, "DELETE FROM sweeps WHERE study = ?",
                      sql_integer(study)) &&
              drop_unused(report, error);
    return sql_end(report, ok, error);
}

/* ---- machines that are described otherwise by now ---- */

/* Of the same name, changed in the same way, and yet another machine. */
#define OUTDATED                                                                         \
    "FROM machines WHERE name = ?1 AND sha256 <> ?2 AND (SELECT changes FROM"            \
    " machine_labels l WHERE l.machine = machines.machine) = ?3"

/* As in machine_labels. */
static bool changes_of(const struct machine *machine, struct report_bytes *list,
                       struct cb_error *error)
{
    struct text text = {0};
    const char *change;
    text_add(&text, "");
    for (size_t i = 0; (change = machine_change(machine, i)) != NULL; i++)
        text_format(&text, "%s%s", i > 0 ? ", " : "", change);
    return text_finish(&text, list, error);
}

static bool drop(struct report *report, const char *name, const char *sha256,
                 const char *changes, int64_t *machines, struct cb_error *error)
{
    if (!sql_number(report, error, machines, 0, "SELECT count(*) " OUTDATED,
                    sql_text(name), sql_text(sha256), sql_text(changes)))
        return false;
    if (*machines == 0)
        return true;
    if (!sql_begin(report, error))
        return false;
    bool ok = sql_forget_charts(report, error) &&
              sql_run(report, error, "DELETE " OUTDATED, sql_text(name), sql_text(sha256),
                      sql_text(changes)) &&
              drop_unused(report, error);
    return sql_end(report, ok, error);
}

bool report_drop_outdated(struct report *report, const struct machine *machine,
                          int64_t *machines, struct cb_error *error)
{
    char sha256[HASH_TEXT_SIZE];
    struct report_bytes changes;
    char *resolved = sql_machine(machine, sha256, error);
    free(resolved);
    if (resolved == NULL || !changes_of(machine, &changes, error))
        return false;
    bool ok =
        drop(report, machine->name, sha256, (const char *)changes.data, machines, error);
    free(changes.data);
    return ok;
}
