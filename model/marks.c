#include "model/marks.h"

#include "model/prepare.h"

/* splitmix64 (Steele, Lea, Flood 2014) of a number. */
static uint64_t scatter(uint64_t number)
{
    uint64_t z = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* The first record of the n-th part of the trace. */
static uint64_t part_begin(const struct marks *marks, uint64_t n)
{
    return (uint64_t)((unsigned __int128)marks->records * n / OCCUPANCY_SAMPLES);
}

/* A short trace has fewer records than samples: then it is sampled at each. */
static void plan_whole(struct marks *marks)
{
    uint64_t n = marks->samples;
    if (marks->records <= OCCUPANCY_SAMPLES) {
        marks->next_whole = n < marks->records ? n : UINT64_MAX;
        return;
    }
    uint64_t begin = part_begin(marks, n), size = part_begin(marks, n + 1) - begin;
    marks->next_whole = n < OCCUPANCY_SAMPLES ? begin + scatter(n) % size : UINT64_MAX;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void plan_next(struct marks *marks)
{
    uint64_t next = marks->inside ? least(marks->next_step, marks->end) : marks->begin;
    marks->next = least(next, marks->next_whole);
}

void marks_init(struct marks *marks, const struct replay_options *options,
                uint64_t records, uint16_t kernel)
{
    *marks = (struct marks){.on = true,
                            .records = records,
                            .asked_for = options->stretch_records != 0,
                            .kernel = kernel,
                            .lane = NO_LANE};
    if (marks->asked_for) {
        uint64_t most = UINT64_MAX - options->stretch_first;
        marks->begin = options->stretch_first;
        marks->end = marks->begin + least(options->stretch_records, most);
        marks->step = least(options->stretch_records, records) / OCCUPANCY_SAMPLES + 1;
    } else {
        marks->end = STRETCH_RECORDS;
        marks->step = least(records / 8192 + 1, 32);
    }
    plan_whole(marks);
    plan_next(marks);
}

static void put(const struct mark_place *place, unsigned mark, uint16_t domain,
                uint32_t excursion)
{
    struct batch *batch = place->batch;
    batch->events[batch->event_count++] = (uint32_t)batch->count;
    batch->refs[batch->count++] = (struct ref){.kind = REF_MARK,
                                               .flags = (uint8_t)mark,
                                               .vaddr = (uint64_t)place->clock,
                                               .paddr = place->record,
                                               .domain = domain,
                                               .excursion = excursion};
}

static void begin_stretch(struct marks *marks, const struct mark_place *place)
{
    put(place, MARK_BEGIN, 0, 0);
    marks->inside = true;
    marks->requests = 0;
    marks->next_step = place->record;
    marks->begin = UINT64_MAX;
    if (!marks->asked_for)
        marks->end = place->record + STRETCH_RECORDS;
}

static void end_stretch(struct marks *marks, const struct mark_place *place)
{
    put(place, MARK_END, 0, 0);
    marks->inside = false;
    marks->begin = UINT64_MAX;
}

void marks_record(struct marks *marks, const struct mark_place *place)
{
    if (place->record >= marks->next_whole) {
        put(place, MARK_WHOLE, 0, 0);
        marks->samples++;
        plan_whole(marks);
    }
    if (marks->inside && place->record >= marks->end)
        end_stretch(marks, place);
    if (!marks->inside && place->record >= marks->begin)
        begin_stretch(marks, place);
    if (marks->inside && place->record >= marks->next_step) {
        put(place, MARK_STEP, 0, 0);
        marks->next_step += marks->step;
    }
    plan_next(marks);
}

/* Without a phase event all is measured; so a stretch may have begun that is cut short by
 * a warm-up, and begins anew behind it. */
void marks_phase(struct marks *marks, const struct mark_place *place,
                 enum trace_phase phase)
{
    if (marks->asked_for)
        return;
    if (marks->inside && !marks->measured)
        end_stretch(marks, place);
    if (phase == TRACE_PHASE_MEASURED && !marks->measured) {
        begin_stretch(marks, place);
        marks->measured = true;
    }
    plan_next(marks);
}

void marks_request_end(struct marks *marks, const struct mark_place *place)
{
    if (marks->asked_for || !marks->inside || ++marks->requests < STRETCH_REQUESTS)
        return;
    end_stretch(marks, place);
    plan_next(marks);
}

void marks_around(const struct marks *marks, const struct mark_place *place)
{
    if (marks->inside)
        put(place, MARK_AROUND, 0, 0);
}

void marks_lane(struct marks *marks, const struct mark_place *place, uint16_t lane)
{
    enum lane_entry entry = marks->returning ? ENTRY_RETURN : ENTRY_PROCEDURE;
    put(place, MARK_LANE + entry, lane, 0);
    marks->lane = lane;
    marks->returning = false;
}

void marks_cross_in(struct marks *marks, const struct mark_place *place,
                    enum crossing_kind kind, uint32_t crossing)
{
    marks->returning = false;
    if (marks->lane == marks->kernel)
        return;
    put(place, MARK_LANE + (enum lane_entry)kind, marks->kernel, crossing);
    marks->lane = marks->kernel;
}

void marks_kind(const struct marks *marks, const struct mark_place *place,
                enum crossing_kind kind, uint32_t crossing)
{
    if (marks->inside)
        put(place, MARK_KIND, (uint16_t)kind, crossing);
}
