/* crossings.c - the records that are no accesses: address spaces, crossings and what the
 * processor does unseen at one, messages, phases. */
#include "model/preparer.h"

#include <string.h>

/* ---- address spaces ---- */

static void put_event(struct preparer *preparer, struct batch *batch,
                      const struct ref *ref)
{
    batch->events[batch->event_count++] = (uint32_t)batch->count;
    batch->refs[batch->count++] = *ref;
    preparer->window.size = 0; /* it may change what is resident */
}

/* For samples around a switch: as things stand before this record, or the next. */
static void mark_around(struct preparer *preparer, unsigned after, struct batch *batch)
{
    if (!preparer->marks.on)
        return;
    struct mark_place place = preparer_place(preparer, batch, preparer->event + after);
    marks_around(&preparer->marks, &place);
}

/* With kernel page-table isolation a space has two sets of tags, one for each mode. */
static void put_space(struct preparer *preparer, uint8_t how, bool user,
                      struct batch *batch)
{
    bool isolated = preparer->layout->machine->switching.kpti;
    mark_around(preparer, 0, batch);
    uint64_t space = isolated ? 2u * preparer->space + user : preparer->space;
    large_space(&preparer->large, preparer->cr3);
    put_event(preparer, batch,
              &(struct ref){.kind = REF_SPACE,
                            .vaddr = preparer->cr3,
                            .paddr = space,
                            .excursion = preparer_innermost(preparer),
                            .flags = how});
    mark_around(preparer, 1, batch);
}

/* Kernel page-table isolation: each way over the border loads CR3. */
static void isolate(struct preparer *preparer, bool user, struct batch *batch)
{
    if (!preparer->layout->machine->switching.kpti || preparer->index_of[0] == 0)
        return;
    charger_add(&preparer->charger, (uint16_t)(preparer->index_of[0] - 1),
                ACCOUNT_SPACE_SWITCH, INSTRUCTION_MOV_CR3, preparer_innermost(preparer));
    put_space(preparer, TRACE_HOW_CR3, user, batch);
}

/* Keys have few bits for the space, so spaces are numbered as they come. */
static bool enter_space(struct preparer *preparer, uint16_t space, uint64_t number,
                        struct cb_error *error)
{
    uint32_t *dense = &preparer->space_number[space];
    if (*dense == 0) {
        if (preparer->space_count == preparer->layout->spaces) {
            cb_error_set(error, CB_USAGE,
                         "the trace has more than %u address spaces, for which the "
                         "lines of this machine's virtual caches leave no room",
                         preparer->layout->spaces);
            return cb_error_at_record(error, number);
        }
        *dense = ++preparer->space_count;
    }
    preparer->space = *dense - 1;
    return true;
}

static bool space_switch(struct preparer *preparer, const struct trace_record *record,
                         uint64_t number, struct batch *batch, struct cb_error *error)
{
    if (record->detail <= TRACE_HOW_SEGMENT)
        preparer->ledger->phase[preparer->charger.phase].space_switches[record->detail]++;
    preparer->cr3 = record->a & ADDRESS_MASK;
    if (!enter_space(preparer, (uint16_t)record->b, number, error))
        return false;
    put_space(preparer, record->detail, record->user, batch);
    return true;
}

bool preparer_begin(struct preparer *preparer, const struct trace_record *first,
                    struct batch *batch, struct cb_error *error)
{
    preparer->begun = true;
    if (!enter_space(preparer, first->space, 0, error))
        return false;
    put_space(preparer, TRACE_HOW_NONE, first->user, batch);
    return true;
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
    preparer_put_lines(preparer, batch, &ref, size);
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
    uint32_t parent =
        preparer->depth > 0 ? preparer_innermost(preparer) : preparer->behalf;
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
    preparer->marks.returning |= to_user;
}

