#include "model/family_inside.h"

/* ---- keys ---- */

/* How much of a large page the TLB keeps; 0: it is no TLB, or no such access. */
static inline unsigned piece_shift(const struct family *family, const struct ref *ref)
{
    if ((ref->flags & REF_LARGE) == 0)
        return 0;
    enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    return family->shape.large_shift[side][(ref->flags & REF_KERNEL) != 0];
}

/* Forced inline, here and below, for the constant argument `is_tlb` to reach the tests of
 * every ref of a batch: a sweep takes a tenth longer otherwise. */
INLINE uint64_t key_of(const struct ref *ref, uint64_t number, unsigned piece,
                       bool is_tlb)
{
    if (!is_tlb)
        return number;
    return piece != 0 ? piece_key(ref->vaddr, ref->paddr, piece)
                      : page_key(number, ref->paddr >> PAGE_SHIFT);
}

INLINE uint64_t shared_key_of(const struct family *family, const struct ref *ref,
                              uint64_t number, unsigned piece, bool is_tlb)
{
    uint64_t key = key_of(ref, number, piece, is_tlb);
    if (!is_tlb)
        return key;
    if (family->shape.global && (ref->flags & REF_GLOBAL) != 0)
        return key | KEY_GLOBAL;
    return family->shape.tagged ? key | family->space << PAGE_BITS : key;
}

static inline uint64_t own_key_of(const struct family *family, const struct ref *ref,
                                  uint64_t number)
{
    uint64_t key = key_of(ref, number, piece_shift(family, ref), family->shape.is_tlb);
    return key | (uint64_t)ref->domain << (ADDRESS_BITS - family->shape.shift);
}

/* ---- the three worlds ---- */

static inline bool moves(const struct family *family, const struct ref *ref)
{
    return ref->kind != REF_STORE || family->shape.is_tlb || family->shape.write_allocate;
}

/* One access on its way through the worlds. */
struct access {
    const struct ref *ref;
    const struct family_asking *asking;
    uint64_t number, shared_key;
    uint32_t shared, own; /* the keys' numbers; NO_NUMBER: never there yet */
    bool work, moves;
    bool known;          /* the shared key had been there before */
    bool foreign;        /* and was last used by somebody else */
    size_t columns;      /* that need looking at: in all others it came first */
    size_t looked_at[3]; /* the same for each world */
};

static uint32_t find_shared(const struct family *family, const struct access *access)
{
    if (access->own != NO_NUMBER &&
        family->own_keys[access->own].shared_key == access->shared_key)
        return family->own_keys[access->own].shared;
    return (uint32_t)map_get(&family->shared_numbers, access->shared_key, NO_NUMBER);
}

static void find_keys(struct family *family, struct access *access)
{
    access->own = access->shared = NO_NUMBER;
    if (access->work) {
        uint64_t key = own_key_of(family, access->ref, access->number);
        access->own = (uint32_t)map_get(&family->own_numbers, key, NO_NUMBER);
        if (access->own == NO_NUMBER && access->moves)
            access->own = family_new_own(family, key);
        family->failed |= access->own == NO_NUMBER && access->moves;
    }
    if (!access->asking->shared)
        return;
    access->shared = find_shared(family, access);
    access->known = access->shared != NO_NUMBER;
    if (!access->known && access->moves)
        access->shared = family_new_shared(family, access->shared_key);
    family->failed |= access->shared == NO_NUMBER && access->moves;
    if (access->own != NO_NUMBER && access->shared != NO_NUMBER)
        family->own_keys[access->own] =
            (struct own_key){.shared_key = access->shared_key, .shared = access->shared};
}

/* The key never was in this world, and does not come in. */
static size_t use_nothing(struct family *family, size_t world)
{
    for (size_t i = 0; i < family->columns; i++)
        family->positions[world][i] = STACK_ABSENT;
    return family->columns;
}

static size_t use_shared(struct family *family, struct access *access)
{
    if (access->shared == NO_NUMBER)
        return use_nothing(family, 0);
    uint16_t owner = access->work ? access->ref->domain : ENTITY_PATH;
    access->foreign = access->known && family->shared.keys[access->shared].owner != owner;
    return stack_use(&family->shared, 0, access->shared, access->number, owner,
                     access->moves, family->positions[0]);
}

static size_t use_own(struct family *family, const struct access *access, size_t world)
{
    if (access->own == NO_NUMBER)
        return use_nothing(family, world);
    struct stack *stack = world == 1 ? &family->merged : &family->solo;
    uint16_t domain = access->ref->domain;
    return stack_use(stack, world == 1 ? 0 : domain, access->own, access->number, domain,
                     access->moves, family->positions[world]);
}

static void use_all(struct family *family, struct access *access)
{
    const struct family_asking *asking = access->asking;
    access->foreign = asking->foreign_above;
    if (asking->shared)
        access->looked_at[0] = use_shared(family, access);
    if (access->work && asking->merged)
        access->looked_at[1] = use_own(family, access, 1);
    if (access->work && asking->solo)
        access->looked_at[2] = use_own(family, access, 2);
    for (size_t world = 0; world < 3; world++)
        if (access->looked_at[world] > access->columns)
            access->columns = access->looked_at[world];
    for (size_t world = 0; world < 3; world++)
        for (size_t i = access->looked_at[world]; i < access->columns; i++)
            family->positions[world][i] = 0;
}

