#include "reference_replay.h"

#include <stdlib.h>

static bool touch(struct touched *touched, uint64_t number)
{
    for (size_t i = touched->count; i-- > 0;)
        if (touched->numbers[i] == number)
            return false;
    if (touched->count == touched->capacity) {
        touched->capacity = 2 * touched->capacity + 64;
        touched->numbers =
            realloc(touched->numbers, touched->capacity * sizeof *touched->numbers);
        if (touched->numbers == NULL)
            abort();
    }
    touched->numbers[touched->count++] = number;
    return true;
}

static void remember(struct memory *memory, const struct remembered *what)
{
    if (memory->count == memory->capacity) {
        memory->capacity = 2 * memory->capacity + 64;
        memory->list = realloc(memory->list, memory->capacity * sizeof *memory->list);
        if (memory->list == NULL)
            abort();
    }
    memory->list[memory->count++] = *what;
}

/* Rule 22, before an access of work. */
void meet_again(struct reference *reference, const struct access *access)
{
    const struct visit *visit = &reference->visit;
    struct memory *memory =
        &reference->memories[domain_number(reference, access->domain)];
    struct reference_domain *domain = domain_named(reference, access->domain);
    if (visit->begun && visit->domain == access->domain)
        return;
    for (size_t i = 0; i < memory->count; i++) {
        struct remembered *was = &memory->list[i];
        was->access.space = access->space;
        if (was->page)
            world_look_up_page(&reference->shared, &was->access, domain->warmth_asked,
                               domain->warmth_resident);
        else
            world_look_up_line(&reference->shared, &was->access, was->paddr,
                               domain->warmth_asked, domain->warmth_resident);
    }
    memory->count = 0;
}

static void remember_line(struct reference *reference, const struct access *access,
                          uint64_t number, uint64_t size)
{
    struct visit *visit = &reference->visit;
    struct memory *memory =
        &reference->memories[domain_number(reference, access->domain)];
    bool fetch = access->kind == TRACE_FETCH;
    uint64_t first = number * size > access->paddr ? number * size : access->paddr;
    if (touch(&visit->lines_by_side, 2 * number + fetch))
        remember(memory,
                 &(struct remembered){
                     .access = *access,
                     .paddr = first - first % line_size(reference->machine, fetch)});
}

/* Rule 21, for an access of work. */
void count_visit(struct reference *reference, const struct access *access)
{
    struct visit *visit = &reference->visit;
    struct reference_domain *domain = domain_named(reference, access->domain);
    if (!visit->begun || visit->domain != access->domain) {
        visit->begun = true;
        visit->domain = access->domain;
        visit->pages.count = visit->lines.count = 0;
        visit->pages_by_side.count = visit->lines_by_side.count = 0;
        domain->visits++;
    }
    domain->visit_pages += touch(&visit->pages, access->vaddr / 4096);
    if (touch(&visit->pages_by_side,
              access->vaddr / 4096 * 2 + (access->kind == TRACE_FETCH)))
        remember(&reference->memories[domain_number(reference, access->domain)],
                 &(struct remembered){.access = *access, .page = true});
    uint64_t line = line_size(reference->machine, false);
    uint64_t last = (access->paddr + access->size - 1) / line;
    for (uint64_t number = access->paddr / line; number <= last; number++) {
        domain->visit_lines += touch(&visit->lines, number);
        remember_line(reference, access, number, line);
    }
}

void visit_end(struct visit *visit)
{
    free(visit->pages.numbers);
    free(visit->lines.numbers);
    free(visit->pages_by_side.numbers);
    free(visit->lines_by_side.numbers);
    *visit = (struct visit){0};
}
