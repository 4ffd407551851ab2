/* visit.c - touch a working set of `pages` pages, `lines` places in each, 64 bytes apart.
 *
 * Every place is touched at least once per visit, whatever the pattern, so that the
 * working set is exactly what was asked for. Page p's places begin at another offset than
 * page p + 1's: if all pages began at offset 0, they would crowd the same cache sets. */
#include "kernel-trace/services/user.h"

#define SPACING 64 /* two lines of a Pentium, four of a 486 */
#define PLACES  (PAGE_SIZE / SPACING)

/* The j-th place of page p. An odd step of 27 visits all 64 before the first again. */
static uint32_t *place(const struct visit *visit, uint32_t p, uint32_t j)
{
    uint32_t offset = (p * 11 + j * 27) % PLACES * SPACING;
    return (uint32_t *)(visit->arena + p * PAGE_SIZE + offset);
}

/* A store of every so many touches, evenly; the rest are loads. The second word of the
 * line: the first belongs to the chain. */
static void touch(struct visit *visit, uint32_t *line)
{
    visit->due += visit->write;
    if (visit->due >= 100) {
        visit->due -= 100;
        line[1] = visit->due;
    } else {
        visit->sum += line[1];
    }
}

static uint32_t next_random(struct visit *visit)
{
    visit->random = visit->random * 1664525 + 1013904223;
    return visit->random >> 16;
}

/* Numbers 0 .. count - 1, each once, in an order that looks random: a full-period
 * congruential generator over the next power of two, without those too large. */
static uint32_t shuffled(uint32_t last, uint32_t mask, uint32_t count)
{
    do
        last = (last * 5 + 0x2545f491) & mask;
    while (last >= count);
    return last;
}

static void visit_random(struct visit *visit)
{
    uint32_t p = next_random(visit) * visit->pages >> 16;
    for (uint32_t i = 0; i < visit->pages; i++) {
        p = shuffled(p, visit->mask, visit->pages);
        for (uint32_t j = 0; j < visit->lines; j++) {
            touch(visit, place(visit, p, j));
            touch(visit, place(visit, next_random(visit) * visit->pages >> 16, j));
        }
    }
}

static void visit_sequential(struct visit *visit)
{
    for (uint32_t p = 0; p < visit->pages; p++)
        for (uint32_t j = 0; j < visit->lines; j++)
            touch(visit, (uint32_t *)(visit->arena + p * PAGE_SIZE + j * SPACING));
}

static void visit_strided(struct visit *visit)
{
    for (uint32_t j = 0; j < visit->lines; j++)
        for (uint32_t p = 0; p < visit->pages; p++)
            touch(visit, (uint32_t *)(visit->arena + p * PAGE_SIZE +
                                      (p + j) % PLACES * SPACING));
}

static void visit_chase(struct visit *visit)
{
    uint32_t *line = visit->chase;
    do {
        touch(visit, line);
        line = (uint32_t *)*line;
    } while (line != visit->chase);
}

/* Chain all places in random order. */
static void make_chain(struct visit *visit)
{
    uint32_t count = visit->pages * visit->lines;
    uint32_t mask = 1;
    while (mask < count)
        mask *= 2;
    uint32_t i = next_random(visit) * count >> 16;
    uint32_t *line = place(visit, i / visit->lines, i % visit->lines);

    visit->chase = line;
    for (uint32_t left = count; left > 1; left--) {
        i = shuffled(i, mask - 1, count);
        uint32_t *next = place(visit, i / visit->lines, i % visit->lines);
        *line = (uint32_t)next;
        line = next;
    }
    *line = (uint32_t)visit->chase;
}

void visit_init(struct visit *visit, const struct launch *launch)
{
    *visit = (struct visit){.arena = (uint8_t *)launch->arena,
                            .pages = launch->arena_pages,
                            .lines = launch->lines,
                            .pattern = launch->scenario.pattern,
                            .write = launch->scenario.write,
                            .mask = 1,
                            .random = launch->seed * 2 + 1};
    while (visit->mask < visit->pages)
        visit->mask *= 2;
    visit->mask -= 1;
    make_chain(visit);
}

void visit(struct visit *visit)
{
    switch ((enum pattern_name)visit->pattern) {
    case PATTERN_random:
        visit_random(visit);
        break;
    case PATTERN_sequential:
        visit_sequential(visit);
        break;
    case PATTERN_strided:
        visit_strided(visit);
        break;
    case PATTERN_chase:
        visit_chase(visit);
        break;
    case PATTERN_COUNT:
        break;
    }
}
