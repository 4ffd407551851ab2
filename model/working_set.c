#include "model/working_set.h"

#include "model/map.h"
#include "model/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SHIFT_4K 12
#define SMALLEST_LINE 4 /* log2 of 16 bytes */
#define NOBODY        UINT32_MAX

/* Distinct numbers of this visit: each remembers the visit that last touched it, by kind
 * of access: bit 0 code, bit 1 data, the visit above. */
struct touched {
    struct map map;
};

/* What this access is the first of: bits 0 and 1, and bit 2 for the first of either. */
static unsigned touch(struct touched *touched, uint64_t number, uint64_t visit, bool data)
{
    uint64_t bit = data ? 2 : 1, was = map_get(&touched->map, number, 0);
    uint64_t seen = was >> 2 == visit ? was & 3 : 0;
    if ((seen & bit) != 0)
        return 0;
    map_put(&touched->map, number, visit << 2 | seen | bit);
    return (unsigned)bit | (seen == 0 ? 4 : 0);
}

static void add(int64_t sums[3], unsigned first)
{
    sums[MACHINE_INSTRUCTIONS] += (first & 1) != 0;
    sums[MACHINE_DATA] += (first & 2) != 0;
    sums[MACHINE_BOTH] += (first & 4) != 0;
}

/* One domain's, or the path's. */
struct owner {
    struct working_set set;
    struct touched pages, lines[FOOTPRINT_LINES];
    uint64_t visit;   /* number of the current one, from 1 */
    uint64_t flushes; /* CR3 loads up to the last that was counted */
    bool counted;     /* this visit among the flushed ones */
    uint64_t last[2]; /* smallest line last touched, plus 1, as code and as data ... */
    uint64_t last_visit[2]; /* ... and when: loops stay in one line for long */
};

struct measurer {
    const struct trace_code *codes;
    uint32_t code_count;
    struct owner *owners; /* by domain number, the path behind them */
    bool counting;
    uint64_t flushes;
    uint32_t working; /* domain whose work came last, or NOBODY */
    bool on_path;     /* path has come since */
    int64_t requests;
};

#define OWNERS 65537
#define PATH   65536

static void begin_visit(struct measurer *measurer, struct owner *owner)
{
    owner->visit++;
    owner->counted = false;
    owner->set.visits += measurer->counting;
}

static void note_flush(const struct measurer *measurer, struct owner *owner)
{
    if (owner->flushes == measurer->flushes)
        return;
    owner->flushes = measurer->flushes;
    owner->set.flushed += measurer->counting && !owner->counted;
    owner->counted = true;
}

static void count_access(const struct measurer *measurer, struct owner *owner,
                         const struct trace_record *record)
{
    bool data = record->kind != TRACE_FETCH;
    uint64_t line = record->paddr >> SMALLEST_LINE;
    if (owner->last[data] == line + 1 && owner->last_visit[data] == owner->visit)
        return;
    owner->last[data] = line + 1;
    owner->last_visit[data] = owner->visit;
    unsigned first =
        touch(&owner->pages, record->vaddr >> PAGE_SHIFT_4K, owner->visit, data);
    if (measurer->counting)
        add(owner->set.pages, first);
    for (unsigned size = 0; size < FOOTPRINT_LINES; size++) {
        first = touch(&owner->lines[size], line >> size, owner->visit, data);
        if (measurer->counting)
            add(owner->set.lines[size], first);
    }
}

static void take_access(struct measurer *measurer, const struct trace_record *record)
{
    const struct trace_code *code =
        record->code < measurer->code_count ? &measurer->codes[record->code] : NULL;
    uint8_t role = code != NULL ? code->role : TRACE_WORK;
    if (role == TRACE_IDLE)
        return;
    struct owner *owner = &measurer->owners[PATH];
    if (role != TRACE_WORK) {
        if (!measurer->on_path)
            begin_visit(measurer, owner);
        measurer->on_path = true;
    } else {
        owner = &measurer->owners[record->domain];
        if (measurer->working != record->domain)
            begin_visit(measurer, owner);
        measurer->working = record->domain;
        measurer->on_path = false;
    }
    note_flush(measurer, owner);
    count_access(measurer, owner, record);
}

