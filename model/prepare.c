#include "model/stretch.h"

#include <stdlib.h>

/* ---- setting up ---- */

static void index_domains(struct preparer *preparer)
{
    size_t count;
    const struct trace_domain *domains = trace_domains(preparer->trace, &count);
    for (size_t i = 0; i < count; i++) {
        if (domains[i].id != 0)
            continue;
        preparer->kernel_base = domains[i].base;
        preparer->kernel_size = domains[i].limit - domains[i].base;
    }
    const struct ledger_phase *phase = &preparer->ledger->phase[0];
    for (size_t i = 0; i < preparer->ledger->domain_count; i++)
        preparer->index_of[phase->domains[i].id] = (uint16_t)(i + 1);
}

struct preparer *preparer_create(const struct trace_reader *trace,
                                 const struct layout *layout, struct ledger *ledger,
                                 struct bills *bills, bool plain, struct cb_error *error)
{
    struct preparer *preparer = calloc(1, sizeof *preparer);
    if (preparer == NULL)
        goto no_memory;
    preparer->trace = trace;
    preparer->layout = layout;
    preparer->ledger = ledger;
    preparer->bills = bills;
    preparer->counts_visits = true;
    preparer->repeats = preparer->repeated_fetches[0];
    preparer->tables = *trace_tables(trace);
    footprint_init(&preparer->footprint, layout->first_line_shift[SIDE_DATA]);
    index_domains(preparer);
    if (layout->machine->large_pages == MACHINE_LARGE_KERNEL &&
        !large_remap(&preparer->large, preparer->kernel_base,
                     preparer->kernel_base + preparer->kernel_size, error)) {
        preparer_free(preparer);
        return NULL;
    }
    if (charger_init(&preparer->charger, trace, layout->machine, ledger, bills, plain))
        return preparer;
no_memory:
    preparer_free(preparer);
    cb_error_set(error, CB_IO, "out of memory");
    return NULL;
}

void preparer_free(struct preparer *preparer)
{
    if (preparer == NULL)
        return;
    charger_free(&preparer->charger);
    map_free(&preparer->serving);
    large_free(&preparer->large);
    footprint_free(&preparer->footprint);
    free(preparer);
}

void prepare_without_visits(struct preparer *preparer)
{
    preparer->counts_visits = false;
}

void prepare_leniently(struct preparer *preparer)
{
    preparer->lenient = true;
}

void prepare_marks(struct preparer *preparer, const struct replay_options *options)
{
    marks_init(&preparer->marks, options, trace_info(preparer->trace)->records,
               (uint16_t)(preparer->index_of[0] - 1));
}

int64_t prepare_total(const struct preparer *preparer)
{
    return preparer->charger.total;
}

/* On whose behalf user-mode code that is not work runs: see prepare.h. */
static uint32_t stub_excursion(const struct preparer *preparer,
                               const struct code_info *code)
{
    bool goes_in = preparer->worked || code->instruction.traps;
    return preparer->crossings + (goes_in ? 1 : 0);
}

static uint32_t excursion_of(const struct preparer *preparer, bool user,
                             const struct code_info *code)
{
    if (!user)
        return preparer_innermost(preparer);
    if (code->account == ACCOUNT_WORK)
        return preparer->behalf;
    return stub_excursion(preparer, code);
}

/* ---- cutting accesses to lines ---- */

static unsigned side_of_visit(const struct ref *ref)
{
    return ref->kind == REF_FETCH ? 1 : 2;
}

/* Count what the access touches, and mark it for warmth.h. */
static void touch(struct preparer *preparer, struct ref *ref)
{
    struct footprint_step step = footprint_touch(
        &preparer->footprint, ref->domain, ref->vaddr, ref->paddr, side_of_visit(ref));
    ref->flags |= (uint8_t)((step.page_of_side ? REF_NEW_PAGE : 0) |
                            (step.line_of_side ? REF_NEW_LINE : 0));
    struct ledger_domain *to =
        &preparer->ledger->phase[preparer->charger.phase].domains[ref->domain];
    to->visits += step.visit;
    to->visit_pages += step.page;
    to->visit_lines += step.line;
}

/* The ledger is the other thread's, too: what adds nothing must not write there. */
INLINE void put_ref(struct preparer *preparer, struct batch *batch, const struct ref *ref,
                    bool plain)
{
    batch->refs[batch->count++] = *ref;
    if (!plain && preparer->counts_visits && ref_is_work(ref) &&
        !footprint_knows(&preparer->footprint, ref->domain, ref->paddr,
                         side_of_visit(ref)))
        touch(preparer, &batch->refs[batch->count - 1]);
}

