#include "model/closed_form.h"

#include <math.h>
#include <stdlib.h>

#define PAGE_BYTES 4096

/* ---- one structure ---- */

double closed_form_refill(double own, double entries)
{
    return own < entries ? own : entries;
}

/* P(binomial(n, p) <= most), n whole. */
static double binomial_at_most(double n, double p, double most)
{
    if (most < 0)
        return 0;
    if (n <= most)
        return 1;
    double term = exp(n * log1p(-p)), sum = term;
    for (double k = 0; k < most; k++) {
        term *= (n - k) / (k + 1) * (p / (1 - p));
        sum += term;
    }
    return sum < 1 ? sum : 1;
}

/* The same for a mean n: of the whole numbers below and above, each at its share. */
static double at_most(double n, uint64_t sets, double most)
{
    double below = floor(n), share = n - below, p = 1 / (double)sets;
    if (sets == 1)
        return n <= most ? 1 : 0;
    double low = binomial_at_most(below, p, most);
    return share > 0 ? low * (1 - share) + binomial_at_most(below + 1, p, most) * share
                     : low;
}

static double in_any_order(double own, double others, uint64_t sets, uint32_t ways)
{
    if (sets == 1)
        return fmin(own, fmax(0, ways - others));
    double sum = 0;
    for (uint32_t j = 0; j < ways; j++) {
        double more = 1 - at_most(own, sets, j);
        if (more <= 0)
            break;
        sum += more * at_most(others, sets, (double)ways - 1 - j);
    }
    return fmin(own, (double)sets * sum);
}

double closed_form_survivors(double own, double others, uint64_t sets, uint32_t ways,
                             enum closed_form_order order)
{
    if (own <= 0)
        return 0;
    switch (order) {
    case CLOSED_FORM_ANY_ORDER:
        return in_any_order(own, others, sets, ways);
    case CLOSED_FORM_CYCLIC:
        break;
    }
    return own * at_most(fmax(0, own - 1 + others), sets, (double)ways - 1);
}

/* ---- what is used of a structure ---- */

/* Entries per visit of one kind of structure. */
struct usage {
    double entries;
    double visits;  /* per request */
    double flushed; /* share of the visits */
};

struct structure {
    bool is_tlb;
    enum machine_holds holds;
    unsigned line; /* index of the size, for a cache */
    uint64_t sets;
    uint32_t ways;
    double cost;       /* of a miss, in cycles */
    bool flushes;      /* with CR3 loads */
    bool keeps_kernel; /* ... but not the path's pages */
    bool serves_path, serves_work;
};

static struct usage usage_of(const struct footprints *footprints,
                             const struct working_set *set,
                             const struct structure *structure, double extra_pages)
{
    double visits = set->visits > 0 ? (double)set->visits : 1, code, data, both,
           grown = 1;
    double pages = (double)set->pages[MACHINE_DATA] / visits;
    if (!set->resizable)
        extra_pages = 0;
    extra_pages = fmax(extra_pages, -pages);
    if (structure->is_tlb) {
        code = (double)set->pages[MACHINE_INSTRUCTIONS] / visits;
        data = pages + extra_pages;
        both = (double)set->pages[MACHINE_BOTH] / visits + extra_pages;
    } else {
        const int64_t *lines = set->lines[structure->line];
        if (pages > 0)
            grown = (pages + extra_pages) / pages;
        code = (double)lines[MACHINE_INSTRUCTIONS] / visits;
        data = (double)lines[MACHINE_DATA] / visits;
        both = (double)lines[MACHINE_BOTH] / visits + data * (grown - 1);
        data *= grown;
    }
    struct usage usage = {.visits = (double)set->visits / (double)footprints->requests,
                          .flushed = (double)set->flushed / visits};
    switch (structure->holds) {
    case MACHINE_BOTH:
        usage.entries = both;
        break;
    case MACHINE_INSTRUCTIONS:
        usage.entries = code;
        break;
    case MACHINE_DATA:
        usage.entries = data;
        break;
    }
    if (!structure->flushes)
        usage.flushed = 0;
    return usage;
}

