#include "model/chronicler.h"

#include "model/marks.h"
#include "model/occupancy.h"
#include "model/story.h"

#include <stdlib.h>

const char *lane_entry_name(enum lane_entry entry)
{
    static const char *const names[LANE_ENTRIES] = {[ENTRY_RETURN] = "return",
                                                    [ENTRY_PROCEDURE] = "procedure",
                                                    [ENTRY_BEGIN] = "begin"};
    if (entry < ENTRY_RETURN)
        return crossing_kind_name((enum crossing_kind)entry);
    return entry < LANE_ENTRIES ? names[entry] : "?";
}

void chronicle_free(struct chronicle *chronicle)
{
    if (chronicle == NULL)
        return;
    occupancy_free(&chronicle->whole);
    occupancy_free(&chronicle->part);
    free(chronicle);
}

/* Where the current access counts, and the number of the first that counts elsewhere. */
static void find_bucket(struct chronicler *chronicler)
{
    int which = 63 - __builtin_clzll(chronicler->accesses | 1);
    if (which >= RECOVERY_BUCKETS)
        which = RECOVERY_BUCKETS - 1;
    chronicler->bucket = &chronicler->chronicle->recovery
                              .bucket[chronicler->phase][chronicler->how][which];
    chronicler->bucket_end = UINT64_C(2) << which;
}

bool chronicler_init(struct chronicler *chronicler, const struct layout *layout,
                     size_t domain_count)
{
    *chronicler = (struct chronicler){.layout = layout,
                                      .domain_count = domain_count,
                                      .phase = TRACE_PHASE_MEASURED,
                                      .entered = true,
                                      .lane = NO_LANE};
    chronicler->left = calloc(domain_count, sizeof *chronicler->left);
    chronicler->chronicle = calloc(1, sizeof *chronicler->chronicle);
    if (chronicler->left == NULL || chronicler->chronicle == NULL)
        return false;
    struct chronicle *chronicle = chronicler->chronicle;
    chronicle->structure_count =
        layout->machine->tlb_count + layout->machine->cache_count;
    find_bucket(chronicler);
    return occupancy_init(&chronicle->whole, chronicle->structure_count) &&
           occupancy_init(&chronicle->part, chronicle->structure_count);
}

void chronicler_free(struct chronicler *chronicler)
{
    free(chronicler->left);
    chronicle_free(chronicler->chronicle);
    *chronicler = (struct chronicler){0};
}

/* ---- samples ---- */

void chronicler_sample(struct chronicler *chronicler, const struct hierarchy *shared,
                       const struct ref *ref, size_t i)
{
    struct chronicle *chronicle = chronicler->chronicle;
    struct occupancy_sample sample = {.record = ref->paddr,
                                      .place = chronicler->places + i,
                                      .around_switch = ref->flags == MARK_AROUND};
    if (ref->flags == MARK_BEGIN)
        occupancy_clear(&chronicle->part);
    if (ref->flags == MARK_WHOLE)
        occupancy_take(&chronicle->whole, shared, &sample);
    else if (ref->flags == MARK_AROUND ||
             (ref->flags == MARK_STEP && occupancy_chance(&chronicle->part)))
        occupancy_take(&chronicle->part, shared, &sample);
}

/* The time was not known when the sample at this place was taken. */
static void note_time(const struct chronicler *chronicler, struct occupancy *occupancy,
                      uint64_t place, int64_t now)
{
    for (size_t i = occupancy->count; i-- > 0;) {
        struct occupancy_sample *sample = &occupancy->samples[i];
        if (sample->place < place)
            return;
        if (sample->place > place)
            continue;
        sample->mcycles = now;
        sample->warm_up = chronicler->phase == TRACE_PHASE_WARM_UP;
    }
}

/* ---- recovery ---- */

static inline void count_accesses(struct chronicler *chronicler, uint32_t count)
{
    for (; count > 0; count--) {
        if (++chronicler->accesses >= chronicler->bucket_end)
            find_bucket(chronicler);
        chronicler->bucket->accesses++;
    }
}

