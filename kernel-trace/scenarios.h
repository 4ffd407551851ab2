/* scenarios.h - every scenario, structure and knob, with one line each. Shared by the
 * kernel, which parses its command line by these lists, and the recorder's user, to whom
 * they are listed.
 *
 * The command line is key=value, separated by blanks: scenario= and structure= take names
 * of the lists below, each knob a decimal number in its range or one of its words. A
 * knob's default is used where it is not given; nothing but domain= may be given twice.
 *
 *   SCENARIO(symbol, name, line)
 *   STRUCTURE(symbol, name, l3, line)
 *   PATTERN(name, line)
 *   KNOB(name, least, most, default, line)
 *   USES(scenario's symbol, names of the knobs that bear on it)
 */
#ifndef CROSSBILL_SCENARIOS_H
#define CROSSBILL_SCENARIOS_H

#include <stdint.h>

#define SCENARIOS(SCENARIO)                                                              \
    SCENARIO(pingpong, "pingpong", "a client calls a server; each touches its pages")    \
    SCENARIO(null, "null", "the null call: into the kernel and straight back")           \
    SCENARIO(call, "call", "a plain procedure call, for comparison")                     \
    SCENARIO(thread_switch, "thread-switch", "pingpong of two threads in one domain")    \
    SCENARIO(file, "file", "an application uses files through fs and storage")           \
    SCENARIO(compile, "compile", "three processes of different sizes use files in turn") \
    SCENARIO(fault, "fault", "each page touched is a fault that the pager answers")      \
    SCENARIO(preempt, "preempt", "two domains compute; the timer switches between them")

/* l3: 1 when services are called by the kernel's own IPC. */
#define STRUCTURES(STRUCTURE)                                                            \
    STRUCTURE(l3_small, "l3-small", 1, "IPC; domains are segment windows of one space")  \
    STRUCTURE(l3_large, "l3-large", 1, "IPC; domains have a page directory each")        \
    STRUCTURE(mach, "mach", 0, "IPC through ports, rights and typed messages")           \
    STRUCTURE(spin, "spin", 0, "services extend the kernel: dispatcher and guards")      \
    STRUCTURE(exokernel, "exokernel", 0, "fs is a library; disk blocks are bound to it") \
    STRUCTURE(monolithic, "monolithic", 0, "one crossing, then procedure calls")

#define PATTERNS(PATTERN)                                                                \
    PATTERN(random, "every place once in random order, each followed by a reuse")        \
    PATTERN(sequential, "places in the order of their addresses")                        \
    PATTERN(strided, "places one page and 64 bytes apart, around and around")            \
    PATTERN(chase, "each place holds the address of the next, in random order")

/* The name in the program and in files, and as an option. */
#define KNOBS(KNOB)                                                                      \
    KNOB(pages, "pages", 1, 900, 8,                                                      \
         "pages that a domain touches per visit; app: 4 times as many")                  \
    KNOB(lines, "lines", 1, 64, 4,                                                       \
         "places, 64 bytes apart, that it touches in each page")                         \
    KNOB(write, "write", 0, 100, 25,                                                     \
         "percentage of touches that are stores")                                        \
    KNOB(bytes, "bytes", 0, 4096, 0,                                                     \
         "pingpong: bytes sent, and sent back, beside 12 in registers")                  \
    KNOB(chain, "chain", 1, 6, 1,                                                        \
         "pingpong: servers in a row, each called by the one before")                    \
    KNOB(files, "files", 1, 32, 24,                                                      \
         "file, compile: files of each process")                                         \
    KNOB(filesize, "filesize", 1024, 65536, 16384,                                       \
         "file, compile: bytes of each file")                                            \
    KNOB(transfer, "transfer", 64, 4096, 1024,                                           \
         "file, compile: bytes per read and write")                                      \
    KNOB(sysenter, "sysenter", 0, 1, 0,                                                  \
         "1: null call and short IPC by sysenter; large domains only")                   \
    KNOB(largepages, "largepages", 0, 1, 0,                                              \
         "1: the kernel maps all memory for itself by 4 MiB pages")                      \
    KNOB(timer, "timer", 0, 50000, 0,                                                    \
         "microseconds between ticks; 0: off, or 20 for preempt")                        \
    KNOB(requests, "requests", 1, 1000000, 200,                                          \
         "requests that are measured")                                                   \
    KNOB(warm_up, "warm-up", 0, 1000000, 20,                                             \
         "requests before them, marked as warm-up")                                      \
    KNOB(seed, "seed", 0, 4294967295, 1,                                                 \
         "seed of everything random")

/* Any other knob would change nothing that is recorded; the command line refuses it. */
#define KNOBS_OF_RUNS   "requests", "warm_up", "domain"
#define KNOBS_OF_VISITS "pages", "lines", "pattern", "write", "seed"
#define KNOBS_OF_FILES  "files", "filesize", "transfer"
#define SCENARIO_KNOBS(USES)                                                             \
    USES(pingpong, KNOBS_OF_RUNS, KNOBS_OF_VISITS, "bytes", "chain", "sysenter",         \
         "timer")                                                                        \
    USES(null, KNOBS_OF_RUNS, "sysenter", "timer")                                       \
    USES(call, KNOBS_OF_RUNS, "timer")                                                   \
    USES(thread_switch, KNOBS_OF_RUNS, "bytes", "sysenter", "timer")                     \
    USES(file, KNOBS_OF_RUNS, KNOBS_OF_VISITS, KNOBS_OF_FILES, "timer")                  \
    USES(compile, KNOBS_OF_RUNS, KNOBS_OF_VISITS, KNOBS_OF_FILES)                        \
    USES(fault, KNOBS_OF_RUNS, KNOBS_OF_VISITS, "timer")                                 \
    USES(preempt, KNOBS_OF_RUNS, KNOBS_OF_VISITS, "timer")

/* Beside these, domain=NAME:KIND[:PAGES[:LINES]], any number of times: the kind (small,
 * large) of one domain, and what it touches per visit. */
#define DOMAIN_CHOICES 8
#define DOMAIN_NAME    12

enum scenario_name {
#define SCENARIO(symbol, name, line) SCENARIO_##symbol,
    SCENARIOS(SCENARIO)
#undef SCENARIO
    SCENARIO_COUNT
};

enum structure_name {
#define STRUCTURE(symbol, name, l3, line) STRUCTURE_##symbol,
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
#define KNOB(name, option, least, most, initial, line) uint32_t name;
    KNOBS(KNOB)
#undef KNOB
    struct domain_choice {
        char name[DOMAIN_NAME];
        uint32_t small;
        uint32_t pages, lines; /* 0: as the knobs say */
    } choices[DOMAIN_CHOICES];
    uint32_t choice_count;
};

#endif
