/* A small cache simulator to check crossbill by: split first level, unified second, as a
 * textbook has them. It shares no code with crossbill and knows none of its terms.
 *
 *   simulator TRACE.din <CONFIGURATIONS
 *
 * A configuration is a line: NAME l|f SIZE WAYS LINE a|n b|t SIZE2 WAYS2 LINE2 c|w, that
 * is LRU or FIFO; both first-level caches; stores that miss allocate or not; write back
 * or through; the second level; what is written back is counted only, or stored in the
 * second level. For each, a line: NAME and three times reads, writes, fetches, their
 * misses, and dirty lines evicted: of the instruction cache, the data cache and the
 * second level; at last how many dirty lines the data cache has in the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ, WRITE, FETCH }; /* as the trace has them */

struct line {
    unsigned long number;
    int valid, dirty;
};

struct cache {
    unsigned long size, ways, bytes; /* of all, of a line */
    int fifo, allocates, back, writes;
    struct cache *next;
    struct line *lines; /* sets of ways, the next victim last */
    unsigned long asked[3], missed[3], evicted_dirty;
};

static void ask(struct cache *cache, unsigned long address, int kind);

static void to_front(struct line *set, unsigned long way)
{
    struct line line = set[way];
    memmove(set + 1, set, way * sizeof line);
    set[0] = line;
}

static void miss(struct cache *cache, struct line *set, unsigned long number, int kind)
{
    struct line victim = set[cache->ways - 1];
    unsigned long address = number * cache->bytes;
    cache->missed[kind]++;
    if (kind == WRITE && !cache->allocates) {
        if (cache->next)
            ask(cache->next, address, WRITE);
        return;
    }
    to_front(set, cache->ways - 1);
    set[0] = (struct line){number, 1, kind == WRITE && cache->back};
    if (cache->next)
        ask(cache->next, address, kind == FETCH ? FETCH : READ);
    if (!victim.valid || !victim.dirty)
        return;
    cache->evicted_dirty++;
    if (cache->next && cache->writes)
        ask(cache->next, victim.number * cache->bytes, WRITE);
}

static void ask(struct cache *cache, unsigned long address, int kind)
{
    unsigned long number = address / cache->bytes;
    unsigned long sets = cache->size / cache->bytes / cache->ways, way = 0;
    struct line *set = cache->lines + number % sets * cache->ways;
    cache->asked[kind]++;
    while (way < cache->ways && !(set[way].valid && set[way].number == number))
        way++;
    if (way == cache->ways) {
        miss(cache, set, number, kind);
        return;
    }
    set[way].dirty |= kind == WRITE && cache->back;
    if (!cache->fifo)
        to_front(set, way);
}

static void print(const struct cache *cache)
{
    for (int kind = 0; kind < 3; kind++)
        printf(" %lu", cache->asked[kind]);
    for (int kind = 0; kind < 3; kind++)
        printf(" %lu", cache->missed[kind]);
    printf(" %lu", cache->evicted_dirty);
}

static void run(FILE *trace, const char *name, struct cache *instructions,
                struct cache *data)
{
    unsigned long address, count = data->size / data->bytes, dirty = 0;
    int label;
    rewind(trace);
    while (fscanf(trace, "%d %lx", &label, &address) == 2)
        ask(label == FETCH ? instructions : data, address, label);
    for (unsigned long i = 0; i < count; i++)
        dirty += data->lines[i].valid && data->lines[i].dirty;
    printf("%s", name);
    print(instructions);
    print(data);
    print(data->next);
    printf(" %lu\n", dirty);
}

int main(int argc, char **argv)
{
    FILE *trace = argc == 2 ? fopen(argv[1], "r") : NULL;
    char name[64], policy, allocate, write, back;
    struct cache first = {0}, second = {0};
    if (trace == NULL)
        return 1;
    while (scanf("%63s %c %lu %lu %lu %c %c %lu %lu %lu %c", name, &policy, &first.size,
                 &first.ways, &first.bytes, &allocate, &write, &second.size, &second.ways,
                 &second.bytes, &back) == 11) {
        struct cache caches[3];
        first.fifo = second.fifo = policy == 'f';
        first.allocates = allocate == 'a';
        first.back = write == 'b';
        first.writes = back == 'w';
        second.allocates = second.back = 1;
        for (int i = 0; i < 3; i++) {
            caches[i] = i < 2 ? first : second;
            caches[i].lines =
                calloc(caches[i].size / caches[i].bytes, sizeof(struct line));
            caches[i].next = i < 2 ? &caches[2] : NULL;
        }
        run(trace, name, &caches[0], &caches[1]);
        for (int i = 0; i < 3; i++)
            free(caches[i].lines);
    }
    return 0;
}
