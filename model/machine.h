/* machine.h - a described processor, fully resolved, as plain structs.
 *
 * A machine is loaded from a JSON file (model/README.md describes the format), changed
 * by overrides ("tlb.itlb.entries=64"), checked, and from then on only read.
 *
 * Times are integers in millicycles (1/1000 cycle). A latency is what *asking* that level
 * adds to what was asked before it: an access that hits in every first level costs its
 * instruction and nothing else; one that misses in the caches of level 1 and hits in
 * level 2 costs the latency of level 2; one that misses there too costs that of level 2
 * and that of level 3 (or of memory). Translation likewise: second-level TLB, then walk.
 *
 * Ownership: a machine owns its notes (sources of its figures, and what overrides
 * changed); machine_free() frees them. A copy by assignment borrows them and must not be
 * freed too. A machine put together by hand has none (notes NULL) and is complete
 * without.
 */
#ifndef CROSSBILL_MACHINE_H
#define CROSSBILL_MACHINE_H

#include "instruction.h"
#include "traces/error.h"

#define MACHINE_NAME_SIZE  32
#define MACHINE_TITLE_SIZE 128
#define MACHINE_TLBS       6
#define MACHINE_CACHES     6
#define MACHINE_LEVELS     3
#define MACHINE_PAGE_SIZES 4
#define MACHINE_CYCLE      1000                               /* millicycles */
#define MACHINE_TIME_LIMIT (INT64_C(1000000) * MACHINE_CYCLE) /* of any one cost */

enum machine_holds { MACHINE_BOTH, MACHINE_INSTRUCTIONS, MACHINE_DATA };
enum machine_mode { MACHINE_ANY_MODE, MACHINE_KERNEL, MACHINE_USER };
/* Random: each structure, in each world, has a generator of its own, splitmix64 (Steele,
 * Lea and Flood, 2014), whose 64-bit state begins as the structure's seed. Where a set
 * has an invalid way the lowest-numbered one is taken, and nothing is drawn. Otherwise
 * one number is: the state grows by 0x9e3779b97f4a7c15; z is the state; then, modulo
 * 2^64,
 *     z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
 *     z = (z ^ z >> 27) * 0x94d049bb133111eb;
 * and the number is z ^ z >> 31. The victim is the way of this number modulo the ways. */
enum machine_replacement {
    MACHINE_LRU,
    MACHINE_TREE_PLRU, /* ways must be a power of two */
    MACHINE_FIFO,
    MACHINE_RANDOM
};

/* An access asks, of each level from 1 up, the TLB that holds its kind and mode and pages
 * of 4 KiB; a level with no such TLB is passed over. An access that no TLB of any level
 * is there for needs no translation and costs none (the machine `ideal`). In a page of 4
 * MiB it asks at the same levels, but where one holds larger pieces of such a page, up to
 * all of it, that one: see hierarchy.h. */
struct machine_tlb {
    char name[MACHINE_NAME_SIZE];
    uint8_t level; /* 1 .. MACHINE_LEVELS */
    uint8_t holds; /* enum machine_holds */
    uint8_t mode;  /* enum machine_mode: whose entries, for a split TLB */
    uint8_t replacement;
    uint64_t seed;                           /* of MACHINE_RANDOM */
    uint32_t entries;                        /* sets x ways; any number of sets */
    uint32_t ways;                           /* fully associative: ways == entries */
    uint32_t page_sizes[MACHINE_PAGE_SIZES]; /* bytes, ascending, powers of two */
    uint8_t page_size_count;
    uint8_t asid_bits; /* 0: entries have no tag; .. 16 */
    bool global_pages; /* honours the G bit: such entries belong to all spaces */
    int64_t latency;   /* added by asking this level; 0 at level 1 */
};

enum machine_walk {
    MACHINE_WALK_FIXED,    /* `time` per walk, no memory access */
    MACHINE_WALK_HARDWARE, /* `time` per walk, and its reads go through the data caches */
    MACHINE_WALK_SOFTWARE  /* a handler's `time` per walk, trap included */
};

enum machine_write { MACHINE_WRITE_BACK, MACHINE_WRITE_THROUGH };
enum machine_inclusion {
    MACHINE_NEITHER,
    MACHINE_INCLUSIVE, /* what leaves this level leaves the levels before it */
    MACHINE_EXCLUSIVE  /* filled only by what leaves the level before it */
};
/* Where a dirty line that leaves a cache goes. */
enum machine_write_backs {
    MACHINE_WRITE_BACKS_COUNTED, /* nowhere: it is counted */
    MACHINE_WRITE_BACKS_WRITTEN  /* it is stored in the next level, if there is one */
};
enum machine_address { MACHINE_PHYSICAL, MACHINE_VIRTUAL };

struct machine_cache {
    char name[MACHINE_NAME_SIZE];
    uint8_t level; /* 1 .. MACHINE_LEVELS; level 1 asked first */
    uint8_t holds;
    uint8_t replacement;
    uint8_t write;       /* enum machine_write */
    uint8_t write_backs; /* enum machine_write_backs, of a cache that writes back */
    uint8_t inclusion;   /* enum machine_inclusion, of the level before; NEITHER at 1 */
    uint8_t index;       /* enum machine_address */
    uint8_t tag;         /* enum machine_address */
    uint8_t asid_bits;   /* of a virtual tag; 0: a space switch flushes such a cache */
    bool write_allocate;
    uint64_t seed;
    uint64_t size; /* bytes: sets x ways x line; any number of sets */
    uint32_t ways;
    uint32_t line;   /* bytes, a power of two, 4 .. 4096 */
    int64_t latency; /* added by asking this level; 0 at level 1 */
};

/* What a CR3 load flushes in a TLB that does not tell address spaces apart. One with
 * asid_bits > 0 does, and keeps its entries: see machine_tlb_tagged(). */
