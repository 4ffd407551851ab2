/* Caches as cachegrind has them, or as crossbill has them, to say what lies between the
 * two:
 *
 *   rules access|line LINE I1SIZE I1WAYS D1SIZE D1WAYS LLSIZE LLWAYS <LACKEY
 *
 * Both are LRU and fetch what a store misses. They differ in two rules:
 *   access  (cachegrind) an access misses once, however many of its lines do; the last
 * level is then asked for the whole of it; a modify is one access, a read; line
 * (crossbill) each line of an access is an access, and the last level is asked for the
 * lines that missed; a modify is a load and a store.
 *
 * Prints, of fetches, reads and writes each: asked, missed in the first level, and of
 * fetches and of data: missed in the last; then accesses of two lines, by kind, and those
 * of them that missed both in the first level; and the modifies, and those of two lines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FETCH, READ, WRITE, KINDS };

struct cache {
    unsigned long sets, ways, *lines; /* of each set the one used last first; 0: none */
};

struct count {
    unsigned long asked[KINDS], missed[KINDS], last_missed[2];
    unsigned long straddles[KINDS], missed_both[KINDS], modifies, modifies_straddle;
};

static unsigned long line_size;

static struct cache made(const char *size, const char *ways)
{
    struct cache cache = {.ways = strtoul(ways, NULL, 10)};
    cache.sets = strtoul(size, NULL, 10) / line_size / cache.ways;
    cache.lines = calloc(cache.sets * cache.ways, sizeof *cache.lines);
    if (cache.lines == NULL)
        abort();
    return cache;
}

/* Whether it was missing; it is there now, and used last. Line 0 is in no program. */
static int misses(struct cache *cache, unsigned long line)
{
    unsigned long *set = cache->lines + line % cache->sets * cache->ways, way = 0;
    while (way + 1 < cache->ways && set[way] != line)
        way++;
    int missing = set[way] != line;
    memmove(set + 1, set, way * sizeof *set);
    set[0] = line;
    return missing;
}

static void access_whole(struct count *count, int kind, struct cache *first,
                         struct cache *last, unsigned long from, unsigned long to)
{
    int missing = 0, beyond = 0;
    count->asked[kind]++;
    for (unsigned long line = from; line <= to; line++)
        missing += misses(first, line);
    count->straddles[kind] += from != to;
    count->missed_both[kind] += missing > 1;
    if (missing == 0)
        return;
    count->missed[kind]++;
    for (unsigned long line = from; line <= to; line++)
        beyond |= misses(last, line);
    count->last_missed[kind != FETCH] += (unsigned long)beyond;
}

static void access_lines(struct count *count, int kind, struct cache *first,
                         struct cache *last, unsigned long from, unsigned long to)
{
    for (unsigned long line = from; line <= to; line++) {
        count->asked[kind]++;
        if (!misses(first, line))
            continue;
        count->missed[kind]++;
        count->last_missed[kind != FETCH] += (unsigned long)misses(last, line);
    }
}

static void print(const struct count *count)
{
    for (int kind = 0; kind < KINDS; kind++)
        printf("%lu %lu ", count->asked[kind], count->missed[kind]);
    printf("%lu %lu\n", count->last_missed[0], count->last_missed[1]);
    printf("straddles %lu %lu %lu\n", count->straddles[FETCH], count->straddles[READ],
           count->straddles[WRITE]);
    printf("both %lu %lu %lu\n", count->missed_both[FETCH], count->missed_both[READ],
           count->missed_both[WRITE]);
    printf("modifies %lu %lu\n", count->modifies, count->modifies_straddle);
}

int main(int argc, char **argv)
{
    char text[256];
    unsigned long address, size;
    struct count count = {0};
    if (argc != 9)
        return 2;
    int whole = strcmp(argv[1], "access") == 0;
    line_size = strtoul(argv[2], NULL, 10);
    struct cache code = made(argv[3], argv[4]), data = made(argv[5], argv[6]);
    struct cache last = made(argv[7], argv[8]);
    while (fgets(text, sizeof text, stdin) != NULL) {
        char what = text[text[0] == ' '];
        if (strchr("ILSM", what) == NULL ||
            sscanf(text + 2, "%lx,%lu", &address, &size) != 2)
            continue;
        int kind = what == 'I' ? FETCH : what == 'S' ? WRITE : READ;
        unsigned long from = address / line_size, to = (address + size - 1) / line_size;
        struct cache *first = kind == FETCH ? &code : &data;
        (whole ? access_whole : access_lines)(&count, kind, first, &last, from, to);
        if (what == 'M' && !whole)
            access_lines(&count, WRITE, first, &last, from, to);
        count.modifies += what == 'M';
        count.modifies_straddle += what == 'M' && from != to;
    }
    print(&count);
    return 0;
}
