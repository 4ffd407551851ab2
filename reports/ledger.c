/* ledger.c - put what a replay yielded into the file, in one transaction. */
#include "chronicle.h"
#include "sql.h"

#include <stdlib.h>
#include <string.h>

/* What the rows of one phase of one replay have in common. */
struct place {
    struct report *report;
    int64_t replay;
    const char *phase;
    const int64_t *domains; /* rows of `domains`, by place in the ledger */
    struct cb_error *error;
};

static const char *phase_name(enum trace_phase phase)
{
    switch (phase) {
    case TRACE_PHASE_WARM_UP:
        return "warm_up";
    case TRACE_PHASE_MEASURED:
        return "measured";
    }
    return NULL;
}

/* ---- one domain ---- */

static bool insert_events(const struct place *place, int64_t domain, enum account account,
                          const struct counts *counts)
{
    for (int s = 0; s < SIDES; s++)
        for (int c = 0; c < COMPONENTS; c++) {
            if (counts->n[s][c] == 0)
                continue;
            if (!sql_run(place->report, place->error,
                         "INSERT INTO ledger_events VALUES (?, ?, ?, ?, ?, ?, ?)",
                         sql_integer(place->replay), sql_text(place->phase),
                         sql_integer(domain), sql_text(account_name(account)),
                         sql_text(side_name((enum side)s)),
                         sql_text(component_name((enum component)c)),
                         sql_integer(counts->n[s][c])))
                return false;
        }
    return true;
}

static bool insert_line(const struct place *place, int64_t domain, enum account account,
                        const struct ledger_line *line)
{
    static const struct ledger_line nothing;
    if (memcmp(line, &nothing, sizeof nothing) == 0)
        return true;
    return sql_run(place->report, place->error,
                   "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?)",
                   sql_integer(place->replay), sql_text(place->phase),
                   sql_integer(domain), sql_text(account_name(account)),
                   sql_integer(line->instructions),
                   sql_integer(line->instruction_mcycles),
                   sql_integer(line->memory_mcycles)) &&
           insert_events(place, domain, account, &line->counts);
}

static bool insert_refills(const struct place *place, int64_t row,
                           const struct ledger_domain *domain)
{
    for (int c = 0; c < COMPONENTS; c++) {
        int64_t flush = domain->refilled_after_flush[c];
        int64_t eviction = domain->refilled_after_eviction[c];
        if (flush == 0 && eviction == 0)
            continue;
        if (!sql_run(place->report, place->error,
                     "INSERT INTO refills VALUES (?, ?, ?, ?, ?, ?)",
                     sql_integer(place->replay), sql_text(place->phase), sql_integer(row),
                     sql_text(component_name((enum component)c)), sql_integer(flush),
                     sql_integer(eviction)))
            return false;
    }
    return true;
}

static bool insert_warmth(const struct place *place, int64_t row,
                          const struct ledger_domain *domain)
{
    for (int c = 0; c < COMPONENTS; c++) {
        if (domain->warmth_asked[c] == 0)
            continue;
        if (!sql_run(place->report, place->error,
                     "INSERT INTO reentries VALUES (?, ?, ?, ?, ?, ?)",
                     sql_integer(place->replay), sql_text(place->phase), sql_integer(row),
                     sql_text(component_name((enum component)c)),
                     sql_integer(domain->warmth_asked[c]),
                     sql_integer(domain->warmth_resident[c])))
            return false;
    }
    return true;
}

static bool insert_classes(const struct place *place, int64_t row,
                           const struct ledger_domain *domain)
{
    for (int c = 0; c < INSTRUCTION_CLASSES; c++) {
        if (domain->classes[c] == 0)
            continue;
        if (!sql_run(place->report, place->error,
                     "INSERT INTO instructions VALUES (?, ?, ?, ?, ?)",
                     sql_integer(place->replay), sql_text(place->phase), sql_integer(row),
                     sql_text(instruction_class_name((enum instruction_class)c)),
                     sql_integer(domain->classes[c])))
            return false;
    }
    return true;
}

static bool insert_domain(const struct place *place, int64_t row,
                          const struct ledger_domain *domain)
{
    for (int a = 0; a < ACCOUNTS; a++)
        if (!insert_line(place, row, (enum account)a, &domain->line[a]))
            return false;
    return sql_run(place->report, place->error,
                   "INSERT INTO visits VALUES (?, ?, ?, ?, ?, ?)",
                   sql_integer(place->replay), sql_text(place->phase), sql_integer(row),
                   sql_integer(domain->visits), sql_integer(domain->visit_pages),
                   sql_integer(domain->visit_lines)) &&
           insert_refills(place, row, domain) && insert_warmth(place, row, domain) &&
           insert_classes(place, row, domain);
}

/* ---- crossings ---- */