/* ---- what it comes to ---- */

static uint32_t at_most(uint32_t position, uint32_t depth)
{
    return position < depth ? position : depth;
}

static void tally_access(struct family *family, const struct access *access)
{
    const struct walk_reads *walk = access->asking->walk;
    struct tally_access to = {.ref = access->ref,
                              .phase = family->phase,
                              .stack = &family->shared,
                              .key = access->shared,
                              .known = access->known,
                              .foreign = access->foreign};
    to.side = access->ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    if (walk != NULL) {
        to.side = SIDE_WALK;
        to.walk_only = walk->shared != walk->merged;
        to.walk_refills = walk->refills;
        if (to.walk_only)
            to.foreign = walk->foreign;
    }
    bool flushed = access->known && family->shared_keys[access->shared].flushed;
    for (size_t i = 0; i < access->columns; i++) {
        uint32_t depth = family->shared.columns[i].depth;
        struct tally_entry entry = {.column = i,
                                    .shared = at_most(family->positions[0][i], depth),
                                    .merged = at_most(family->positions[1][i], depth),
                                    .solo = at_most(family->positions[2][i], depth),
                                    .flushed_above =
                                        flushed ? family->flushed_above[i][access->shared]
                                                : TALLY_NOT_FLUSHED};
        if ((entry.shared | entry.merged | entry.solo) != 0)
            tally_add(&family->tally, &to, &entry);
    }
}

static void log_miss(struct family *family, const struct access *access, uint32_t moment)
{
    if (access->columns == 0)
        return;
    if (!family_log_room(family)) {
        family->failed = true;
        return;
    }
    size_t columns = family->columns;
    uint32_t *positions = family->log_positions + family->log_count * 3 * columns;
    memset(positions, 0, 3 * columns * sizeof *positions);
    for (size_t world = 0; world < 3; world++)
        memcpy(positions + world * columns, family->positions[world],
               access->columns * sizeof *positions);
    family->log[family->log_count++] = (struct family_miss){.moment = moment,
                                                            .foreign = access->foreign,
                                                            .buffered = !access->moves,
                                                            .walk = access->asking->walk};
}

/* ---- accesses ---- */

INLINE bool serves(const struct family *family, const struct ref *ref, bool is_tlb)
{
    enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    if (is_tlb && (ref->flags & (REF_CONTINUED | REF_LARGE)) != 0)
        return (ref->flags & REF_CONTINUED) == 0 && piece_shift(family, ref) != 0;
    return family->shape.serves[side][(ref->flags & REF_KERNEL) != 0];
}

bool family_serves(const struct family *family, const struct ref *ref)
{
    return serves(family, ref, family->shape.is_tlb);
}

static void access_slowly(struct family *family, const struct waiting *waiting,
                          const struct family_asking *asking)
{
    const struct ref *ref = waiting->ref;
    struct access access = {.ref = ref,
                            .asking = asking,
                            .number = waiting->number,
                            .shared_key = waiting->key,
                            .work = ref_is_work(ref),
                            .moves = moves(family, ref)};
    find_keys(family, &access);
    use_all(family, &access);
    if (family->logs)
        log_miss(family, &access, waiting->moment);
    if (!asking->silent && access.moves)
        tally_access(family, &access);
    if (access.known && access.moves)
        family->shared_keys[access.shared].flushed = false;
}

static inline bool is_asked_by_all(const struct ref *ref,
                                   const struct family_asking *asking)
{
    return asking->shared && (!ref_is_work(ref) || (asking->merged && asking->solo));
}

/* Whether something changes: not if the user used this very key last of all that could
 * be in its sets. `all`: in all worlds that this user asks. */
INLINE bool comes_anew(struct family *family, const struct ref *ref, bool all,
                       bool is_tlb, struct waiting *waiting)
{
    unsigned piece = is_tlb ? piece_shift(family, ref) : 0;
    uint64_t number =
        (is_tlb ? ref->vaddr : ref->paddr) >> (piece != 0 ? piece : family->shape.shift);
    uint64_t key = shared_key_of(family, ref, number, piece, is_tlb);
    uint32_t user = (uint32_t)ref->domain << 2 | (ref->flags & (REF_PATH | REF_IDLE));
    struct latest *latest = &family->latest[number & family->latest_mask];
    if (latest->key == key && latest->user == user && all)
        return false;
    latest->key = all && moves(family, ref) ? key : KEY_EMPTY;
    latest->user = user;
    waiting->ref = ref;
    waiting->number = number;
    waiting->key = key;
    return true;
}

void family_access(struct family *family, const struct ref *ref,
                   const struct family_asking *asking, uint32_t moment)
{
    struct waiting waiting = {.moment = moment};
    if (comes_anew(family, ref, is_asked_by_all(ref, asking), family->shape.is_tlb,
                   &waiting))
        access_slowly(family, &waiting, asking);
}

