#include "reference.h"

#include "reference_instruction.h"
#include "reference_replay.h"

#include <stdlib.h>
#include <string.h>

/* ---- address spaces ---- */

/* Rule 24: with page-table isolation each space is two. */
static uint32_t space_in_force(const struct reference *reference, uint16_t space)
{
    if (!reference->machine->switching.kpti)
        return space;
    return 2u * space + reference->user_tables;
}

static void load_cr3(struct reference *reference, uint16_t space)
{
    world_switch(&reference->shared, space_in_force(reference, space));
}

/* ---- accesses ---- */

/* Rule 23: whether the access lies in the large page that the directory entry leads to.
 */
static bool lies_in(const struct access *access, const struct table *table)
{
    return table->large && access->vaddr < UINT64_C(1) << 32 &&
           access->paddr == table->physical + access->vaddr % 4194304;
}

/* Rule 23, the what-if. */
static bool is_remapped(const struct reference *reference, const struct access *access)
{
    uint64_t page = access->vaddr - access->vaddr % 4194304;
    if (reference->machine->large_pages != MACHINE_LARGE_KERNEL ||
        access->vaddr >= UINT64_C(1) << 32)
        return false;
    for (size_t i = 0; i < reference->trace->domain_count; i++) {
        const struct trace_domain *domain = &reference->trace->domains[i];
        if (domain->id == 0)
            return page >= domain->base && page + 4194304 <= domain->limit &&
                   access->vaddr % 4194304 == access->paddr % 4194304;
    }
    return false;
}

/* Where a walk for this access would read, if it is known, and how large its page is. */
static void look_up_table(const struct reference *reference, struct access *access)
{
    uint64_t index = access->vaddr >> 22 & 1023;
    access->large = is_remapped(reference, access);
    for (size_t i = 0; reference->cr3_known && i < reference->table_count; i++) {
        const struct table *table = &reference->tables[i];
        if (table->cr3 != reference->cr3 || table->directory_index != index)
            continue;
        access->large |= lies_in(access, table);
        access->table_known = access->large || !table->large;
        access->directory_entry = table->cr3 + 4 * index;
        access->table_entry = table->physical + 4 * (access->vaddr >> 12 & 1023);
    }
}

static bool is_global(const struct reference *reference, uint64_t vaddr)
{
    for (size_t i = 0; i < reference->trace->domain_count; i++) {
        const struct trace_domain *domain = &reference->trace->domains[i];
        if (domain->id == 0)
            return vaddr >= domain->base && vaddr < domain->limit;
    }
    return false;
}

static void make_access(struct reference *reference, struct access *access)
{
    access->global = is_global(reference, access->vaddr);
    look_up_table(reference, access);
    struct outcome shared, merged, solo;
    world_access(&reference->shared, access, &shared);
    charge_shared(reference, access, &shared);
    if (access->entity == ENTITY_PATH)
        return;
    struct world *alone = &reference->solo[domain_number(reference, access->domain)];
    world_access(&reference->merged, access, &merged);
    world_access(alone, access, &solo);
    charge_work(reference, access, &shared, &merged, &solo);
}

/* ---- records ---- */

static void execute(struct reference *reference, uint16_t domain, enum account account,
                    uint8_t class, int64_t cost)
{
    struct ledger_line *line = &domain_named(reference, domain)->line[account];
    line->instructions++;
    line->instruction_mcycles += cost;
    domain_named(reference, domain)->classes[class]++;
    reference->ledger->total_mcycles += cost;
}

static void replay_access(struct reference *reference, size_t number)
{
    const struct trace_record *record = &reference->trace->records[number];
    enum trace_role role = record->code == TRACE_NO_CODE
                               ? TRACE_WORK
                               : code_of(reference->trace, record)->role;
    struct access access = {
        .kind = record->kind,
        .vaddr = record->vaddr,
        .paddr = record->paddr,
        .size = record->size,
        .user_mode = record->user,
        .domain = record->domain,
        .space = space_in_force(reference, record->space),
        .entity = role == TRACE_WORK ? record->domain : ENTITY_PATH,
        .idle = role == TRACE_IDLE,
    };
    if (is_instruction(reference->trace, number))
        execute(reference, record->domain, account_of_fetch(reference->trace, number),
                class_of_fetch(reference->trace, number),
                cost_of_fetch(reference->trace, reference->machine, number));
    if (role == TRACE_WORK)
        meet_again(reference, &access);
    make_access(reference, &access);
    if (role == TRACE_WORK)
        count_visit(reference, &access);
    reference->from_user = record->user;
}