static bool insert_distribution(const struct place *place, const char *kind,
                                const char *quantity, const struct distribution *d)
{
    return sql_run(place->report, place->error,
                   "INSERT INTO crossing_distributions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
                   " ?)",
                   sql_integer(place->replay), sql_text(place->phase), sql_text(kind),
                   sql_text(quantity), sql_integer(d->sum), sql_integer(d->min),
                   sql_integer(d->median), sql_integer(d->p90), sql_integer(d->p99),
                   sql_integer(d->max));
}

static bool insert_histogram(const struct place *place, const char *kind,
                             const struct histogram *histogram)
{
    for (size_t i = 0; i < histogram->count; i++) {
        const struct histogram_bin *bin = &histogram->bins[i];
        if (!sql_run(place->report, place->error,
                     "INSERT INTO crossing_histograms VALUES (?, ?, ?, ?, ?, ?, ?)",
                     sql_integer(place->replay), sql_text(place->phase), sql_text(kind),
                     sql_integer(bin->low), sql_integer(bin->high),
                     sql_integer(bin->count), sql_integer(bin->sum)))
            return false;
    }
    return true;
}

static bool insert_crossing(const struct place *place, enum crossing_kind crossing_kind,
                            const struct crossing_summary *summary,
                            const struct histogram *histogram)
{
    if (summary->count == 0)
        return true;
    const char *kind = crossing_kind_name(crossing_kind);
    if (!sql_run(place->report, place->error,
                 "INSERT INTO crossings VALUES (?, ?, ?, ?, ?)",
                 sql_integer(place->replay), sql_text(place->phase), sql_text(kind),
                 sql_integer(summary->count), sql_integer(summary->instructions)))
        return false;
    for (int a = 0; a < ACCOUNTS; a++) {
        if (summary->account_mcycles[a] == 0)
            continue;
        if (!sql_run(place->report, place->error,
                     "INSERT INTO crossing_accounts VALUES (?, ?, ?, ?, ?)",
                     sql_integer(place->replay), sql_text(place->phase), sql_text(kind),
                     sql_text(account_name((enum account)a)),
                     sql_integer(summary->account_mcycles[a])))
            return false;
    }
    return insert_histogram(place, kind, histogram) &&
           insert_distribution(place, kind, "total", &summary->total) &&
           insert_distribution(place, kind, "explicit", &summary->explicit_cost) &&
           insert_distribution(place, kind, "implicit", &summary->implicit_cost) &&
           insert_distribution(place, kind, "with_children", &summary->with_children);
}

/* On whose behalf; "none" where there was no crossing. */
static bool insert_children(const struct place *place, int parent,
                            const struct crossing_children children[CROSSING_KINDS])
{
    const char *name = parent == CROSSING_KINDS
                           ? "none"
                           : crossing_kind_name((enum crossing_kind)parent);
    for (int kind = 0; kind < CROSSING_KINDS; kind++) {
        if (children[kind].count == 0)
            continue;
        if (!sql_run(place->report, place->error,
                     "INSERT INTO crossing_parents VALUES (?, ?, ?, ?, ?, ?)",
                     sql_integer(place->replay), sql_text(place->phase), sql_text(name),
                     sql_text(crossing_kind_name((enum crossing_kind)kind)),
                     sql_integer(children[kind].count),
                     sql_integer(children[kind].mcycles)))
            return false;
    }
    return true;
}

/* ---- a phase ---- */

static bool insert_culprits(const struct place *place, const struct ledger_phase *phase,
                            size_t domain_count)
{
    if (phase->culprit_mcycles == NULL)
        return true;
    for (size_t v = 0; v < domain_count; v++)
        for (size_t c = 0; c <= domain_count; c++) {
            int64_t mcycles = phase->culprit_mcycles[v * (domain_count + 1) + c];
            if (mcycles == 0)
                continue;
            if (!sql_run(place->report, place->error,
                         "INSERT INTO culprits VALUES (?, ?, ?, ?, ?)",
                         sql_integer(place->replay), sql_text(place->phase),
                         sql_integer(place->domains[v]),
                         c < domain_count ? sql_integer(place->domains[c]) : sql_null(),
                         sql_integer(mcycles)))
                return false;
        }
    return true;
}

static bool insert_phase(const struct place *place, const struct ledger_phase *phase,
                         size_t domain_count)
{
    if (!sql_run(place->report, place->error,
                 "INSERT INTO phases VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                 sql_integer(place->replay), sql_text(place->phase),
                 sql_integer(phase->records), sql_integer(phase->requests),
                 sql_integer(phase->thread_switches),
                 sql_integer(phase->space_switches[TRACE_HOW_NONE]),
                 sql_integer(phase->space_switches[TRACE_HOW_CR3]),
                 sql_integer(phase->space_switches[TRACE_HOW_SEGMENT])))
        return false;
    for (size_t d = 0; d < domain_count; d++)
        if (!insert_domain(place, place->domains[d], &phase->domains[d]))
            return false;
    for (int k = 0; k < CROSSING_KINDS; k++)
        if (!insert_crossing(place, (enum crossing_kind)k, &phase->crossings[k],
                             &phase->histograms[k]))
            return false;
    for (int parent = 0; parent <= CROSSING_KINDS; parent++)
        if (!insert_children(place, parent, phase->children[parent]))
            return false;
    return insert_culprits(place, phase, domain_count);
}

