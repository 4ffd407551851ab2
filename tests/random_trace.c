#include "random_system.h"

#include "test.h"

uint64_t draw(uint64_t *seed, uint64_t below)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (z ^ z >> 31) % below;
}

bool chance(uint64_t *seed, unsigned percent)
{
    return draw(seed, 100) < percent;
}

/* ---- records ---- */

static void put_event(struct system *system, enum trace_kind kind, unsigned detail,
                      uint64_t a, uint64_t b)
{
    struct trace_record event = {
        .kind = (uint8_t)kind, .detail = (uint8_t)detail, .a = a, .b = b};
    trace_put_event(system->writer, &event);
}

/* The page of 4 MiB that this directory entry could lead to. */
static bool could_be_large(const struct system *system, uint32_t index, uint64_t *frame)
{
    *frame = ((uint64_t)index << 22) - KERNEL_BASE;
    if (index >= KERNEL_BASE >> 22)
        return true;
    for (unsigned i = 0; i < system->shape->domains; i++) {
        const struct domain *domain = &system->domains[i];
        *frame = domain->frame;
        if (domain->frame != 0 && domain->space == system->space &&
            random_window(domain) >> 22 == index)
            return true;
    }
    return false;
}

/* The first touch of a table, and now and then a later one, puts it in the trace. */
static void show_table(struct system *system, uint64_t vaddr)
{
    uint32_t index = (uint32_t)(vaddr >> 22 & 1023);
    bool *seen = &system->table_seen[system->space][index];
    if (*seen && draw(&system->seed, 1000) >= system->shape->table_changes)
        return;
    bool shown = *seen || !chance(&system->seed, system->shape->unknown_tables);
    *seen = true;
    if (!shown)
        return;
    struct trace_record event = {.kind = TRACE_PAGE_TABLE,
                                 .code = index,
                                 .a = system->directory[system->space],
                                 .b = free_page(system)};
    uint64_t frame;
    if (could_be_large(system, index, &frame) &&
        chance(&system->seed, system->shape->large_pages)) {
        event.detail = TRACE_MAPS_LARGE_PAGE;
        event.b = frame;
    }
    trace_put_event(system->writer, &event);
}

static void put_fetch(struct system *system, const struct step *step)
{
    uint8_t length = step->pattern->length;
    show_table(system, step->vaddr);
    trace_put_fetch(system->writer, step->code, length == 0 ? UNKNOWN : length);
    if (step->rest == TRACE_NO_CODE)
        return;
    show_table(system, step->vaddr + length);
    trace_put_fetch(system->writer, step->rest, step->rest_size);
}

static void put_data(struct system *system, enum trace_kind kind, const struct page *page,
                     uint64_t offset, unsigned size)
{
    show_table(system, page->vaddr);
    trace_put_data(system->writer, kind, page->vaddr + offset, page->paddr + offset,
                   (uint8_t)size);
}

static uint64_t pick_offset(struct system *system, unsigned *size)
{
    static const uint8_t sizes[] = {4, 4, 4, 1, 2, 8, 16};
    *size = sizes[draw(&system->seed, sizeof sizes)];
    if (chance(&system->seed, 1))
        *size = 255;
    uint64_t room = system->shape->spread;
    if (room > 4096 - *size)
        room = 4096 - *size;
    uint64_t offset = draw(&system->seed, room);
    return chance(&system->seed, system->shape->unaligned) ? offset
                                                           : offset & ~UINT64_C(3);
}

static struct page *code_page(struct system *system)
{
    const struct block *block = &system->current->work[draw(&system->seed, WORK_BLOCKS)];
    system->code_page =
        (struct page){block->vaddr & ~UINT64_C(0xfff), block->paddr & ~UINT64_C(0xfff)};
    return &system->code_page;
}

