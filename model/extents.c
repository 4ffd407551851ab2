#include "model/extents.h"

#include "model/map.h"
#include "model/records.h"

#define PAGE_SHIFT_4K 12
#define DEFAULT_LINE  4 /* bytes, for a machine without caches */

/* A set of numbers that is emptied often: each number remembers when it was last put. */
struct set {
    struct map map;
    uint64_t generation; /* from 1 */
    int64_t size;
};

static void set_clear(struct set *set)
{
    set->generation++;
    set->size = 0;
}

static void set_put(struct set *set, uint64_t key)
{
    if (map_get(&set->map, key, 0) == set->generation)
        return;
    map_put(&set->map, key, set->generation);
    set->size++;
}

/* A procedure call that may turn out to be a leaf's. */
struct procedure {
    bool called;
    int64_t mcycles;         /* of its instructions before the last */
    struct instruction last; /* fetched */
    uint64_t next;           /* address after the last */
};

struct measurer {
    const struct trace_code *codes;
    uint32_t code_count;
    struct trace_tables tables;
    const struct machine *machine;
    struct extents *extents;
    uint32_t line[2]; /* bytes of a first-level line: of code, of data */

    struct procedure procedure;
    bool measured; /* the phase */
    bool user;     /* mode of the last access */
    bool inside;   /* a crossing, of this kind */
    enum crossing_kind kind;
    struct set code_lines, data_lines, path_pages;
    bool staying; /* a CR3 load has been seen */
    struct set code_pages, data_pages, all_pages;
};

static uint32_t first_line(const struct machine *machine, enum machine_holds side)
{
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct machine_cache *cache = &machine->caches[i];
        if (cache->level == 1 && (cache->holds == MACHINE_BOTH || cache->holds == side))
            return cache->line;
    }
    return DEFAULT_LINE;
}

/* ---- crossings ---- */

static void path_access(struct measurer *measurer, bool fetch, uint64_t vaddr,
                        uint64_t paddr, unsigned size)
{
    uint32_t line = measurer->line[fetch ? 0 : 1];
    struct set *lines = fetch ? &measurer->code_lines : &measurer->data_lines;
    for (uint64_t at = paddr / line; at <= (paddr + size - 1) / line; at++)
        set_put(lines, at);
    set_put(&measurer->path_pages, vaddr >> PAGE_SHIFT_4K);
}

static void stay_access(struct measurer *measurer, bool fetch, uint64_t vaddr)
{
    uint64_t page = vaddr >> PAGE_SHIFT_4K;
    set_put(fetch ? &measurer->code_pages : &measurer->data_pages, page);
    set_put(&measurer->all_pages, page);
}

static void unseen(struct measurer *measurer, uint64_t vaddr, uint64_t paddr,
                   unsigned size)
{
    path_access(measurer, false, vaddr, paddr, size);
    stay_access(measurer, false, vaddr);
}

/* As replay synthesises it: gate and code descriptor; from user mode the new stack and
 * its descriptor; the pushes. */
static void trap(struct measurer *measurer, const struct trace_record *record)
{
    const struct trace_tables *tables = &measurer->tables;
    if (tables->idt == 0)
        return;
    uint64_t gate = 8 * record->a, cs = tables->kernel_cs & ~7u,
             ss = tables->kernel_ss & ~7u;
    unseen(measurer, tables->idt + gate, tables->idt_physical + gate, 8);
    unseen(measurer, tables->gdt + cs, tables->gdt_physical + cs, 8);
    if (measurer->user) {
        unseen(measurer, tables->tss + 4, tables->tss_physical + 4, 8);
        unseen(measurer, tables->gdt + ss, tables->gdt_physical + ss, 8);
    }
    if (record->size > 0) {
        uint64_t top = record->b - record->size;
        unseen(measurer, top, top - (tables->tss - tables->tss_physical), record->size);
    }
}

static enum crossing_kind kind_of_cause(uint8_t cause)
{
    if (cause == TRACE_CAUSE_FAULT)
        return CROSSING_FAULT;
    return cause == TRACE_CAUSE_INTERRUPT ? CROSSING_INTERRUPT : CROSSING_CALL;
}

static enum crossing_kind kind_of_message(uint8_t detail)
{
    switch ((enum trace_ipc)detail) {
    case TRACE_IPC_IS_CALL:
        return CROSSING_IPC_CALL;
    case TRACE_IPC_IS_REPLY:
        return CROSSING_IPC_REPLY;
    case TRACE_IPC_IS_SEND:
        break;
    }
    return CROSSING_IPC_SEND;
}

static void crossing_in(struct measurer *measurer, const struct trace_record *record)
{
    if (measurer->user || !measurer->inside) {
        set_clear(&measurer->code_lines);
        set_clear(&measurer->data_lines);
        set_clear(&measurer->path_pages);
        measurer->kind = kind_of_cause(record->detail);
        measurer->inside = true;
    }
    trap(measurer, record);
    measurer->procedure.called = false;
    measurer->user = false;
}

static void crossing_out(struct measurer *measurer, const struct trace_record *record)
{
    if (record->a != 0)
        return; /* back into the kernel */
    measurer->user = true;
    if (!measurer->inside)
        return;
    measurer->inside = false;
    if (!measurer->measured)
        return;
    struct crossing_extent *to = &measurer->extents->crossing[measurer->kind];
    to->count++;
    to->code_lines += measurer->code_lines.size;
    to->data_lines += measurer->data_lines.size;
    to->code_bytes += measurer->code_lines.size * measurer->line[0];
    to->data_bytes += measurer->data_lines.size * measurer->line[1];
    to->pages += measurer->path_pages.size;
}

