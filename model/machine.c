/* What of a machine can exist, and when two are the same. */
#include "machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "machine_fields.h"

static bool is_power_of_two(uint64_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

/* A sentence about "tlb.NAME" or "cache.NAME". */
__attribute__((format(printf, 4, 5))) static bool refuse(struct cb_error *error,
                                                         const char *kind,
                                                         const char *name,
                                                         const char *format, ...)
{
    char sentence[400], path[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    snprintf(path, sizeof path, "%s.%s", kind, name);
    cb_error_set(error, CB_USAGE, "%s", sentence);
    return cb_error_at_path(error, path);
}

/* A tree of bits over the ways of a set needs a whole tree; replay keeps it in one word.
 */
static bool check_replacement(uint8_t replacement, uint32_t ways, const char *kind,
                              const char *name, struct cb_error *error)
{
    if (replacement != MACHINE_TREE_PLRU || (is_power_of_two(ways) && ways <= 64))
        return true;
    return refuse(error, kind, name,
                  "tree-plru needs 1, 2, 4, 8, 16, 32 or 64 ways, not %u", ways);
}

static bool check_first_latency(uint8_t level, int64_t latency, const char *kind,
                                const char *name, struct cb_error *error)
{
    if (level > 1 || latency == 0)
        return true;
    return refuse(error, kind, name,
                  "a first level adds no latency: what hits there costs its instruction "
                  "alone");
}

static bool overlap(uint8_t a, uint8_t b)
{
    return a == b || a == 0 || b == 0; /* 0 is MACHINE_BOTH and MACHINE_ANY_MODE */
}

/* ---- TLBs ---- */

static bool check_page_sizes(const struct machine_tlb *tlb, struct cb_error *error)
{
    if (tlb->page_size_count < 1 || tlb->page_size_count > MACHINE_PAGE_SIZES)
        return refuse(error, "tlb", tlb->name, "a TLB has 1 to %d page sizes",
                      MACHINE_PAGE_SIZES);
    for (size_t i = 0; i < tlb->page_size_count; i++) {
        if (!is_power_of_two(tlb->page_sizes[i]) || tlb->page_sizes[i] < 4096)
            return refuse(error, "tlb", tlb->name,
                          "page sizes are powers of two from 4096 up, not %u",
                          tlb->page_sizes[i]);
        if (i > 0 && tlb->page_sizes[i] <= tlb->page_sizes[i - 1])
            return refuse(error, "tlb", tlb->name, "page sizes stand in ascending order");
    }
    return true;
}

static bool check_tlb(const struct machine_tlb *tlb, struct cb_error *error)
{
    if (tlb->entries == 0 || tlb->ways == 0)
        return refuse(error, "tlb", tlb->name, "a TLB has at least 1 entry and 1 way");
    if (tlb->entries % tlb->ways != 0)
        return refuse(error, "tlb", tlb->name,
                      "%u entries do not divide into sets of %u ways", tlb->entries,
                      tlb->ways);
    if (tlb->level < 1 || tlb->level > MACHINE_LEVELS)
        return refuse(error, "tlb", tlb->name, "levels are 1 to %d, not %u",
                      MACHINE_LEVELS, tlb->level);
    if (tlb->asid_bits > 16)
        return refuse(error, "tlb", tlb->name, "asid_bits are 0 to 16, not %u",
                      tlb->asid_bits);
    return check_page_sizes(tlb, error) &&
           check_replacement(tlb->replacement, tlb->ways, "tlb", tlb->name, error) &&
           check_first_latency(tlb->level, tlb->latency, "tlb", tlb->name, error);
}

static bool share_a_page_size(const struct machine_tlb *a, const struct machine_tlb *b)
{
    for (size_t i = 0; i < a->page_size_count; i++)
        for (size_t j = 0; j < b->page_size_count; j++)
            if (a->page_sizes[i] == b->page_sizes[j])
                return true;
    return false;
}

static bool check_tlb_pair(const struct machine_tlb *a, const struct machine_tlb *b,
                           struct cb_error *error)
{
    if (a->level != b->level || !overlap(a->holds, b->holds) ||
        !overlap(a->mode, b->mode) || !share_a_page_size(a, b))
        return true;
    return refuse(error, "tlb", b->name,
                  "an access could ask \"%s\" or this one: both are of level %u and hold "
                  "the same",
                  a->name, a->level);
}

static bool check_tlbs(const struct machine *machine, struct cb_error *error)
{
    bool levels[MACHINE_LEVELS + 2] = {true};
    for (size_t i = 0; i < machine->tlb_count; i++) {
        if (!check_tlb(&machine->tlbs[i], error))
            return false;
        levels[machine->tlbs[i].level] = true;
        for (size_t j = 0; j < i; j++)
            if (!check_tlb_pair(&machine->tlbs[j], &machine->tlbs[i], error))
                return false;
    }
    for (size_t i = 0; i < machine->tlb_count; i++) {
        const struct machine_tlb *tlb = &machine->tlbs[i];
        if (!levels[tlb->level - 1])
            return refuse(error, "tlb", tlb->name, "level %u without a level %u",
                          tlb->level, tlb->level - 1);
    }
    return true;
}

/* ---- caches ---- */

static bool check_cache_geometry(const struct machine_cache *cache,
                                 struct cb_error *error)
{
    if (cache->size == 0 || cache->ways == 0)
        return refuse(error, "cache", cache->name,
                      "a cache has at least 1 byte and 1 way");
    if (!is_power_of_two(cache->line) || cache->line < 4 || cache->line > 4096)
        return refuse(error, "cache", cache->name,
                      "a line is a power of two of 4 to 4096 bytes, not %u", cache->line);
    if (cache->size % ((uint64_t)cache->ways * cache->line) != 0)
        return refuse(error, "cache", cache->name,
                      "%llu bytes do not divide into sets of %u ways of %u bytes",
                      (unsigned long long)cache->size, cache->ways, cache->line);
    if (cache->level < 1 || cache->level > MACHINE_LEVELS)
        return refuse(error, "cache", cache->name, "levels are 1 to %d, not %u",
                      MACHINE_LEVELS, cache->level);
    return true;
}

static bool check_cache(const struct machine_cache *cache, struct cb_error *error)
{
    if (!check_cache_geometry(cache, error))
        return false;
    if (cache->level == 1 && cache->inclusion != MACHINE_NEITHER)
        return refuse(error, "cache", cache->name,
                      "inclusion is towards the level before, and level 1 has none");
    if (cache->asid_bits > 16)
        return refuse(error, "cache", cache->name, "asid_bits are 0 to 16, not %u",
                      cache->asid_bits);
    if (cache->asid_bits > 0 && cache->tag != MACHINE_VIRTUAL)
        return refuse(error, "cache", cache->name,
                      "asid_bits belong to virtual tags; this cache's are physical");
    return check_replacement(cache->replacement, cache->ways, "cache", cache->name,
                             error) &&
           check_first_latency(cache->level, cache->latency, "cache", cache->name, error);
}

/* `outer` is the level that is asked when `inner` misses. */
static bool check_cache_above(const struct machine_cache *inner,
                              const struct machine_cache *outer, struct cb_error *error)
{
    if (outer->line % inner->line != 0)
        return refuse(error, "cache", outer->name,
                      "its lines of %u bytes cannot fill those of \"%s\", of %u bytes",
                      outer->line, inner->name, inner->line);
    if (inner->write_backs == MACHINE_WRITE_BACKS_WRITTEN) {
        if (inner->tag == MACHINE_VIRTUAL || outer->index == MACHINE_VIRTUAL ||
            outer->tag == MACHINE_VIRTUAL)
            return refuse(error, "cache", outer->name,
                          "write-backs of \"%s\" are written by physical address, and "
                          "one of the two goes by virtual ones",
                          inner->name);
        if (outer->inclusion == MACHINE_EXCLUSIVE)
            return refuse(error, "cache", outer->name,
                          "exclusive takes all that leaves \"%s\", whose write_backs "
                          "cannot be written beside",
                          inner->name);
    }
    if (outer->inclusion == MACHINE_NEITHER)
        return true;
    if (inner->index == MACHINE_VIRTUAL || inner->tag == MACHINE_VIRTUAL)
        return refuse(error, "cache", outer->name,
                      "inclusive and exclusive need physical addresses in \"%s\"",
                      inner->name);
    if (outer->inclusion == MACHINE_EXCLUSIVE && outer->line != inner->line)
        return refuse(error, "cache", outer->name,
                      "exclusive needs the lines of \"%s\", of %u bytes", inner->name,
                      inner->line);
    return true;
}

static bool check_cache_pair(const struct machine_cache *a, const struct machine_cache *b,
                             struct cb_error *error)
{
    if (!overlap(a->holds, b->holds))
        return true;
    if (a->level == b->level)
        return refuse(error, "cache", b->name,
                      "an access could ask \"%s\" or this one: both are of level %u and "
                      "hold the same",
                      a->name, a->level);
    if (a->level + 1 == b->level)
        return check_cache_above(a, b, error);
    return true;
}

static bool has_cache(const struct machine *machine, uint8_t level, uint8_t holds)
{
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].level == level && overlap(machine->caches[i].holds, holds))
            return true;
    return false;
}

