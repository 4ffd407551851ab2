#include "model/prepare.h"

#include "model/charging.h"
#include "model/footprint.h"

#include <stdlib.h>
#include <string.h>

#define NO_DOMAIN   0xffffu
#define NESTED_MOST 16 /* faults within faults: more is no kernel but a broken trace */

struct preparer {
    const struct trace_reader *trace;
    const struct layout *layout;
    struct ledger *ledger;
    struct bills *bills;
    struct charger charger;   /* also knows the code locations and the phase */
    uint16_t index_of[65536]; /* domain id to index + 1; 0: not declared */
    struct trace_tables tables;
    uint64_t kernel_base, kernel_limit; /* pages here are the same in every space */

    bool lenient;
    bool user;                    /* whether the last access was made in user mode */
    uint32_t crossings;           /* the number of the last one */
    uint32_t inside[NESTED_MOST]; /* crossings that have come in and not gone out */
    unsigned depth;
    bool worked;        /* since the last crossing out */
    struct map serving; /* thread to the crossing on whose behalf it runs */
    uint32_t thread;
    uint32_t behalf; /* of the current thread */

    struct footprint footprint;
    struct ref last_fetch;
    int64_t repeated_fetches[2]; /* not put, by mode: 1 is the kernel */
    uint64_t cr3;                /* of the last space switch */
    uint16_t space;
};

/* ---- setting up ---- */

