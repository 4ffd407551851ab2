/* record.c - put traces, machines, studies and the course of replays into the file. */
#include "sql.h"
#include "traces/hash.h"

#include <stdlib.h>
#include <string.h>

const char *sql_domain_kind(enum trace_domain_kind kind)
{
    switch (kind) {
    case TRACE_DOMAIN_KERNEL:
        return "kernel";
    case TRACE_DOMAIN_LARGE:
        return "large";
    case TRACE_DOMAIN_SMALL:
        return "small";
    case TRACE_DOMAIN_EXTENSION:
        return "extension";
    case TRACE_DOMAIN_KINDS:
        break;
    }
    return NULL;
}

static struct sql_value sql_offset(uint64_t offset)
{
    return offset == CB_NOWHERE ? sql_null() : sql_integer((int64_t)offset);
}

static bool insert_trace(struct report *report, const struct trace_info *info,
                         int64_t *trace, struct cb_error *error)
{
    if (!sql_run(report, error,
                 "INSERT INTO traces (sha256, scenario, structure, tool, header, version,"
                 " file_bytes, records, lost, cut_at_byte)"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 sql_text(info->sha256), sql_text(info->scenario),
                 sql_text(info->structure), sql_text(info->tool), sql_text(info->header),
                 sql_integer(info->version), sql_integer((int64_t)info->file_bytes),
                 sql_integer((int64_t)info->records), sql_integer((int64_t)info->lost),
                 sql_offset(info->cut_at)))
        return false;
    *trace = sqlite3_last_insert_rowid(report->db);
    return true;
}

static bool insert_domains(struct report *report, int64_t trace,
                           const struct trace_domain *domains, size_t count,
                           struct cb_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!sql_run(report, error,
                     "INSERT OR IGNORE INTO domains (trace, number, name, kind, base,"
                     " \"limit\") VALUES (?, ?, ?, ?, ?, ?)",
                     sql_integer(trace), sql_integer(domains[i].id),
                     sql_text(domains[i].name),
                     sql_text(sql_domain_kind(domains[i].kind)),
                     sql_integer((int64_t)domains[i].base),
                     sql_integer((int64_t)domains[i].limit)))
            return false;
    return true;
}

bool report_add_trace(struct report *report, const struct trace_info *info,
                      const struct trace_domain *domains, size_t domain_count,
                      int64_t *trace, struct cb_error *error)
{
    if (!sql_begin(report, error))
        return false;
    bool ok =
        sql_number(report, error, trace, 0, "SELECT trace FROM traces WHERE sha256 = ?",
                   sql_text(info->sha256));
    if (ok && *trace == 0)
        ok = insert_trace(report, info, trace, error) &&
             insert_domains(report, *trace, domains, domain_count, error);
    return sql_end(report, ok, error);
}

/* ---- machines ---- */

static const char *holds_name(uint8_t holds)
{
    switch ((enum machine_holds)holds) {
    case MACHINE_BOTH:
        return "both";
    case MACHINE_INSTRUCTIONS:
        return "instructions";
    case MACHINE_DATA:
        return "data";
    }
    return NULL;
}

static const char *replacement_name(uint8_t replacement)
{
    switch ((enum machine_replacement)replacement) {
    case MACHINE_LRU:
        return "lru";
    case MACHINE_TREE_PLRU:
        return "tree_plru";
    case MACHINE_FIFO:
        return "fifo";
    case MACHINE_RANDOM:
        return "random";
    }
    return NULL;
}

static const char *unit_name(enum machine_unit unit)
{
    switch (unit) {
    case MACHINE_COUNT:
        return "count";
    case MACHINE_BYTES:
        return "bytes";
    case MACHINE_KHZ:
        return "khz";
    case MACHINE_MILLICYCLES:
        return "millicycles";
    }
    return NULL;
}

#define INSERT_STRUCTURE                                                                 \
    "INSERT INTO machine_structures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

static bool insert_tlbs(struct report *report, int64_t id, const struct machine *machine,
                        struct cb_error *error)
{
    for (size_t i = 0; i < machine->tlb_count; i++) {
        const struct machine_tlb *tlb = &machine->tlbs[i];
        if (!sql_run(report, error, INSERT_STRUCTURE, sql_integer(id),
                     sql_integer((int64_t)i), sql_text(tlb->name), sql_text("tlb"),
                     sql_integer(tlb->level), sql_text(holds_name(tlb->holds)),
                     sql_integer(tlb->entries), sql_integer(tlb->ways),
                     sql_integer(tlb->page_sizes[0]),
                     sql_text(replacement_name(tlb->replacement)),
                     sql_integer(machine_tlb_tagged(machine, tlb))))
            return false;
    }
    return true;
}