/* REF_LARGE for an access of a large page, else 0. */
static uint8_t large_flag(struct preparer *preparer, uint64_t vaddr, uint64_t paddr,
                          enum side side)
{
    bool large = large_in(&preparer->large, vaddr, paddr);
    if (side == SIDE_FETCH)
        preparer->repeats = preparer->repeated_fetches[large];
    return large ? REF_LARGE : 0;
}

/* Here and in access_record() no function out of line is given the ref's address: the ref
 * then stays in registers. Stored part by part and read back as a whole, it is waited
 * for. */
INLINE void put_lines(struct preparer *preparer, struct batch *batch, struct ref *ref,
                      unsigned size, bool plain)
{
    enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    uint64_t line = UINT64_C(1) << preparer->layout->first_line_shift[side];
    uint64_t end = first_line(preparer, ref, size, line);
    if (__builtin_expect(preparer->large.any, 0))
        ref->flags |= large_flag(preparer, ref->vaddr, ref->paddr, side);
    put_ref(preparer, batch, ref, plain);
    for (uint64_t done = line; done < end; done += line) {
        next_line(ref, line);
        put_ref(preparer, batch, ref, plain);
    }
}

void preparer_put_lines(struct preparer *preparer, struct batch *batch, struct ref *ref,
                        unsigned size)
{
    put_lines(preparer, batch, ref, size, preparer->charger.plain);
}

static bool bad_record(struct cb_error *error, uint64_t number, const char *sentence)
{
    cb_error_set(error, CB_TRACE, "%s", sentence);
    return cb_error_at_record(error, number);
}

/* Whether this may be put right and counted; otherwise it is an error. */
bool preparer_repair(struct preparer *preparer, enum repair kind, uint64_t number,
                     const char *sentence, struct cb_error *error)
{
    if (!preparer->lenient)
        return bad_record(error, number, sentence);
    preparer->ledger->repairs[kind]++;
    return true;
}

/* The lanes of chronicle.h. */
static void follow_lane(struct preparer *preparer, bool of_kernel, uint16_t domain,
                        uint64_t number, struct batch *batch)
{
    uint16_t lane = of_kernel ? preparer->marks.kernel : domain;
    if (lane == preparer->marks.lane)
        return;
    struct mark_place place = preparer_place(preparer, batch, number);
    marks_lane(&preparer->marks, &place, lane);
}

/* The index of the domain in *domain; one that is not declared may be put right. */
static bool find_domain(struct preparer *preparer, const struct trace_record *record,
                        uint64_t number, uint16_t *domain, struct cb_error *error)
{
    *domain = preparer->index_of[record->domain];
    if (__builtin_expect(*domain == 0, 0)) {
        if (!preparer_repair(
                preparer, REPAIR_DOMAIN, number,
                "an access of a domain that is not declared; expected one of the "
                "trace's domains",
                error))
            return false;
        *domain = preparer->index_of[0];
    }
    --*domain;
    return true;
}

INLINE bool access_record(struct preparer *preparer, const struct trace_record *record,
                          uint64_t number, struct batch *batch, struct cb_error *error,
                          bool plain, bool marked)
{
    uint16_t domain;
    if (!find_domain(preparer, record, number, &domain, error))
        return false;
    const struct code_info *code = charger_code(&preparer->charger, record);
    if (code == NULL)
        return bad_record(error, number, "a fetch without a code location");
    bool user = record->user != 0;
    struct ref ref; /* addresses follow below: mostly they are not wanted */
    ref.kind = (uint8_t)(record->kind - TRACE_FETCH + REF_FETCH);
    ref.flags = user ? 0 : REF_KERNEL;
    ref.excursion = 0;
    ref.domain = 0;
    preparer->user = user;
    if (!plain) { /* on whose account */
        ref.excursion = excursion_of(preparer, user, code);
        ref.domain = domain;
        ref.flags |= code->flags;
        preparer->worked |= user && code->account == ACCOUNT_WORK;
    }
    if (marked)
        follow_lane(preparer, !user && !ref_is_work(&ref), ref.domain, number, batch);
    if (record->kind == TRACE_FETCH) {
        charger_fetch(&preparer->charger, record, ref.domain, ref.excursion, plain);
        if (window_holds(&preparer->window, record, &ref, plain)) {
            preparer->repeats[!user]++;
            if (marked && ref_is_work(&ref))
                batch->repeated[batch->count]++;
            return true;
        }
        window_set(&preparer->window, preparer->layout, record, &ref);
    }
    ref.vaddr = record->vaddr & ADDRESS_MASK;
    ref.paddr = record->paddr & ADDRESS_MASK;
    put_lines(preparer, batch, &ref, record->size, plain);
    return true;
}