static void enter(struct chronicler *chronicler, uint16_t domain)
{
    uint64_t left = chronicler->left[domain];
    chronicler->entered = false;
    chronicler->accesses = 0;
    chronicler->how = TRACE_HOW_NONE;
    if (chronicler->last[TRACE_HOW_SEGMENT] > left)
        chronicler->how = TRACE_HOW_SEGMENT;
    if (chronicler->last[TRACE_HOW_CR3] > left)
        chronicler->how = TRACE_HOW_CR3;
    chronicler->chronicle->recovery.entries[chronicler->phase][chronicler->how]++;
    find_bucket(chronicler);
}

/* An access that is cut to lines is one. */
static void recover(struct chronicler *chronicler, const struct ref *ref, uint32_t shared,
                    uint32_t merged)
{
    const struct layout *layout = chronicler->layout;
    if (chronicler->entered)
        enter(chronicler, ref->domain);
    chronicler->left[ref->domain] = chronicler->switches;
    count_accesses(chronicler, (ref->flags & REF_CONTINUED) == 0);
    if (((shared ^ merged) & EVENT_MASK) == 0)
        return;
    chronicler->bucket->isolation_mcycles += ref_cost(layout, ref, shared & ~merged);
    chronicler->bucket->credit_mcycles -= ref_cost(layout, ref, merged & ~shared);
}

static void switch_space(struct chronicler *chronicler, const struct ref *ref)
{
    if (ref->flags <= TRACE_HOW_SEGMENT)
        chronicler->last[ref->flags] = ++chronicler->switches;
}

/* ---- the stretch ---- */

static struct chronicle_span *current_span(const struct chronicler *chronicler)
{
    struct chronicle_stretch *stretch = &chronicler->chronicle->stretch;
    if (!chronicler->inside || stretch->span_count == 0)
        return NULL;
    return &stretch->spans[stretch->span_count - 1];
}

static void end_span(const struct chronicler *chronicler, int64_t now)
{
    struct chronicle_span *span = current_span(chronicler);
    if (span != NULL)
        span->to_mcycles = now;
}

static void begin_span(struct chronicler *chronicler, enum lane_entry entry,
                       const struct ref *mark, int64_t now)
{
    struct chronicle_stretch *stretch = &chronicler->chronicle->stretch;
    end_span(chronicler, now);
    if (!chronicler->inside || chronicler->lane == NO_LANE)
        return;
    if (stretch->span_count == STRETCH_SPANS) {
        stretch->cut = true;
        stretch->end_record = mark->paddr;
        chronicler->inside = false;
        return;
    }
    if (stretch->span_count == 0)
        entry = ENTRY_BEGIN;
    stretch->spans[stretch->span_count++] =
        (struct chronicle_span){.lane = chronicler->lane,
                                .entry = (uint8_t)entry,
                                .crossing = mark->excursion,
                                .from_mcycles = now,
                                .to_mcycles = now};
}

static void begin_stretch(struct chronicler *chronicler, const struct ref *mark,
                          int64_t now)
{
    chronicler->chronicle->stretch =
        (struct chronicle_stretch){.first_record = mark->paddr};
    chronicler->inside = true;
    begin_span(chronicler, ENTRY_BEGIN, mark, now);
}

static void end_stretch(struct chronicler *chronicler, uint64_t record, int64_t now)
{
    end_span(chronicler, now);
    chronicler->chronicle->stretch.end_record = record;
    chronicler->inside = false;
}

static void change_lane(struct chronicler *chronicler, const struct ref *ref, int64_t now)
{
    chronicler->entered = true;
    chronicler->lane = ref->domain;
    begin_span(chronicler, (enum lane_entry)(ref->flags - MARK_LANE), ref, now);
}

/* A call has turned out to carry a message: the lane that it entered may be a few back.
 */
static void correct_kind(const struct chronicler *chronicler, const struct ref *ref)
{
    struct chronicle_stretch *stretch = &chronicler->chronicle->stretch;
    for (size_t i = stretch->span_count; i-- > 0;) {
        struct chronicle_span *span = &stretch->spans[i];
        if (span->crossing != ref->excursion)
            continue;
        if (span->entry == ENTRY_CALL)
            span->entry = (uint8_t)ref->domain;
        return;
    }
}

static void note_switch(const struct chronicler *chronicler, const struct ref *ref)
{
    struct chronicle_span *span = current_span(chronicler);
    if (span == NULL)
        return;
    span->switches_cr3 += ref->flags == TRACE_HOW_CR3;
    span->switches_segment += ref->flags == TRACE_HOW_SEGMENT;
}