/* A level that exists exists for instructions and for data, if the next one does. */
static bool check_cache_levels(const struct machine *machine, struct cb_error *error)
{
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct machine_cache *cache = &machine->caches[i];
        uint8_t before = (uint8_t)(cache->level - 1);
        if (before == 0)
            continue;
        if (!has_cache(machine, before, cache->holds))
            return refuse(error, "cache", cache->name, "level %u without a level %u",
                          cache->level, before);
    }
    return true;
}

static bool check_caches(const struct machine *machine, struct cb_error *error)
{
    for (size_t i = 0; i < machine->cache_count; i++)
        if (!check_cache(&machine->caches[i], error))
            return false;
    for (size_t i = 0; i < machine->cache_count; i++)
        for (size_t j = 0; j < machine->cache_count; j++) {
            const struct machine_cache *a = &machine->caches[j];
            const struct machine_cache *b = &machine->caches[i];
            bool in_order = a->level < b->level || (a->level == b->level && j < i);
            if (in_order && !check_cache_pair(a, b, error))
                return false;
        }
    return check_cache_levels(machine, error);
}

/* ---- the whole ---- */

bool machine_check(const struct machine *machine, struct cb_error *error)
{
    return check_tlbs(machine, error) && check_caches(machine, error);
}

static bool fields_equal(const struct machine_fields *fields, const void *a,
                         const void *b)
{
    for (size_t i = 0; i < fields->count; i++)
        if (fields->list[i].kind != FIELD_PAGE_SIZES &&
            machine_field_get(&fields->list[i], a) !=
                machine_field_get(&fields->list[i], b))
            return false;
    return true;
}