/* ---- stays ---- */

static int64_t pages_held(const struct measurer *measurer, uint8_t holds)
{
    switch ((enum machine_holds)holds) {
    case MACHINE_BOTH:
        return measurer->all_pages.size;
    case MACHINE_INSTRUCTIONS:
        return measurer->code_pages.size;
    case MACHINE_DATA:
        break;
    }
    return measurer->data_pages.size;
}

static void end_stay(struct measurer *measurer)
{
    if (!measurer->staying || !measurer->measured)
        return;
    int64_t most = 0;
    for (size_t i = 0; i < measurer->machine->tlb_count; i++) {
        const struct machine_tlb *tlb = &measurer->machine->tlbs[i];
        int64_t pages = pages_held(measurer, tlb->holds);
        if (tlb->level == 1 && machine_tlb_holds(tlb, 4096))
            most += pages < tlb->entries ? pages : tlb->entries;
    }
    struct extents *extents = measurer->extents;
    extents->stays++;
    extents->refill_most += most;
}

static void space_switch(struct measurer *measurer, const struct trace_record *record)
{
    if (record->detail != TRACE_HOW_CR3)
        return;
    end_stay(measurer);
    measurer->staying = true;
    set_clear(&measurer->code_pages);
    set_clear(&measurer->data_pages);
    set_clear(&measurer->all_pages);
}

/* ---- procedure calls ---- */

static void end_procedure(struct measurer *measurer)
{
    struct extents *extents = measurer->extents;
    int64_t mcycles = measurer->procedure.mcycles;
    if (measurer->measured &&
        (extents->procedure_mcycles == 0 || mcycles < extents->procedure_mcycles))
        extents->procedure_mcycles = mcycles;
}

/* The last instruction is paid for when it is known whether it branched. */
static void procedure_fetch(struct measurer *measurer, const struct trace_code *code)
{
    struct procedure *procedure = &measurer->procedure;
    const int64_t *costs = measurer->machine->instructions;
    struct instruction now = instruction_decode(code->bytes, code->length);
    if (procedure->called) {
        bool taken = code->vaddr != procedure->next;
        procedure->mcycles +=
            costs[taken ? procedure->last.taken : procedure->last.class];
        if (procedure->last.class == INSTRUCTION_RET) {
            end_procedure(measurer);
            procedure->called = false;
        }
    }
    if (now.class == INSTRUCTION_CALL || now.class == INSTRUCTION_CALL_RM) {
        procedure->called = true;
        procedure->mcycles = 0;
    }
    procedure->last = now;
    procedure->next = code->vaddr + code->length;
}

/* ---- all of it ---- */

static void access_record(struct measurer *measurer, const struct trace_record *record)
{
    bool fetch = record->kind == TRACE_FETCH;
    measurer->user = record->user != 0;
    stay_access(measurer, fetch, record->vaddr);
    if (fetch && measurer->user && record->code < measurer->code_count)
        procedure_fetch(measurer, &measurer->codes[record->code]);
    uint8_t role = record->code < measurer->code_count
                       ? measurer->codes[record->code].role
                       : TRACE_WORK;
    if (measurer->inside && !measurer->user && role != TRACE_WORK && role != TRACE_IDLE)
        path_access(measurer, fetch, record->vaddr, record->paddr, record->size);
}

static void take(void *context, const struct trace_record *record)
{
    struct measurer *measurer = context;
    switch ((enum trace_kind)record->kind) {
    case TRACE_FETCH:
    case TRACE_LOAD:
    case TRACE_STORE:
        access_record(measurer, record);
        break;
    case TRACE_CROSSING_IN:
        crossing_in(measurer, record);
        break;
    case TRACE_CROSSING_OUT:
        crossing_out(measurer, record);
        break;
    case TRACE_SPACE_SWITCH:
        space_switch(measurer, record);
        break;
    case TRACE_IPC_SEND:
        if (measurer->inside && measurer->kind == CROSSING_CALL)
            measurer->kind = kind_of_message(record->detail);
        break;
    case TRACE_PHASE:
        measurer->measured = record->detail == TRACE_PHASE_MEASURED;
        break;
    case TRACE_THREAD_SWITCH:
    case TRACE_IPC_RECEIVE:
    case TRACE_PAGE_TABLE:
    case TRACE_REQUEST_BEGIN:
    case TRACE_REQUEST_END:
    case TRACE_LOST:
    case TRACE_KINDS:
        break;
    }
}

bool extents_measure(const struct trace_reader *trace, const struct machine *machine,
                     struct extents *extents, struct cb_error *error)
{
    struct measurer measurer = {.tables = *trace_tables(trace),
                                .machine = machine,
                                .extents = extents,
                                .line = {first_line(machine, MACHINE_INSTRUCTIONS),
                                         first_line(machine, MACHINE_DATA)}};
    struct set *sets[] = {&measurer.code_lines, &measurer.data_lines,
                          &measurer.path_pages, &measurer.code_pages,
                          &measurer.data_pages, &measurer.all_pages};
    measurer.codes = trace_codes(trace, &measurer.code_count);
    *extents = (struct extents){0};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        set_clear(sets[i]);
    bool done = records_each(trace, take, &measurer, error);
    end_stay(&measurer);
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (done && sets[i]->map.failed)
            done = cb_error_set(error, CB_IO, "out of memory");
        map_free(&sets[i]->map);
    }
    return done;
}
