#include "chronicle.h"

static bool insert_bucket(struct report *report, int64_t replay, const char *phase,
                          const char *how, int bucket, const struct recovery_bucket *is,
                          struct cb_error *error)
{
    if (is->accesses == 0)
        return true;
    return sql_run(report, error, "INSERT INTO recovery VALUES (?, ?, ?, ?, ?, ?, ?)",
                   sql_integer(replay), sql_text(phase), sql_text(how),
                   sql_integer(bucket), sql_integer(is->accesses),
                   sql_integer(is->isolation_mcycles), sql_integer(is->credit_mcycles));
}

static bool insert_recovery(struct report *report, int64_t replay,
                            const struct recovery *recovery, struct cb_error *error)
{
    static const char *const phases[] = {
        [TRACE_PHASE_WARM_UP] = "warm_up", [TRACE_PHASE_MEASURED] = "measured"};
    static const char *const hows[] = {[TRACE_HOW_NONE] = "none",
                                       [TRACE_HOW_CR3] = "cr3",
                                       [TRACE_HOW_SEGMENT] = "segment"};
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        for (int how = 0; how < 3; how++)
            for (int b = 0; b < RECOVERY_BUCKETS; b++)
                if (!insert_bucket(report, replay, phases[phase], hows[how], b,
                                   &recovery->bucket[phase][how][b], error))
                    return false;
    return true;
}

static bool insert_stretch(struct report *report, int64_t replay,
                           const struct chronicle_stretch *stretch,
                           const int64_t *domains, struct cb_error *error)
{
    if (!sql_run(report, error, "INSERT INTO stretches VALUES (?, ?, ?, ?)",
                 sql_integer(replay), sql_integer((int64_t)stretch->first_record),
                 sql_integer((int64_t)stretch->end_record), sql_integer(stretch->cut)))
        return false;
    for (size_t i = 0; i < stretch->span_count; i++) {
        const struct chronicle_span *span = &stretch->spans[i];
        if (!sql_run(report, error,
                     "INSERT INTO stretch_spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                     " ?)",
                     sql_integer(replay), sql_integer((int64_t)i),
                     sql_integer(domains[span->lane]),
                     sql_text(lane_entry_name((enum lane_entry)span->entry)),
                     sql_integer(span->from_mcycles), sql_integer(span->to_mcycles),
                     sql_integer(span->tlb_misses), sql_integer(span->cache_misses),
                     sql_integer(span->refilled_after_flush),
                     sql_integer(span->refilled_after_eviction),
                     sql_integer(span->switches_cr3),
                     sql_integer(span->switches_segment)))
            return false;
    }
    return true;
}

/* ---- occupancy ---- */

/* One of the many rows: parameters 1 and 2 of the statement stay. */
static bool insert_entries(struct report *report, sqlite3_stmt *statement, size_t sample,
                           size_t position, int holder, const int64_t *domains,
                           uint32_t entries, struct cb_error *error)
{
    bool is_domain = holder < OCCUPANCY_DOMAINS;
    int code = sqlite3_bind_int64(statement, 3, (int64_t)sample);
    code |= sqlite3_bind_int64(statement, 4, (int64_t)position);
    code |= sqlite3_bind_int64(statement, 5, holder);
    code |= is_domain ? sqlite3_bind_int64(statement, 6, domains[holder])
                      : sqlite3_bind_null(statement, 6);
    code |= sqlite3_bind_int64(statement, 7, entries);
    if (code != SQLITE_OK)
        return sql_failed(report, error);
    bool done = sql_step(report, statement, error) == 0;
    sqlite3_reset(statement);
    return done;
}

static bool insert_holders(struct report *report, int64_t replay, const char *extent,
                           const struct occupancy *occupancy, size_t structures,
                           const int64_t *domains, struct cb_error *error)
{
    const uint32_t *held = occupancy->held;
    sqlite3_stmt *statement =
        sql_prepare(report, error, "INSERT INTO occupancy VALUES (?, ?, ?, ?, ?, ?, ?)",
                    sql_integer(replay), sql_text(extent));
    if (statement == NULL)
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < occupancy->count * structures; i++)
        for (int holder = 0; ok && holder < OCCUPANCY_HOLDERS; holder++, held++)
            if (*held > 0)
                ok = insert_entries(report, statement, i / structures, i % structures,
                                    holder, domains, *held, error);
    sqlite3_finalize(statement);
    return ok;
}

static bool insert_occupancy(struct report *report, int64_t replay, const char *extent,
                             const struct occupancy *occupancy, size_t structures,
                             const int64_t *domains, struct cb_error *error)
{
    for (size_t i = 0; i < occupancy->count; i++) {
        const struct occupancy_sample *sample = &occupancy->samples[i];
        if (!sql_run(report, error,
                     "INSERT INTO occupancy_samples VALUES (?, ?, ?, ?, ?, ?, ?)",
                     sql_integer(replay), sql_text(extent), sql_integer((int64_t)i),
                     sql_text(sample->warm_up ? "warm_up" : "measured"),
                     sql_integer((int64_t)sample->record), sql_integer(sample->mcycles),
                     sql_integer(sample->around_switch)))
            return false;
    }
    return structures == 0 ||
           insert_holders(report, replay, extent, occupancy, structures, domains, error);
}

/* Traces that differ in the size of their domains alone: the largest stays. */
#define FORGET_SMALLER                                                                   \
    "DELETE FROM stretches WHERE replay IN (SELECT o.replay FROM replay_list m"          \
    " JOIN replay_list o ON (o.scenario, o.variant, o.structure, o.machine_id) ="        \
    "  (m.scenario, m.variant, m.structure, m.machine_id)"                               \
    " WHERE m.replay = ?1 AND o.pages < (SELECT max(x.pages) FROM replay_list x"         \
    "  JOIN stretches s ON s.replay = x.replay WHERE"                                    \
    "  (x.scenario, x.variant, x.structure, x.machine_id) ="                             \
    "  (m.scenario, m.variant, m.structure, m.machine_id)))"

bool chronicle_insert(struct report *report, int64_t replay,
                      const struct chronicle *chronicle, const int64_t *domains,
                      struct cb_error *error)
{
    size_t structures = chronicle->structure_count;
    return insert_recovery(report, replay, &chronicle->recovery, error) &&
           insert_stretch(report, replay, &chronicle->stretch, domains, error) &&
           insert_occupancy(report, replay, "trace", &chronicle->whole, structures,
                            domains, error) &&
           insert_occupancy(report, replay, "stretch", &chronicle->part, structures,
                            domains, error) &&
           sql_run(report, error, FORGET_SMALLER, sql_integer(replay));
}
