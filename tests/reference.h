/* reference.h - a naive replay, to judge the fast one by.
 *
 * It is written from the rules below and from nothing else: lists, linear search, one
 * record after the other. What it shares with model/ is the trace record, the plain
 * machine struct, the classification of instructions, and the names of the ledger's
 * accounts and components. Random trace by random trace, the two must agree exactly.
 *
 * THE RULES. Both implementations follow them; where they differ, one of them is wrong.
 *
 *  1. Roles and entities. An access has the role of its code location (none: work). Work
 *     of domain d is entity d; all other code, idle code too, is one entity, the path.
 *     Charges go to record.domain, those of synthesised accesses to domain 0.
 *  2. Splitting. A record is split into the lines it touches, by the line size of the
 *     level-1 cache that serves its kind (the first level that has one). A TLB is asked
 *     once per record, a cache once per line. A lower level is asked for the address of
 *     the upper line's first byte, once, whatever its own line size.
 *  3. Which structure. Of each level the first whose `holds` (and, for TLBs, whose `mode`
 *     and 4096 among its page sizes; but see 23) fits; a level without is passed over. A
 *     page walk's reads are data. No TLB at any level: no translation and no walk. No
 *     cache at any level: the record is one access, and every fetch and load is a MEMORY
 *     event.
 *  4. Sets. Set = page or line number modulo the number of sets, in every world. A cache
 *     that is indexed by other addresses than it is tagged with (rule 25) may have a line
 *     in two sets.
 *  5. Worlds. shared: all accesses; TLB key virtual page and the physical page behind it
 *     (a page that is mapped elsewhere is another entry: its old one is gone on a real
 *     processor too, by invlpg), cache key physical line;
 *     a SPACE_SWITCH with how cr3 empties every TLB that is not tagged, even if the value
 *     of CR3 is the same; other hows empty nothing. merged: accesses of role work only;
 *     the same keys with record.domain; nothing is ever flushed. (A domain that works in
 *     two spaces, as a service in the kernel may, can have two pages of one number.)
 *     solo: as merged, with a machine of its own for each domain.
 *  6. Translation. TLB levels are asked in order up to the first hit; all that missed are
 *     filled. A miss in all is a walk: a WALK event on the access's side. With a hardware
 *     walker two 4-byte reads follow, on SIDE_WALK: the directory entry at
 *     cr3 + 4 * (vaddr >> 22 & 1023), the table entry at table + 4 * (vaddr >> 12 &
 * 1023). cr3 is the value of the last SPACE_SWITCH of any how (its low 12 bits dropped),
 *     unknown before the first; table is that of the last PAGE_TABLE event for (cr3,
 *     vaddr >> 22 & 1023). Where either is unknown neither read is made. The reads come
 *     before the access itself, and belong to its entity and domain in every world.
 *  7. Caches. Levels are asked in order up to the first hit; then all that missed are
 *     filled, the farthest first; nothing is enforced between levels but by rules 26 and
 *     27. Events: the level that missed (L1I for fetches,
 *     L1D for data and walk reads, L2, L3), MEMORY when all did.
 *  8. Stores. A store that finds its line, or fills it, makes it dirty if that cache
 *     writes back; the levels below see a read. A store that misses a level that does not
 *     allocate on stores fills nothing there and goes to the next level, as a store
 * still. From there on it is buffered: neither that level nor any below makes an event,
 *     though they are asked and may be filled. A store hit ends there, in a write-through
 *     cache too. Dirty victims are counted as write-backs and go
 *     nowhere, but for rules 26 and 27. A flush counts and writes back nothing.
 *  9. Replacement. The lowest-numbered invalid way is filled first. LRU: by last use;
 *     a fill is a use. FIFO: by fill. Tree-PLRU: a binary tree of bits over the ways, all
 *     0 at first; the victim is found from the root, bit 0 leading to the lower half; a
 *     use or a fill turns each bit on its way away from it. A flush leaves the bits.
 *     Random: model/machine.h specifies the generator; each structure of each world has
 *     one of its own, and draws only where no way is invalid.
 * 10. Why a key is missing from a structure of the shared world: as it left last,
 * flushed,
 *     or evicted with a culprit; cold if it never left. The culprit: among the entries of
 *     the victim's set together with the incoming one, those whose last user is another
 *     entity than the victim's last user; of these the most recently used, the incoming
 *     one being the most recent of all; none: the victim's last user itself.
 * 11. Accounts of work. Its solo events go to WORK. merged - solo: +1 COMPETITION,
 *     -1 COMPETITION_CREDIT. shared - merged: +1 is REFILL if the key was flushed from
 *     the level that missed, else DISPLACED; WALK has the reason of the last TLB level
 *     asked, MEMORY that of the last cache level; if shared walked and merged did not,
 *     the reads' events have WALK's reason. -1 is CREDIT_SHARED if the entry that hit in
 *     the shared world was last used, before this access, by another entity, else
 *     CREDIT_POLICY; the entry that hit is that of the same translation, read or line,
 *     and for the reads of a walk that shared did not make, that of the TLB. Events are
 *     compared place by place: TLB levels and walk; each level and memory of the
 *     directory's read, of the table's read, of each line in turn.
 * 12. Accounts of path. Each shared event goes to PATH_COLD, PATH_REFILL, or if evicted
 *     PATH_CAPACITY (culprit path) or PATH_DISPLACED, by the reason of its own level;
 *     WALK and MEMORY as in 11; a walk's reads always by their own reasons. Without any
 *     cache, MEMORY events are cold. Idle code: all its events go to IDLE.
 * 13. A crossing in that pushes something, where tables.idt is not 0, makes accesses of
 *     the path in kernel mode: loads of 8 bytes at idt + 8 * vector and at gdt +
 *     (kernel_cs & ~7); if it comes from user mode, also at tss + 4 and at gdt +
 *     (kernel_ss & ~7); then size / 4 stores of 4 bytes at b - 4, b - 8, ... Physical:
 *     the table's physical address plus the offset; stack: b - (tss - tss_physical). It
 *     comes from user mode if a crossing out with a == 0, or else the last access, that
 *     stands before it says so.
 * 14. Instructions. A fetch of a location of length 0 right after a fetch cut short by
 *     the page's end is the rest of that instruction; it is no instruction and is passed
 *     over below. Every other fetch is one, in the account of its role: work WORK, idle
 *     IDLE, else by kind; but those that trap or return are BORDER except in idle code.
 *     A crossing or a PHASE breaks the sequence of fetches. Its class: `again` if it
 *     repeats and the fetch before it in sequence was of the same code location;
 *     `crossing` if it traps and is fetched in user mode, or if it returns and a
 *     CROSSING_OUT with a == 0 comes before the next fetch; `taken` if it branches and
 *     the next fetch in sequence is not at vaddr + length; else `class`. A crossing in by
 *     fault or interrupt is one instruction of class FAULT or INTERRUPT, of domain 0,
 *     BORDER. `instructions` and `classes` count all of these. With pairing, an
 *     instruction that lies directly behind the one before it in sequence, pairs with it
 *     (instructions_pair) and finds it not paired already, costs what a second one does
 *     (instruction_second_cost), taken or not.
 * 15. Costs. An event costs what asking the next structure costs an access of that side:
 *     the next TLB level's latency, walk_time for WALK; the next cache level's latency,
 *     memory_latency for MEMORY; a miss in the last level costs nothing beside them. The
 *     third TLB level has no component of its own.
 * 16. Phase. A PHASE event changes it; before the first it is `measured`.
 * 17. Refilled: in the shared world, each event of a level for a key that was there
 *     before, by what removed it and by the component of the level, for all roles. What
 *     buffered stores fill is not counted: nothing waits for it.
 * 18. Counters of a structure: the shared world's. Each asking is an access, each asking
 *     that does not find a miss, silent stores included. By kind: that of the record at
 *     level 1; beyond, a fill is a fetch if a fetch asked for it and else a load, and a
 *     store is one that did not allocate, or is written back.
 * 19. A tagged TLB (machine_tlb_tagged) has keys (space in force, page) in the shared
 *     world, and a load of CR3 flushes nothing. There are 2^asid_bits tags. The space in
 *     force before the first record has one, and each that a SPACE_SWITCH of any how
 *     makes current gets one if it has none. If there is none left: `flush` empties
 *     the TLB and takes all tags back first; `recycle` flushes the entries of the space
 *     made current the longest ago and gives its tag on.
 * 20. Global pages, in a TLB that honours them, are those in the window of domain 0: a
 *     trace has no G bits. In the shared world they belong to all spaces, and where CR3
 *     flushes `non_global` they stay; where it flushes `all`, or tags run out by `flush`,
 *     they go with the others.
 * 21. Visits. A domain is visited from the first access of its work after another's to
 *     the next one's first; what path and idle code do in between is passed over. Pages
 *     are virtual, lines physical, of the size of the level-1 data cache's, whatever the
 *     kind of access; each counts once in a visit, in the phase in which it is touched
 *     first. (Lines are not laid down where the instruction cache has the longer ones.)
 * 22. Warmth. Just before the first access of a visit, what the visit before of the same
 *     domain touched is looked up in the shared world, in the space in force, in all TLBs
 *     and caches on its way, and nothing changes there. Each page counts once for fetches
 *     and once for data, as its first access of that kind; so does each line of rule 21.
 * 23. Large pages. An access lies in a page of 4 MiB if its address is below 4 GiB, the
 * last
 *     PAGE_TABLE event for (cr3, vaddr >> 22) is that of a large page, and that page has
 *     the address where the record has it: paddr = b + vaddr mod 2^22. If the machine
 *     says large_pages = kernel, also if its 4 MiB lie wholly in the window of domain 0
 *     and paddr = vaddr modulo 2^22. All other accesses lie in pages of 4 KiB. One in a
 *     large page asks at the same levels as one in a small page; at each the TLB (of its
 *     kind and mode) with the largest page size up to 4 MiB, in pieces of that size; but
 *     a level whose pieces are smaller than those of a level asked before is passed over.
 *     Keys and sets: number of the piece, and entries of several sizes are not the same
 *     entry. A walk reads the directory entry alone, if a PAGE_TABLE event for it is
 *     known. In a small page that a large one's entry leads to elsewhere than the record
 *     says, neither read is made.
 * 24. Kernel page-table isolation. A space is two, one with the tables of user mode and
 * one
 *     with those of kernel mode; which is in force at first, and after a SPACE_SWITCH,
 *     the mode at that record says. A crossing in from user mode (rule 13) loads CR3
 *     after all that rule 13 does, for the kernel's half of the current space; a crossing
 *     out to user mode, for the user's. Each is an instruction of class MOV_CR3 of domain
 *     0, account SPACE_SWITCH, and flushes and deals out tags as a SPACE_SWITCH with how
 *     cr3 does, but is not counted as one. No page is global.
 * 25. Virtual caches. Index and tag are each by physical or by virtual address; the reads
 *     of a walk have but the one. Where the tag is virtual, a cache with asid_bits, of a
 *     machine that uses tags (process_context_ids), has keys (space in force, line) in
 *     the shared world, and tags as a TLB has (rule 19); one without is emptied by a load
 *     of CR3. The merged and solo worlds have keys (domain, virtual line), and no
 *     flushes.
 * 26. Inclusive: when a line leaves such a level by eviction, all its parts leave all
 * sets
 *     of the levels before it that hold what it holds, for the same reason; dirty ones
 *     are counted as write-backs. Exclusive: asking never fills such a level. A line
 *     found there, but for a store that is buffered, is given up, which is not leaving by
 *     rule 10; if it was dirty, the nearest level before that is filled has it dirty.
 *     What is evicted from the level before, on the way of the access that evicts it,
 *     comes in, by a use of its last user's: a fill, or if it is there a use; dirty if it
 *     was.
 * 27. Written: a dirty victim of a level whose write_backs are `written` is, right after
 *     it left, a store by its last user to the next level on the way of the access that
 *     evicts it, which asks and is counted but makes no events. Where it hits it is a
 *     use, and dirties as in rule 8. A level that does not allocate on stores passes it
 *     on. The first that allocates is filled; beyond a level whose line is longer than
 *     the victim's, the next is asked as for a load, and all that missed are filled, the
 *     farthest first.
 */