void preparer_count_records(struct preparer *preparer, size_t records)
{
    preparer->ledger->phase[preparer->charger.phase].records += (int64_t)records;
}

INLINE size_t prepare_records(struct preparer *preparer,
                              const struct trace_record *records, size_t n,
                              uint64_t first, struct batch *batch, struct cb_error *error,
                              bool plain, bool marked)
{
    size_t i = 0, counted = 0; /* records that the phase has */
    struct stretch stretch = {.fetches = 0};
    for (; i < n && batch->count < BATCH_REFS; i++) {
        while (!marked && i < n &&
               stretch_extends(&stretch, preparer, &records[i], plain))
            i++;
        if (i == n)
            break;
        const struct trace_record *record = &records[i];
        if (marked && first + i >= preparer->marks.next) {
            struct mark_place place = preparer_place(preparer, batch, first + i);
            marks_record(&preparer->marks, &place);
        }
        if (!plain && record->thread != preparer->thread)
            preparer_change_thread(preparer, record->thread);
        if (record->kind == TRACE_LOAD || record->kind == TRACE_STORE) {
            if (!access_record(preparer, record, first + i, batch, error, plain, marked))
                return SIZE_MAX;
            continue;
        }
        stretch_end(&stretch, preparer, plain);
        if (record->kind == TRACE_FETCH) {
            if (!access_record(preparer, record, first + i, batch, error, plain, marked))
                return SIZE_MAX;
            stretch = stretch_begin(preparer, record, plain);
            continue;
        }
        stretch = (struct stretch){.fetches = 0};
        /* Which may begin another phase, and belongs to it. */
        preparer_count_records(preparer, i - counted);
        counted = i;
        if (!preparer_event(preparer, record, first + i, batch, error))
            return SIZE_MAX;
    }
    stretch_end(&stretch, preparer, plain);
    preparer_count_records(preparer, i - counted);
    return i;
}

size_t prepare(struct preparer *preparer, const struct trace_record *records, size_t n,
               uint64_t first, struct batch *batch, struct cb_error *error)
{
    if (!preparer->begun && n > 0 && !preparer_begin(preparer, records, batch, error))
        return SIZE_MAX;
    if (preparer->large.remapped &&
        !large_check(&preparer->large, records, n, first, error))
        return SIZE_MAX;
    if (preparer->charger.plain)
        return prepare_records(preparer, records, n, first, batch, error, true, false);
    if (preparer->marks.on)
        return prepare_records(preparer, records, n, first, batch, error, false, true);
    return prepare_records(preparer, records, n, first, batch, error, false, false);
}

/* The fetches that were not put are accesses all the same. */
static void count_repeated(struct preparer *preparer)
{
    const struct layout *layout = preparer->layout;
    struct structure_counters *counters = preparer->ledger->structures;
    for (unsigned kernel = 0; kernel < 2; kernel++) {
        int64_t small = preparer->repeated_fetches[0][kernel];
        int64_t large = preparer->repeated_fetches[1][kernel], times = small + large;
        const struct way_down *tlbs = &layout->tlbs[SIDE_FETCH][kernel];
        const struct way_down *caches = &layout->caches[SIDE_FETCH];
        if (tlbs->count > 0) {
            const struct large_way *way = &layout->large_tlbs[SIDE_FETCH][kernel];
            counters[tlbs->index[0]].accesses[REF_FETCH] += small;
            counters[way->index[0]].accesses[REF_FETCH] += large;
        }
        if (caches->count > 0)
            counters[layout->machine->tlb_count + caches->index[0]].accesses[REF_FETCH] +=
                times;
    }
}

bool prepare_end(struct preparer *preparer)
{
    charger_settle(&preparer->charger, FOLLOW_NEXT, false);
    charger_close(&preparer->charger);
    count_repeated(preparer);
    return !preparer->serving.failed && !preparer->large.frames.failed &&
           !preparer->footprint.pages.failed && !preparer->footprint.lines.failed;
}