/* Path code touches the kernel's pages and, as it copies messages, the domain's. */
static void pick_place(struct system *system, bool kernel)
{
    if (system->last_page != NULL && chance(&system->seed, system->shape->locality))
        return;
    if (chance(&system->seed, system->shape->code_as_data)) {
        system->last_page = code_page(system);
        return;
    }
    if (kernel && !chance(&system->seed, 25))
        system->last_page = &system->kernel_pages[draw(&system->seed, KERNEL_PAGES)];
    else
        system->last_page =
            &system->current->pages[draw(&system->seed, system->shape->pages)];
}

static void put_pattern_data(struct system *system, const struct pattern *pattern,
                             bool kernel)
{
    const struct page *stack = kernel ? &system->kernel_stack : &system->current->stack;
    uint64_t top = 4096 - 4 * draw(&system->seed, 32);
    unsigned size = 4;
    for (const char *letter = pattern->data; *letter != '\0'; letter++) {
        if (*letter == 'u' || *letter == 'o') {
            top -= 4;
            put_data(system, *letter == 'u' ? TRACE_STORE : TRACE_LOAD, stack, top, 4);
            continue;
        }
        if (*letter != 'w') {
            pick_place(system, kernel);
            system->last_offset = pick_offset(system, &size);
        }
        put_data(system, *letter == 'l' ? TRACE_LOAD : TRACE_STORE, system->last_page,
                 system->last_offset, size);
    }
}

static void take_step(struct system *system, const struct step *step, bool kernel)
{
    size_t turns = step->pattern->repeats ? draw(&system->seed, 4) : 0;
    for (; turns > 0; turns--) {
        put_fetch(system, step);
        put_pattern_data(system, step->pattern, kernel);
    }
    put_fetch(system, step);
    if (!step->pattern->repeats)
        put_pattern_data(system, step->pattern, kernel);
}

/* Execute up to `most` instructions: in sequence, but for branches. */
static void run_block(struct system *system, const struct block *block, unsigned most,
                      bool kernel)
{
    system->last_page = NULL;
    size_t at = draw(&system->seed, block->count);
    for (size_t left = 1 + draw(&system->seed, most); left > 0; left--) {
        const struct step *step = &block->steps[at];
        take_step(system, step, kernel);
        bool jumps = step->pattern->branches && chance(&system->seed, 60);
        at = jumps || at + 1 == block->count ? draw(&system->seed, block->count) : at + 1;
    }
}

static void run_path(struct system *system, enum path_block block)
{
    run_block(system, &system->kernel[block], system->shape->path, true);
}

/* ---- crossings ---- */

static void cross_in(struct system *system, enum trace_cause cause, bool from_user)
{
    unsigned vector = cause == TRACE_CAUSE_CALL    ? 0x30
                      : cause == TRACE_CAUSE_FAULT ? 14
                                                   : 32;
    struct trace_record event = {
        .kind = TRACE_CROSSING_IN,
        .detail = (uint8_t)cause,
        .a = vector,
        .b = system->kernel_stack.vaddr + (from_user ? 0x1000 : 0xf00),
        .size = (uint8_t)((from_user ? 20 : 12) + (cause == TRACE_CAUSE_FAULT ? 4 : 0))};
    trace_put_event(system->writer, &event);
    run_path(system, ENTRY);
}

static void cross_out(struct system *system, bool to_user)
{
    bool fast = to_user && chance(&system->seed, 20);
    put_fetch(system, fast ? &system->leave_fast_step : &system->leave_step);
    for (unsigned i = 0; !fast && i < (to_user ? 5u : 3u); i++)
        put_data(system, TRACE_LOAD, &system->kernel_stack,
                 (to_user ? 0x1000 - 20 : 0xf00 - 12) + 4 * i, 4);
    put_event(system, TRACE_CROSSING_OUT, fast ? TRACE_EXIT_SYSEXIT : TRACE_EXIT_IRET,
              !to_user, 0);
}

/* The trap of a call: in the stub, or amid work. */
static void trap_in(struct system *system)
{
    struct domain *domain = system->current;
    bool in_stub = chance(&system->seed, 70);
    if (in_stub)
        run_block(system, &domain->stub, 4, false);
    const struct pattern *how =
        chance(&system->seed, 85) ? &pattern_trap : &pattern_enter;
    struct step step = put_step(system, in_stub ? &domain->stub : &domain->work[0],
                                BLOCK_BYTES - 2, how);
    put_fetch(system, &step);
    cross_in(system, TRACE_CAUSE_CALL, true);
}