/* Others' work between two visits of domain `which`: each at most once. */
static double others_work(const struct usage *usages, size_t count, size_t which)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        if (i != which && usages[which].visits > 0)
            sum += usages[i].entries * fmin(1, usages[i].visits / usages[which].visits);
    return sum;
}

/* Work between two visits of the path: that of one visit, on the average. */
static double work_between(const struct usage *usages, size_t count,
                           const struct usage *path)
{
    double sum = 0;
    for (size_t i = 0; i < count && path->visits > 0; i++)
        sum += usages[i].entries * fmin(1, usages[i].visits / path->visits);
    return sum;
}

static double misses(const struct structure *structure, double own, double others,
                     enum closed_form_order order)
{
    return own -
           closed_form_survivors(own, others, structure->sets, structure->ways, order);
}

static void add_structure(const struct structure *structure, const struct usage *domains,
                          size_t count, const struct usage *path, bool first_level,
                          enum closed_form_order order, struct prediction *prediction)
{
    unsigned part = structure->is_tlb ? 0 : 1;
    double entries = (double)structure->sets * structure->ways;
    double path_entries = structure->serves_path ? path->entries : 0;
    for (size_t i = 0; structure->serves_work && i < count; i++) {
        const struct usage *own = &domains[i];
        double work = others_work(domains, count, i);
        double alone = misses(structure, own->entries, 0, order);
        double merged = misses(structure, own->entries, work, order);
        double kept = misses(structure, own->entries, work + path_entries, order);
        double shared = own->flushed * own->entries + (1 - own->flushed) * kept;
        prediction->competition[part] += own->visits * (merged - alone) * structure->cost;
        prediction->isolation[part] += own->visits * (shared - merged) * structure->cost;
        if (structure->is_tlb && first_level)
            prediction->refill +=
                own->visits * own->flushed * closed_form_refill(own->entries, entries);
    }
    if (!structure->serves_path)
        return;
    double flushed = structure->keeps_kernel ? 0 : path->flushed;
    double work = structure->serves_work ? work_between(domains, count, path) : 0;
    double kept = misses(structure, path->entries, work, order);
    double lost = flushed * path->entries + (1 - flushed) * kept;
    prediction->path[part] += path->visits * lost * structure->cost;
    if (structure->is_tlb && first_level)
        prediction->refill +=
            path->visits * flushed * closed_form_refill(path->entries, entries);
}

static bool add(const struct footprints *footprints, const struct structure *structure,
                double extra_pages, bool first_level, enum closed_form_order order,
                struct prediction *prediction, struct cb_error *error)
{
    size_t count = footprints->domain_count;
    struct usage *domains = calloc(count + 1, sizeof *domains);
    if (domains == NULL)
        return cb_error_set(error, CB_IO, "out of memory");
    for (size_t i = 0; i < count; i++)
        domains[i] =
            usage_of(footprints, &footprints->domains[i], structure, extra_pages);
    struct usage path = usage_of(footprints, &footprints->path, structure, 0);
    add_structure(structure, domains, count, &path, first_level, order, prediction);
    free(domains);
    return true;
}

/* ---- all structures of a machine ---- */

static bool has_small_pages(const struct machine_tlb *tlb)
{
    for (unsigned i = 0; i < tlb->page_size_count; i++)
        if (tlb->page_sizes[i] == PAGE_BYTES)
            return true;
    return false;
}

/* Whether a later level answers for this one. */
static bool tlb_behind(const struct machine *machine, const struct machine_tlb *tlb)
{
    for (size_t i = 0; i < machine->tlb_count; i++) {
        const struct machine_tlb *other = &machine->tlbs[i];
        if (other->level > tlb->level && has_small_pages(other) &&
            (other->holds == MACHINE_BOTH || other->holds == tlb->holds))
            return true;
    }
    return false;
}

static bool cache_behind(const struct machine *machine, const struct machine_cache *cache)
{
    for (size_t i = 0; i < machine->cache_count; i++)
        if (machine->caches[i].level > cache->level)
            return true;
    return false;
}

