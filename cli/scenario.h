/* scenario.h - what may be asked of a recording: scenarios, structures, patterns, and
 * which knobs bear on which scenario. All of it from kernel-trace/scenarios.h. */
#ifndef CROSSBILL_CLI_SCENARIO_H
#define CROSSBILL_CLI_SCENARIO_H

#include "kernel-trace/scenarios.h"

#include <stdbool.h>
#include <stdint.h>

struct choice {
    const char *name;
    const char *line; /* what it is */
};

/* The last has no name. */
extern const struct choice scenario_choices[], structure_choices[], pattern_choices[];

enum knob {
#define KNOB(name, option, least, most, initial, line) KNOB_##name,
    KNOBS(KNOB)
#undef KNOB
        KNOB_COUNT
};

struct range {
    const char *option; /* "--pages" */
    const char *name;   /* "pages" */
    uint64_t least, most, initial;
    const char *line;
};
extern const struct range knob_ranges[KNOB_COUNT];

/* A knob as an option is spelt, without its dashes: "warm-up" for "warm_up". */
const char *knob_word(const char *name);

/* Room for any sentence of the functions below; they are for a user, without a full stop.
 */
enum { SCENARIO_SENTENCE = 256 };

/* The name as it stands in the list, or NULL with a sentence. `what` is "structure". */
const char *scenario_choose(const struct choice *choices, const char *what,
                            const char *name, char sentence[SCENARIO_SENTENCE]);

/* The knobs that bear on a scenario ("pattern" and "domain" are two); NULL at the end. */
const char *const *scenario_knobs(const char *scenario);

/* Whether a knob set to a value bears on the scenario, or else a sentence that names
 * those that do. Before a knob's name stands `dashes`. */
bool scenario_takes(const char *scenario, const char *knob, const char *value,
                    const char *dashes, char sentence[SCENARIO_SENTENCE]);

/* Whether the scenario can be recorded with that member of a study's recording, "pages"
 * of "8" or "structure" of "mach", or else a sentence that does not repeat the member's
 * name, except where it is the name that is wrong. */
bool scenario_accepts(const char *scenario, const char *member, const char *value,
                      char sentence[SCENARIO_SENTENCE]);

#endif