static void interrupt(struct system *system, bool from_user)
{
    if (!system->shape->interrupts || system->interrupted > 1)
        return;
    system->interrupted++;
    bool fault = from_user && chance(&system->seed, 40);
    cross_in(system, fault ? TRACE_CAUSE_FAULT : TRACE_CAUSE_INTERRUPT, from_user);
    if (chance(&system->seed, 20))
        interrupt(system, false);
    run_path(system, KERNEL);
    cross_out(system, from_user);
    if (from_user && chance(&system->seed, 20))
        interrupt(system, true); /* before another instruction of the user's */
    system->interrupted--;
}

static void switch_to(struct system *system, struct domain *to)
{
    run_path(system, THREADS);
    put_event(system, TRACE_THREAD_SWITCH, 0, to->thread, to->id);
    enum trace_how how = to->space != system->space  ? TRACE_HOW_CR3
                         : chance(&system->seed, 60) ? TRACE_HOW_SEGMENT
                                                     : TRACE_HOW_NONE;
    if (chance(&system->seed, 5))
        how = TRACE_HOW_CR3; /* loads the same value again, and flushes */
    run_path(system, SPACE_LOADS);
    system->space = to->space;
    system->current = to;
    put_event(system, TRACE_SPACE_SWITCH, how, system->directory[to->space], to->space);
    show_table(system, KERNEL_BASE);
    run_path(system, KERNEL);
}

static void do_work(struct system *system)
{
    struct domain *domain = system->current;
    run_block(system, &domain->work[draw(&system->seed, WORK_BLOCKS)],
              system->shape->work, false);
    if (chance(&system->seed, 20))
        take_step(system, &domain->straddling, false);
    if (!system->shape->never_leaves && chance(&system->seed, 10))
        interrupt(system, true);
}

static void null_call(struct system *system)
{
    trap_in(system);
    run_path(system, chance(&system->seed, 30) ? BINDING : KERNEL);
    if (chance(&system->seed, 40))
        run_path(system, SERVICE);
    if (chance(&system->seed, 15))
        interrupt(system, false);
    cross_out(system, true);
}

static bool enough(const struct system *system)
{
    return trace_written(system->writer) >= system->shape->records;
}

static void visit(struct system *system, unsigned depth);

static void call(struct system *system, struct domain *to, unsigned depth)
{
    struct domain *from = system->current;
    uint64_t bytes = 4 * draw(&system->seed, 16);
    trap_in(system);
    run_path(system, KERNEL);
    put_event(system, TRACE_IPC_SEND, TRACE_IPC_IS_CALL, to->thread, bytes);
    switch_to(system, to);
    put_event(system, TRACE_IPC_RECEIVE, TRACE_IPC_IS_CALL, from->thread, bytes);
    cross_out(system, true);

    visit(system, depth + 1);

    trap_in(system);
    run_path(system, KERNEL);
    put_event(system, TRACE_IPC_SEND, TRACE_IPC_IS_REPLY, from->thread, bytes);
    switch_to(system, from);
    put_event(system, TRACE_IPC_RECEIVE, TRACE_IPC_IS_REPLY, to->thread, bytes);
    cross_out(system, true);
}

/* A domain that no caller of this one waits in: nobody calls into itself. */
static struct domain *callee(struct system *system, unsigned depth)
{
    if (depth + 1 >= system->shape->domains)
        return NULL;
    unsigned first = (unsigned)system->current->id; /* the next in number */
    unsigned count = system->shape->domains;
    if (first >= count)
        return NULL;
    return &system->domains[first + draw(&system->seed, count - first)];
}