static enum component tlb_component(const struct machine_tlb *tlb)
{
    if (tlb->level > 1)
        return COMPONENT_STLB;
    return tlb->holds == MACHINE_INSTRUCTIONS ? COMPONENT_ITLB : COMPONENT_DTLB;
}

static enum component cache_component(const struct machine_cache *cache)
{
    if (cache->level > 1)
        return cache->level == 2 ? COMPONENT_L2 : COMPONENT_L3;
    return cache->holds == MACHINE_INSTRUCTIONS ? COMPONENT_L1I : COMPONENT_L1D;
}

static double cost(const struct machine *machine, uint8_t holds, enum component component,
                   bool last, enum component end)
{
    enum side side = holds == MACHINE_INSTRUCTIONS ? SIDE_FETCH : SIDE_DATA;
    int64_t sum = component_mcycles(machine, side, component) +
                  (last ? component_mcycles(machine, side, end) : 0);
    return (double)sum / MACHINE_CYCLE;
}

static struct structure tlb_structure(const struct machine *machine,
                                      const struct machine_tlb *tlb)
{
    bool spares = machine->switching.cr3_flushes == MACHINE_FLUSH_NON_GLOBAL;
    return (struct structure){.is_tlb = true,
                              .holds = tlb->holds,
                              .sets = machine_tlb_sets(tlb),
                              .ways = tlb->ways,
                              .cost = cost(machine, tlb->holds, tlb_component(tlb),
                                           !tlb_behind(machine, tlb), COMPONENT_WALK),
                              .flushes = !machine_tlb_tagged(machine, tlb),
                              .keeps_kernel = spares && tlb->global_pages,
                              .serves_path = tlb->mode != MACHINE_USER,
                              .serves_work = tlb->mode != MACHINE_KERNEL};
}

static struct structure cache_structure(const struct machine *machine,
                                        const struct machine_cache *cache)
{
    return (struct structure){.holds = cache->holds,
                              .sets = machine_cache_sets(cache),
                              .ways = cache->ways,
                              .cost =
                                  cost(machine, cache->holds, cache_component(cache),
                                       !cache_behind(machine, cache), COMPONENT_MEMORY),
                              .serves_path = true,
                              .serves_work = true};
}

static bool find_line(const struct machine_cache *cache, unsigned *line,
                      struct cb_error *error)
{
    for (*line = 0; *line < FOOTPRINT_LINES; ++*line)
        if (cache->line == FOOTPRINT_LINE(*line))
            return true;
    return cb_error_set(error, CB_USAGE,
                        "lines of %u bytes (%s): footprints are measured in lines of 16, "
                        "32, 64 and 128",
                        cache->line, cache->name);
}

double prediction_implicit(const struct prediction *prediction)
{
    return prediction->isolation[0] + prediction->isolation[1] + prediction->path[0] +
           prediction->path[1];
}

bool closed_form_predict(const struct footprints *footprints,
                         const struct machine *machine, double extra_pages,
                         enum closed_form_order order, struct prediction *prediction,
                         struct cb_error *error)
{
    *prediction = (struct prediction){0};
    for (size_t i = 0; i < INSTRUCTION_CLASSES; i++)
        prediction->explicit_cost += (double)footprints->path_instructions[i] *
                                     (double)machine->instructions[i] / MACHINE_CYCLE /
                                     (double)footprints->requests;
    for (size_t i = 0; i < machine->tlb_count; i++) {
        struct structure structure = tlb_structure(machine, &machine->tlbs[i]);
        if (has_small_pages(&machine->tlbs[i]) &&
            !add(footprints, &structure, extra_pages, machine->tlbs[i].level == 1, order,
                 prediction, error))
            return false;
    }
    for (size_t i = 0; i < machine->cache_count; i++) {
        struct structure structure = cache_structure(machine, &machine->caches[i]);
        if (!find_line(&machine->caches[i], &structure.line, error) ||
            !add(footprints, &structure, extra_pages, false, order, prediction, error))
            return false;
    }
    return true;
}
