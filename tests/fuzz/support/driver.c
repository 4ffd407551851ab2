/* driver.c - runs a fuzz target without libFuzzer: on its seeds, and on mutations of them
 * that are the same every time. Prints TAP. The target's name is the program's. */
#include "fuzz.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS = 64, SEED_MAX = 1 << 16, MUTATIONS = 600, GROWTH = 64 };

struct seed {
    uint8_t bytes[SEED_MAX + GROWTH];
    size_t size;
};

/* splitmix64 */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

static void mutate_once(struct seed *seed, uint64_t *random)
{
    static const uint8_t telling[] = {0, 1, 7, 0x7f, 0x80, 0xff, '0', ' ', '\n', '"'};
    size_t at = seed->size == 0 ? 0 : next(random) % seed->size;
    size_t length = 1 + next(random) % 8;
    switch (next(random) % 5) {
    case 0: /* a bit */
        seed->bytes[at] ^= (uint8_t)(1u << next(random) % 8);
        break;
    case 1: /* a byte that often matters */
        seed->bytes[at] = telling[next(random) % sizeof telling];
        break;
    case 2: /* cut */
        seed->size = at;
        break;
    case 3: /* leave out */
        if (at + length < seed->size) {
            memmove(seed->bytes + at, seed->bytes + at + length,
                    seed->size - at - length);
            seed->size -= length;
        }
        break;
    case 4: /* repeat */
        if (seed->size + length <= sizeof seed->bytes && at + length <= seed->size) {
            memmove(seed->bytes + at + length, seed->bytes + at, seed->size - at);
            seed->size += length;
        }
        break;
    }
}

static bool load(const char *folder, const char *name, struct seed *seed)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    seed->size = fread(seed->bytes, 1, SEED_MAX, file);
    fclose(file);
    return true;
}

static int compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Readable after a crash: the input is what the last "# " line says. */
static void run_all(const struct seed *seed, const char *name)
{
    static struct seed mutant;
    printf("# %s\n", name);
    fflush(stdout);
    LLVMFuzzerTestOneInput(seed->bytes, seed->size);
    for (uint64_t i = 0; i < MUTATIONS; i++) {
        uint64_t random = i;
        mutant = *seed;
        for (uint64_t n = 1 + next(&random) % 4; n > 0; n--)
            mutate_once(&mutant, &random);
        LLVMFuzzerTestOneInput(mutant.bytes, mutant.size);
    }
}

int main(int argc, char **argv)
{
    static struct seed seed;
    char folder[256];
    struct dirent **entries;
    const char *slash = strrchr(argv[0], '/');
    snprintf(folder, sizeof folder, "tests/fuzz/seeds/%s",
             slash == NULL ? argv[0] : slash + 1);
    int count = argc == 1 ? scandir(folder, &entries, NULL, compare) : 0, ran = 0;
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.' && load(folder, entries[i]->d_name, &seed)) {
            run_all(&seed, entries[i]->d_name);
            ran++;
        }
        free(entries[i]);
    }
    if (count > 0)
        free(entries);
    printf("%sok 1 - %s: %d seeds\n1..1\n", ran > 0 ? "" : "not ", folder, ran);
    return ran > 0 ? 0 : 1;
}