static void visit(struct system *system, unsigned depth)
{
    for (uint64_t turns = 1 + draw(&system->seed, 3); turns > 0; turns--) {
        do_work(system);
        if (enough(system))
            return;
        struct domain *to = depth < system->shape->depth ? callee(system, depth) : NULL;
        if (to != NULL && chance(&system->seed, 60))
            call(system, to, depth);
        else if (chance(&system->seed, 50))
            null_call(system);
    }
    do_work(system);
}

static void wait_idly(struct system *system)
{
    trap_in(system);
    run_path(system, IDLE);
    interrupt(system, false);
    if (chance(&system->seed, 50))
        run_path(system, IDLE);
    cross_out(system, true);
}

static void serve_requests(struct system *system)
{
    bool measured = !system->shape->phases;
    while (!enough(system)) {
        bool half = 2 * trace_written(system->writer) > system->shape->records;
        if (!measured && half) {
            put_event(system, TRACE_PHASE, TRACE_PHASE_MEASURED, 0, 0);
            measured = true;
        }
        put_event(system, TRACE_REQUEST_BEGIN, 0, ++system->request, 0);
        visit(system, 0);
        put_event(system, TRACE_REQUEST_END, 0, system->request, 0);
        if (chance(&system->seed, 15))
            wait_idly(system);
        if (chance(&system->seed, 2))
            put_event(system, TRACE_LOST, 0, 1 + draw(&system->seed, 9), 0);
        do_work(system);
    }
}

static void begin(struct system *system)
{
    bool phases = system->shape->phases;
    put_event(system, TRACE_PHASE, phases ? TRACE_PHASE_WARM_UP : TRACE_PHASE_MEASURED, 0,
              0);
    if (system->shape->tells_first_space)
        put_event(system, TRACE_SPACE_SWITCH, TRACE_HOW_NONE,
                  system->directory[system->space], system->space);
}

void random_trace_write(const char *path, uint64_t seed, const struct random_shape *shape)
{
    struct cb_error error;
    struct system system = {.shape = shape, .seed = seed, .memory = USER_MEMORY};
    system.writer = trace_create(path,
                                 "{\"scenario\": \"random\", \"structure\": \"none\", "
                                 "\"tool\": \"random_trace\"}",
                                 &error);
    assert_non_null(system.writer);
    random_lay_out(&system);

    system.current = &system.domains[0];
    system.space = system.current->space;
    trace_put_state(system.writer, system.current->thread, system.current->id,
                    system.space, true);
    begin(&system);
    if (shape->never_leaves)
        while (!enough(&system))
            do_work(&system);
    else
        serve_requests(&system);
    random_tear_down(&system);
    if (!trace_finish(system.writer, &error))
        fail_msg("seed %llu: %s", (unsigned long long)seed, error.sentence);
}

struct random_shape random_shape(uint64_t seed)
{
    static const unsigned page_counts[] = {1, 3, 8, 20, 60};
    static const unsigned spreads[] = {64, 256, 4096};
    return (struct random_shape){
        .records = 200 + draw(&seed, 1800),
        .domains = (unsigned)(1 + draw(&seed, RANDOM_DOMAINS)),
        .large = (unsigned)(50 * draw(&seed, 3)),
        .pages = page_counts[draw(&seed, 5)],
        .spread = spreads[draw(&seed, 3)],
        .locality = (unsigned)(30 * draw(&seed, 4)),
        .shared_pages = chance(&seed, 50) ? 30 : 0,
        .work = (unsigned)(2 + draw(&seed, 40)),
        .path = (unsigned)(1 + draw(&seed, 12)),
        .depth = (unsigned)draw(&seed, 4),
        .unaligned = chance(&seed, 50) ? 30 : 0,
        .unknown_tables = chance(&seed, 70) ? 0 : 40,
        .table_changes = chance(&seed, 60) ? 0 : 10,
        .tables = chance(&seed, 75),
        .phases = chance(&seed, 60),
        .interrupts = chance(&seed, 70),
        .tells_first_space = true,
        .code_as_data = chance(&seed, 60) ? 0 : 20,
        .large_pages = chance(&seed, 50) ? 70 : 0,
    };
}
