/* marks.h - refs that are no accesses but moments: what the half of a replay that reads
 * records tells the half that simulates, for chronicler.h. Only where a chronicle is
 * kept.
 *
 * A mark is a REF_MARK: vaddr is the time of all instructions charged so far, paddr the
 * number of the record before which it stands, flags an enum mark.
 */
#ifndef CROSSBILL_MARKS_H
#define CROSSBILL_MARKS_H

#include "model/model.h"

struct batch;

#define NO_LANE 0xffffu

enum mark {
    MARK_WHOLE,  /* take a sample for the whole trace */
    MARK_STEP,   /* take a regular one for the stretch */
    MARK_AROUND, /* take one for the stretch: a space switch comes, or has come */
    MARK_BEGIN,  /* the stretch begins */
    MARK_END,    /* it ends */
    MARK_KIND,   /* the crossing `excursion` is of the kind `domain` */
    MARK_LANE /* + enum lane_entry: to the lane `domain`, by the crossing `excursion` */
};

struct marks {
    bool on;
    uint64_t next; /* the record before which something is due */

    uint64_t records; /* of the trace */
    uint64_t samples; /* of the whole trace, so far */
    uint64_t next_whole;

    bool asked_for; /* the stretch, by its records; else it is of the measured phase */
    bool inside;
    bool measured;       /* the measured phase has been announced */
    uint64_t begin, end; /* records of the stretch */
    uint64_t step, next_step;
    unsigned requests; /* that ended in it */

    uint16_t kernel; /* its lane */
    uint16_t lane;   /* the current one, or NO_LANE */
    bool returning;  /* a crossing went out, and nothing has run since */
};

/* Where marks go, and what they say. */
struct mark_place {
    struct batch *batch;
    int64_t clock;
    uint64_t record;
};

/* `options` ask for a chronicle. */
void marks_init(struct marks *marks, const struct replay_options *options,
                uint64_t records, uint16_t kernel);

/* Before a record, where marks->next is not beyond it. At most three marks. */
void marks_record(struct marks *marks, const struct mark_place *place);
/* After the ref of the phase event. */
void marks_phase(struct marks *marks, const struct mark_place *place,
                 enum trace_phase phase);
void marks_request_end(struct marks *marks, const struct mark_place *place);
/* Before a space switch, and after it. */
void marks_around(const struct marks *marks, const struct mark_place *place);

/* Something runs in a lane that is not the current one. */
void marks_lane(struct marks *marks, const struct mark_place *place, uint16_t lane);
void marks_cross_in(struct marks *marks, const struct mark_place *place,
                    enum crossing_kind kind, uint32_t crossing);
/* What kind of crossing it is has turned out. */
void marks_kind(const struct marks *marks, const struct mark_place *place,
                enum crossing_kind kind, uint32_t crossing);

#endif
