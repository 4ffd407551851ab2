#include "model/warmth.h"

#include <stdlib.h>

bool warmth_init(struct warmth *warmth, struct ledger *ledger)
{
    *warmth = (struct warmth){.ledger = ledger,
                              .of = calloc(ledger->domain_count, sizeof *warmth->of),
                              .domain_count = ledger->domain_count,
                              .phase = TRACE_PHASE_MEASURED};
    return warmth->of != NULL;
}

void warmth_free(struct warmth *warmth)
{
    for (size_t i = 0; warmth->of != NULL && i < warmth->domain_count; i++)
        free(warmth->of[i].refs);
    free(warmth->of);
    *warmth = (struct warmth){0};
}

static bool has(const struct array *array, uint64_t number, uint64_t key)
{
    return array_find(array, array_set(array, number) * array->ways, key) < array->ways;
}

static void count(struct ledger_domain *domain, uint8_t component, bool resident)
{
    if (component >= COMPONENTS)
        return;
    domain->warmth_asked[component]++;
    domain->warmth_resident[component] += resident;
}

static void look_up_large(const struct hierarchy *shared, const struct ref *ref,
                          enum side side, struct ledger_domain *domain)
{
    const struct layout *layout = shared->layout;
    const struct large_way *way =
        &layout->large_tlbs[side][(ref->flags & REF_KERNEL) != 0];
    for (unsigned n = 0; n < way->count; n++) {
        unsigned i = way->index[n];
        uint64_t key = large_tlb_key(shared, ref, i, way->shift[n]);
        count(domain, layout->component[side][way->position[n]],
              has(&shared->tlbs[i], ref->vaddr >> way->shift[n], key));
    }
}

static void look_up_page(const struct hierarchy *shared, const struct ref *ref,
                         struct ledger_domain *domain)
{
    const struct layout *layout = shared->layout;
    enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    const struct way_down *way = &layout->tlbs[side][(ref->flags & REF_KERNEL) != 0];
    uint64_t page = ref->vaddr >> PAGE_SHIFT;
    if ((ref->flags & REF_LARGE) != 0) {
        look_up_large(shared, ref, side, domain);
        return;
    }
    for (unsigned position = 0; position < way->count; position++) {
        unsigned i = way->index[position];
        count(domain, layout->component[side][position],
              has(&shared->tlbs[i], page, tlb_key(shared, ref, i, page)));
    }
}

static void look_up_line(const struct hierarchy *shared, const struct ref *ref,
                         struct ledger_domain *domain)
{
    static const struct asker nobody;
    const struct layout *layout = shared->layout;
    enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    const struct way_down *way = &layout->caches[side];
    for (unsigned position = 0; position < way->count; position++) {
        unsigned i = way->index[position];
        bool by_virtual = layout->machine->caches[i].index == MACHINE_VIRTUAL;
        uint64_t number = (by_virtual ? ref->vaddr : ref->paddr) >> layout->line_shift[i];
        uint64_t key = cache_key(shared, i, ref->vaddr, ref->paddr, &nobody);
        count(domain, layout->component[side][EVENT_LINE + position],
              has(&shared->caches[i], number, key));
    }
}

static void look_up(struct warmth *warmth, const struct hierarchy *shared,
                    uint16_t domain)
{
    struct visit_list *list = &warmth->of[domain];
    struct ledger_domain *to = &warmth->ledger->phase[warmth->phase].domains[domain];
    for (size_t i = 0; i < list->count; i++) {
        const struct ref *ref = &list->refs[i];
        if ((ref->flags & REF_NEW_PAGE) != 0)
            look_up_page(shared, ref, to);
        if ((ref->flags & REF_NEW_LINE) != 0)
            look_up_line(shared, ref, to);
    }
    list->count = 0;
}

static void append(struct warmth *warmth, const struct ref *ref)
{
    struct visit_list *list = &warmth->of[ref->domain];
    if (list->count == list->room) {
        size_t room = 2 * list->room + 256;
        struct ref *refs = realloc(list->refs, room * sizeof *refs);
        if (refs == NULL) {
            warmth->failed = true;
            return;
        }
        list->refs = refs;
        list->room = room;
    }
    list->refs[list->count++] = *ref;
}

void warmth_note(struct warmth *warmth, const struct hierarchy *shared,
                 const struct ref *ref)
{
    if (!warmth->visiting || warmth->visited != ref->domain)
        look_up(warmth, shared, ref->domain);
    warmth->visiting = true;
    warmth->visited = ref->domain;
    append(warmth, ref);
}
