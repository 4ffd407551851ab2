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
#define OWNER_ALL UINT16_MAX

/* Tags of one TLB, in the order in which their spaces were last made current. */
struct tag_list {
    uint16_t *spaces;
    size_t count;
};

struct world {
    const struct machine *machine;
    bool shared; /* the spaces of the trace, their switches and flushes; else domains */
    struct structure tlbs[MACHINE_TLBS];
    struct tag_list tags[MACHINE_TLBS];
    struct structure caches[MACHINE_CACHES];
    struct structure_counters counters[MACHINE_TLBS + MACHINE_CACHES]; /* TLBs first */
};

struct access {
    enum trace_kind kind;
    uint64_t vaddr, paddr;
    unsigned size;
    bool user_mode;
    uint16_t domain, space;
    int entity;
    bool idle;
    bool global;      /* in the kernel's window */
    bool large;       /* in a page of 4 MiB */
    bool table_known; /* and so a walk reads memory at (the second not if large): */
    uint64_t directory_entry, table_entry;
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
struct outcome world_access(struct world *world, const struct access *access);
/* Rule 22: whether the page, or the line at this physical address, is where the access would
 * ask for it, level by level. */
void world_look_up_page(struct world *world, const struct access *access, int64_t *asked,
                        int64_t *resident);
void world_look_up_line(struct world *world, const struct access *access, uint64_t paddr,
                        int64_t *asked, int64_t *resident);
/* A load of CR3 makes a space current: flush TLBs without tags, or deal out a tag. */
void world_switch(struct world *world, uint16_t space);
/* The space that is current at first has a tag in each tagged TLB. */
void world_first_space(struct world *world, uint16_t space);

/* Of the first cache that is asked; without any, more than all of memory. */
uint64_t line_size(const struct machine *machine, bool fetch);
enum side side_of(const struct access *access, unsigned group);
/* COMPONENTS for a place that has none. */
enum component component_of(enum side side, unsigned group, unsigned place);
int64_t event_cost(const struct machine *machine, enum side side,
                   enum component component);

#endif
