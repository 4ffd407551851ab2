/* scenarios.h - every scenario, structure and knob, with one line each. Shared by the
 * kernel, which parses its command line by these lists, and the recorder's user, to whom
 * they are listed.
 *
 * The command line is key=value, separated by blanks: scenario= and structure= take names
 * of the lists below, each knob a decimal number in its range or one of its words. A
 * knob's default is used where it is not given; nothing may be given twice.
 *
 *   SCENARIO(name, line)   STRUCTURE(name, line)   PATTERN(name, line)
 *   KNOB(name, least, most, default, line)
 */
#ifndef CROSSBILL_SCENARIOS_H
#define CROSSBILL_SCENARIOS_H

#include <stdint.h>

#define SCENARIOS(SCENARIO)                                                              \
    SCENARIO(pingpong, "a client calls a server; each touches its pages per visit")      \
    SCENARIO(null, "the null call: into the kernel and straight back")

#define STRUCTURES(STRUCTURE)                                                            \
    STRUCTURE(l3_small, "l3-small", "IPC; domains are segment windows of one space")     \
    STRUCTURE(l3_large, "l3-large", "IPC; domains have a page directory each")

#define PATTERNS(PATTERN)                                                                \
    PATTERN(random, "every line once in random order, each followed by a random reuse")  \
    PATTERN(sequential, "lines in the order of their addresses")                         \
    PATTERN(strided, "lines one page and 64 bytes apart, around and around")             \
    PATTERN(chase, "each line holds the address of the next, in random order")

#define KNOBS(KNOB)                                                                      \
    KNOB(pages, 1, 900, 8, "pages that a domain touches per visit")                      \
    KNOB(lines, 1, 64, 4, "places, 64 bytes apart, that it touches in each page")        \
    KNOB(write, 0, 100, 25, "percentage of touches that are stores")                     \
    KNOB(requests, 1, 1000000, 200, "requests that are measured")                        \
    KNOB(warmup, 0, 1000000, 20, "requests before them, marked as warm-up")              \
    KNOB(seed, 0, 4294967295, 1, "seed of everything random")

enum scenario_name {
#define SCENARIO(name, line) SCENARIO_##name,
    SCENARIOS(SCENARIO)
#undef SCENARIO
    SCENARIO_COUNT
};

enum structure_name {
#define STRUCTURE(symbol, name, line) STRUCTURE_##symbol,
    STRUCTURES(STRUCTURE)
#undef STRUCTURE
    STRUCTURE_COUNT
};

enum pattern_name {
#define PATTERN(name, line) PATTERN_##name,
    PATTERNS(PATTERN)
#undef PATTERN
    PATTERN_COUNT
};

struct scenario {
    uint32_t scenario;  /* enum scenario_name */
    uint32_t structure; /* enum structure_name */
    uint32_t pattern;   /* enum pattern_name */
#define KNOB(name, least, most, initial, line) uint32_t name;
    KNOBS(KNOB)
#undef KNOB
};

#endif