static void index_domains(struct preparer *preparer)
{
    size_t count;
    const struct trace_domain *domains = trace_domains(preparer->trace, &count);
    for (size_t i = 0; i < count; i++) {
        if (domains[i].id != 0)
            continue;
        preparer->kernel_base = domains[i].base;
        preparer->kernel_limit = domains[i].limit;
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
    preparer->tables = *trace_tables(trace);
    preparer->last_fetch.domain = NO_DOMAIN;
    footprint_init(&preparer->footprint, layout->first_line_shift[SIDE_DATA]);
    index_domains(preparer);
    if (charger_init(&preparer->charger, trace, layout->machine, ledger, bills)) {
        preparer->charger.plain = plain;
        return preparer;
    }
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
    footprint_free(&preparer->footprint);
    free(preparer);
}

void prepare_leniently(struct preparer *preparer)
{
    preparer->lenient = true;
}

int64_t prepare_total(const struct preparer *preparer)
{
    return preparer->charger.total;
}

static uint32_t innermost(const struct preparer *preparer)
{
    return preparer->depth > 0 ? preparer->inside[preparer->depth - 1] : 0;
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
        return innermost(preparer);
    if (code->account == ACCOUNT_WORK)
        return preparer->behalf;
    return stub_excursion(preparer, code);
}

/* ---- cutting accesses to lines ---- */

/* Count what the access touches, and mark it for warmth.h. */
static void touch(struct preparer *preparer, struct ref *ref)
{
    unsigned side = ref->kind == REF_FETCH ? 1 : 2;
    struct footprint_step step =
        footprint_touch(&preparer->footprint, ref->domain, ref->vaddr, ref->paddr, side);
    ref->flags |=
        (uint8_t)((step.visit ? REF_VISIT : 0) | (step.page_of_side ? REF_NEW_PAGE : 0) |
                  (step.line_of_side ? REF_NEW_LINE : 0));
    struct ledger_domain *to =
        &preparer->ledger->phase[preparer->charger.phase].domains[ref->domain];
    to->visits += step.visit;
    to->visit_pages += step.page;
    to->visit_lines += step.line;
}

static void put_ref(struct preparer *preparer, struct batch *batch, const struct ref *ref)
{
    batch->refs[batch->count++] = *ref;
    if (!preparer->charger.plain && ref_is_work(ref))
        touch(preparer, &batch->refs[batch->count - 1]);
}

static void put_lines(struct preparer *preparer, struct batch *batch, struct ref *ref,
                      unsigned size)
{
    enum side side = ref->kind == REF_FETCH ? SIDE_FETCH : SIDE_DATA;
    uint64_t line = UINT64_C(1) << preparer->layout->first_line_shift[side];
    uint64_t within = ref->paddr & (line - 1);
    ref->vaddr -= within;
    ref->paddr -= within;
    if (ref->vaddr >= preparer->kernel_base && ref->vaddr < preparer->kernel_limit)
        ref->flags |= REF_GLOBAL;
    put_ref(preparer, batch, ref);
    for (uint64_t done = line; done < within + size; done += line) {
        ref->vaddr += line;
        ref->paddr += line;
        ref->flags |= REF_CONTINUED;
        put_ref(preparer, batch, ref);
    }
}

static uint8_t role_flags(uint8_t role)
{
    if (role == TRACE_WORK)
        return 0;
    return role == TRACE_IDLE ? REF_IDLE : REF_PATH;
}

/* A fetch from the line of the fetch before it, where no data access can come between,
 * finds the entries that were used last: nothing changes but the counters. */
static bool repeats_last_fetch(struct preparer *preparer, const struct ref *ref,
                               unsigned size)
{
    const struct ref *last = &preparer->last_fetch;
    unsigned shift = preparer->layout->first_line_shift[SIDE_FETCH];
    if (!preparer->layout->fetches_apart || ref->paddr >> shift != last->paddr >> shift ||
        (ref->paddr + size - 1) >> shift != ref->paddr >> shift ||
        ref->vaddr >> PAGE_SHIFT != last->vaddr >> PAGE_SHIFT ||
        ref->excursion != last->excursion || ref->domain != last->domain ||
        ref->flags != last->flags)
        return false;
    preparer->repeated_fetches[(ref->flags & REF_KERNEL) != 0]++;
    return true;
}

static bool bad_record(struct cb_error *error, uint64_t number, const char *sentence)
{
    cb_error_set(error, CB_TRACE, "%s", sentence);
    return cb_error_at_record(error, number);
}

/* Whether this may be put right and counted; otherwise it is an error. */
static bool repair(struct preparer *preparer, enum repair kind, uint64_t number,
                   const char *sentence, struct cb_error *error)
{
    if (!preparer->lenient)
        return bad_record(error, number, sentence);
    preparer->ledger->repairs[kind]++;
    return true;
}

static bool access_record(struct preparer *preparer, const struct trace_record *record,
                          uint64_t number, struct batch *batch, struct cb_error *error)
{
    uint16_t domain = preparer->index_of[record->domain];
    if (domain == 0) {
        if (!repair(preparer, REPAIR_DOMAIN, number,
                    "an access of a domain that is not declared; expected one of the "
                    "trace's domains",
                    error))
            return false;
        domain = preparer->index_of[0];
    }
    if (record->code >= preparer->charger.code_count)
        return bad_record(error, number, "an access without a code location");
    const struct code_info *code = &preparer->charger.codes[record->code];
    struct ref ref = {.vaddr = record->vaddr & ADDRESS_MASK,
                      .paddr = record->paddr & ADDRESS_MASK,
                      .excursion = excursion_of(preparer, record->user != 0, code),
                      .domain = (uint16_t)(domain - 1),
                      .kind = (uint8_t)(record->kind - TRACE_FETCH + REF_FETCH),
                      .flags = role_flags(code->role)};
    if (record->user == 0)
        ref.flags |= REF_KERNEL;
    preparer->user = record->user != 0;
    if (record->user != 0 && code->account == ACCOUNT_WORK)
        preparer->worked = true;
    if (record->kind == TRACE_FETCH) {
        if (!charger_is_rest(&preparer->charger, record))
            charger_fetch(&preparer->charger, record, ref.domain, ref.excursion);
        if (repeats_last_fetch(preparer, &ref, record->size))
            return true;
        preparer->last_fetch = ref;
        /* What is compared next is where this fetch ends. */
        preparer->last_fetch.vaddr += record->size - 1u;
        preparer->last_fetch.paddr += record->size - 1u;
    }
    put_lines(preparer, batch, &ref, record->size);
    return true;
}

/* ---- address spaces ---- */

static void put_event(struct preparer *preparer, struct batch *batch,
                      const struct ref *ref)
{
    batch->events[batch->event_count++] = (uint32_t)batch->count;
    batch->refs[batch->count++] = *ref;
    preparer->last_fetch.domain = NO_DOMAIN; /* it may change what is resident */
}

/* With kernel page-table isolation a space has two sets of tags, one for each mode. */
static void put_space(struct preparer *preparer, uint8_t how, bool user,
                      struct batch *batch)
{
    bool isolated = preparer->layout->machine->switching.kpti;
    uint64_t space = isolated ? 2u * preparer->space + user : preparer->space;
    put_event(preparer, batch,
              &(struct ref){.kind = REF_SPACE,
                            .vaddr = preparer->cr3,
                            .paddr = space & 0xffff,
                            .excursion = innermost(preparer),
                            .flags = how});
}

/* Kernel page-table isolation: each way over the border loads CR3. */
static void isolate(struct preparer *preparer, bool user, struct batch *batch)
{
    if (!preparer->layout->machine->switching.kpti || preparer->index_of[0] == 0)
        return;
    charger_add(&preparer->charger, (uint16_t)(preparer->index_of[0] - 1),
                ACCOUNT_SPACE_SWITCH, INSTRUCTION_MOV_CR3, innermost(preparer),
                preparer->layout->machine->instructions[INSTRUCTION_MOV_CR3]);
    put_space(preparer, TRACE_HOW_CR3, user, batch);
}

static void space_switch(struct preparer *preparer, const struct trace_record *record,
                         struct batch *batch)
{
    if (record->detail <= TRACE_HOW_SEGMENT)
        preparer->ledger->phase[preparer->charger.phase].space_switches[record->detail]++;
    preparer->cr3 = record->a & ADDRESS_MASK;
    preparer->space = (uint16_t)record->b;
    put_space(preparer, record->detail, preparer->user, batch);
}

/* ---- crossings ---- */

static void synthesise(struct preparer *preparer, struct batch *batch, uint8_t kind,
                       uint64_t vaddr, uint64_t paddr, unsigned size)
{
    struct ref ref = {.vaddr = vaddr & ADDRESS_MASK,
                      .paddr = paddr & ADDRESS_MASK,
                      .excursion = preparer->inside[preparer->depth - 1],
                      .domain = (uint16_t)(preparer->index_of[0] - 1),
                      .kind = kind,
                      .flags = REF_PATH | REF_KERNEL};
    put_lines(preparer, batch, &ref, size);
}

/* What the processor reads and pushes at a trap (Intel 486 manual, 9.6: gate, code
 * descriptor; from an outer level the TSS's stack and its descriptor too). A sysenter,
 * which pushes nothing, reads nothing either: its target stands in registers. */
static void synthesise_trap(struct preparer *preparer, const struct trace_record *record,
                            bool from_user, struct batch *batch)
{
    const struct trace_tables *tables = &preparer->tables;
    if (tables->idt == 0 || preparer->index_of[0] == 0 || record->size == 0)
        return;
    uint64_t gate = 8 * record->a, cs = tables->kernel_cs & ~7u,
             ss = tables->kernel_ss & ~7u;
    synthesise(preparer, batch, REF_LOAD, tables->idt + gate, tables->idt_physical + gate,
               8);
    synthesise(preparer, batch, REF_LOAD, tables->gdt + cs, tables->gdt_physical + cs, 8);
    if (from_user) {
        synthesise(preparer, batch, REF_LOAD, tables->tss + 4, tables->tss_physical + 4,
                   8);
        synthesise(preparer, batch, REF_LOAD, tables->gdt + ss, tables->gdt_physical + ss,
                   8);
    }
    uint64_t to_physical = tables->tss - tables->tss_physical;
    for (unsigned pushed = 4; pushed <= record->size; pushed += 4)
        synthesise(preparer, batch, REF_STORE, record->b - pushed,
                   record->b - pushed - to_physical, 4);
}

static enum crossing_kind kind_of_cause(uint8_t cause)
{
    if (cause == TRACE_CAUSE_FAULT)
        return CROSSING_FAULT;
    return cause == TRACE_CAUSE_INTERRUPT ? CROSSING_INTERRUPT : CROSSING_CALL;
}

static void open_crossing(struct preparer *preparer, const struct trace_record *record,
                          uint64_t number)
{
    uint32_t parent = preparer->depth > 0 ? innermost(preparer) : preparer->behalf;
    struct crossing_bill bill = {.parent = parent,
                                 .thread = record->thread,
                                 .domain = record->domain,
                                 .kind = (uint8_t)kind_of_cause(record->detail),
                                 .phase = (uint8_t)preparer->charger.phase,
                                 .record = number};
    preparer->crossings++;
    if (preparer->bills != NULL)
        bills_open(preparer->bills, &bill);
    preparer->inside[preparer->depth++] = preparer->crossings;
}

static void go_out(struct preparer *preparer, bool to_user, struct batch *batch)
{
    charger_settle(&preparer->charger, FOLLOW_CROSSING, to_user);
    preparer->charger.last_code = TRACE_NO_CODE;
    if (to_user)
        isolate(preparer, true, batch);
    if (to_user)
        preparer->depth = 0;
    else if (preparer->depth > 0)
        preparer->depth--;
    preparer->user = to_user;
    preparer->worked = false;
}

/* Whether a crossing may come in here, perhaps after a repair. */
static bool may_come_in(struct preparer *preparer, const struct trace_record *record,
                        uint64_t number, struct batch *batch, struct cb_error *error)
{
    if (!preparer->user && record->detail == TRACE_CAUSE_CALL && preparer->depth > 0) {
        if (!repair(
                preparer, REPAIR_CALL, number,
                "a call comes in from kernel mode, before the last crossing went out; "
                "expected a crossing out first",
                error))
            return false;
        go_out(preparer, true, batch);
    }
    if (preparer->depth == NESTED_MOST) {
        if (!repair(preparer, REPAIR_NESTING, number,
                    "more than 16 crossings have come in and not gone out; expected a "
                    "crossing out first",
                    error))
            return false;
        preparer->depth--;
        memmove(preparer->inside, preparer->inside + 1,
                preparer->depth * sizeof preparer->inside[0]);
    }
    return true;
}

static bool crossing_in(struct preparer *preparer, const struct trace_record *record,
                        uint64_t number, struct batch *batch, struct cb_error *error)
{
    charger_settle(&preparer->charger, FOLLOW_CROSSING, false);
    preparer->charger.last_code = TRACE_NO_CODE;
    if (!may_come_in(preparer, record, number, batch, error))
        return false;
    bool from_user = preparer->user;
    open_crossing(preparer, record, number);
    if (record->detail != TRACE_CAUSE_CALL && preparer->index_of[0] != 0) {
        enum instruction_class class = record->detail == TRACE_CAUSE_FAULT
                                           ? INSTRUCTION_FAULT
                                           : INSTRUCTION_INTERRUPT;
        charger_add(&preparer->charger, (uint16_t)(preparer->index_of[0] - 1),
                    ACCOUNT_BORDER, class, preparer->crossings,
                    preparer->layout->machine->instructions[class]);
    }
    synthesise_trap(preparer, record, from_user, batch);
    if (from_user)
        isolate(preparer, false, batch);
    preparer->user = false;
    return true;
}

static bool crossing_out(struct preparer *preparer, const struct trace_record *record,
                         uint64_t number, struct batch *batch, struct cb_error *error)
{
    if (preparer->user)
        return repair(preparer, REPAIR_CROSSING_OUT, number,
                      "a crossing goes out, but none has come in since the last one went "
                      "out; expected a crossing in first",
                      error);
    go_out(preparer, record->a == 0, batch);
    return true;
}

/* A message: who runs on whose behalf from here on, and what kind of crossing this is. */
static void ipc(struct preparer *preparer, const struct trace_record *record)
{
    uint32_t crossing = innermost(preparer);
    enum crossing_kind kind = CROSSING_IPC_SEND;
    switch ((enum trace_ipc)record->detail) {
    case TRACE_IPC_IS_CALL:
        kind = CROSSING_IPC_CALL;
        map_put(&preparer->serving, record->a, crossing);
        break;
    case TRACE_IPC_IS_SEND:
        map_put(&preparer->serving, record->a, crossing);
        break;
    case TRACE_IPC_IS_REPLY:
        kind = CROSSING_IPC_REPLY;
        map_put(&preparer->serving, record->thread, 0);
        preparer->behalf = 0;
        break;
    }
    struct crossing_bill *bill =
        preparer->bills != NULL ? bills_crossing(preparer->bills, crossing) : NULL;
    if (bill != NULL && bill->kind == CROSSING_CALL)
        bill->kind = (uint8_t)kind;
}

static void change_thread(struct preparer *preparer, uint32_t thread)
{
    preparer->thread = thread;
    preparer->behalf = (uint32_t)map_get(&preparer->serving, thread, 0);
}

/* ---- all other events ---- */

static void phase(struct preparer *preparer, const struct trace_record *record,
                  struct batch *batch)
{
    charger_settle(&preparer->charger, FOLLOW_NEXT, false);
    preparer->charger.last_code = TRACE_NO_CODE;
    preparer->charger.phase =
        record->detail == TRACE_PHASE_WARMUP ? TRACE_PHASE_WARMUP : TRACE_PHASE_MEASURED;
    put_event(
        preparer, batch,
        &(struct ref){.kind = REF_PHASE, .flags = (uint8_t)preparer->charger.phase});
}

static bool event(struct preparer *preparer, const struct trace_record *record,
                  uint64_t number, struct batch *batch, struct cb_error *error)
{
    struct ledger_phase *now = &preparer->ledger->phase[preparer->charger.phase];
    switch ((enum trace_kind)record->kind) {
    case TRACE_CROSSING_IN:
        return crossing_in(preparer, record, number, batch, error);
    case TRACE_CROSSING_OUT:
        return crossing_out(preparer, record, number, batch, error);
    case TRACE_THREAD_SWITCH:
        now->thread_switches++;
        break;
    case TRACE_SPACE_SWITCH:
        space_switch(preparer, record, batch);
        break;
    case TRACE_IPC_SEND:
        ipc(preparer, record);
        break;
    case TRACE_PAGE_TABLE:
        put_event(preparer, batch,
                  &(struct ref){.kind = REF_TABLE,
                                .vaddr = record->a & ADDRESS_MASK,
                                .paddr = record->b & ADDRESS_MASK,
                                .excursion = record->code & 1023});
        break;
    case TRACE_REQUEST_END:
        now->requests++;
        break;
    case TRACE_PHASE:
        phase(preparer, record, batch);
        break;
    case TRACE_LOST:
        preparer->ledger->lost += (int64_t)record->a;
        break;
    case TRACE_IPC_RECEIVE:
    case TRACE_REQUEST_BEGIN:
    case TRACE_FETCH:
    case TRACE_LOAD:
    case TRACE_STORE:
    case TRACE_KINDS:
        break;
    }
    return true;
}

size_t prepare(struct preparer *preparer, const struct trace_record *records, size_t n,
               uint64_t first, struct batch *batch, struct cb_error *error)
{
    size_t i = 0;
    for (; i < n && batch->count < BATCH_REFS; i++) {
        const struct trace_record *record = &records[i];
        if (record->thread != preparer->thread)
            change_thread(preparer, record->thread);
        bool good = record->kind <= TRACE_STORE
                        ? access_record(preparer, record, first + i, batch, error)
                        : event(preparer, record, first + i, batch, error);
        if (!good)
            return SIZE_MAX;
        preparer->ledger->phase[preparer->charger.phase].records++;
    }
    return i;
}

/* The fetches that were not put are accesses all the same. */
static void count_repeated(struct preparer *preparer)
{
    const struct layout *layout = preparer->layout;
    struct structure_counters *counters = preparer->ledger->structures;
    for (unsigned kernel = 0; kernel < 2; kernel++) {
        int64_t times = preparer->repeated_fetches[kernel];
        const struct way_down *tlbs = &layout->tlbs[SIDE_FETCH][kernel];
        const struct way_down *caches = &layout->caches[SIDE_FETCH];
        if (tlbs->count > 0)
            counters[tlbs->index[0]].accesses[REF_FETCH] += times;
        if (caches->count > 0)
            counters[layout->machine->tlb_count + caches->index[0]].accesses[REF_FETCH] +=
                times;
    }
}

bool prepare_end(struct preparer *preparer)
{
    charger_settle(&preparer->charger, FOLLOW_NEXT, false);
    count_repeated(preparer);
    return !preparer->serving.failed && !preparer->footprint.pages.failed &&
           !preparer->footprint.lines.failed;
}