static void take(void *context, const struct trace_record *record)
{
    struct measurer *measurer = context;
    switch ((enum trace_kind)record->kind) {
    case TRACE_FETCH:
    case TRACE_LOAD:
    case TRACE_STORE:
        take_access(measurer, record);
        break;
    case TRACE_SPACE_SWITCH:
        measurer->flushes += record->detail == TRACE_HOW_CR3;
        break;
    case TRACE_REQUEST_BEGIN:
        measurer->requests += measurer->counting;
        break;
    case TRACE_PHASE:
        measurer->counting = record->detail == TRACE_PHASE_MEASURED;
        break;
    case TRACE_CROSSING_IN:
    case TRACE_CROSSING_OUT:
    case TRACE_THREAD_SWITCH:
    case TRACE_IPC_SEND:
    case TRACE_IPC_RECEIVE:
    case TRACE_PAGE_TABLE:
    case TRACE_REQUEST_END:
    case TRACE_LOST:
    case TRACE_KINDS:
        break;
    }
}

/* ---- the instructions of the path ---- */

static enum trace_phase counted_phase(const struct trace_reader *trace)
{
    return trace_info(trace)->kinds[TRACE_PHASE] > 0 ? TRACE_PHASE_MEASURED
                                                     : TRACE_PHASE_WARM_UP;
}

/* On a machine that has nothing to miss in, and does not pair. */
static bool count_instructions(const struct trace_reader *trace,
                               struct footprints *footprints, struct cb_error *error)
{
    struct machine bare = {.clock_khz = 1};
    struct ledger *ledger = replay(trace, &bare, NULL, error);
    if (ledger == NULL)
        return false;
    const struct ledger_phase *phase = &ledger->phase[counted_phase(trace)];
    for (size_t d = 0; d < ledger->domain_count; d++)
        for (enum account account = 0; account < ACCOUNTS; account++)
            for (size_t class = 0; class < INSTRUCTION_CLASSES; class ++)
                if (account_group(account) == GROUP_EXPLICIT)
                    footprints->path_instructions[class] +=
                        phase->domains[d].charged[account][class];
    footprints->requests = phase->requests > 0 ? phase->requests : 1;
    ledger_free(ledger);
    return true;
}

/* ---- the result ---- */

static void set_up_owners(struct measurer *measurer, const struct trace_reader *trace)
{
    size_t count;
    const struct trace_domain *domains = trace_domains(trace, &count);
    for (size_t i = 0; i < count; i++) {
        struct working_set *set = &measurer->owners[domains[i].id].set;
        snprintf(set->name, sizeof set->name, "%s", domains[i].name);
        set->resizable = domains[i].kind == TRACE_DOMAIN_LARGE ||
                         domains[i].kind == TRACE_DOMAIN_SMALL;
    }
    snprintf(measurer->owners[PATH].set.name, TRACE_NAME_SIZE, "path");
}

static bool collect(const struct measurer *measurer, struct footprints *footprints,
                    struct cb_error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < PATH; i++)
        count += measurer->owners[i].set.visits > 0;
    footprints->path = measurer->owners[PATH].set;
    footprints->domains = calloc(count + 1, sizeof *footprints->domains);
    if (footprints->domains == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (size_t i = 0; i < PATH; i++)
        if (measurer->owners[i].set.visits > 0)
            footprints->domains[footprints->domain_count++] = measurer->owners[i].set;
    return true;
}

static bool free_owners(struct owner *owners)
{
    bool failed = false;
    for (size_t i = 0; owners != NULL && i < OWNERS; i++) {
        failed |= owners[i].pages.map.failed;
        map_free(&owners[i].pages.map);
        for (size_t size = 0; size < FOOTPRINT_LINES; size++) {
            failed |= owners[i].lines[size].map.failed;
            map_free(&owners[i].lines[size].map);
        }
    }
    free(owners);
    return failed;
}

bool footprints_measure(const struct trace_reader *trace, struct footprints *footprints,
                        struct cb_error *error)
{
    struct measurer measurer = {.working = NOBODY,
                                .counting = counted_phase(trace) == TRACE_PHASE_WARM_UP,
                                .owners = calloc(OWNERS, sizeof *measurer.owners)};
    *footprints = (struct footprints){0};
    if (measurer.owners == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    measurer.codes = trace_codes(trace, &measurer.code_count);
    set_up_owners(&measurer, trace);
    bool done = records_each(trace, take, &measurer, error) &&
                collect(&measurer, footprints, error) &&
                count_instructions(trace, footprints, error);
    if (free_owners(measurer.owners) && done)
        done = cb_error_set(error, CB_IO, "out of memory");
    if (!done)
        footprints_free(footprints);
    return done;
}

void footprints_free(struct footprints *footprints)
{
    free(footprints->domains);
    *footprints = (struct footprints){0};
}