static void synthesise(struct reference *reference, enum trace_kind kind, uint64_t vaddr,
                       uint64_t paddr, unsigned size)
{
    struct access access = {.kind = kind,
                            .vaddr = vaddr,
                            .paddr = paddr,
                            .size = size,
                            .space = space_in_force(reference, reference->space),
                            .entity = ENTITY_PATH};
    make_access(reference, &access);
}

/* Rule 13. */
static void cross_in(struct reference *reference, const struct trace_record *event)
{
    const struct trace_tables *tables = &reference->trace->tables;
    const int64_t *costs = reference->machine->instructions;
    if (event->detail == TRACE_CAUSE_FAULT)
        execute(reference, 0, ACCOUNT_BORDER, INSTRUCTION_FAULT,
                costs[INSTRUCTION_FAULT]);
    if (event->detail == TRACE_CAUSE_INTERRUPT)
        execute(reference, 0, ACCOUNT_BORDER, INSTRUCTION_INTERRUPT,
                costs[INSTRUCTION_INTERRUPT]);
    if (tables->idt == 0 || event->size == 0)
        return;
    uint64_t gate = 8 * event->a;
    uint64_t code = tables->kernel_cs & 0xfff8u, stack = tables->kernel_ss & 0xfff8u;
    synthesise(reference, TRACE_LOAD, tables->idt + gate, tables->idt_physical + gate, 8);
    synthesise(reference, TRACE_LOAD, tables->gdt + code, tables->gdt_physical + code, 8);
    if (reference->from_user) {
        synthesise(reference, TRACE_LOAD, tables->tss + 4, tables->tss_physical + 4, 8);
        synthesise(reference, TRACE_LOAD, tables->gdt + stack,
                   tables->gdt_physical + stack, 8);
    }
    uint64_t to_physical = tables->tss_physical - tables->tss;
    for (unsigned pushed = 4; pushed <= event->size; pushed += 4)
        synthesise(reference, TRACE_STORE, event->b - pushed,
                   event->b - pushed + to_physical, 4);
}

static void switch_space(struct reference *reference, const struct trace_record *event)
{
    reference->ledger->space_switches[reference->phase][event->detail]++;
    reference->cr3 = event->a & ~UINT64_C(4095);
    reference->cr3_known = true;
    reference->user_tables = event->user;
    uint16_t space = (uint16_t)event->b;
    if (event->detail == TRACE_HOW_CR3)
        load_cr3(reference, space);
    else
        world_first_space(&reference->shared, space_in_force(reference, space));
}

/* Rule 24. */
static void isolate(struct reference *reference, bool user)
{
    if (!reference->machine->switching.kpti)
        return;
    execute(reference, 0, ACCOUNT_SPACE_SWITCH, INSTRUCTION_MOV_CR3,
            reference->machine->instructions[INSTRUCTION_MOV_CR3]);
    reference->user_tables = user;
    load_cr3(reference, reference->space);
}

static void use_table(struct reference *reference, const struct trace_record *event)
{
    struct table table = {event->a & ~UINT64_C(4095), event->code, event->b,
                          event->detail == TRACE_MAPS_LARGE_PAGE};
    for (size_t i = 0; i < reference->table_count; i++) {
        if (reference->tables[i].cr3 == table.cr3 &&
            reference->tables[i].directory_index == table.directory_index) {
            reference->tables[i] = table;
            return;
        }
    }
    reference->tables[reference->table_count++] = table;
}

static void replay_record(struct reference *reference, size_t number)
{
    const struct trace_record *record = &reference->trace->records[number];
    reference->space = record->space;
    switch ((enum trace_kind)record->kind) {
    case TRACE_FETCH:
    case TRACE_LOAD:
    case TRACE_STORE:
        replay_access(reference, number);
        return;
    case TRACE_CROSSING_IN:
        cross_in(reference, record);
        if (reference->from_user)
            isolate(reference, false);
        reference->from_user = false;
        return;
    case TRACE_CROSSING_OUT:
        reference->from_user = record->a == 0;
        if (reference->from_user)
            isolate(reference, true);
        return;
    case TRACE_SPACE_SWITCH:
        switch_space(reference, record);
        return;
    case TRACE_THREAD_SWITCH:
        reference->ledger->thread_switches[reference->phase]++;
        return;
    case TRACE_PAGE_TABLE:
        use_table(reference, record);
        return;
    case TRACE_PHASE:
        reference->phase = record->detail;
        return;
    case TRACE_IPC_SEND:
    case TRACE_IPC_RECEIVE:
    case TRACE_REQUEST_BEGIN:
    case TRACE_REQUEST_END:
    case TRACE_LOST:
    case TRACE_KINDS:
        return;
    }
}