/* Whether a crossing may come in here, perhaps after a repair. */
static bool may_come_in(struct preparer *preparer, const struct trace_record *record,
                        uint64_t number, struct batch *batch, struct cb_error *error)
{
    if (!preparer->user && record->detail == TRACE_CAUSE_CALL && preparer->depth > 0) {
        if (!preparer_repair(
                preparer, REPAIR_CALL, number,
                "a call comes in from kernel mode, before the last crossing went out; "
                "expected a crossing out first",
                error))
            return false;
        go_out(preparer, true, batch);
    }
    if (preparer->depth == NESTED_MOST) {
        if (!preparer_repair(
                preparer, REPAIR_NESTING, number,
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
    if (preparer->marks.on) {
        struct mark_place place = preparer_place(preparer, batch, number);
        marks_cross_in(&preparer->marks, &place, kind_of_cause(record->detail),
                       preparer->crossings);
    }
    if (record->detail != TRACE_CAUSE_CALL && preparer->index_of[0] != 0) {
        enum instruction_class class = record->detail == TRACE_CAUSE_FAULT
                                           ? INSTRUCTION_FAULT
                                           : INSTRUCTION_INTERRUPT;
        charger_add(&preparer->charger, (uint16_t)(preparer->index_of[0] - 1),
                    ACCOUNT_BORDER, class, preparer->crossings);
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
        return preparer_repair(
            preparer, REPAIR_CROSSING_OUT, number,
            "a crossing goes out, but none has come in since the last one went "
            "out; expected a crossing in first",
            error);
    go_out(preparer, record->a == 0, batch);
    return true;
}

/* A message: who runs on whose behalf from here on, and what kind of crossing this is. */
static void ipc(struct preparer *preparer, const struct trace_record *record,
                struct batch *batch)
{
    uint32_t crossing = preparer_innermost(preparer);
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
    if (preparer->marks.on) {
        struct mark_place place = preparer_place(preparer, batch, preparer->event);
        marks_kind(&preparer->marks, &place, kind, crossing);
    }
}

void preparer_change_thread(struct preparer *preparer, uint32_t thread)
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
    preparer->charger.phase = record->detail == TRACE_PHASE_WARM_UP
                                  ? TRACE_PHASE_WARM_UP
                                  : TRACE_PHASE_MEASURED;
    put_event(
        preparer, batch,
        &(struct ref){.kind = REF_PHASE, .flags = (uint8_t)preparer->charger.phase});
    if (preparer->marks.on) {
        struct mark_place place = preparer_place(preparer, batch, preparer->event + 1);
        marks_phase(&preparer->marks, &place, preparer->charger.phase);
    }
}

static void request_end(struct preparer *preparer, struct batch *batch)
{
    preparer->ledger->phase[preparer->charger.phase].requests++;
    if (preparer->marks.on) {
        struct mark_place place = preparer_place(preparer, batch, preparer->event + 1);
        marks_request_end(&preparer->marks, &place);
    }
}

bool preparer_event(struct preparer *preparer, const struct trace_record *record,
                    uint64_t number, struct batch *batch, struct cb_error *error)
{
    struct ledger_phase *now = &preparer->ledger->phase[preparer->charger.phase];
    preparer->event = number;
    switch ((enum trace_kind)record->kind) {
    case TRACE_CROSSING_IN:
        return crossing_in(preparer, record, number, batch, error);
    case TRACE_CROSSING_OUT:
        return crossing_out(preparer, record, number, batch, error);
    case TRACE_THREAD_SWITCH:
        now->thread_switches++;
        break;
    case TRACE_SPACE_SWITCH:
        return space_switch(preparer, record, number, batch, error);
    case TRACE_IPC_SEND:
        ipc(preparer, record, batch);
        break;
    case TRACE_PAGE_TABLE:
        large_note(&preparer->large, record);
        put_event(preparer, batch,
                  &(struct ref){
                      .kind = REF_TABLE,
                      .flags = record->detail == TRACE_MAPS_LARGE_PAGE ? REF_LARGE : 0,
                      .vaddr = record->a & ADDRESS_MASK,
                      .paddr = record->b & ADDRESS_MASK,
                      .excursion = record->code & 1023});
        break;
    case TRACE_REQUEST_END:
        request_end(preparer, batch);
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