/* ---- a batch: what comes anew is put by, so that its sets can be brought into the
 * processor's cache ahead of its turn ---- */

#define AHEAD 6

static const struct family_asking all_ask = {
    .shared = true, .merged = true, .solo = true};

static inline void look_ahead(const struct family *family, const struct waiting *waiting)
{
    const struct ref *ref = waiting->ref;
    stack_ahead(&family->shared, 0, waiting->number);
    if (!ref_is_work(ref)) {
        map_ahead(&family->shared_numbers, waiting->key);
        return;
    }
    map_ahead(&family->own_numbers, own_key_of(family, ref, waiting->number));
    stack_ahead(&family->merged, 0, waiting->number);
    stack_ahead(&family->solo, ref->domain, waiting->number);
}

static void take_turns(struct family *family)
{
    size_t count = family->waiting_count;
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count)
            look_ahead(family, &family->waiting[i + AHEAD]);
        access_slowly(family, &family->waiting[i], &all_ask);
    }
    family->waiting_count = 0;
}

struct ref walk_ref(const struct ref *ref, const struct walk_reads *walk, unsigned read)
{
    struct ref is = *ref;
    is.kind = REF_LOAD;
    is.flags &= (uint8_t)~REF_CONTINUED;
    is.vaddr = is.paddr = read == READ_DIRECTORY ? walk->directory : walk->table;
    return is;
}

static void read_tables(struct family *family, const struct ref *ref,
                        const struct walk_reads *walk)
{
    struct family_asking asking = {
        .shared = walk->shared, .merged = walk->merged, .solo = walk->solo, .walk = walk};
    uint32_t last = walk->table == NO_TABLE ? READ_DIRECTORY : READ_TABLE;
    for (uint32_t read = READ_DIRECTORY; read <= last; read++) {
        struct ref is = walk_ref(ref, walk, read);
        if (family_serves(family, &is))
            family_access(family, &is, &asking, MOMENT(walk->ref, read));
    }
}

static void change(struct family *family, const struct ref *ref)
{
    take_turns(family);
    family_event(family, ref);
}

INLINE void all_refs(struct family *family, const struct ref *refs, size_t count,
                     const struct walk_reads *walks, size_t walk_count, bool is_tlb)
{
    size_t walk = 0;
    for (size_t i = 0; i < count; i++) {
        const struct ref *ref = &refs[i];
        if (ref->kind > REF_STORE) {
            change(family, ref);
            continue;
        }
        if (walk < walk_count && walks[walk].ref == i) {
            take_turns(family);
            read_tables(family, ref, &walks[walk++]);
        }
        struct waiting *next = &family->waiting[family->waiting_count];
        if (!serves(family, ref, is_tlb) || !comes_anew(family, ref, true, is_tlb, next))
            continue;
        next->moment = MOMENT((uint32_t)i, READ_LINE);
        if (++family->waiting_count == WAITING)
            take_turns(family);
    }
    take_turns(family);
}

void family_batch(struct family *family, const struct ref *refs, size_t count,
                  const struct walk_reads *walks, size_t walk_count)
{
    if (family->shape.is_tlb)
        all_refs(family, refs, count, walks, walk_count, true);
    else
        all_refs(family, refs, count, walks, walk_count, false);
}

/* ---- events ---- */

struct flush {
    struct family *family;
    bool keeps_global, one_space;
    uint64_t space;
};

static bool leaves(void *context, size_t column, uint32_t key, uint32_t position)
{
    const struct flush *flush = context;
    struct family *family = flush->family;
    struct shared_key *is = &family->shared_keys[key];
    if (flush->keeps_global && is->global)
        return false;
    if (flush->one_space && is->space != flush->space)
        return false;
    for (size_t i = 0; !is->flushed && i < family->columns; i++)
        family->flushed_above[i][key] = TALLY_NOT_FLUSHED;
    is->flushed = true;
    family->flushed_above[column][key] = position;
    return true;
}

static void switch_space(struct family *family, const struct ref *ref)
{
    if (!family->shape.is_tlb || (!family->shape.tagged && ref->flags != TRACE_HOW_CR3))
        return;
    family_forget_latest(family);
    family->space = ref->paddr;
    struct flush flush = {.family = family, .keeps_global = family->shape.keeps_global};
    if (family->shape.tagged) {
        uint32_t loser = 0;
        enum tags_flush what = tags_switch(&family->tags, (uint32_t)ref->paddr,
                                           family->shape.recycle, &loser);
        if (what == TAGS_FLUSH_NOTHING)
            return;
        flush.one_space = what == TAGS_FLUSH_SPACE;
        flush.keeps_global = flush.one_space;
        flush.space = loser;
    }
    stack_flush(&family->shared, leaves, &flush);
}

void family_event(struct family *family, const struct ref *ref)
{
    if (ref->kind == REF_PHASE)
        family->phase = (enum trace_phase)ref->flags;
    if (ref->kind == REF_SPACE)
        switch_space(family, ref);
}