static bool insert_caches(struct report *report, int64_t id,
                          const struct machine *machine, struct cb_error *error)
{
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct machine_cache *cache = &machine->caches[i];
        bool tagged = cache->tag == MACHINE_PHYSICAL || cache->asid_bits > 0;
        if (!sql_run(report, error, INSERT_STRUCTURE, sql_integer(id),
                     sql_integer((int64_t)(machine->tlb_count + i)),
                     sql_text(cache->name), sql_text("cache"), sql_integer(cache->level),
                     sql_text(holds_name(cache->holds)),
                     sql_integer((int64_t)(cache->size / cache->line)),
                     sql_integer(cache->ways), sql_integer(cache->line),
                     sql_text(replacement_name(cache->replacement)), sql_integer(tagged)))
            return false;
    }
    return true;
}

static bool insert_figures(struct report *report, int64_t id,
                           const struct machine *machine, struct cb_error *error)
{
    size_t count;
    struct machine_figure *figures = machine_figures(machine, &count);
    if (figures == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        const char flag[2] = {figures[i].flag, '\0'};
        ok = sql_run(report, error,
                     "INSERT INTO machine_figures VALUES (?, ?, ?, ?, ?, ?, ?)",
                     sql_integer(id), sql_integer((int64_t)i), sql_text(figures[i].path),
                     sql_text(unit_name(figures[i].unit)), sql_integer(figures[i].value),
                     sql_text(flag), sql_text(figures[i].source));
    }
    free(figures);
    return ok;
}

static bool insert_components(struct report *report, int64_t id,
                              const struct machine *machine, struct cb_error *error)
{
    for (int i = 0; i < SIDES * COMPONENTS; i++) {
        enum side side = (enum side)(i / COMPONENTS);
        enum component component = (enum component)(i % COMPONENTS);
        if (!sql_run(report, error, "INSERT INTO machine_components VALUES (?, ?, ?, ?)",
                     sql_integer(id), sql_text(side_name(side)),
                     sql_text(component_name(component)),
                     sql_integer(component_mcycles(machine, side, component))))
            return false;
    }
    return true;
}

static bool insert_machine(struct report *report, const struct machine *machine,
                           const char *sha256, const char *resolved, int64_t *id,
                           struct cb_error *error)
{
    if (!sql_run(report, error,
                 "INSERT INTO machines (sha256, name, title, clock_khz, resolved)"
                 " VALUES (?, ?, ?, ?, ?)",
                 sql_text(sha256), sql_text(machine->name), sql_text(machine->title),
                 sql_integer((int64_t)machine->clock_khz), sql_text(resolved)))
        return false;
    *id = sqlite3_last_insert_rowid(report->db);
    return insert_components(report, *id, machine, error) &&
           insert_tlbs(report, *id, machine, error) &&
           insert_caches(report, *id, machine, error) &&
           insert_figures(report, *id, machine, error);
}

char *sql_machine(const struct machine *machine, char sha256[65], struct cb_error *error)
{
    char *resolved = machine_to_json(machine);
    struct hash hash;
    if (resolved == NULL) {
        cb_error_set(error, CB_IO, "out of memory");
        return NULL;
    }
    hash_start(&hash);
    hash_add(&hash, resolved, strlen(resolved));
    hash_finish(&hash, sha256);
    return resolved;
}

bool report_add_machine(struct report *report, const struct machine *machine, int64_t *id,
                        struct cb_error *error)
{
    char sha256[HASH_TEXT_SIZE];
    char *resolved = sql_machine(machine, sha256, error);
    bool ok = false;
    if (resolved == NULL)
        return false;
    if (sql_begin(report, error)) {
        ok =
            sql_number(report, error, id, 0,
                       "SELECT machine FROM machines WHERE sha256 = ?", sql_text(sha256));
        if (ok && *id == 0)
            ok = insert_machine(report, machine, sha256, resolved, id, error);
        ok = sql_end(report, ok, error);
    }
    free(resolved);
    return ok;
}

/* ---- studies and replays ---- */

/* Results are about to change: what was drawn from them goes. */
bool sql_forget_charts(struct report *report, struct cb_error *error)
{
    return sql_script(report, "DELETE FROM charts", error);
}

bool report_begin_replay(struct report *report, int64_t trace, int64_t machine,
                         int64_t study, const char *options, int64_t *replay,
                         struct cb_error *error)
{
    if (options == NULL)
        options = "{}";
    if (!sql_begin(report, error))
        return false;
    bool ok = sql_forget_charts(report, error) &&
              sql_run(report, error,
                      "DELETE FROM replays WHERE (trace, machine, options) = (?, ?, ?)",
                      sql_integer(trace), sql_integer(machine), sql_text(options)) &&
              sql_run(report, error,
                      "INSERT INTO replays (trace, machine, study, options, state)"
                      " VALUES (?, ?, ?, ?, 'running')",
                      sql_integer(trace), sql_integer(machine),
                      study > 0 ? sql_integer(study) : sql_null(), sql_text(options));
    if (ok)
        *replay = sqlite3_last_insert_rowid(report->db);
    return sql_end(report, ok, error);
}
