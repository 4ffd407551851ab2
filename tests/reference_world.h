/* reference_world.h - one world of the naive replay: a machine's TLBs and caches, and
 * what happens to one access in them. Rules 2 to 8 and 15 of reference.h. */
#ifndef CROSSBILL_TESTS_REFERENCE_WORLD_H
#define CROSSBILL_TESTS_REFERENCE_WORLD_H

#include "model/model.h"
#include "reference_structure.h"

#define PLACES     4 /* of a group: three levels, then walk or memory */
#define LAST_PLACE 3
#define GROUPS_MAX 70 /* a translation, two reads of a walk, 255 bytes in lines of 4 */

enum { TRANSLATION, DIRECTORY_READ, TABLE_READ, FIRST_LINE };

/* Whose entries of global pages are: all spaces'. */
#define OWNER_ALL UINT32_MAX

/* Tags of one TLB or cache, in the order in which their spaces were last made current. */
struct tag_list {
    uint32_t *spaces;
    size_t count;
};

struct world {
    const struct machine *machine;
    bool shared; /* the spaces of the trace, their switches and flushes; else domains */
    struct structure tlbs[MACHINE_TLBS];
    struct tag_list tlb_tags[MACHINE_TLBS];
    struct structure caches[MACHINE_CACHES];
    struct tag_list cache_tags[MACHINE_CACHES];
    struct structure_counters counters[MACHINE_TLBS + MACHINE_CACHES]; /* TLBs first */
};

struct access {
    enum trace_kind kind;
    uint64_t vaddr, paddr;
    unsigned size;
    bool user_mode;
    uint16_t domain;
    uint32_t space; /* in force */
    int entity;
    bool idle;
    bool global;      /* in the kernel's window */
    bool large;       /* in a page of 4 MiB */
    bool table_known; /* and so a walk reads memory at (the second not if large): */
    uint64_t directory_entry, table_entry;
};

/* A line of it, or a read of a walk, as the caches are asked for it. */
struct line {
    enum trace_kind kind;
    uint64_t vaddr, paddr;
    uint16_t domain;
    uint32_t space;
    int entity;
};

/* What happened to one access in one world. */
struct outcome {
    bool happened[GROUPS_MAX][PLACES];
    struct past past[GROUPS_MAX][PLACES]; /* of the key that was missing */
    bool hit[GROUPS_MAX];
    int last_user[GROUPS_MAX]; /* of the entry that hit, before */
    unsigned groups;
};

void world_start(struct world *world, const struct machine *machine, bool shared);
void world_end(struct world *world);
void world_access(struct world *world, const struct access *access,
                  struct outcome *outcome);
/* Rule 22: whether the page, or the line at this physical address, is where the access
 * would ask for it, level by level. */
void world_look_up_page(struct world *world, const struct access *access, int64_t *asked,
                        int64_t *resident);
void world_look_up_line(struct world *world, const struct access *access, uint64_t paddr,
                        int64_t *asked, int64_t *resident);
/* A load of CR3 makes a space current: flush what has no tags, or deal out a tag. */
void world_switch(struct world *world, uint32_t space);
/* The space that is current at first has a tag wherever there are tags. */
void world_first_space(struct world *world, uint32_t space);

/* reference_caches.c: rules 7, 8 and 25 to 27. */
void ask_caches(struct world *world, const struct line *line, struct outcome *outcome,
                unsigned group);
struct key cache_key(const struct world *world, int number, const struct line *line);
bool cache_is_tagged(const struct machine *machine, const struct machine_cache *cache);

/* reference_levels.c: which structure an access asks, and what that costs. -1: none. */
int tlb_for(const struct machine *machine, unsigned level, const struct access *access,
            uint64_t least, uint64_t *size);
/* That of the level after a cache's; -1: the first. */
int cache_after(const struct machine *machine, int number, bool fetch);
/* Of the first cache that is asked; without any, more than all of memory. */
uint64_t line_size(const struct machine *machine, bool fetch);
enum side side_of(const struct access *access, unsigned group);
/* COMPONENTS for a place that has none. */
enum component component_of(enum side side, unsigned group, unsigned place);
int64_t event_cost(const struct machine *machine, enum side side,
                   enum component component);

#endif