#define FIRST_LEVELS (1u << EVENT_DIRECTORY | 1u << EVENT_TABLE | 1u << EVENT_LINE)

static void note_misses(const struct chronicler *chronicler, const struct ref *ref,
                        uint32_t shared, const struct story *story)
{
    struct chronicle_span *span = current_span(chronicler);
    if (span == NULL)
        return;
    span->tlb_misses += (shared & EVENT_TLB(0)) != 0;
    span->cache_misses += __builtin_popcount(shared & FIRST_LEVELS);
    for (uint32_t left = shared & EVENT_MASK; left != 0; left &= left - 1) {
        unsigned bit = (unsigned)__builtin_ctz(left);
        enum side side = ref_side(ref, bit);
        if (!event_has_own_reason(bit) ||
            chronicler->layout->component[side][bit] == COMPONENTS)
            continue;
        span->refilled_after_flush += story->of[bit].why == WHY_FLUSHED;
        span->refilled_after_eviction += story->of[bit].why == WHY_EVICTED;
    }
}

/* ---- batches ---- */

static void see_mark(struct chronicler *chronicler, const struct ref *ref, uint64_t place)
{
    int64_t now = (int64_t)ref->vaddr + chronicler->memory;
    switch (ref->flags) {
    case MARK_WHOLE:
        note_time(chronicler, &chronicler->chronicle->whole, place, now);
        return;
    case MARK_STEP:
    case MARK_AROUND:
        note_time(chronicler, &chronicler->chronicle->part, place, now);
        return;
    case MARK_BEGIN:
        begin_stretch(chronicler, ref, now);
        return;
    case MARK_END:
        if (chronicler->inside)
            end_stretch(chronicler, ref->paddr, now);
        return;
    case MARK_KIND:
        correct_kind(chronicler, ref);
        return;
    default:
        change_lane(chronicler, ref, now);
    }
}

static void see_event(struct chronicler *chronicler, const struct ref *ref,
                      uint64_t place)
{
    if (ref->kind == REF_MARK)
        see_mark(chronicler, ref, place);
    if (ref->kind == REF_PHASE) {
        chronicler->phase = (enum trace_phase)ref->flags;
        find_bucket(chronicler);
    }
    if (ref->kind == REF_SPACE) {
        switch_space(chronicler, ref);
        note_switch(chronicler, ref);
    }
}

/* Reasons need to be told apart only where a stretch lies. */
static bool has_stretch(const struct chronicler *chronicler, const struct batch *batch)
{
    bool has = chronicler->inside;
    for (size_t i = 0; !has && i < batch->event_count; i++) {
        const struct ref *ref = &batch->refs[batch->events[i]];
        has = ref->kind == REF_MARK && ref->flags == MARK_BEGIN;
    }
    return has;
}

void chronicler_see(struct chronicler *chronicler, const struct batch *batch,
                    const struct events *events)
{
    const struct layout *layout = chronicler->layout;
    const struct reason *next = events->reasons;
    bool tells = has_stretch(chronicler, batch);
    for (size_t i = 0; i < batch->count; i++) {
        const struct ref *ref = &batch->refs[i];
        count_accesses(chronicler, batch->repeated[i]);
        if (ref->kind > REF_STORE) {
            see_event(chronicler, ref, chronicler->places + i);
            continue;
        }
        uint32_t shared = events->shared[i];
        int64_t cost = ref_cost(layout, ref, shared);
        if (tells && shared != 0) {
            struct story story;
            next = story_tell(&story, shared, next);
            note_misses(chronicler, ref, shared, &story);
        }
        if (ref_is_work(ref))
            recover(chronicler, ref, shared, events->merged[i]);
        chronicler->memory += cost;
    }
    count_accesses(chronicler, batch->repeated[batch->count]);
    chronicler->places += batch->count;
}

struct chronicle *chronicler_finish(struct chronicler *chronicler, uint64_t records,
                                    int64_t total)
{
    struct chronicle *chronicle = chronicler->chronicle;
    if (chronicler->inside)
        end_stretch(chronicler, records, total);
    chronicler->chronicle = NULL;
    return chronicle;
}
