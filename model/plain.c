#include "model/plain.h"

#include "model/cutting.h"
#include "model/story.h"

/* One line. Mostly it is where the last access of its set was. */
INLINE void ask(struct plain *plain, const struct ref *ref)
{
    const struct asker anybody = {0};
    struct hierarchy *shared = &plain->worlds->shared;
    if (!hits_at_once(shared, ref, &anybody, false))
        plain->mcycles += world_shared_further(plain->worlds, ref);
}

INLINE void ask_lines(struct plain *plain, const struct trace_record *record,
                      struct ref ref)
{
    struct preparer *preparer = plain->preparer;
    enum side side = ref.kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    uint64_t line = UINT64_C(1) << preparer->layout->first_line_shift[side];
    ref.vaddr = record->vaddr & ADDRESS_MASK;
    ref.paddr = record->paddr & ADDRESS_MASK;
    uint64_t end = first_line(preparer, &ref, record->size, line);
    ask(plain, &ref);
    for (uint64_t done = line; done < end; done += line) {
        next_line(&ref, line);
        ask(plain, &ref);
    }
}

/* False: prepare() has to look at it. */
INLINE bool replay_access(struct plain *plain, const struct trace_record *record)
{
    struct preparer *preparer = plain->preparer;
    if (record->kind > TRACE_STORE || preparer->index_of[record->domain] == 0 ||
        record->code >= preparer->charger.code_count)
        return false;
    struct ref ref = {.kind = (uint8_t)(record->kind - TRACE_FETCH + REF_FETCH),
                      .flags = record->user != 0 ? 0 : REF_KERNEL};
    if (record->kind == TRACE_FETCH) {
        charger_fetch(&preparer->charger, record, 0, 0, true);
        if (repeats_last_fetch(preparer, record, &ref, true))
            return true;
        set_window(preparer, record, &ref);
    }
    ask_lines(plain, record, ref);
    return true;
}

static size_t replay_accesses(struct plain *plain, const struct trace_record *records,
                              size_t n)
{
    size_t i = 0;
    while (i < n && replay_access(plain, &records[i]))
        i++;
    if (i == 0)
        return 0;
    plain->preparer->user = records[i - 1].user != 0;
    preparer_count_records(plain->preparer, i);
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