enum machine_flush { MACHINE_FLUSH_ALL, MACHINE_FLUSH_NON_GLOBAL };

/* When a new address space finds every tag in use. */
enum machine_tags_run_out {
    MACHINE_TAGS_FLUSH,  /* flush the TLB and deal tags out anew, as Linux does */
    MACHINE_TAGS_RECYCLE /* take the tag of the space not current for the longest time,
                            and flush its entries */
};

struct machine_switch {
    uint8_t cr3_flushes;      /* enum machine_flush */
    uint8_t tags_run_out;     /* enum machine_tags_run_out */
    bool kpti;                /* another page directory in user mode: every crossing
                                 loads CR3 twice, once in, once out */
    bool process_context_ids; /* tags are used (CR4.PCIDE); nothing if there are none */
};

/* Which pages are of 4 MiB: those that the trace says are, or, for a what-if, all that
 * lie in the kernel's window: the same translations, if they are one stretch each. */
enum machine_large_pages { MACHINE_LARGE_RECORDED, MACHINE_LARGE_KERNEL };

enum machine_pairing { MACHINE_PAIRING_NONE, MACHINE_PAIRING_P5 };

struct machine_notes;

struct machine {
    char name[MACHINE_NAME_SIZE];
    char title[MACHINE_TITLE_SIZE];
    uint64_t clock_khz;

    struct machine_tlb tlbs[MACHINE_TLBS]; /* by level, then name */
    size_t tlb_count;
    uint8_t walk; /* enum machine_walk */
    int64_t walk_time;

    struct machine_cache caches[MACHINE_CACHES]; /* by level, then name */
    size_t cache_count;
    int64_t memory_latency; /* added by asking memory */
    uint8_t large_pages;    /* enum machine_large_pages */

    struct machine_switch switching;
    uint8_t pairing;                           /* enum machine_pairing */
    int64_t instructions[INSTRUCTION_CLASSES]; /* millicycles, when everything hits */

    struct machine_notes *notes;
};

/* Load a machine. `name` with a slash or ending in ".json" is a path; else the machine is
 * `directory`/`name`.json. `sets` are `set_count` overrides "PATH=VALUE", applied in
 * order. On failure `machine` holds nothing to free; the code is CB_USAGE, or CB_IO for a
 * file that cannot be read. */
bool machine_load(struct machine *machine, const char *name, const char *directory,
                  const char *const *sets, size_t set_count, struct cb_error *error);

/* The same from text; `source` names it in errors. */
bool machine_parse(struct machine *machine, const char *text, const char *source,
                   const char *const *sets, size_t set_count, struct cb_error *error);
void machine_free(struct machine *machine);

/* What overrides changed, "tlb.*.asid_bits=6", in the order of their text; NULL past the
 * last. Lives as long as the machine. */
const char *machine_change(const struct machine *machine, size_t index);

/* The names that machine_load() finds in `directory`, sorted; free them together. NULL on
 * error. */
char **machine_names(const char *directory, size_t *count, struct cb_error *error);
void machine_names_free(char **names, size_t count);

/* The machine as JSON: every figure written out, keys sorted, the same bytes for the same
 * machine. machine_parse() gives an equal machine back. The caller frees the text. */
char *machine_to_json(const struct machine *machine);

/* Equal in everything that replay sees; notes do not count. */
bool machine_equal(const struct machine *a, const struct machine *b);

/* Whether all of the machine can exist: false with a sentence and the JSON path if not.
 * machine_load() has done this; a machine changed by hand needs it again. */
bool machine_check(const struct machine *machine, struct cb_error *error);

static inline uint32_t machine_tlb_sets(const struct machine_tlb *tlb)
{
    return tlb->entries / tlb->ways;
}

/* Whether this size is among its page sizes. */
static inline bool machine_tlb_holds(const struct machine_tlb *tlb, uint32_t page_bytes)
{
    for (uint8_t i = 0; i < tlb->page_size_count; i++)
        if (tlb->page_sizes[i] == page_bytes)
            return true;
    return false;
}

static inline uint64_t machine_cache_sets(const struct machine_cache *cache)
{
    return cache->size / ((uint64_t)cache->ways * cache->line);
}

/* Whether entries of different address spaces live side by side in this TLB. If not, a
 * CR3 load flushes what switching.cr3_flushes says. */
static inline bool machine_tlb_tagged(const struct machine *machine,
                                      const struct machine_tlb *tlb)
{
    return tlb->asid_bits > 0 && machine->switching.process_context_ids;
}

/* The same of lines in this cache. If not, and its tags are virtual, a CR3 load flushes
 * it. */
static inline bool machine_cache_tagged(const struct machine *machine,
                                        const struct machine_cache *cache)
{
    return cache->tag == MACHINE_VIRTUAL && cache->asid_bits > 0 &&
           machine->switching.process_context_ids;
}

/* ---- every figure, with where it comes from ---- */

enum machine_unit { MACHINE_COUNT, MACHINE_BYTES, MACHINE_KHZ, MACHINE_MILLICYCLES };

/* S read in the source, T read in a translation of it, 2 read in a secondary source,
 * M remembered and unverified, D derived by arithmetic, A an assumption of this file.
 * 0: the file says nothing. */
struct machine_figure {
    char path[96]; /* "tlb.dtlb.entries" */
    enum machine_unit unit;
    int64_t value;
    const char *source; /* NULL: the file says nothing. Lives as long as the machine */
    char flag;
};

/* All figures in a fixed order (that of the struct), but for those that the file leaves
 * to their defaults. *count of them; the caller frees the array. NULL: out of memory. */
struct machine_figure *machine_figures(const struct machine *machine, size_t *count);

#endif