/* ---- beginning and end ---- */

static bool is_declared(const struct reference_trace *trace, uint16_t id)
{
    for (size_t i = 0; i < trace->domain_count; i++)
        if (trace->domains[i].id == id)
            return true;
    return false;
}

static bool is_sound(const struct reference_trace *trace)
{
    for (size_t i = 0; i < trace->record_count; i++) {
        const struct trace_record *record = &trace->records[i];
        if (record->kind > TRACE_STORE)
            continue;
        bool has_code = record->code < trace->code_count ||
                        (record->code == TRACE_NO_CODE && record->kind != TRACE_FETCH);
        if (!has_code || !is_declared(trace, record->domain))
            return false;
    }
    return is_declared(trace, 0);
}

static void copy_counters(struct structure_counters *to, const char *name,
                          const struct structure *from,
                          const struct structure_counters *asked)
{
    *to = *asked;
    memcpy(to->name, name, sizeof to->name);
    to->flushes = from->flushes;
    to->flushed_entries = from->flushed_entries;
    to->write_backs = from->write_backs;
}

static void take_counters(struct reference *reference)
{
    const struct machine *machine = reference->machine;
    const struct world *world = &reference->shared;
    struct structure_counters *to = reference->ledger->structures;
    const struct structure_counters *asked = world->counters;
    for (size_t i = 0; i < machine->tlb_count; i++)
        copy_counters(to++, machine->tlbs[i].name, &world->tlbs[i], asked++);
    for (size_t i = 0; i < machine->cache_count; i++)
        copy_counters(to++, machine->caches[i].name, &world->caches[i], asked++);
    reference->ledger->structure_count = machine->tlb_count + machine->cache_count;
}

static struct reference_ledger *ledger_start(const struct reference_trace *trace)
{
    struct reference_ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        return NULL;
    ledger->domain_count = trace->domain_count;
    for (int phase = 0; phase < LEDGER_PHASES; phase++) {
        struct reference_domain *domains = calloc(trace->domain_count, sizeof *domains);
        if (domains == NULL)
            abort();
        for (size_t i = 0; i < trace->domain_count; i++)
            domains[i].id = trace->domains[i].id;
        ledger->domains[phase] = domains;
    }
    return ledger;
}

struct reference_ledger *reference_replay(const struct reference_trace *trace,
                                          const struct machine *machine)
{
    return reference_replay_watched(trace, machine, NULL, NULL);
}

struct reference_ledger *reference_replay_watched(const struct reference_trace *trace,
                                                  const struct machine *machine,
                                                  reference_watch *watch, void *context)
{
    if (!is_sound(trace))
        return NULL;
    struct reference reference = {
        .trace = trace,
        .machine = machine,
        .ledger = ledger_start(trace),
        .solo = calloc(trace->domain_count, sizeof *reference.solo),
        .memories = calloc(trace->domain_count, sizeof *reference.memories),
        .tables = calloc(trace->record_count + 1, sizeof *reference.tables),
        .phase = TRACE_PHASE_MEASURED};
    if (reference.ledger == NULL || reference.solo == NULL || reference.tables == NULL ||
        reference.memories == NULL)
        abort();
    world_start(&reference.shared, machine, true);
    world_start(&reference.merged, machine, false);
    for (size_t i = 0; i < trace->domain_count; i++)
        world_start(&reference.solo[i], machine, false);

    if (trace->record_count > 0) {
        reference.user_tables = trace->records[0].user;
        world_first_space(&reference.shared,
                          space_in_force(&reference, trace->records[0].space));
    }
    for (size_t number = 0; number <= trace->record_count; number++) {
        if (watch != NULL)
            watch(context, &(struct reference_moment){number, reference.ledger,
                                                      &reference.shared});
        if (number < trace->record_count)
            replay_record(&reference, number);
    }
    take_counters(&reference);

    world_end(&reference.shared);
    world_end(&reference.merged);
    for (size_t i = 0; i < trace->domain_count; i++) {
        world_end(&reference.solo[i]);
        free(reference.memories[i].list);
    }
    free(reference.memories);
    free(reference.solo);
    free(reference.tables);
    visit_end(&reference.visit);
    return reference.ledger;
}

void reference_free(struct reference_ledger *ledger)
{
    if (ledger == NULL)
        return;
    for (int phase = 0; phase < LEDGER_PHASES; phase++)
        free(ledger->domains[phase]);
    free(ledger);
}
