/* claims_segments.c - the second strike, continued: switching by segments instead. */
#include "inquiry.h"

#include <stdio.h>

#define SOSP_95 "Liedtke, On Micro-Kernel Construction, SOSP 1995, section 4.1.2"
#define TYPICAL 8 /* pages, where one size is to stand for all */

static bool small_switch(struct inquiry *inquiry, const char *machine)
{
    struct claim_evidence small;
    if (!ask_pingpong(inquiry, &small, machine, "l3-small", TYPICAL))
        return false;
    int64_t cycles = switch_account(&small, ACCOUNT_SPACE_SWITCH);
    const int64_t *cost = small.machine->instructions;
    int64_t loads = switch_instructions(&small, INSTRUCTION_MOV_SREG_R) +
                    switch_instructions(&small, INSTRUCTION_MOV_SREG_M);
    int64_t loading = loads * cost[INSTRUCTION_MOV_SREG_R] / 1000;
    found(inquiry, cycles);
    because(inquiry,
            "%s segment registers are loaded at %s cycles each; the other %s cycles "
            "compare windows and write the two descriptors of the new one.",
            N(loads), N(cost[INSTRUCTION_MOV_SREG_R]), N(cycles - loading));
    because_figure(inquiry, small.machine, "instructions.mov_sreg_r");
    return true;
}

static bool small_switch_pentium(struct inquiry *inquiry)
{
    return small_switch(inquiry, THE_PENTIUM);
}

static bool small_switch_486(struct inquiry *inquiry)
{
    struct claim_evidence dear_loads;
    if (!small_switch(inquiry, THE_486) ||
        !ask_pingpong(inquiry, &dear_loads, THE_486 " instructions.mov_sreg_r=9",
                      "l3-small", TYPICAL))
        return false;
    because(
        inquiry,
        "At 9 cycles a load, as in the paper's table 3 as remembered, unverified, the "
        "switch would cost %s.",
        N(switch_account(&dear_loads, ACCOUNT_SPACE_SWITCH)));
    return true;
}

/* From a large domain to a small one and back, by CR3 and by segments. */
struct round_trip {
    int64_t segments;     /* switch, and what the path executes more than the other's */
    int64_t conventional; /* switch and observed refill */
    int64_t entries;      /* refilled on the round trip */
};

static bool ask_round_trip(struct inquiry *inquiry, const char *machine, int pages,
                           struct round_trip *trip)
{
    struct claim_evidence small, large;
    char name[96];
    const char *form = "pingpong %s pages=1 domain=ping:large:%d requests=50 warm_up=10";
    snprintf(name, sizeof name, form, "l3-small", pages);
    if (!ask(inquiry, &small, machine, name))
        return false;
    snprintf(name, sizeof name, form, "l3-large", pages);
    if (!ask(inquiry, &large, machine, name))
        return false;
    int64_t by_segment = switch_account(&small, ACCOUNT_SPACE_SWITCH),
            by_cr3 = switch_account(&large, ACCOUNT_SPACE_SWITCH),
            more = one_way(&small, crossing_explicit) - by_segment -
                   (one_way(&large, crossing_explicit) - by_cr3);
    trip->segments = 2 * (by_segment + more);
    trip->entries = 2 * refilled_entries(&large);
    trip->conventional = 2 * by_cr3 + trip->entries * large.machine->walk_time / 1000;
    return true;
}

/* Sizes of the large domain that fill the 486's TLB, half of it, and as little as can
 * be. */
static const int uses[3] = {28, 14, 1};

static bool conventional_486(struct inquiry *inquiry)
{
    struct round_trip trip[3];
    const int64_t *said = inquiry->claim->figures; /* segments; 100 %, 50 %, best */
    bool wins = true;
    int would_win = 0;
    for (int i = 0; i < 3; i++) {
        if (!ask_round_trip(inquiry, THE_486, uses[i], &trip[i]))
            return false;
        wins = wins && trip[i].conventional < trip[i].segments;
        would_win += trip[i].conventional < said[0];
    }
    found_that(inquiry, wins, "segments %s, by CR3 %s, %s, %s cycles",
               N(trip[0].segments), N(trip[0].conventional), N(trip[1].conventional),
               N(trip[2].conventional));
    because(inquiry,
            "By CR3 %s, %s and %s entries are refilled on a round trip (in the "
            "paper 32, 18 and 8).",
            N(trip[0].entries), N(trip[1].entries), N(trip[2].entries));
    if (trip[0].segments != said[0])
        because(inquiry,
                "A switch by segments costs %s cycles here, with all that the path "
                "executes more than with CR3; the paper counts 39, and 130 more for "
                "segment registers and instructions that its kernel needed.",
                N(trip[0].segments / 2));
    if (!wins)
        because(inquiry,
                "Against the paper's 338 the conventional switch would win at "
                "%d of the 3 sizes.",
                would_win);
    return true;
}

