#include "model/plain.h"

#include "model/story.h"
#include "model/stretch.h"

static const struct asker anybody;

INLINE bool in_kernel(const struct trace_record *record)
{
    return record->user == 0;
}

INLINE struct ref ref_of(const struct trace_record *record, enum ref_kind kind)
{
    return (struct ref){.vaddr = record->vaddr & ADDRESS_MASK,
                        .paddr = record->paddr & ADDRESS_MASK,
                        .kind = (uint8_t)kind,
                        .flags = in_kernel(record) ? REF_KERNEL : 0};
}

/* Most accesses lie in one line, whose set and page's set they were the last to use. */
INLINE bool hits_one_line(struct plain *plain, const struct trace_record *record,
                          enum ref_kind kind)
{
    struct hierarchy *shared = &plain->worlds->shared;
    struct front *cache = &shared->cache_fronts[kind];
    struct front *tlb = &shared->tlb_fronts[kind][in_kernel(record)];
    struct ref ref = ref_of(record, kind);
    uint64_t line = ref.paddr >> cache->shift;
    uint32_t at = cache->latest[line & cache->mask];
    if ((ref.paddr + record->size - 1) >> cache->shift != line ||
        !front_has(cache, at, line, &anybody, false))
        return false;
    if (!tlb->absent) {
        mark_global(plain->preparer, &ref);
        if (!tlb_hits_at_once(shared, tlb, &ref, &anybody, false))
            return false;
    }
    front_use(cache, at, &anybody, false);
    return true;
}

static void ask(struct plain *plain, const struct ref *ref)
{
    struct hierarchy *shared = &plain->worlds->shared;
    if (!hits_at_once(shared, ref, &anybody, false))
        plain->mcycles += world_shared_further(plain->worlds, ref);
}

static void ask_lines(struct plain *plain, const struct trace_record *record,
                      enum ref_kind kind)
{
    struct preparer *preparer = plain->preparer;
    enum side side = kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    uint64_t line = UINT64_C(1) << preparer->layout->first_line_shift[side];
    struct ref ref = ref_of(record, kind);
    uint64_t end = first_line(preparer, &ref, record->size, line);
    ask(plain, &ref);
    for (uint64_t done = line; done < end; done += line) {
        next_line(&ref, line);
        ask(plain, &ref);
    }
}

INLINE void replay_access(struct plain *plain, const struct trace_record *record,
                          enum ref_kind kind)
{
    if (!hits_one_line(plain, record, kind))
        ask_lines(plain, record, kind);
}

static void replay_fetch(struct plain *plain, const struct trace_record *record)
{
    struct preparer *preparer = plain->preparer;
    struct ref ref = {.flags = in_kernel(record) ? REF_KERNEL : 0};
    charger_fetch(&preparer->charger, record, 0, 0, true);
    if (window_holds(&preparer->window, record, &ref, true)) {
        preparer->repeats[in_kernel(record)]++;
        return;
    }
    window_set(&preparer->window, preparer->layout, record, &ref);
    replay_access(plain, record, REF_FETCH);
}

/* Otherwise prepare() has to look at it. */
INLINE bool is_access(const struct preparer *preparer, const struct trace_record *record)
{
    return record->kind <= TRACE_STORE && preparer->index_of[record->domain] != 0 &&
           charger_code(&preparer->charger, record) != NULL;
}

static size_t replay_accesses(struct plain *plain, const struct trace_record *records,
                              size_t n)
{
    struct preparer *preparer = plain->preparer;
    size_t i = 0;
    struct stretch stretch = {0};
    for (; i < n; i++) {
        const struct trace_record *record = &records[i];
        if (stretch_extends(&stretch, preparer, record, true))
            continue;
        if (!is_access(preparer, record))
            break;
        if (record->kind == TRACE_LOAD)
            replay_access(plain, record, REF_LOAD);
        else if (record->kind == TRACE_STORE)
            replay_access(plain, record, REF_STORE);
        else {
            stretch_end(&stretch, preparer, true);
            replay_fetch(plain, record);
            stretch = stretch_begin(preparer, record, true);
        }
    }
    stretch_end(&stretch, preparer, true);
    if (i == 0)
        return 0;
    preparer->user = !in_kernel(&records[i - 1]);
    preparer_count_records(preparer, i);
    return i;
}

static size_t replay_batch(struct plain *plain, const struct trace_record *records,
                           size_t n, uint64_t first, struct cb_error *error)
{
    plain->batch->count = 0;
    plain->batch->event_count = 0;
    size_t taken = prepare(plain->preparer, records, n, first, plain->batch, error);
    if (taken != SIZE_MAX)
        plain->mcycles += world_shared_plain(plain->worlds, plain->batch);
    return taken;
}

size_t plain_replay(struct plain *plain, const struct trace_record *records, size_t n,
                    uint64_t first, struct cb_error *error)
{
    const struct large_pages *large = &plain->preparer->large;
    if (large->any || large->remapped)
        return replay_batch(plain, records, n, first, error);
    size_t taken = plain->preparer->begun ? replay_accesses(plain, records, n) : 0;
    return taken > 0 || n == 0 ? taken : replay_batch(plain, records, 1, first, error);
}