static bool tlbs_equal(const struct machine_tlb *a, const struct machine_tlb *b)
{
    return strcmp(a->name, b->name) == 0 && fields_equal(&machine_tlb_fields, a, b) &&
           a->page_size_count == b->page_size_count &&
           memcmp(a->page_sizes, b->page_sizes,
                  a->page_size_count * sizeof a->page_sizes[0]) == 0;
}

static bool caches_equal(const struct machine_cache *a, const struct machine_cache *b)
{
    return strcmp(a->name, b->name) == 0 && fields_equal(&machine_cache_fields, a, b);
}

bool machine_equal(const struct machine *a, const struct machine *b)
{
    if (strcmp(a->name, b->name) != 0 || strcmp(a->title, b->title) != 0 ||
        a->tlb_count != b->tlb_count || a->cache_count != b->cache_count ||
        !fields_equal(&machine_top_fields, a, b) ||
        !fields_equal(&machine_walk_fields, a, b) ||
        !fields_equal(&machine_memory_fields, a, b) ||
        !fields_equal(&machine_switch_fields, &a->switching, &b->switching) ||
        memcmp(a->instructions, b->instructions, sizeof a->instructions) != 0)
        return false;
    for (size_t i = 0; i < a->tlb_count; i++)
        if (!tlbs_equal(&a->tlbs[i], &b->tlbs[i]))
            return false;
    for (size_t i = 0; i < a->cache_count; i++)
        if (!caches_equal(&a->caches[i], &b->caches[i]))
            return false;
    return true;
}