static bool segments_pentium(struct inquiry *inquiry)
{
    struct round_trip trip[3];
    bool wins = true;
    for (int i = 0; i < 3; i++) {
        if (!ask_round_trip(inquiry, THE_PENTIUM, uses[i], &trip[i]))
            return false;
        wins = wins && trip[i].segments < trip[i].conventional;
    }
    found_that(inquiry, wins, "segments %s, by CR3 %s, %s, %s cycles",
               N(trip[0].segments), N(trip[0].conventional), N(trip[1].conventional),
               N(trip[2].conventional));
    because(inquiry,
            "From a large domain of %d, %d or %d pages to a small one of 1 and back.",
            uses[0], uses[1], uses[2]);
    return true;
}

/* The lesson recommends segments for Intel's processors in general. */
static bool segments_everywhere(struct inquiry *inquiry)
{
    struct round_trip on_486, on_pentium;
    if (!ask_round_trip(inquiry, THE_486, uses[2], &on_486) ||
        !ask_round_trip(inquiry, THE_PENTIUM, uses[2], &on_pentium))
        return false;
    found_that(inquiry,
               on_486.segments < on_486.conventional &&
                   on_pentium.segments < on_pentium.conventional,
               "486: segments %s, by CR3 %s; Pentium: %s, %s", N(on_486.segments),
               N(on_486.conventional), N(on_pentium.segments),
               N(on_pentium.conventional));
    because(inquiry,
            "A round trip between domains of 1 page. On the 486 it depends on what "
            "segments cost the kernel elsewhere, here %s cycles a switch; see "
            "conventional-486.",
            N(on_486.segments / 2));
    return true;
}

const struct claim segment_claims[] = {
    {.name = "small-switch-pentium",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "A switch between small spaces takes 15 cycles on the Pentium",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {15000},
     .unit = UNIT_CYCLES,
     .measurement = "switch by segments in l3-small on pentium-100",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = small_switch_pentium},
    {.name = "small-switch-486",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "A switch between small spaces takes 39 cycles on the 486",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {39000},
     .unit = UNIT_CYCLES,
     .measurement = "switch by segments in l3-small on i486-50",
     .rule = RULE_EQUAL,
     .tolerance_permille = 100,
     .measure = small_switch_486},
    {.name = "conventional-486",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "On the 486 the conventional switch beats segments",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figures = {338000, 288000, 162000, 72000},
     .unit = UNIT_CYCLES,
     .figure = "segments 338, by CR3 288, 162, 72 cycles",
     .measurement = "large to small and back: switch and observed refill, the large "
                    "domain of 28, 14, 1 pages, on i486-50",
     .rule = RULE_CONDITION,
     .condition = "by CR3 is cheaper at every size",
     .measure = conventional_486},
    {.name = "segments-pentium",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "On the Pentium segments beat the conventional switch",
     .said_by = "paper",
     .source = SOSP_95,
     .flag = 'T',
     .figure = "segments win",
     .measurement = "large to small and back: switch and observed refill, the large "
                    "domain of 28, 14, 1 pages, on pentium-100",
     .rule = RULE_CONDITION,
     .condition = "by segments is cheaper at every size",
     .measure = segments_pentium},
    {.name = "segments-everywhere",
     .strike = STRIKE_SPACE_SWITCHES,
     .statement = "Small spaces by segments are the better switch on Intel's processors",
     .said_by = "lesson",
     .source = "lecture notes on L3; by the paper not on the 486",
     .flag = 'T',
     .figure = "segments win on both",
     .measurement = "large to small and back, domains of 1 page, on i486-50 and "
                    "pentium-100",
     .rule = RULE_CONDITION,
     .condition = "by segments is cheaper on both",
     .measure = segments_everywhere},
};
const size_t segment_claim_count = sizeof segment_claims / sizeof *segment_claims;