/* ---- the whole ---- */

static bool insert_structure(struct report *report, int64_t replay, size_t position,
                             const struct structure_counters *s, struct cb_error *error)
{
    return sql_run(report, error,
                   "INSERT INTO structure_counters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                   " ?, ?)",
                   sql_integer(replay), sql_integer((int64_t)position), sql_text(s->name),
                   sql_integer(s->accesses[0]), sql_integer(s->misses[0]),
                   sql_integer(s->accesses[1]), sql_integer(s->misses[1]),
                   sql_integer(s->accesses[2]), sql_integer(s->misses[2]),
                   sql_integer(s->flushes), sql_integer(s->flushed_entries),
                   sql_integer(s->write_backs));
}

static bool insert_repairs(struct report *report, int64_t replay,
                           const struct ledger *ledger, struct cb_error *error)
{
    for (int r = 0; r < REPAIRS; r++) {
        if (ledger->repairs[r] == 0)
            continue;
        if (!sql_run(report, error, "INSERT INTO repairs VALUES (?, ?, ?)",
                     sql_integer(replay), sql_text(repair_name((enum repair)r)),
                     sql_integer(ledger->repairs[r])))
            return false;
    }
    return true;
}

/* The row of each domain of the ledger; one that the trace did not declare is added. */
static bool find_domains(struct report *report, int64_t replay,
                         const struct ledger *ledger, int64_t *rows,
                         struct cb_error *error)
{
    int64_t trace;
    if (!sql_number(report, error, &trace, 0,
                    "SELECT trace FROM replays WHERE replay = ?", sql_integer(replay)))
        return false;
    for (size_t d = 0; d < ledger->domain_count; d++) {
        const struct ledger_domain *domain = &ledger->phase[0].domains[d];
        if (!sql_run(report, error,
                     "INSERT OR IGNORE INTO domains (trace, number, name, kind)"
                     " VALUES (?, ?, ?, ?)",
                     sql_integer(trace), sql_integer(domain->id), sql_text(domain->name),
                     sql_text(sql_domain_kind(domain->kind))) ||
            !sql_number(report, error, &rows[d], 0,
                        "SELECT domain FROM domains WHERE (trace, number) = (?, ?)",
                        sql_integer(trace), sql_integer(domain->id)))
            return false;
    }
    return true;
}

static bool adds_up(const struct report *report, const struct ledger *ledger,
                    struct cb_error *error)
{
    int64_t sum = 0;
    for (int p = 0; p < LEDGER_PHASES; p++)
        for (size_t d = 0; d < ledger->domain_count; d++)
            for (int a = 0; a < ACCOUNTS; a++) {
                const struct ledger_line *line = &ledger->phase[p].domains[d].line[a];
                sum += line->instruction_mcycles + line->memory_mcycles;
            }
    if (sum == ledger->total_mcycles)
        return true;
    cb_error_set(
        error, CB_IO,
        "the accounts of this replay come to %lld millicycles, its total is %lld: "
        "it is not kept",
        (long long)sum, (long long)ledger->total_mcycles);
    return cb_error_in(error, report->path);
}

static bool insert_ledger(struct report *report, int64_t replay,
                          const struct ledger *ledger, struct cb_error *error)
{
    int64_t *domains = calloc(ledger->domain_count + 1, sizeof *domains);
    if (domains == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    bool ok = find_domains(report, replay, ledger, domains, error);
    for (int p = 0; ok && p < LEDGER_PHASES; p++) {
        struct place place = {.report = report,
                              .replay = replay,
                              .phase = phase_name((enum trace_phase)p),
                              .domains = domains,
                              .error = error};
        ok = insert_phase(&place, &ledger->phase[p], ledger->domain_count);
    }
    for (size_t s = 0; ok && s < ledger->structure_count; s++)
        ok = insert_structure(report, replay, s, &ledger->structures[s], error);
    if (ok && ledger->chronicle != NULL)
        ok = chronicle_insert(report, replay, ledger->chronicle, domains, error);
    free(domains);
    ok = ok && insert_repairs(report, replay, ledger, error);
    return ok && sql_run(report, error,
                         "UPDATE replays SET state = 'done', total_mcycles = ?, lost = ?"
                         " WHERE replay = ?",
                         sql_integer(ledger->total_mcycles), sql_integer(ledger->lost),
                         sql_integer(replay));
}

bool report_finish_replay(struct report *report, int64_t replay,
                          const struct ledger *ledger, struct cb_error *error)
{
    if (!adds_up(report, ledger, error) || !sql_begin(report, error))
        return false;
    return sql_end(report, insert_ledger(report, replay, ledger, error), error);
}