#ifndef CROSSBILL_TESTS_REFERENCE_H
#define CROSSBILL_TESTS_REFERENCE_H

#include "model/model.h"

struct reference_domain {
    uint16_t id;
    struct ledger_line line[ACCOUNTS];
    int64_t refilled_after_flush[COMPONENTS];
    int64_t refilled_after_eviction[COMPONENTS];
    int64_t classes[INSTRUCTION_CLASSES];
    int64_t visits, visit_pages, visit_lines;
    int64_t warmth_asked[COMPONENTS], warmth_resident[COMPONENTS];
};

struct reference_ledger {
    size_t domain_count;
    struct reference_domain *domains[LEDGER_PHASES]; /* in the trace's order */
    int64_t space_switches[LEDGER_PHASES][3];
    int64_t thread_switches[LEDGER_PHASES];
    struct structure_counters structures[MACHINE_TLBS + MACHINE_CACHES]; /* TLBs first */
    size_t structure_count;
    int64_t total_mcycles;
};

/* The plainest view of a trace. */
struct reference_trace {
    const struct trace_record *records;
    size_t record_count;
    const struct trace_code *codes;
    size_t code_count;
    const struct trace_domain *domains;
    size_t domain_count;
    struct trace_tables tables;
};

/* A look at a naive replay before one of its records; behind the last, `number` is how
 * many there are. */
struct world;
struct reference_moment {
    size_t number;
    const struct reference_ledger *ledger; /* so far */
    const struct world *shared;
};
typedef void reference_watch(void *context, const struct reference_moment *moment);

/* NULL only without memory, or if a record has an undeclared domain or code location. */
struct reference_ledger *reference_replay(const struct reference_trace *trace,
                                          const struct machine *machine);
struct reference_ledger *reference_replay_watched(const struct reference_trace *trace,
                                                  const struct machine *machine,
                                                  reference_watch *watch, void *context);
void reference_free(struct reference_ledger *ledger);

#endif
